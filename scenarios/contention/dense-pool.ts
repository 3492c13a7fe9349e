/**
 * A pool whose crossbars all read the same number of operations of the same width, one after another, beginning together: a
 * D/D/c queue, for which docs/studies/adc-contention.md derives the forms of this file. All times in cycles.
 */
export interface DensePool {
  /** Crossbars that share the pool. */
  readonly crossbars: number;
  /** Bitlines of an operation: samples that it asks to convert at the end of its read. */
  readonly bitlines: number;
  /** Operations of each crossbar. */
  readonly operations: number;
  readonly adcs: number;
  readonly readCycles: number;
  readonly conversionCycles: number;
  /** Sample-and-hold banks: operations of a crossbar that may be held before the next has to wait. */
  readonly banks: number;
  /** From the last conversion to the code. */
  readonly latencyCycles: number;
}

/** What such a pool does, in whole. */
export interface DenseCourse {
  /** Distance from an operation of a crossbar to its next one, once under way. */
  readonly period: number;
  readonly cycles: number;
  /** Share of the ADCs' time spent converting. */
  readonly utilisation: number;
  readonly wait: { readonly mean: number; readonly p99: number; readonly max: number };
}

/**
 * The course in closed form; null outside of the two cases that have one:
 *
 * - *lockstep*: with two banks or more, all samples of a read of all crossbars are converted before the next read ends,
 *   ceil(crossbars x bitlines / ADCs) x conversionCycles <= readCycles. Nobody ever waits to read.
 * - *whole rounds*: the ADCs divide the bitlines, so that the samples of a read occupy all of them for whole rounds, and the
 *   pool is one server that serves reads.
 */
export function denseCourse(pool: DensePool): DenseCourse | null {
  const { crossbars, bitlines, operations, adcs, readCycles, conversionCycles, banks, latencyCycles } = pool;
  const together = crossbars * bitlines;
  const roundsTogether = Math.ceil(together / adcs);
  const lockstep = banks >= 2 && roundsTogether * conversionCycles <= readCycles;
  if (!lockstep && bitlines % adcs !== 0) return null;

  const service = Math.ceil(bitlines / adcs) * conversionCycles;
  const period = lockstep ? readCycles : Math.max(readCycles + (banks === 1 ? service : 0), crossbars * service);
  const first = lockstep ? roundsTogether * conversionCycles : crossbars * service;
  const cycles = readCycles + (operations - 1) * period + first + latencyCycles;
  const samples = operations * together;
  return {
    period,
    cycles,
    utilisation: (samples * conversionCycles) / (adcs * cycles),
    wait: summary(lockstep ? waitsInLockstep(pool) : waitsInWholeRounds(pool, service, period)),
  };
}

/** Sample k of a batch waits floor(k / c) services, the same in every read. */
function waitsInLockstep({ crossbars, bitlines, operations, adcs, conversionCycles }: DensePool): Map<number, number> {
  const waits = new Map<number, number>();
  for (let k = 0; k < crossbars * bitlines; k++) add(waits, Math.floor(k / adcs) * conversionCycles, operations);
  return waits;
}

/**
 * Operation j of crossbar i begins to be converted at readCycles + i x service + j x period. It was asked for at the end of its
 * read, which began when the read before it had ended and operation j - banks was released.
 */
function waitsInWholeRounds(pool: DensePool, service: number, period: number): Map<number, number> {
  const { crossbars, bitlines, operations, adcs, readCycles, conversionCycles, banks } = pool;
  const waits = new Map<number, number>();
  const begin = (i: number, j: number) => readCycles + i * service + j * period;
  for (let j = 0; j < operations; j++) {
    for (let i = 0; i < crossbars; i++) {
      const released = j < banks ? 0 : begin(i, j - banks) + service;
      const asked = Math.max((j + 1) * readCycles, released + readCycles);
      for (let round = 0; round < bitlines / adcs; round++) {
        add(waits, begin(i, j) - asked + round * conversionCycles, adcs);
      }
    }
  }
  return waits;
}

function add(waits: Map<number, number>, wait: number, times: number): void {
  waits.set(wait, (waits.get(wait) ?? 0) + times);
}

/** Nearest rank, as in results. */
function summary(waits: ReadonlyMap<number, number>): DenseCourse['wait'] {
  const sorted = [...waits].sort(([a], [b]) => a - b);
  const count = sorted.reduce((total, [, times]) => total + times, 0);
  const sum = sorted.reduce((total, [wait, times]) => total + wait * times, 0);
  let left = Math.ceil(0.99 * count);
  let p99 = 0;
  for (const [wait, times] of sorted) {
    if (left <= 0) break;
    p99 = wait;
    left -= times;
  }
  return { mean: sum / count, p99, max: sorted.at(-1)![0] };
}

/** Cycles that no order of conversions can undercut: what the ADCs have to convert, and what a crossbar has to read. */
export function leastDenseCycles(pool: DensePool): number {
  const { crossbars, bitlines, operations, adcs, readCycles, conversionCycles, banks, latencyCycles } = pool;
  const service = Math.ceil(bitlines / adcs) * conversionCycles;
  const converting = readCycles + Math.ceil((operations * crossbars * bitlines) / adcs) * conversionCycles;
  const reading = operations * readCycles + (banks === 1 ? operations : 1) * service;
  return Math.max(converting, reading) + latencyCycles;
}

/**
 * With fewer ADCs than this the pool cannot convert what its crossbars read if they wait for nothing: then operations follow
 * each other after a read, or, with few banks, after (read + conversion) / banks.
 */
export function adcsNeeded({
  crossbars,
  bitlines,
  readCycles,
  conversionCycles,
  banks,
}: Omit<DensePool, 'adcs'>): number {
  const period = Math.max(readCycles, (readCycles + conversionCycles) / banks);
  return Math.ceil((crossbars * bitlines * conversionCycles) / period);
}

/**
 * With this many ADCs dense reads in lockstep never wait to read: ceil(samples / floor(readCycles / conversionCycles)). Null
 * where a conversion is longer than a read, or with a single bank, which is held through every conversion.
 */
export function adcsThatSuffice(pool: Omit<DensePool, 'adcs'>): number | null {
  const { crossbars, bitlines, readCycles, conversionCycles, banks } = pool;
  const rounds = Math.floor(readCycles / conversionCycles);
  return rounds === 0 || banks === 1 ? null : Math.ceil((crossbars * bitlines) / rounds);
}
