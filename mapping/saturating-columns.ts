import type { OuProgram } from './ou-program.js';
import { type Column, columnLevels } from './program-columns.js';

/**
 * How the rows of a row list are cut into batches, one operation each: `fixed`, runs of `ouWordlines` consecutive rows;
 * `driven`, runs of `ouWordlines` of the rows that are driven in the plane (dynamic OU formation).
 */
export type Formation = 'fixed' | 'driven';

/**
 * Columns of one row list whose codes may saturate: every code of every operation is formed, saturated and counted.
 *
 * A batch without a driven row gives codes of 0, which neither saturate nor add anything, so such operations are passed
 * over whether or not a detector skips them.
 */
export class SaturatingColumns {
  private readonly bitsPerPlane: number;
  private readonly digitMask: number;
  private readonly planes: number;
  private readonly ouWordlines: number;
  private readonly formation: Formation;
  private readonly largestCode: number;
  private readonly largestLevel: number;
  /** Logical input and shift of each row. */
  private readonly inputs: Int32Array;
  private readonly shifts: Uint8Array;
  /** Batch of each row under formation `fixed`. */
  private readonly batchOfRow: Int32Array;
  /** Logical output, significance and complement flag of each column. */
  private readonly outputs: Int32Array;
  private readonly significance: Float64Array;
  private readonly complement: Uint8Array;
  /** Shape [rows][columns]. */
  private readonly levels: Uint8Array;

  /** Inputs of the running window as the rows present them: input x 2^shift. */
  private readonly presented: Int32Array;
  /** Rows driven in the running plane: row, offset of its levels, digit. */
  private readonly drivenRows: Int32Array;
  private readonly drivenOffsets: Int32Array;
  private readonly drivenDigits: Int32Array;
  /** Codes of the running batch, one per column. */
  private readonly codes: Int32Array;
  /** Saturated codes of the running window, weighed by their planes, summed per column. */
  private readonly sums: Float64Array;

  constructor(
    program: OuProgram,
    rowList: number,
    columns: readonly Column[],
    { adcBits, formation }: { readonly adcBits: number; readonly formation: Formation },
  ) {
    const { inputs, shifts } = program.rowLists[rowList]!;
    const rows = inputs.length;
    this.bitsPerPlane = program.bitsPerPlane;
    this.digitMask = 2 ** program.bitsPerPlane - 1;
    this.planes = program.planes;
    this.ouWordlines = program.ouWordlines;
    this.formation = formation;
    this.largestCode = 2 ** adcBits - 1;
    this.largestLevel = 2 ** program.bitsPerCell - 1;
    this.inputs = inputs;
    this.shifts = shifts;
    this.batchOfRow = Int32Array.from({ length: rows }, (_, row) => Math.floor(row / program.ouWordlines));
    this.outputs = Int32Array.from(columns, (column) => column.output);
    this.significance = Float64Array.from(columns, (column) => column.significance);
    this.complement = Uint8Array.from(columns, (column) => (column.complement ? 1 : 0));
    this.levels = new Uint8Array(rows * columns.length);
    this.presented = new Int32Array(rows);
    this.drivenRows = new Int32Array(rows);
    this.drivenOffsets = new Int32Array(rows);
    this.drivenDigits = new Int32Array(rows);
    this.codes = new Int32Array(columns.length);
    this.sums = new Float64Array(columns.length);

    const levelsOfColumn = new Uint8Array(rows);
    columns.forEach((column, index) => {
      columnLevels(program, rowList, column, levelsOfColumn);
      for (let row = 0; row < rows; row++) this.levels[row * columns.length + index] = levelsOfColumn[row]!;
    });
  }

  /** Adds these columns' part of a window's outputs; returns how many codes saturated. */
  addTo(window: Int32Array, out: Float64Array): number {
    const { inputs, shifts, presented, sums } = this;
    let presentedSum = 0;
    let anyRow = 0;
    for (let row = 0; row < inputs.length; row++) {
      const value = window[inputs[row]!]! << shifts[row]!;
      presented[row] = value;
      presentedSum += value;
      anyRow |= value;
    }

    sums.fill(0);
    let saturated = 0;
    for (let plane = 0; plane < this.planes && anyRow >>> (plane * this.bitsPerPlane) !== 0; plane++) {
      saturated += this.addPlane(plane);
    }

    const { outputs, significance, complement } = this;
    for (let i = 0; i < outputs.length; i++) {
      // Over all batches and planes, the complement's (2^bitsPerCell - 1) x sum of digits adds up to the presented inputs.
      const value = complement[i] === 1 ? this.largestLevel * presentedSum - sums[i]! : sums[i]!;
      out[outputs[i]!]! += significance[i]! * value;
    }
    return saturated;
  }

