import type { PeTask } from '../components/window-feed.js';
import type { MatrixWorkload } from '../scenarios/matrix-workload.js';
import { resolveScenario, type Scenario } from '../scenarios/scenario.js';
import { Random } from '../sim/random.js';

/** Fills the 8 crossbars of the PE of `ou-baseline`: 18 outputs of 7 slices per crossbar, in two signs. */
const ROWS = 128;
const OUTPUTS = 4 * 18;
const INPUT_BITS = 8;

/** A PE full of random weights, and how its inputs are drawn. */
export interface PeCase {
  readonly title: string;
  /** Over the preset `ou-baseline`. */
  readonly machine: object;
  /** `sparse`: 7 inputs of 10 are 0 and small ones are more frequent than large ones, as after a ReLU. */
  readonly inputs: 'dense' | 'sparse';
}

const GROUP = { detector: { kind: 'group' } };
const SHARED = { adc: { perPool: 8, sharedBy: 8 } };
const TIGHT = { adc: { perPool: 2, sharedBy: 8 } };

export const DENSE_SHARED: PeCase = { title: '8 crossbars share 8 ADCs, dense', machine: SHARED, inputs: 'dense' };
export const SPARSE_SHARED: PeCase = {
  title: '8 crossbars share 8 ADCs, group detector, sparse inputs',
  machine: { ...SHARED, ...GROUP },
  inputs: 'sparse',
};

export const PE_CASES: readonly PeCase[] = [
  { title: '8 ADCs per crossbar, dense', machine: {}, inputs: 'dense' },
  DENSE_SHARED,
  { title: '8 crossbars share 2 ADCs, dense', machine: TIGHT, inputs: 'dense' },
  { title: '8 ADCs per crossbar, group detector, sparse inputs', machine: GROUP, inputs: 'sparse' },
  SPARSE_SHARED,
  {
    title: '8 crossbars share 2 ADCs, group detector, sparse inputs',
    machine: { ...TIGHT, ...GROUP },
    inputs: 'sparse',
  },
];

/** A case with numbers drawn for it; the first windows are the same whatever the number of windows. */
export interface PeWorkload {
  readonly scenario: Scenario;
  readonly task: PeTask;
  /** [ROWS][OUTPUTS] */
  readonly weights: number[][];
  /** [windows][ROWS] */
  readonly inputs: number[][];
}

export function peWorkload({ machine, inputs: kind }: PeCase, windows: number): PeWorkload {
  const random = new Random(20261121);
  const matrix = (rows: number, columns: number, draw: () => number) =>
    Array.from({ length: rows }, () => Array.from({ length: columns }, draw));
  const weights = matrix(ROWS, OUTPUTS, () => random.below(255) - 127);
  const dense = () => random.below(2 ** INPUT_BITS);
  const sparse = () => (random.below(10) < 7 ? 0 : dense() >> random.below(INPUT_BITS));
  const inputs = matrix(windows, ROWS, kind === 'dense' ? dense : sparse);
  const workload = { kind: 'matrix', weightBits: 8, inputBits: INPUT_BITS, weights, inputs };
  const scenario = resolveScenario({ machine: { preset: 'ou-baseline', ...machine }, workload }, { baseDir: '.' });
  const { program, inputs: packed } = scenario.workload as MatrixWorkload;
  const task: PeTask = {
    program,
    crossbars: { first: 0, count: program.crossbars.length },
    windows: {
      count: windows,
      gather: (index, into) => into.set(packed.values.subarray(index * ROWS, (index + 1) * ROWS)),
    },
  };
  return { scenario, task, weights, inputs };
}
