import type { Detector } from './activity.js';
import type { OuProgram } from './ou-program.js';
import { presentedBits } from './presented-inputs.js';
import { SequenceNumbers } from './sequence-numbers.js';
import { type BatchCounter, MOST_COUNT } from './window-work/batch-counter.js';
import { type CrossbarClass, crossbarClasses, type SegmentKey } from './window-work/crossbar-classes.js';
import { type DistinctRowLists, distinctRowLists } from './window-work/distinct-row-lists.js';
import { FixedBatches } from './window-work/fixed-batches.js';
import { FormedBatches } from './window-work/formed-batches.js';
import type { ListWork } from './window-work/list-work.js';
import { patternParts } from './window-work/pattern-parts.js';
import { PresentedRows } from './window-work/presented-rows.js';

export type { CrossbarClass } from './window-work/crossbar-classes.js';

/** Totals over windows and their planes, by row list of the program; of one column group that walks the list. */
export interface RowListTotals {
  /** OU operations performed. */
  readonly operations: Float64Array;
  /** Rows inside those operations. */
  readonly rows: Float64Array;
  /** Rows driven with a non-zero digit. */
  readonly driven: Float64Array;
  /** Operations that a detector of the same kind would leave that saw only whether an input is zero. */
  readonly nonZeroOperations: Float64Array;
}

/**
 * How many OU operations every crossbar of a program performs, window by window and plane by plane: the counts of
 * `ActivityScanner`, for all crossbars at once and without its operation-by-operation detail.
 */
export class WindowWork {
  /** Input planes of a window. */
  readonly planes: number;
  /** A pattern is a sum of row lists with multiplicities; equal sums are one pattern. */
  readonly patterns: number;
  /** By crossbar of the program: the number of its class. */
  readonly classOf: Int32Array;
  /** A crossbar without column groups has a class without segments. */
  readonly classes: readonly CrossbarClass[];

  private readonly program: OuProgram;
  /** What counts windows; null without a detector, which leaves nothing to count. */
  private readonly counting: Counting | null;
  /** Without a detector, by pattern: its operations in every plane. */
  private readonly denseOperations: Int32Array;

  /**
   * @throws RangeError for a program that presents inputs of more than 30 bits or whose planes do not cover them, and with
   *   a detector for a row list of more than 65 535 rows.
   */
  constructor(program: OuProgram, detector: Detector) {
    presentedBits(program);
    this.program = program;
    this.planes = program.planes;
    const patterns = new SequenceNumbers();
    if (detector === 'none') {
      const { classOf, classes } = crossbarClasses(program, sumOfBatches(program), patterns);
      this.classOf = classOf;
      this.classes = classes;
      this.counting = null;
      this.denseOperations = Int32Array.from(
        { length: patterns.count },
        (_, pattern) => patterns.sequence(pattern)[0]!,
      );
    } else {
      const presented = new PresentedRows(program);
      requireShortLists(program);
      const rowLists = distinctRowLists(program, presented, detector);
      const { classOf, classes } = crossbarClasses(program, sumOfLists(rowLists), patterns);
      this.classOf = classOf;
      this.classes = classes;
      const { ouWordlines } = program;
      const parts = patternParts(patterns, rowLists, ouWordlines, MOST_COUNT);
      const sizes = { presentedRows: presented.count, ouWordlines, patterns: patterns.count, parts };
      const counter = detector === 'form' ? new FormedBatches(sizes, rowLists) : new FixedBatches(sizes, rowLists);
      this.counting = { presented, listOf: rowLists.listOf, counter };
      this.denseOperations = new Int32Array(0);
    }
    this.patterns = patterns.count;
  }

  /** Totals of no window. */
  createTotals(): RowListTotals {
    const lists = this.program.rowLists.length;
    return {
      operations: new Float64Array(lists),
      rows: new Float64Array(lists),
      driven: new Float64Array(lists),
      nonZeroOperations: new Float64Array(lists),
    };
  }

  /**
   * With a detector: writes the operations of a window, shape [planes][patterns], and adds it to the totals if there are any.
   *
   * @throws RangeError for a window of another length or an input that is not an unsigned integer of `inputBits` bits.
   */
  scan(window: Int32Array, operations: Int32Array, totals: RowListTotals | null): void {
    if (this.counting === null) throw new Error('WindowWork.scan: got a program without a detector: see fillDense');
    const { presented, listOf, counter } = this.counting;
    const drivenPlanes = presented.load(window, counter.driven);
    counter.count(drivenPlanes, operations, totals !== null);
    if (totals !== null) addLists(listOf, counter.lists, this.planes, totals);
  }

  /** Detector none: the operations of every window, shape [planes][patterns]. */
  fillDense(operations: Int32Array): void {
    this.requireNoDetector('fillDense');
    for (let plane = 0; plane < this.planes; plane++) operations.set(this.denseOperations, plane * this.patterns);
  }

  /** Detector none: totals of this many windows but `driven`, which depends on the inputs (see `DrivenRows`) and stays 0. */
  denseTotals(windows: number): RowListTotals {
    this.requireNoDetector('denseTotals');
    const totals = this.createTotals();
    const { operations, rows, nonZeroOperations } = totals;
    const { planes, program } = this;
    program.rowLists.forEach(({ inputs }, list) => {
      const performed = windows * planes * Math.ceil(inputs.length / program.ouWordlines);
      operations[list] = performed;
      nonZeroOperations[list] = performed;
      rows[list] = windows * planes * inputs.length;
    });
    return totals;
  }

  private requireNoDetector(method: string): void {
    if (this.counting === null) return;
    throw new Error(
      `WindowWork.${method}: got a program with a detector; allowed only without, where windows are alike`,
    );
  }
}

function requireShortLists({ rowLists }: OuProgram): void {
  rowLists.forEach(({ inputs }, list) => {
    if (inputs.length <= MOST_COUNT) return;
    throw new RangeError(
      `OU program: row list ${list} has ${inputs.length} rows; allowed at most ${MOST_COUNT} where a detector looks at them`,
    );
  });
}

interface Counting {
  readonly presented: PresentedRows;
  /** By row list of the program: its distinct list. */
  readonly listOf: Int32Array;
  readonly counter: BatchCounter;
}

function addLists(listOf: Int32Array, lists: ListWork, planes: number, totals: RowListTotals): void {
  const { operations, rows, driven, nonZeroOperations } = totals;
  for (let list = 0; list < listOf.length; list++) {
    const distinct = listOf[list]!;
    operations[list] = operations[list]! + lists.operations[distinct]!;
    rows[list] = rows[list]! + lists.rows[distinct]!;
    driven[list] = driven[list]! + lists.driven[distinct]!;
    nonZeroOperations[list] = nonZeroOperations[list]! + planes * lists.nonZeroBatches[distinct]!;
  }
}

/** Without a detector, only the number of a segment's operations matters. */
function sumOfBatches({ rowLists, ouWordlines }: OuProgram): SegmentKey {
  return (segment, length) => {
    let operations = 0;
    for (let i = 0; i < length; i++) operations += Math.ceil(rowLists[segment[i]!]!.inputs.length / ouWordlines);
    segment[0] = operations;
    return 1;
  };
}

/** Distinct lists, ascending, each as often as it counts; empty ones have no operations. */
function sumOfLists({ listOf, lengths }: DistinctRowLists): SegmentKey {
  return (segment, length) => {
    let count = 0;
    for (let i = 0; i < length; i++) {
      const list = listOf[segment[i]!]!;
      if (lengths[list]! > 0) segment[count++] = list;
    }
    segment.subarray(0, count).sort();
    return count;
  };
}
