import { inputSumBlocksOf, type OuProgram } from './ou-program.js';
import { columnsByRowList } from './program-columns.js';

/**
 * The weight matrix that a program's cells stand for, shape [K][M] row-major: what a unit of input k adds to output m
 * through all cells on its rows, plus the input-sum correction.
 */
export function readBackWeights(program: OuProgram): Float64Array {
  const { inputs, outputs, inputSumFactor } = program;
  const largestLevel = 2 ** program.bitsPerCell - 1;
  const weights = new Float64Array(inputs * outputs);
  for (const [index, columns] of columnsByRowList(program, { first: 0, count: program.crossbars.length })) {
    const rowList = program.rowLists[index]!;
    for (const { crossbar, bitline, output, significance, complement } of columns) {
      for (let row = 0; row < rowList.wordlines.length; row++) {
        const stored = crossbar.levels[rowList.wordlines[row]! * program.bitlines + bitline]!;
        const level = complement ? largestLevel - stored : stored;
        weights[rowList.inputs[row]! * outputs + output]! += significance * level * 2 ** rowList.shifts[row]!;
      }
    }
  }
  if (inputSumFactor !== null) {
    for (const block of inputSumBlocksOf(program)) {
      for (let k = block.firstInput; k < block.firstInput + block.inputs; k++) {
        for (let m = block.firstOutput; m < block.firstOutput + block.outputs; m++) {
          weights[k * outputs + m]! += inputSumFactor[m]!;
        }
      }
    }
  }
  return weights;
}
