import type { MatrixShape } from './matrix-spec.js';
import type { ColumnGroup, CrossbarProgram, OuProgram, RowList } from './ou-program.js';
import { SharedArrays } from './shared-arrays.js';

/** A row list to be added; wordlines and inputs have one entry a row. */
export interface RowListDescription {
  readonly wordlines: ArrayLike<number>;
  readonly inputs: ArrayLike<number>;
  /** Left out: no shifts. */
  readonly shifts?: ArrayLike<number>;
  /** Left out: the list's own rows, as where nothing was left out. */
  readonly span?: number;
}

/** A column group to be added; all lists have one entry a bitline. */
export interface ColumnGroupDescription {
  readonly rowList: number;
  readonly bitlines: ArrayLike<number>;
  readonly outputs: ArrayLike<number>;
  readonly significance: ArrayLike<number>;
  /** Left out: nothing is stored complemented. */
  readonly complement?: ArrayLike<number>;
  /** Left out: 0. */
  readonly indexBits?: number;
}

/**
 * Puts an OU program together, for schemes that place operation units themselves. Row lists and column groups with equal
 * wordlines, bitlines, outputs and so on share one array of them: most do, and a network has some 100,000 of each.
 */
export class ProgramBuilder {
  private readonly rowLists: RowList[] = [];
  private readonly crossbars: CrossbarBuilder[] = [];
  private readonly shared = new SharedArrays();
  private largestShift = 0;

  constructor(readonly shape: MatrixShape) {}

  /** Adds a row list and returns its number. */
  addRowList({ wordlines, inputs, shifts, span }: RowListDescription): number {
    const { shared } = this;
    for (let i = 0; shifts !== undefined && i < shifts.length; i++) {
      this.largestShift = Math.max(this.largestShift, shifts[i]!);
    }
    this.rowLists.push({
      wordlines: shared.int32(wordlines),
      inputs: new Int32Array(inputs),
      shifts: shifts === undefined ? shared.zeros(inputs.length) : shared.uint8(shifts),
      span: span ?? inputs.length,
    });
    return this.rowLists.length - 1;
  }

  addCrossbar(): CrossbarBuilder {
    const { wordlines, bitlines } = this.shape.crossbar;
    const crossbar = new CrossbarBuilder(wordlines, bitlines, this.shared);
    this.crossbars.push(crossbar);
    return crossbar;
  }

  /**
   * The program of all that was added. One without a crossbar, of a matrix of which nothing is stored, gets an empty one, so
   * that its windows have somewhere to go.
   *
   * @param indexBits bits stored beside the cells
   * @param inputSumFactor what each output gains per unit of the sum of the inputs; null for nothing
   */
  build({
    indexBits = 0,
    inputSumFactor = null,
  }: {
    readonly indexBits?: number;
    readonly inputSumFactor?: Float64Array | null;
  } = {}): OuProgram {
    if (this.crossbars.length === 0) this.addCrossbar();
    const { shape, rowLists, crossbars, largestShift } = this;
    return {
      inputs: shape.rows,
      outputs: shape.outputs,
      inputBits: shape.inputBits,
      bitsPerPlane: shape.bitsPerPlane,
      planes: Math.ceil((shape.inputBits + largestShift) / shape.bitsPerPlane),
      bitsPerCell: shape.crossbar.bitsPerCell,
      wordlines: shape.crossbar.wordlines,
      bitlines: shape.crossbar.bitlines,
      ouWordlines: shape.ou.wordlines,
      ouBitlines: shape.ou.bitlines,
      rowLists,
      crossbars: crossbars.map(({ levels, groups }): CrossbarProgram => ({ levels, groups })),
      inputSumFactor,
      cellsUsed: crossbars.reduce((cells, crossbar) => cells + cellsWalked(crossbar, rowLists), 0),
      indexBits,
    };
  }
}

/** One crossbar of a program under construction. */
export class CrossbarBuilder {
  /** Shape [wordlines][bitlines] row-major. */
  readonly levels: Uint8Array;
  readonly groups: ColumnGroup[] = [];

  constructor(
    wordlines: number,
    private readonly bitlines: number,
    private readonly shared: SharedArrays,
  ) {
    this.levels = new Uint8Array(wordlines * bitlines);
  }

  setLevel(wordline: number, bitline: number, level: number): void {
    this.levels[wordline * this.bitlines + bitline] = level;
  }

  /** Appends a column group; groups are read in the order in which they were added. */
  addGroup({ rowList, bitlines, outputs, significance, complement, indexBits }: ColumnGroupDescription): void {
    const { shared } = this;
    this.groups.push({
      rowList,
      bitlines: shared.int32(bitlines),
      outputs: shared.int32(outputs),
      significance: shared.float64(significance),
      complement: complement === undefined ? shared.zeros(bitlines.length) : shared.uint8(complement),
      indexBits: indexBits ?? 0,
    });
  }
}

/** Cells that some column group walks; groups of a crossbar never share a cell. */
function cellsWalked({ groups }: CrossbarBuilder, rowLists: readonly RowList[]): number {
  return groups.reduce((cells, group) => cells + group.bitlines.length * rowLists[group.rowList]!.wordlines.length, 0);
}
