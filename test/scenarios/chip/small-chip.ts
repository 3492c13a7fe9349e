import { runChip, type StageSource } from '../../../components/chip-simulation.js';
import { defaultMachine, type MachineConfig } from '../../../components/machine.js';
import type { Pipeline } from '../../../components/pipeline.js';
import type { ChipProgram, Destination, Part, PartBuffer, Stage } from '../../../mapping/chip-program.js';
import { compileDense } from '../../../mapping/dense.js';
import type { OuProgram } from '../../../mapping/ou-program.js';
import { plainFormat } from '../../../models/activation-format.js';
import { MatrixLayer } from '../../../models/matrix-layer.js';
import type { ChipPass, CollectedLayer } from '../../../scenarios/chip/collect-chip.js';

/**
 * A network by hand: 4 channels of 4 x 4 pixels; c1, a 1 x 1 convolution to 8 channels, in two replicas on tiles 0 and 1;
 * p1, 2 x 2 maximum pooling, on tile 0; f1, fully connected, 32 inputs to 6 outputs, its upper 16 rows on tile 1 and its
 * lower 16 on tile 2, which is the home of all outputs.
 *
 * Crossbars have 16 x 16 cells, weights 4 bits in cells of 1 bit, offset: 4 outputs a crossbar. c1: 1 x 2 crossbars, f1: 2 x 2.
 * Inputs have 4 bits, a byte for two of them.
 */
export const IMAGE_SIDE = 4;

export function smallMachine(): MachineConfig {
  const machine = defaultMachine();
  machine.rootClock_GHz = 2;
  machine.pe.crossbars = 2;
  Object.assign(machine.crossbar, { wordlines: 16, bitlines: 16, bitsPerCell: 1, readCycles: 3 });
  Object.assign(machine.ou, { wordlines: 4, bitlines: 8 });
  Object.assign(machine.adc, { bits: 3, perPool: 2, sharedBy: 2, conversionCycles: 1 });
  Object.assign(machine.shiftAdd, { lanes: 4, latencyCycles: 1 });
  machine.detector.kind = 'none';
  machine.tile.pes = 2;
  Object.assign(machine.chip, { columns: 2, rows: 1 });
  machine.router.tiles = 2;
  return machine;
}

function compiled(rows: number, outputs: number): OuProgram {
  return compileDense({
    rows,
    outputs,
    weights: new Int32Array(rows * outputs).fill(1),
    weightBits: 4,
    inputBits: 4,
    bitsPerPlane: 1,
    encoding: 'offset',
    layout: 'adjacent',
    crossbar: { wordlines: 16, bitlines: 16, bitsPerCell: 1 },
    ou: { wordlines: 4, bitlines: 8 },
  });
}

const buffer = (bytesPerPixel: number, capacity: number, shares: readonly number[]): PartBuffer => ({
  bytesPerPixel,
  capacity,
  least: 1,
  shares,
  finishBytes: 0,
});

const to = (stage: number, replica: number, part: number, bytes: number): Destination => ({
  kind: 'buffer',
  stage,
  replica,
  part,
  input: 0,
  bytes,
});

const nothing = { pes: [], fetchBytes: 0, buffers: [], sumsTo: [0], homeValues: 0, vectorValues: 0, destinations: [] };

