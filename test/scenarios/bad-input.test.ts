import { describe, expect, test } from 'vitest';
import { SCENARIO_PATHS } from '../../scenarios/paths.js';
import { WORKLOAD_KINDS } from '../../scenarios/workload-keys.js';
import { problemsOf, problemsOfSmallWith, SMALL } from './resolve.js';

/** Paths of the problems that SMALL has with these overrides. */
const pathsWith = (...overrides: string[]) => problemsOfSmallWith(...overrides).map(({ path }) => path);

test('the scenario that these tests spoil is a good one', () => {
  expect(problemsOf(SMALL)).toEqual([]);
});

describe('unknown keys, each with the nearest valid name', () => {
  test.each([
    ['maschine.adc.bits=4', 'maschine', 'did you mean `machine`?'],
    ['machine.crossbars.wordlines=4', 'machine.crossbars', 'did you mean `machine.crossbar`?'],
    ['machine.adc.perPol=4', 'machine.adc.perPol', 'did you mean `machine.adc.perPool`?'],
    ['machine.adc.PERPOOL=4', 'machine.adc.PERPOOL', 'did you mean `machine.adc.perPool`?'],
    ['machine.perPool=4', 'machine.perPool', 'did you mean `machine.adc.perPool`?'],
    ['machine.rootclock=1 GHz', 'machine.rootclock', 'did you mean `machine.rootClock`?'],
    ['mapping.schema=dense', 'mapping.schema', 'did you mean `mapping.scheme`?'],
    ['workload.weight=[[1]]', 'workload.weight', 'did you mean `workload.weights`?'],
    ['workload.encoding=offset', 'workload.encoding', 'did you mean `mapping.encoding`?'],
    ['workload.model=lenet5-mnist', 'workload.model', 'only a workload of kind network has `model`'],
    ['workload.images.count=3', 'workload.images', 'only a workload of kind network has `images`'],
    ['workload.Images=3', 'workload.Images', undefined],
    ['machine.voltage=1', 'machine.voltage', undefined],
    ['machine.__proto__.x=1', 'machine.__proto__', undefined],
  ])('%s', (override, path, hint) => {
    const problems = problemsOfSmallWith(override);
    expect(problems.length).toBe(1);
    expect(problems[0]!.path).toBe(path);
    if (hint !== undefined) expect(problems[0]!.hint).toBe(hint);
    expect(problems[0]!.allowed).toMatch(/^one of the keys `/);
  });

  test('of a network: a key of a matrix', () => {
    const hint = 'only a workload of kind matrix has `inputs`';
    const found = problemsOf('workload: { kind: network, model: lenet5-mnist, inputs: [[1]] }');
    expect(found).toMatchObject([{ path: 'workload.inputs', hint }]);
  });

  test('no path is offered in its own place', () => {
    for (const kind of WORKLOAD_KINDS) {
      for (const path of SCENARIO_PATHS) {
        const found = problemsOf(`workload: { kind: ${kind} }`, { overrides: [`${path}=[nonsense]`] });
        for (const problem of found) expect(problem.hint ?? '', kind).not.toContain(`\`${problem.path}\``);
      }
    }
  });

  test('a key that is near to no valid name has no hint', () => {
    expect(problemsOfSmallWith('machine.voltage=1')[0]).not.toHaveProperty('hint');
  });
});

describe('unknown names', () => {
  test.each([
    ['machine.preset=isac', 'machine.preset', 'did you mean `isaac`?'],
    ['mapping.scheme=dence', 'mapping.scheme', 'did you mean `dense`?'],
    ['mapping.encoding=diferential', 'mapping.encoding', 'did you mean `differential`?'],
    ['mapping.layout=planer', 'mapping.layout', 'did you mean `planar`?'],
    ['machine.detector.kind=groups', 'machine.detector.kind', 'did you mean `group`?'],
    ['machine.adc.costLaw=power-of-2', 'machine.adc.costLaw', 'did you mean `power-of-two`?'],
    ['workload.kind=matrices', 'workload.kind', 'did you mean `matrix`?'],
    ['scope=chips', 'scope', 'did you mean `chip`?'],
  ])('%s', (override, path, hint) => {
    expect(problemsOfSmallWith(override)).toMatchObject([{ path, hint }]);
  });

  test('an unknown model', () => {
    const text = 'workload: { kind: network, model: lenet-mnist }';
    expect(problemsOf(text)).toMatchObject([
      { path: 'workload.model', value: '"lenet-mnist"', hint: 'did you mean `lenet5-mnist`?' },
    ]);
    expect(problemsOf('workload: { kind: network }')).toMatchObject([{ path: 'workload.model', value: 'nothing' }]);
  });

  test('an unknown preset does not make problems of the values that it would have given', () => {
    expect(pathsWith('machine.preset=isac', 'machine={preset: isac, crossbar: {wordlines: 4, bitlines: 4}}')).toEqual([
      'machine.preset',
    ]);
  });
});

