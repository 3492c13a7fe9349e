import type { ChipProgram, MatrixStage, Part, Replica, Stage, StageInput } from '../mapping/chip-program.js';
import { PORT_TILE } from '../mapping/floor-plan/mesh-geometry.js';
import { Kernel } from '../sim/kernel.js';
import { KernelError } from '../sim/kernel-error.js';
import { FifoServer } from '../sim/resources/fifo-server.js';
import type { MachineSnapshot } from '../sim/results/run-snapshot.js';
import type { TraceSink } from '../sim/trace/trace.js';
import type { ChipContext } from './chip-context.js';
import { ChipPe } from './chip-pe.js';
import { type PeClass, sentBy, stageSnapshot } from './chip-snapshot.js';
import type { ChipCounts, ChipStatistics, PartStatistics } from './chip-statistics.js';
import { ImageBarrier } from './image-barrier.js';
import type { MachineConfig } from './machine.js';
import { Mesh } from './mesh.js';
import { type FetchTarget, PartFetch } from './part-fetch.js';
import { PartHome, type Target } from './part-home.js';
import type { PartInput } from './part-input.js';
import { type GatheringPart, PartMerge } from './part-merge.js';
import { PartPool } from './part-pool.js';
import type { Granularity } from './pe.js';
import { PE_PHASES, SETTLE, START } from './pe-phases.js';
import type { PeStatistics } from './pe-statistics.js';
import { openPeTracks } from './pe-tracks.js';
import type { Pipeline } from './pipeline.js';
import { PixelBuffer } from './pixel-buffer.js';
import { noSkippedWork } from './skipped-work.js';
import { StageWindows } from './stage-windows.js';
import { StageWork } from './stage-work.js';
import { TileServices, useOf } from './tile-services.js';
import type { PeTask } from './window-feed.js';

/** Inputs of the windows of a matrix stage. */
export interface StageSource {
  /** Writes window `window` of image `image` into `into`, shape [program.inputs], unsigned integers. */
  gather(image: number, window: number, into: Int32Array): void;
}

export interface ChipRunOptions {
  readonly granularity: Granularity;
  readonly pipeline: Pipeline;
  /** Shuffles the order of equal (cycle, phase) events; must not change the result. */
  readonly shuffleSeed?: number | undefined;
  /** Makes booked PEs sampled. */
  readonly trace?: TraceSink | null;
  /** The last output of an image has left: its inputs are not gathered any more. */
  readonly imageDone?: (image: number) => void;
  /**
   * Called now and then, and at the end, with the windows that all homes of their matrix stage have sent, of all. `look` reads
   * off what all stages have done so far; it changes nothing.
   */
  readonly progress?: (done: number, total: number, stage: string, look: () => MachineSnapshot) => void;
}

/**
 * Runs a network on a chip, from cycle 0 on, by the rules of docs/timing-model.md, "The chip".
 *
 * @param sources by stage index; of matrix stages
 * @throws DeadlockError where the chip comes to a standstill (a buffer below its `least`)
 * @throws KernelError where a law of the kernel or of conservation is broken, which is a bug of ousim
 */
export function runChip(
  machine: MachineConfig,
  program: ChipProgram,
  sources: ReadonlyMap<number, StageSource>,
  options: ChipRunOptions,
): ChipStatistics {
  return new ChipSimulation(machine, program, sources, options).run();
}

interface RunningPart {
  readonly stage: Stage;
  readonly part: Part;
  readonly windows: StageWindows;
  readonly statistics: PartStatistics;
  /** By input; null where the part needs none of it. */
  readonly buffers: readonly (PixelBuffer | null)[];
  readonly tile: TileServices | null;
  readonly bank: FifoServer | null;
  home: PartHome;
  /** Null of the source, and of parts that are homes only. */
  fetch: PartFetch | null;
  /** Of each PE: the simulated PE, or the one that takes the same course; empty of parts without PEs. */
  pes: readonly ChipPe[];
  classes: readonly PeClass[];
  /** Where PEs share it: what the windows of the replica come to. */
  work: StageWork | null;
}