/** @param wholeMaps buffers without end, as pipelines but `window` have them */
export function smallProgram(images: number, wholeMaps: boolean): ChipProgram {
  const room = (pixels: number) => (wholeMaps ? Number.POSITIVE_INFINITY : pixels);
  const c1 = compiled(4, 8);
  const f1 = compiled(32, 6);
  const source: Part = {
    ...nothing,
    index: 0,
    tile: -1,
    homeValues: 4,
    destinations: [to(1, 0, 0, 2), to(1, 1, 0, 2)],
  };
  const convolution = (replica: number): Part => ({
    ...nothing,
    index: 1 + replica,
    tile: replica,
    pes: [{ pe: 0, crossbars: { first: 0, count: 2 }, sums: 8, inputBytesPerWindow: 2 }],
    fetchBytes: 2,
    buffers: [buffer(2, room(8), [1])],
    homeValues: 8,
    destinations: [to(2, 0, 0, 4)],
  });
  const pool: Part = {
    ...nothing,
    index: 3,
    tile: 0,
    fetchBytes: 16,
    buffers: [buffer(4, room(12), [1, 1])],
    homeValues: 8,
    vectorValues: 32,
    destinations: [to(3, 0, 0, 4), to(3, 0, 1, 4)],
  };
  const upper: Part = {
    ...nothing,
    index: 4,
    tile: 1,
    pes: [{ pe: 1, crossbars: { first: 0, count: 2 }, sums: 6, inputBytesPerWindow: 8 }],
    fetchBytes: 8,
    buffers: [buffer(4, room(8), [1])],
    sumsTo: [0, 6],
  };
  const lower: Part = {
    ...upper,
    index: 5,
    tile: 2,
    pes: [{ pe: 0, crossbars: { first: 2, count: 2 }, sums: 6, inputBytesPerWindow: 8 }],
    sumsTo: [0, 0],
    homeValues: 6,
    destinations: [{ kind: 'port', bytes: 6 }],
  };
  const pixels = IMAGE_SIDE ** 2;
  const each = Int32Array.from({ length: pixels }, (_, w) => w);
  const stages: Stage[] = [
    { kind: 'source', index: 0, name: 'input', op: 'source', windows: pixels, replicas: [{ parts: [source] }] },
    {
      kind: 'matrix',
      index: 1,
      name: 'c1',
      op: 'conv',
      windows: pixels,
      replicas: [{ parts: [convolution(0)] }, { parts: [convolution(1)] }],
      program: c1,
      inputs: [{ producer: 0, role: 'start', needs: each.map((w) => w + 1), keeps: each }],
    },
    {
      kind: 'vector',
      index: 2,
      name: 'p1',
      op: 'maxpool',
      windows: 4,
      replicas: [{ parts: [pool] }],
      // Window (r, c) covers pixels 8 r + 2 c and one beside, below and right of it.
      inputs: [{ producer: 1, role: 'start', needs: Int32Array.of(6, 8, 14, 16), keeps: Int32Array.of(0, 2, 8, 10) }],
    },
    {
      kind: 'matrix',
      index: 3,
      name: 'f1',
      op: 'fc',
      windows: 1,
      replicas: [{ parts: [upper, lower] }],
      program: f1,
      inputs: [{ producer: 2, role: 'start', needs: Int32Array.of(4), keeps: Int32Array.of(0) }],
    },
  ];
  return { images, tiles: 4, chips: 1, stages };
}

const format = plainFormat(4, false);
const matrixNode = (outputs: number) => ({
  weightBits: 4,
  weightZeroPoint: null,
  weightScale: null,
  requantiser: {
    kind: 'real' as const,
    multiplier: new Float64Array(outputs).fill(1),
    bias: new Float64Array(outputs),
    residual: null,
  },
  windowPruning: null,
  last: false,
  inputFormat: format,
  outputFormat: format,
});

/** The matrix layers of the network; a window of c1 has 2 x 2 x 4 x 4 operations in the dense mapping, of f1 so many more. */
export function smallLayers(): CollectedLayer[] {
  const c1 = new MatrixLayer({
    ...matrixNode(8),
    op: 'conv',
    name: 'c1',
    input: 'input',
    inputShape: [4, IMAGE_SIDE, IMAGE_SIDE],
    outputShape: [8, IMAGE_SIDE, IMAGE_SIDE],
    weights: new Int8Array(8 * 4).fill(1),
    kernelHeight: 1,
    kernelWidth: 1,
    strideHeight: 1,
    strideWidth: 1,
    padTop: 0,
    padLeft: 0,
    padBottom: 0,
    padRight: 0,
    dilationHeight: 1,
    dilationWidth: 1,
    groups: 1,
  });
  const f1 = new MatrixLayer({
    ...matrixNode(6),
    op: 'fc',
    name: 'f1',
    input: 'flatten',
    inputShape: [32],
    outputShape: [6],
    weights: new Int8Array(6 * 32).fill(1),
  });
  return [
    { layer: c1, denseOperations: 16, saturatedCodes: 0 },
    { layer: f1, denseOperations: 16 * 6, saturatedCodes: 3 },
  ];
}

const ones: StageSource = { gather: (_image, _window, into) => void into.fill(1) };

/** One pass of the network over the machine, with inputs of 1. */
export function smallPass(
  machine: MachineConfig,
  images: number,
  pipeline: Pipeline = 'window',
  granularity: 'fast' | 'booked' | 'sampled' = 'fast',
): ChipPass {
  const program = smallProgram(images, pipeline !== 'window');
  const sources = new Map([
    [1, ones],
    [3, ones],
  ]);
  const statistics = runChip(machine, program, sources, { granularity, pipeline });
  return { program, statistics, programmingCycles: 0, cellWrites: 0 };
}
