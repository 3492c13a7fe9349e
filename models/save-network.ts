import { isDeepStrictEqual } from 'node:util';
import { FILE_BITS, formatMax, formatMin } from './activation-format.js';
import type { FloatWeights } from './float-network.js';
import { parseNetwork } from './load-network.js';
import { groupsOf } from './matrix-node.js';
import {
  type ActivationFormat,
  isMatrixNode,
  type KernelGeometry,
  type MatrixNode,
  type Network,
  type NetworkNode,
  type Shape,
} from './network.js';
import type { Tensor } from './tensor.js';
import { safetensorsBytes } from './write-safetensors.js';

/** The two files of a network, and of its float weights where it has them. */
export interface NetworkFiles {
  /** NAME.json */
  readonly json: string;
  /** NAME.safetensors */
  readonly tensors: Uint8Array;
  /** fp32.safetensors beside them; null without float weights. */
  readonly floatWeights: Uint8Array | null;
}

type Json = Record<string, unknown>;

/**
 * A network in ousim's own format (`docs/network-format.md`): `loadNetwork` reads an equal one from the files, which is
 * checked before they are returned. Equal networks give equal bytes.
 *
 * @param floatWeights what the integers were made from, for schemes that start from it; null: none
 * @throws RangeError if the network's numbers are drawn (`synthetic`), or it contradicts itself: a shape that does not follow
 *   from the geometry, `activationBits` that are not those of the widest format
 * @throws NetworkFormatError with everything that the format does not allow
 */
export function saveNetwork(network: Network, floatWeights: FloatWeights | null = null): NetworkFiles {
  const { title, synthetic, inputScale, inputFormat, inputShape, preprocess, nodes } = network;
  if (synthetic !== null) {
    throw new RangeError(`network "${title}": its numbers are drawn; allowed: networks with numbers of their own`);
  }
  const tensors = new Map<string, Tensor>();
  const list = nodes.map((node, i) => nodeToJson(node, i === nodes.length - 1, tensors));
  const input = isPlain(inputFormat) ? { inputSigned: inputFormat.signed } : { inputFormat };
  const json = networkText({ title, inputScale, ...input, inputShape, preprocess }, list);
  const readBack = parseNetwork(JSON.parse(json), tensors, `network "${title}"`);
  requireEqual(readBack, network);
  return { json, tensors: safetensorsBytes(tensors), floatWeights: floatWeights && floatBytes(network, floatWeights) };
}

/** What a file says in other ways than a network could have it: shapes, the widest format. */
function requireEqual(readBack: Network, network: Network): void {
  if (isDeepStrictEqual(readBack, network)) return;
  const keys = (Object.keys(network) as (keyof Network)[]).filter((key) => key !== 'nodes');
  const parts = [
    ...keys.filter((key) => !isDeepStrictEqual(readBack[key], network[key])),
    ...network.nodes
      .filter((node, i) => !isDeepStrictEqual(readBack.nodes[i], node))
      .map(({ name }) => `node "${name}"`),
  ];
  throw new RangeError(`network "${network.title}": ${parts.join(', ')} would be read back differently from its file`);
}

/** Eight bits without zero point, as all formats of a file are that says nothing else. */
function isPlain({ bits, zeroPoint }: ActivationFormat): boolean {
  return bits === FILE_BITS && zeroPoint === 0;
}

function floatBytes(network: Network, floatWeights: FloatWeights): Uint8Array {
  const tensors = new Map<string, Tensor>();
  for (const node of network.nodes.filter(isMatrixNode)) {
    const data = floatWeights.get(node.name);
    if (data !== undefined) tensors.set(`${node.name}.weight`, { dtype: 'F64', shape: weightShape(node), data });
  }
  return safetensorsBytes(tensors);
}

function weightShape(node: MatrixNode): Shape {
  const outputs = node.outputShape[0]!;
  if (node.op === 'fc') return [outputs, node.inputShape[0]!];
  return [outputs, node.inputShape[0]! / groupsOf(node), node.kernelHeight, node.kernelWidth];
}

function nodeToJson(node: NetworkNode, isFinal: boolean, tensors: Map<string, Tensor>): Json {
  const { op, name, input } = node;
  const start = { op, name, input };
  switch (op) {
    case 'conv':
    case 'fc':
      return { ...start, ...matrixToJson(node, isFinal, tensors) };
    case 'maxpool':
      return { ...start, ...(isBlock(node) ? { k: node.kernelHeight } : kernelToJson(node)) };
    case 'avgpool':
      return { ...start, ...kernelToJson(node), ...roundingToJson(node) };
    case 'add':
      return { ...start, other: node.other, ...roundingToJson(node) };
    case 'rescale':
      return { ...start, ...roundingToJson(node) };
    case 'concat':
      return { op, name, inputs: node.inputs };
    case 'shortcutA':
      return { ...start, padChannels: node.padChannels };
    case 'gap':
    case 'flatten':
      return start;
  }
}