class ChipSimulation {
  private readonly kernel: Kernel;
  private readonly context: ChipContext;
  private readonly tiles = new Map<number, TileServices>();
  private readonly port: FifoServer;
  private readonly parts: RunningPart[] = [];
  private readonly imageStart: Float64Array;
  private readonly imageEnd: Float64Array;
  /** Shares of outputs that the port has still to serve, by image. */
  private readonly outputsLeft: Float64Array;
  /** With granularity `fast`: what the windows of each replica come to. */
  private readonly work = new Map<StageWindows, StageWork>();
  private sentWindows = 0;
  private sentImages = 0;
  private readonly allWindows: number;

  constructor(
    private readonly machine: MachineConfig,
    private readonly program: ChipProgram,
    private readonly sources: ReadonlyMap<number, StageSource>,
    private readonly options: ChipRunOptions,
  ) {
    const kernel = new Kernel({ phases: PE_PHASES, shuffleSeed: options.shuffleSeed });
    this.kernel = kernel;
    const trace = options.trace ?? null;
    this.context = {
      kernel,
      machine,
      mesh: new Mesh(kernel, machine, program.chips, trace),
      counts: noCounts(),
      barrier: options.pipeline === 'layer-barrier' ? new ImageBarrier(program) : null,
      scheduled: machine.tile.schedule === 'static',
      trace,
      skipped: noSkippedWork(),
    };
    this.port = new FifoServer(kernel, 'Chip.Port', { settle: SETTLE, start: START }, trace, 'transfer');
    this.imageStart = new Float64Array(program.images).fill(Number.POSITIVE_INFINITY);
    this.imageEnd = new Float64Array(program.images);
    this.outputsLeft = new Float64Array(program.images);
    this.allWindows = program.stages.reduce(
      (sum, { kind, windows }) => sum + (kind === 'matrix' ? windows * program.images : 0),
      0,
    );
    for (const stage of program.stages) {
      stage.replicas.forEach((replica, r) => {
        this.addReplicaParts(stage, replica, r);
      });
    }
    for (const stage of program.stages) {
      stage.replicas.forEach((replica) => {
        this.wireReplica(stage, replica);
      });
    }
  }

  run(): ChipStatistics {
    this.kernel.run();
    this.options.progress?.(this.sentWindows, this.allWindows, this.program.stages.at(-1)!.name, this.look);
    const { mesh, counts } = this.context;
    const { packetsInjected, packetsDelivered, linkFlits, chipLinkFlits, routerFlits } = mesh;
    Object.assign(counts, { packetsInjected, packetsDelivered, linkFlits, chipLinkFlits, routerFlits });
    this.checkConservation();
    return {
      cycles: this.kernel.now,
      imageStart: this.imageStart,
      imageEnd: this.imageEnd,
      parts: this.parts.map((running) => this.collectPart(running)),
      tiles: [...this.tiles.values()].sort((a, b) => a.tile - b.tile).map((tile) => tile.statistics),
      links: mesh.statistics,
      port: useOf(this.port),
      counts,
      skipped: this.context.skipped,
    };
  }

  private readonly look = (): MachineSnapshot => {
    const { machine, program, kernel } = this;
    const nameOf = (stage: number) => program.stages[stage]!.name;
    const ofStage = new Map(program.stages.map((stage) => [stage, [] as RunningPart[]]));
    for (const part of this.parts) ofStage.get(part.stage)!.push(part);
    return {
      cycles: kernel.now,
      images: this.sentImages,
      allImages: program.images,
      windows: this.sentWindows,
      allWindows: this.allWindows,
      stages: Array.from(ofStage, ([stage, parts]) => stageSnapshot(stage, parts, machine, nameOf, kernel.now)),
    };
  };