describe('wrong types and units', () => {
  test.each([
    ['machine.adc.perPool="4"', 'machine.adc.perPool', /without quotes/],
    ['machine.adc.bits=4 bit', 'machine.adc.bits', /without a unit/],
    ['machine.adc.bits=true', 'machine.adc.bits', null],
    ['machine.adc.bits=', 'machine.adc.bits', null],
    ['machine.adc.bits=[4]', 'machine.adc.bits', null],
    ['machine.adc=4', 'machine.adc', null],
    ['machine=fast', 'machine', null],
    ['mapping=dense', 'mapping', null],
    ['workload=matrix', 'workload', null],
    ['machine.detector.kind=1', 'machine.detector.kind', null],
    ['machine.rootClock=1.28', 'machine.rootClock', /"1.28 GHz"/],
    ['machine.rootClock=10 ns', 'machine.rootClock', null],
    ['machine.crossbar.readCycles=1 GHz', 'machine.crossbar.readCycles', null],
    ['machine.crossbar.readCycles=100 nS', 'machine.crossbar.readCycles', /`ns`/],
    ['machine.crossbar.readCycles="13"', 'machine.crossbar.readCycles', /without quotes/],
    ['machine.crossbar.area_um2=25 um2', 'machine.crossbar.area_um2', null],
  ])('%s', (override, path, hint) => {
    const problems = problemsOfSmallWith(override);
    expect(problems.map((problem) => problem.path)).toEqual([path]);
    if (hint !== null) expect(problems[0]!.hint).toMatch(hint);
  });

  test('a wrong unit names the accepted ones', () => {
    expect(problemsOfSmallWith('machine.crossbar.readCycles=1 GHz')[0]!.allowed).toContain('s, ms, us, ns, ps');
    expect(problemsOfSmallWith('machine.rootClock=10 ns')[0]!.allowed).toContain('Hz, kHz, MHz, GHz');
  });
});

describe('out of range', () => {
  test.each([
    ['machine.adc.bits=0', 'machine.adc.bits', 'a whole number from 1 to 24 (bit)'],
    ['machine.adc.bits=25', 'machine.adc.bits', 'a whole number from 1 to 24 (bit)'],
    ['machine.adc.bits=4.5', 'machine.adc.bits', 'a whole number from 1 to 24 (bit)'],
    ['machine.adc.bits=.nan', 'machine.adc.bits', 'a whole number from 1 to 24 (bit)'],
    ['machine.adc.bits=.inf', 'machine.adc.bits', 'a whole number from 1 to 24 (bit)'],
    ['machine.adc.perPool=-1', 'machine.adc.perPool', 'a whole number from 1 to 4096'],
    ['machine.crossbar.cellReadEnergy_pJ=-1', 'machine.crossbar.cellReadEnergy_pJ', 'a number from 0 to 1000000 (pJ)'],
    [
      'machine.crossbar.cellReadEnergy_pJ=.nan',
      'machine.crossbar.cellReadEnergy_pJ',
      'a number from 0 to 1000000 (pJ)',
    ],
    ['machine.rootClock=0 GHz', 'machine.rootClock', 'from 0.000001 to 1000 GHz'],
    ['machine.rootClock=2 THz', 'machine.rootClock', undefined],
    ['machine.rootClock=-1 GHz', 'machine.rootClock', 'from 0.000001 to 1000 GHz'],
    ['workload.weightBits=17', 'workload.weightBits', 'a whole number from 1 to 16 (bit)'],
    ['workload.inputBits=0', 'workload.inputBits', 'a whole number from 1 to 16 (bit)'],
  ])('%s', (override, path, allowed) => {
    const problems = problemsOfSmallWith(override);
    expect(problems.map((problem) => problem.path)).toEqual([path]);
    if (allowed !== undefined) expect(problems[0]!.allowed).toBe(allowed);
  });

  test.each(['0', '1.5', '0 ns', '-3 ns', '2 s', '.nan'])('readCycles=%s', (value) => {
    expect(pathsWith(`machine.crossbar.readCycles=${value}`)).toEqual(['machine.crossbar.readCycles']);
  });

  test('a latency may be 0 cycles, a read may not', () => {
    expect(pathsWith('machine.shiftAdd.latencyCycles=0', 'machine.detector.planeCycles=0 ns')).toEqual([]);
  });

  test('a time out of range says how many cycles it is', () => {
    expect(problemsOfSmallWith('machine.crossbar.readCycles=2 s')[0]!.hint).toBe('2 s is 2000000000 cycles here');
  });
});

