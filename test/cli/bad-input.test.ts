import { copyFileSync, existsSync, mkdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ScenarioError } from '../../scenarios/problem.js';
import { parseScenario, resolveScenario } from '../../scenarios/scenario.js';
import { npyBytes, npyHeader } from '../models/file-bytes.js';
import { SMALL } from '../scenarios/resolve.js';
import { folderWith, ousim, ROOT } from './ousim.js';

const SEED = 20261121;

/** What the message must say of one problem; texts are parts of the lines. */
interface Expected {
  readonly path: string;
  readonly got: string;
  readonly allowed: string;
  readonly hint?: string;
}

/** The problems of a message, as the user reads them. */
function problemsIn(message: string): { path: string; got: string; allowed: string; hint: string }[] {
  return message
    .trimEnd()
    .split('\n\n')
    .filter((block) => block.includes('\n  got: '))
    .map((block) => {
      const after = (key: string) => new RegExp(`\\n  ${key}: +(.*)`).exec(block)?.[1] ?? '';
      return { path: block.split('\n')[0]!, got: after('got'), allowed: after('allowed'), hint: after('hint') };
    });
}

/** Runs the command, which must end with code 2, print nothing to stdout, no stack trace, and create no `out`. */
async function mistakes(args: readonly string[], cwd: string): Promise<string> {
  const { code, stdout, stderr } = await ousim(args, cwd);
  expect(stderr, 'a stack trace').not.toMatch(/^\s+at /m);
  expect(stderr).not.toContain('bug');
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(existsSync(join(cwd, 'out'))).toBe(false);
  return stderr;
}

function expectProblems(message: string, expected: readonly Expected[]): void {
  const problems = problemsIn(message);
  expect(
    problems.map(({ path }) => path),
    message,
  ).toEqual(expected.map(({ path }) => path));
  problems.forEach(({ got, allowed, hint }, i) => {
    expect(got, message).toContain(expected[i]!.got);
    expect(allowed, message).toContain(expected[i]!.allowed);
    if (expected[i]!.hint !== undefined) expect(hint, message).toContain(expected[i]!.hint);
  });
}

const network = (images: string) => `workload: { kind: network, model: lenet5-mnist, images: ${images} }\n`;
const bundled = join(ROOT, 'models', 'bundled');
const pixels = Uint8Array.from({ length: 28 * 28 }, (_, i) => i % 256);

const folder = folderWith({
  'small.yaml': SMALL,
  'many.yaml': `
scope: chip
machine:
  preset: isaak
  rootClock: 1.28
  pe: { crossbars: -2 }
  crossbar: { wordlines: 4, bitlines: 4, readCycles: 13 parsecs }
  ou: { wordlines: 9, bitlines: 2 }
  adc: { bits: 1e300, perPol: 2, sharedBy: 99999999999999999999, conversionCycles: two }
  detector: { kind: groups }
mapping: { layout: diagonal }
workload:
  kind: matrix
  weightBits: 3
  inputBits: 2
  weights: [[1, 5], [3, .nan]]
  inputs: [[1, 2], [3]]
`,
  'empty.yaml': '',
  'syntax.yaml': 'scope: pe\nmachine: { adc: { bits: 4 }\nworkload: ]\n',
  'list.json': '[1, 2]',
  'garbage.yaml': Buffer.from(Array.from({ length: 20_000 }, (_, i) => (i * i * 31 + (i >> 3) * 17) % 256)),
  'truncated.npy': npyBytes(npyHeader('<i8', '(4, 2)'), new Uint8Array(8 * 5)),
  'floats.npy': npyBytes(npyHeader('<f8', '(1, 4)'), new Uint8Array(Float64Array.of(1, 2, Number.NaN, 0).buffer)),
  'images.yaml': network('{ first: -1, count: 0 }'),
  'one-image.npy': npyBytes(npyHeader('|u1', '(1, 28, 28)'), pixels),
  'wrong-shape.npy': npyBytes(npyHeader('|u1', '(1, 14, 56)'), pixels),
  'no-images.npy': npyBytes(npyHeader('|u1', '(0, 28, 28)'), new Uint8Array(0)),
});
mkdirSync(join(folder, 'empty-folder'));
mkdirSync(join(folder, 'model'));
mkdirSync(join(folder, 'done', 'result.json'), { recursive: true });
for (const ending of ['json', 'safetensors']) {
  copyFileSync(join(bundled, 'lenet5-mnist', `int8.${ending}`), join(folder, 'model', `cut.${ending}`));
}
truncateSync(join(folder, 'model', 'cut.safetensors'), 20_000);
writeFileSync(
  join(folder, 'model', 'half.json'),
  readFileSync(join(folder, 'model', 'cut.json'), 'utf8').slice(0, 999),
);
copyFileSync(join(bundled, 'mnist', 'digits.safetensors'), join(folder, 'cut.safetensors'));
truncateSync(join(folder, 'cut.safetensors'), 10_000);

