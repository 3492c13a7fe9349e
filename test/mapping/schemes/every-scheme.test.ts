import { describe, expect, it } from 'vitest';
import { ProgramExecutor } from '../../../mapping/execute.js';
import { type MatrixShape, matrixShapeProblems } from '../../../mapping/matrix-spec.js';
import { exactAdcBits } from '../../../mapping/operation-sum.js';
import { MAPPING_SCHEMES } from '../../../mapping/schemes.js';
import { defaultValues, integerMatrix, problemsOf, programOf } from '../block-precision/scheme-cases.js';

/** What every scheme can place. */
const shape: MatrixShape = {
  rows: 5,
  outputs: 3,
  weightBits: 4,
  inputBits: 4,
  bitsPerPlane: 1,
  encoding: 'differential',
  layout: 'planar',
  crossbar: { wordlines: 4, bitlines: 8, bitsPerCell: 1 },
  ou: { wordlines: 2, bitlines: 4 },
};
const { crossbar, ou } = shape;

/** Of differential encoding with 4 bits, 3 bit-slices stand side by side. */
const invalid: readonly (readonly [string, Partial<MatrixShape>, readonly string[]])[] = [
  [
    'more slices than bitlines',
    { layout: 'adjacent', crossbar: { ...crossbar, bitlines: 2 }, ou: { ...ou, bitlines: 1 } },
    ['crossbar.bitlines'],
  ],
  ['no rows', { rows: 0 }, ['rows']],
  ['no outputs', { outputs: 0 }, ['outputs']],
  ['no wordlines', { crossbar: { ...crossbar, wordlines: 0 } }, ['crossbar.wordlines']],
  ['no bitlines', { crossbar: { ...crossbar, bitlines: 0 } }, ['crossbar.bitlines']],
  ['half a wordline', { crossbar: { ...crossbar, wordlines: 0.5 } }, ['crossbar.wordlines']],
  ['an OU without wordlines', { ou: { ...ou, wordlines: 0 } }, ['ou.wordlines']],
  ['an OU without bitlines', { ou: { ...ou, bitlines: 0 } }, ['ou.bitlines']],
  ['an OU larger than the crossbar', { ou: { wordlines: 5, bitlines: 9 } }, ['ou.wordlines', 'ou.bitlines']],
  ['no bits', { weightBits: 0, inputBits: 0 }, ['inputBits', 'weightBits']],
  ['no input bits in a plane', { bitsPerPlane: 0 }, ['bitsPerPlane']],
];

describe.each(MAPPING_SCHEMES.map((scheme) => [scheme.name, scheme] as const))('scheme %s', (_, scheme) => {
  const values = defaultValues(scheme);
  const decision = scheme.given(values);

  it('gives a matrix of zeros crossbars that compute zeros', () => {
    const program = programOf(scheme, { ...shape, weights: new Int32Array(15) });
    expect(program.crossbars.length).toBeGreaterThanOrEqual(1);
    const executor = new ProgramExecutor(program, { adcBits: exactAdcBits(2, 1, 1), formation: 'fixed' });
    const outputs = new Float64Array(3).fill(7);
    executor.run([1, 0, 15, 8, 3], outputs);
    expect(Array.from(outputs, (output) => output + 0)).toEqual([0, 0, 0]);
  });

  it.each(invalid)('compile refuses a shape with %s, with all problems', (_name, change, paths) => {
    const other = { ...shape, ...change };
    const spec = { ...other, weights: new Int32Array(other.rows * other.outputs) };
    expect(matrixShapeProblems(other).map(({ path }) => path)).toEqual(paths);
    const problems = problemsOf(() => scheme.compile(spec, decision, values));
    // A scheme may add conditions of its own.
    expect(problems.map(({ path }) => path)).toEqual(expect.arrayContaining([...paths]));
  });

  // Plans of the others ask the shape for the bits of a weight, and for outputs that share OU rows where they prune them.
  const readsShape = ['sme', 'era-bs', 'pim-prune', 'bwq', 'bsq'].includes(scheme.name);
  it.each(invalid)('plan refuses a shape with %s, with all problems, or does without', (_name, change, paths) => {
    const other = { ...shape, ...change };
    const weights = new Int32Array(other.rows * other.outputs);
    const matrix = integerMatrix({ ...other, weightBits: 1, weights });
    const problems = problemsOf(() => scheme.plan({ ...matrix, grid: null }, other, decision, values));
    const refused = readsShape || problems.length > 0;
    expect(problems.map(({ path }) => path)).toEqual(expect.arrayContaining(refused ? [...paths] : []));
  });
});