test('a section that is none is one problem, and not one of its parameters besides', () => {
  // The default OU of 9 x 8 would not fit into these crossbars.
  expect(pathsWith('machine.ou=4')).toEqual(['machine.ou']);
});

test('an override inside what is no section leaves that as it is, to be reported', () => {
  const text = SMALL.replace('pe: { crossbars: 2 }', 'pe: 2');
  expect(problemsOf(text, { overrides: ['machine.pe.crossbars=4'] })).toMatchObject([
    { path: 'machine.pe', value: '2' },
  ]);
});

describe('an OU larger than the crossbar', () => {
  test('both sides are reported', () => {
    expect(problemsOfSmallWith('machine.ou={wordlines: 5, bitlines: 6}')).toMatchObject([
      { path: 'machine.ou.wordlines', value: '5', allowed: "at most the crossbar's 4 wordlines" },
      { path: 'machine.ou.bitlines', value: '6', allowed: "at most the crossbar's 4 bitlines" },
    ]);
  });

  test('also where it comes from a preset; the hint says so', () => {
    const problems = problemsOfSmallWith('machine={preset: ou-baseline, crossbar: {wordlines: 4, bitlines: 8}}');
    expect(problems).toMatchObject([
      { path: 'machine.ou.wordlines', value: '9', hint: expect.stringContaining('from the preset') },
    ]);
  });
});

test('more crossbars and ADCs than a result can list', () => {
  // 50 000 crossbars in pairs: 25 000 pools of 8 ADCs, 250 000 instances with the crossbars.
  const overrides = ['machine.pe.crossbars=50000', 'machine.adc.sharedBy=2', 'machine.adc.perPool=8'];
  expect(problemsOfSmallWith(...overrides)).toMatchObject([
    { path: 'machine.pe.crossbars', value: '50000, which makes 250000 crossbars and ADCs in a PE' },
  ]);
  expect(problemsOfSmallWith(...overrides, 'machine.adc.perPool=6')).toEqual([]);
});