  /** What the wiring of other parts needs: buffers, banks, statistics. */
  private addReplicaParts(stage: Stage, replica: Replica, r: number): void {
    const wholeMaps = this.options.pipeline !== 'window';
    const windows = new StageWindows(stage, r, this.program.images, wholeMaps);
    for (const part of replica.parts) {
      if (part.index !== this.parts.length) {
        throw new KernelError(`part ${part.index} of stage ${stage.name}; expected: ${this.parts.length}`);
      }
      const tile = part.tile === PORT_TILE ? null : this.tileOf(part.tile);
      const buffers = part.buffers.map(({ bytesPerPixel, capacity, shares }) =>
        bytesPerPixel === 0 ? null : new PixelBuffer(capacity, shares),
      );
      const statistics = partStatistics(part, windows.count, this.program.images);
      const bank = tile?.nextBank() ?? null;
      this.parts.push({
        stage,
        part,
        windows,
        statistics,
        buffers,
        tile,
        bank,
        home: null!,
        fetch: null,
        pes: [],
        classes: [],
        work: null,
      });
    }
  }

  private tileOf(number: number): TileServices {
    let tile = this.tiles.get(number);
    if (tile === undefined) {
      tile = new TileServices(this.kernel, this.machine, number, this.options.trace ?? null);
      this.tiles.set(number, tile);
    }
    return tile;
  }

  private wireReplica(stage: Stage, replica: Replica): void {
    const running = replica.parts.map((part) => this.parts[part.index]!);
    running.forEach((part, own) => {
      part.home = this.homeOf(part, own, running);
    });
    const gathering = running.map(({ part, tile, home }): GatheringPart => ({ part, tile: tile!, home }));
    running.forEach((part, own) => {
      // A part without PEs is a home only.
      if (stage.kind === 'matrix' && part.part.pes.length > 0) this.addMatrixPart(stage, part, own, gathering);
      else if (stage.kind === 'vector') this.addVectorPart(part);
    });
  }

  private homeOf(
    { stage, part, windows, statistics, buffers, tile, bank }: RunningPart,
    own: number,
    replica: readonly RunningPart[],
  ): PartHome {
    const expected =
      (part.pes.length > 0 ? 1 : 0) + replica.filter((other, i) => i !== own && other.part.sumsTo[own]! > 0).length;
    const finishInputs = this.inputsOfRole('finish', stage, buffers);
    const targets = part.destinations.map((destination): Target => {
      if (destination.kind === 'port') return { destination, tile: PORT_TILE, buffer: null, bank: null, part: -1 };
      const to = this.program.stages[destination.stage]!.replicas[destination.replica]!.parts[destination.part]!;
      const { buffers: room, bank: toBank } = this.parts[to.index]!;
      return { destination, tile: to.tile, buffer: room[destination.input]!, bank: toBank, part: to.index };
    });
    const home = new PartHome(
      this.context,
      part,
      windows,
      finishInputs,
      targets,
      expected,
      tile,
      bank,
      this.port,
      statistics,
      (image) => this.outputServed(image),
      (image) => {
        this.imageStart[image] = Math.min(this.imageStart[image]!, this.kernel.now);
        statistics.imageFirstFetch[image] = this.kernel.now;
      },
    );
    const toPort = part.destinations.filter(({ kind }) => kind === 'port').length;
    for (let local = 0; local < windows.count && toPort > 0; local++) {
      this.outputsLeft[windows.imageOf(local)]! += toPort;
    }
    home.onSent = (local) => this.windowSent(stage, windows, local, replica);
    if (home.isSource) home.waitsForRoom.push(home);
    return home;
  }

  private outputServed(image: number): void {
    if (--this.outputsLeft[image]! > 0) return;
    this.imageEnd[image] = this.kernel.now;
    this.sentImages++;
    for (const [windows, work] of this.work) work.ran(windows.throughImage(image));
    this.options.imageDone?.(image);
  }

  /** A home of a replica has sent a window. */
  private windowSent(stage: Stage, windows: StageWindows, local: number, replica: readonly RunningPart[]): void {
    this.context.barrier?.sent(stage.index, windows.imageOf(local));
    const { progress } = this.options;
    if (stage.kind !== 'matrix' || progress === undefined || sentBy(replica) <= local) return;
    this.sentWindows++;
    if (this.sentWindows % 64 === 0) progress(this.sentWindows, this.allWindows, stage.name, this.look);
  }

