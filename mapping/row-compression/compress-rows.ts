import { sliceSignificance, storedValues, type WeightFormat, writeSlices } from '../encoding.js';
import { requireNone } from '../mapping-error.js';
import { type MatrixSpec, matrixSpecProblems } from '../matrix-spec.js';
import type { OuProgram } from '../ou-program.js';
import { type CrossbarBuilder, ProgramBuilder } from '../program-builder.js';
import { SequenceNumbers } from '../sequence-numbers.js';
import { outputGroups, type PlacedColumnGroup, placedColumnGroups, placementShape } from './column-groups.js';
import { type OutputOrders, orderOfBlock } from './output-orders.js';
import { type PackedItem, packDecreasing } from './pack.js';
import { bitsFor, type Indexing, type RowIndexFormat, rowIndexBits } from './row-index.js';

/**
 * What decides whether a column group keeps a row, and who has an index:
 * - `columns`: its own cells there, not all 0; every column group has an index of its own;
 * - `weights`: all cells of its outputs there, of every slice and copy; the column groups of these outputs share an index.
 */
export type KeptRows = 'columns' | 'weights';

export interface RowCompression {
  readonly keep: KeptRows;
  readonly indexing: Indexing;
  /** Bits of a distance with indexing `delta`. */
  readonly deltaBits: number;
  /** `yes`: column groups are stacked on as few crossbars as they fit; `no`: each stays on its crossbar and bitlines. */
  readonly repack: 'yes' | 'no';
}

/** A column group with the rows that it keeps, as offsets in its row block. */
interface CompressedGroup {
  readonly placed: PlacedColumnGroup;
  readonly kept: Int32Array;
  /** Outputs of its weights. */
  readonly outputs: Int32Array;
  /** What the copy of its sign stores: shape [rows][outputs] of the matrix. */
  readonly stored: Int32Array;
}

/**
 * OU row compression (ORC; SRE, ISCA 2019): in every column group, rows whose cells are all 0 are left out, and the rows
 * after them move up. Column groups of a crossbar then walk different rows; that is possible because they are read one
 * after the other. The rows that they keep are written down in an index.
 *
 * Nothing but rows of zero cells is left out, so the product is exact in every encoding; with `offset` a zero weight is
 * no zero cell, and hardly any row can go.
 *
 * A column group stores the number of its kept rows and their index; with `repack` also its own number among the
 * column groups of the matrix, ceil(log2(column groups)) bits, which says where its inputs come from and where its sums
 * go. Each is fetched when the group is walked, and so are the numbers of its outputs where they are in an order of
 * their own. Column groups without a row stay in the program, with nothing to walk.
 *
 * @throws MappingError with every problem of the specification
 */
