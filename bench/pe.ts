import { type Granularity, runPe } from '../components/pe.js';
import type { PeStatistics } from '../components/pe-statistics.js';
import type { PeTask } from '../components/window-feed.js';
import type { MatrixWorkload } from '../scenarios/matrix-workload.js';
import { resolveScenario, type Scenario } from '../scenarios/scenario.js';
import { Random } from '../sim/random.js';
import { cpuSeconds, type Engine, interleavedSeconds, type RoundsOptions } from './rounds.js';
import type { Table } from './table.js';

const WINDOWS = 16;
/** Fills the 8 crossbars of the preset's PE: 18 outputs of 7 slices per crossbar, in two signs. */
const ROWS = 128;
const OUTPUTS = 4 * 18;

/** Machines to measure: the preset's, in which ADCs are plentiful, and one in which crossbars wait for them. */
const MACHINES: Record<string, object> = {
  'OU baseline': { preset: 'ou-baseline' },
  '8 ADCs for 8 crossbars': { preset: 'ou-baseline', adc: { perPool: 8, sharedBy: 8 } },
};

/** Goals of issue and design: booked against sampled, and booked in M OU operations per second. */
const RATIO_GOAL = 4;
const RATE_GOAL = 5;

function scenarioOf(machine: object): Scenario {
  const random = new Random(20261121);
  const matrix = (rows: number, columns: number, from: number, values: number) =>
    Array.from({ length: rows }, () => Array.from({ length: columns }, () => from + random.below(values)));
  const workload = {
    kind: 'matrix',
    weightBits: 8,
    inputBits: 8,
    weights: matrix(ROWS, OUTPUTS, -127, 255),
    inputs: matrix(WINDOWS, ROWS, 0, 256),
  };
  return resolveScenario({ machine, workload }, { baseDir: '.' });
}

/** The figures of a run in which an error of either granularity would show. */
function check({ cycles, ouOperations, adcConversions, read, stallAdc, stallInput, pools }: PeStatistics): string {
  const sum = (values: Float64Array) => values.reduce((a, b) => a + b, 0);
  const waits = pools.reduce((total, pool) => total + pool.waits.sum, 0);
  return [cycles, ouOperations, adcConversions, sum(read), sum(stallAdc), sum(stallInput), waits].join('/');
}

export function peBenchmark(options: RoundsOptions): Table[] {
  return Object.entries(MACHINES).map(([title, overrides]) => {
    const { machine, workload } = scenarioOf(overrides);
    const { program, inputs } = workload as MatrixWorkload;
    const task: PeTask = {
      program,
      crossbars: { first: 0, count: program.crossbars.length },
      windows: {
        count: inputs.rows,
        gather: (index, into) => into.set(inputs.values.subarray(index * ROWS, (index + 1) * ROWS)),
      },
    };
    let operations = 0;
    const engine = (granularity: Granularity): Engine => ({
      name: granularity,
      run() {
        let statistics: PeStatistics | undefined;
        const seconds = cpuSeconds(() => {
          statistics = runPe(machine, task, { granularity, path: 'Chip.Tile[0].Pe[0]' });
        });
        operations = statistics!.ouOperations;
        return { seconds, check: check(statistics!) };
      },
    });
    const seconds = interleavedSeconds([engine('booked'), engine('sampled')], options);
    const booked = seconds.get('booked')!;
    return {
      title: `PE, ${title}`,
      unit: 'M OU operations/s',
      rows: [...seconds].map(([name, s]) => ({
        name,
        rate: operations / 1e6 / s,
        rateGoal: name === 'booked' ? RATE_GOAL : undefined,
        ratio: s / booked,
        ratioGoal: name === 'sampled' ? RATIO_GOAL : undefined,
      })),
    };
  });
}
