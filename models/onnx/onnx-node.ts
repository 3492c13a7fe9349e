import type { Layer } from '../layer-graph/layer-graph.js';
import type { Shape } from '../network.js';
import type { Problem } from '../problem.js';
import type { AttributeProto, NodeProto } from './onnx-schema.js';
import type { OnnxTensor } from './onnx-tensor.js';

/** What the name of a value stands for while a graph is read. */
export type Value = ConstantValue | QuantisedConstant | Activation | UnknownValue;

export interface ConstantValue {
  readonly kind: 'constant';
  readonly tensor: OnnxTensor;
}

/** An integer constant behind DequantizeLinear. */
export interface QuantisedConstant {
  readonly kind: 'quantised-constant';
  readonly tensor: OnnxTensor;
  /** One, or one per index of `axis`. */
  readonly scale: Float32Array;
  readonly zeroPoint: Int32Array;
  readonly axis: number;
}

/** Rows and columns of zeros (of the zero point) around an image, still to be taken into a convolution. */
export interface PendingPad {
  readonly top: number;
  readonly left: number;
  readonly bottom: number;
  readonly right: number;
}

export interface Activation {
  readonly kind: 'activation';
  /** Layer, or GRAPH_INPUT. */
  readonly layer: string;
  /** Without the batch, and without `pad`. */
  readonly shape: Shape;
  /** int32: sums of ConvInteger or MatMulInteger. */
  readonly type: 'real' | 'int8' | 'uint8' | 'int32';
  readonly pad: PendingPad | null;
  /** Name of the softmax that was passed through; null: none. */
  readonly softmax: string | null;
}

/** A node before has a problem; what reads it says nothing more. */
export interface UnknownValue {
  readonly kind: 'unknown';
}

type LayerOf<L> = L extends Layer ? Omit<L, 'name' | 'origin'> : never;

/** What a node needs of the graph that it stands in. */
export interface GraphContext {
  readonly opset: number;
  valueOf(name: string): Value;
  addLayer(layer: Layer): void;
  uniqueName(wanted: string): string;
  report(problem: Problem): void;
}

const FLOAT = 1;
const INT = 2;

/** One node of the graph: typed access to its attributes and inputs. What does not fit is reported, the answer then null. */
export class OnnxNode {
  readonly op: string;
  readonly name: string;
  /** `graph.node[3] (Conv "conv1")` */
  readonly origin: string;

  constructor(
    readonly proto: NodeProto,
    index: number,
    readonly graph: GraphContext,
  ) {
    this.op = proto.opType ?? '';
    this.name = proto.name || proto.output[0] || `${this.op}_${index}`;
    this.origin = `graph.node[${index}] (${this.op} "${this.name}")`;
  }

  report(what: string, value: unknown, allowed: string, hint = ''): null {
    this.graph.report({ path: what === '' ? this.origin : `${this.origin}.${what}`, value, allowed, hint });
    return null;
  }

  /** Every other attribute is a problem. */
  onlyAttributes(...allowed: readonly string[]): void {
    for (const { name = '' } of this.proto.attribute) {
      if (allowed.includes(name)) continue;
      const list = allowed.length === 0 ? 'no attribute' : `the attributes ${allowed.join(', ')}`;
      this.report(name, 'an attribute', list, 'the importer does not know this attribute');
    }
  }

  attribute(name: string): AttributeProto | undefined {
    return this.proto.attribute.find((attribute) => attribute.name === name);
  }

  int(name: string, byDefault: number): number {
    const attribute = this.attribute(name);
    if (attribute === undefined) return byDefault;
    if (attribute.type !== undefined && attribute.type !== INT)
      this.report(name, `type ${attribute.type}`, 'an integer');
    return attribute.i ?? 0;
  }

  float(name: string, byDefault: number): number {
    const attribute = this.attribute(name);
    if (attribute === undefined) return byDefault;
    if (attribute.type !== undefined && attribute.type !== FLOAT)
      this.report(name, `type ${attribute.type}`, 'a float');
    return attribute.f ?? 0;
  }

  ints(name: string): readonly number[] | undefined {
    return this.attribute(name)?.ints;
  }

