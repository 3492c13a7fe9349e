import { type BlockFormat, slicesAt } from './block-format.js';
import type { PackedCrossbar, PackedStrip } from './pack-blocks.js';

/**
 * The bit-width look-up table of a bank (BWQ, TCAD 2024, Section IV): for every block of the crossbar, also for one that
 * vanished, the operation units that it takes. From it the memory controller finds the wordlines and bitlines of the next
 * operation and where a block ends.
 *
 * Every piece of a block that is wider than a strip has an entry, and each of them tells the units of the whole block. Those
 * of the piece alone would not tell which pieces belong together: with 4 units in a strip, blocks of 7 and 4 bits and blocks
 * of 3 and 8 bits both stand in pieces of 3, 4 and 4.
 *
 * Which blocks a crossbar begins with follows from the tables before it. So the table of a part of the matrix without any
 * bits is stored too, although the part has no crossbar; nobody fetches it during a walk. The paper does not say how a
 * bank knows its blocks; the alternative, a first block stored for each bank, costs bits also where nothing vanishes.
 *
 * The paper does not give the width of an entry. `largest` is as wide as the layer's widest block needs: the index sizes
 * that the paper reports (17.38 times below SRE) ask for about one bit per block, and most deep layers end with blocks of
 * 1 or 2 bits. `word` is as wide as a block of the full word needs, 4 bits for 0 .. 8.
 */
export type LutEntry = 'largest' | 'word';

/** Bits of an entry of the look-up tables of a layer. */
export function lutEntryBits(entry: LutEntry, crossbars: readonly PackedCrossbar[], word: BlockFormat): number {
  const widest = entry === 'word' ? slicesAt(word, word.largestPrecision) : Math.max(0, ...crossbars.map(widestOf));
  return 32 - Math.clz32(widest);
}

/** The table of a crossbar as it is stored: strips in order, blocks in order, each entry most significant bit first. */
export function encodeLookUpTable(strips: readonly PackedStrip[], entryBits: number): Uint8Array {
  const bits: number[] = [];
  for (const { blocks } of strips) {
    for (const { blockSlices } of blocks) {
      for (let bit = entryBits - 1; bit >= 0; bit--) bits.push((blockSlices >>> bit) & 1);
    }
  }
  return Uint8Array.from(bits);
}

function widestOf({ strips }: PackedCrossbar): number {
  return strips.reduce(
    (most, { blocks }) => blocks.reduce((wide, { blockSlices }) => Math.max(wide, blockSlices), most),
    0,
  );
}