describe('matrices', () => {
  test.each([
    ['workload.weights=[]', 'workload.weights', '[], an empty list'],
    ['workload.weights=[[], [], [], []]', 'workload.weights', '4 x 0 entries'],
    ['workload.weights=[[1, 2], [3], [4, 5, 6], [7, 8]]', 'workload.weights', '[1] has 1 entry, [2] has 3 entries'],
    ['workload.weights=[[1, 2], 3, [1, 2], [1, 2]]', 'workload.weights', '[1] = 3'],
    [
      'workload.weights=[[1.5, 0], [0, x], [0, 0], [0, .nan]]',
      'workload.weights',
      '[0][0] = 1.5, [1][1] = "x", [3][1] = NaN',
    ],
    [
      'workload.weights=[[4, -4], [3, -3], [9, 9], [0, 0]]',
      'workload.weights',
      '[0][0] = 4, [0][1] = -4, [2][0] = 9 and 1 more',
    ],
    ['workload.weights=[[.inf, 1], [1, 1], [1, 1], [1, true]]', 'workload.weights', '[0][0] = Infinity, [3][1] = true'],
    ['workload.weights=5', 'workload.weights', '5'],
    ['workload.weights={}', 'workload.weights.file', 'nothing'],
    ['workload.weights=&a [*a]', 'workload.weights', '[0][0] = a value that contains itself'],
    ['workload.inputs=[]', 'workload.inputs', '[], an empty list'],
    ['workload.inputs=[[]]', 'workload.inputs', '1 x 0 entries'],
    ['workload.inputs=[[1, 2, 3, 4]]', 'workload.inputs', '[0][3] = 4'],
    ['workload.inputs=[[1, 2, 3, -1]]', 'workload.inputs', '[0][3] = -1'],
    ['workload.inputs=[1, 2, 3, 0]', 'workload.inputs', '[0] = 1, [1] = 2, [2] = 3 and 1 more'],
    ['workload.inputs=[[1, 2, 3]]', 'workload.inputs', 'windows of 3 inputs'],
    ['workload.inputs=', 'workload.inputs', 'nothing'],
  ])('%s', (override, path, value) => {
    const problems = problemsOfSmallWith(override);
    expect(problems).toMatchObject([{ path, value }]);
  });

  test('no windows: at least one is needed', () => {
    expect(problemsOfSmallWith('workload.inputs=[]')[0]!.hint).toBe('at least one window is needed');
  });

  test('the range follows from weightBits and encoding', () => {
    const weights = 'workload.weights=[[-4], [0], [0], [0]]';
    expect(problemsOfSmallWith(weights)[0]!.allowed).toBe(
      'integers from -3 to 3 (weightBits 3, encoding differential)',
    );
    expect(problemsOfSmallWith(weights, 'mapping.encoding=offset', 'machine.pe.crossbars=4')).toEqual([]);
    expect(problemsOfSmallWith('workload.inputs=[[4, 0, 0, 0]]')[0]!.allowed).toBe(
      'integers from 0 to 3 (unsigned, inputBits 2)',
    );
  });

  test('weightBits and inputBits must be given', () => {
    const text = SMALL.replace(/ {2}(weight|input)Bits: \d\n/g, '');
    expect(problemsOf(text)).toMatchObject([
      { path: 'workload.weightBits', value: 'nothing' },
      { path: 'workload.inputBits', value: 'nothing' },
    ]);
  });

  test('one-bit weights have no magnitude in encoding differential', () => {
    expect(pathsWith('workload.weightBits=1', 'workload.weights=[[0], [0], [0], [0]]')).toEqual([
      'workload.weightBits',
    ]);
  });

  test("two's complement needs one-bit cells", () => {
    expect(problemsOfSmallWith('mapping.encoding=twos-complement', 'machine.crossbar.bitsPerCell=2')).toMatchObject([
      { path: 'machine.crossbar.bitsPerCell', value: '2', allowed: '1 with encoding twos-complement' },
    ]);
  });

  test('the bit-slices of a weight must fit side by side in layout adjacent', () => {
    const wide = ['workload.weightBits=6', 'machine.pe.crossbars=64'];
    expect(problemsOfSmallWith(...wide)).toMatchObject([
      { path: 'machine.crossbar.bitlines', value: '4', allowed: expect.stringMatching(/^at least 5 /) },
    ]);
    expect(problemsOfSmallWith(...wide, 'mapping.layout=planar')).toEqual([]);
  });

  test('more crossbars than the PE has: says how many', () => {
    expect(problemsOfSmallWith('machine.pe.crossbars=1')).toMatchObject([
      { path: 'machine.pe.crossbars', value: '1', allowed: 'at least 2, which the 4 x 2 weights take' },
    ]);
    // Planar: 2 signs x 2 slices.
    expect(problemsOfSmallWith('mapping.layout=planar')[0]!.allowed).toMatch(/^at least 4,/);
    expect(problemsOfSmallWith('mapping.layout=planar', 'machine.pe.crossbars=4')).toEqual([]);
  });

  test('that the PE is too small is reported beside bad inputs', () => {
    expect(pathsWith('machine.pe.crossbars=1', 'workload.inputs=[]')).toEqual([
      'workload.inputs',
      'machine.pe.crossbars',
    ]);
  });
});

