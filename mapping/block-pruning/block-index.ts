import type { Block } from './blocks.js';
import type { PlacedBlock } from './place-blocks.js';

/** What the index of a crossbar is written and read against. */
export interface IndexFormat {
  /** Blocks of the matrix. */
  readonly blocks: readonly Block[];
  readonly crossbar: { readonly wordlines: number; readonly bitlines: number };
  /** Whether several blocks may share a crossbar, so that each says where it begins. */
  readonly repack: boolean;
}

/**
 * What a crossbar stores about a block that it holds, bit by bit: the block's number among all blocks of the matrix, since
 * empty blocks have no crossbar; with `repack` its first wordline and its first bitline; then a mask of the block's rows
 * and one of its outputs, 1 for those kept, first row first.
 *
 * Masks and not lists of indices: Bit-Transformer (ICCAD 2021) calls its own masks of 16 x 16 and 32 x 32 cells 93.7 % and
 * 96.8 % smaller than the index of PIM-Prune, which are 15/16 and 31/32 of one bit for each row and column of a crossbar.
 * An output is one column here, because its bit-slices are kept or pruned together.
 */
export function blockIndexBits(placed: PlacedBlock, { blocks, crossbar, repack }: IndexFormat): Uint8Array {
  const { block, number, firstWordline, firstBitline, inputs, outputs } = placed;
  const bits: number[] = [];
  const write = (value: number, states: number) => {
    for (let bit = bitsOf(states) - 1; bit >= 0; bit--) bits.push((value >>> bit) & 1);
  };
  write(number, blocks.length);
  if (repack) {
    write(firstWordline, crossbar.wordlines);
    write(firstBitline, crossbar.bitlines);
  }
  const masks = new Uint8Array(block.rows + block.outputs);
  for (const input of inputs) masks[input - block.firstRow] = 1;
  for (const output of outputs) masks[block.rows + output - block.firstOutput] = 1;
  return Uint8Array.from([...bits, ...masks]);
}

/** Bits that tell `states` states apart. */
function bitsOf(states: number): number {
  return 32 - Math.clz32(states - 1);
}
