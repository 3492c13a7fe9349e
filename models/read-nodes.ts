import { FILE_BITS, plainFormat } from './activation-format.js';
import { isJsonObject, JsonFields } from './json-fields.js';
import {
  type ActivationFormat,
  INPUT_NAME,
  type Integers,
  type KernelGeometry,
  type MatrixNode,
  type NetworkNode,
  type Residual,
  type Shape,
} from './network.js';
import { didYouMean, type Problem } from './problem.js';
import { type Dtype, describeTensor, elementsOf, type Tensor } from './tensor.js';

const NODE_KEYS = ['op', 'name', 'input'];
const MATRIX_KEYS = [
  ...NODE_KEYS,
  ...['weight', 'M', 'B', 'residual', 'R', 'last', 'weightScale', 'outScale', 'weightStats', 'inputStats'],
];
const KEYS_OF_OP = {
  conv: [...MATRIX_KEYS, 'stride', 'pad'],
  fc: MATRIX_KEYS,
  maxpool: [...NODE_KEYS, 'k'],
  gap: NODE_KEYS,
  flatten: NODE_KEYS,
  shortcutA: [...NODE_KEYS, 'padChannels'],
} as const satisfies Partial<Record<NetworkNode['op'], readonly string[]>>;
type Op = keyof typeof KEYS_OF_OP;
const OPS = Object.keys(KEYS_OF_OP) as Op[];

/** Tensors of more elements are refused, so that nonsensical shapes cannot exhaust the memory. */
const LARGEST_TENSOR = 2 ** 28;
const LARGEST_COUNT = 65_536;

/** What is known of a tensor that nodes may read. The shape is null where an earlier problem hides it. */
interface Source {
  readonly shape: Shape | null;
  readonly signed: boolean;
  readonly logits: boolean;
}

/**
 * Reads and checks the list of nodes and works out every shape. Problems are added to `problems`.
 *
 * @param top the fields of the whole file
 * @returns the nodes; null if any of them has a problem
 */
export function readNodes(
  top: JsonFields,
  inputShape: Shape | null,
  inputSigned: boolean | null,
  tensors: ReadonlyMap<string, Tensor>,
  problems: Problem[],
): NetworkNode[] | null {
  const list = top.raw('nodes');
  if (!Array.isArray(list) || list.length === 0) return top.report('nodes', 'a list of at least one node');
  const reader = new NodeReader(list, tensors, problems, {
    shape: inputShape,
    signed: inputSigned ?? false,
    logits: false,
  });
  return reader.readAll();
}

class NodeReader {
  private readonly sources = new Map<string, Source>();
  private readonly namesInFile: ReadonlySet<string>;
  private readonly read = new Set<string>();

  constructor(
    private readonly list: readonly unknown[],
    private readonly tensors: ReadonlyMap<string, Tensor>,
    private readonly problems: Problem[],
    input: Source,
  ) {
    this.sources.set(INPUT_NAME, input);
    this.namesInFile = new Set(list.filter(isJsonObject).map((node) => String(node['name'])));
  }

  readAll(): NetworkNode[] | null {
    const nodes = this.list.map((value, index) => this.readNode(value, `nodes[${index}]`));
    const complete = nodes.filter((node) => node !== null);
    this.checkThatOutputsAreRead();
    return complete.length === nodes.length ? complete : null;
  }

  private readNode(value: unknown, path: string): NetworkNode | null {
    if (!isJsonObject(value)) {
      this.problems.push({ path, value, allowed: 'an object with op, name and input', hint: '' });
      return null;
    }
    const fields = new JsonFields(value, path, this.problems);
    const op = fields.oneOf('op', OPS);
    if (op !== null) fields.onlyKeys(KEYS_OF_OP[op]);
    const name = this.readName(fields);
    const source = this.readSource(fields, 'input');
    const last = this.readLast(fields, path, op);
    const node = op === null ? null : this.readOperation(fields, op, name ?? '', source, last);
    if (name !== null) {
      const signed = op !== null && op !== 'conv' && op !== 'fc' && (source?.signed ?? false);
      this.sources.set(name, { shape: node?.outputShape ?? null, signed, logits: last });
    }
    return name === null ? null : node;
  }