/** SMALL with values set; wrong ones. */
const small = (...set: string[]) => ['run', 'small.yaml', '--out', 'out', ...set.flatMap((text) => ['--set', text])];
const lenet = (images: string) => [
  'run',
  '--out',
  'out',
  '--model',
  'lenet5-mnist',
  '--set',
  `workload.images=${images}`,
];

describe('a scenario that is wrong: exit code 2, all problems at once, nothing written', () => {
  const cases: [name: string, args: string[], problems: Expected[]][] = [
    [
      'unknown names, wrong units, values out of range, an OU larger than the crossbar, bad matrices',
      ['run', 'many.yaml', '--out', 'out'],
      [
        { path: 'machine.preset', got: '"isaak"', allowed: '`ou-baseline`, `isaac`, ', hint: '`isaac`' },
        {
          path: 'machine.adc.perPol',
          got: '2',
          allowed: '`perPool`',
          hint: 'did you mean `machine.adc.perPool`?',
        },
        { path: 'machine.rootClock', got: '1.28', allowed: 'GHz' },
        { path: 'machine.pe.crossbars', got: '-2', allowed: 'from 1 to 65536' },
        { path: 'machine.crossbar.readCycles', got: '"13 parsecs"', allowed: 'ns' },
        { path: 'machine.adc.bits', got: '1e+300', allowed: 'from 1 to 24' },
        { path: 'machine.adc.sharedBy', got: '100000000000000000000', allowed: 'from 1 to 65536' },
        { path: 'machine.adc.conversionCycles', got: '"two"', allowed: 'a whole number' },
        { path: 'machine.detector.kind', got: '"groups"', allowed: '`group`', hint: 'did you mean `group`?' },
        { path: 'mapping.layout', got: '"diagonal"', allowed: '`planar`' },
        { path: 'machine.ou.wordlines', got: '9', allowed: "at most the crossbar's 4 wordlines" },
        { path: 'workload.weights', got: '[0][1] = 5, [1][1] = NaN', allowed: 'integers from -4 to 3 (weightBits 3)' },
        { path: 'workload.inputs', got: '[1] has 1 entry', allowed: 'windows of K unsigned integers' },
        { path: 'scope', got: '"chip"', allowed: '`pe` with a workload of kind matrix' },
      ],
    ],
    [
      'a matrix that needs more crossbars than the PE has',
      small('machine.pe.crossbars=1'),
      [{ path: 'machine.pe.crossbars', got: '1', allowed: 'at least 2, which the 4 x 2 weights take', hint: 'larger' }],
    ],
    [
      'empty matrices',
      small('workload.weights=[]', 'workload.inputs=[[]]'),
      [
        { path: 'workload.weights', got: '[], an empty list', allowed: 'K rows of M signed integers' },
        { path: 'workload.inputs', got: '1 x 0 entries', allowed: 'windows of K unsigned integers' },
      ],
    ],
    [
      'a truncated npy, a missing file',
      small('workload.weights={file: truncated.npy}', 'workload.inputs={file: none.npy}'),
      [
        { path: 'workload.weights.file', got: '"truncated.npy"', allowed: '.npy' },
        { path: 'workload.inputs.file', got: '"none.npy"', allowed: '.npy' },
      ],
    ],
    [
      'a folder where a file should be, floating-point numbers with NaN',
      small('workload.weights={file: empty-folder}', 'workload.inputs={file: floats.npy}'),
      [
        { path: 'workload.weights.file', got: '"empty-folder"', allowed: '.npy' },
        { path: 'workload.inputs', got: 'NaN', allowed: 'integers from 0 to 3' },
      ],
    ],
    [
      'a scenario as an .npy, a text as an .npy',
      small('workload.weights={file: small.yaml}', 'workload.inputs={fil: x.npy}'),
      [
        { path: 'workload.weights.file', got: '"small.yaml"', allowed: '.npy' },
        {
          path: 'workload.inputs.fil',
          got: '"x.npy"',
          allowed: '`file`',
          hint: 'did you mean `workload.inputs.file`?',
        },
        { path: 'workload.inputs.file', got: 'nothing', allowed: '.npy' },
      ],
    ],
    [
      '--set: no path, an unknown path, no YAML',
      small('perPool', 'machine.adc.perpol=2', 'machine.adc.bits=[4'),
      [
        { path: '--set', got: '"perPool"', allowed: 'path=value', hint: 'machine.adc.perPool=4' },
        { path: '--set', got: '"machine.adc.bits=[4"', allowed: 'path=value' },
        { path: 'machine.adc.perpol', got: '2', allowed: '`perPool`', hint: 'did you mean `machine.adc.perPool`?' },
      ],
    ],
    [
      'a truncated model',
      ['run', '--model', 'model/cut.json', '--out', 'out'],
      [{ path: 'workload.model', got: '"model/cut.safetensors"', allowed: '`lenet5-mnist`' }],
    ],
    [
      'half a model file',
      ['run', '--model', 'model/half.json', '--out', 'out'],
      [{ path: 'workload.model', got: '"model/half.json"', allowed: '`lenet5-mnist`' }],
    ],
    [
      'an unknown model and an unknown preset',
      ['run', '--model', 'lenet5', '--preset', 'baseline', '--out', 'out'],
      [
        { path: 'machine.preset', got: '"baseline"', allowed: '`isaac`', hint: 'did you mean `ou-baseline`?' },
        { path: 'workload.model', got: '"lenet5"', allowed: '`vgg10m-cifar10`', hint: 'did you mean `lenet5-mnist`?' },
      ],
    ],
    [
      'images from before the first, none of them',
      ['run', 'images.yaml', '--out', 'out'],
      [
        { path: 'workload.images.first', got: '-1', allowed: 'from 0 to' },
        { path: 'workload.images.count', got: '0', allowed: 'from 1 to' },
      ],
    ],
    [
      'images and a model beside a scenario file of a matrix, which has neither',
      ['run', 'small.yaml', '--images', '3', '--model', 'lenet5-mnist', '--out', 'out'],
      [
        { path: '--model', got: '"lenet5-mnist"', allowed: 'only without', hint: 'is a matrix, which has no model' },
        {
          path: '--images',
          got: '"3"',
          allowed: 'only without',
          hint: 'of small.yaml is a matrix, which has no images',
        },
      ],
    ],
    [
      'images beside a scenario file of a network',
      ['run', 'images.yaml', '--images', '3', '--set', 'workload.images={count: 2}', '--out', 'out'],
      [{ path: '--images', got: '"3"', allowed: 'only without', hint: '--set workload.images.count=3' }],
    ],
    [
      'images of a matrix',
      small('workload.images.count=3'),
      [
        {
          path: 'workload.images',
          got: '{"count":3}',
          allowed: 'one of the keys',
          hint: 'only a workload of kind network',
        },
      ],
    ],
    [
      'more images than there are',
      // Of the 10,000 of the test split.
      lenet('{ first: 9999, count: 2 }'),
      [{ path: 'workload.images.count', got: '2', allowed: '1' }],
    ],
    [
      'an image file of the wrong shape',
      lenet('{ file: wrong-shape.npy }'),
      [{ path: 'workload.images.tensor', got: 'U8 [1, 14, 56]', allowed: '[N, 28, 28]' }],
    ],
    [
      'an image file without images',
      lenet('{ file: no-images.npy }'),
      [{ path: 'workload.images', got: 'no image', allowed: 'a file with at least one image' }],
    ],
    [
      'a truncated image file',
      lenet('{ file: cut.safetensors }'),
      [{ path: 'workload.images.file', got: '"cut.safetensors"', allowed: '.safetensors' }],
    ],
  ];
  test.concurrent.each(cases)('%s', async (_name, args, problems) => {
    expectProblems(await mistakes(args, folder), problems);
  });

  test('a good image file is fine, so that the bad ones fail for their faults', async () => {
    const args = [
      'run',
      '--model',
      'lenet5-mnist',
      '--preset',
      'isaac',
      '--set',
      'workload.images={file: one-image.npy}',
    ];
    expect(await ousim(args, folder)).toMatchObject({ code: 0, stderr: '' });
  });
});

