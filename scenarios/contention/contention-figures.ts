import type { LayerResult, Result } from '../../sim/results/result.js';
import type { StudyColumn, StudyValues } from '../../sim/results/study.js';
import { meanWaitOfMDc } from '../../sim/statistics/queueing-theory.js';
import type { RunOptions } from '../run/run-options.js';
import { runScenario } from '../run/run-scenario.js';
import type { Scenario } from '../scenario.js';
import type { StudyMeasurement } from '../study.js';
import { type DensePool, denseCourse, leastDenseCycles } from './dense-pool.js';

/** What is measured at each point, and what theory says of it. */
export const MEASURED_COLUMNS: readonly StudyColumn[] = [
  { key: 'cycles', heading: 'cycles', unit: 'cycle', doc: 'Cycles of the run.' },
  { key: 'used', heading: 'ADC used', unit: 'share', doc: 'Share of the time of the ADCs spent converting.' },
  { key: 'wait', heading: 'mean wait', unit: 'cycle', doc: 'Mean wait of a sample for its conversion.' },
  {
    key: 'waitP99',
    heading: 'p99 wait',
    unit: 'cycle',
    doc: 'Wait that 99 % of the samples of a pool do not exceed, of the pool with the largest.',
  },
  {
    key: 'stalled',
    heading: 'stalled',
    unit: 'share',
    doc: 'Share of the time in which a crossbar, on the mean, waits for an ADC.',
  },
  {
    key: 'denseCycles',
    heading: 'D/D/c',
    unit: 'cycle',
    doc: 'Cycles by the closed form of dense reads, where it holds.',
  },
  {
    key: 'leastCycles',
    heading: 'least possible',
    unit: 'cycle',
    doc: 'Cycles that no order of conversions can undercut, of dense reads.',
  },
  { key: 'denseWait', heading: 'D/D/c', unit: 'cycle', doc: 'Mean wait by the closed form of dense reads.' },
  {
    key: 'randomWait',
    heading: 'M/D/c',
    unit: 'cycle',
    doc: 'Mean wait if as many samples came one by one at random.',
  },
];

/** What is measured of each layer of the network. */
export const LAYER_COLUMNS: readonly StudyColumn[] = [
  { key: 'layer', heading: 'layer', unit: 'name', doc: 'Matrix layer of the network.' },
  {
    key: 'busiest',
    heading: 'ADC used',
    unit: 'share',
    doc: "Share of the run in which the ADCs of the layer's busiest pool convert.",
  },
  { key: 'pool', heading: 'pool', unit: 'name', doc: 'That pool.', detail: true },
  {
    key: 'reading',
    heading: 'reading',
    unit: 'share',
    doc: "Share of the run in which the layer's busiest crossbar reads.",
  },
  {
    key: 'lost',
    heading: 'lost to ADCs',
    unit: 'share',
    doc: "Of the time in which the layer's crossbars read or wait for ADCs, the part in which they wait.",
  },
  { key: 'layerWait', heading: 'mean wait', unit: 'cycle', doc: 'Mean wait of a sample of the layer.' },
  { key: 'pace', heading: 'pace', unit: 'name', doc: 'Of the layer that sets the pace: what limits it.' },
];

export function measureContention(scenario: Scenario, options: RunOptions): StudyMeasurement {
  const result = runScenario(scenario, options);
  const pools = Object.values(result.resources).flatMap(({ wait, utilisation }) =>
    wait === undefined || wait.count === 0 ? [] : [{ wait, utilisation }],
  );
  const samples = sum(pools, ({ wait }) => wait.count);
  const pool = densePool(scenario, result);
  const course = pool === null ? null : denseCourse(pool);
  const values: StudyValues = {
    cycles: result.cycles,
    used: sum(pools, ({ utilisation }) => utilisation) / pools.length,
    wait: sum(pools, ({ wait }) => wait.count * wait.mean) / samples,
    waitP99: Math.max(...pools.map(({ wait }) => wait.p99)),
    stalled: result.time.adcWaiting / result.cycles,
    denseCycles: course?.cycles ?? null,
    leastCycles: pool === null ? null : leastDenseCycles(pool),
    denseWait: course?.wait.mean ?? null,
    randomWait: randomWait(scenario, samples / pools.length / result.cycles),
  };
  return { values, parts: { layers: (result.layers ?? []).map((layer) => layerValues(layer, result)) } };
}

/** Of a drawn workload with dense inputs, whose pools are all alike; else null. */
function densePool({ machine, workload }: Scenario, { counts, footprint }: Result): DensePool | null {
  const { adc, crossbar, ou, sampleHold, shiftAdd, detector, indexDecoder, inputRegister } = machine;
  if (workload.kind !== 'matrix') return null;
  const alike =
    detector.kind === 'none' &&
    indexDecoder.kind === 'none' &&
    shiftAdd.lanes >= adc.perPool &&
    inputRegister.windows >= 2 &&
    footprint.crossbars % adc.sharedBy === 0 &&
    counts.ouOperations % footprint.crossbars === 0 &&
    counts.adcConversions === counts.ouOperations * ou.bitlines;
  if (!alike) return null;
  return {
    crossbars: adc.sharedBy,
    bitlines: ou.bitlines,
    operations: counts.ouOperations / footprint.crossbars,
    adcs: adc.perPool,
    readCycles: crossbar.readCycles,
    conversionCycles: adc.conversionCycles,
    banks: sampleHold.banks,
    latencyCycles: shiftAdd.latencyCycles,
  };
}

/** Nearer to full use the mean wait of M/D/c grows beyond all measure. */
const RANDOM_UP_TO = 0.99;

/** Mean wait in M/D/c; null for a network, whose samples do not come at one rate. */
function randomWait({ machine: { adc }, workload }: Scenario, samplesPerCycle: number): number | null {
  if (workload.kind !== 'matrix') return null;
  const load = samplesPerCycle * adc.conversionCycles;
  return load > RANDOM_UP_TO * adc.perPool ? null : adc.conversionCycles * meanWaitOfMDc(adc.perPool, load);
}

function layerValues({ name, busiest, time, wait }: LayerResult, { chip }: Result): StudyValues {
  const { layer, resource } = chip!.bottleneck;
  const busy = time.reads + time.adcWaiting;
  return {
    layer: name,
    busiest: busiest.adcPool.shares['convert']!,
    pool: busiest.adcPool.path.replace(/^Chip\./, ''),
    reading: busiest.crossbar.shares['read']!,
    lost: busy === 0 ? 0 : time.adcWaiting / busy,
    layerWait: wait.mean,
    pace: layer === name ? resource : null,
  };
}

function sum<T>(items: readonly T[], of: (item: T) => number): number {
  return items.reduce((total, item) => total + of(item), 0);
}
