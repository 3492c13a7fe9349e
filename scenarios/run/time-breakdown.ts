import type { PeStatistics } from '../../components/pe-statistics.js';
import { KernelError } from '../../sim/kernel-error.js';
import type { TimeBreakdown } from '../../sim/results/result.js';
import { share, type WorkingPe } from './resources.js';

/** Relative error that the sum of the parts may have: they are means, and sums of them. */
const TOLERANCE = 1e-6;

/**
 * Where the time of a layer went, as the mean over the crossbars that hold a part of it; added up over the runs (images)
 * that the statistics hold.
 *
 * @param lastRead end of the layer's last read, wherever it was, added up over the same runs
 * @throws KernelError where the parts do not sum to `cycles`, which is a bug of ousim
 */
export function timeBreakdown(pes: readonly WorkingPe[], lastRead: number, cycles: number): TimeBreakdown {
  const time = noTime();
  let instances = 0;
  for (const { statistics, crossbars } of pes) {
    instances += crossbars;
    for (let i = 0; i < crossbars; i++) {
      time.reads += statistics.read[i]!;
      time.adcWaiting += statistics.stallAdc[i]!;
      time.indexDecoding += statistics.stallIndex[i]!;
      time.detector += statistics.scanWait[i]!;
      time.windowSharing += statistics.stallInput[i]! - statistics.scanWait[i]!;
      time.finishedEarlier += lastRead - statistics.lastReadEnd[i]!;
      time.drain += cycles - lastRead;
    }
  }
  for (const key of TIME_KEYS) time[key] = share(time[key], instances);
  checkTime(time, cycles);
  return time;
}

/** End of the last read of any crossbar of a PE, in one run; 0 without a read. */
export function lastReadOf({ lastReadEnd }: PeStatistics): number {
  return lastReadEnd.reduce((last, end) => Math.max(last, end), 0);
}

/** The breakdown of parts that follow one another, `cycles` long together. */
export function sumOfTimes(parts: readonly TimeBreakdown[], cycles: number): TimeBreakdown {
  const time = noTime();
  for (const part of parts) for (const key of TIME_KEYS) time[key] += part[key];
  checkTime(time, cycles);
  return time;
}

const noTime = (): TimeBreakdown => ({
  reads: 0,
  adcWaiting: 0,
  indexDecoding: 0,
  detector: 0,
  windowSharing: 0,
  finishedEarlier: 0,
  drain: 0,
});

const TIME_KEYS = Object.keys(noTime()) as (keyof TimeBreakdown)[];

function checkTime(time: TimeBreakdown, cycles: number): void {
  const sum = TIME_KEYS.reduce((total, key) => total + time[key], 0);
  if (Math.abs(sum - cycles) <= TOLERANCE * cycles && TIME_KEYS.every((key) => time[key] >= 0)) return;
  throw new KernelError(`time breakdown sums to ${sum} cycles of ${cycles}: ${JSON.stringify(time)}`);
}
