import { sliceLevel, sliceSignificance, storedValue, type WeightFormat } from '../encoding.js';
import { requireNone } from '../mapping-error.js';
import { type MatrixSpec, matrixSpecProblems } from '../matrix-spec.js';
import type { OuProgram } from '../ou-program.js';
import { type CrossbarBuilder, ProgramBuilder } from '../program-builder.js';
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
interface CompressedGroup extends PlacedColumnGroup {
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

  const rowLists = new Map<string, number>();
  const indexed = new Set<string>();
  let storedBits = (orders?.length ?? 0) * spec.outputs * outputBits;
  groups.forEach((group, number) => {
    const { kept, outputs, slices, firstRow, rows } = group;
    const { crossbar, firstWordline, firstBitline } = places[number]!;
    const key = `${firstRow} ${firstWordline} ${kept.join()}`;
    let rowList = rowLists.get(key);
    if (rowList === undefined) {
      const wordlines = kept.map((_, i) => firstWordline + i);
      rowList = builder.addRowList({ wordlines, inputs: kept.map((row) => firstRow + row), span: rows });
      rowLists.set(key, rowList);
    }

    // A repacked group without rows is on no crossbar, so that nothing says that it exists.
    const stored = compression.repack === 'no' || kept.length > 0;
    const indexBits = stored ? rowIndexBits(kept, indexFormat) : 0;
    const owner = compression.keep === 'weights' ? `${group.rowBlock} ${group.outputGroup}` : `${number}`;
    if (!indexed.has(owner)) storedBits += indexBits;
    indexed.add(owner);
    if (stored) storedBits += numberBits;

    const length = outputs.length * slices.length;
    const columns = Array.from({ length }, (_, i) => ({
      output: outputs[Math.floor(i / slices.length)]!,
      slice: slices[i % slices.length]!,
    }));
    crossbars[crossbar]!.addGroup({
      rowList,
      bitlines: columns.map((_, i) => firstBitline + i),
      outputs: columns.map(({ output }) => output),
      significance: columns.map(({ slice }) => sliceSignificance(format, slice, group.sign)),
      indexBits: stored ? indexBits + numberBits + outputs.length * outputBits : 0,
    });
    setLevels(spec, format, group, crossbars[crossbar]!, firstWordline, firstBitline);
  });

  return builder.build({
    indexBits: storedBits,
    inputSumFactor: format.inputSumFactor === 0 ? null : new Float64Array(spec.outputs).fill(format.inputSumFactor),
  });
}

/** Where a column group stands. */
interface Place {
  readonly crossbar: number;
  readonly firstWordline: number;
  readonly firstBitline: number;
}

function inPlace({ crossbar, firstBitline }: CompressedGroup): Place {
  return { crossbar, firstWordline: 0, firstBitline };
}

/**
 * Stacks column groups of the same width in strips of that many bitlines, and sets the strips side by side on crossbars.
 * Column groups without rows take no place; they are named on crossbar 0.
 */
function packedPlaces({ crossbar }: MatrixSpec, groups: readonly CompressedGroup[]): Place[] {
  const byWidth = new Map<number, number[]>();
  groups.forEach(({ outputs, slices, kept }, group) => {
    if (kept.length === 0) return;
    const width = outputs.length * slices.length;
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
  const stored = format.signs.map((sign) => spec.weights.map((weight) => storedValue(format, weight, sign)));
  const keptOfWeights = new Map<string, Int32Array>();
  return placedColumnGroups(spec, runs).map((group): CompressedGroup => {
    const { rowBlock, outputGroup, slices } = group;
    const copy = stored[format.signs.indexOf(group.sign)]!;
    const { first, count } = runs[outputGroup]!;
    const order = orderOfBlock(orders, rowBlock);
    const outputs = Int32Array.from({ length: count }, (_, i) => order?.[first + i] ?? first + i);
    if (keep === 'columns') {
      const kept = nonZeroRows(spec, group, outputs, [copy], bitsOfSlices(format, slices));
      return { ...group, outputs, kept, stored: copy };
    }
    const key = `${rowBlock} ${outputGroup}`;
    let kept = keptOfWeights.get(key);
    if (kept === undefined) {
      kept = nonZeroRows(spec, group, outputs, stored, -1);
      keptOfWeights.set(key, kept);
    }
    return { ...group, outputs, kept, stored: copy };
  });
}

/** The bits of a stored value that these slices hold. */
function bitsOfSlices({ bitsPerCell }: WeightFormat, slices: readonly number[]): number {
  return slices.reduce((mask, slice) => mask | (((1 << bitsPerCell) - 1) << (slice * bitsPerCell)), 0);
}

/** Rows of a block, as offsets, in which some copy of some of the outputs stores a bit of the mask. */
function nonZeroRows(
  { outputs: width }: MatrixSpec,
  { firstRow, rows }: PlacedColumnGroup,
  outputs: Int32Array,
  copies: readonly Int32Array[],
  mask: number,
): Int32Array {
  const kept = new Int32Array(rows);
  let count = 0;
  for (let row = 0; row < rows; row++) {
    const start = (firstRow + row) * width;
    let any = 0;
    for (const copy of copies) for (let i = 0; i < outputs.length; i++) any |= copy[start + outputs[i]!]!;
    if ((any & mask) !== 0) kept[count++] = row;
  }
  return kept.slice(0, count);
}

function setLevels(
  spec: MatrixSpec,
  format: WeightFormat,
  { firstRow, kept, outputs, slices, stored }: CompressedGroup,
  crossbar: CrossbarBuilder,
  firstWordline: number,
  firstBitline: number,
): void {
  for (let i = 0; i < kept.length; i++) {
    let bitline = firstBitline;
    for (const output of outputs) {
      const value = stored[(firstRow + kept[i]!) * spec.outputs + output]!;
      for (const slice of slices) crossbar.setLevel(firstWordline + i, bitline++, sliceLevel(format, value, slice));
    }
  }
}
