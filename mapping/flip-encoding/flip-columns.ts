import { largestOperationSum } from '../operation-sum.js';
import type { ColumnGroup, CrossbarProgram, OuProgram } from '../ou-program.js';
import { largestColumnSum } from '../saturating-columns.js';

/**
 * ISAAC's flip encoding (Shafiee et al., ISCA 2016): a column whose cells could drive the sum of an operation above half
 * of its range stores (2^bitsPerCell - 1) - level instead of each level, and the sum is recovered digitally as
 * (2^bitsPerCell - 1) x sum of the inputs - sum of the stored column.
 *
 * Where an operation reads all rows of a column at once, as in ISAAC, the largest sum of a column and that of the flipped
 * column add up to at most the range, so that the smaller one is at most half of it: one ADC bit less is exact. With
 * smaller operation units one flip bit serves all row batches of a column: a column is flipped where that lowers its
 * largest sum, and half of the range is no longer guaranteed.
 *
 * Each bitline of a column group gains one index bit, its flip bit, which is fetched whenever the group is walked.
 *
 * @param program no column of it is complemented yet, and no two of its groups share a cell
 */
export function flipColumns(program: OuProgram): OuProgram {
  const withBits = withFlipBits(program);
  return { ...withBits, crossbars: withBits.crossbars.map((crossbar) => flipCrossbar(program, crossbar)) };
}

/** A flip bit for each bitline of each column group, nothing flipped yet. */
export function withFlipBits(program: OuProgram): OuProgram {
  let flipBits = 0;
  const crossbars = program.crossbars.map(({ levels, groups }) => ({
    levels,
    groups: groups.map((group) => {
      flipBits += group.bitlines.length;
      return { ...group, indexBits: group.indexBits + group.bitlines.length };
    }),
  }));
  return { ...program, crossbars, indexBits: program.indexBits + flipBits };
}

function flipCrossbar(program: OuProgram, crossbar: CrossbarProgram): CrossbarProgram {
  const levels = crossbar.levels.slice();
  return { levels, groups: crossbar.groups.map((group) => flipGroup(program, group, levels)) };
}

/** The group with its columns flipped; overwrites their cells. */
function flipGroup(program: OuProgram, group: ColumnGroup, levels: Uint8Array): ColumnGroup {
  const { wordlines } = program.rowLists[group.rowList]!;
  const half = largestOperationSum(program) / 2;
  const largestLevel = 2 ** program.bitsPerCell - 1;
  const complement = new Uint8Array(group.bitlines.length);
  const column = new Uint8Array(wordlines.length);
  const flipped = new Uint8Array(wordlines.length);
  for (let i = 0; i < complement.length; i++) {
    const bitline = group.bitlines[i]!;
    for (let row = 0; row < column.length; row++) {
      column[row] = levels[wordlines[row]! * program.bitlines + bitline]!;
      flipped[row] = largestLevel - column[row]!;
    }
    const largest = largestColumnSum(program, column, 'fixed');
    if (largest <= half || largestColumnSum(program, flipped, 'fixed') >= largest) continue;
    complement[i] = 1;
    for (let row = 0; row < flipped.length; row++) {
      levels[wordlines[row]! * program.bitlines + bitline] = flipped[row]!;
    }
  }
  return { ...group, complement };
}