  private readName(fields: JsonFields): string | null {
    const name = fields.text('name');
    if (name === null) return null;
    if (name === INPUT_NAME) return fields.report('name', `any name but "${INPUT_NAME}", which is the network's input`);
    if (this.sources.has(name)) return fields.report('name', 'a name that no earlier node has');
    return name;
  }

  /** The source that `key` names; null, with a problem, if no earlier node has that name. */
  private readSource(fields: JsonFields, key: 'input' | 'residual'): Source | null {
    const name = fields.text(key);
    if (name === null) return null;
    const source = this.sources.get(name);
    if (source === undefined) {
      const hint = this.namesInFile.has(name)
        ? 'that node comes later; nodes are listed in execution order'
        : didYouMean(name, this.sources.keys());
      return fields.report(key, `"${INPUT_NAME}" or the name of an earlier node`, hint);
    }
    this.read.add(name);
    if (source.logits) return fields.report(key, 'a node with 8-bit outputs', 'the "last" node gives float64 logits');
    return source;
  }

  /** The final node, and no other, is `last`, and it is a matrix node. */
  private readLast(fields: JsonFields, path: string, op: Op | null): boolean {
    const isFinal = path === `nodes[${this.list.length - 1}]`;
    const last = fields.has('last') ? fields.flag('last') : false;
    if (last === null || op === null) return false;
    if (isFinal && op !== 'conv' && op !== 'fc') {
      fields.report('op', 'conv or fc on the final node', 'the final node gives the logits');
    } else if (last !== isFinal) {
      fields.report('last', isFinal ? 'true on the final node' : 'false on every node but the final one');
    }
    return last;
  }

  private readOperation(
    fields: JsonFields,
    op: Op,
    name: string,
    source: Source | null,
    last: boolean,
  ): NetworkNode | null {
    const input = String(fields.raw('input'));
    const inputShape = source?.shape ?? null;
    const format = plainFormat(FILE_BITS, source?.signed ?? false);
    // The others only move and average values; conv and fc say otherwise in readMatrix.
    const base = { name, input, inputFormat: format, outputFormat: format };
    switch (op) {
      case 'conv':
        return this.readConv(fields, base, inputShape, last);
      case 'fc':
        return this.readFc(fields, base, inputShape, last);
      case 'maxpool': {
        const k = fields.integer('k', 1, LARGEST_COUNT);
        const image = this.imageShape(fields, inputShape, op);
        if (k === null || image === null) return null;
        const [channels, height, width] = image;
        if (height % k !== 0 || width % k !== 0) {
          return fields.report('k', `a divisor of height and width of the input, ${height} x ${width}`);
        }
        const outputShape = [channels, height / k, width / k];
        return { ...base, op, ...squareKernel(k, k, k, 0), inputShape: image, outputShape };
      }
      case 'gap': {
        const image = this.imageShape(fields, inputShape, op);
        return image && { ...base, op, inputShape: image, outputShape: [image[0]] };
      }
      case 'flatten':
        return inputShape && { ...base, op, inputShape, outputShape: [elementsOf(inputShape)] };
      case 'shortcutA': {
        const padChannels = fields.integer('padChannels', 0, LARGEST_COUNT);
        const image = this.imageShape(fields, inputShape, op);
        if (padChannels === null || image === null) return null;
        const [channels, height, width] = image;
        const outputShape = [channels + 2 * padChannels, Math.ceil(height / 2), Math.ceil(width / 2)];
        if (!this.fitsMemory(fields, 'padChannels', outputShape)) return null;
        return { ...base, op, padChannels, inputShape: image, outputShape };
      }
    }
  }

