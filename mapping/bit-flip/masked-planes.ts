import type { Sign } from '../encoding.js';
import type { MatrixSpec } from '../matrix-spec.js';
import type { OuProgram } from '../ou-program.js';
import { type CrossbarBuilder, ProgramBuilder } from '../program-builder.js';

/** Which columns may share a crossbar; all are of one bit-plane and one sign. */
export type Packing = 'row-block' | 'plane';

export interface MaskedPlacement {
  /** Rows that share a row mask bit. */
  readonly maskRows: number;
  /** Columns that share a column mask bit. */
  readonly maskColumns: number;
  readonly packing: Packing;
}

/** A bit-plane of the weights of one sign in one row block. */
interface PlaneBlock {
  readonly sign: Sign;
  readonly bit: number;
  readonly firstRow: number;
  readonly rows: number;
}

/**
 * Bit-planes in crossbars of their own without their empty blocks of columns and rows (Bit-Transformer, ICCAD 2021):
 *
 * - A column mask bit for each block of `maskColumns` columns of a plane block says whether any of its cells is a one.
 *   The blocks that have one are packed side by side; for the others the outputs are padded with zeros (CSMR).
 * - A row mask bit for each block of `maskRows` rows says whether the columns packed into one crossbar have a one there.
 *   Rows of the others are neither fetched nor driven (RCMR). They keep their cells.
 *
 * Crossbars by (row block, sign, bit with the least significant first) with packing `row-block`; with packing `plane` by
 * (sign, bit), and columns of all row blocks follow one another. A mask block of columns never straddles two crossbars.
 *
 * Stored index bits: all column mask bits, also those of plane blocks that are empty altogether, and the row mask bits of
 * every plane block in every crossbar that it has columns in. A column group fetches the row mask of its crossbar and the
 * column mask bits from behind the column group before it up to its own.
 */
export function compileMaskedPlanes(spec: MatrixSpec, placement: MaskedPlacement): OuProgram {
  const { maskRows, maskColumns, packing } = placement;
  const { outputs, crossbar, ou } = spec;
  const builder = new ProgramBuilder(spec);
  const bitsOf = bitsOfOutputs(spec);
  const columnMaskBits = Math.ceil(outputs / maskColumns);
  let indexBits = 0;
  let open: { readonly crossbar: CrossbarBuilder; used: number } | null = null;
  let before: PlaneBlock | null = null;

  for (const plane of planeBlocks(spec, packing)) {
    if (packing === 'row-block' || before?.sign !== plane.sign || before.bit !== plane.bit) open = null;
    before = plane;
    indexBits += columnMaskBits;
    const kept = keptColumnBlocks(bitsOf(plane), plane.bit, maskColumns);
    let next = 0;
    let maskBitsFetched = 0;
    while (next < kept.length) {
      const widthOf = (block: number) => Math.min(maskColumns, outputs - block * maskColumns);
      if (open === null || open.used + widthOf(kept[next]!) > crossbar.bitlines) {
        open = { crossbar: builder.addCrossbar(), used: 0 };
      }
      // Columns of this plane block in this crossbar, each with the number of its mask bit.
      const columns: { readonly output: number; readonly maskBit: number }[] = [];
      const firstBitline: number = open.used;
      for (; next < kept.length && open.used + widthOf(kept[next]!) <= crossbar.bitlines; next++) {
        const block = kept[next]!;
        for (let i = 0; i < widthOf(block); i++) columns.push({ output: block * maskColumns + i, maskBit: block });
        open.used += widthOf(block);
      }
      const placed = open.crossbar;
      const outputsOfColumns = Int32Array.from(columns, ({ output }) => output);
      writePlane(spec, plane, outputsOfColumns, placed.levels, firstBitline);
      const wordlines = drivenWordlines(placed.levels, crossbar.bitlines, plane.rows, maskRows, {
        first: firstBitline,
        count: columns.length,
      });
      const rowMaskBits = Math.ceil(plane.rows / maskRows);
      indexBits += rowMaskBits;
      const rowList = builder.addRowList({
        wordlines,
        inputs: wordlines.map((wordline) => plane.firstRow + wordline),
        span: plane.rows,
      });
      for (let first = 0; first < columns.length; first += ou.bitlines) {
        const group = columns.slice(first, first + ou.bitlines);
        const columnMaskEnd = group.at(-1)!.maskBit + 1;
        placed.addGroup({
          rowList,
          bitlines: group.map((_, i) => firstBitline + first + i),
          outputs: group.map(({ output }) => output),
          significance: group.map(() => plane.sign * 2 ** plane.bit),
          indexBits: rowMaskBits + columnMaskEnd - maskBitsFetched,
        });
        maskBitsFetched = columnMaskEnd;
      }
    }
  }
  return builder.build({ indexBits });
}

