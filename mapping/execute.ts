import type { CrossbarRange } from './crossbar-range.js';
import { LinearColumns } from './linear-columns.js';
import { type DiagonalBlock, inputSumBlocksOf, type OuProgram } from './ou-program.js';
import { loadWindow, presentedBits } from './presented-inputs.js';
import { type Column, columnLevels, columnsByRowList } from './program-columns.js';
import { type Formation, largestColumnSum, SaturatingColumns } from './saturating-columns.js';

export type { Formation } from './saturating-columns.js';

export interface ExecutionOptions {
  /** Resolution of the ADCs: codes saturate at 2^adcBits - 1. */
  readonly adcBits: number;
  /** `fixed` with detector `none` or `group`, `driven` with detector `form`. */
  readonly formation: Formation;
  /** Crossbars that take part; all if left out. */
  readonly crossbars?: CrossbarRange;
}

/**
 * Executes an OU program from its cells: the integers that come out of the machine, without its time.
 *
 * Columns whose cells cannot reach beyond the ADC's range in any operation are summed at once (`LinearColumns`); the
 * codes of the others are formed one by one (`SaturatingColumns`). Both give what docs/timing-model.md says: code = sum of
 * digit x level over the rows of an operation, saturated, complemented where the cells are, and weighed by the
 * significance of its bitline and of its plane.
 */
export class ProgramExecutor {
  /** Codes that saturated in all windows run so far. */
  saturatedCodes = 0;

  private readonly program: OuProgram;
  private readonly linear: LinearColumns[] = [];
  private readonly saturating: SaturatingColumns[] = [];
  private readonly inputSumFactor: Float64Array | null;
  private readonly inputSumBlocks: readonly DiagonalBlock[];
  private readonly window: Int32Array;

  /**
   * @throws RangeError where the crossbars do not lie within the program, `adcBits` is not a whole number >= 1, or the
   * program presents inputs of more than 30 bits.
   */
  constructor(program: OuProgram, { adcBits, formation, crossbars }: ExecutionOptions) {
    if (!Number.isInteger(adcBits) || adcBits < 1) {
      throw new RangeError(`adcBits: got ${adcBits}; allowed an integer >= 1`);
    }
    presentedBits(program);
    const range = crossbars ?? { first: 0, count: program.crossbars.length };
    this.program = program;
    this.window = new Int32Array(program.inputs);
    // The correction belongs to the whole program, so exactly one of several executors over its crossbars adds it.
    this.inputSumFactor = range.first === 0 && range.count > 0 ? program.inputSumFactor : null;
    this.inputSumBlocks = inputSumBlocksOf(program);

    const largestCode = 2 ** adcBits - 1;
    for (const [rowList, columns] of columnsByRowList(program, range)) {
      const levels = new Uint8Array(program.rowLists[rowList]!.wordlines.length);
      const linear: Column[] = [];
      const saturating: Column[] = [];
      for (const column of columns) {
        columnLevels(program, rowList, column, levels);
        (largestColumnSum(program, levels, formation) <= largestCode ? linear : saturating).push(column);
      }
      if (linear.length > 0) this.linear.push(new LinearColumns(program, rowList, linear));
      if (saturating.length > 0) {
        this.saturating.push(new SaturatingColumns(program, rowList, saturating, { adcBits, formation }));
      }
    }
  }

  /**
   * Runs one window of K unsigned inputs and overwrites `out` with the M outputs.
   *
   * With a part of the crossbars, the outputs are that part's sums: those of executors over disjoint ranges that cover
   * the program add up to its outputs. The input-sum correction is added by the executor that holds crossbar 0.
   *
   * @throws RangeError for a window of another length, an input that is not an unsigned integer of `inputBits` bits, or
   * an `out` of another length.
   */
  run(window: ArrayLike<number>, out: Float64Array): void {
    if (out.length !== this.program.outputs) {
      throw new RangeError(`out: got ${out.length} elements; allowed ${this.program.outputs}, one per output`);
    }
    loadWindow(this.program, window, this.window);
    out.fill(0);
    for (const columns of this.linear) columns.addTo(this.window, out);
    for (const columns of this.saturating) this.saturatedCodes += columns.addTo(this.window, out);
    if (this.inputSumFactor !== null) this.addInputSum(this.inputSumFactor, out);
  }

  private addInputSum(factor: Float64Array, out: Float64Array): void {
    for (const { firstInput, inputs, firstOutput, outputs } of this.inputSumBlocks) {
      let sum = 0;
      for (let k = firstInput; k < firstInput + inputs; k++) sum += this.window[k]!;
      for (let m = firstOutput; m < firstOutput + outputs; m++) out[m]! += factor[m]! * sum;
    }
  }
}
