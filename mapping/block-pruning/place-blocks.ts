import type { CompactBlock } from './blocks.js';
import { packOnShelves } from './shelf-packing.js';

/** A compacted block in a crossbar; its copies and bit-slices stand at the same place in crossbars of their own. */
export interface PlacedBlock extends CompactBlock {
  /** Number of the block in the cut of the matrix. */
  readonly number: number;
  /** Group of crossbars that it stands in: one crossbar for each copy and bit-slice that a crossbar of its own holds. */
  readonly bin: number;
  readonly firstWordline: number;
  readonly firstBitline: number;
}

export interface BlockPlacing {
  /** Adjacent bitlines that an output of a block takes in a crossbar. */
  readonly bitlinesPerOutput: number;
  readonly crossbar: { readonly wordlines: number; readonly bitlines: number };
  /** Whether several blocks may share a crossbar. */
  readonly repack: boolean;
}

/** Places the blocks that are not empty, in the order in which they are given. */
export function placeBlocks(
  blocks: readonly CompactBlock[],
  { bitlinesPerOutput, crossbar, repack }: BlockPlacing,
): PlacedBlock[] {
  const left = blocks
    .map((block, number) => ({ ...block, number }))
    .filter(({ inputs, outputs }) => inputs.length > 0 && outputs.length > 0);
  const places = repack
    ? packOnShelves(
        left.map(({ inputs, outputs }) => ({ height: inputs.length, width: outputs.length * bitlinesPerOutput })),
        { height: crossbar.wordlines, width: crossbar.bitlines },
      )
    : left.map((_, bin) => ({ bin, top: 0, left: 0 }));
  return left.map((block, i) => {
    const { bin, top: firstWordline, left: firstBitline } = places[i]!;
    return { ...block, bin, firstWordline, firstBitline };
  });
}
