import type { Sign, WeightFormat } from './encoding.js';

/**
 * Layouts of a plain matrix: which crossbar holds which rows, sign, bit-slices and outputs (docs/timing-model.md, "Placement
 * of a matrix").
 */

export type Layout = 'adjacent' | 'planar';

/** Names of the layouts, with a sentence about each. */
export const LAYOUTS: readonly { readonly name: Layout; readonly doc: string }[] = [
  {
    name: 'adjacent',
    doc: 'The bit-slices of an output stand side by side, most significant first, in one crossbar.',
  },
  { name: 'planar', doc: 'Each bit-slice of all outputs stands in crossbars of its own.' },
];

export interface PlacementShape {
  readonly rows: number;
  readonly outputs: number;
  readonly layout: Layout;
  readonly format: WeightFormat;
  readonly wordlines: number;
  readonly bitlines: number;
}

/** What one crossbar holds. */
export interface CrossbarPlace {
  readonly rowBlock: number;
  readonly sign: Sign;
  /** Bit-slices held, in the order of the bitlines of an output: all, most significant first, or a single one. */
  readonly slices: readonly number[];
  /** Rows of the matrix: firstRow .. firstRow + rows - 1, on wordlines 0 .. rows - 1. */
  readonly firstRow: number;
  readonly rows: number;
  /** Outputs of the matrix: firstOutput .. firstOutput + outputs - 1, `slices.length` adjacent bitlines each. */
  readonly firstOutput: number;
  readonly outputs: number;
}

/** Outputs that a full column block takes. */
function outputsPerColumnBlock({ layout, format, bitlines }: PlacementShape): number {
  return layout === 'adjacent' ? Math.floor(bitlines / format.slices) : bitlines;
}

/** Bit-slices of each crossbar of a (row block, sign), in crossbar order. */
function slicesOfCrossbars({ layout, format }: PlacementShape): number[][] {
  const leastSignificantFirst = Array.from({ length: format.slices }, (_, slice) => slice);
  return layout === 'adjacent' ? [leastSignificantFirst.reverse()] : leastSignificantFirst.map((slice) => [slice]);
}

/** Number of crossbars that `placeCrossbars` gives, without placing anything. */
export function countCrossbars(shape: PlacementShape): number {
  const rowBlocks = Math.ceil(shape.rows / shape.wordlines);
  const columnBlocks = Math.ceil(shape.outputs / outputsPerColumnBlock(shape));
  return rowBlocks * shape.format.signs.length * slicesOfCrossbars(shape).length * columnBlocks;
}

/**
 * The crossbars of a matrix, numbered by (row block, sign with positive first, slice with least significant first, column
 * block), row block slowest.
 */
export function placeCrossbars(shape: PlacementShape): CrossbarPlace[] {
  const outputsPerBlock = outputsPerColumnBlock(shape);
  const places: CrossbarPlace[] = [];
  for (let firstRow = 0, rowBlock = 0; firstRow < shape.rows; firstRow += shape.wordlines, rowBlock++) {
    const rows = Math.min(shape.wordlines, shape.rows - firstRow);
    for (const sign of shape.format.signs) {
      for (const slices of slicesOfCrossbars(shape)) {
        for (let firstOutput = 0; firstOutput < shape.outputs; firstOutput += outputsPerBlock) {
          const outputs = Math.min(outputsPerBlock, shape.outputs - firstOutput);
          places.push({ rowBlock, sign, slices, firstRow, rows, firstOutput, outputs });
        }
      }
    }
  }
  return places;
}