  private readConv(fields: JsonFields, base: NodeStart, shape: Shape | null, last: boolean): NetworkNode | null {
    const stride = fields.integer('stride', 1, LARGEST_COUNT);
    const weights = this.readTensor(fields, 'weight', 'I8', ['out', 'in', 'kernel height', 'kernel width']);
    const largestKernel = weights === null ? LARGEST_COUNT : Math.max(weights.shape[2]!, weights.shape[3]!);
    const pad = fields.integer('pad', 0, Math.max(0, largestKernel - 1));
    const image = this.imageShape(fields, shape, 'conv');
    if (stride === null || pad === null || weights === null || image === null) {
      this.readMatrix(fields, weights, null, last);
      return null;
    }
    const [channels, height, width] = image;
    const [outputs, inputs, kernelHeight, kernelWidth] = weights.shape as [number, number, number, number];
    let outputShape: Shape | null = [
      outputs,
      Math.floor((height + 2 * pad - kernelHeight) / stride) + 1,
      Math.floor((width + 2 * pad - kernelWidth) / stride) + 1,
    ];
    if (inputs !== channels) {
      this.reportShape(fields, weights, `a tensor with ${channels} input channels, as "${base.input}" has`);
      outputShape = null;
    } else if (kernelHeight > height + 2 * pad || kernelWidth > width + 2 * pad) {
      this.reportShape(
        fields,
        weights,
        `a kernel no larger than the padded input, ${height + 2 * pad} x ${width + 2 * pad}`,
      );
      outputShape = null;
    } else if (!this.fitsMemory(fields, 'weight', outputShape)) {
      outputShape = null;
    }
    const matrix = this.readMatrix(fields, weights, outputShape, last);
    if (matrix === null || outputShape === null) return null;
    return {
      ...base,
      ...matrix,
      ...squareKernel(kernelHeight, kernelWidth, stride, pad),
      ...{ dilationHeight: 1, dilationWidth: 1, groups: 1 },
      op: 'conv',
      inputShape: image,
      outputShape,
    };
  }

  private readFc(fields: JsonFields, base: NodeStart, shape: Shape | null, last: boolean): NetworkNode | null {
    const weights = this.readTensor(fields, 'weight', 'I8', ['out', 'in']);
    let outputShape: Shape | null = weights === null ? null : [weights.shape[0]!];
    if (shape !== null && shape.length !== 1) {
      const allowed = `a node with outputs [features], not [${shape.join(', ')}]`;
      outputShape = fields.report('input', allowed, 'put a flatten or gap node between');
    } else if (shape !== null && weights !== null && weights.shape[1] !== shape[0]) {
      this.reportShape(fields, weights, `a tensor with ${shape[0]} inputs, as "${base.input}" has`);
      outputShape = null;
    }
    const matrix = this.readMatrix(fields, weights, shape === null ? null : outputShape, last);
    if (matrix === null || outputShape === null || shape === null) return null;
    return { ...base, ...matrix, op: 'fc', inputShape: shape, outputShape };
  }

  /** What conv and fc share: multipliers, biases, residual. Called also where the shapes are unknown, for its problems. */
  private readMatrix(
    fields: JsonFields,
    weights: Tensor | null,
    outputShape: Shape | null,
    last: boolean,
  ): MatrixParts | null {
    const weightScale = fields.has('weightScale') ? fields.positiveNumber('weightScale') : null;
    if (fields.has('outScale')) fields.positiveNumber('outScale');
    const multiplier = this.readPerOutput(fields, 'M', weights);
    const bias = this.readPerOutput(fields, 'B', weights);
    const residual = this.readResidual(fields, outputShape);
    if (weights === null || multiplier === null || bias === null || residual === 'problem') return null;
    return {
      outputFormat: plainFormat(FILE_BITS, false),
      weights: weights.data as Integers,
      weightBits: FILE_BITS,
      weightZeroPoint: null,
      weightScale,
      requantiser: { kind: 'real', multiplier, bias, residual },
      windowPruning: null,
      last,
    };
  }

  private readPerOutput(fields: JsonFields, key: 'M' | 'B', weights: Tensor | null): Float64Array | null {
    const tensor = this.readTensor(fields, key, 'F64', ['out']);
    if (tensor === null) return null;
    const outputs = weights?.shape[0];
    if (outputs !== undefined && tensor.shape[0] !== outputs) {
      return fields.report(key, `a tensor of ${outputs} values, one per output`, `its shape is [${tensor.shape[0]}]`);
    }
    const bad = tensor.data.findIndex((value) => !Number.isFinite(value));
    if (bad >= 0) return fields.report(key, 'a tensor of finite values', `element ${bad} is ${tensor.data[bad]}`);
    return tensor.data as Float64Array;
  }

