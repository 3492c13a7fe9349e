import { Kernel } from '../sim/kernel.js';
import { KernelError } from '../sim/kernel-error.js';
import type { ServerGroup } from '../sim/resources/server-statistics.js';
import type { TraceSink } from '../sim/trace/trace.js';
import { poolCount, sampledPool } from './adc-pool.js';
import { BookedCrossbars } from './booked-crossbars.js';
import { Crossbar } from './crossbar.js';
import { declareComponent } from './declaration.js';
import { IndexDecoder } from './index-decoder.js';
import { InputRegister, type WindowObserver } from './input-register.js';
import { LoadWaits } from './load-waits.js';
import type { MachineConfig } from './machine.js';
import { OperationSequencer } from './operation-unit.js';
import { PE_PHASES } from './pe-phases.js';
import { PeStatistics } from './pe-statistics.js';
import { BookedPlaneClock, type PlaneClock, SampledPlaneClock } from './sparsity-detector.js';
import { type PeTask, WindowFeed } from './window-feed.js';

/** The processing element (PE): crossbars, their ADC pools and shift-and-add units, one detector, one input register. */
export const peDeclaration = declareComponent({
  key: 'pe',
  kind: 'pe',
  doc: 'Crossbars that share an input register and a detector, grouped into ADC pools.',
  parameters: {
    crossbars: { type: 'integer', unit: '1', min: 1, max: 65536, default: 8, doc: 'Crossbars of a PE.' },
  },
  actions: {},
  statistics: {},
});

/** How the same machine is simulated; results are equal to the byte (kernel law 9). */
export type Granularity = 'sampled' | 'booked' | 'fast';

export interface PeRunOptions {
  readonly granularity: Granularity;
  /** Path of the PE, `Chip.Tile[0].Pe[1]`. */
  readonly path: string;
  /** Shuffles the order of equal (cycle, phase) events; must not change the result. */
  readonly shuffleSeed?: number | undefined;
  /** A trace is written item by item, so it makes the run sampled. */
  readonly trace?: TraceSink | null;
}

/** The time that crossbar `i` has spent, and when its last read ended. */
interface CrossbarTimes {
  readonly read: number;
  readonly stallAdc: number;
  readonly stallInput: number;
  readonly stallIndex: number;
  readonly scanWait: number;
  readonly lastReadEnd: number;
}

/** The parts of a PE, wired up on a kernel. */
export interface PeAssembly {
  readonly feed: WindowFeed;
  readonly loadWaits: LoadWaits | null;
  readonly clock: PlaneClock;
  readonly register: InputRegister;
  readonly pools: readonly ServerGroup[];
  crossbar(i: number): CrossbarTimes;
}

/**
 * Runs all windows of a task through one PE, from cycle 0 on (docs/timing-model.md).
 *
 * @throws KernelError where a law of the kernel is broken, which is a bug of ousim.
 */
export function runPe(machine: MachineConfig, task: PeTask, options: PeRunOptions): PeStatistics {
  const kernel = new Kernel({ phases: PE_PHASES, shuffleSeed: options.shuffleSeed });
  const pe = assemblePe(kernel, machine, task, options, null);
  kernel.run();
  return collectPe(machine, pe, options.path);
}

/**
 * Wires up a PE on a kernel; its statistics are read off by `collectPe` when the kernel has run.
 *
 * @param observer on a chip: is told what becomes of the windows, which it has to deliver; null: all are there from cycle 0
 */
export function assemblePe(
  kernel: Kernel,
  machine: MachineConfig,
  task: PeTask,
  { granularity, path, trace = null }: Pick<PeRunOptions, 'granularity' | 'path' | 'trace'>,
  observer: WindowObserver | null,
): PeAssembly {
  const feed = new WindowFeed(task, machine);
  const loadWaits = observer === null ? null : new LoadWaits(feed.crossbars, feed.slots);
  return granularity !== 'sampled' && trace === null
    ? assembleBooked(kernel, machine, feed, path, observer, loadWaits)
    : assembleSampled(kernel, machine, feed, path, trace, observer, loadWaits);
}

/** The detector's time per plane; none without a detector. */
function planeCycles({ detector }: MachineConfig): number {
  return detector.kind === 'none' ? 0 : detector.planeCycles;
}

/** The index decoder's time per operation; none where nothing is decoded. */
function decodeCycles({ indexDecoder }: MachineConfig, feed: WindowFeed): number {
  return feed.decoded ? indexDecoder.operationCycles : 0;
}

