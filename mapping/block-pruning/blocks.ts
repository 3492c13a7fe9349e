import { weightFormat } from '../encoding.js';
import { type MappingProblem, requireNone } from '../mapping-error.js';
import { type MatrixShape, type MatrixSpec, matrixShapeProblems } from '../matrix-spec.js';
import { type CrossbarPlace, placeCrossbars } from '../placement.js';

/**
 * A block of the matrix: the rows and outputs that one crossbar holds in the dense mapping. All copies and bit-slices of
 * these weights form one block, wherever they stand.
 */
export interface Block {
  readonly firstRow: number;
  readonly rows: number;
  readonly firstOutput: number;
  readonly outputs: number;
}

/** A copy of the weights and the bit-slices that a crossbar holds of them, in the order of the bitlines of an output. */
export type CrossbarContent = Pick<CrossbarPlace, 'sign' | 'slices'>;

/** A matrix cut into blocks, and the crossbars that the dense mapping gives each of them. */
export interface Cut {
  /** Row blocks of `crossbar.wordlines` rows, inside them blocks of outputs. */
  readonly blocks: readonly Block[];
  readonly contents: readonly CrossbarContent[];
}

/**
 * A pruned weight has no cells. With encoding `offset` it would lack its offset, and the sum of the inputs that corrects
 * the others would be another one in every block.
 */
export function prunedEncodingProblems({ encoding }: Pick<MatrixShape, 'encoding'>): MappingProblem[] {
  if (encoding !== 'offset') return [];
  return [
    {
      path: 'encoding',
      value: encoding,
      allowed: 'differential | twos-complement',
      hint: 'a pruned weight has no cells, so that no offset must stand in them',
    },
  ];
}

/** @throws MappingError with every problem of the shape */
export function cutIntoBlocks(shape: MatrixShape): Cut {
  requireNone([...matrixShapeProblems(shape), ...prunedEncodingProblems(shape)]);
  const { rows, outputs, layout, encoding, weightBits, crossbar } = shape;
  const format = weightFormat(encoding, weightBits, crossbar.bitsPerCell);
  const { wordlines, bitlines } = crossbar;
  const places = placeCrossbars({ rows, outputs, layout, format, wordlines, bitlines });
  const first = places[0]!;
  return {
    blocks: places.filter(({ sign, slices }) => sign === first.sign && slices[0] === first.slices[0]),
    contents: places.filter(({ firstRow, firstOutput }) => firstRow === 0 && firstOutput === 0),
  };
}

/** What is left of a block when its rows and outputs without a non-zero weight are taken out; numbered in the matrix. */
export interface CompactBlock {
  readonly block: Block;
  readonly inputs: Int32Array;
  readonly outputs: Int32Array;
}

export function compactBlock({ weights, outputs: width }: MatrixSpec, block: Block): CompactBlock {
  const inputs: number[] = [];
  const outputKept = new Uint8Array(block.outputs);
  for (let row = block.firstRow; row < block.firstRow + block.rows; row++) {
    let rowKept = 0;
    for (let output = 0; output < block.outputs; output++) {
      const kept = weights[row * width + block.firstOutput + output] === 0 ? 0 : 1;
      rowKept |= kept;
      outputKept[output]! |= kept;
    }
    if (rowKept === 1) inputs.push(row);
  }
  const outputs = Array.from({ length: block.outputs }, (_, output) => block.firstOutput + output);
  return {
    block,
    inputs: Int32Array.from(inputs),
    outputs: Int32Array.from(outputs.filter((output) => outputKept[output - block.firstOutput] === 1)),
  };
}
