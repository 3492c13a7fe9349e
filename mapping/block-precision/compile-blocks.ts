import type { Sign } from '../encoding.js';
import { MappingError } from '../mapping-error.js';
import type { MatrixSpec } from '../matrix-spec.js';
import type { OuProgram } from '../ou-program.js';
import { type CrossbarBuilder, ProgramBuilder } from '../program-builder.js';
import { type BlockFormat, blockFormat, storedBits } from './block-format.js';
import { type BlockGrid, blockGrid } from './block-grid.js';
import { misfits } from './block-integers.js';
import { encodeLookUpTable, type LutEntry, lutEntryBits } from './look-up-table.js';
import {
  type PackedBlock,
  type PackedStrip,
  type Packing,
  packBlocks,
  stripSizes,
  takesCrossbar,
} from './pack-blocks.js';
import type { PrecisionTables } from './precision-tables.js';

export interface BlockPlacement {
  readonly packing: Packing;
  /** Null: no look-up table; the controller knows the precision of every block by itself. */
  readonly lutEntry: LutEntry | null;
}

/**
 * Precision-aware mapping (BWQ, TCAD 2024, Section IV): an operation unit holds one bit-slice of all weights of a block,
 * and a block of precision p takes p of them side by side (with 1-bit cells), most significant first. They are read for
 * each row of blocks, for each block, for each bit, and blocks without bits are passed over.
 *
 * The activation bit is the outermost loop here, as everywhere in this machine: a row of blocks is walked once per plane,
 * and so is the look-up table. The paper does not place that loop; the number of operations is the same.
 *
 * @param spec valid (`matrixSpecProblems` finds nothing)
 * @throws MappingError where weights do not fit the precision of their block
 */
export function compileBlocks(spec: MatrixSpec, tables: PrecisionTables, placement: BlockPlacement): OuProgram {
  const format = blockFormat(spec, spec.weightBits - 1);
  const grid = blockGrid(spec);
  const misfitting = misfits(spec.weights, format, grid, tables);
  if (misfitting.length > 0) throw new MappingError(misfitting);
  const packed = packBlocks(tables, format, grid, stripSizes(spec), placement.packing);
  const entryBits = placement.lutEntry === null ? 0 : lutEntryBits(placement.lutEntry, packed, format);

  const builder = new ProgramBuilder(spec);
  const writer = new BlockWriter(spec, format, tables, builder);
  let indexBits = 0;
  for (const part of packed) {
    indexBits += encodeLookUpTable(part.strips, entryBits).length;
    if (!takesCrossbar(part)) continue;
    const crossbar = builder.addCrossbar();
    for (const read of blocksRead(part.strips)) writer.write(part.copy, read, read.entries * entryBits, crossbar);
  }
  return builder.build({ indexBits });
}

/** A block that is read, and where. */
interface BlockRead {
  readonly blockRow: number;
  readonly strip: number;
  readonly block: PackedBlock;
  /** Operation units of the strip before it. */
  readonly unit: number;
  /** Entries of the look-up table fetched on the way: its own and those of vanished blocks. */
  entries: number;
}

/** The blocks of a crossbar that take operation units. The last one also fetches the entries behind it. */
function blocksRead(strips: readonly PackedStrip[]): BlockRead[] {
  const reads: BlockRead[] = [];
  let entries = 0;
  for (const { blockRow, strip, blocks } of strips) {
    let unit = 0;
    for (const block of blocks) {
      entries++;
      if (block.slices === 0) continue;
      reads.push({ blockRow, strip, block, unit, entries });
      entries = 0;
      unit += block.slices;
    }
  }
  reads.at(-1)!.entries += entries;
  return reads;
}

/** Writes blocks into crossbars. Lists that many column groups have in common are made once. */
class BlockWriter {
  private readonly grid: BlockGrid;
  private readonly rowLists = new Map<number, number>();
  private readonly bitlines = new Map<number, Int32Array>();
  private readonly outputs = new Map<number, Int32Array>();
  private readonly significances = new Map<number, Float64Array>();
  private readonly plain: Uint8Array;

