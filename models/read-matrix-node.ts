import { FILE_BITS, MAX_BITS, plainFormat, presentedZero } from './activation-format.js';
import type { JsonFields } from './json-fields.js';
import { requireExactSums } from './matrix-node.js';
import type { NamedTensors } from './named-tensors.js';
import type { ActivationFormat, ConvNode, Integers, MatrixNode, Shape } from './network.js';
import type { NodeSources, Source } from './node-sources.js';
import { readFormat } from './read-format.js';
import {
  fitsMemory,
  HEIGHT_WIDTH,
  imageShape,
  LARGEST_COUNT,
  paddedSize,
  positions,
  readPadding,
  readStride,
} from './read-geometry.js';
import { REAL_KEYS, readRequantiser } from './read-requantiser.js';
import { type Dtype, describeTensor, type Tensor } from './tensor.js';
import type { WindowPruning } from './window-pruning.js';

const MATRIX_KEYS = [
  ...['op', 'name', 'input', 'weight', 'weightBits', 'weightZeroPoint', ...REAL_KEYS, 'requantiser', 'outputFormat'],
  ...['last', 'windowPruning', 'weightScale', 'outScale', 'weightStats', 'inputStats'],
];
export const MATRIX_NODE_KEYS = {
  conv: [...MATRIX_KEYS, 'stride', 'pad', 'dilation', 'groups'],
  fc: MATRIX_KEYS,
} as const satisfies Record<MatrixNode['op'], readonly string[]>;

const WEIGHT_DTYPES: readonly Dtype[] = ['I8', 'I16', 'I32'];
const PRUNING_KEYS = ['rowBlock', 'groupRows', 'threshold'] as const;

/** A conv or fc node of a file while it is read. */
export interface MatrixNodeStart {
  readonly fields: JsonFields;
  readonly name: string;
  /** Null where a problem hides it. */
  readonly source: Source | null;
  readonly isFinal: boolean;
}

/** What conv and fc share. */
type MatrixParts = Omit<
  MatrixNode & { op: 'fc' },
  'op' | 'name' | 'input' | 'inputShape' | 'inputFormat' | 'outputShape'
>;

/** Reads the nodes that are matrix products: weights, requantiser and geometry, and works out their shapes. */
export class MatrixNodeReader {
  constructor(
    private readonly tensors: NamedTensors,
    private readonly sources: NodeSources,
  ) {}

  /** Null, with problems, where it is none. */
  read(op: MatrixNode['op'], start: MatrixNodeStart): MatrixNode | null {
    const node = op === 'conv' ? this.readConv(start) : this.readFc(start);
    if (node === null) return null;
    try {
      requireExactSums(node);
    } catch (error) {
      return start.fields.report('weight', (error as RangeError).message);
    }
    return node;
  }

  private readConv(start: MatrixNodeStart): ConvNode | null {
    const { fields, name, source } = start;
    const stride = readStride(fields);
    const dilation = fields.has('dilation') ? fields.sides('dilation', HEIGHT_WIDTH, 1, LARGEST_COUNT) : [1, 1];
    const groups = fields.has('groups') ? fields.integer('groups', 1, LARGEST_COUNT) : 1;
    const weights = this.tensors.read(fields, 'weight', WEIGHT_DTYPES, ['out', 'in', 'kernel height', 'kernel width']);
    const [, , kernelHeight, kernelWidth] = (weights?.shape ?? [1, 1, 1, 1]) as [number, number, number, number];
    const [dilationHeight, dilationWidth] = (dilation ?? [1, 1]) as [number, number];
    const reach = [dilationHeight * (kernelHeight - 1) + 1, dilationWidth * (kernelWidth - 1) + 1] as const;
    const padding = readPadding(fields, weights === null ? LARGEST_COUNT : Math.max(...reach) - 1);
    const image = imageShape(fields, source?.shape ?? null, 'conv');
    let outputShape: Shape | null = null;
    if (stride && dilation && groups && weights && padding && image && this.groupsFit(start, groups, weights, image)) {
      const padded = paddedSize(image, padding);
      if (reach[0] > padded[0] || reach[1] > padded[1]) {
        this.reportShape(fields, weights, `a kernel no larger than the padded input, ${padded[0]} x ${padded[1]}`);
      } else {
        const height = positions(padded[0], reach[0], stride.strideHeight);
        const width = positions(padded[1], reach[1], stride.strideWidth);
        const shape = [weights.shape[0]!, height, width];
        if (fitsMemory(fields, 'weight', shape)) outputShape = shape;
      }
    }
    const matrix = this.readMatrix(start, weights, outputShape);
    if (!matrix || !outputShape || !stride || !padding || !groups || !image || !source?.format) return null;
    return {
      ...{ op: 'conv', name, input: String(fields.raw('input')), inputShape: image, inputFormat: source.format },
      ...{ outputShape, ...matrix, kernelHeight, kernelWidth, ...stride, ...padding },
      ...{ dilationHeight, dilationWidth, groups },
    };
  }

  private groupsFit(
    { fields }: MatrixNodeStart,
    groups: number,
    weights: Tensor,
    [channels]: readonly [number, number, number],
  ): boolean {
    const outputs = weights.shape[0]!;
    if (channels % groups !== 0 || outputs % groups !== 0) {
      fields.report('groups', `a divisor of the input channels, ${channels}, and of the outputs, ${outputs}`);
      return false;
    }
    if (weights.shape[1] === channels / groups) return true;
    const ofGroup = groups === 1 ? '' : ` in each of ${groups} groups`;
    const input = String(fields.raw('input'));
    this.reportShape(fields, weights, `a tensor with ${channels / groups} input channels${ofGroup}, as "${input}" has`);
    return false;
  }

