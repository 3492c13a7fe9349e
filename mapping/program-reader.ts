import { type CrossbarRange, checkCrossbarRange } from './crossbar-range.js';
import type { OuProgram } from './ou-program.js';

/** Finds the distinct inputs and outputs of crossbars, walking each column group once. */
export class ProgramReader {
  /** Number of the reading that came upon an input, output or row list last. */
  private readonly inputSeen: Int32Array;
  private readonly outputSeen: Int32Array;
  private readonly rowListSeen: Int32Array;
  private reading = 0;

  constructor(private readonly program: OuProgram) {
    this.inputSeen = new Int32Array(program.inputs);
    this.outputSeen = new Int32Array(program.outputs);
    this.rowListSeen = new Int32Array(program.rowLists.length);
  }

  /** @throws RangeError where the crossbars do not lie within the program */
  read(range: CrossbarRange): { readonly inputs: number[]; readonly outputs: number[] } {
    const { program, inputSeen, outputSeen, rowListSeen } = this;
    checkCrossbarRange(program, range);
    const reading = ++this.reading;
    const inputs: number[] = [];
    const outputs: number[] = [];
    for (let crossbar = range.first; crossbar < range.first + range.count; crossbar++) {
      for (const group of program.crossbars[crossbar]!.groups) {
        for (const output of group.outputs) {
          if (outputSeen[output] === reading) continue;
          outputSeen[output] = reading;
          outputs.push(output);
        }
        if (rowListSeen[group.rowList] === reading) continue;
        rowListSeen[group.rowList] = reading;
        for (const input of program.rowLists[group.rowList]!.inputs) {
          if (inputSeen[input] === reading) continue;
          inputSeen[input] = reading;
          inputs.push(input);
        }
      }
    }
    return { inputs, outputs };
  }
}