  private readResidual(fields: JsonFields, outputShape: Shape | null): Residual | null | 'problem' {
    if (!fields.has('residual')) {
      if (!fields.has('R')) return null;
      fields.report('R', 'R only beside residual');
      return 'problem';
    }
    const source = this.readSource(fields, 'residual');
    const multiplier = fields.number('R');
    if (source === null || multiplier === null) return 'problem';
    const node = String(fields.raw('residual'));
    if (node === INPUT_NAME || source.signed) {
      fields.report('residual', 'a node with unsigned outputs (behind a conv or fc)');
      return 'problem';
    }
    if (outputShape !== null && source.shape !== null && outputShape.join() !== source.shape.join()) {
      const hint = `the outputs of "${node}" are [${source.shape.join(', ')}]`;
      fields.report('residual', `a node with outputs [${outputShape.join(', ')}], as this one has`, hint);
      return 'problem';
    }
    return { node, multiplier };
  }

  /** The tensor that `key` names, checked for its dtype and number of dimensions; none of them may be 0. */
  private readTensor(fields: JsonFields, key: string, dtype: Dtype, dimensions: readonly string[]): Tensor | null {
    const name = fields.text(key);
    if (name === null) return null;
    const wanted = `the name of a tensor ${dtype} [${dimensions.join(', ')}]`;
    const fits = (tensor: Tensor) =>
      tensor.dtype === dtype && tensor.shape.length === dimensions.length && !tensor.shape.includes(0);
    const tensor = this.tensors.get(name);
    if (tensor === undefined) return fields.report(key, wanted, this.missingTensorHint(name, fits));
    if (!fits(tensor)) return fields.report(key, wanted, `that tensor is ${describeTensor(tensor)}`);
    return tensor;
  }

  private missingTensorHint(name: string, fits: (tensor: Tensor) => boolean): string {
    const candidates = [...this.tensors].filter(([, tensor]) => fits(tensor)).map(([candidate]) => candidate);
    const nearest = didYouMean(name, candidates);
    return `the safetensors file has no such tensor${nearest === '' ? '' : `; ${nearest}`}`;
  }

  private reportShape(fields: JsonFields, weights: Tensor, allowed: string): void {
    fields.report('weight', allowed, `that tensor is ${describeTensor(weights)}`);
  }

  private imageShape(fields: JsonFields, shape: Shape | null, op: string): [number, number, number] | null {
    if (shape === null) return null;
    if (shape.length === 3) return [...shape] as [number, number, number];
    return fields.report('input', `a node with outputs [channels, height, width], which ${op} needs`);
  }

  private fitsMemory(fields: JsonFields, key: string, shape: Shape): boolean {
    if (elementsOf(shape) <= LARGEST_TENSOR) return true;
    fields.report(key, `at most ${LARGEST_TENSOR} output values`, `outputs would be [${shape.join(', ')}]`);
    return false;
  }

  private checkThatOutputsAreRead(): void {
    this.list.forEach((value, index) => {
      if (index === this.list.length - 1 || !isJsonObject(value)) return;
      const name = value['name'];
      if (typeof name === 'string' && this.sources.has(name) && !this.read.has(name)) {
        const allowed = 'a name that a later node reads';
        this.problems.push({
          path: `nodes[${index}].name`,
          value: name,
          allowed,
          hint: 'remove the node or connect it',
        });
      }
    });
  }
}

interface NodeStart {
  readonly name: string;
  readonly input: string;
  readonly inputFormat: ActivationFormat;
  readonly outputFormat: ActivationFormat;
}

/** What conv and fc share. */
type MatrixParts = Pick<
  MatrixNode,
  | 'weights'
  | 'weightBits'
  | 'weightZeroPoint'
  | 'weightScale'
  | 'requantiser'
  | 'windowPruning'
  | 'last'
  | 'outputFormat'
>;

/** The same stride and padding on all sides, as the format has it. */
function squareKernel(kernelHeight: number, kernelWidth: number, stride: number, pad: number): KernelGeometry {
  return {
    ...{ kernelHeight, kernelWidth, strideHeight: stride, strideWidth: stride },
    ...{ padTop: pad, padLeft: pad, padBottom: pad, padRight: pad },
  };
}
