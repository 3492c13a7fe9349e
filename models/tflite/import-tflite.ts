import { basename } from 'node:path';
import { FILE_BITS } from '../activation-format.js';
import { FileFormatError } from '../file-format-error.js';
import type { Network, Preprocess } from '../network.js';
import { NetworkFormatError } from '../network-format-error.js';
import type { Problem } from '../problem.js';
import { type GraphEnds, graphEnds } from './graph-ends.js';
import { convertConv, convertDepthwiseConv, convertFullyConnected } from './matrix-operators.js';
import { nodeNames } from './node-names.js';
import { convertPad, convertReshape } from './shape-operators.js';
import { OperatorRefused, TfliteGraph } from './tflite-graph.js';
import { readTfliteModel, type TfliteModel, type TfliteOperator } from './tflite-model.js';
import {
  convertAdd,
  convertAveragePool,
  convertConcatenation,
  convertMaxPool,
  convertMean,
  convertQuantize,
  convertRelu,
} from './vector-operators.js';

const CONVERSIONS: Readonly<Record<string, (graph: TfliteGraph, operator: TfliteOperator) => void>> = {
  CONV_2D: convertConv,
  DEPTHWISE_CONV_2D: convertDepthwiseConv,
  FULLY_CONNECTED: convertFullyConnected,
  ADD: convertAdd,
  AVERAGE_POOL_2D: convertAveragePool,
  MAX_POOL_2D: convertMaxPool,
  MEAN: convertMean,
  CONCATENATION: convertConcatenation,
  QUANTIZE: convertQuantize,
  RELU: convertRelu,
  RELU6: convertRelu,
  RELU_N1_TO_1: convertRelu,
  RESHAPE: convertReshape,
  SQUEEZE: convertReshape,
  PAD: convertPad,
  PADV2: convertPad,
};

const SUPPORTED = `${Object.keys(CONVERSIONS).join(', ')}; SOFTMAX and DEQUANTIZE at the end`;

/** A TensorFlow Lite file as a network, and which node gives which of its tensors. */
export interface ImportedTflite {
  readonly network: Network;
  /** Node by the index of the tensor whose integers it gives. */
  readonly nodeOfTensor: ReadonlyMap<number, string>;
}

/**
 * The network in a TensorFlow Lite file (int8 or uint8, batch 1), which computes the same integers as TensorFlow Lite's
 * reference kernels. Layouts change from channel last to channel first; PAD goes into what follows, separate activation
 * functions into what is before them where that is exact; at the end SOFTMAX, DEQUANTIZE and reshapes are left out, at the
 * beginning a QUANTIZE of float inputs. Inputs are integers of the first quantised tensor; outputs of several pixels are
 * channel slowest.
 *
 * @param bytes the file
 * @param fileName names the file in errors, and the network
 * @throws FileFormatError if it is no TensorFlow Lite file, truncated or damaged
 * @throws NetworkFormatError with everything that is not supported, each with its operator
 */
export function importTflite(bytes: Uint8Array, fileName: string): Network {
  return convertTflite(bytes, fileName).network;
}

/** The same, with the node of each tensor. */
export function convertTflite(bytes: Uint8Array, fileName: string): ImportedTflite {
  const model = readTfliteModel(bytes, fileName);
  const problems: Problem[] = [];
  if (model.subgraphs !== 1) {
    const hint = 'control flow and several signatures are not supported';
    problems.push({ path: 'subgraphs', value: `${model.subgraphs} subgraphs`, allowed: 'one', hint });
  }
  const ends = graphEnds(model, problems);
  const operators = ends?.operators ?? model.operators;
  const graph = new TfliteGraph(model, namesOf(model, operators));
  const input = ends === null ? null : graph.addInput(ends.input);
  for (const operator of operators) convertOperator(graph, operator);
  problems.push(...graph.problems);
  if (problems.length === 0 && ends !== null) reportUnread(graph, ends, problems);
  if (problems.length > 0) throw new NetworkFormatError(fileName, problems);
  if (input === null || graph.nodes.length === 0) {
    throw new FileFormatError(fileName, 'has no operators that compute', 'the file is damaged or empty');
  }
  return {
    network: {
      title: basename(fileName),
      inputShape: input.shape as [number, number, number],
      inputFormat: input.format,
      activationBits: FILE_BITS,
      inputScale: input.scale,
      preprocess: preprocessOf(input.format.signed),
      nodes: graph.nodes,
      synthetic: null,
    },
    nodeOfTensor: graph.nodeOfTensor(),
  };
}

/** A PAD gives no node. */
function namesOf(model: TfliteModel, operators: readonly TfliteOperator[]): Map<number, string> {
  const named = operators.filter(({ op, outputs }) => !/^PAD(V2)?$/.test(op) && outputs.length > 0);
  const outputs = named.map(({ op, outputs }) => ({ op, tensor: model.tensors[outputs[0]!]!.name }));
  const names = nodeNames(outputs);
  return new Map(named.map((operator, i) => [operator.outputs[0]!, names[i]!]));
}

function convertOperator(graph: TfliteGraph, operator: TfliteOperator): void {
  try {
    const convert = CONVERSIONS[operator.op];
    if (convert === undefined) graph.refuse(operator, operator.op, SUPPORTED);
    convert(graph, operator);
  } catch (error) {
    if (!(error instanceof OperatorRefused)) throw error;
    graph.standIn(operator);
  }
}

/** Every output must be read: the network has one output, and its last node gives it. */
function reportUnread(graph: TfliteGraph, { operators, output }: GraphEnds, problems: Problem[]): void {
  const read = new Set([output.index, ...operators.flatMap(({ inputs }) => inputs)]);
  for (const operator of operators) {
    if (operator.outputs.some((index) => read.has(index))) continue;
    const allowed = 'operators that the output depends on';
    problems.push({ path: graph.pathOf(operator), value: 'an output that nothing reads', allowed, hint: '' });
  }
}

/** 8-bit inputs are given as unsigned bytes; a signed network takes them less 128. */
function preprocessOf(signed: boolean): Preprocess {
  return signed ? { kind: 'shifted', offset: -128 } : { kind: 'raw' };
}
