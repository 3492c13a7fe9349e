import { INPUT_NAME } from '../network.js';

/** Last words of a TensorFlow name that say what is done, which the node says already. */
const OPERATION =
  /^(BiasAdd|add_fold|Conv2D|Conv2D_Fold|depthwise_Fold|MatMul|Relu6?|FusedBatchNormV3|Reshape|AvgPool|MaxPool|Mean|concat|Pad|Softmax)\d*$/;
/** Of a fused name, the part that belongs to one layer only: the bias. Weights are shared names in converted files. */
const BIAS = /\/(BiasAdd|add_fold)$/;
/** Names that converters give to outputs and that say nothing. */
const GENERIC = /^(Identity|StatefulPartitionedCall|PartitionedCall|output|serving_default)(_int8|_\d+|:\d+)*$/i;
const LONGEST = 40;

/** What a node is named after. */
export interface NamedOutput {
  /** Name of its output tensor. */
  readonly tensor: string;
  /** "CONV_2D" */
  readonly op: string;
}

/**
 * Short, recognisable, unique names. A converter names a fused tensor after everything in it, separated by ";": taken is
 * the part of the bias, else the last one, without its last word where that only names the operation, and without the
 * scope that all names begin with. "model/activation/Relu;model/bn/FusedBatchNormV3;model/conv2d_1/BiasAdd;
 * model/conv2d_7/Conv2D" becomes "conv2d_1". Names that say nothing ("Identity") give way to the operator's.
 */
export function nodeNames(outputs: readonly NamedOutput[]): string[] {
  const layers = outputs.map(({ tensor }) => layerOf(tensor));
  const scopes = new Set(layers.filter((path) => path.length > 0).map((path) => (path.length > 1 ? path[0] : null)));
  const shared = scopes.size === 1 && !scopes.has(null) ? 1 : 0;
  const taken = new Set<string>([INPUT_NAME]);
  return layers.map((path, i) => {
    const name = shortened(path.slice(shared)) || outputs[i]!.op.toLowerCase();
    let unique = name;
    for (let n = 2; taken.has(unique); n++) unique = `${name}_${n}`;
    taken.add(unique);
    return unique;
  });
}

/** Path of the layer: ["model", "conv2d_1"]; [] where the name says nothing. */
function layerOf(tensor: string): string[] {
  const parts = tensor.split(';').filter((part) => part !== '');
  const own = parts.filter((part) => !/\/ReadVariableOp(\/|$)/.test(part));
  const part = own.find((name) => BIAS.test(name)) ?? own.at(-1) ?? parts.at(-1) ?? '';
  if (GENERIC.test(part)) return [];
  const path = part.split('/').filter((word) => word !== '');
  const last = path.at(-1);
  const repeats = path.length > 1 && path.at(-2)!.replace(/_\d+$/, '') === last;
  if (path.length > 1 && (repeats || OPERATION.test(last!))) path.pop();
  return path;
}

/** The last words that fit, in the characters that paths of results use. */
function shortened(path: readonly string[]): string {
  const words = [...path];
  while (words.length > 1 && words.join('/').length > LONGEST) words.shift();
  return words.join('/').replace(/[^A-Za-z0-9_./-]/g, '_');
}
