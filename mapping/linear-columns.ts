import type { OuProgram } from './ou-program.js';
import { type Column, columnLevels } from './program-columns.js';

/**
 * Columns of one row list none of whose codes can saturate. Their part of an output is then linear in the inputs, however
 * the planes and batches are cut, so the cells of a row that feed the same output fold into one coefficient:
 * sum of significance x level, times 2^shift.
 */
export class LinearColumns {
  /** Logical input of each row. */
  private readonly inputs: Int32Array;
  /** Logical outputs that the columns feed, ascending. */
  private readonly outputs: Int32Array;
  /** Shape [rows][outputs of these columns]. */
  private readonly coefficients: Float64Array;
  private readonly sums: Float64Array;
  /** Rows with a non-zero input in the running window: offset of their coefficients, and the input. */
  private readonly rowOffsets: Int32Array;
  private readonly rowInputs: Float64Array;

  constructor(program: OuProgram, rowList: number, columns: readonly Column[]) {
    const { inputs, shifts } = program.rowLists[rowList]!;
    const rows = inputs.length;
    this.inputs = inputs;
    this.outputs = Int32Array.from(new Set(columns.map((column) => column.output))).sort();
    this.coefficients = new Float64Array(rows * this.outputs.length);
    this.sums = new Float64Array(this.outputs.length);
    this.rowOffsets = new Int32Array(rows);
    this.rowInputs = new Float64Array(rows);

    const largestLevel = 2 ** program.bitsPerCell - 1;
    const position = new Map(Array.from(this.outputs, (output, index) => [output, index]));
    const rowWeights = Float64Array.from(shifts, (shift) => 2 ** shift);
    const levels = new Uint8Array(rows);
    for (const column of columns) {
      columnLevels(program, rowList, column, levels);
      let index = position.get(column.output)!;
      for (let row = 0; row < rows; row++) {
        const level = column.complement ? largestLevel - levels[row]! : levels[row]!;
        this.coefficients[index]! += column.significance * level * rowWeights[row]!;
        index += this.outputs.length;
      }
    }
  }

  /** Adds these columns' part of a window's outputs. */
  addTo(window: Int32Array, out: Float64Array): void {
    const { inputs, outputs, coefficients, sums, rowOffsets, rowInputs } = this;
    const width = outputs.length;
    let rows = 0;
    for (let row = 0; row < inputs.length; row++) {
      const input = window[inputs[row]!]!;
      if (input === 0) continue;
      rowOffsets[rows] = row * width;
      rowInputs[rows] = input;
      rows++;
    }

    // Four rows at a time, so that each sum is read and written once for four multiply-adds.
    sums.fill(0);
    let next = 0;
    for (; next + 4 <= rows; next += 4) {
      const a = rowOffsets[next]!;
      const b = rowOffsets[next + 1]!;
      const c = rowOffsets[next + 2]!;
      const d = rowOffsets[next + 3]!;
      const inputA = rowInputs[next]!;
      const inputB = rowInputs[next + 1]!;
      const inputC = rowInputs[next + 2]!;
      const inputD = rowInputs[next + 3]!;
      for (let i = 0; i < width; i++) {
        sums[i] =
          sums[i]! +
          inputA * coefficients[a + i]! +
          inputB * coefficients[b + i]! +
          inputC * coefficients[c + i]! +
          inputD * coefficients[d + i]!;
      }
    }
    for (; next < rows; next++) {
      const offset = rowOffsets[next]!;
      const input = rowInputs[next]!;
      for (let i = 0; i < width; i++) sums[i] = sums[i]! + input * coefficients[offset + i]!;
    }
    for (let i = 0; i < width; i++) out[outputs[i]!]! += sums[i]!;
  }
}
