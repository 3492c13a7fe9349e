import { type CrossbarRange, checkCrossbarRange } from './crossbar-range.js';
import type { OuProgram, RowList } from './ou-program.js';
import { loadWindow, presentedBits } from './presented-inputs.js';

/** Which operations are skipped or re-formed (docs/timing-model.md, rule 2). */
export type Detector = 'none' | 'group' | 'form';

/**
 * What the planes of a window do to the row lists. Each array but the last has the shape [planes][row lists of the
 * scanner]: entry plane * rowLists.length + local row list.
 */
export interface WindowActivity {
  /** OU operations performed per column group that walks the row list. */
  readonly operations: Int32Array;
  /** Rows inside those operations, summed. */
  readonly rows: Int32Array;
  /** Rows driven with a non-zero digit. */
  readonly driven: Int32Array;
  /**
   * Operations of all planes together, per column group, that a detector of the same kind would leave that saw only
   * whether an input is zero and not its digits; shape [row lists of the scanner].
   */
  readonly nonZeroOperations: Int32Array;
}

/** Rows that a byte-wide counter can count before it has to be read. */
const ROWS_PER_COUNT = 255;

/** For four bits, a 32-bit word with one byte each, the least significant bit in the lowest byte. */
const BYTE_PER_BIT = Int32Array.from({ length: 16 }, (_, nibble) => {
  let word = 0;
  for (let bit = 0; bit < 4; bit++) word |= ((nibble >>> bit) & 1) << (8 * bit);
  return word;
});

/** Finds what a detector leaves of the operations of a range of crossbars, window by window. */
export class ActivityScanner {
  /** Row lists that the column groups of these crossbars walk: indices into `program.rowLists`, ascending. */
  readonly rowLists: Int32Array;

  private readonly program: OuProgram;
  private readonly detector: Detector;
  private readonly lists: readonly RowList[];
  private readonly window: Int32Array;
  /** The lowest bits of all planes' digits. */
  private readonly lowestBits: number;
  /** The lowest bit of each non-zero digit, per row of the running row list. */
  private readonly drivenBits: Int32Array;
  /** Driven rows per bit of `drivenBits`: four bits a word, one byte each. */
  private readonly counters: Int32Array;

  /**
   * @throws RangeError where the crossbars do not lie within the program, or it presents inputs of more than 30 bits.
   */
  constructor(program: OuProgram, crossbars: CrossbarRange, detector: Detector) {
    checkCrossbarRange(program, crossbars);
    const bits = presentedBits(program);
    const walked = new Set<number>();
    for (const { groups } of program.crossbars.slice(crossbars.first, crossbars.first + crossbars.count)) {
      for (const { rowList } of groups) walked.add(rowList);
    }
    this.program = program;
    this.detector = detector;
    this.rowLists = Int32Array.from(walked).sort();
    this.lists = Array.from(this.rowLists, (rowList) => program.rowLists[rowList]!);
    this.window = new Int32Array(program.inputs);
    let lowestBits = 0;
    for (let plane = 0; plane < program.planes; plane++) lowestBits |= 1 << (plane * program.bitsPerPlane);
    this.lowestBits = lowestBits;
    this.drivenBits = new Int32Array(this.lists.reduce((most, { inputs }) => Math.max(most, inputs.length), 0));
    this.counters = new Int32Array(Math.ceil(bits / 4));
  }

  /** An activity of the right shape for `scan` to fill. */
  createActivity(): WindowActivity {
    const entries = this.program.planes * this.rowLists.length;
    return {
      operations: new Int32Array(entries),
      rows: new Int32Array(entries),
      driven: new Int32Array(entries),
      nonZeroOperations: new Int32Array(this.rowLists.length),
    };
  }

  /**
   * Overwrites `into` with the activity of one window of K unsigned inputs.
   *
   * @throws RangeError for a window of another length or an input that is not an unsigned integer of `inputBits` bits.
   */
  scan(window: ArrayLike<number>, into: WindowActivity): void {
    loadWindow(this.program, window, this.window);
    into.operations.fill(0);
    into.rows.fill(0);
    into.driven.fill(0);
    into.nonZeroOperations.fill(0);
    for (let list = 0; list < this.lists.length; list++) {
      this.findDriven(list);
      this.countDriven(list, into);
      if (this.detector === 'none') this.performAll(list, into);
      else if (this.detector === 'group') this.performDrivenBatches(list, into);
      else this.performFormed(list, into);
    }
  }

