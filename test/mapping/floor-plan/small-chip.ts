import { compileDenseShape } from '../../../mapping/dense.js';
import { pixelBounds, samePixelSpans } from '../../../mapping/floor-plan/kernel-pixels.js';
import type { FloorPlanOptions } from '../../../mapping/floor-plan/plan-floor.js';
import type {
  InputDescription,
  MatrixDescription,
  SourceDescription,
  StageDescription,
} from '../../../mapping/floor-plan/stage-description.js';

/** A chip of 2 routers side by side with a tile each; a tile has 2 PEs of one crossbar. Activations take a byte. */
export const SMALL_CHIP: FloorPlanOptions = {
  images: 1,
  mesh: { columns: 2, rows: 1, tilesPerRouter: 1 },
  crossbarsPerPe: 1,
  tilePes: 2,
  tileBytes: 1000,
  wordBytes: 1,
  replication: 'none',
  replicas: {},
  crossbarBudget: 0,
  placement: 'in-order',
  overflow: 'chips',
};

export function source(windows: number, channels: number): SourceDescription {
  return { kind: 'source', name: 'input', op: 'source', windows, channels, inputs: [], leaves: false };
}

/** An input that reads all channels of a stage, pixel by pixel. */
export function pixelwise(producer: number, windows: number, channels: number): InputDescription {
  return {
    ...pixelBounds(samePixelSpans(windows), null),
    producer,
    role: 'start',
    operand: 0,
    firstChannel: 0,
    channels,
    producerChannel: 0,
    valuesPerChannel: 1,
    pixelsPerWindow: 1,
  };
}

/** A 1 x 1 convolution on crossbars of 4 rows and 2 outputs. */
export function pointwise(
  name: string,
  producer: number,
  { windows, inputs, outputs }: { windows: number; inputs: number; outputs: number },
): MatrixDescription {
  return {
    kind: 'matrix',
    name,
    op: 'conv',
    windows,
    channels: outputs,
    inputs: [pixelwise(producer, windows, inputs)],
    leaves: false,
    rowsPerChannel: 1,
    program: compileDenseShape({
      rows: inputs,
      outputs,
      weightBits: 2,
      inputBits: 8,
      bitsPerPlane: 1,
      encoding: 'offset',
      layout: 'adjacent',
      crossbar: { wordlines: 4, bitlines: 2, bitsPerCell: 2 },
      ou: { wordlines: 4, bitlines: 2 },
    }),
  };
}

/** The last stage's pixels leave. */
export function network(...stages: StageDescription[]): StageDescription[] {
  return stages.map((stage, i) => ({ ...stage, leaves: i === stages.length - 1 }));
}