describe('scope, workload and images', () => {
  test('the scope must fit the workload', () => {
    expect(problemsOfSmallWith('scope=chip')).toMatchObject([
      { path: 'scope', value: '"chip"', allowed: '`pe` with a workload of kind matrix' },
    ]);
    expect(problemsOf('scope: pe\nworkload: { kind: network, model: lenet5-mnist }')).toMatchObject([
      { path: 'scope', allowed: '`chip` with a workload of kind network' },
    ]);
  });

  test('a workload is needed', () => {
    expect(problemsOf('scope: pe')).toMatchObject([{ path: 'workload', value: 'nothing' }]);
    expect(problemsOf('workload: {}')).toMatchObject([{ path: 'workload.kind', value: 'nothing' }]);
  });

  const network = (images: string) => problemsOf(`workload: { kind: network, model: lenet5-mnist, images: ${images} }`);

  test.each([
    ['{ first: -1 }', ['workload.images.first']],
    ['{ count: 0 }', ['workload.images.count']],
    ['{ count: 1.5, first: x }', ['workload.images.first', 'workload.images.count']],
    ['{ count: 10001 }', ['workload.images.count']],
    ['{ first: 10000 }', ['workload.images.first']],
    ['{ tensor: images }', ['workload.images.tensor']],
    ['{ file: 3 }', ['workload.images.file']],
    ['{ file: missing.npy }', ['workload.images.file']],
    ['{ file: README.md }', ['workload.images.file']],
    ['{ number: 3 }', ['workload.images.number']],
    ['4', ['workload.images']],
  ])('images: %s', (images, paths) => {
    expect(network(images).map(({ path }) => path)).toEqual(paths);
  });

  test('encoding and cells are checked against the network', () => {
    const text = `machine: { crossbar: { bitsPerCell: 2 } }
mapping: { encoding: twos-complement }
workload: { kind: network, model: lenet5-mnist }`;
    expect(problemsOf(text)).toMatchObject([{ path: 'machine.crossbar.bitsPerCell' }]);
  });
});

describe('the cost of an ADC', () => {
  test('resolutions that the law does not cover', () => {
    expect(problemsOfSmallWith('machine.adc.costLaw=saberi', 'machine.adc.bits=3')).toMatchObject([
      { path: 'machine.adc.bits', value: '3', hint: '3 bits are covered by costLaw `power-of-two`' },
    ]);
  });

  test('a price that the law would overrule', () => {
    expect(problemsOfSmallWith('machine.adc.conversionEnergy_pJ=1')).toMatchObject([
      { path: 'machine.adc.conversionEnergy_pJ', value: '1', hint: 'set machine.adc.costLaw to fixed to use it' },
    ]);
    expect(
      pathsWith('machine.adc.conversionEnergy_pJ=1', 'machine.adc.area_um2=9', 'machine.adc.costLaw=fixed'),
    ).toEqual([]);
  });
});

test.each(['machine.adc.bits', '=4', 'a..b=4', 'machine.adc.bits=[4'])('--set %s is no override', (text) => {
  expect(problemsOfSmallWith(text)).toMatchObject([{ path: '--set', allowed: 'path=value' }]);
});

test('eight mistakes are eight problems, all at once', () => {
  const text = `
scope: pe
machine:
  preset: isaak
  rootClock: 1.28
  crossbar: { wordlines: 4, bitlines: 4, readCycles: 13 parsecs }
  ou: { wordlines: 9, bitlines: 2 }
  adc: { bits: 99, perPol: 2 }
mapping: { layout: diagonal }
workload:
  kind: matrix
  weightBits: 3
  inputBits: 2
  weights: [[1, 5], [3, 0]]
  inputs: [[1, 2]]
`;
  const problems = problemsOf(text);
  expect(problems.map(({ path }) => path).sort()).toEqual([
    'machine.adc.bits',
    'machine.adc.perPol',
    'machine.crossbar.readCycles',
    'machine.ou.wordlines',
    'machine.preset',
    'machine.rootClock',
    'mapping.layout',
    'workload.weights',
  ]);
  expect(problems.find(({ path }) => path === 'machine.adc.perPol')!.hint).toBe('did you mean `machine.adc.perPool`?');
  expect(problems.find(({ path }) => path === 'machine.preset')!.hint).toBe('did you mean `isaac`?');
});