describe('decisions that do not fit', () => {
  const bundledDecisions = join(bundled, 'calibrations', 'lenet5-mnist');
  const record = JSON.parse(readFileSync(join(bundledDecisions, 'sme.json'), 'utf8'));
  const { c1, ...others } = record.decision.layers;
  const layers = { ...others, c2: { squeeze: '2' }, f1: null, c11: c1 };
  writeFileSync(join(folder, 'sme.json'), JSON.stringify({ ...record, decision: { ...record.decision, layers } }));
  const run = (...set: string[]) => [
    ...['run', '--preset', 'sme', '--model', 'lenet5-mnist', '--out', 'out', '--set', 'mapping.decisions=sme.json'],
    ...set.flatMap((text) => ['--set', text]),
  ];
  const at = (name: string) => `mapping.decisions (sme.json): decision.layers.${name}`;

  test('to the layers of the network: those of all layers', async () => {
    expectProblems(await mistakes(run('mapping.quantisation=calibrated'), folder), [
      { path: at('c11'), got: '{"squeeze":', allowed: 'one of the layers `c1`, ', hint: 'did you mean `c1`?' },
      { path: at('c1'), got: 'missing', allowed: 'a value' },
      { path: at('c2.squeeze'), got: '"2"', allowed: 'integer 0 .. 7' },
      { path: at('f1'), got: 'null', allowed: 'an object with the keys squeeze' },
    ]);
  });

  test('to a network that is not calibrated', async () => {
    expectProblems(await mistakes(run('mapping.quantisation=given'), folder), [
      { path: 'mapping.decisions', got: '"sme.json"', allowed: 'only with mapping.quantisation calibrated' },
    ]);
  });

  test('to a matrix', async () => {
    expectProblems(await mistakes(small('mapping.decisions=sme.json', 'mapping.quantisation=calibrated'), folder), [
      { path: 'mapping.decisions', got: '"sme.json"', allowed: 'left out with a workload of kind matrix' },
    ]);
  });
});

