import { KernelError } from '../sim/kernel-error.js';
import type { ServerGroup } from '../sim/resources/server-statistics.js';
import type { LoadWaits } from './load-waits.js';
import type { MachineConfig } from './machine.js';
import { type PeCounts, PeStatistics } from './pe-statistics.js';
import { planeCycles } from './sparsity-detector.js';

/** The time that a crossbar has spent, and when its last read ended. */
export interface CrossbarTimes {
  readonly read: number;
  readonly stallAdc: number;
  readonly stallInput: number;
  readonly stallIndex: number;
  readonly scanWait: number;
  readonly lastReadEnd: number;
}

/** A PE as its statistics are read off; while it runs, what it has booked so far, which may lie ahead of the clock. */
export interface PeTimes {
  /** Its input register holds a window. */
  readonly holdsWindow: boolean;
  /** When the last plane of the last window was ready. */
  readonly lastPlaneReady: number;
  readonly registerHold: number;
  readonly loadWaits: LoadWaits | null;
  readonly pools: readonly ServerGroup[];
  crossbar(i: number): CrossbarTimes;
}

/** Reads the statistics off a PE, and checks that nothing was lost and that every ledger adds up. */
export function collectPe(
  machine: MachineConfig,
  windows: number,
  planes: number,
  counts: PeCounts,
  times: PeTimes,
  path: string,
): PeStatistics {
  const { crossbars } = machine.pe;
  const statistics = new PeStatistics(crossbars, times.pools.length, machine.adc.perPool);
  statistics.cycles = times.pools.reduce((last, pool) => Math.max(last, pool.lastLeave), times.lastPlaneReady);
  statistics.windows = windows;
  Object.assign(statistics, counts);
  statistics.scans = machine.detector.kind === 'none' ? 0 : windows * planes;
  statistics.scanCycles = statistics.scans * planeCycles(machine);
  statistics.registerHold = times.registerHold;

  let reads = 0;
  for (let i = 0; i < crossbars; i++) {
    const { read, stallAdc, stallInput, stallIndex, scanWait, lastReadEnd } = times.crossbar(i);
    if (read + stallAdc + stallInput + stallIndex !== lastReadEnd) {
      throw new KernelError(
        `${path}.Crossbar[${i}]: ${read} cycles of reads and ${stallAdc} + ${stallInput} + ${stallIndex} of stalls do ` +
          `not sum to ${lastReadEnd}, the end of its last read`,
      );
    }
    if (scanWait < 0 || scanWait > stallInput) {
      throw new KernelError(
        `${path}.Crossbar[${i}]: ${scanWait} of ${stallInput} cycles without input wait for a scan`,
      );
    }
    statistics.read[i] = read;
    statistics.stallAdc[i] = stallAdc;
    statistics.stallInput[i] = stallInput;
    statistics.stallIndex[i] = stallIndex;
    statistics.scanWait[i] = scanWait;
    statistics.lastReadEnd[i] = lastReadEnd;
    reads += read;
  }
  if (times.loadWaits !== null) {
    statistics.pixelWait.set(times.loadWaits.pixels);
    statistics.outputWait.set(times.loadWaits.output);
    statistics.transferWait.set(times.loadWaits.transfer);
  }
  let conversions = 0;
  let converting = 0;
  times.pools.forEach((pool, p) => {
    pool.close(statistics.cycles);
    statistics.pools[p]!.addServers(pool.statistics);
    conversions += pool.statistics.items;
    for (const cycles of pool.statistics.serve) converting += cycles;
  });
  const allRead = reads === counts.ouOperations * machine.crossbar.readCycles;
  const allConverted =
    conversions === counts.adcConversions && converting === conversions * machine.adc.conversionCycles;
  if (!allRead || !allConverted) {
    throw new KernelError(
      `${path}: ${reads} cycles of reads and ${conversions} conversions in ${converting} cycles do not match ` +
        `${counts.ouOperations} operations with ${counts.adcConversions} samples`,
    );
  }
  return statistics;
}
