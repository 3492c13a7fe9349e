import type { MachineConfig } from '../../components/machine.js';
import { BYTES_PER_SUM, type MatrixStage } from '../../mapping/chip-program.js';
import type { MatrixLayer } from '../../models/matrix-layer.js';
import type { Footprint, LayerBuffer, LayerResult } from '../../sim/results/result.js';
import { adcClass, busiestOf, crossbarClass, share } from '../run/resources.js';
import { Tally } from '../run/tally.js';
import { layerTimeBreakdown } from '../run/time-breakdown.js';
import { fetchingParts, type PlacedStage, sendingParts, spanOf } from './placed-stage.js';
import { stageWaits } from './stall-matrix.js';
import { largestFetch } from './static-demand.js';
import { workingPes } from './working-pes.js';

/** A matrix layer of a network, beside what `ChipProgram` says of its stage. */
export interface CollectedLayer {
  readonly layer: MatrixLayer;
  /** OU operations of a window in the dense mapping (`Work.dense`). */
  readonly denseOperations: number;
  /** ADC codes that saturated, of all images; 0 where the function was not executed. */
  readonly saturatedCodes: number;
}

/** Multiply-accumulates of a layer for an image; blocks of a grouped convolution alone. */
export function macsOf({ windows, blocks }: MatrixLayer): number {
  return windows * blocks.reduce((sum, { rows, outputs }) => sum + rows * outputs, 0);
}

/** What the crossbars of a layer hold and take, all replicas together. */
export function layerFootprint(stage: MatrixStage): Footprint {
  const { program, replicas } = stage;
  const pes = replicas.reduce((sum, { parts }) => sum + parts.reduce((all, part) => all + part.pes.length, 0), 0);
  const crossbars = program.crossbars.length * replicas.length;
  return {
    pes,
    crossbars,
    cellsUsed: program.cellsUsed * replicas.length,
    cells: crossbars * program.wordlines * program.bitlines,
    indexBits: program.indexBits * replicas.length,
  };
}

/** What the PEs of a layer did, and what of that is counted but not measured. */
export function layerTally(
  placed: PlacedStage,
  { layer, denseOperations, saturatedCodes }: CollectedLayer,
  images: number,
): Tally {
  const tally = new Tally();
  for (const { part, statistics } of placed.parts) {
    part.pes.forEach(({ inputBytesPerWindow, sums }, i) => {
      tally.addPe(statistics.pes[i]!, { inputBytesPerWindow, outputBytesPerWindow: sums * BYTES_PER_SUM });
    });
  }
  tally.counts.saturatedCodes = saturatedCodes;
  tally.work.dense = layer.windows * images * denseOperations;
  return tally;
}

/** @param cycles of the whole run */
export function layerResult(
  placed: PlacedStage,
  collected: CollectedLayer,
  tally: Tally,
  machine: MachineConfig,
  cycles: number,
): LayerResult {
  const { layer } = collected;
  const { pass, parts } = placed;
  const stage = placed.stage as MatrixStage;
  const pes = workingPes(parts, machine);
  const footprint = layerFootprint(stage);
  const { adcs, waits, pools } = adcClass(pes, cycles);
  const { images } = pass.program;
  const { start, end } = spanOf(placed);
  const span = end - start;
  const latency = meanLatency(placed);
  const interval = intervalOf(placed, end, layer.windows * images);
  const macs = macsOf(layer);
  const perSecond = (count: number, time: number) => share(count * machine.rootClock_GHz * 1e9, time);
  return {
    name: layer.name,
    op: layer.op,
    windows: layer.windows,
    rows: layer.rows,
    outputs: layer.outputs,
    footprint,
    spareCrossbars: footprint.pes * machine.pe.crossbars - footprint.crossbars,
    replicas: stage.replicas.length,
    tiles: tilesOf(placed),
    cycles: span,
    start_cycle: start,
    end_cycle: end,
    initiationInterval_cycles: interval,
    latencyMean_cycles: latency,
    throughput_windowsPerSecond: perSecond(1, interval ?? span),
    macs,
    achieved_TOPS: perSecond(2 * macs * images, span) / 1e12,
    waits: stageWaits(placed, cycles),
    buffers: buffersOf(placed),
    fetch: largestFetch(placed, machine),
    counts: tally.counts,
    work: tally.work,
    time: layerTimeBreakdown(pes, cycles, cycles - pass.statistics.cycles),
    crossbars: crossbarClass(pes, machine, cycles),
    adcs,
    busiest: busiestOf(pes, machine, cycles),
    adcUtilisation: share(adcs.cycles['convert']!, adcs.instances * cycles),
    wait: waits.saved(),
    'queue.mean': share(waits.sum, pools * cycles),
    energy: tally.energy(machine),
  };
}

/** Tiles that hold a part of a stage, ascending. */
export function tilesOf({ parts }: PlacedStage): number[] {
  return [...new Set(parts.map(({ part }) => part.tile).filter((tile) => tile >= 0))].sort((a, b) => a - b);
}

/** Mean over the windows at their homes, from the beginning of the fetch to the end of the sending. */
function meanLatency(placed: PlacedStage): number {
  const homes = sendingParts(placed);
  const cycles = homes.reduce((sum, { statistics }) => sum + statistics.windowCycles, 0);
  const windows = homes.reduce((sum, part) => sum + part.windows, 0);
  return share(cycles, windows);
}

/** Mean distance between the sendings of windows that follow one another. Null with one window. */
function intervalOf(placed: PlacedStage, end: number, windows: number): number | null {
  if (windows < 2) return null;
  // Window 0 is the work of replica 0, and sent when all of its homes have.
  const homes = sendingParts(placed).filter(({ replica }) => replica === 0);
  const first = homes.reduce((latest, { statistics }) => Math.max(latest, statistics.firstSent), 0);
  return (end - placed.pass.start - first) / (windows - 1);
}

/** Of each input the buffer that held most pixels; the first of equals. */
function buffersOf(placed: PlacedStage): LayerBuffer[] {
  const { stage, pass } = placed;
  if (stage.kind === 'source') return [];
  return stage.inputs.flatMap(({ producer, role }, input): LayerBuffer[] => {
    const needing = fetchingParts(placed).filter(({ part }) => part.buffers[input]!.bytesPerPixel > 0);
    const [first, ...others] = needing;
    if (first === undefined) return [];
    const peak = ({ statistics }: typeof first) => statistics.bufferPeak[input]!;
    const fullest = others.reduce((a, b) => (peak(b) > peak(a) ? b : a), first);
    const { bytesPerPixel, capacity, least } = fullest.part.buffers[input]!;
    return [
      {
        of: pass.program.stages[producer]!.name,
        role,
        bytesPerPixel,
        capacity_pixels: Number.isFinite(capacity) ? capacity : null,
        least_pixels: least,
        peak_pixels: peak(fullest),
      },
    ];
  });
}