  private addVectorPart(running: RunningPart): void {
    const { stage, part, windows, statistics, buffers, tile, bank, home } = running;
    const pool = new PartPool(this.context, part, tile!, home);
    const inputs = this.inputsOfRole('start', stage, buffers);
    const fetch = new PartFetch(this.context, part, windows, inputs, tile!, bank!, pool, statistics, false, home.begun);
    running.fetch = fetch;
    home.waitsForRoom.push(fetch);
  }

  private addMatrixPart(
    stage: MatrixStage,
    running: RunningPart,
    own: number,
    gathering: readonly GatheringPart[],
  ): void {
    const { part, windows, statistics, buffers, tile, bank, home } = running;
    const task = this.taskOf(stage, windows);
    const work = this.workOf(task, windows);
    running.work = work;
    const { classOf, first } = classesOf(part, work);
    const merge = new PartMerge(this.context, part, own, windows.count, classOf, first.length, tile!);
    merge.parts = gathering;
    const { granularity } = this.options;
    const pathOf = (pe: number) => `Chip.Tile[${part.tile}].Pe[${part.pes[pe]!.pe}]`;
    const { trace } = this.context;
    const tracks =
      trace === null || work === null ? null : part.pes.map((_, pe) => openPeTracks(trace, this.machine, pathOf(pe)));
    const classes = first.map(
      (pe, index) =>
        new ChipPe(
          this.context,
          { ...task, crossbars: part.pes[pe]!.crossbars },
          granularity,
          pathOf(pe),
          index,
          merge,
          work,
          tracks?.filter((_, other) => classOf[other] === index) ?? null,
        ),
    );
    running.pes = classOf.map((index) => classes[index]!);
    running.classes = classes.map((pe, index) => {
      const count = classOf.reduce((members, of) => members + (of === index ? 1 : 0), 0);
      return { pe, count, crossbars: part.pes[first[index]!]!.crossbars };
    });
    const { inputRegister, outputRegister } = this.machine;
    const target: FetchTarget = {
      get outputRoom() {
        return merge.left + outputRegister.windows;
      },
      get registerRoom() {
        return (
          classes.reduce((least, pe) => Math.min(least, pe.releasedWindows), Number.POSITIVE_INFINITY) +
          inputRegister.windows
        );
      },
      fetched: (_, times) => {
        for (const pe of classes) pe.deliver(times);
      },
    };
    const inputs = this.inputsOfRole('start', stage, buffers);
    const beginnings = home.holdsValues ? home.begun : null;
    running.fetch = new PartFetch(
      this.context,
      part,
      windows,
      inputs,
      tile!,
      bank!,
      target,
      statistics,
      true,
      beginnings,
    );
    merge.fetch = running.fetch;
    for (const { home: other } of gathering) other.waitsForRoom.push(merge);
  }

  private inputsOfRole(role: StageInput['role'], stage: Stage, buffers: readonly (PixelBuffer | null)[]): PartInput[] {
    return inputsOf(stage).flatMap((input, index): PartInput[] => {
      const buffer = buffers[index]!;
      if (input.role !== role || buffer === null) return [];
      return [{ index, input, buffer, pixelsPerImage: this.program.stages[input.producer]!.windows }];
    });
  }

  /** What the windows of a replica come to, looked at once for all its PEs. */
  private workOf(task: Pick<PeTask, 'program' | 'windows'>, windows: StageWindows): StageWork | null {
    if (this.options.granularity !== 'fast') return null;
    let work = this.work.get(windows);
    if (work === undefined) {
      work = new StageWork(task.program, this.machine, task.windows);
      this.work.set(windows, work);
    }
    return work;
  }

  private taskOf(stage: MatrixStage, windows: StageWindows): Pick<PeTask, 'program' | 'windows'> {
    const source = this.sources.get(stage.index)!;
    const gather = (local: number, into: Int32Array) => {
      const n = windows.number(local);
      const image = Math.floor(n / stage.windows);
      source.gather(image, n - image * stage.windows, into);
    };
    return { program: stage.program, windows: { count: windows.count, gather } };
  }

