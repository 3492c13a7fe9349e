import type { ExecutionOptions } from './execute.js';
import { exactAdcBits } from './operation-sum.js';
import type { OuProgram } from './ou-program.js';
import { presentedBits } from './presented-inputs.js';
import { columnLevels, columnsByRowList } from './program-columns.js';
import { readBackWeights } from './read-back.js';
import { largestColumnSum } from './saturating-columns.js';

/**
 * Whether a program's outputs are the product of any window with these weights: its cells stand for them, and no code of any
 * operation can saturate, so that planes, batches and slices add up to the product. Then it need not be executed cell by cell.
 *
 * @param weights shape [K][M] row-major
 * @throws RangeError as `ProgramExecutor`
 */
export function isExactProduct(
  program: OuProgram,
  weights: ArrayLike<number>,
  options: Pick<ExecutionOptions, 'adcBits' | 'formation'>,
): boolean {
  presentedBits(program);
  return !canSaturate(program, options) && standsFor(program, weights);
}

/** Whether the cells of some column can reach beyond the ADC's range in some operation. */
function canSaturate(
  program: OuProgram,
  { adcBits, formation }: Pick<ExecutionOptions, 'adcBits' | 'formation'>,
): boolean {
  if (adcBits >= exactAdcBits(program.ouWordlines, program.bitsPerCell, program.bitsPerPlane)) return false;
  const largestCode = 2 ** adcBits - 1;
  for (const [rowList, columns] of columnsByRowList(program, { first: 0, count: program.crossbars.length })) {
    const levels = new Uint8Array(program.rowLists[rowList]!.wordlines.length);
    for (const column of columns) {
      columnLevels(program, rowList, column, levels);
      if (largestColumnSum(program, levels, formation) > largestCode) return true;
    }
  }
  return false;
}

function standsFor(program: OuProgram, weights: ArrayLike<number>): boolean {
  const stored = readBackWeights(program);
  if (stored.length !== weights.length) return false;
  for (let i = 0; i < stored.length; i++) if (stored[i] !== weights[i]) return false;
  return true;
}
