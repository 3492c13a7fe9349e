import type { ChipStatistics, PartStatistics, ServerUse } from '../../components/chip-statistics.js';
import type { PeStatistics } from '../../components/pe-statistics.js';
import type { NaiveChipPart, NaiveChipResult } from './chip-machine.js';
import type { NaiveChipPe } from './chip-pe.js';
import type { NaiveChipScenario } from './chip-scenario.js';
import { waitStatistics } from './machine.js';

/** What both chips measure, in one form: plain objects and arrays, by the names of the statistics. */
export type Comparable = ReturnType<typeof comparable>;

export function comparable(statistics: ChipStatistics) {
  return {
    cycles: statistics.cycles,
    imageStart: Array.from(statistics.imageStart),
    imageEnd: Array.from(statistics.imageEnd),
    parts: statistics.parts.map(partOf),
    tiles: statistics.tiles.map(({ tile, banks, bus, shiftAdd, activation, pooling }) => ({
      tile,
      banks: banks.map(useOf),
      bus: useOf(bus),
      shiftAdd: useOf(shiftAdd),
      activation: useOf(activation),
      pooling: useOf(pooling),
    })),
    links: byPath(
      statistics.links.map(({ path, use, stallBuffer, packets, flits }) => ({
        path,
        use: useOf(use),
        stallBuffer,
        packets,
        flits,
      })),
    ),
    port: useOf(statistics.port),
    counts: { ...statistics.counts },
  };
}

function partOf(part: PartStatistics) {
  return {
    windows: part.windows,
    fetch: part.fetch,
    stallOutput: part.stallOutput,
    stallPe: part.stallPe,
    stallServer: part.stallServer,
    stallPixels: Array.from(part.stallPixels),
    activate: part.activate,
    send: part.send,
    stallFinish: Array.from(part.stallFinish),
    stallSpace: Array.from(part.stallSpace),
    firstFetch: part.firstFetch,
    firstSent: part.firstSent,
    lastSent: part.lastSent,
    windowCycles: part.windowCycles,
    bufferPeak: Array.from(part.bufferPeak),
    pixelsWritten: Array.from(part.pixelsWritten),
    pixelsFreed: Array.from(part.pixelsFreed),
    pes: part.pes.map(peOf),
  };
}

function peOf(pe: PeStatistics) {
  return {
    windows: pe.windows,
    ouOperations: pe.ouOperations,
    skippedOperations: pe.skippedOperations,
    nonZeroOperations: pe.nonZeroOperations,
    uncompressedOperations: pe.uncompressedOperations,
    adcConversions: pe.adcConversions,
    wordlineDrives: pe.wordlineDrives,
    cellReads: pe.cellReads,
    decodedOperations: pe.decodedOperations,
    indexBitReads: pe.indexBitReads,
    scans: pe.scans,
    scanCycles: pe.scanCycles,
    registerHold: pe.registerHold,
    crossbars: Array.from(pe.read, (read, i) => ({
      read,
      stallAdc: pe.stallAdc[i],
      stallInput: pe.stallInput[i],
      stallIndex: pe.stallIndex[i],
      scanWait: pe.scanWait[i],
      pixelWait: pe.pixelWait[i],
      outputWait: pe.outputWait[i],
      transferWait: pe.transferWait[i],
      lastReadEnd: pe.lastReadEnd[i],
    })),
    pools: pe.pools.map((pool) => ({
      convert: Array.from(pool.convert),
      stallShiftAdd: Array.from(pool.stallShiftAdd),
      poolConvert: pool.poolConvert,
      poolStallShiftAdd: pool.poolStallShiftAdd,
      shiftAddAccept: pool.shiftAddAccept,
      wait: pool.waits.statistics(),
    })),
  };
}

const useOf = ({ busy, requests, wait, waitMax }: ServerUse): ServerUse => ({ busy, requests, wait, waitMax });

function byPath<T extends { path: string }>(links: T[]): T[] {
  return links.sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** The naive chip's result in the same form; spare crossbars and pools are added, which have nothing to do. */
export function comparableNaive(result: NaiveChipResult, { machine }: NaiveChipScenario): Comparable {
  const { cycles, imageStart, imageEnd, tiles, port, counts } = result;
  const parts = result.parts.map((part) => naivePartOf(part, machine));
  return { cycles, imageStart, imageEnd, parts, tiles, links: byPath([...result.links]), port, counts };
}

function naivePartOf(part: NaiveChipPart, machine: NaiveChipScenario['machine']) {
  const { fetchIdle: _fetchIdle, sendIdle: _sendIdle, trace: _trace, ...rest } = part;
  return { ...rest, pes: part.pes.map((pe) => naivePeOf(pe, machine)) };
}

function naivePeOf(pe: NaiveChipPe, machine: NaiveChipScenario['machine']) {
  const crossbars = pe.crossbars.map(({ loadWait, idle: _idle, ...ledger }) => ({
    ...ledger,
    pixelWait: loadWait.pixels,
    outputWait: loadWait.output,
    transferWait: loadWait.transfer,
  }));
  const nothing = { read: 0, stallAdc: 0, stallInput: 0, stallIndex: 0, scanWait: 0 };
  while (crossbars.length < machine.pe.crossbars) {
    crossbars.push({ ...nothing, pixelWait: 0, outputWait: 0, transferWait: 0, lastReadEnd: 0 });
  }
  const pools = pe.pools.map(({ adcs, ...pool }) => ({
    convert: adcs.map(({ convert }) => convert),
    stallShiftAdd: adcs.map(({ stallShiftAdd }) => stallShiftAdd),
    ...pool,
  }));
  while (pools.length < Math.ceil(machine.pe.crossbars / machine.adc.sharedBy)) {
    const none: number[] = new Array(machine.adc.perPool).fill(0);
    const idle = { poolConvert: 0, poolStallShiftAdd: 0, shiftAddAccept: 0 };
    pools.push({ convert: none, stallShiftAdd: none, ...idle, wait: waitStatistics([]) });
  }
  return { ...pe, crossbars, pools };
}