  text(name: string, byDefault: string): string {
    const { s } = this.attribute(name) ?? {};
    return s === undefined ? byDefault : new TextDecoder().decode(s);
  }

  /** Reports an attribute that must have one value. */
  requireInt(name: string, byDefault: number, needed: number, hint = ''): void {
    const value = this.int(name, byDefault);
    if (value !== needed) this.report(name, value, `${needed}`, hint);
  }

  hasInput(index: number): boolean {
    return (this.proto.input[index] ?? '') !== '';
  }

  value(index: number): Value {
    if (this.hasInput(index)) return this.graph.valueOf(this.proto.input[index]!);
    this.report(`input[${index}]`, undefined, 'the name of a value');
    return { kind: 'unknown' };
  }

  private inputPath(index: number): string {
    return `input[${index}] ("${this.proto.input[index]}")`;
  }

  /** An input that depends on the image. Padding in front of it is refused unless the node takes it up. */
  activation(index: number, padding: 'allowed' | 'refused' = 'refused'): Activation | null {
    const value = this.value(index);
    if (value.kind === 'unknown') return null;
    if (value.kind !== 'activation') {
      return this.report(this.inputPath(index), 'a constant', 'a value that is computed from the image');
    }
    if (value.softmax !== null) {
      const hint = 'it is left out, as it does not change which class is largest; nothing may be computed from it';
      return this.report(
        this.inputPath(index),
        `the output of ${value.softmax}`,
        'a softmax only before the output',
        hint,
      );
    }
    if (padding === 'refused' && value.pad !== null) {
      return this.report(this.inputPath(index), 'a padded image', 'Pad only in front of a convolution');
    }
    return value;
  }

  /** An activation in floats. */
  real(index: number, padding: 'allowed' | 'refused' = 'refused'): Activation | null {
    const value = this.activation(index, padding);
    if (value === null || value.type === 'real') return value;
    return this.report(
      this.inputPath(index),
      `${value.type} values`,
      'float32 values',
      'put DequantizeLinear in front',
    );
  }

  /** An activation of 8-bit integers. */
  integers(index: number, padding: 'allowed' | 'refused' = 'refused'): Activation | null {
    const value = this.activation(index, padding);
    if (value === null || value.type === 'int8' || value.type === 'uint8') return value;
    return this.report(this.inputPath(index), `${value.type} values`, 'int8 or uint8 values');
  }

  /** The shape of an image, [channels, height, width]. */
  image(index: number, value: Activation): readonly [number, number, number] | null {
    if (value.shape.length === 3) return value.shape as readonly [number, number, number];
    return this.report(
      this.inputPath(index),
      `[1, ${value.shape.join(', ')}]`,
      'an image, [1, channels, height, width]',
    );
  }

  /** An input that is a constant of the model. */
  constant(index: number, what: string): OnnxTensor | null {
    const value = this.value(index);
    if (value.kind === 'constant') return value.tensor;
    if (value.kind === 'unknown') return null;
    const got = value.kind === 'activation' ? 'a value computed from the image' : 'a dequantised constant';
    return this.report(this.inputPath(index), got, `${what}, a constant of the model`);
  }

  /** An input that is one constant number. */
  scalar(index: number, what: string): number | null {
    const tensor = this.constant(index, what);
    if (tensor === null) return null;
    if (tensor.data.length === 1) return tensor.data[0]!;
    return this.report(this.inputPath(index), `${tensor.data.length} values`, `${what}: one value`);
  }

  reportInput(index: number, value: unknown, allowed: string, hint = ''): null {
    return this.report(this.inputPath(index), value, allowed, hint);
  }

  /**
   * Adds a layer; its output.
   *
   * @param suffix what is added to the node's name where the node becomes several layers
   */
  emit(layer: LayerOf<Layer>, type: Activation['type'] = 'real', suffix = ''): Activation {
    const name = this.graph.uniqueName(this.name + suffix);
    this.graph.addLayer({ ...layer, name, origin: this.origin } as Layer);
    return { kind: 'activation', layer: name, shape: layer.shape, type, pad: null, softmax: null };
  }
}