function assembleBooked(
  kernel: Kernel,
  machine: MachineConfig,
  feed: WindowFeed,
  path: string,
  observer: WindowObserver | null,
  loadWaits: LoadWaits | null,
): PeAssembly {
  const clock = new BookedPlaneClock(kernel, feed.slots, feed.planes, planeCycles(machine));
  const decode = decodeCycles(machine, feed);
  const crossbars = new BookedCrossbars(kernel, path, machine, feed, clock, decode, observer, loadWaits);
  const register = new InputRegister(kernel, `${path}.InputRegister`, feed, clock, crossbars, observer);
  crossbars.register = register;
  return {
    feed,
    loadWaits,
    clock,
    register,
    pools: crossbars.pools,
    crossbar: (i) => ({
      read: crossbars.read[i]!,
      stallAdc: crossbars.stallAdc[i]!,
      stallInput: crossbars.stallInput[i]!,
      stallIndex: crossbars.stallIndex[i]!,
      scanWait: crossbars.scanWait[i]!,
      lastReadEnd: crossbars.lastReadEnd[i]!,
    }),
  };
}

function assembleSampled(
  kernel: Kernel,
  machine: MachineConfig,
  feed: WindowFeed,
  path: string,
  trace: TraceSink | null,
  observer: WindowObserver | null,
  loadWaits: LoadWaits | null,
): PeAssembly {
  const { sharedBy } = machine.adc;
  const crossbars: Crossbar[] = [];
  const pools = Array.from({ length: poolCount(machine) }, (_, p) =>
    sampledPool(kernel, machine, path, p, crossbars, trace),
  );
  const next = new OperationSequencer(feed);
  const clock = new SampledPlaneClock(
    kernel,
    `${path}.Detector`,
    feed.slots,
    feed.planes,
    planeCycles(machine),
    (window, plane) => {
      if (plane === feed.planes - 1) register.wake();
      crossbars.forEach((crossbar, i) => {
        if (register.frontier[i] === window) crossbar.wake();
      });
    },
  );
  const listener = {
    enterWindow: (i: number, window: number) => {
      if (!next.enterWindow(i, window)) return false;
      crossbars[i]!.wake();
      return true;
    },
  };
  const register = new InputRegister(kernel, `${path}.InputRegister`, feed, clock, listener, observer);
  for (let i = 0; i < feed.crossbars; i++) {
    crossbars.push(
      new Crossbar(kernel, `${path}.Crossbar[${i}]`, i, {
        readCycles: machine.crossbar.readCycles,
        banks: machine.sampleHold.banks,
        slots: feed.slots,
        next,
        clock,
        pool: pools[Math.floor(i / sharedBy)]!,
        register,
        decoder: new IndexDecoder(decodeCycles(machine, feed)),
        trace,
        observer,
        loadWaits,
      }),
    );
  }
  return { feed, loadWaits, clock, register, pools, crossbar: (i) => crossbars[i]! };
}

/** Reads the statistics off the parts, and checks that nothing was lost and that every ledger adds up. */
export function collectPe(machine: MachineConfig, pe: PeAssembly, path: string): PeStatistics {
  const { feed } = pe;
  const { windows, planes, crossbars } = feed;
  const statistics = new PeStatistics(crossbars, pe.pools.length, machine.adc.perPool);
  const lastPlaneReady = windows === 0 ? 0 : pe.clock.lastReadyAt((windows - 1) % feed.slots);
  statistics.cycles = pe.pools.reduce((last, pool) => Math.max(last, pool.lastLeave), lastPlaneReady);
  statistics.windows = windows;
  statistics.ouOperations = feed.ouOperations;
  statistics.skippedOperations = feed.denseOperations * windows - feed.ouOperations;
  statistics.adcConversions = feed.adcConversions;
  statistics.cellReads = feed.cellReads;
  statistics.nonZeroOperations = feed.nonZeroOperations;
  statistics.decodedOperations = feed.decoded ? feed.ouOperations : 0;
  Object.assign(statistics, feed.timelessCounts);
  statistics.scans = machine.detector.kind === 'none' ? 0 : windows * planes;
  statistics.scanCycles = statistics.scans * planeCycles(machine);
  statistics.registerHold = pe.register.hold;

  let reads = 0;
  for (let i = 0; i < crossbars; i++) {
    const { read, stallAdc, stallInput, stallIndex, scanWait, lastReadEnd } = pe.crossbar(i);
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
  if (pe.loadWaits !== null) {
    statistics.pixelWait.set(pe.loadWaits.pixels);
    statistics.outputWait.set(pe.loadWaits.output);
    statistics.transferWait.set(pe.loadWaits.transfer);
  }
  let conversions = 0;
  let converting = 0;
  pe.pools.forEach((pool, p) => {
    pool.close(statistics.cycles);
    statistics.pools[p]!.addServers(pool.statistics);
    conversions += pool.statistics.items;
    for (const cycles of pool.statistics.serve) converting += cycles;
  });
  const allRead = reads === feed.ouOperations * machine.crossbar.readCycles;
  const allConverted = conversions === feed.adcConversions && converting === conversions * machine.adc.conversionCycles;
  if (!allRead || !allConverted) {
    throw new KernelError(
      `${path}: ${reads} cycles of reads and ${conversions} conversions in ${converting} cycles do not match ` +
        `${feed.ouOperations} operations with ${feed.adcConversions} samples`,
    );
  }
  return statistics;
}
