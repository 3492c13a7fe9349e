/**
 * The OU program: the one language between the papers' compilers (`mapping/`) and the machine (`components/`).
 *
 * It says, for each crossbar, which cells hold which level, and which operation-unit (OU) operations exist: which
 * wordlines (each with the logical input it carries and that input's shift) and which bitlines (each with the logical
 * output it feeds, its significance, and whether its cells are stored complemented).
 *
 * Operations are not listed one by one. They follow from the column groups: for every window, input bit-plane (least
 * significant first) and column group (ascending), the group's row list is cut into batches of `ouWordlines` rows, and
 * each batch is one operation (docs/timing-model.md). Dynamic OU formation cuts the *driven* rows instead, so that a list of
 * fixed operations could not express it.
 */

/** The wordlines that a column group walks, in program order. Shared by all groups that walk the same rows. */
export interface RowList {
  /** Physical wordline of each row, within its crossbar. */
  readonly wordlines: Int32Array;
  /** Logical input (0 .. program.inputs - 1) that each row carries. */
  readonly inputs: Int32Array;
  /** Left shift of that input in bits; the row presents input x as x * 2^shift. 0 in plain mappings. */
  readonly shifts: Uint8Array;
  /**
   * Rows that the walk would have without row compression: those of its row block. At least the list's own rows; more
   * where compression left rows out.
   */
  readonly span: number;
}

/** A run of at most `ouBitlines` adjacent used bitlines that are read together. */
export interface ColumnGroup {
  /** Index into `OuProgram.rowLists`. */
  readonly rowList: number;
  /** Physical bitlines of the crossbar, ascending. */
  readonly bitlines: Int32Array;
  /** Logical output (0 .. program.outputs - 1) that each bitline feeds. */
  readonly outputs: Int32Array;
  /** Signed weight of a code of this bitline in its output, without the input plane's own weight: sign * 2^k. */
  readonly significance: Float64Array;
  /** 1 where the cells hold (2^bitsPerCell - 1) - level; the code is then complemented digitally. */
  readonly complement: Uint8Array;
  /**
   * Index bits fetched to find the wordlines and bitlines of the group's operations, each time that the group is walked:
   * once in every plane of every window. 0 where they follow from the place alone, as in dense mappings.
   */
  readonly indexBits: number;
}

export interface CrossbarProgram {
  /** Cell levels, shape [wordlines][bitlines] row-major, each 0 .. 2^bitsPerCell - 1. */
  readonly levels: Uint8Array;
  /** Column groups in the order in which they are read. */
  readonly groups: readonly ColumnGroup[];
}

/** A part of a block-diagonal matrix: the outputs in it read no other inputs. */
export interface DiagonalBlock {
  readonly firstInput: number;
  readonly inputs: number;
  readonly firstOutput: number;
  readonly outputs: number;
}

export interface OuProgram {
  /** K: logical inputs of a window, unsigned integers of `inputBits` bits. */
  readonly inputs: number;
  /** M: logical outputs of a window. */
  readonly outputs: number;
  readonly inputBits: number;
  readonly bitsPerPlane: number;
  /** Input bit-planes of a window: ceil((inputBits + largest shift) / bitsPerPlane). */
  readonly planes: number;
  readonly bitsPerCell: number;
  readonly wordlines: number;
  readonly bitlines: number;
  readonly ouWordlines: number;
  readonly ouBitlines: number;
  readonly rowLists: readonly RowList[];
  readonly crossbars: readonly CrossbarProgram[];
  /**
   * Digital correction per output, outside the ADC and at no conversion: output m gains
   * `inputSumFactor[m]` * (sum of the window's inputs). Null where the encoding needs none.
   */
  readonly inputSumFactor: Float64Array | null;
  /**
   * Blocks of a block-diagonal matrix that were mapped each for itself, in order, covering all inputs and outputs: an output
   * gains from the sum of its own block's inputs. Left out: one block, of all inputs.
   */
  readonly inputSumBlocks?: readonly DiagonalBlock[];
  /** Cells that hold placed weights, whatever their level. */
  readonly cellsUsed: number;
  /** Bits of index storage that the mapping needs beside the cells (0 for dense mappings): stored, not fetched. */
  readonly indexBits: number;
}

/** The blocks over whose inputs `inputSumFactor` sums: one of everything where the program names none. */
export function inputSumBlocksOf({ inputSumBlocks, inputs, outputs }: OuProgram): readonly DiagonalBlock[] {
  return inputSumBlocks ?? [{ firstInput: 0, inputs, firstOutput: 0, outputs }];
}