function matrixToJson(node: MatrixNode, isFinal: boolean, tensors: Map<string, Tensor>): Json {
  const { name, weights, weightBits, weightZeroPoint, weightScale, windowPruning, outputFormat, last } = node;
  const store = (key: string, dtype: Tensor['dtype'], data: Tensor['data'], shape: Shape = [data.length]): string => {
    tensors.set(`${name}.${key}`, { dtype, shape, data });
    return `${name}.${key}`;
  };
  const dtype = weights instanceof Int8Array ? 'I8' : weights instanceof Int16Array ? 'I16' : 'I32';
  const isDefault = isPlain(outputFormat) && !outputFormat.signed;
  // Integers of a `real` requantiser on the final node, which else gives logits.
  const isSaid = isFinal && !last && node.requantiser.kind === 'real';
  return {
    weight: store('weight', dtype, weights, weightShape(node)),
    ...(weightBits === FILE_BITS ? {} : { weightBits }),
    ...(weightZeroPoint === null ? {} : { weightZeroPoint: store('weightZeroPoint', 'I32', weightZeroPoint) }),
    ...(weightScale === null ? {} : { weightScale }),
    ...(node.op === 'conv' ? convToJson(node) : {}),
    ...requantiserToJson(node, store),
    ...(isDefault && !isSaid ? {} : { outputFormat }),
    ...(windowPruning === null ? {} : { windowPruning }),
    ...(last ? { last } : {}),
  };
}

function convToJson(node: MatrixNode & { readonly op: 'conv' }): Json {
  const { strideHeight, strideWidth, padTop, padLeft, padBottom, padRight, groups } = node;
  const { dilationHeight, dilationWidth, kernelHeight, kernelWidth } = node;
  const reach = Math.max(dilationHeight * (kernelHeight - 1), dilationWidth * (kernelWidth - 1)) + 1;
  const pad = oneOrAll([padTop, padLeft, padBottom, padRight]);
  return {
    stride: oneOrAll([strideHeight, strideWidth]),
    pad: typeof pad === 'number' && pad < reach ? pad : [padTop, padLeft, padBottom, padRight],
    ...(dilationHeight === 1 && dilationWidth === 1 ? {} : { dilation: oneOrAll([dilationHeight, dilationWidth]) }),
    ...(groups === 1 ? {} : { groups }),
  };
}

type Store = (key: string, dtype: Tensor['dtype'], data: Tensor['data']) => string;

function requantiserToJson({ requantiser, outputFormat }: MatrixNode, store: Store): Json {
  const { kind } = requantiser;
  switch (kind) {
    case 'none':
      return { requantiser: { kind } };
    case 'real': {
      const { multiplier, bias, residual } = requantiser;
      const other = residual === null ? {} : { residual: residual.node, R: residual.multiplier };
      return { M: store('M', 'F64', multiplier), B: store('B', 'F64', bias), ...other };
    }
    case 'float32': {
      const bias = store('bias', 'F64', requantiser.bias);
      const scale = store('scale', 'F32', requantiser.scale);
      return { requantiser: { kind, bias, scale, ...limitsToJson(requantiser, outputFormat) } };
    }
    case 'fixed-point': {
      const bias = store('bias', 'F64', requantiser.bias);
      const multiplier = store('multiplier', 'I32', requantiser.multiplier);
      const shift = store('shift', 'I32', requantiser.shift);
      const limits = limitsToJson(requantiser, outputFormat);
      return { requantiser: { kind, rounding: requantiser.rounding, bias, multiplier, shift, ...limits } };
    }
  }
}

interface Limits {
  readonly min: number;
  readonly max: number;
}

/** Limits that are not those of the format. */
function limitsToJson({ min, max }: Limits, format: ActivationFormat): Json {
  return { ...(min === formatMin(format) ? {} : { min }), ...(max === formatMax(format) ? {} : { max }) };
}

function roundingToJson(node: Extract<NetworkNode, { readonly op: 'avgpool' | 'add' | 'rescale' }>): Json {
  const { arithmetic, inputFormat, outputFormat } = node;
  const keeps = isDeepStrictEqual(inputFormat, outputFormat);
  return { arithmetic, ...(keeps ? {} : { outputFormat }), ...limitsToJson(node, outputFormat) };
}

function kernelToJson(node: KernelGeometry): Json {
  const { kernelHeight, kernelWidth, strideHeight, strideWidth, padTop, padLeft, padBottom, padRight } = node;
  return {
    kernel: oneOrAll([kernelHeight, kernelWidth]),
    stride: oneOrAll([strideHeight, strideWidth]),
    pad: oneOrAll([padTop, padLeft, padBottom, padRight]),
  };
}

/** Blocks of k x k that fill the image. */
function isBlock(node: KernelGeometry & { readonly inputShape: Shape }): boolean {
  const { kernelHeight: k, kernelWidth, strideHeight, strideWidth, padTop, padLeft, padBottom, padRight } = node;
  const isSquare = kernelWidth === k && strideHeight === k && strideWidth === k;
  const isUnpadded = padTop === 0 && padLeft === 0 && padBottom === 0 && padRight === 0;
  return isSquare && isUnpadded && node.inputShape[1]! % k === 0 && node.inputShape[2]! % k === 0;
}

function oneOrAll(values: readonly number[]): number | readonly number[] {
  return values.every((value) => value === values[0]) ? values[0]! : values;
}

/** A key a line, and below `nodes` a node a line. */
function networkText(top: Json, nodes: readonly Json[]): string {
  const keys = Object.entries(top).map(([key, value]) => `  ${JSON.stringify(key)}: ${jsonText(value)},`);
  const list = nodes.map((node) => `    ${jsonText(node)}`).join(',\n');
  return `{\n${keys.join('\n')}\n  "nodes": [\n${list}\n  ]\n}\n`;
}

/** On one line. Unlike JSON.stringify it keeps the sign of -0, so that what is read back is the same. */
function jsonText(value: unknown): string {
  if (Object.is(value, -0)) return '-0';
  if (Array.isArray(value)) return `[${value.map(jsonText).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).map(([key, item]) => `${JSON.stringify(key)}: ${jsonText(item)}`);
  return `{ ${entries.join(', ')} }`;
}
