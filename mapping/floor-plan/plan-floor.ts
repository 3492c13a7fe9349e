import type { ChipProgram } from '../chip-program.js';
import type { MappingProblem } from '../mapping-error.js';
import { assembleProgram } from './assemble.js';
import { FloorPlanError } from './floor-plan-error.js';
import { LayerContents } from './layer-contents.js';
import { leastPixels } from './least-pixels.js';
import { type MeshGeometry, tilesPerChip } from './mesh-geometry.js';
import { type Packing, type PackingTask, packInOrder } from './pack-in-order.js';
import { passStages } from './passes.js';
import { placeByTraffic } from './place-by-traffic.js';
import { balancedReplicas } from './replication.js';
import type { MatrixDescription, StageDescription } from './stage-description.js';
import { byteHops, flowsOf } from './traffic.js';

/** The chips, and how the network is to run on them. */
export interface FloorPlanOptions {
  readonly images: number;
  readonly mesh: MeshGeometry;
  readonly crossbarsPerPe: number;
  readonly tilePes: number;
  /** Bytes of a tile's eDRAM; Infinity where whole maps are kept elsewhere. */
  readonly tileBytes: number;
  /** Bytes of an activation. */
  readonly wordBytes: number;
  readonly replication: 'none' | 'balanced' | 'given';
  /** By layer; layers that are not named have one replica. Read with replication `given`. */
  readonly replicas: Readonly<Record<string, number>>;
  /** Crossbars for replication `balanced`; 0: those of as many chips as one replica of each layer takes. */
  readonly crossbarBudget: number;
  readonly placement: 'in-order' | 'traffic-aware';
  /** What happens to a network that is larger than a chip. */
  readonly overflow: 'chips' | 'passes' | 'refuse';
}

/** What runs at once. */
export interface PlannedPass {
  readonly program: ChipProgram;
  /** Crossbars that are programmed for it, all replicas. */
  readonly crossbars: number;
  /** Tiles that hold a part of it. */
  readonly tilesUsed: number;
  /** Bytes of packets x links between routers for an image, with both placement policies; the second with the one in use. */
  readonly inOrder_byteHops: number;
  readonly traffic_byteHops: number;
}

export interface FloorPlan {
  /** One, except with overflow `passes`. */
  readonly passes: readonly PlannedPass[];
  /** Replicas of the matrix layers by name, in execution order. */
  readonly replicas: ReadonlyMap<string, number>;
}

/**
 * Places a network on chips.
 *
 * @throws FloorPlanError with all layers whose buffers fit into no tile, or where the network needs more than there is
 */
export function planFloor(stages: readonly StageDescription[], options: FloorPlanOptions): FloorPlan {
  const planner = new FloorPlanner(options);
  const cuts = options.overflow === 'passes' ? planner.cutIntoPasses(stages) : [0, stages.length];
  const passes: PlannedPass[] = [];
  const replicas = new Map<string, number>();
  const problems: MappingProblem[] = [];
  for (let pass = 0; pass + 1 < cuts.length; pass++) {
    const own = cuts.length === 2 ? stages : passStages(stages, cuts[pass]!, cuts[pass + 1]!);
    const { packed, ofLayers } = planner.replicate(own);
    if (packed.packing.tooSmall.length > 0) problems.push(...planner.problemsOf(packed));
    else passes.push(planner.finish(packed));
    for (const [name, count] of ofLayers) replicas.set(name, count);
  }
  if (problems.length > 0) throw new FloorPlanError(problems);
  return { passes, replicas };
}

interface Packed {
  readonly task: PackingTask;
  readonly packing: Packing;
}

class FloorPlanner {
  private readonly perChip: number;
  /** Contents do not depend on the pass. */
  private readonly known = new Map<string, LayerContents>();

  constructor(private readonly options: FloorPlanOptions) {
    this.perChip = tilesPerChip(options.mesh);
  }