test('compare tells unknown networks where no system is known', async () => {
  const args = ['compare', 'foo', '--baseline', 'quux', '--models', 'lenet5-mnist,nonet', '--out', 'out'];
  expectProblems(await mistakes(args, folder), [
    { path: 'systems', got: '"foo"', allowed: '`isaac`' },
    { path: '--baseline', got: '"quux"', allowed: '`isaac`' },
    { path: 'workload.model', got: '"nonet"', allowed: '`lenet5-mnist`' },
  ]);
});

describe('a scenario that is none', () => {
  const allowed = 'a scenario file (.yaml or .json), or --model';
  const cases: [name: string, args: string[], problems: Expected[]][] = [
    [
      'no such file',
      ['run', 'smal.yaml', '--out', 'out'],
      [{ path: 'scenario', got: '"smal.yaml": no such file', allowed, hint: 'did you mean `small.yaml`?' }],
    ],
    ['a folder', ['validate', 'empty-folder'], [{ path: 'scenario', got: '"empty-folder": a folder', allowed }]],
    ['nothing', ['run', '--out', 'out'], [{ path: 'scenario', got: 'nothing', allowed, hint: '--model lenet5-mnist' }]],
    [
      'a name that is too long',
      ['validate', 'a'.repeat(5000)],
      [{ path: 'scenario', got: 'cannot be read (ENAMETOOLONG)', allowed }],
    ],
    ['a preset', ['run', 'isaac'], [{ path: 'scenario', got: 'no such file', allowed, hint: '--preset isaac' }]],
    [
      'an empty file',
      ['validate', 'empty.yaml'],
      [{ path: 'empty.yaml', got: 'nothing', allowed: 'a map with the keys' }],
    ],
    ['a list', ['validate', 'list.json'], [{ path: 'list.json', got: '[1,2]', allowed: 'a map with the keys' }]],
  ];
  test.concurrent.each(cases)('%s', async (_name, args, problems) => {
    expectProblems(await mistakes(args, folder), problems);
  });

  test('YAML with syntax errors: line and column of each', async () => {
    const problems = problemsIn(await mistakes(['run', 'syntax.yaml', '--out', 'out'], folder));
    expect(problems.length).toBeGreaterThan(1);
    for (const { path, allowed: what } of problems) {
      expect(path).toMatch(/^syntax\.yaml:[2-4]:\d+$/);
      expect(what).toBe('YAML or JSON');
    }
  });

  test('bytes that are no text', async () => {
    const problems = problemsIn(await mistakes(['run', 'garbage.yaml', '--out', 'out'], folder));
    expect(problems.length).toBeGreaterThan(0);
    for (const { path } of problems) expect(path).toMatch(/^garbage\.yaml(:\d+:\d+)?$/);
  });
});