  constructor(
    private readonly spec: MatrixSpec,
    private readonly format: BlockFormat,
    private readonly tables: PrecisionTables,
    private readonly builder: ProgramBuilder,
  ) {
    this.grid = blockGrid(spec);
    this.plain = new Uint8Array(spec.ou.bitlines);
  }

  write(copy: number, read: BlockRead, indexBits: number, crossbar: CrossbarBuilder): void {
    const { blockRow, strip, block, unit } = read;
    const precision = this.tables[copy]![blockRow * this.grid.blockColumns + block.blockColumn]!;
    this.writeCells(copy, read, precision, crossbar);
    const outputs = this.outputsOf(block.blockColumn);
    for (let place = 0; place < block.slices; place++) {
      const slice = block.lowestSlice + block.slices - 1 - place;
      crossbar.groups.push({
        rowList: this.rowListOf(blockRow, strip),
        bitlines: this.bitlinesOf(unit + place).subarray(0, outputs.length),
        outputs,
        significance: this.significanceOf(copy, slice, precision).subarray(0, outputs.length),
        complement: this.plain.subarray(0, outputs.length),
        indexBits: place === 0 ? indexBits : 0,
      });
    }
  }

  private writeCells(
    copy: number,
    { blockRow, strip, block, unit }: BlockRead,
    precision: number,
    crossbar: CrossbarBuilder,
  ): void {
    const { spec, format, grid } = this;
    const { bitsPerCell } = format;
    const levels = 2 ** bitsPerCell - 1;
    const outputs = this.outputsOf(block.blockColumn);
    const firstRow = blockRow * grid.wordlines;
    const endRow = Math.min(firstRow + grid.wordlines, grid.rows);
    for (let k = firstRow; k < endRow; k++) {
      const wordline = strip * grid.wordlines + k - firstRow;
      for (let i = 0; i < outputs.length; i++) {
        const stored = storedBits(format, spec.weights[k * grid.outputs + outputs[i]!]!, copy, precision);
        if (stored === 0) continue;
        for (let place = 0; place < block.slices; place++) {
          const slice = block.lowestSlice + block.slices - 1 - place;
          const level = (stored >>> (slice * bitsPerCell)) & levels;
          crossbar.setLevel(wordline, (unit + place) * grid.bitlines + i, level);
        }
      }
    }
  }

  private rowListOf(blockRow: number, strip: number): number {
    const { grid, builder, rowLists } = this;
    return getOrAdd(rowLists, blockRow * this.spec.crossbar.wordlines + strip, () => {
      const first = blockRow * grid.wordlines;
      const length = Math.min(grid.wordlines, grid.rows - first);
      return builder.addRowList({
        wordlines: run(strip * grid.wordlines, length),
        inputs: run(first, length),
      });
    });
  }

  private bitlinesOf(unit: number): Int32Array {
    return getOrAdd(this.bitlines, unit, () => run(unit * this.grid.bitlines, this.grid.bitlines));
  }

  private outputsOf(blockColumn: number): Int32Array {
    const { bitlines, outputs } = this.grid;
    const first = blockColumn * bitlines;
    return getOrAdd(this.outputs, blockColumn, () => run(first, Math.min(bitlines, outputs - first)));
  }

  private significanceOf(copy: number, slice: number, precision: number): Float64Array {
    const { signs, signBit, bitsPerCell } = this.format;
    const negative = signBit && slice === precision - 1;
    const sign: Sign = negative ? -1 : signs[copy]!;
    return getOrAdd(this.significances, sign * (slice + 1), () =>
      new Float64Array(this.grid.bitlines).fill(sign * 2 ** (slice * bitsPerCell)),
    );
  }
}

function getOrAdd<V>(map: Map<number, V>, key: number, make: () => V): V {
  let value = map.get(key);
  if (value === undefined) {
    value = make();
    map.set(key, value);
  }
  return value;
}

function run(first: number, length: number): Int32Array {
  return Int32Array.from({ length }, (_, i) => first + i);
}