  private findDriven(list: number): void {
    const { inputs, shifts } = this.lists[list]!;
    const { window, drivenBits, lowestBits } = this;
    const { bitsPerPlane } = this.program;
    for (let row = 0; row < inputs.length; row++) {
      const presented = window[inputs[row]!]! << shifts[row]!;
      let any = presented;
      for (let bit = 1; bit < bitsPerPlane; bit++) any |= presented >>> bit;
      drivenBits[row] = any & lowestBits;
    }
  }

  private countDriven(list: number, { driven }: WindowActivity): void {
    const { drivenBits, counters } = this;
    const { planes, bitsPerPlane } = this.program;
    const rows = this.lists[list]!.inputs.length;
    for (let first = 0; first < rows; first += ROWS_PER_COUNT) {
      const end = Math.min(first + ROWS_PER_COUNT, rows);
      counters.fill(0);
      for (let row = first; row < end; row++) {
        const bits = drivenBits[row]!;
        for (let word = 0; word < counters.length; word++) {
          counters[word] = counters[word]! + BYTE_PER_BIT[(bits >>> (4 * word)) & 15]!;
        }
      }
      for (let plane = 0, entry = list; plane < planes; plane++, entry += this.lists.length) {
        const bit = plane * bitsPerPlane;
        driven[entry] = driven[entry]! + ((counters[bit >>> 2]! >>> (8 * (bit & 3))) & 0xff);
      }
    }
  }

  private performDrivenBatches(list: number, { operations, rows, nonZeroOperations }: WindowActivity): void {
    const { drivenBits } = this;
    const { planes, bitsPerPlane, ouWordlines } = this.program;
    const length = this.lists[list]!.inputs.length;
    for (let first = 0; first < length; first += ouWordlines) {
      const end = Math.min(first + ouWordlines, length);
      let anyRow = 0;
      for (let row = first; row < end; row++) anyRow |= drivenBits[row]!;
      if (anyRow === 0) continue;
      nonZeroOperations[list]! += planes;
      for (let plane = 0, entry = list; plane < planes; plane++, entry += this.lists.length) {
        const performed = (anyRow >>> (plane * bitsPerPlane)) & 1;
        operations[entry] = operations[entry]! + performed;
        rows[entry] = rows[entry]! + performed * (end - first);
      }
    }
  }

  private performAll(list: number, { operations, rows, nonZeroOperations }: WindowActivity): void {
    const length = this.lists[list]!.inputs.length;
    const batches = Math.ceil(length / this.program.ouWordlines);
    for (let entry = list; entry < operations.length; entry += this.lists.length) {
      operations[entry] = batches;
      rows[entry] = length;
    }
    nonZeroOperations[list] = batches * this.program.planes;
  }

  private performFormed(list: number, { operations, rows, driven, nonZeroOperations }: WindowActivity): void {
    const { planes, ouWordlines } = this.program;
    for (let entry = list; entry < operations.length; entry += this.lists.length) {
      operations[entry] = Math.ceil(driven[entry]! / ouWordlines);
      rows[entry] = driven[entry]!;
    }
    const length = this.lists[list]!.inputs.length;
    let nonZero = 0;
    for (let row = 0; row < length; row++) if (this.drivenBits[row] !== 0) nonZero++;
    nonZeroOperations[list] = Math.ceil(nonZero / ouWordlines) * planes;
  }
}

/**
 * Operations that these crossbars perform in a window without a detector.
 *
 * @throws RangeError where the crossbars do not lie within the program.
 */
export function denseOperationsPerWindow(program: OuProgram, crossbars: CrossbarRange): number {
  return operationsPerWindow(program, crossbars, ({ inputs }) => inputs.length);
}

/**
 * Operations that these crossbars would perform in a window without a detector, if every column group walked the whole
 * span of its row list: without row compression. Columns that a mapping left out are not counted.
 *
 * @throws RangeError where the crossbars do not lie within the program, or a row list has more rows than it spans.
 */
export function uncompressedOperationsPerWindow(program: OuProgram, crossbars: CrossbarRange): number {
  program.rowLists.forEach(({ inputs, span }, list) => {
    if (span >= inputs.length) return;
    throw new RangeError(`OU program: row list ${list} spans ${span} rows; allowed at least its own ${inputs.length}`);
  });
  return operationsPerWindow(program, crossbars, ({ span }) => span);
}

function operationsPerWindow(
  program: OuProgram,
  crossbars: CrossbarRange,
  rowsOf: (rowList: RowList) => number,
): number {
  checkCrossbarRange(program, crossbars);
  let operations = 0;
  for (const { groups } of program.crossbars.slice(crossbars.first, crossbars.first + crossbars.count)) {
    for (const { rowList } of groups) {
      operations += program.planes * Math.ceil(rowsOf(program.rowLists[rowList]!) / program.ouWordlines);
    }
  }
  return operations;
}
