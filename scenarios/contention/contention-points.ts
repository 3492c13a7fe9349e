import { resolveScenario } from '../scenario.js';
import { networkPoint, type StudyPoint, type StudyTask } from '../study.js';
import { adcsNeeded, adcsThatSuffice } from './dense-pool.js';
import { drawnWorkload, type ShareOfZeros } from './drawn-workload.js';

/** What a curve of the study holds fixed while the ADCs of a pool vary. */
export interface Curve {
  readonly sharedBy: number;
  readonly bitlines: number;
  readonly conversionCycles: number;
  readonly banks: number;
  readonly zeros: ShareOfZeros;
}

/** Times of a conversion and a read in cycles of 1.2 GHz: those of the OU baseline, 5 ns and 10.24 ns. */
export const BASE: Curve = { sharedBy: 4, bitlines: 8, conversionCycles: 6, banks: 2, zeros: null };
export const READ_CYCLES = 13;

export const CURVES: readonly Curve[] = [
  BASE,
  ...[1, 2, 8].map((sharedBy) => ({ ...BASE, sharedBy })),
  ...[4, 16].map((bitlines) => ({ ...BASE, bitlines })),
  ...[1, 3, 13].map((conversionCycles) => ({ ...BASE, conversionCycles })),
  ...[1, 3].map((banks) => ({ ...BASE, banks })),
  ...[0.5, 0.9, 0.97].map((zeros) => ({ ...BASE, zeros })),
];

/** ADCs of a pool of four crossbars in the runs of the network. */
export const NETWORK_ADCS: readonly number[] = [4, 8, 16];

/** How the table names the inputs of a drawn workload. */
export function inputsName(zeros: ShareOfZeros): string {
  return zeros === null ? 'dense' : `${Math.round(100 * zeros)} % zeros`;
}

/** So many ADCs that every sample that can be held has its own: nobody waits. */
export function adcsWithoutWaiting({ sharedBy, bitlines, banks }: Curve): number {
  return banks * sharedBy * bitlines;
}

/**
 * Numbers of ADCs at which a curve is run: every one from which its knee can come, and some on either side. With fewer than
 * nine tenths of what dense samples need, no run comes within a tenth of one without waiting; sparse ones may need half.
 */
export function adcCounts(curve: Curve): number[] {
  const pool = { ...curve, crossbars: curve.sharedBy, operations: 1, readCycles: READ_CYCLES, latencyCycles: 0 };
  const free = adcsWithoutWaiting(curve);
  const enough = adcsThatSuffice(pool) ?? curve.sharedBy * curve.bitlines;
  const fewest = curve === BASE ? 1 : Math.floor((curve.zeros === null ? 0.9 : 0.5) * adcsNeeded(pool));
  const every = Array.from({ length: enough - fewest + 1 }, (_, n) => fewest + n);
  const below = [1, 2, 4, 8, 16].filter((adcs) => adcs < fewest);
  const above = [1.25, 1.5, 2].map((factor) => Math.ceil(factor * enough)).filter((adcs) => adcs < free);
  return [...new Set([...below, ...every, ...above, free])];
}

/** The points of all curves, and those of the network. */
export function contentionPoints(task: StudyTask): StudyPoint[] {
  return [
    ...CURVES.flatMap((curve) => adcCounts(curve).map((adcs) => drawnPoint(task, curve, adcs))),
    ...networkPoints(task),
  ];
}

function drawnPoint({ overrides, baseDir }: StudyTask, curve: Curve, perPool: number): StudyPoint {
  const { sharedBy, bitlines, conversionCycles, banks, zeros } = curve;
  const inputs = inputsName(zeros);
  const name = `${perPool} ADCs for ${sharedBy} x ${bitlines}, ${conversionCycles} cycles, ${banks} banks, ${inputs}`;
  const set = [
    `machine.crossbar.readCycles=${READ_CYCLES}`,
    `machine.ou.bitlines=${bitlines}`,
    `machine.sampleHold.banks=${banks}`,
    `machine.adc.sharedBy=${sharedBy}`,
    `machine.adc.perPool=${perPool}`,
    `machine.adc.conversionCycles=${conversionCycles}`,
    `machine.shiftAdd.lanes=${perPool}`,
  ];
  // What is about networks goes to the points of the network.
  const own = overrides.filter((text) => !/^(workload|execution)\./.test(text));
  return {
    name,
    scenario: resolveScenario(drawnWorkload(zeros), { baseDir, overrides: [...set, ...own], name }),
    coordinates: { inputs, sharedBy, bitlines, conversionCycles, banks, perPool },
  };
}

function networkPoints(task: StudyTask): StudyPoint[] {
  return NETWORK_ADCS.map((perPool) => {
    const point = {
      name: `${perPool} ADCs, ${task.model}`,
      preset: 'ou-baseline',
      set: [
        `machine.adc.sharedBy=${BASE.sharedBy}`,
        `machine.adc.perPool=${perPool}`,
        `machine.shiftAdd.lanes=${perPool}`,
      ],
      coordinates: {},
    };
    const { scenario } = networkPoint(task, point);
    const { ou, adc, sampleHold } = scenario.machine;
    const coordinates = {
      inputs: task.model,
      sharedBy: BASE.sharedBy,
      bitlines: ou.bitlines,
      conversionCycles: adc.conversionCycles,
      banks: sampleHold.banks,
      perPool,
    };
    return { name: point.name, scenario, coordinates };
  });
}
