import { basename } from 'node:path';
import { GRAPH_INPUT, type GraphInput, type Layer, type LayerGraph } from '../layer-graph/layer-graph.js';
import { NetworkFormatError } from '../network-format-error.js';
import { didYouMean, type Problem } from '../problem.js';
import { type GraphContext, OnnxNode, type Value } from './onnx-node.js';
import type { GraphProto, ModelProto, ValueInfoProto } from './onnx-schema.js';
import {
  type ElementType,
  elementTypeName,
  elementTypeOf,
  type OnnxTensor,
  type ReadExternalData,
  readTensorProto,
} from './onnx-tensor.js';
import {
  readArithmetic,
  readBatchNormalization,
  readCast,
  readClip,
  readConcat,
  readRelu,
  readSoftmax,
} from './read-elementwise-operators.js';
import { readConv, readGemm, readMatMul } from './read-matrix-operators.js';
import { readAveragePool, readGlobalPool, readMaxPool, readReduceMean } from './read-pool-operators.js';
import {
  readConvInteger,
  readDequantizeLinear,
  readMatMulInteger,
  readQGemm,
  readQLinearAdd,
  readQLinearAverage,
  readQLinearConcat,
  readQLinearConv,
  readQLinearMatMul,
  readQuantizeLinear,
} from './read-quantised-operators.js';
import { foldConstants, readConstant, readIdentity, readPad, readReshape, readShape } from './read-shape-operators.js';

/** Readers of the operators that are imported; those of com.microsoft have names that ONNX's own do not have. */
const OPERATORS: Readonly<Record<string, (node: OnnxNode) => Value | null>> = {
  Add: readArithmetic,
  AveragePool: readAveragePool,
  BatchNormalization: readBatchNormalization,
  Cast: readCast,
  Clip: readClip,
  Concat: readConcat,
  Conv: readConv,
  ConvInteger: readConvInteger,
  DequantizeLinear: readDequantizeLinear,
  Div: readArithmetic,
  Dropout: readIdentity,
  Flatten: readReshape,
  Gemm: readGemm,
  GlobalAveragePool: readGlobalPool,
  GlobalMaxPool: readGlobalPool,
  Identity: readIdentity,
  LogSoftmax: readSoftmax,
  MatMul: readMatMul,
  MatMulInteger: readMatMulInteger,
  MaxPool: readMaxPool,
  Mul: readArithmetic,
  Pad: readPad,
  QGemm: readQGemm,
  QLinearAdd: readQLinearAdd,
  QLinearAveragePool: readQLinearAverage,
  QLinearConcat: readQLinearConcat,
  QLinearConv: readQLinearConv,
  QLinearGlobalAveragePool: readQLinearAverage,
  QLinearMatMul: readQLinearMatMul,
  QuantizeLinear: readQuantizeLinear,
  ReduceMean: readReduceMean,
  Relu: readRelu,
  Reshape: readReshape,
  Shape: readShape,
  Softmax: readSoftmax,
  Squeeze: readReshape,
  Sub: readArithmetic,
  Unsqueeze: readReshape,
};

/** The ONNX operators that the importer reads. */
export const SUPPORTED_OPERATORS: readonly string[] = ['Constant', ...Object.keys(OPERATORS)].sort();

const DOMAINS = ['', 'ai.onnx', 'com.microsoft'];

/** Reasons for operators that one could expect to be read. */
const REASONS: Readonly<Record<string, string>> = {
  DynamicQuantizeLinear:
    'its scale depends on the image, so a layer has no fixed integers; quantise statically (quantize_static)',
  Transpose: 'export with channels first (tf2onnx: --inputs-as-nchw)',
  If: 'control flow has no fixed layers',
  Loop: 'control flow has no fixed layers',
  Scan: 'control flow has no fixed layers',
};

/**
 * Reads a model's graph into layers.
 *
 * @param path names the file in errors; the title is its name
 * @throws NetworkFormatError with everything that cannot be imported
 */
export function readGraph(
  model: ModelProto & { readonly graph: GraphProto },
  path: string,
  readExternal: ReadExternalData,
): LayerGraph {
  return new GraphReader(model, path, readExternal).read();
}

class GraphReader implements GraphContext {
  readonly opset: number;
  private readonly graph: GraphProto;
  private readonly values = new Map<string, Value>();
  private readonly layers: Layer[] = [];
  private readonly names = new Set<string>([GRAPH_INPUT]);
  private readonly problems: Problem[] = [];

  constructor(
    model: ModelProto & { readonly graph: GraphProto },
    private readonly path: string,
    private readonly readExternal: ReadExternalData,
  ) {
    this.graph = model.graph;
    this.opset = model.opsetImport.find(({ domain = '' }) => domain === '' || domain === 'ai.onnx')?.version ?? 1;
  }

  read(): LayerGraph {
    const { graph } = this;
    graph.initializer.forEach((proto, index) => {
      const tensor = this.tensor(proto, `graph.initializer[${index}] ("${proto.name ?? ''}")`);
      this.values.set(proto.name ?? '', tensor === null ? { kind: 'unknown' } : { kind: 'constant', tensor });
    });
    if (graph.sparseInitializer.length > 0) {
      this.report({
        path: 'graph.sparse_initializer',
        value: `${graph.sparseInitializer.length} tensors`,
        allowed: 'none',
        hint: 'store all tensors densely',
      });
    }
    const input = this.readInput();
    for (const [index, proto] of graph.node.entries()) this.readNode(new OnnxNode(proto, index, this));
    const output = this.readOutput();
    if (this.problems.length > 0 || input === null || output === null)
      throw new NetworkFormatError(this.path, this.problems);
    return { title: basename(this.path, '.onnx'), input, layers: this.needed(output), output };
  }

