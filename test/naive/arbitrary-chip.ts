import fc from 'fast-check';
import type {
  ChipProgram,
  Destination,
  Part,
  PartBuffer,
  PartPe,
  Stage,
  StageInput,
} from '../../mapping/chip-program.js';
import { compileDense } from '../../mapping/dense.js';
import type { OuProgram } from '../../mapping/ou-program.js';
import { leastPixels, type MapShape, needsOf, type Sliding, slideOver } from './chip-geometry.js';
import type { NaiveChipMachine, NaiveChipScenario, NaivePipeline } from './chip-scenario.js';
import type { NaiveMachine } from './scenario.js';

/** Choices, one after the other; when they run out, the first of all that can be chosen. */
class Choices {
  private next = 0;

  constructor(private readonly numbers: readonly number[]) {}

  /** 0 .. count - 1. */
  below(count: number): number {
    const number = this.numbers[this.next] ?? 0;
    this.next += 1;
    return number % count;
  }

  between(least: number, most: number): number {
    return least + this.below(most - least + 1);
  }

  of<T>(options: readonly T[]): T {
    return options[this.below(options.length)];
  }

  /** True once in so many times. */
  oneIn(count: number): boolean {
    return this.below(count) === count - 1;
  }
}

/** Channels [from, to) of a map. */
interface Channels {
  from: number;
  to: number;
}

const width = ({ from, to }: Channels) => Math.max(0, to - from);
const overlap = (a: Channels, b: Channels): Channels => ({ from: Math.max(a.from, b.from), to: Math.min(a.to, b.to) });

interface PartPlan {
  tile: number;
  pes: PartPe[];
  /** Outputs that its PEs make. */
  makes: Set<number>;
  home: Channels;
  /** Per input of the stage. */
  reads: Channels[];
  fetchBytes: number;
  vectorValues: number;
  /** [part of the replica]. */
  sumsTo: number[];
}

interface StagePlan {
  kind: 'source' | 'matrix' | 'vector';
  op: string;
  map: MapShape;
  windows: number;
  inputs: StageInput[];
  program: OuProgram | null;
  replicas: PartPlan[][];
}

/** Bounds that keep a run of the naive chip short. */
const mostOperations = 1500;

/** Random choices are made with equal chances, also large numbers. */
const choices = fc.array(fc.noBias(fc.nat({ max: 5039 })), { minLength: 600, maxLength: 600 });

function anyMachine(choose: Choices): NaiveChipMachine {
  const wordlines = choose.of([4, 8, 16]);
  const bitlines = choose.of([4, 6, 8]);
  return {
    pe: { crossbars: choose.between(1, 4) },
    crossbar: { wordlines, bitlines, bitsPerCell: choose.of([1, 2]), readCycles: choose.between(1, 5) },
    ou: { wordlines: Math.min(wordlines, choose.of([2, 4, 16])), bitlines: Math.min(bitlines, choose.of([2, 4, 8])) },
    sampleHold: { banks: choose.between(1, 2) },
    adc: {
      bits: 8,
      perPool: choose.between(1, 2),
      sharedBy: choose.between(1, 4),
      conversionCycles: choose.between(1, 3),
    },
    shiftAdd: { lanes: choose.between(1, 2), latencyCycles: choose.between(0, 2) },
    detector: {
      kind: choose.of<NaiveMachine['detector']['kind']>(['none', 'group', 'form']),
      planeCycles: choose.between(0, 2),
    },
    indexDecoder: {
      kind: choose.of<NaiveMachine['indexDecoder']['kind']>(['none', 'none', 'present']),
      operationCycles: choose.between(0, 8),
    },
    inputRegister: { windows: choose.between(1, 3) },
    input: { bitsPerPlane: choose.between(1, 2) },
    outputRegister: { windows: choose.between(1, 2) },
    chip: { columns: choose.between(1, 3), rows: choose.between(1, 2) },
    tile: {
      schedule: choose.of<NaiveChipMachine['tile']['schedule']>(['contended', 'contended', 'static']),
      stageCycles: choose.between(1, 12),
    },
    edram: { banks: choose.between(1, 3), bytesPerCycle: choose.of([8, 4, 2, 1]) },
    bus: { bytesPerCycle: choose.of([8, 4, 2, 1]) },
    tileShiftAdd: { addsPerCycle: choose.between(1, 3) },
    activation: { valuesPerCycle: choose.between(1, 3) },
    pooling: { valuesPerCycle: choose.between(1, 4) },
    tileOutputRegister: { windows: choose.between(1, 3) },
    router: {
      tiles: choose.between(1, 3),
      flitBytes: choose.of([4, 2, 1]),
      flitCycles: choose.between(1, 4),
      hopCycles: choose.between(1, 5),
      bufferPackets: choose.between(1, 3),
    },
    offChip: { bytesPerCycle: choose.of([8, 4, 2, 1]), flitCycles: choose.between(1, 6) },
  };
}

