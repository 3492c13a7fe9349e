import { INPUT_NAME, isMatrixNode, type MatrixNode, type NetworkNode } from '../network.js';

/**
 * Where in a network a layer's weights, or the tensor that it reads, stand: what the distributions are measured by. The
 * same rules classify the measured networks and the shapes.
 */

/** Relative depth: 0, the first quarter of the layers between the first and the last one, to 3. */
export type Quarter = 0 | 1 | 2 | 3;
export const QUARTERS: readonly Quarter[] = [0, 1, 2, 3];

/**
 * Kinds of weights, with the quarter where it is told apart: the first layer; convolutions with kernels above 1 x 1, with
 * 1 x 1 kernels and depthwise ones; fully connected layers; the last layer.
 */
export type WeightPosition = 'first' | `${'conv' | 'pointwise' | 'depthwise'}-${Quarter}` | 'fc' | 'classifier';

/**
 * Kinds of tensors that matrix nodes read, by what made them: the image; a convolution with ReLU (by its kernel, as above);
 * a residual sum with ReLU; maximum pooling; a layer without ReLU, the only signed kind; global average pooling; a fully
 * connected layer with ReLU.
 */
export type InputPosition =
  | 'image'
  | `${'conv' | 'pointwise' | 'depthwise' | 'sum' | 'pool' | 'linear'}-${Quarter}`
  | 'gap'
  | 'fc';

/** Position of the weights of every matrix node, by name. */
export function weightPositions(nodes: readonly NetworkNode[]): ReadonlyMap<string, WeightPosition> {
  const layers = nodes.filter(isMatrixNode);
  return new Map(layers.map((node, index) => [node.name, weightPosition(node, index, layers.length)]));
}

function weightPosition(node: MatrixNode, index: number, layers: number): WeightPosition {
  if (index === 0) return 'first';
  if (index === layers - 1) return 'classifier';
  return node.op === 'fc' ? 'fc' : `${kernelKind(node)}-${quarterOf(index, layers)}`;
}

/** Position of every tensor that a matrix node reads, by the name of the node that makes it, or "input". */
export function inputPositions(nodes: readonly NetworkNode[]): ReadonlyMap<string, InputPosition> {
  const makers = new Map(nodes.map((node) => [node.name, node]));
  const layers = nodes.filter(isMatrixNode);
  const positions = new Map<string, InputPosition>();
  for (const [index, { input }] of layers.entries()) {
    if (positions.has(input)) continue;
    const kind = tensorKind(input, makers);
    const hasQuarter = kind !== 'image' && kind !== 'gap' && kind !== 'fc';
    positions.set(input, hasQuarter ? `${kind}-${quarterOf(index, layers.length)}` : kind);
  }
  return positions;
}

type TensorKind = 'image' | 'conv' | 'pointwise' | 'depthwise' | 'sum' | 'pool' | 'linear' | 'gap' | 'fc';

function tensorKind(name: string, makers: ReadonlyMap<string, NetworkNode>): TensorKind {
  if (name === INPUT_NAME) return 'image';
  const node = makers.get(name)!;
  switch (node.op) {
    case 'conv':
      if (!isRectified(node)) return 'linear';
      return node.requantiser.kind === 'real' && node.requantiser.residual !== null ? 'sum' : kernelKind(node);
    case 'fc':
      return isRectified(node) ? 'fc' : 'linear';
    case 'add':
      return node.min >= node.outputFormat.zeroPoint ? 'sum' : 'linear';
    case 'maxpool':
      return 'pool';
    case 'gap':
      return 'gap';
    case 'avgpool':
      return node.outputShape[1] === 1 && node.outputShape[2] === 1 ? 'gap' : tensorKind(node.input, makers);
    case 'rescale':
      // BatchNorm and ReLU on their own (DenseNet): as after a convolution, whose output they complete.
      return node.min >= node.outputFormat.zeroPoint ? 'conv' : tensorKind(node.input, makers);
    case 'flatten':
    case 'shortcutA':
    case 'concat':
      return tensorKind(node.input, makers);
  }
}

/** Whether no output lies below the one that stands for 0. */
function isRectified({ requantiser, outputFormat: { signed, zeroPoint } }: MatrixNode): boolean {
  const byRequantiser = requantiser.kind === 'fixed-point' || requantiser.kind === 'float32';
  return byRequantiser ? requantiser.min >= zeroPoint : !signed && zeroPoint === 0;
}

function kernelKind(node: MatrixNode): 'conv' | 'pointwise' | 'depthwise' {
  if (node.op === 'fc') return 'pointwise';
  if (node.groups > 1) return 'depthwise';
  return node.kernelHeight === 1 && node.kernelWidth === 1 ? 'pointwise' : 'conv';
}

function quarterOf(index: number, layers: number): Quarter {
  const between = layers - 2;
  return Math.min(3, Math.max(0, Math.floor((4 * (index - 1)) / between))) as Quarter;
}