export function compressRows(spec: MatrixSpec, compression: RowCompression, orders: OutputOrders = null): OuProgram {
  requireNone(matrixSpecProblems(spec));

  const { format } = placementShape(spec);
  const groups = compressedGroups(spec, format, compression.keep, orders);
  const indexFormat: RowIndexFormat = { ...compression, wordlines: spec.crossbar.wordlines };
  const outputBits = orders === null ? 0 : bitsFor(spec.outputs);
  const numberBits = compression.repack === 'yes' ? bitsFor(groups.length) : 0;
  const places = compression.repack === 'yes' ? packedPlaces(spec, groups) : groups.map(inPlace);

  const builder = new ProgramBuilder(spec);
  const crossbars: CrossbarBuilder[] = [];
  const crossbarCount = 1 + places.reduce((last, { crossbar }) => Math.max(last, crossbar), 0);
  for (let crossbar = 0; crossbar < crossbarCount; crossbar++) crossbars.push(builder.addCrossbar());

  const rowLists = new KeptRowLists(builder);
  /** With `weights`: row blocks and output groups whose index is counted. */
  const indexed = new Set<number>();
  let storedBits = (orders?.length ?? 0) * spec.outputs * outputBits;
  groups.forEach((group, number) => {
    const { kept, outputs } = group;
    const { slices, sign, rowBlock, outputGroup } = group.placed;
    const { crossbar, firstWordline, firstBitline } = places[number]!;
    // A repacked group without rows is on no crossbar, so that nothing says that it exists.
    const stored = compression.repack === 'no' || kept.length > 0;
    const indexBits = stored ? rowIndexBits(kept, indexFormat) : 0;
    const owner = rowBlock * groups.length + outputGroup;
    if (compression.keep === 'columns' || !indexed.has(owner)) storedBits += indexBits;
    if (compression.keep === 'weights') indexed.add(owner);
    if (stored) storedBits += numberBits;

    const bitlines: number[] = [];
    const outputsOfBitlines: number[] = [];
    const significance: number[] = [];
    for (const output of outputs) {
      for (const slice of slices) {
        bitlines.push(firstBitline + bitlines.length);
        outputsOfBitlines.push(output);
        significance.push(sliceSignificance(format, slice, sign));
      }
    }
    crossbars[crossbar]!.addGroup({
      rowList: rowLists.numberOf(group, firstWordline),
      bitlines,
      outputs: outputsOfBitlines,
      significance,
      indexBits: stored ? indexBits + numberBits + outputs.length * outputBits : 0,
    });
    setLevels(spec, format, group, crossbars[crossbar]!, firstWordline, firstBitline);
  });

  return builder.build({
    indexBits: storedBits,
    inputSumFactor: format.inputSumFactor === 0 ? null : new Float64Array(spec.outputs).fill(format.inputSumFactor),
  });
}

/** The row lists of column groups: those that keep the same rows on the same wordlines share one. */
class KeptRowLists {
  private readonly numbers = new SequenceNumbers();
  private readonly key: Int32Array;
  private readonly wordlines: Int32Array;

  constructor(private readonly builder: ProgramBuilder) {
    const { wordlines } = builder.shape.crossbar;
    this.key = new Int32Array(wordlines + 1);
    this.wordlines = new Int32Array(wordlines);
  }

  numberOf({ kept, placed }: CompressedGroup, firstWordline: number): number {
    const { firstRow, rows } = placed;
    const { numbers, builder, key, wordlines } = this;
    const { length } = kept;
    for (let i = 0; i < length; i++) key[i] = firstRow + kept[i]!;
    // A list of no rows has only its row block to be known by.
    key[length] = length === 0 ? firstRow : firstWordline;
    const known = numbers.count;
    const number = numbers.numberOf(key, length + 1);
    if (number === known) {
      for (let i = 0; i < length; i++) wordlines[i] = firstWordline + i;
      builder.addRowList({ wordlines: wordlines.subarray(0, length), inputs: key.subarray(0, length), span: rows });
    }
    return number;
  }
}

/** Where a column group stands. */
interface Place {
  readonly crossbar: number;
  readonly firstWordline: number;
  readonly firstBitline: number;
}

function inPlace({ placed }: CompressedGroup): Place {
  const { crossbar, firstBitline } = placed;
  return { crossbar, firstWordline: 0, firstBitline };
}

/**
 * Stacks column groups of the same width in strips of that many bitlines, and sets the strips side by side on crossbars.
 * Column groups without rows take no place; they are named on crossbar 0.
 */