  /** First stage of each pass, and the end: each pass takes as many layers as fit on the chip. */
  cutIntoPasses(stages: readonly StageDescription[]): number[] {
    const starts = stages.flatMap(({ kind }, index) => (kind === 'matrix' ? [index] : []));
    const cuts = [0];
    const problems: MappingProblem[] = [];
    for (let i = 0; i < starts.length; i++) {
      const end = starts[i + 1] ?? stages.length;
      if (this.tilesOf(passStages(stages, cuts.at(-1)!, end)) <= this.perChip) continue;
      if (cuts.at(-1) !== starts[i] && i > 0) cuts.push(starts[i]!);
      const alone = this.tilesOf(passStages(stages, cuts.at(-1)!, end));
      if (alone > this.perChip) problems.push(this.tooLarge(stages[starts[i]!]!.name, alone));
    }
    if (problems.length > 0) throw new FloorPlanError(problems);
    return [...cuts, stages.length];
  }

  private tilesOf(stages: readonly StageDescription[]): number {
    return this.pack(stages, this.givenReplicas(stages)).packing.tiles;
  }

  private tooLarge(name: string, tiles: number): MappingProblem {
    const { tilePes, crossbarsPerPe } = this.options;
    const size = (count: number) =>
      `${count} ${count === 1 ? 'tile' : 'tiles'} (${count * tilePes * crossbarsPerPe} crossbars)`;
    return {
      path: 'execution.overflow',
      value: `${this.options.overflow}, and ${name} needs ${size(tiles)}`,
      allowed: `what fits on a chip of ${size(this.perChip)}`,
      hint: `make the chip larger (machine.chip, machine.tile), or set execution.overflow to chips, which takes ${Math.ceil(tiles / this.perChip)}`,
    };
  }

  /** Packs stages with the replicas that the options ask for. */
  replicate(stages: readonly StageDescription[]): { packed: Packed; ofLayers: ReadonlyMap<string, number> } {
    const layers = stages.filter((stage) => stage.kind === 'matrix');
    let replicas = this.givenReplicas(stages);
    let packed = this.pack(stages, replicas);
    // A replica needs as much in a tile as the first: what fits once fits again.
    const fits = packed.packing.tooSmall.length === 0;
    if (fits && this.options.replication === 'balanced') {
      ({ packed, replicas } = this.balance(stages, layers, packed));
    }
    const { tiles } = packed.packing;
    if (fits && this.options.overflow !== 'chips' && tiles > this.perChip) {
      throw new FloorPlanError([this.tooLarge('the network', tiles)]);
    }
    return { packed, ofLayers: new Map(layers.map(({ name }, i) => [name, replicas[i]!])) };
  }

  private givenReplicas(stages: readonly StageDescription[]): number[] {
    const { replication, replicas } = this.options;
    const { images } = this.options;
    const problems: MappingProblem[] = [];
    const counts = stages.flatMap(({ kind, name, windows }) => {
      if (kind !== 'matrix') return [];
      const count = replication === 'given' && Object.hasOwn(replicas, name) ? replicas[name]! : 1;
      if (count > windows * images) {
        problems.push({
          path: `execution.replicas.${name}`,
          value: count,
          allowed: `at most ${windows * images}, the windows of all images`,
          hint: 'a replica takes a window at a time; more of them would have no work',
        });
      }
      return [count];
    });
    if (problems.length > 0) throw new FloorPlanError(problems);
    return counts;
  }