describe('options', () => {
  const outAllowed = 'a folder that can be written';
  const cases: [name: string, args: string[], problems: Expected[]][] = [
    [
      'all that are wrong, and what is wrong with the scenario',
      [
        ...[
          'run',
          'small.yaml',
          '--set',
          'machine.adc.bits=99',
          '--granularity',
          'bookd',
          '--seed',
          '1.5',
          '--preset',
          'isaac',
          '--images',
          '3',
        ],
        ...['--trace', 'chrome', '--trace-window', '9:3', '--trace-filter', '{'],
      ],
      [
        { path: '--granularity', got: '"bookd"', allowed: '`fast`, `booked` or `sampled`', hint: '`booked`' },
        { path: '--seed', got: '"1.5"', allowed: 'a whole number' },
        { path: '--trace', got: '"chrome"', allowed: '`perfetto`, `perfetto-proto`, `vcd`, `konata` or `csv`' },
        { path: '--trace', got: '"chrome"', allowed: 'only with --out' },
        { path: '--trace-window', got: '"9:3"', allowed: 'FROM < TO' },
        { path: '--trace-filter', got: '"{"', allowed: 'paths of instances', hint: '*.AdcPool[0]*' },
        {
          path: '--preset',
          got: '"isaac"',
          allowed: 'only without a scenario file',
          hint: '--set machine.preset=isaac',
        },
        {
          path: '--images',
          got: '"3"',
          allowed: 'only without a scenario file',
          hint: 'is a matrix, which has no images',
        },
        { path: 'machine.adc.bits', got: '99', allowed: 'from 1 to 24' },
      ],
    ],
    [
      'no images, and no such preset',
      ['run', '--model', 'lenet5-mnist', '--images', '0', '--preset', 'isac'],
      [
        { path: '--images', got: '"0"', allowed: 'a whole number >= 1' },
        { path: 'machine.preset', got: '"isac"', allowed: '`isaac`', hint: 'did you mean `isaac`?' },
      ],
    ],
    [
      'of a trace, without one',
      ['run', 'small.yaml', '--out', 'out', '--trace-window', '0:9', '--trace-filter', '*'],
      [
        { path: '--trace-window', got: '"0:9"', allowed: 'only with --trace' },
        { path: '--trace-filter', got: '"*"', allowed: 'only with --trace' },
      ],
    ],
    [
      '--out is a file',
      ['run', 'small.yaml', '--out', 'small.yaml'],
      [{ path: '--out', got: '"small.yaml"', allowed: outAllowed, hint: 'is a file' }],
    ],
    [
      '--out in a file, of a scenario that is wrong too',
      [...small('machine.adc.perPool=0').filter((arg) => !/^(--out|out)$/.test(arg)), '--out', 'small.yaml/out'],
      [
        { path: '--out', got: '"small.yaml/out"', allowed: outAllowed, hint: 'small.yaml is a file' },
        { path: 'machine.adc.perPool', got: '0', allowed: 'from 1 to 4096' },
      ],
    ],
    ['--out is empty', ['run', 'small.yaml', '--out', ''], [{ path: '--out', got: '""', allowed: outAllowed }]],
    [
      '--out with a folder in the place of the result',
      ['run', 'small.yaml', '--out', 'done'],
      [{ path: '--out', got: '"done"', allowed: outAllowed, hint: join('done', 'result.json') }],
    ],
    [
      'a subject that cannot be explained',
      ['explain', 'crosbar'],
      [
        {
          path: 'subject',
          got: '"crosbar"',
          allowed: 'a preset (ou-baseline, isaac, ',
          hint: 'did you mean `crossbar`?',
        },
      ],
    ],
    [
      'a preset with a slip',
      ['explain', 'isac'],
      [{ path: 'subject', got: '"isac"', allowed: 'adc', hint: '`isaac`' }],
    ],
    [
      'values for a component',
      ['explain', 'adc', '--set', 'machine.adc.bits=4'],
      [{ path: '--set', got: 'given beside a component', allowed: 'only without' }],
    ],
  ];
  test.concurrent.each(cases)('%s', async (_name, args, problems) => {
    expectProblems(await mistakes(args, folder), problems);
  });

  test.concurrent.each([
    [['frobnicate'], "unknown command 'frobnicate'", 'ousim --help'],
    [['explan'], '(Did you mean explain?)', 'ousim --help'],
    [['run', 'small.yaml', '--ouputs'], '(Did you mean --outputs?)', 'ousim run --help'],
    [['run', 'small.yaml', '--out'], "option '--out <folder>' argument missing", 'ousim run --help'],
    [['run', 'small.yaml', 'images.yaml'], 'too many arguments', 'ousim run --help'],
    [['validate'], "missing required argument 'scenario'", 'ousim validate --help'],
  ])('%j', async (args, says, pointsTo) => {
    const message = await mistakes(args, folder);
    expect(message).toContain(says);
    expect(message).toContain(pointsTo);
  });

  test.skipIf(process.getuid?.() === 0)('--out where this user may not write', async () => {
    const closed = join(folder, 'closed');
    mkdirSync(closed, { mode: 0o555 });
    const message = await mistakes(['run', 'small.yaml', '--out', join(closed, 'out')], folder);
    expectProblems(message, [{ path: '--out', got: 'closed', allowed: outAllowed }]);
  });
});

