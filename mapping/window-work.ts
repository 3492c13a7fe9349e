import { ActivityScanner, type Detector } from './activity.js';
import type { OuProgram } from './ou-program.js';
import { presentedBits } from './presented-inputs.js';
import { type CrossbarClass, crossbarClasses, type SegmentKey } from './window-work/crossbar-classes.js';
import { distinctRowLists } from './window-work/distinct-row-lists.js';
import { SequenceNumbers } from './window-work/sequence-numbers.js';

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
  private readonly detector: Detector;
  private readonly patternLists: SequenceNumbers;
  private readonly scanner: ActivityScanner;
  private readonly activity;

  /** @throws RangeError for a program that presents inputs of more than 30 bits, or has 2^26 inputs or more. */
  constructor(program: OuProgram, detector: Detector) {
    presentedBits(program);
    const lists = distinctRowLists(program, detector);
    const patterns = new SequenceNumbers();
    const sumOfLists: SegmentKey = (rowLists, length) => {
      let kept = 0;
      for (let i = 0; i < length; i++) {
        const list = lists.listOf[rowLists[i]!]!;
        if (lists.lengths[list]! > 0) rowLists[kept++] = list;
      }
      rowLists.subarray(0, kept).sort();
      return kept;
    };
    const sumOfBatches: SegmentKey = (rowLists, length) => {
      let operations = 0;
      for (let i = 0; i < length; i++) operations += this.batches(rowLists[i]!);
      rowLists[0] = operations;
      return 1;
    };
    this.program = program;
    this.detector = detector;
    this.planes = program.planes;
    const { classOf, classes } = crossbarClasses(program, detector === 'none' ? sumOfBatches : sumOfLists, patterns);
    this.classOf = classOf;
    this.classes = classes;
    this.patterns = patterns.count;
    this.patternLists = patterns;
    this.scanner = new ActivityScanner(program, { first: 0, count: program.crossbars.length }, detector);
    this.activity = this.scanner.createActivity();
    this.lists = lists;
  }
  private readonly lists;

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
   * Writes the operations of a window, shape [planes][patterns], and adds it to the totals if there are any.
   *
   * @throws RangeError for a window of another length or an input that is not an unsigned integer of `inputBits` bits.
   */
  scan(window: Int32Array, operations: Int32Array, totals: RowListTotals | null): void {
    const { scanner, activity, planes, patterns } = this;
    scanner.scan(window, activity);
    const local = new Map<number, number>();
    scanner.rowLists.forEach((list, i) => {
      local.set(this.lists.listOf[list]!, i);
      if (totals === null) return;
      for (let plane = 0; plane < planes; plane++) {
        const entry = plane * scanner.rowLists.length + i;
        totals.operations[list]! += activity.operations[entry]!;
        totals.rows[list]! += activity.rows[entry]!;
        totals.driven[list]! += activity.driven[entry]!;
      }
      totals.nonZeroOperations[list]! += activity.nonZeroOperations[i]!;
    });
    if (this.detector === 'none') {
      this.fillDense(operations);
      return;
    }
    for (let pattern = 0; pattern < patterns; pattern++) {
      for (let plane = 0; plane < planes; plane++) {
        let sum = 0;
        for (const list of this.patternLists.sequence(pattern)) {
          sum += activity.operations[plane * scanner.rowLists.length + local.get(list)!]!;
        }
        operations[plane * patterns + pattern] = sum;
      }
    }
  }

  /** Detector none: the operations of every window, shape [planes][patterns]. */
  fillDense(operations: Int32Array): void {
    this.requireNoDetector('fillDense');
    for (let plane = 0; plane < this.planes; plane++) {
      for (let pattern = 0; pattern < this.patterns; pattern++) {
        operations[plane * this.patterns + pattern] = this.patternLists.sequence(pattern)[0]!;
      }
    }
  }

  /** Detector none: totals of this many windows but `driven`, which depends on the inputs (see `drivenRows`) and stays 0. */
  denseTotals(windows: number): RowListTotals {
    this.requireNoDetector('denseTotals');
    const totals = this.createTotals();
    this.program.rowLists.forEach(({ inputs }, list) => {
      totals.rows[list] = windows * this.planes * inputs.length;
      totals.operations[list] = windows * this.planes * this.batches(list);
      totals.nonZeroOperations[list] = totals.operations[list]!;
    });
    return totals;
  }

  /** Operations of a plane, per column group that walks this row list of the program, if nothing is skipped. */
  private batches(rowList: number): number {
    return Math.ceil(this.program.rowLists[rowList]!.inputs.length / this.program.ouWordlines);
  }

  private requireNoDetector(method: string): void {
    if (this.detector === 'none') return;
    throw new Error(`WindowWork.${method}: got detector ${this.detector}; allowed only none`);
  }
}