function matrixProgram(choose: Choices, machine: NaiveChipMachine, rows: number, outputs: number): OuProgram {
  const weightBits = choose.between(2, 3);
  const weights = Int32Array.from({ length: rows * outputs }, () => choose.between(-1, 1));
  const dense = compileDense({
    rows,
    outputs,
    weights,
    weightBits,
    inputBits: choose.between(1, 3),
    bitsPerPlane: machine.input.bitsPerPlane,
    encoding: choose.of(['differential', 'offset']),
    layout: choose.of(['adjacent', 'planar']),
    crossbar: machine.crossbar,
    ou: machine.ou,
  });
  if (!choose.oneIn(2)) return dense;
  const crossbars = dense.crossbars.map(({ levels, groups }) => ({
    levels,
    groups: groups.map((group) => ({ ...group, indexBits: 3 })),
  }));
  return { ...dense, crossbars };
}

function tilesOfReplica(choose: Choices, tiles: number, most: number): number[] {
  const all = Array.from({ length: tiles }, (_, tile) => tile);
  const first = choose.below(tiles);
  const count = choose.between(1, Math.min(most, tiles));
  return [...all.slice(first), ...all.slice(0, first)].slice(0, count).sort((a, b) => a - b);
}

/** Cuts channels into as many runs; with `mayBeEmpty` some may have none. */
function shareOut(choose: Choices, channels: number, runs: number, mayBeEmpty: boolean): Channels[] {
  const cuts: number[] = [];
  for (let run = 1; run < runs; run++) cuts.push(mayBeEmpty ? choose.between(0, channels) : run);
  cuts.sort((a, b) => a - b);
  return [0, ...cuts].map((from, run) => ({ from, to: cuts[run] ?? channels }));
}

/** Random small chips, all consistent; buffers hold at least what no standstill needs, some just that. */
export function arbitraryChip(): fc.Arbitrary<NaiveChipScenario> {
  return choices.map((numbers) => buildChip(new Choices(numbers)));
}

function buildChip(choose: Choices): NaiveChipScenario {
  const machine = anyMachine(choose);
  const pipeline = choose.of<NaivePipeline>(['window', 'window', 'window', 'image', 'layer-barrier']);
  const images = choose.between(1, 3);
  const chips = choose.oneIn(4) ? 2 : 1;
  const tiles = chips * machine.chip.columns * machine.chip.rows * machine.router.tiles;
  const pesOfTile: number[] = new Array(tiles).fill(0);

  const input: MapShape = { h: choose.between(1, 4), w: choose.between(1, 4), c: choose.between(1, 3) };
  const plans: StagePlan[] = [
    {
      kind: 'source',
      op: 'source',
      map: input,
      windows: input.h * input.w,
      inputs: [],
      program: null,
      replicas: [[emptyPart(-1, { from: 0, to: input.c })]],
    },
  ];
  const stages = choose.between(1, 5);
  for (let s = 1; s <= stages; s++) plans.push(anyStage(choose, machine, plans, tiles, pesOfTile));

  const program = chipProgram(choose, plans, { images, tiles, chips, pipeline });
  const inputs = plans.map(({ program: matrix, windows }) => {
    if (matrix === null) return null;
    return Array.from({ length: images * windows }, () =>
      Array.from({ length: matrix.inputs }, () => (choose.oneIn(2) ? choose.below(2 ** matrix.inputBits) : 0)),
    );
  });
  const scenario = { machine, program, pipeline, inputs };
  return scenario;
}

function emptyPart(tile: number, home: Channels): PartPlan {
  return { tile, pes: [], makes: new Set(), home, reads: [], fetchBytes: 0, vectorValues: 0, sumsTo: [0] };
}

const one: Sliding = { k: 1, stride: 1, pad: 0 };

