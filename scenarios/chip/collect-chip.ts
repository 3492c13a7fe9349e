import type { ChipCounts, PartStatistics } from '../../components/chip-statistics.js';
import type { MachineConfig } from '../../components/machine.js';
import { meshOf } from '../../components/mesh.js';
import type { MatrixStage } from '../../mapping/chip-program.js';
import { tilesPerChip } from '../../mapping/floor-plan/mesh-geometry.js';
import { SYNTHETIC_LABEL } from '../../models/zoo/synthetic-network.js';
import { KernelError } from '../../sim/kernel-error.js';
import type { ChipPeak, ChipResult, EdramUse, PassResult, StageResult } from '../../sim/results/chip-result.js';
import type { Energy, Footprint, ImageResult, Result } from '../../sim/results/result.js';
import type { ExecutionConfig } from '../execution.js';
import type { MappingConfig } from '../mapping-parameters.js';
import { peakOf } from '../peak.js';
import { chipActionCounts, chipInstancesOf, machineArea } from '../pricing.js';
import { share } from '../run/resources.js';
import { saturationWarnings } from '../run/run-matrix.js';
import { Tally } from '../run/tally.js';
import { meanTime } from '../run/time-breakdown.js';
import { chipBottleneck } from './chip-bottleneck.js';
import { chipResources } from './chip-resources.js';
import { chipUtilisation } from './chip-utilisation.js';
import { type CollectedLayer, layerFootprint, layerResult, layerTally, tilesOf } from './collect-layer.js';
import { edramUse, floorPlanOf } from './floor-plan-result.js';
import { partDemands, trafficByteHops } from './part-demand.js';
import { stageLedgers } from './part-ledgers.js';
import { type ChipPass, type PlacedStage, placedStages, spanOf, type TimedPass, timedPasses } from './placed-stage.js';
import { stageWaits } from './stall-matrix.js';
import { staticWarnings } from './static-demand.js';
import { workingPes } from './working-pes.js';

export type { CollectedLayer } from './collect-layer.js';
export type { ChipPass } from './placed-stage.js';

/** A run of a network on a chip, executed. */
export interface ChipCollection {
  readonly machine: MachineConfig;
  readonly mapping: MappingConfig;
  readonly execution: ExecutionConfig;
  /** At least one, in the order of execution. */
  readonly passes: readonly ChipPass[];
  /** The matrix layers of the network, in the order of execution; each is a stage of the same name in one of the passes. */
  readonly layers: readonly CollectedLayer[];
  /** In the order in which they ran. */
  readonly images: readonly Pick<ImageResult, 'index' | 'prediction' | 'label'>[];
  /** Weights and activations are drawn (`Network.synthetic`). */
  readonly synthetic: boolean;
}

/** What a run on a chip adds to a result, apart from the scenario and the outputs. */
export type ChipRunResult = Pick<
  Result,
  | 'cycles'
  | 'windows'
  | 'counts'
  | 'work'
  | 'time'
  | 'resources'
  | 'energy'
  | 'area'
  | 'footprint'
  | 'layers'
  | 'images'
  | 'chip'
  | 'warnings'
>;

/**
 * Makes the result of a network on a chip out of what its passes measured. Everything in it follows from the programs and
 * their statistics, in the order of stages, parts and tiles, so that equal runs give equal bytes.
 *
 * @throws KernelError where a ledger does not sum to the run, or pixels or packets were lost, which is a bug of ousim
 * @throws RangeError where a layer has no stage
 */
