import type { DiagonalBlock, OuProgram } from './ou-program.js';

/**
 * The program of a block-diagonal matrix from the programs of its blocks, each mapped as a matrix of its own: the crossbars
 * of one block after the other, with the rows and outputs of the whole matrix. What a grouped convolution becomes
 * (docs/network-format.md, "The matrix view").
 *
 * Planes are those of the block whose inputs are shifted most, for all crossbars of a window work on the same plane.
 *
 * @param programs of the blocks, in the order of their rows and outputs; compiled for one machine
 * @throws RangeError without programs, or where their machines or inputs differ
 */
export function mergePrograms(programs: readonly OuProgram[]): OuProgram {
  const first = programs[0];
  if (first === undefined) throw new RangeError('block-diagonal program: got no programs; allowed at least one');
  if (programs.length === 1) return first;
  programs.forEach((program, index) => {
    requireSameMachine(first, program, index);
  });

  const blocks: DiagonalBlock[] = [];
  let inputs = 0;
  let outputs = 0;
  let rowLists = 0;
  const merged = programs.map((program) => {
    const moved = move(program, inputs, outputs, rowLists);
    blocks.push({ firstInput: inputs, inputs: program.inputs, firstOutput: outputs, outputs: program.outputs });
    inputs += program.inputs;
    outputs += program.outputs;
    rowLists += program.rowLists.length;
    return moved;
  });

  return {
    ...first,
    inputs,
    outputs,
    planes: programs.reduce((most, { planes }) => Math.max(most, planes), 0),
    rowLists: merged.flatMap((part) => part.rowLists),
    crossbars: merged.flatMap((part) => part.crossbars),
    inputSumFactor: mergedFactors(programs, outputs),
    inputSumBlocks: blocks,
    cellsUsed: programs.reduce((sum, { cellsUsed }) => sum + cellsUsed, 0),
    indexBits: programs.reduce((sum, { indexBits }) => sum + indexBits, 0),
  };
}

/** The fields that all blocks share. */
const MACHINE = [
  ...(['inputBits', 'bitsPerPlane', 'bitsPerCell', 'wordlines', 'bitlines'] as const),
  ...(['ouWordlines', 'ouBitlines'] as const),
];

function requireSameMachine(first: OuProgram, program: OuProgram, index: number): void {
  for (const field of MACHINE) {
    if (program[field] === first[field]) continue;
    throw new RangeError(
      `block-diagonal program: ${field} of block ${index}: got ${program[field]}; allowed ${first[field]}, as block 0 has`,
    );
  }
}

/** Row lists and crossbars of a block at its place in the whole matrix. */
function move(
  { rowLists, crossbars }: OuProgram,
  firstInput: number,
  firstOutput: number,
  firstRowList: number,
): Pick<OuProgram, 'rowLists' | 'crossbars'> {
  return {
    rowLists: rowLists.map((list) => ({ ...list, inputs: list.inputs.map((input) => input + firstInput) })),
    crossbars: crossbars.map(({ levels, groups }) => ({
      levels,
      groups: groups.map((group) => ({
        ...group,
        rowList: group.rowList + firstRowList,
        outputs: group.outputs.map((output) => output + firstOutput),
      })),
    })),
  };
}

function mergedFactors(programs: readonly OuProgram[], outputs: number): Float64Array | null {
  if (programs.every(({ inputSumFactor }) => inputSumFactor === null)) return null;
  const factors = new Float64Array(outputs);
  let at = 0;
  for (const program of programs) {
    if (program.inputSumFactor !== null) factors.set(program.inputSumFactor, at);
    at += program.outputs;
  }
  return factors;
}