function anyStage(
  choose: Choices,
  machine: NaiveChipMachine,
  plans: StagePlan[],
  tiles: number,
  pesOfTile: number[],
): StagePlan {
  const producer = choose.of([plans.length - 1, plans.length - 1, plans.length - 1, choose.below(plans.length)]);
  const from = plans[producer].map;
  const kind = choose.of(['conv', 'conv', 'conv', 'fc', 'pool', 'add']);
  if (kind === 'add') {
    const partner = plans.findIndex(
      ({ map }, other) => other !== producer && map.h === from.h && map.w === from.w && map.c === from.c,
    );
    if (partner !== -1) return vectorStage(choose, plans, [producer, partner], one, 'add', tiles);
  }
  const k = choose.between(1, Math.min(3, from.h, from.w));
  const sliding: Sliding = { k, stride: choose.between(1, 2), pad: choose.below(k) };
  if (kind === 'pool') return vectorStage(choose, plans, [producer], sliding, 'maxPool', tiles);

  const isFc = kind === 'fc';
  const out = isFc ? { h: 1, w: 1 } : slideOver(from, sliding);
  const needs = isFc ? { needs: Int32Array.of(from.h * from.w), keeps: Int32Array.of(0) } : needsOf(from, sliding);
  const inputs: StageInput[] = [{ producer, role: 'start', ...needs }];
  let channels = choose.between(1, 4);
  // A residual: another stage with maps of this size.
  const residual = plans.findIndex(({ map }) => map.h === out.h && map.w === out.w);
  if (residual !== -1 && choose.oneIn(2)) {
    inputs.push({ producer: residual, role: 'finish', ...needsOf(plans[residual].map, one) });
    channels = plans[residual].map.c;
  }
  const rows = from.c * (isFc ? from.h * from.w : sliding.k ** 2);
  const matrix = matrixProgram(choose, machine, rows, channels);
  const stage: StagePlan = {
    kind: 'matrix',
    op: isFc ? 'fullyConnected' : 'conv',
    map: { ...out, c: channels },
    windows: out.h * out.w,
    inputs,
    program: matrix,
    replicas: [],
  };
  const replicas = choose.of([1, 1, 2, 3]);
  for (let replica = 0; replica < replicas; replica++) {
    stage.replicas.push(matrixParts(choose, machine, stage, plans, tiles, pesOfTile));
  }
  return stage;
}

function vectorStage(
  choose: Choices,
  plans: StagePlan[],
  producers: number[],
  sliding: Sliding,
  op: string,
  tiles: number,
): StagePlan {
  const from = plans[producers[0]].map;
  const out = slideOver(from, sliding);
  const places = tilesOfReplica(choose, tiles, Math.min(2, from.c));
  const homes = shareOut(choose, from.c, places.length, false);
  const parts = places.map((tile, p): PartPlan => {
    const values = producers.length * sliding.k ** 2 * width(homes[p]);
    return {
      ...emptyPart(tile, homes[p]),
      reads: producers.map(() => homes[p]),
      fetchBytes: values,
      vectorValues: values,
      sumsTo: places.map(() => 0),
    };
  });
  return {
    kind: 'vector',
    op,
    map: { ...out, c: from.c },
    windows: out.h * out.w,
    inputs: producers.map((producer) => ({ producer, role: 'start', ...needsOf(from, sliding) })),
    program: null,
    replicas: [parts],
  };
}