  valueOf(name: string): Value {
    const value = this.values.get(name);
    if (value !== undefined) return value;
    this.report({
      path: 'graph',
      value: name,
      allowed: 'a value that an input, an initializer or an earlier node gives',
      hint: didYouMean(name, this.values.keys()),
    });
    const unknown: Value = { kind: 'unknown' };
    this.values.set(name, unknown);
    return unknown;
  }

  addLayer(layer: Layer): void {
    this.layers.push(layer);
  }

  uniqueName(wanted: string): string {
    let name = wanted;
    for (let i = 2; this.names.has(name); i++) name = `${wanted}.${i}`;
    this.names.add(name);
    return name;
  }

  report(problem: Problem): void {
    this.problems.push(problem);
  }

  private tensor(proto: Parameters<typeof readTensorProto>[0], path: string): OnnxTensor | null {
    const tensor = readTensorProto(proto, this.readExternal);
    if (typeof tensor !== 'string') return tensor;
    const allowed = 'float32, float64, int8, uint8, int16, uint16, int32, int64 or bool values that fill the shape';
    this.report({ path, value: tensor, allowed, hint: '' });
    return null;
  }

  private readNode(node: OnnxNode): void {
    const value = this.valueOfNode(node);
    // Further outputs are masks, indices and statistics, which inference does not need.
    const [first] = node.proto.output;
    if (first !== undefined) this.values.set(first, value ?? { kind: 'unknown' });
  }

  private valueOfNode(node: OnnxNode): Value | null {
    const { domain = '' } = node.proto;
    if (!DOMAINS.includes(domain)) {
      return node.report(
        'domain',
        domain,
        'the operators of ONNX and of com.microsoft',
        'export with standard operators',
      );
    }
    if (node.op === 'Constant') {
      const { t } = node.attribute('value') ?? {};
      const tensor = t === undefined ? null : this.tensor(t, `${node.origin}.value`);
      return t !== undefined && tensor === null ? null : readConstant(node, tensor);
    }
    const folded = foldConstants(node);
    if (folded !== undefined) return folded;
    const read = Object.hasOwn(OPERATORS, node.op) ? OPERATORS[node.op] : undefined;
    if (read !== undefined) return read(node);
    const hint = REASONS[node.op] ?? didYouMean(node.op, SUPPORTED_OPERATORS);
    return node.report('op_type', node.op, SUPPORTED_OPERATORS.join(', '), hint);
  }

  /** The one input that is no initializer (old models list those among the inputs too). */
  private readInput(): GraphInput | null {
    const given = this.graph.input.filter(({ name = '' }) => !this.values.has(name));
    for (const { name = '' } of given) this.values.set(name, { kind: 'unknown' });
    const [info, ...others] = given;
    if (info === undefined || others.length > 0) {
      const names = given.map(({ name }) => name);
      this.report({ path: 'graph.input', value: names, allowed: 'one input, the image', hint: '' });
      return null;
    }
    const type = this.inputType(info);
    const shape = this.inputShape(info);
    if (type === null || shape === null) return null;
    this.values.set(info.name ?? '', {
      kind: 'activation',
      layer: GRAPH_INPUT,
      shape,
      type: type === 'float32' ? 'real' : type,
      pad: null,
      softmax: null,
    });
    return { shape, integers: type === 'float32' ? null : { signed: type === 'int8' } };
  }

  private inputType(info: ValueInfoProto): 'float32' | 'int8' | 'uint8' | null {
    const number = info.type?.tensorType?.elemType;
    const type: ElementType | null = elementTypeOf(number);
    if (type === 'float32' || type === 'int8' || type === 'uint8') return type;
    this.report({
      path: `graph.input ("${info.name}").elem_type`,
      value: elementTypeName(number),
      allowed: 'float32, int8 or uint8',
      hint: 'export the model in float32',
    });
    return null;
  }

  private inputShape(info: ValueInfoProto): number[] | null {
    const dims = (info.type?.tensorType?.shape?.dim ?? []).map(({ dimValue, dimParam }) => dimValue ?? dimParam ?? '?');
    const [batch, ...shape] = dims;
    const fits = (extent: unknown) => Number.isSafeInteger(extent) && (extent as number) >= 1;
    const isBatch = typeof batch === 'string' || batch === 1;
    if (isBatch && (shape.length === 1 || shape.length === 3) && shape.every(fits)) return shape as number[];
    this.report({
      path: `graph.input ("${info.name}").shape`,
      value: dims,
      allowed: '[1, channels, height, width] or [1, features]; only the batch may be open',
      hint: 'export with an example input of batch 1 and without dynamic_axes',
    });
    return null;
  }

  private readOutput(): string | null {
    const [info, ...others] = this.graph.output;
    const report = (value: unknown, allowed: string, hint = ''): null => {
      this.report({ path: 'graph.output', value, allowed, hint });
      return null;
    };
    if (info === undefined || others.length > 0) {
      const names = this.graph.output.map(({ name }) => name);
      return report(names, 'one output', 'cut the model so that it has one (onnx.utils.extract_model)');
    }
    const value = this.valueOf(info.name ?? '');
    if (value.kind === 'unknown') return null;
    if (value.kind !== 'activation' || value.layer === GRAPH_INPUT) {
      return report(info.name, 'a value computed from the image by at least one layer');
    }
    return value.pad === null ? value.layer : report(info.name, 'Pad only in front of a convolution');
  }

  /** The layers that the output depends on, in their order. */
  private needed(output: string): Layer[] {
    const names = new Set([output]);
    const kept: Layer[] = [];
    for (const layer of [...this.layers].reverse()) {
      if (!names.has(layer.name)) continue;
      for (const name of layer.inputs) names.add(name);
      kept.unshift(layer);
    }
    return kept;
  }
}