  private readFc(start: MatrixNodeStart): MatrixNode | null {
    const { fields, name, source } = start;
    const weights = this.tensors.read(fields, 'weight', WEIGHT_DTYPES, ['out', 'in']);
    const shape = source?.shape ?? null;
    const input = String(fields.raw('input'));
    let outputShape: Shape | null = weights === null || shape === null ? null : [weights.shape[0]!];
    if (shape !== null && shape.length !== 1) {
      const allowed = `a node with outputs [features], not [${shape.join(', ')}]`;
      outputShape = fields.report('input', allowed, 'put a flatten or gap node between');
    } else if (shape !== null && weights !== null && weights.shape[1] !== shape[0]) {
      this.reportShape(fields, weights, `a tensor with ${shape[0]} inputs, as "${input}" has`);
      outputShape = null;
    }
    const matrix = this.readMatrix(start, weights, outputShape);
    if (!matrix || !outputShape || !shape || !source?.format) return null;
    return { op: 'fc', name, input, inputShape: shape, inputFormat: source.format, outputShape, ...matrix };
  }

  /** Called also where the shapes are unknown, for its problems. */
  private readMatrix(
    { fields, source, isFinal }: MatrixNodeStart,
    weights: Tensor | null,
    outputShape: Shape | null,
  ): MatrixParts | null {
    const weightBits = fields.has('weightBits') ? fields.integer('weightBits', 1, MAX_BITS) : FILE_BITS;
    const weightsFit = weights === null || weightBits === null || checkWeights(fields, weights, weightBits);
    const count = weights?.shape[0] ?? null;
    const zeroPoints = this.readWeightZeroPoint(fields, count, weightBits);
    const weightScale = fields.has('weightScale') ? fields.positiveNumber('weightScale') : null;
    if (fields.has('outScale')) fields.positiveNumber('outScale');
    const format = fields.has('outputFormat') ? readFormat(fields, 'outputFormat') : plainFormat(FILE_BITS, false);
    const outputs = { count, shape: outputShape, format, isFinal };
    const requantiser = readRequantiser(fields, outputs, this.tensors, this.sources);
    const last = readLast(fields, isFinal);
    const pruning = readWindowPruning(fields, source?.format ?? null);
    if (weights === null || weightBits === null || !weightsFit || zeroPoints === 'problem') return null;
    if (format === null || requantiser === null || pruning === 'problem') return null;
    return {
      weights: weights.data as Integers,
      weightBits,
      weightZeroPoint: zeroPoints,
      weightScale,
      requantiser,
      windowPruning: pruning,
      last,
      outputFormat: format,
    };
  }

  private readWeightZeroPoint(
    fields: JsonFields,
    outputs: number | null,
    weightBits: number | null,
  ): Int32Array | null | 'problem' {
    if (!fields.has('weightZeroPoint')) return null;
    const [min, max] = weightRange(weightBits ?? MAX_BITS);
    const fits = (value: number) => value >= min && value <= max;
    const allowed = `values from ${min} to ${max}`;
    const tensor = this.tensors.readPerOutput(fields, 'weightZeroPoint', 'I32', outputs, fits, allowed);
    return tensor === null ? 'problem' : (tensor.data as Int32Array);
  }

  private reportShape(fields: JsonFields, weights: Tensor, allowed: string): void {
    fields.report('weight', allowed, `that tensor is ${describeTensor(weights)}`);
  }
}

function weightRange(bits: number): readonly [number, number] {
  return [-(2 ** (bits - 1)), 2 ** (bits - 1) - 1];
}

function checkWeights(fields: JsonFields, { data }: Tensor, weightBits: number): boolean {
  const [min, max] = weightRange(weightBits);
  const bad = data.findIndex((value) => value < min || value > max);
  if (bad < 0) return true;
  fields.report(
    'weight',
    `a tensor of values from ${min} to ${max}, ${weightBits} bits`,
    `element ${bad} is ${data[bad]}`,
  );
  return false;
}

/**
 * The final node is `last`, and no other. It may be left out where the node says what integers it gives: with a
 * `requantiser`, or with an `outputFormat`.
 */
function readLast(fields: JsonFields, isFinal: boolean): boolean {
  const last = fields.has('last') ? fields.flag('last') : false;
  if (last === null) return false;
  if (last && !isFinal) fields.report('last', 'false on every node but the final one');
  if (!last && isFinal && !fields.has('requantiser') && !fields.has('outputFormat')) {
    fields.report('last', 'true on the final node', 'or give outputFormat, for outputs in integers');
  }
  return last;
}

function readWindowPruning(fields: JsonFields, inputFormat: ActivationFormat | null): WindowPruning | null | 'problem' {
  if (!fields.has('windowPruning')) return null;
  const own = fields.section('windowPruning', PRUNING_KEYS);
  if (own === null) return 'problem';
  own.onlyKeys(PRUNING_KEYS);
  const rowBlock = own.integer('rowBlock', 1, Number.MAX_SAFE_INTEGER);
  const groupRows = own.integer('groupRows', 1, Number.MAX_SAFE_INTEGER);
  const threshold = own.integer('threshold', 0, Number.MAX_SAFE_INTEGER);
  if (inputFormat !== null && presentedZero(inputFormat) !== 0) {
    fields.report('windowPruning', 'left out where the zero point of the input is not the least integer of its format');
    return 'problem';
  }
  if (rowBlock === null || groupRows === null || threshold === null) return 'problem';
  return { rowBlock, groupRows, threshold };
}
