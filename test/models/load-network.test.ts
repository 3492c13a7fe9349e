import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { bundledNetworkPath } from '../../models/bundled.js';
import { FileFormatError } from '../../models/file-format-error.js';
import { loadNetwork, parseNetwork } from '../../models/load-network.js';
import { NetworkFormatError } from '../../models/network-format-error.js';
import { describeProblem, type Problem } from '../../models/problem.js';
import { readSafetensors } from '../../models/safetensors.js';
import type { Tensor } from '../../models/tensor.js';
import { SHARED_DATA_MISSING, sharedData } from './shared-data.js';
import { temporaryFolder } from './temporary-folder.js';

const folder = temporaryFolder();
const lenetPath = bundledNetworkPath('lenet5-mnist');
const vggPath = bundledNetworkPath('vgg10m-cifar10');

// biome-ignore lint/suspicious/noExplicitAny: the tests break a parsed JSON file in ways no type allows
type Json = any;
type Tensors = Map<string, Tensor>;

const lenetJson = (): Json => JSON.parse(readFileSync(lenetPath, 'utf8'));
const lenetTensors = (): Tensors => readSafetensors(lenetPath.replace('.json', '.safetensors'));

/** The problems of LeNet-5 after `change` has spoilt it. Nodes: 0 c1, 1 p1, 2 c2, 3 p2, 4 flat, 5 f1, 6 f2, 7 f3. */
function problemsAfter(change: (json: Json, tensors: Tensors) => void): readonly Problem[] {
  const json = lenetJson();
  const tensors = lenetTensors();
  change(json, tensors);
  try {
    parseNetwork(json, tensors, 'lenet.json');
  } catch (error) {
    expect(error).toBeInstanceOf(NetworkFormatError);
    return (error as NetworkFormatError).problems;
  }
  return [];
}

describe('loadNetwork', () => {
  it('loads the bundled LeNet-5 with every shape worked out', () => {
    const network = loadNetwork(lenetPath);
    expect(network).toMatchObject({
      title: 'LeNet-5 on MNIST, trained by us',
      inputShape: [1, 28, 28],
      inputFormat: { bits: 8, signed: false, zeroPoint: 0 },
      preprocess: { kind: 'raw' },
    });
    expect(network.nodes.map((node) => [node.name, node.op, ...node.outputShape])).toEqual([
      ['c1', 'conv', 6, 28, 28],
      ['p1', 'maxpool', 6, 14, 14],
      ['c2', 'conv', 16, 10, 10],
      ['p2', 'maxpool', 16, 5, 5],
      ['flat', 'flatten', 400],
      ['f1', 'fc', 120],
      ['f2', 'fc', 84],
      ['f3', 'fc', 10],
    ]);
    expect(network.nodes[0]!.inputFormat).toEqual({ bits: 8, signed: false, zeroPoint: 0 });
  });

  it('knows that only the first layer of the bundled VGG has a signed input', () => {
    const network = loadNetwork(vggPath);
    const inputFormat = { bits: 8, signed: true, zeroPoint: 0 };
    expect(network).toMatchObject({ inputShape: [3, 32, 32], inputFormat, preprocess: { kind: 'normalise' } });
    expect(network.nodes.filter((node) => node.inputFormat.signed).map((node) => node.name)).toEqual(['conv0']);
  });

  it('without inputShape and preprocess, the files mean MNIST or CIFAR-10', ({ skip }) => {
    for (const [name, bundled] of [
      ['lenet5-mnist', lenetPath],
      ['vgg10m-cifar10', vggPath],
    ] as const) {
      const path = sharedData(`${name}/int8.json`);
      if (path === null) return skip(SHARED_DATA_MISSING);
      expect(readFileSync(path, 'utf8')).not.toContain('inputShape');
      const { nodes, ...rest } = loadNetwork(path);
      const { nodes: bundledNodes, ...bundledRest } = loadNetwork(bundled);
      expect(rest).toEqual(bundledRest);
      expect(nodes.map((node) => node.outputShape)).toEqual(bundledNodes.map((node) => node.outputShape));
    }
  });

  it('a title may be left out; then the file gives it', () => {
    const json = lenetJson();
    delete json.title;
    expect(parseNetwork(json, lenetTensors(), 'some/folder/digits.json').title).toBe('digits');
  });
});