function packedPlaces({ crossbar }: MatrixSpec, groups: readonly CompressedGroup[]): Place[] {
  const byWidth = new Map<number, number[]>();
  groups.forEach(({ outputs, placed, kept }, group) => {
    if (kept.length === 0) return;
    const width = outputs.length * placed.slices.length;
    const ofWidth = byWidth.get(width);
    if (ofWidth === undefined) byWidth.set(width, [group]);
    else ofWidth.push(group);
  });

  /** Width of every strip; strip and first wordline of every group with rows. */
  const stripWidths: number[] = [];
  const inStrips = new Map<number, PackedItem>();
  for (const [width, ofWidth] of byWidth) {
    const firstStrip = stripWidths.length;
    const heights = ofWidth.map((group) => groups[group]!.kept.length);
    packDecreasing(heights, crossbar.wordlines).forEach(({ bin, first }, i) => {
      inStrips.set(ofWidth[i]!, { bin: firstStrip + bin, first });
      stripWidths[firstStrip + bin] = width;
    });
  }
  const strips = packDecreasing(stripWidths, crossbar.bitlines);
  return groups.map((_, group): Place => {
    const inStrip = inStrips.get(group);
    if (inStrip === undefined) return { crossbar: 0, firstWordline: 0, firstBitline: 0 };
    const strip = strips[inStrip.bin]!;
    return { crossbar: strip.bin, firstWordline: inStrip.first, firstBitline: strip.first };
  });
}

function compressedGroups(
  spec: MatrixSpec,
  format: WeightFormat,
  keep: KeptRows,
  orders: OutputOrders,
): CompressedGroup[] {
  const runs = outputGroups(spec);
  const stored = format.signs.map((sign) => storedValues(format, spec.weights, sign));
  const keptOfWeights = new Map<number, Int32Array>();
  const rowsKept = new Int32Array(spec.crossbar.wordlines);
  return placedColumnGroups(spec, runs).map((placed): CompressedGroup => {
    const { rowBlock, outputGroup, slices } = placed;
    const copy = stored[format.signs.indexOf(placed.sign)]!;
    const { first, count } = runs[outputGroup]!;
    const order = orderOfBlock(orders, rowBlock);
    const outputs = new Int32Array(count);
    for (let i = 0; i < count; i++) outputs[i] = order?.[first + i] ?? first + i;
    if (keep === 'columns') {
      const kept = nonZeroRows(spec, placed, outputs, [copy], bitsOfSlices(format, slices), rowsKept);
      return { placed, outputs, kept, stored: copy };
    }
    const key = rowBlock * runs.length + outputGroup;
    let kept = keptOfWeights.get(key);
    if (kept === undefined) {
      kept = nonZeroRows(spec, placed, outputs, stored, -1, rowsKept);
      keptOfWeights.set(key, kept);
    }
    return { placed, outputs, kept, stored: copy };
  });
}

/** The bits of a stored value that these slices hold. */
function bitsOfSlices({ bitsPerCell }: WeightFormat, slices: readonly number[]): number {
  return slices.reduce((mask, slice) => mask | (((1 << bitsPerCell) - 1) << (slice * bitsPerCell)), 0);
}

/**
 * Rows of a block, as offsets, in which some copy of some of the outputs stores a bit of the mask.
 *
 * @param kept room for the rows of a block, overwritten
 */
function nonZeroRows(
  { outputs: width }: MatrixSpec,
  { firstRow, rows }: PlacedColumnGroup,
  outputs: Int32Array,
  copies: readonly Int32Array[],
  mask: number,
  kept: Int32Array,
): Int32Array {
  let count = 0;
  for (let row = 0; row < rows; row++) {
    const start = (firstRow + row) * width;
    let any = 0;
    for (let c = 0; c < copies.length; c++) {
      const copy = copies[c]!;
      for (let i = 0; i < outputs.length; i++) any |= copy[start + outputs[i]!]!;
    }
    if ((any & mask) !== 0) kept[count++] = row;
  }
  return kept.slice(0, count);
}

function setLevels(
  spec: MatrixSpec,
  format: WeightFormat,
  { placed: { firstRow, slices }, kept, outputs, stored }: CompressedGroup,
  { levels }: CrossbarBuilder,
  firstWordline: number,
  firstBitline: number,
): void {
  for (let i = 0; i < kept.length; i++) {
    const start = (firstRow + kept[i]!) * spec.outputs;
    let cell = (firstWordline + i) * spec.crossbar.bitlines + firstBitline;
    for (let o = 0; o < outputs.length; o++, cell += slices.length) {
      writeSlices(format, stored[start + outputs[o]!]!, slices, levels, cell);
    }
  }
}