export function collectChip(collection: ChipCollection): ChipRunResult {
  const { machine, images: imagesGiven } = collection;
  const { passes, cycles } = timedPasses(collection.passes);
  const stages = placedStages(passes);
  const layers = collection.layers.map((collected) => {
    const placed = stageOf(stages, collected.layer.name);
    return { collected, placed, tally: layerTally(placed, collected, imagesGiven.length) };
  });

  const total = new Tally();
  const footprint: Footprint = { pes: 0, crossbars: 0, cellsUsed: 0, cells: 0, indexBits: 0 };
  for (const { placed, tally } of layers) {
    total.add(tally);
    const own = layerFootprint(placed.stage as MatrixStage);
    for (const key of Object.keys(footprint) as (keyof Footprint)[]) footprint[key] += own[key];
  }
  const results = layers.map(({ collected, placed, tally }) => layerResult(placed, collected, tally, machine, cycles));
  const layerPes = layers.map(({ collected, placed }) => ({
    layer: collected.layer.name,
    pes: workingPes(placed.parts, machine),
  }));
  const tilesUsed = new Set(stages.flatMap(tilesOf)).size;
  const cellWrites = passes.reduce((sum, pass) => sum + pass.cellWrites, 0);
  const aroundPes = chipActionCounts(sumOfCounts(passes), machine, { tiles: tilesUsed, cycles, cellWrites });
  const energy = total.energy(machine, aroundPes);
  const { resources, note } = chipResources(layerPes, stages, passes, machine, cycles);
  const utilisation = chipUtilisation(
    layerPes.flatMap(({ pes }) => pes),
    passes,
    machine,
    cycles,
  );
  const images = imageResults(imagesGiven, passes);
  const edram = edramUse(stages, machine);
  const macs = results.reduce((sum, layer) => sum + layer.macs, 0);
  const operations = 2 * macs * images.length;
  // Operations in a nanosecond are GOPS.
  const achieved_TOPS = (share(operations, cycles) * machine.rootClock_GHz) / 1e3;
  const chip: ChipResult = {
    ...chipShape(collection, passes, tilesUsed),
    ...speedOf(images, passes.length, cycles, machine),
    macs,
    achieved_TOPS,
    ...powerOf(energy, operations, cycles, machine),
    peak: chipPeak(collection, achieved_TOPS, passes[0]!.program.chips),
    utilisation,
    stages: stages.map((placed) => stageResult(placed, cycles)),
    waits: stages.flatMap((stage) => stageWaits(stage, cycles)),
    bottleneck: chipBottleneck(stages, partDemands(stages, machine), machine, cycles),
    edram,
    floorPlan: floorPlanOf(stages, machine),
    traffic_byteHops: trafficByteHops(stages, machine),
    conservation: conservationOf(stages, passes),
    notes: [...(note === null ? [] : [note]), ...wholeMapNotes(edram, collection.execution)],
  };
  return {
    cycles,
    windows: collection.layers.reduce((sum, { layer }) => sum + layer.windows * images.length, 0),
    counts: total.counts,
    work: total.work,
    time: meanTime(
      results.map(({ time, footprint: { crossbars } }) => ({ time, crossbars })),
      cycles,
    ),
    resources,
    energy,
    area: machineArea(machine, chipInstancesOf(machine, { tiles: tilesUsed, indexBits: footprint.indexBits })),
    footprint,
    layers: results,
    images,
    chip,
    warnings: [...saturationWarnings(total.counts.saturatedCodes), ...staticWarnings(stages, utilisation, machine)],
  };
}

/** Pipelines that keep whole maps may need more room than tiles have. */
function wholeMapNotes({ keptElsewhere_bytes, capacity_bytes }: EdramUse, { pipeline }: ExecutionConfig): string[] {
  if (keptElsewhere_bytes === 0) return [];
  return [
    `eDRAM: pipeline ${pipeline} keeps whole maps, ${keptElsewhere_bytes} bytes more than tiles of ${capacity_bytes} ` +
      'bytes hold; they are kept elsewhere at no cost',
  ];
}

function stageOf(stages: readonly PlacedStage[], name: string): PlacedStage {
  const placed = stages.find(({ stage }) => stage.kind === 'matrix' && stage.name === name);
  if (placed === undefined) throw new RangeError(`layer "${name}": got no matrix stage of this name in any pass`);
  return placed;
}

function chipShape(
  { machine, execution, synthetic, images }: ChipCollection,
  passes: readonly TimedPass[],
  tilesUsed: number,
) {
  const { columns, rows } = machine.chip;
  return {
    pipeline: execution.pipeline,
    schedule: machine.tile.schedule,
    synthetic: synthetic ? SYNTHETIC_LABEL : null,
    chips: passes[0]!.program.chips,
    tilesPerChip: tilesPerChip(meshOf(machine)),
    tilesUsed,
    mesh: { columns, rows, tilesPerRouter: machine.router.tiles },
    passes: passes.map(passResult),
    images: images.length,
  };
}

function passResult({ program, programmingCycles, start, statistics }: TimedPass): PassResult {
  return {
    layers: program.stages.filter(({ kind }) => kind === 'matrix').map(({ name }) => name),
    programming_cycles: programmingCycles,
    start_cycle: start,
    cycles: statistics.cycles,
  };
}

/** An image begins in the first pass and ends in the last. */
function imageResults(images: ChipCollection['images'], passes: readonly TimedPass[]): ImageResult[] {
  const first = passes[0]!;
  const last = passes.at(-1)!;
  return images.map((image, i) => {
    const start_cycle = first.start + first.statistics.imageStart[i]!;
    const end_cycle = last.start + last.statistics.imageEnd[i]!;
    return { ...image, cycles: end_cycle - start_cycle, start_cycle, end_cycle };
  });
}