function planeBlocks({ rows, weightBits, crossbar }: MatrixSpec, packing: Packing): PlaneBlock[] {
  const blocks: PlaneBlock[] = [];
  for (let firstRow = 0; firstRow < rows; firstRow += crossbar.wordlines) {
    for (const sign of [1, -1] as const) {
      for (let bit = 0; bit < weightBits - 1; bit++) {
        blocks.push({ sign, bit, firstRow, rows: Math.min(crossbar.wordlines, rows - firstRow) });
      }
    }
  }
  if (packing === 'row-block') return blocks;
  return blocks.sort((a, b) => b.sign - a.sign || a.bit - b.bit || a.firstRow - b.firstRow);
}

/** The bits that some magnitude of a sign has set, for each output of a row block. */
type BitsOfOutputs = Int32Array;

/** Makes the bits of outputs; those of a row block and a sign, which all its planes share, are found once. */
function bitsOfOutputs({ weights, outputs }: MatrixSpec): (plane: PlaneBlock) => BitsOfOutputs {
  const known = new Map<string, BitsOfOutputs>();
  return ({ sign, firstRow, rows }) => {
    const key = `${sign} ${firstRow}`;
    let bits = known.get(key);
    if (bits === undefined) {
      bits = new Int32Array(outputs);
      for (let row = firstRow, at = firstRow * outputs; row < firstRow + rows; row++) {
        for (let output = 0; output < outputs; output++, at++) {
          const magnitude = sign * weights[at]!;
          if (magnitude > 0) bits[output]! |= magnitude;
        }
      }
      known.set(key, bits);
    }
    return bits;
  };
}

/** Blocks of columns with a one in a plane, ascending. */
function keptColumnBlocks(bits: BitsOfOutputs, bit: number, maskColumns: number): number[] {
  const kept: number[] = [];
  for (let output = 0; output < bits.length; output++) {
    const block = Math.floor(output / maskColumns);
    if (((bits[output]! >>> bit) & 1) === 1 && kept.at(-1) !== block) kept.push(block);
  }
  return kept;
}

/** Writes a bit-plane of some outputs into a crossbar, side by side. */
function writePlane(
  { weights, outputs, crossbar }: MatrixSpec,
  { sign, bit, firstRow, rows }: PlaneBlock,
  columns: Int32Array,
  levels: Uint8Array,
  firstBitline: number,
): void {
  for (let row = 0; row < rows; row++) {
    const from = (firstRow + row) * outputs;
    const to = row * crossbar.bitlines + firstBitline;
    for (let i = 0; i < columns.length; i++) {
      const magnitude = sign * weights[from + columns[i]!]!;
      if (magnitude > 0) levels[to + i] = (magnitude >>> bit) & 1;
    }
  }
}

/** Wordlines of the row mask blocks that have a one in these bitlines. */
function drivenWordlines(
  levels: Uint8Array,
  bitlines: number,
  rows: number,
  maskRows: number,
  columns: { readonly first: number; readonly count: number },
): number[] {
  const driven: number[] = [];
  for (let first = 0; first < rows; first += maskRows) {
    const end = Math.min(first + maskRows, rows);
    let any = 0;
    for (let row = first; row < end; row++) {
      const at = row * bitlines + columns.first;
      for (let i = at; i < at + columns.count; i++) any |= levels[i]!;
    }
    if (any === 0) continue;
    for (let row = first; row < end; row++) driven.push(row);
  }
  return driven;
}