  private addPlane(plane: number): number {
    const { presented, drivenRows, drivenOffsets, drivenDigits, batchOfRow, ouWordlines, digitMask } = this;
    const width = this.outputs.length;
    const shift = plane * this.bitsPerPlane;
    let driven = 0;
    for (let row = 0; row < presented.length; row++) {
      const digit = (presented[row]! >>> shift) & digitMask;
      if (digit === 0) continue;
      drivenRows[driven] = row;
      drivenOffsets[driven] = row * width;
      drivenDigits[driven] = digit;
      driven++;
    }

    const planeWeight = 1 << shift;
    let saturated = 0;
    for (let start = 0; start < driven; ) {
      let end = start + 1;
      if (this.formation === 'driven') {
        end = Math.min(start + ouWordlines, driven);
      } else {
        const batch = batchOfRow[drivenRows[start]!]!;
        while (end < driven && batchOfRow[drivenRows[end]!] === batch) end++;
      }
      saturated += this.addBatch(start, end, planeWeight);
      start = end;
    }
    return saturated;
  }

  /** Converts the operation of the driven rows start .. end - 1. */
  private addBatch(start: number, end: number, planeWeight: number): number {
    const { drivenOffsets, drivenDigits, levels, codes, sums, largestCode } = this;
    const width = codes.length;
    codes.fill(0);
    let next = start;
    for (; next + 4 <= end; next += 4) {
      const a = drivenOffsets[next]!;
      const b = drivenOffsets[next + 1]!;
      const c = drivenOffsets[next + 2]!;
      const d = drivenOffsets[next + 3]!;
      const digitA = drivenDigits[next]!;
      const digitB = drivenDigits[next + 1]!;
      const digitC = drivenDigits[next + 2]!;
      const digitD = drivenDigits[next + 3]!;
      for (let i = 0; i < width; i++) {
        codes[i] =
          codes[i]! +
          digitA * levels[a + i]! +
          digitB * levels[b + i]! +
          digitC * levels[c + i]! +
          digitD * levels[d + i]!;
      }
    }
    for (; next < end; next++) {
      const offset = drivenOffsets[next]!;
      const digit = drivenDigits[next]!;
      for (let i = 0; i < width; i++) codes[i] = codes[i]! + digit * levels[offset + i]!;
    }

    let saturated = 0;
    for (let i = 0; i < width; i++) {
      let code = codes[i]!;
      if (code > largestCode) {
        code = largestCode;
        saturated++;
      }
      sums[i] = sums[i]! + code * planeWeight;
    }
    return saturated;
  }
}

/**
 * The largest sum that a column can present to the ADC in one operation, whatever the inputs are.
 * `levels` are the column's cells in the order of its row list.
 */
export function largestColumnSum(program: OuProgram, levels: Uint8Array, formation: Formation): number {
  const largestDigit = 2 ** program.bitsPerPlane - 1;
  return largestDigit * (formation === 'driven' ? largestLevels(program, levels) : largestBatch(program, levels));
}

/** Sum of the levels of the fullest batch of consecutive rows. */
function largestBatch({ ouWordlines }: OuProgram, levels: Uint8Array): number {
  let largest = 0;
  for (let first = 0; first < levels.length; first += ouWordlines) {
    const last = Math.min(first + ouWordlines, levels.length);
    let sum = 0;
    for (let row = first; row < last; row++) sum += levels[row]!;
    largest = Math.max(largest, sum);
  }
  return largest;
}

/** Sum of the `ouWordlines` largest levels: any rows may come together in a batch. */
function largestLevels({ ouWordlines }: OuProgram, levels: Uint8Array): number {
  let sum = 0;
  for (const level of levels.slice().sort().subarray(-ouWordlines)) sum += level;
  return sum;
}