function matrixParts(
  choose: Choices,
  machine: NaiveChipMachine,
  stage: StagePlan,
  plans: StagePlan[],
  tiles: number,
  pesOfTile: number[],
): PartPlan[] {
  const matrix = stage.program!;
  const { crossbars: perPe } = machine.pe;
  const count = Math.ceil(matrix.crossbars.length / perPe);
  const places = tilesOfReplica(choose, tiles, 3);
  const homes = shareOut(choose, stage.map.c, places.length, true);
  // PEs of the parts, consecutive; a part may have none.
  const cuts = shareOut(choose, count, places.length, true);
  const from = plans[stage.inputs[0].producer].map;
  const parts = places.map((tile, p): PartPlan => {
    const pes: PartPe[] = [];
    const makes = new Set<number>();
    for (let pe = cuts[p].from; pe < cuts[p].to; pe++) {
      const first = pe * perPe;
      const crossbars = { first, count: Math.min(perPe, matrix.crossbars.length - first) };
      const ofPe = new Set<number>();
      for (const { groups } of matrix.crossbars.slice(first, first + crossbars.count)) {
        for (const { outputs } of groups) for (const output of outputs) ofPe.add(output);
      }
      for (const output of ofPe) makes.add(output);
      pes.push({ pe: pesOfTile[tile], crossbars, sums: ofPe.size, inputBytesPerWindow: matrix.inputs });
      pesOfTile[tile] += 1;
    }
    const first = choose.below(from.c);
    const start = { from: first, to: choose.between(first + 1, from.c) };
    const reads = stage.inputs.map(({ role }) => (role === 'finish' ? homes[p] : start));
    if (pes.length === 0) reads[0] = { from: 0, to: 0 };
    const fetchBytes = pes.length === 0 || choose.oneIn(12) ? 0 : choose.between(1, 9) * width(reads[0]);
    return { tile, pes, makes, home: homes[p], reads, fetchBytes, vectorValues: 0, sumsTo: [] };
  });
  for (const part of parts) {
    part.sumsTo = parts.map((home) =>
      home === part ? 0 : [...part.makes].filter((output) => output >= home.home.from && output < home.home.to).length,
    );
  }
  return parts;
}

function chipProgram(
  choose: Choices,
  plans: StagePlan[],
  whole: { images: number; tiles: number; chips: number; pipeline: NaivePipeline },
): ChipProgram {
  const destinations = plans.map(({ replicas }) => replicas.map((parts) => parts.map((): Destination[] => [])));
  const buffers = plans.map(({ replicas }) => replicas.map((parts) => parts.map((): PartBuffer[] => [])));
  plans.forEach((plan, stage) => {
    plan.inputs.forEach((input, i) => {
      const least = leastPixels(plans, stage, input);
      plan.replicas.forEach((parts, replica) => {
        parts.forEach(({ reads }, part) => {
          const channels = reads[i];
          const shares = plans[input.producer].replicas.map((senders, senderReplica) => {
            let count = 0;
            senders.forEach(({ home }, sender) => {
              const bytes = width(overlap(home, channels));
              if (bytes === 0) return;
              count += 1;
              const to: Destination = { kind: 'buffer', stage, replica, part, input: i, bytes };
              destinations[input.producer][senderReplica][sender].push(to);
            });
            return count;
          });
          const capacity = whole.pipeline === 'window' ? least + choose.of([0, 0, 1, 2, 16]) : Infinity;
          const finishBytes = input.role === 'finish' ? width(channels) : 0;
          buffers[stage][replica][part].push({ bytesPerPixel: width(channels), capacity, least, shares, finishBytes });
        });
      });
    });
  });

  let index = 0;
  const stages = plans.map((plan, s): Stage => {
    const isRead = plans.some(({ inputs }) => inputs.some(({ producer }) => producer === s));
    const isOutput = s > 0 && (!isRead || choose.oneIn(8));
    const replicas = plan.replicas.map((parts, r) => ({
      parts: parts.map((part, p): Part => {
        const homeValues = width(part.home);
        const to = destinations[s][r][p];
        if (isOutput && homeValues > 0) to.push({ kind: 'port', bytes: homeValues });
        const { tile, pes, fetchBytes, vectorValues, sumsTo } = part;
        const own = { tile, pes, fetchBytes, vectorValues, sumsTo, homeValues };
        return { index: index++, ...own, buffers: buffers[s][r][p], destinations: to };
      }),
    }));
    const base = { index: s, name: `${plan.op}${s}`, op: plan.op, windows: plan.windows, replicas };
    if (plan.kind === 'matrix') return { ...base, kind: 'matrix', program: plan.program!, inputs: plan.inputs };
    if (plan.kind === 'vector') return { ...base, kind: 'vector', inputs: plan.inputs };
    return { ...base, kind: 'source' };
  });
  return { images: whole.images, tiles: whole.tiles, chips: whole.chips, stages };
}

/** The bounds of a run that a test can afford. */
export function isSmall({ program }: NaiveChipScenario): boolean {
  let operations = 0;
  for (const stage of program.stages) {
    if (stage.kind !== 'matrix') continue;
    const { program: matrix } = stage;
    for (const { groups } of matrix.crossbars) {
      for (const { rowList } of groups) {
        const batches = Math.ceil(matrix.rowLists[rowList].inputs.length / matrix.ouWordlines);
        operations += batches * matrix.planes * stage.windows * program.images;
      }
    }
  }
  return operations <= mostOperations;
}
