import type { FlattenNode, Shape } from '../network.js';
import { decodeLittleEndian, elementsOf } from '../tensor.js';
import type { Padding, TfliteGraph, Value } from './tflite-graph.js';
import type { TfliteOperator, TfliteTensor } from './tflite-model.js';

/**
 * RESHAPE and SQUEEZE: what flattens becomes a flatten node, what changes nothing but the rank becomes nothing. The
 * network flattens channel slowest, the file channel fastest; the next FULLY_CONNECTED makes up for it in its weights.
 */
export function convertReshape(graph: TfliteGraph, operator: TfliteOperator): void {
  const input = graph.input(operator, 0);
  const target = graph.outputTensor(operator);
  const { shape } = graph.activation(operator, target);
  if (shape.join() === input.shape.join()) {
    graph.alias(target, input);
  } else if (shape.length === 1 && elementsOf(input.shape) === shape[0]) {
    graph.alias(target, toFeatures(graph, input, graph.nameOf(target)));
  } else {
    const from = graph.tensor(operator, 0).shape.join(', ');
    const allowed = '[1, height, width, channels] to [1, features], or no change but in rank';
    graph.refuse(operator, `[${from}] to [${target.shape.join(', ')}]`, allowed);
  }
}

/** The same value as [features]; through a flatten node of that name where it is not flat yet. */
export function toFeatures(graph: TfliteGraph, value: Value, name: string): Value {
  if (value.shape.length === 1) return value;
  const node: FlattenNode = {
    op: 'flatten',
    name,
    input: value.node,
    inputShape: value.shape,
    inputFormat: value.format,
    outputShape: [elementsOf(value.shape)],
    outputFormat: value.format,
  };
  return graph.add(node, value.scale, flattenedOrder(value.shape), null);
}

/** The shape, where flattening it channel slowest and channel fastest differ. */
function flattenedOrder(shape: Shape): Shape | null {
  const [channels, height, width] = shape as [number, number, number];
  return channels > 1 && height * width > 1 ? shape : null;
}

/** PAD and PADV2 around the pixels, kept for the operator that follows. */
export function convertPad(graph: TfliteGraph, operator: TfliteOperator): void {
  const value = graph.input(operator, 0);
  const target = graph.outputTensor(operator);
  graph.activation(operator, target);
  const given = readIntegers(graph, operator, 1, 'paddings');
  const axes = given.length === 8 && given.every((pixels) => pixels >= 0) ? given : null;
  if (axes === null || axes[0] !== 0 || axes[1] !== 0 || axes[6] !== 0 || axes[7] !== 0 || value.shape.length !== 3) {
    const allowed = '[[0, 0], [top, bottom], [left, right], [0, 0]] around pixels';
    graph.refuse(operator, `paddings [${given.join(', ')}]`, allowed);
  }
  checkPadValue(graph, operator, value);
  const [, , top, bottom, left, right] = axes as [number, number, number, number, number, number];
  const padding: Padding = { top, bottom, left, right };
  graph.alias(target, value, padding);
}

/** PADV2 names the integer it pads with; convolutions here pad with the zero point. */
function checkPadValue(graph: TfliteGraph, operator: TfliteOperator, { format }: Value): void {
  const tensor = operator.op === 'PADV2' ? graph.optionalTensor(operator, 2) : null;
  if (tensor === null) return;
  const data = tensor.data;
  const got =
    data?.length === 1 ? decodeLittleEndian(format.signed ? 'I8' : 'U8', data, '', tensor.name)[0] : undefined;
  if (got === format.zeroPoint) return;
  graph.refuse(operator, `padding with ${got ?? 'no constant'}`, `padding with the zero point ${format.zeroPoint}`);
}

/** The constant INT32 elements of an input. */
export function readIntegers(graph: TfliteGraph, operator: TfliteOperator, position: number, what: string): number[] {
  const tensor: TfliteTensor = graph.tensor(operator, position);
  if (tensor.type !== 'INT32' || tensor.data === null || tensor.data.length % 4 !== 0) {
    graph.refuse(operator, `${what} "${tensor.name}" of type ${tensor.type}`, `constant INT32 ${what}`);
  }
  return Array.from(decodeLittleEndian('I32', tensor.data, '', tensor.name));
}