  private collectPart({ part, statistics, buffers, pes, work }: RunningPart): PartStatistics {
    const simulated = new Map<ChipPe, PeStatistics>();
    const ofPes = pes.map((pe, index) => {
      const known = simulated.get(pe);
      if (known === undefined) {
        const own = pe.collect();
        simulated.set(pe, own);
        return own;
      }
      const counts = work!.countsOf(part.pes[index]!.crossbars);
      this.context.skipped.sharedOperations += counts.ouOperations;
      return known.withCounts(counts);
    });
    buffers.forEach((buffer, input) => {
      if (buffer === null) return;
      statistics.bufferPeak[input] = buffer.peak;
      statistics.pixelsWritten[input] = buffer.arrived;
      statistics.pixelsFreed[input] = buffer.freed;
    });
    return { ...statistics, pes: ofPes };
  }

  /** Everything that was sent has arrived, and everything that arrived has been read. */
  private checkConservation(): void {
    const { packetsInjected, packetsDelivered } = this.context.counts;
    if (packetsInjected !== packetsDelivered) {
      throw new KernelError(`${packetsInjected} packets were injected and ${packetsDelivered} delivered`);
    }
    for (const { stage, part, buffers } of this.parts) {
      buffers.forEach((buffer, i) => {
        if (buffer === null) return;
        const pixels = this.program.images * this.program.stages[inputsOf(stage)[i]!.producer]!.windows;
        if (buffer.arrived === pixels && buffer.freed === pixels && buffer.held === 0) return;
        throw new KernelError(
          `tile ${part.tile}, stage ${stage.name}, input ${i}: of ${pixels} pixels ${buffer.arrived} were written and ` +
            `${buffer.freed} freed; ${buffer.held} are held`,
        );
      });
    }
  }
}

/**
 * PEs of a part that take the same course: their crossbars perform equally many operations of equal widths in every window,
 * and all PEs of a part get each window in the same cycle (docs/timing-model.md, rule 7). Without `work` each is on its own.
 */
function classesOf(part: Part, work: StageWork | null): { classOf: number[]; first: number[] } {
  const first: number[] = [];
  const known = new Map<string, number>();
  const classOf = part.pes.map(({ crossbars }, pe) => {
    const key = work === null ? String(pe) : work.classKey(crossbars);
    let index = known.get(key);
    if (index === undefined) {
      index = first.length;
      known.set(key, index);
      first.push(pe);
    }
    return index;
  });
  return { classOf, first };
}

function inputsOf(stage: Stage): readonly StageInput[] {
  return stage.kind === 'source' ? [] : stage.inputs;
}

function partStatistics(part: Part, windows: number, images: number): PartStatistics {
  const inputs = part.buffers.length;
  return {
    windows,
    fetch: 0,
    stallOutput: 0,
    stallPe: 0,
    stallServer: 0,
    stallPixels: new Float64Array(inputs),
    activate: 0,
    send: 0,
    stallFinish: new Float64Array(inputs),
    stallSpace: new Float64Array(part.destinations.length),
    firstFetch: 0,
    firstSent: 0,
    lastSent: 0,
    imageFirstFetch: new Float64Array(images).fill(Number.POSITIVE_INFINITY),
    imageLastSent: new Float64Array(images),
    windowCycles: 0,
    bufferPeak: new Float64Array(inputs),
    pixelsWritten: new Float64Array(inputs),
    pixelsFreed: new Float64Array(inputs),
    pes: [],
  };
}

function noCounts(): ChipCounts {
  return {
    edramReadBytes: 0,
    edramWriteBytes: 0,
    busBytes: 0,
    tileAdds: 0,
    activations: 0,
    pooledValues: 0,
    outputRegisterBytes: 0,
    packetsInjected: 0,
    packetsDelivered: 0,
    linkFlits: 0,
    chipLinkFlits: 0,
    routerFlits: 0,
    portBytes: 0,
  };
}
