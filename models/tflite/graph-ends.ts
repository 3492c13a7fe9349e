import type { Problem } from '../problem.js';
import type { TfliteModel, TfliteOperator, TfliteTensor } from './tflite-model.js';

/** Where the integers of a graph begin and end, and the operators outside of that. */
export interface GraphEnds {
  readonly input: TfliteTensor;
  readonly output: TfliteTensor;
  /** In execution order. */
  readonly operators: readonly TfliteOperator[];
}

const RESHAPES = ['RESHAPE', 'SQUEEZE', 'EXPAND_DIMS'];
/** At the end these change no integer, or none that decides a class: the network ends before them. */
const LEFT_OUT_AT_THE_END = ['SOFTMAX', 'DEQUANTIZE', 'RESHAPE', 'SQUEEZE'];

/**
 * Leaves out, at the beginning, a QUANTIZE of float inputs and reshapes to [1, height, width, channels]; at the end
 * SOFTMAX, DEQUANTIZE and reshapes. Null, with a problem, where there is not one input and one output.
 */
export function graphEnds(model: TfliteModel, problems: Problem[]): GraphEnds | null {
  const { tensors, inputs, outputs, operators } = model;
  for (const [path, list] of [
    ['inputs', inputs],
    ['outputs', outputs],
  ] as const) {
    if (list.length === 1) continue;
    const value = list.map((index) => tensors[index]!.name);
    problems.push({ path, value, allowed: 'one', hint: 'split the model, one file for each' });
  }
  if (inputs.length !== 1 || outputs.length !== 1) return null;
  const readers = (index: number) => operators.filter((operator) => operator.inputs.includes(index));
  const leftOut = new Set<TfliteOperator>();
  let input = tensors[inputs[0]!]!;
  for (let reader = onlyOne(readers(input.index)); reader !== null; reader = onlyOne(readers(input.index))) {
    const next = tensors[reader.outputs[0] ?? -1];
    const quantises = reader.op === 'QUANTIZE' && input.type === 'FLOAT32';
    const reshapes = RESHAPES.includes(reader.op) && (input.type === 'FLOAT32' || next?.shape.length === 4);
    const again = leftOut.has(reader) || outputs.includes(next?.index ?? -1);
    if (next === undefined || !(quantises || reshapes) || again) break;
    leftOut.add(reader);
    input = next;
  }
  let output = tensors[outputs[0]!]!;
  for (;;) {
    const writer = operators.find((operator) => operator.outputs.includes(output.index));
    const before = tensors[writer?.inputs[0] ?? -1];
    const read = readers(output.index).some((reader) => !leftOut.has(reader));
    if (writer === undefined || before === undefined || read || leftOut.has(writer)) break;
    if (!LEFT_OUT_AT_THE_END.includes(writer.op) || before === input) break;
    leftOut.add(writer);
    output = before;
  }
  return { input, output, operators: operators.filter((operator) => !leftOut.has(operator)) };
}

function onlyOne(readers: readonly TfliteOperator[]): TfliteOperator | null {
  return readers.length === 1 ? readers[0]! : null;
}