function speedOf(images: readonly ImageResult[], passes: number, cycles: number, { rootClock_GHz }: MachineConfig) {
  const latencies = images.map((image) => image.cycles);
  const ends = images.map(({ end_cycle }) => end_cycle);
  const interval =
    images.length < 2 || passes > 1 ? null : (Math.max(...ends) - Math.min(...ends)) / (images.length - 1);
  const cyclesPerImage = interval ?? cycles / images.length;
  return {
    latency_cycles: latencies[0]!,
    latencyMean_cycles: latencies.reduce((sum, latency) => sum + latency, 0) / latencies.length,
    latencyMax_cycles: Math.max(...latencies),
    initiationInterval_cycles: interval,
    throughput_imagesPerSecond: share(rootClock_GHz * 1e9, cyclesPerImage),
  };
}

/** 1 pJ in 1 ns is 1 mW; an operation for 1 pJ is 1 TOPS/W. */
function powerOf({ total_pJ }: Energy, operations: number, cycles: number, { rootClock_GHz }: MachineConfig) {
  return { power_mW: share(total_pJ * rootClock_GHz, cycles), TOPSperW: share(operations, total_pJ) };
}

/** Full load of the chips, in the words of the widest layer. */
/** With the words that the mapping stores and presents, which may be longer than the network's own. */
function chipPeak(
  { machine, mapping, layers, passes }: ChipCollection,
  achieved_TOPS: number,
  chips: number,
): ChipPeak {
  const ownBits = layers.reduce((most, { layer }) => Math.max(most, layer.weightBits), 1);
  const programs = passes.flatMap(({ program }) =>
    program.stages.flatMap((stage) => (stage.kind === 'matrix' ? [stage.program] : [])),
  );
  const { throughput_GOPS, chip, GOPSperW } = peakOf(machine, {
    encoding: mapping.encoding,
    layout: mapping.layout,
    weightBits: mapping.weightBits === 0 ? ownBits : mapping.weightBits,
    activationBits: programs.reduce((most, { inputBits }) => Math.max(most, inputBits), 1),
  });
  const TOPS = (throughput_GOPS * chips) / 1e3;
  return { TOPS, power_mW: chip.power_mW * chips, TOPSperW: GOPSperW / 1e3, share: share(achieved_TOPS, TOPS) };
}

function stageResult(placed: PlacedStage, cycles: number): StageResult {
  const { stage, pass, parts } = placed;
  const { start, end } = spanOf(placed);
  return {
    name: stage.name,
    op: stage.op,
    kind: stage.kind,
    windows: stage.windows,
    replicas: stage.replicas.length,
    pass: pass.index,
    tiles: tilesOf(placed),
    start_cycle: start,
    end_cycle: end,
    images: imageSpans(
      parts.map(({ statistics }) => statistics),
      pass,
    ),
    ...stageLedgers(placed, cycles),
  };
}

/** When a stage fetched first and sent last of each image. */
function imageSpans(parts: readonly PartStatistics[], { start, program }: TimedPass): StageResult['images'] {
  return Array.from({ length: program.images }, (_, image) => ({
    start_cycle: start + parts.reduce((first, part) => Math.min(first, part.imageFirstFetch[image]!), Infinity),
    end_cycle: start + parts.reduce((last, part) => Math.max(last, part.imageLastSent[image]!), 0),
  }));
}

/** @throws KernelError where pixels that were written were never freed, or packets were lost */
function conservationOf(stages: readonly PlacedStage[], passes: readonly TimedPass[]): ChipResult['conservation'] {
  const of = (values: (part: PartStatistics) => Float64Array) =>
    stages.reduce(
      (total, { parts }) =>
        parts.reduce((sum, { statistics }) => values(statistics).reduce((all, pixels) => all + pixels, sum), total),
      0,
    );
  const { packetsInjected, packetsDelivered } = sumOfCounts(passes);
  const conservation = {
    pixelsWritten: of(({ pixelsWritten }) => pixelsWritten),
    pixelsFreed: of(({ pixelsFreed }) => pixelsFreed),
    packetsInjected,
    packetsDelivered,
  };
  if (conservation.pixelsWritten !== conservation.pixelsFreed || packetsInjected !== packetsDelivered) {
    throw new KernelError(`pixels or packets were lost: ${JSON.stringify(conservation)}`);
  }
  return conservation;
}

function sumOfCounts(passes: readonly TimedPass[]): ChipCounts {
  const [first, ...others] = passes.map(({ statistics }) => statistics.counts);
  const sum = { ...first! };
  for (const counts of others) {
    for (const key of Object.keys(sum) as (keyof ChipCounts)[]) sum[key] += counts[key];
  }
  return sum;
}
