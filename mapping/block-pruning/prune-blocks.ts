import type { FloatMatrix } from '../float-matrix.js';
import type { Block } from './blocks.js';

/**
 * Pruning of whole rows and whole columns of blocks, independently in each block (PIM-Prune, DAC 2020). The paper trains
 * with ADMM until the rows and columns to prune are zero; without training, those that matter least are set to zero.
 *
 * In every block the row or column with the least importance per cell that it frees goes first, again and again, until
 * the block is empty. The importance of a weight is E[x^2] W^2, its part of the output power, which is what the output
 * loses with it where inputs are uncorrelated. A row pruned makes the columns that cross it lighter, and the other way
 * round. Over all blocks the steps are taken in the order of their importance per cell, a step no earlier than the steps
 * of its block before it.
 */
export interface PruningSteps {
  /** Steps in the order in which they are taken. */
  readonly order: Uint32Array;
  /** Of each step: number of its block in the cut. */
  readonly block: Uint32Array;
  /** Of each step: the row of its block; or rows of the block + the column. */
  readonly line: Uint32Array;
  /** Of each step: cells freed, that is weights that are not pruned before. */
  readonly cells: Uint32Array;
  /** Of each step: importance of the weights freed. */
  readonly importance: Float64Array;
}

/**
 * The pruning of a whole matrix, from its first row or column to its last.
 *
 * @param rowPower mean square of the input of each row, E[x^2]; null for the same of all rows
 */
export function pruningSteps(
  matrix: FloatMatrix,
  blocks: readonly Block[],
  rowPower: ArrayLike<number> | null,
): PruningSteps {
  const most = blocks.reduce((lines, { rows, outputs }) => lines + rows + outputs, 0);
  const found: FoundSteps = {
    block: new Uint32Array(most),
    line: new Uint32Array(most),
    cells: new Uint32Array(most),
    importance: new Float64Array(most),
    level: new Float64Array(most),
    count: 0,
  };
  blocks.forEach((block, number) => {
    addStepsOfBlock(importanceOfBlock(matrix, block, rowPower), block, number, found);
  });
  const { level, count } = found;
  // Levels never fall within a block, so that equal ones in the order of the steps keep the order of every block.
  const order = Uint32Array.from({ length: count }, (_, step) => step).sort((a, b) => level[a]! - level[b]! || a - b);
  return { ...found, order };
}

interface FoundSteps extends Omit<PruningSteps, 'order'> {
  /** Of each step: the largest importance per cell freed of its block's steps up to it. */
  readonly level: Float64Array;
  count: number;
}

/** Shape [rows][outputs] of the block. */
function importanceOfBlock(
  { weights, outputs: width }: FloatMatrix,
  { firstRow, rows, firstOutput, outputs }: Block,
  rowPower: ArrayLike<number> | null,
): Float64Array {
  const importance = new Float64Array(rows * outputs);
  for (let row = 0; row < rows; row++) {
    const power = rowPower === null ? 1 : rowPower[firstRow + row]!;
    for (let output = 0; output < outputs; output++) {
      const weight = weights[(firstRow + row) * width + firstOutput + output]!;
      importance[row * outputs + output] = power * weight * weight;
    }
  }
  return importance;
}

function addStepsOfBlock(importance: Float64Array, { rows, outputs }: Block, block: number, into: FoundSteps): void {
  const lines = rows + outputs;
  // Importance of what is left of each row and, from `rows` on, of each column; infinite where the line is pruned.
  const left = new Float64Array(lines);
  for (let row = 0; row < rows; row++) {
    for (let output = 0; output < outputs; output++) {
      left[row]! += importance[row * outputs + output]!;
      left[rows + output]! += importance[row * outputs + output]!;
    }
  }

  let level = 0;
  let rowsLeft = rows;
  let outputsLeft = outputs;
  while (rowsLeft > 0 && outputsLeft > 0) {
    const row = leastOf(left, 0, rows);
    const column = leastOf(left, rows, lines);
    const takesRow = left[row]! / outputsLeft <= left[column]! / rowsLeft;
    const line = takesRow ? row : column;
    const cells = takesRow ? outputsLeft : rowsLeft;
    left[line] = Number.POSITIVE_INFINITY;
    if (takesRow) rowsLeft--;
    else outputsLeft--;

    // Summed anew, because what was subtracted from `left` leaves rounding errors behind.
    let freed = 0;
    for (let cross = takesRow ? rows : 0; cross < (takesRow ? lines : rows); cross++) {
      if (left[cross] === Number.POSITIVE_INFINITY) continue;
      const cell = takesRow ? line * outputs + cross - rows : cross * outputs + line - rows;
      freed += importance[cell]!;
      left[cross]! -= importance[cell]!;
    }
    level = Math.max(level, freed / cells);
    const step = into.count++;
    into.block[step] = block;
    into.line[step] = line;
    into.cells[step] = cells;
    into.importance[step] = freed;
    into.level[step] = level;
  }
}

/** The line first .. end - 1 that has least left; the first of equals. */
function leastOf(left: Float64Array, first: number, end: number): number {
  let least = first;
  for (let line = first + 1; line < end; line++) {
    if (left[line]! < left[least]!) least = line;
  }
  return least;
}

/** Most cells that can be freed within a budget of importance, taking the steps in order. */
export function cellsWithin({ order, cells, importance }: PruningSteps, budget: number): number {
  let freed = 0;
  let spent = 0;
  for (const step of order) {
    spent += importance[step]!;
    if (spent > budget) break;
    freed += cells[step]!;
  }
  return freed;
}

/** Sets the weights of pruned rows and columns to 0, taking the steps in order while they free at most `cells` cells. */
export function pruneWeights(
  weights: Int32Array,
  width: number,
  blocks: readonly Block[],
  steps: PruningSteps,
  cells: number,
): void {
  let freed = 0;
  for (const step of steps.order) {
    freed += steps.cells[step]!;
    if (freed > cells) break;
    const { firstRow, rows, firstOutput, outputs } = blocks[steps.block[step]!]!;
    const line = steps.line[step]!;
    if (line < rows) {
      const first = (firstRow + line) * width + firstOutput;
      weights.fill(0, first, first + outputs);
    } else {
      for (let row = firstRow; row < firstRow + rows; row++) weights[row * width + firstOutput + line - rows] = 0;
    }
  }
}
