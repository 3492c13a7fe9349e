import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { MAPPING_SCHEMES, mappingScheme } from '../../mapping/schemes.js';
import { calibrationsFolder } from '../../scenarios/quantise/bundled-calibrations.js';
import { runScenario } from '../../scenarios/run/run-scenario.js';
import { resolveScenario, scenarioFromOptions } from '../../scenarios/scenario.js';
import { problemsOf, SMALL } from './resolve.js';

/** Decisions about LeNet-5 that come with ousim; tests spoil a copy. */
interface Decisions {
  [key: string]: unknown;
  calibration: Record<string, unknown>;
  decision: { [key: string]: unknown; layers: Record<string, unknown> };
}

const folder = mkdtempSync(join(tmpdir(), 'ousim-decisions-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function bundled(preset: string, model = 'lenet5-mnist'): Decisions {
  return JSON.parse(readFileSync(join(calibrationsFolder(), model, `${preset}.json`), 'utf8')) as Decisions;
}

const scenario = (preset: string, quantisation = 'calibrated', model = 'lenet5-mnist') => `
machine: { preset: ${preset} }
mapping: { quantisation: ${quantisation}, decisions: spoilt.json }
workload: { kind: network, model: ${model} }
`;

/** Path inside the file and value of each problem of a scenario with these decisions. */
function found(preset: string, json: unknown, model = 'lenet5-mnist', overrides: string[] = []): [string, string][] {
  writeFileSync(join(folder, 'spoilt.json'), JSON.stringify(json));
  const problems = problemsOf(scenario(preset, 'calibrated', model), { baseDir: folder, overrides });
  for (const { allowed } of problems) expect(allowed).toMatch(/\S/);
  return problems.map(({ path, value }) => [path.replace('mapping.decisions (spoilt.json): ', ''), value]);
}

/** Bundled decisions with another one about the layer c1. */
function withFirst(preset: string, decision: unknown): Decisions {
  const decisions = bundled(preset);
  decisions.decision.layers['c1'] = decision;
  return decisions;
}

const C1 = 'decision.layers.c1';

describe('decisions of ousim itself are accepted', () => {
  test.each([
    ...['isaac', 'isaac-ou', 'isaac-ou-8', 'sre', 'pim-prune', 'bsq', 'sme', 'zero-compression', 'bwq', 'era-bs'],
  ])('%s', (preset) => {
    expect(found(preset, bundled(preset))).toEqual([]);
  });
});

describe('a decision about a layer that the scheme cannot take is refused', () => {
  // c1 of LeNet-5 has 5 x 5 kernels on one channel: 25 rows. SME's words of 9 bits have 8 magnitude bits.
  const cases: [preset: string, decision: unknown, problems: [string, string][]][] = [
    ...['sre', 'zero-compression'].flatMap((preset): [string, unknown, [string, string][]][] => [
      [preset, { sparsity: 'abc' }, [[`${C1}.sparsity`, '"abc"']]],
      [preset, { sparsity: -5 }, [[`${C1}.sparsity`, '-5']]],
      [preset, { sparsity: 1.01 }, [[`${C1}.sparsity`, '1.01']]],
      [preset, { sparsity: null }, [[`${C1}.sparsity`, 'null']]],
      [preset, {}, [[`${C1}.sparsity`, 'nothing']]],
      [preset, null, [[C1, 'null']]],
      [preset, [0.5], [[C1, '[0.5]']]],
    ]),
    ['sme', null, [[C1, 'null']]],
    ['sme', { squeeze: -1 }, [[`${C1}.squeeze`, '-1']]],
    ['sme', { squeeze: 1.5 }, [[`${C1}.squeeze`, '1.5']]],
    ['sme', { squeeze: '2' }, [[`${C1}.squeeze`, '"2"']]],
    ['sme', { squeeze: 8 }, [[`${C1}.squeeze`, '8']]],
    ['era-bs', null, [[C1, 'null']]],
    [
      'era-bs',
      {},
      [
        [`${C1}.flip`, 'nothing'],
        [`${C1}.activationThreshold`, 'nothing'],
      ],
    ],
    ['era-bs', { flip: 0.1 }, [[`${C1}.activationThreshold`, 'nothing']]],
    [
      'era-bs',
      { flip: -1, activationThreshold: 9 },
      [
        [`${C1}.flip`, '-1'],
        [`${C1}.activationThreshold`, '9'],
      ],
    ],
    ['era-bs', { flip: 0, activationThreshold: -1 }, [[`${C1}.activationThreshold`, '-1']]],
    ['pim-prune', null, [[C1, 'null']]],
    [
      'pim-prune',
      {},
      [
        [`${C1}.share`, 'nothing'],
        [`${C1}.inputPower`, 'nothing'],
      ],
    ],
    ['pim-prune', { share: 0.3 }, [[`${C1}.inputPower`, 'nothing']]],
    ['pim-prune', { share: 2, inputPower: null }, [[`${C1}.share`, '2']]],
    [
      'pim-prune',
      { share: 'x', inputPower: [1, 2] },
      [
        [`${C1}.share`, '"x"'],
        [`${C1}.inputPower`, '"2 numbers"'],
      ],
    ],
    [
      'pim-prune',
      { share: 0, inputPower: [...Array.from({ length: 23 }, () => 1), -1, 'y'] },
      [
        [`${C1}.inputPower[23]`, '-1'],
        [`${C1}.inputPower[24]`, '"y"'],
      ],
    ],
    ['bwq', { bits: 0, precisions: null }, [[`${C1}.bits`, '0']]],
    ['bsq', { bits: 4, precision: 99 }, [[`${C1}.precision`, '99']]],
    ['isaac-ou', { sparsity: 0 }, [[C1, '{"sparsity":0}']]],
  ];
  test.each(cases)('%s %j', (preset, decision, problems) => {
    expect(found(preset, withFirst(preset, decision))).toEqual(problems);
  });

  test('the largest that fits is accepted, so that the next one fails for its size', () => {
    expect(found('sme', withFirst('sme', { squeeze: 7 }))).toEqual([]);
    expect(found('era-bs', withFirst('era-bs', { flip: 1, activationThreshold: 1 }))).toEqual([]);
  });

  test('every scheme takes what its parameters stand for', () => {
    const shape = {
      ...{ rows: 5, outputs: 3, weightBits: 9, inputBits: 8, bitsPerPlane: 1 },
      ...({ encoding: 'differential', layout: 'planar' } as const),
      crossbar: { wordlines: 4, bitlines: 4, bitsPerCell: 1 },
      ou: { wordlines: 2, bitlines: 2 },
    };
    for (const scheme of MAPPING_SCHEMES) {
      const { given, parameters, decisionProblems } = scheme;
      const values = Object.fromEntries(Object.entries(parameters).map(([name, { default: value }]) => [name, value]));
      expect(decisionProblems(given(values), shape), scheme.name).toEqual([]);
      expect(decisionProblems('8', shape), scheme.name).toHaveLength(1);
    }
  });
});

describe('a file of decisions', () => {
  test('is refused with the problems of all layers and all levels at once, each where it stands', () => {
    const decisions = bundled('sre');
    const { layers } = decisions.decision;
    decisions['colour'] = 'red';
    delete (decisions as { key?: unknown })['key'];
    decisions.calibration['image'] = 3;
    decisions.decision['activationBit'] = 8;
    layers['c1'] = { sparsty: 0.5, sparsity: 0.5 };
    layers['c2'] = { sparsity: -1 };
    delete layers['f3'];
    layers['c22'] = { sparsity: 0 };
    const names = Object.keys(bundled('sre').decision.layers);
    expect(names).toEqual(['c1', 'c2', 'f1', 'f2', 'f3']);
    writeFileSync(join(folder, 'spoilt.json'), JSON.stringify(decisions));
    const problems = problemsOf(scenario('sre'), { baseDir: folder });
    const at = (path: string) => `mapping.decisions (spoilt.json): ${path}`;
    expect(problems.map(({ path }) => path)).toEqual(
      [
        ...['colour', 'key', 'calibration.image', 'decision.activationBit', 'decision.layers.c22'],
        ...['decision.layers.f3', 'decision.layers.c1.sparsty', 'decision.layers.c2.sparsity'],
      ].map(at),
    );
    const hintAt = (path: string) => problems.find((problem) => problem.path === at(path))?.hint;
    expect(hintAt('decision.layers.c22')).toBe('did you mean `c2`?');
    expect(hintAt('decision.activationBit')).toBe('did you mean `activationBits`?');
    expect(hintAt('decision.layers.c1.sparsty')).toBe('did you mean `sparsity`?');
    expect(hintAt('calibration.image')).toBe('did you mean `images`?');
  });

  test.each([
    ['activationClip', 1e308],
    ['activationClip', 1e-300],
    ['activationClip', 0],
    ['activationClip', '1'],
    ['activationBits', 0],
    ['activationBits', 17],
    ['activationBits', 7.5],
  ])('%s %j is refused', (key, value) => {
    const decisions = bundled('sre');
    decisions.decision[key] = value;
    expect(found('sre', decisions)).toEqual([[`decision.${key}`, JSON.stringify(value)]]);
  });

  test('a signed network input needs a bit beside its sign', () => {
    const decisions = bundled('sre', 'vgg10m-cifar10');
    decisions.decision['activationBits'] = 1;
    expect(found('sre', decisions, 'vgg10m-cifar10')).toEqual([['decision.activationBits', '1']]);
  });

  test('what the results repeat of it has to be there', () => {
    const { decision, schemaVersion, scheme } = bundled('sre');
    const paths = found('sre', { decision, schemaVersion, scheme }).map(([path]) => path);
    expect(paths.sort()).toEqual(
      ['accuracyBudget_percent', 'calibration', 'crossbar', 'dataSet', 'key', 'mapping', 'model', 'ou', 'test'].sort(),
    );
    const wrong = { ...bundled('sre'), test: { images: 10, float: 11, network: -1, scheme: 'all' }, ou: [9, 8] };
    expect(found('sre', wrong).map(([path]) => path)).toEqual(['ou', 'test.float', 'test.network', 'test.scheme']);
  });

  test('of another scheme', () => {
    expect(found('sre', bundled('zero-compression'))).toEqual([['scheme', '"zero-compression"']]);
  });

  test.each([[[]], [null], ['text'], [3]])('%j is none', (json) => {
    expect(found('sre', json)).toEqual([['mapping.decisions', '"spoilt.json": not a JSON object']]);
  });

  test('beside a machine that is wrong: both are told', () => {
    const decisions = withFirst('sme', { squeeze: -1 });
    expect(found('sme', decisions, 'lenet5-mnist', ['mapping.encoding=offset']).map(([path]) => path)).toEqual([
      `${C1}.squeeze`,
      'mapping.encoding',
    ]);
  });
});

describe('mapping.decisions where nothing reads them', () => {
  test.each(['given', 'network'])('quantisation %s', (quantisation) => {
    writeFileSync(join(folder, 'spoilt.json'), JSON.stringify(bundled('sre')));
    const problems = problemsOf(scenario('sre', quantisation), { baseDir: folder });
    expect(problems.map(({ path, value }) => [path, value])).toEqual([['mapping.decisions', '"spoilt.json"']]);
    expect(problems[0]!.allowed).toContain('calibrated');
  });

  test('a matrix, whatever the quantisation', () => {
    for (const quantisation of ['calibrated', 'network']) {
      const overrides = ['mapping.decisions=spoilt.json', `mapping.quantisation=${quantisation}`];
      const problems = problemsOf(SMALL, { baseDir: folder, overrides });
      expect(problems.map(({ path, value }) => [path, value])).toEqual([['mapping.decisions', '"spoilt.json"']]);
      expect(problems[0]!.allowed).toContain('matrix');
    }
  });
});

test('one activation bit is refused for a network with a signed input, where it is requantised', () => {
  const text = '{ machine: { preset: isaac-ou-8 }, workload: { kind: network, model: vgg10m-cifar10 } }';
  const overrides = ['mapping.quantisation=given', 'mapping.activationBits=1'];
  expect(problemsOf(text, { overrides }).map(({ path, value }) => [path, value])).toEqual([
    ['mapping.activationBits', '1'],
  ]);
});

describe('what a scheme refuses of its parameters is named by their paths', () => {
  const planar = ['mapping.layout=planar', 'mapping.encoding=differential'];
  // SMALL has words of 3 bits: 2 magnitude bits, so that a squeeze leaves a plane only if it is 1.
  test.each([
    [['mapping.scheme=sme', 'mapping.sme.squeeze=3', ...planar], 'mapping.sme.squeeze'],
    [['mapping.scheme=era-bs', 'mapping.era-bs.maskColumns=5', ...planar], 'mapping.era-bs.maskColumns'],
    [['mapping.scheme=bwq', 'mapping.bwq.magnitudeBits=9'], 'mapping.bwq.magnitudeBits'],
    [['mapping.scheme=bsq', 'mapping.bsq.magnitudeBits=1'], 'mapping.bsq.magnitudeBits'],
  ])('%j in a matrix', (overrides, path) => {
    expect(problemsOf(SMALL, { overrides }).map((problem) => problem.path)).toEqual([path]);
  });

  test.each([
    ['sme', 'mapping.sme.squeeze=14'],
    ['era-bs', 'mapping.era-bs.maskColumns=65536'],
    ['bwq', 'mapping.bwq.magnitudeBits=15'],
  ])('%s in a network', (preset, override) => {
    const overrides = ['mapping.quantisation=given', override];
    const text = `{ machine: { preset: ${preset} }, workload: { kind: network, model: lenet5-mnist } }`;
    expect(problemsOf(text, { overrides }).map(({ path }) => path)).toEqual([override.split('=')[0]]);
  });
});

describe('a matrix that takes far more crossbars than the PE has is refused before it is compiled', () => {
  // 100 x 100 weights other than 0 have cells of their own: at least 625 crossbars of 4 x 4 cells. Compiled, they would
  // take twice as many for their two bits.
  const weights = JSON.stringify(Array.from({ length: 100 }, () => Array.from({ length: 100 }, () => 3)));
  const inputs = JSON.stringify([Array.from({ length: 100 }, () => 1)]);
  test.each(MAPPING_SCHEMES.map(({ name }) => name))('%s', (scheme) => {
    const overrides = [
      ...[`mapping.scheme=${scheme}`, 'mapping.layout=planar', 'mapping.era-bs.flip=0'],
      ...[`workload.weights=${weights}`, `workload.inputs=${inputs}`],
    ];
    const least = mappingScheme(scheme).leastCrossbars?.(
      {
        ...{ rows: 100, outputs: 100, weights: new Int32Array(10_000).fill(3), weightBits: 3, inputBits: 2 },
        ...{ bitsPerPlane: 1, encoding: 'differential', layout: 'planar', ou: { wordlines: 2, bitlines: 2 } },
        crossbar: { wordlines: 4, bitlines: 4, bitsPerCell: 1 },
      },
      { rowCompression: 'yes' },
    );
    expect(least).toBeGreaterThanOrEqual(625);
    const problems = problemsOf(SMALL, { overrides });
    expect(problems.map(({ path }) => path)).toEqual(['machine.pe.crossbars']);
    expect(problems[0]!.allowed).toContain(`at least ${least}`);
  });
});

test('the accuracies of decisions from a file are measured, not repeated from it', () => {
  const record = bundled('isaac-ou-8');
  const measured = record['test'] as { images: number };
  // Counts that these decisions cannot have: half of the images wrong.
  const edited = { ...record, test: { ...measured, scheme: measured.images / 2 } };
  writeFileSync(join(folder, 'edited.json'), JSON.stringify(edited));
  const raw = scenarioFromOptions({ preset: 'isaac-ou-8', model: 'lenet5-mnist' });
  const overrides = ['mapping.quantisation=calibrated', 'mapping.decisions=edited.json'];
  const { calibration, warnings } = runScenario(resolveScenario(raw, { baseDir: folder, overrides }));
  expect(calibration!.test).toEqual(measured);
  expect(warnings).toEqual([]);
});

test('decisions that miss the accuracy budget are run, with a warning', () => {
  const record = bundled('sre');
  // All groups of weights pruned: the network sees nothing.
  for (const layer of Object.keys(record.decision.layers)) record.decision.layers[layer] = { sparsity: 1 };
  writeFileSync(join(folder, 'pruned.json'), JSON.stringify(record));
  const raw = scenarioFromOptions({ preset: 'sre', model: 'lenet5-mnist' });
  const overrides = ['mapping.decisions=pruned.json'];
  const { calibration, warnings } = runScenario(resolveScenario(raw, { baseDir: folder, overrides }));
  // The float network has 299 of 300 right (LeNet-5, `models/bundled`), a point of 300 images is 3.
  const { float, scheme } = calibration!.calibration;
  expect(scheme).toBeLessThan(float - 3);
  expect(warnings).toEqual([
    `accuracy budget missed: sre has ${scheme} of 300 calibration images right; ` +
      `1 points below the float network's ${float} would be ${float - 3}`,
  ]);
});