describe('property: whatever a scenario says, it resolves or its problems are told', () => {
  /** Anything else that is thrown fails the property, which then prints the scenario. */
  const resolvesOrTells = (text: string): 'resolved' | 'told' => {
    try {
      resolveScenario(parseScenario(text, 'fuzz.yaml'), { baseDir: folder, name: 'fuzz.yaml' });
      return 'resolved';
    } catch (error) {
      if (!(error instanceof ScenarioError)) throw error;
      expect(error.problems.length).toBeGreaterThan(0);
      for (const { value, allowed } of error.problems) {
        expect(value).toMatch(/\S/);
        expect(allowed).toMatch(/\S/);
      }
      return 'told';
    }
  };
  const scenarios = [
    SMALL,
    readFileSync(join(ROOT, 'examples', 'matrix-pe.yaml'), 'utf8').replaceAll(/#.*/g, ''),
    network('{ first: 3, count: 2 }'),
    `${network('{ file: one-image.npy }')}machine: { preset: isaac, adc: { costLaw: survey } }\n`,
  ];

  test('texts with random edits', () => {
    const fragment = fc.oneof(
      fc.string({ maxLength: 3 }),
      fc.constantFrom(
        '{',
        '}',
        '[',
        ']',
        ':',
        ': ',
        '-',
        '\n',
        ' ',
        '"',
        '&a ',
        '*a',
        '!!',
        '0',
        '-1',
        '1e9',
        '.nan',
        '.inf',
        'null',
        '~',
        '<<: ',
        '? ',
        '\t',
        '\u0000',
        '%',
        '@',
        '|',
      ),
    );
    const edit = fc.record({ at: fc.double({ min: 0, max: 1, noNaN: true }), removed: fc.nat({ max: 6 }), fragment });
    const seen = { resolved: 0, told: 0 };
    fc.assert(
      fc.property(fc.constantFrom(...scenarios), fc.array(edit, { minLength: 1, maxLength: 3 }), (text, edits) => {
        const edited = edits.reduce((before, { at, removed, fragment: inserted }) => {
          const position = Math.floor(at * before.length);
          return before.slice(0, position) + inserted + before.slice(position + removed);
        }, text);
        seen[resolvesOrTells(edited)]++;
      }),
      { seed: SEED, numRuns: 300 },
    );
    expect(Math.min(seen.resolved, seen.told)).toBeGreaterThan(0);
  });

  test('values with strange ones in their place', () => {
    const strange = fc.oneof(
      fc.constantFrom<unknown>(
        null,
        true,
        '',
        '0',
        '-1',
        0,
        -1,
        1,
        0.5,
        2 ** 31,
        2 ** 53,
        1e300,
        Number.NaN,
        Number.POSITIVE_INFINITY,
      ),
      fc.constantFrom<unknown>(
        [],
        {},
        [[]],
        [[], []],
        [[null]],
        [{}],
        { file: '' },
        { file: '.' },
        { file: 'truncated.npy' },
      ),
      fc.constantFrom<unknown>(
        '__proto__',
        'constructor',
        '1 GHz',
        '1e400 GHz',
        '0.000001 ns',
        'isaac',
        'form',
        'offset',
        'x.npy',
        '../..',
      ),
      fc.integer(),
      fc.double(),
      fc.jsonValue({ maxDepth: 2 }),
    );
    const seen = { resolved: 0, told: 0 };
    fc.assert(
      fc.property(
        fc.constantFrom(...scenarios),
        fc.array(fc.tuple(fc.nat(), strange), { minLength: 1, maxLength: 3 }),
        (text, changes) => {
          let scenario: unknown = parseScenario(text, 'fuzz.yaml');
          for (const [choice, value] of changes) {
            const paths = pathsOf(scenario);
            scenario = withValue(scenario, paths[choice % paths.length]!, value);
          }
          // NaN and infinity are none of JSON's, but YAML's.
          const json = JSON.stringify(scenario, (_key, item: unknown) =>
            typeof item === 'number' && !Number.isFinite(item) ? `\u0001${item}` : item,
          );
          const yaml = json.replaceAll('"\\u0001NaN"', '.nan').replaceAll('"\\u0001Infinity"', '.inf');
          seen[resolvesOrTells(yaml.replaceAll('"\\u0001-Infinity"', '-.inf'))]++;
        },
      ),
      { seed: SEED, numRuns: 300 },
    );
    expect(Math.min(seen.resolved, seen.told)).toBeGreaterThan(0);
  });
});

type Path = readonly (string | number)[];

/** Paths of all values inside a value, its own not included. */
function pathsOf(value: unknown, at: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [];
  const entries: [string | number, unknown][] = Array.isArray(value) ? [...value.entries()] : Object.entries(value);
  return entries.flatMap(([key, inner]) => [[...at, key], ...pathsOf(inner, [...at, key])]);
}

function withValue(value: unknown, [key, ...rest]: Path, inner: unknown): unknown {
  if (key === undefined) return inner;
  const copy = Array.isArray(value) ? [...(value as unknown[])] : { ...(value as object) };
  const parts = copy as Record<string | number, unknown>;
  parts[key] = withValue(parts[key], rest, inner);
  return copy;
}

test('a resource of a chip cannot be ideal for a matrix, which runs on one PE', async () => {
  const args = ['run', join(ROOT, 'examples', 'first-crossbar.yaml'), '--ideal', 'adc', '--out', 'out'];
  const problems = problemsIn(await mistakes(args, folderWith()));
  expect(problems).toHaveLength(1);
  expect(problems[0]).toMatchObject({ path: '--ideal', got: '"adc"', allowed: 'with a network only' });
});
