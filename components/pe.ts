import { Kernel } from '../sim/kernel.js';
import type { ServerGroup } from '../sim/resources/server-statistics.js';
import type { MachineSnapshot } from '../sim/results/run-snapshot.js';
import type { TraceSink } from '../sim/trace/trace.js';
import { poolCount, sampledPool } from './adc-pool.js';
import { BookedCrossbars } from './booked-crossbars.js';
import { type CrossbarTimes, collectPe, type PeTimes } from './collect-pe.js';
import { CoursePe } from './course-pe.js';
import { Crossbar } from './crossbar.js';
import { declareComponent } from './declaration.js';
import { decodeCycles, IndexDecoder } from './index-decoder.js';
import { InputRegister, type WindowObserver } from './input-register.js';
import { LoadWaits } from './load-waits.js';
import type { MachineConfig } from './machine.js';
import { OperationSequencer } from './operation-unit.js';
import type { PeAssembly } from './pe-assembly.js';
import { PE_PHASES } from './pe-phases.js';
import { soloPeSnapshot } from './pe-snapshot.js';
import type { PeStatistics } from './pe-statistics.js';
import { openPeTracks, type PeTracks } from './pe-tracks.js';
import type { SkippedWork } from './skipped-work.js';
import { BookedPlaneClock, type PlaneClock, planeCycles, SampledPlaneClock } from './sparsity-detector.js';
import { StageWork } from './stage-work.js';
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
  /** A booked run does not report to a trace: it makes the run sampled. */
  readonly trace?: TraceSink | null;
  /** Takes what granularity `fast` did not simulate one by one. */
  readonly skipped?: SkippedWork | null;
  /** Called when a window is released, with the windows released so far, and at the end of the run; `look` reads the PE off. */
  readonly progress?: (released: number, look: () => MachineSnapshot) => void;
}

/**
 * Runs all windows of a task through one PE, from cycle 0 on (docs/timing-model.md).
 *
 * @throws KernelError where a law of the kernel is broken, which is a bug of ousim.
 */
export function runPe(machine: MachineConfig, task: PeTask, options: PeRunOptions): PeStatistics {
  const kernel = new Kernel({ phases: PE_PHASES, shuffleSeed: options.shuffleSeed });
  let windows = 0;
  const look = () => soloPeSnapshot(pe.times(), task, machine, windows, kernel.now);
  const { progress } = options;
  const released =
    progress === undefined
      ? null
      : (number: number) => {
          windows = number;
          progress(number, look);
        };
  const pe = assemblePe(kernel, machine, task, { ...options, released });
  kernel.run();
  progress?.(windows, look);
  return pe.collect();
}

export interface PeAssemblyOptions extends Pick<PeRunOptions, 'granularity' | 'path' | 'trace' | 'skipped'> {
  /** On a chip: is told what becomes of the windows, which it has to deliver. Null: all are there from cycle 0. */
  readonly observer?: WindowObserver | null;
  /** What the windows of the program come to, where PEs share that; else a PE finds it out by itself. */
  readonly work?: StageWork | null;
  /** Of all PEs that take the course of this one, in a fast run with a trace; else a PE opens its own. */
  readonly tracks?: readonly PeTracks[] | null;
  /** Is told how many windows the input register has released, whenever it releases one. */
  readonly released?: ((windows: number) => void) | null;
}

/** Wires up a PE on a kernel. */
export function assemblePe(
  kernel: Kernel,
  machine: MachineConfig,
  task: PeTask,
  options: PeAssemblyOptions,
): PeAssembly {
  const { granularity, path, trace = null, observer = null, work = null, tracks = null, released = null } = options;
  if (granularity === 'fast') {
    const stage = work ?? new StageWork(task.program, machine, task.windows);
    const traced = trace === null ? null : { sink: trace, tracks: tracks ?? [openPeTracks(trace, machine, path)] };
    const { skipped = null } = options;
    return new CoursePe(kernel, machine, stage, task.crossbars, path, observer, skipped, traced, released);
  }
  const feed = new WindowFeed(task, machine);
  const loadWaits = observer === null ? null : new LoadWaits(feed.crossbars, feed.slots);
  const { register, times } =
    granularity === 'booked' && trace === null
      ? assembleBooked(kernel, machine, feed, path, observer, loadWaits, released)
      : assembleSampled(kernel, machine, feed, path, trace, observer, loadWaits, released);
  let delivered = 0;
  return {
    deliver(fetched) {
      loadWaits!.fetched(delivered++ % feed.slots, fetched);
      register.deliver();
    },
    times,
    collect: () => collectPe(machine, feed.windows, feed.planes, feed.counts, times(), path),
  };
}

/** The parts of a PE whose crossbars the kernel simulates. */
interface PeParts {
  readonly register: InputRegister;
  times(): PeTimes;
}

function peParts(
  feed: WindowFeed,
  clock: PlaneClock,
  register: InputRegister,
  loadWaits: LoadWaits | null,
  pools: readonly ServerGroup[],
  crossbar: (i: number) => CrossbarTimes,
): PeParts {
  const lastPlaneReady = () => (feed.windows === 0 ? 0 : clock.lastReadyAt((feed.windows - 1) % feed.slots));
  const times = () => ({
    holdsWindow: register.holdsWindow,
    lastPlaneReady: lastPlaneReady(),
    registerHold: register.held,
    loadWaits,
    pools,
    crossbar,
  });
  return { register, times };
}

function assembleBooked(
  kernel: Kernel,
  machine: MachineConfig,
  feed: WindowFeed,
  path: string,
  observer: WindowObserver | null,
  loadWaits: LoadWaits | null,
  released: ((windows: number) => void) | null,
): PeParts {
  const clock = new BookedPlaneClock(kernel, feed.slots, feed.planes, planeCycles(machine));
  const decode = decodeCycles(machine, feed.decoded);
  const crossbars = new BookedCrossbars(kernel, path, machine, feed, clock, decode, observer, loadWaits);
  const register = new InputRegister(kernel, `${path}.InputRegister`, feed, clock, crossbars, observer, released);
  crossbars.register = register;
  return peParts(feed, clock, register, loadWaits, crossbars.pools, (i) => ({
    read: crossbars.read[i]!,
    stallAdc: crossbars.stallAdc[i]!,
    stallInput: crossbars.stallInput[i]!,
    stallIndex: crossbars.stallIndex[i]!,
    scanWait: crossbars.scanWait[i]!,
    lastReadEnd: crossbars.lastReadEnd[i]!,
  }));
}

function assembleSampled(
  kernel: Kernel,
  machine: MachineConfig,
  feed: WindowFeed,
  path: string,
  trace: TraceSink | null,
  observer: WindowObserver | null,
  loadWaits: LoadWaits | null,
  released: ((windows: number) => void) | null,
): PeParts {
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
  const register = new InputRegister(kernel, `${path}.InputRegister`, feed, clock, listener, observer, released);
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
        decoder: new IndexDecoder(decodeCycles(machine, feed.decoded)),
        trace,
        observer,
        loadWaits,
      }),
    );
  }
  return peParts(feed, clock, register, loadWaits, pools, (i) => crossbars[i]!);
}