  /**
   * Balanced replicas. PEs that no layer can use, because buffers fill a tile first, shrink the budget until all that it
   * gives fits on the chips.
   *
   * @param single one replica of each layer, packed
   */
  private balance(
    stages: readonly StageDescription[],
    layers: readonly MatrixDescription[],
    single: Packed,
  ): { packed: Packed; replicas: number[] } {
    const { crossbarBudget, crossbarsPerPe, tilePes, overflow } = this.options;
    const sizes = layers.map((layer) => ({
      windows: layer.windows,
      crossbars: this.contentsOf(layer).pes * crossbarsPerPe,
    }));
    const least = sizes.reduce((sum, { crossbars }) => sum + crossbars, 0);
    if (crossbarBudget > 0 && crossbarBudget < least) {
      throw new FloorPlanError([
        {
          path: 'execution.crossbarBudget',
          value: crossbarBudget,
          allowed: `at least ${least}, the crossbars of the PEs that one replica of each layer takes`,
          hint: 'or 0 for all that the chips hold',
        },
      ]);
    }
    const chips = overflow === 'chips' ? Math.max(1, Math.ceil(single.packing.tiles / this.perChip)) : 1;
    const available = chips * this.perChip;
    let budget = crossbarBudget > 0 ? crossbarBudget : available * tilePes * crossbarsPerPe;
    for (;;) {
      const replicas = balancedReplicas(sizes, budget);
      if (replicas.every((count) => count === 1)) return { packed: single, replicas };
      const packed = this.pack(stages, replicas);
      const over = packed.packing.tiles - available;
      if (over <= 0 || (crossbarBudget > 0 && overflow === 'chips')) return { packed, replicas };
      budget -= over * tilePes * crossbarsPerPe;
    }
  }

  private pack(
    stages: readonly StageDescription[],
    replicas: readonly number[],
    tileBytes = this.options.tileBytes,
  ): Packed {
    const { tilePes, wordBytes } = this.options;
    const matrices = stages.flatMap((stage, index) => (stage.kind === 'matrix' ? [{ stage, index }] : []));
    const task: PackingTask = {
      stages,
      contents: new Map(matrices.map(({ stage, index }) => [index, this.contentsOf(stage)])),
      replicas: new Map(matrices.map(({ index }, i) => [index, replicas[i]!])),
      least: leastPixels(stages),
      wordBytes,
      tilePes,
      tileBytes,
    };
    return { task, packing: packInOrder(task) };
  }

  private contentsOf(stage: MatrixDescription): LayerContents {
    let contents = this.known.get(stage.name);
    if (contents === undefined) {
      contents = new LayerContents(stage, this.options.crossbarsPerPe);
      this.known.set(stage.name, contents);
    }
    return contents;
  }

  problemsOf({ task, packing }: Packed): MappingProblem[] {
    const enough = this.tileBytesThatFit(task, packing);
    return packing.tooSmall.map(({ name, bytes }) => ({
      path: 'machine.edram.bytes',
      value: this.options.tileBytes,
      allowed: `at least ${bytes} for the buffers of ${name}`,
      hint: `${enough} is enough for all layers; or set execution.pipeline to image, which keeps whole maps elsewhere`,
    }));
  }

  /** Bytes of a tile with which everything fits. What stands together in a tile changes with its size, so it is tried. */
  private tileBytesThatFit({ stages, replicas }: PackingTask, tooSmall: Packing): number {
    const counts = [...replicas.values()];
    let { tooSmall: left } = tooSmall;
    let bytes = this.options.tileBytes;
    while (left.length > 0) {
      bytes = left.reduce((most, layer) => Math.max(most, layer.bytes), bytes + 1);
      left = this.pack(stages, counts, bytes).packing.tooSmall;
    }
    return bytes;
  }

  finish({ task, packing }: Packed): PlannedPass {
    const { images, mesh, placement } = this.options;
    const used = packing.tiles;
    const chips = Math.max(1, Math.ceil(used / this.perChip));
    const assembly = { images, chips, tilesPerChip: this.perChip };
    const asNumbered = Array.from({ length: used }, (_, tile) => tile);
    const inOrder = assembleProgram(task, packing, { ...assembly, tileAt: asNumbered });
    const flows = flowsOf(inOrder);
    const inOrder_byteHops = byteHops(flows, mesh);
    const crossbars = [...task.replicas].reduce(
      (sum, [stage, count]) => sum + count * (task.stages[stage] as MatrixDescription).program.crossbars.length,
      0,
    );
    const planned = { crossbars, tilesUsed: used, inOrder_byteHops };
    if (placement === 'in-order') return { ...planned, program: inOrder, traffic_byteHops: inOrder_byteHops };
    const tileAt = placeByTraffic(flows, used, chips * this.perChip, mesh);
    const program = assembleProgram(task, packing, { ...assembly, tileAt });
    return { ...planned, program, traffic_byteHops: byteHops(flows, mesh, tileAt) };
  }
}
