import { type CrossbarRange, checkCrossbarRange } from './crossbar-range.js';
import type { CrossbarProgram, OuProgram } from './ou-program.js';

/** One bitline of one column group, as the program describes it. */
export interface Column {
  readonly crossbar: CrossbarProgram;
  readonly bitline: number;
  readonly output: number;
  readonly significance: number;
  readonly complement: boolean;
}

/**
 * The columns of a range of crossbars by the row list that they walk, in program order; row lists that no column walks
 * are left out.
 *
 * @throws RangeError where the range does not lie within the program's crossbars.
 */
export function columnsByRowList(program: OuProgram, range: CrossbarRange): Map<number, Column[]> {
  checkCrossbarRange(program, range);
  const byRowList = new Map<number, Column[]>();
  for (const crossbar of program.crossbars.slice(range.first, range.first + range.count)) {
    for (const group of crossbar.groups) {
      let columns = byRowList.get(group.rowList);
      if (columns === undefined) {
        columns = [];
        byRowList.set(group.rowList, columns);
      }
      for (let i = 0; i < group.bitlines.length; i++) {
        columns.push({
          crossbar,
          bitline: group.bitlines[i]!,
          output: group.outputs[i]!,
          significance: group.significance[i]!,
          complement: group.complement[i] === 1,
        });
      }
    }
  }
  return byRowList;
}

/** Levels of a column's cells, in the order of its row list. */
export function columnLevels(program: OuProgram, rowList: number, column: Column, into: Uint8Array): void {
  const { wordlines } = program.rowLists[rowList]!;
  const { levels } = column.crossbar;
  for (let row = 0; row < wordlines.length; row++) {
    into[row] = levels[wordlines[row]! * program.bitlines + column.bitline]!;
  }
}
