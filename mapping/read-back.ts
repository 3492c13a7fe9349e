import { type ColumnGroup, type CrossbarProgram, inputSumBlocksOf, type OuProgram } from './ou-program.js';

/**
 * The weight matrix that a program's cells stand for, shape [K][M] row-major: what a unit of input k adds to output m
 * through all cells on its rows, plus the input-sum correction.
 */
export function readBackWeights(program: OuProgram): Float64Array {
  const { inputs, outputs, inputSumFactor } = program;
  const weights = new Float64Array(inputs * outputs);
  for (const crossbar of program.crossbars) {
    for (const group of crossbar.groups) addGroup(program, crossbar, group, weights);
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

/** Row by row, as the cells stand in memory. The bitlines of one output mostly stand side by side, and are summed up before. */
function addGroup(program: OuProgram, { levels }: CrossbarProgram, group: ColumnGroup, weights: Float64Array): void {
  const { wordlines, inputs, shifts } = program.rowLists[group.rowList]!;
  const { bitlines, outputs, significance, complement } = group;
  const largestLevel = 2 ** program.bitsPerCell - 1;
  const width = bitlines.length;
  for (let row = 0; row < wordlines.length; row++) {
    const from = wordlines[row]! * program.bitlines;
    const to = inputs[row]! * program.outputs;
    // Not 2 ** shift, which takes as long as all the rest of a row; presented inputs have at most 30 bits.
    const rowWeight = 1 << shifts[row]!;
    let output = outputs[0]!;
    let sum = 0;
    for (let i = 0; i < width; i++) {
      if (outputs[i] !== output) {
        weights[to + output]! += sum * rowWeight;
        output = outputs[i]!;
        sum = 0;
      }
      const stored = levels[from + bitlines[i]!]!;
      sum += significance[i]! * (complement[i] === 1 ? largestLevel - stored : stored);
    }
    if (width > 0) weights[to + output]! += sum * rowWeight;
  }
}
