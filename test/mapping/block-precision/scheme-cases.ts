import { expect } from 'vitest';
import { ProgramExecutor } from '../../../mapping/execute.js';
import type { FloatMatrix } from '../../../mapping/float-matrix.js';
import { MappingError, type MappingProblem } from '../../../mapping/mapping-error.js';
import type { MatrixSpec } from '../../../mapping/matrix-spec.js';
import type { OuProgram } from '../../../mapping/ou-program.js';
import type { AnyMappingScheme, NetworkLayer, Values } from '../../../mapping/scheme.js';
import { randomInteger, seededRandom } from '../random.js';

export function defaultValues(scheme: AnyMappingScheme, changes: Values = {}): Values {
  const defaults = Object.entries(scheme.parameters).map(([name, parameter]) => [name, parameter.default]);
  return { ...Object.fromEntries(defaults), ...changes };
}

/** The program of a matrix workload: `given`, `plan` with the integers on a grid of step 1, `compile`. */
export function programOf(scheme: AnyMappingScheme, spec: MatrixSpec, changes: Values = {}): OuProgram {
  const values = defaultValues(scheme, changes);
  const decision = scheme.given(values);
  const plan = scheme.plan(integerMatrix(spec), spec, decision, values);
  return scheme.compile({ ...spec, weights: plan.weights }, decision, values);
}

export function integerMatrix({ rows, outputs, weights, weightBits }: MatrixSpec): FloatMatrix {
  return { rows, outputs, weights: Float64Array.from(weights), grid: { scale: 1, weightBits } };
}

/** The outputs of a window are the product with these weights, in both formations of row batches. */
export function expectExact(program: OuProgram, weights: ArrayLike<number>, window: ArrayLike<number>): void {
  const product = Array.from({ length: program.outputs }, (_, m) => {
    let sum = 0;
    for (let k = 0; k < program.inputs; k++) sum += window[k]! * weights[k * program.outputs + m]!;
    return sum;
  });
  const largestSum = program.ouWordlines * (2 ** program.bitsPerCell - 1) * (2 ** program.bitsPerPlane - 1);
  for (const formation of ['fixed', 'driven'] as const) {
    const executor = new ProgramExecutor(program, { adcBits: Math.ceil(Math.log2(largestSum + 1)), formation });
    const outputs = new Float64Array(program.outputs);
    executor.run(window, outputs);
    expect(Array.from(outputs)).toEqual(product.map((sum) => sum + 0));
    expect(executor.saturatedCodes).toBe(0);
  }
}

export function problemsOf(action: () => unknown): readonly MappingProblem[] {
  try {
    action();
  } catch (error) {
    if (error instanceof MappingError) return error.problems;
    throw error;
  }
  return [];
}

/** A layer of bell-shaped weights with inputs of uneven power; some inputs are always 0. */
export function randomLayer(shape: Omit<MatrixSpec, 'weights'>, seed: number): NetworkLayer {
  const random = seededRandom(seed);
  const bell = () => Array.from({ length: 6 }, random).reduce((sum, x) => sum + x - 0.5, 0) * 0.1;
  const weights = Float64Array.from({ length: shape.rows * shape.outputs }, bell);
  return {
    name: 'layer',
    matrix: { rows: shape.rows, outputs: shape.outputs, weights, grid: null },
    shape,
    windows: 1,
    inputSigned: false,
    inputPower: Float64Array.from({ length: shape.rows }, () => (random() < 0.1 ? 0 : randomInteger(random, 1, 4000))),
  };
}