describe('a network that does not fit together', () => {
  const convOf = (json: Json) => json.nodes[0];
  const set = (tensors: Tensors, name: string, change: Partial<Tensor>) =>
    tensors.set(name, { ...tensors.get(name)!, ...change });

  const cases: [what: string, change: (json: Json, tensors: Tensors) => void, path: string, text: RegExp][] = [
    [
      'unknown op',
      (j) => (j.nodes[1].op = 'maxpol'),
      'nodes[1].op',
      /got "maxpol".*conv, fc, maxpool.*did you mean "maxpool"/,
    ],
    ['missing op', (j) => delete j.nodes[1].op, 'nodes[1].op', /got nothing/],
    ['unknown key of a node', (j) => (convOf(j).strid = 1), 'nodes[0].strid', /did you mean "stride"/],
    ['unknown key of the file', (j) => (j.inputscale = 1), 'inputscale', /did you mean "inputScale"/],
    ['node that is no object', (j) => (j.nodes[4] = 7), 'nodes[4]', /an object/],
    ['no nodes', (j) => (j.nodes = []), 'nodes', /at least one node/],
    ['nodes that are no list', (j) => (j.nodes = {}), 'nodes', /at least one node/],
    ['duplicate name', (j) => (j.nodes[6].name = 'f1'), 'nodes[6].name', /no earlier node/],
    ['node named input', (j) => (j.nodes[1].name = 'input'), 'nodes[1].name', /network's input/],
    [
      'dangling input',
      (j) => (j.nodes[2].input = 'pp1'),
      'nodes[2].input',
      /the name of an earlier node; did you mean "p1"/,
    ],
    ['input that comes later', (j) => (j.nodes[2].input = 'p2'), 'nodes[2].input', /comes later.*execution order/],
    ['input of itself', (j) => (j.nodes[2].input = 'c2'), 'nodes[2].input', /earlier node/],
    ['output that nobody reads', (j) => (j.nodes[7].input = 'f1'), 'nodes[6].name', /a later node reads/],
    ['missing tensor', (_, t) => t.delete('c2.w'), 'nodes[2].weight', /no such tensor; did you mean "c1.w"/],
    [
      'float weights',
      (_, t) => set(t, 'c1.w', { dtype: 'F32', data: new Float32Array(150) }),
      'nodes[0].weight',
      /I8.*that tensor is F32/,
    ],
    [
      'fc weights on a conv',
      (j) => (convOf(j).weight = 'f3.w'),
      'nodes[0].weight',
      /\[out, in, kernel height, kernel width\].*I8 \[10, 84\]/,
    ],
    [
      'empty weights',
      (_, t) => set(t, 'c1.w', { shape: [0, 1, 5, 5], data: new Int8Array() }),
      'nodes[0].weight',
      /that tensor is I8 \[0, 1, 5, 5\]/,
    ],
    [
      'channels that do not fit',
      (j) => (convOf(j).weight = 'c2.w'),
      'nodes[0].weight',
      /1 input channels, as "input" has/,
    ],
    [
      'kernel larger than the input',
      (j) => (j.inputShape = [1, 4, 4]),
      'nodes[2].weight',
      /no larger than the padded input, 2 x 2/,
    ],
    ['features that do not fit', (j) => (j.nodes[5].weight = 'f2.w'), 'nodes[5].weight', /400 inputs, as "flat" has/],
    ['fc on an image', (j) => (j.nodes[5].input = 'p2'), 'nodes[5].input', /\[features\], not \[16, 5, 5\].*flatten/],
    [
      'conv on features',
      (j) => (j.nodes[5] = { ...j.nodes[2], name: 'f1', input: 'flat' }),
      'nodes[5].input',
      /conv needs/,
    ],
    ['multipliers of another length', (j) => (convOf(j).M = 'c2.M'), 'nodes[0].M', /6 values, one per output.*\[16\]/],
    [
      'NaN among the biases',
      (_, t) => set(t, 'c1.B', { data: Float64Array.of(1, 2, Number.NaN, 4, 5, 6) }),
      'nodes[0].B',
      /element 2 is NaN/,
    ],
    [
      'infinite multiplier',
      (_, t) => set(t, 'c1.M', { data: Float64Array.of(Infinity, 2, 3, 4, 5, 6) }),
      'nodes[0].M',
      /element 0 is Infinity/,
    ],
    [
      'biases of another dtype',
      (_, t) => set(t, 'c1.B', { dtype: 'F32', data: new Float32Array(6) }),
      'nodes[0].B',
      /F64 \[out\]/,
    ],
    ['stride 0', (j) => (convOf(j).stride = 0), 'nodes[0].stride', /got 0.*from 1/],
    ['fractional stride', (j) => (convOf(j).stride = 1.5), 'nodes[0].stride', /got 1.5/],
    ['missing pad', (j) => delete convOf(j).pad, 'nodes[0].pad', /got nothing/],
    ['padding as wide as the kernel', (j) => (convOf(j).pad = 5), 'nodes[0].pad', /from 0 to 4/],
    ['pool that does not divide the image', (j) => (j.nodes[1].k = 3), 'nodes[1].k', /divisor.*28 x 28/],
    ['pool of 0', (j) => (j.nodes[1].k = 0), 'nodes[1].k', /from 1/],
    ['last twice', (j) => (j.nodes[5].last = true), 'nodes[5].last', /false on every node but the final one/],
    ['no last', (j) => (j.nodes[7].last = false), 'nodes[7].last', /true on the final node/],
    ['last that is no flag', (j) => (j.nodes[7].last = 1), 'nodes[7].last', /true or false/],
    [
      'residual that does not exist',
      (j) => Object.assign(j.nodes[6], { residual: 'nobody', R: 1 }),
      'nodes[6].residual',
      /earlier node/,
    ],
    [
      'residual of another shape',
      (j) => Object.assign(j.nodes[6], { residual: 'f1', R: 1 }),
      'nodes[6].residual',
      /\[84\], as this one has.*\[120\]/,
    ],
    [
      'residual of the input, of another shape',
      (j) => Object.assign(j.nodes[6], { residual: 'input', R: 1 }),
      'nodes[6].residual',
      /\[84\], as this one has.*\[1, 28, 28\]/,
    ],
    ['residual without R', (j) => Object.assign(j.nodes[6], { residual: 'f1' }), 'nodes[6].R', /a finite number/],
    ['R without residual', (j) => (j.nodes[6].R = 1), 'nodes[6].R', /only beside residual/],
    ['scale that is no number', (j) => (j.inputScale = '1/255'), 'inputScale', /above 0/],
    ['sign that is no flag', (j) => (j.inputSigned = 0), 'inputSigned', /true or false/],
    [
      'input shape of two extents',
      (j) => (j.inputShape = [28, 28]),
      'inputShape',
      /a list of 3: channels, height, width/,
    ],
    [
      'input shape that cannot be told',
      (j) => {
        delete j.inputShape;
        j.inputSigned = true;
        delete j.preprocess;
      },
      'inputShape',
      /may be left out only/,
    ],
    ['raw pixels for a signed input', (j) => (j.inputSigned = true), 'preprocess.kind', /"raw" with an unsigned one/],
    ['unknown preprocessing', (j) => (j.preprocess.kind = 'normalize'), 'preprocess.kind', /did you mean "normalise"/],
    ['preprocessing that is a text', (j) => (j.preprocess = 'raw'), 'preprocess', /an object with the keys kind/],
    ['mean for raw pixels', (j) => (j.preprocess.mean = [0]), 'preprocess.mean', /the keys kind/],
    [
      'name with an escape code',
      (j) => (j.nodes[0].name = 'c1\u001b[31m'),
      'nodes[0].name',
      /"c1\\u001b\[31m".*a name without control characters/s,
    ],
    ['title that is no text', (j) => (j.title = 5), 'title', /a text/],
  ];
  it.each(cases)('%s', (_, change, path, text) => {
    const problem = problemsAfter(change).find((candidate) => candidate.path === path);
    expect(problem, `a problem at ${path}`).toBeDefined();
    expect(describeProblem(problem!)).toMatch(text);
  });

  it('statistics per channel must be there and std above 0', () => {
    const json = JSON.parse(readFileSync(vggPath, 'utf8'));
    json.preprocess = { kind: 'normalise', mean: [0, 0], std: [1, 0, 1] };
    const parse = () => parseNetwork(json, readSafetensors(vggPath.replace('.json', '.safetensors')), 'vgg.json');
    expect(parse).toThrow(/preprocess\.mean: .*a list of 3/);
    expect(parse).toThrow(/preprocess\.std: .*above 0/);
  });

  it('no node reads the logits', () => {
    const tensor = (shape: number[]): Tensor => ({
      dtype: 'I8',
      shape,
      data: new Int8Array(shape.reduce((a, b) => a * b)),
    });
    const ones: Tensor = { dtype: 'F64', shape: [4], data: Float64Array.of(1, 1, 1, 1) };
    const tensors = new Map([
      ['w', tensor([4, 4])],
      ['ones', ones],
    ]);
    const json = {
      inputScale: 1,
      inputSigned: true,
      inputShape: [4, 1, 1],
      preprocess: { kind: 'normalise', mean: [0, 0, 0, 0], std: [1, 1, 1, 1] },
      nodes: [
        { op: 'flatten', name: 'flat', input: 'input' },
        { op: 'fc', name: 'a', input: 'flat', weight: 'w', M: 'ones', B: 'ones', last: true },
        { op: 'fc', name: 'b', input: 'a', weight: 'w', M: 'ones', B: 'ones', last: true },
      ],
    };
    const parse = () => parseNetwork(json, tensors, 'signed.json');
    expect(parse).toThrow(/nodes\[1\]\.last: .*the final one/);
    expect(parse).toThrow(/nodes\[2\]\.input: .*float64 logits/);
  });

  it('refuses outputs that would not fit any memory', () => {
    const problems = problemsAfter((json, tensors) => {
      json.inputShape = [1, 60_000, 60_000];
      set(tensors, 'c1.w', {});
    });
    expect(problems.map((problem) => problem.path)).toEqual(['nodes[0].weight']);
    expect(describeProblem(problems[0]!)).toMatch(/\[6, 60000, 60000\]/);
  });

  it('reports all problems at once, and none that only follow from another', () => {
    const problems = problemsAfter((json, tensors) => {
      json.inputScale = -1;
      json.nodes[0].stride = 0; // hides the shapes of everything behind it
      json.nodes[3].k = 'two';
      tensors.delete('f1.M');
      json.nodes[7].R = 3;
    });
    expect(problems.map((problem) => problem.path)).toEqual([
      'inputScale',
      'nodes[0].stride',
      'nodes[3].k',
      'nodes[5].M',
      'nodes[7].R',
    ]);
  });

  it('one error names the file and every problem', () => {
    const json = lenetJson();
    json.nodes[0].stride = 0;
    json.nodes[1].k = 0;
    expect(() => parseNetwork(json, lenetTensors(), 'net.json')).toThrow(
      /^net\.json: nodes\[0\]\.stride.*\n {2}nodes\[1\]\.k/,
    );
    expect(() => parseNetwork([], lenetTensors(), 'net.json')).toThrow(NetworkFormatError);
  });
});

describe('files of a network', () => {
  it('missing, a directory, of another kind, damaged', () => {
    expect(() => loadNetwork(join(folder, 'none.json'))).toThrow(/none\.json: no such file/);
    mkdirSync(join(folder, 'folder.json'));
    expect(() => loadNetwork(join(folder, 'folder.json'))).toThrow(/is a directory/);
    expect(() => loadNetwork(join(folder, 'net.safetensors'))).toThrow(/is no \.json file/);
    writeFileSync(join(folder, 'damaged.json'), '{"title": "x",');
    expect(() => loadNetwork(join(folder, 'damaged.json'))).toThrow(/damaged\.json: is not JSON/);
    copyFileSync(lenetPath, join(folder, 'alone.json'));
    const loadAlone = () => loadNetwork(join(folder, 'alone.json'));
    expect(loadAlone).toThrow(FileFormatError);
    expect(loadAlone).toThrow(/alone\.safetensors: no such file/);
  });
});
