import type { OuProgram } from '../../mapping/ou-program.js';

/** One OU operation: the rows of its row list that it reads, with their digits. */
export interface NaiveOperation {
  readonly crossbar: number;
  readonly group: number;
  readonly plane: number;
  readonly rows: readonly { readonly row: number; readonly digit: number }[];
}

/** Digit of a presented input in a plane, by division. */
function digitOf(presented: number, plane: number, bitsPerPlane: number): number {
  const base = 2 ** bitsPerPlane;
  return Math.floor(presented / base ** plane) % base;
}

/**
 * Every operation of a window in program order, listed one by one as docs/timing-model.md tells it.
 */
export function naiveOperations(
  program: OuProgram,
  window: ArrayLike<number>,
  detector: 'none' | 'group' | 'form',
): NaiveOperation[] {
  const operations: NaiveOperation[] = [];
  program.crossbars.forEach((crossbar, crossbarIndex) => {
    for (let plane = 0; plane < program.planes; plane++) {
      crossbar.groups.forEach((group, groupIndex) => {
        const list = program.rowLists[group.rowList]!;
        let rows = Array.from(list.inputs, (input, row) => ({
          row,
          digit: digitOf(window[input]! * 2 ** list.shifts[row]!, plane, program.bitsPerPlane),
        }));
        if (detector === 'form') rows = rows.filter(({ digit }) => digit !== 0);
        while (rows.length > 0) {
          const batch = rows.slice(0, program.ouWordlines);
          rows = rows.slice(program.ouWordlines);
          if (detector === 'group' && batch.every(({ digit }) => digit === 0)) continue;
          operations.push({ crossbar: crossbarIndex, group: groupIndex, plane, rows: batch });
        }
      });
    }
  });
  return operations;
}

/** Outputs of a window, cell by cell, from the codes of every operation. */
export function naiveExecution(
  program: OuProgram,
  window: ArrayLike<number>,
  detector: 'none' | 'group' | 'form',
  adcBits: number,
): { outputs: number[]; saturated: number } {
  const outputs = new Array<number>(program.outputs).fill(0);
  const largestLevel = 2 ** program.bitsPerCell - 1;
  let saturated = 0;
  for (const operation of naiveOperations(program, window, detector)) {
    const crossbar = program.crossbars[operation.crossbar]!;
    const group = crossbar.groups[operation.group]!;
    const list = program.rowLists[group.rowList]!;
    group.bitlines.forEach((bitline, i) => {
      let sum = 0;
      let digits = 0;
      for (const { row, digit } of operation.rows) {
        sum += digit * crossbar.levels[list.wordlines[row]! * program.bitlines + bitline]!;
        digits += digit;
      }
      const code = Math.min(sum, 2 ** adcBits - 1);
      if (code < sum) saturated++;
      const value = group.complement[i] === 1 ? largestLevel * digits - code : code;
      outputs[group.outputs[i]!]! += value * group.significance[i]! * 2 ** (operation.plane * program.bitsPerPlane);
    });
  }
  if (program.inputSumFactor !== null) {
    for (let m = 0; m < program.outputs; m++) {
      const block = program.inputSumBlocks?.find(
        ({ firstOutput, outputs: count }) => m >= firstOutput && m < firstOutput + count,
      );
      const first = block?.firstInput ?? 0;
      const own = Array.from(window).slice(first, first + (block?.inputs ?? program.inputs));
      outputs[m]! += program.inputSumFactor[m]! * own.reduce((sum, input) => sum + input, 0);
    }
  }
  return { outputs, saturated };
}
