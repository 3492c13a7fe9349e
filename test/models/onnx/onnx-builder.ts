import { MODEL_PROTO } from '../../../models/onnx/onnx-schema.js';

/** Numbers of TensorProto.DataType (onnx.proto). */
export const DATA_TYPE = { float32: 1, uint8: 2, int8: 3, int32: 6, int64: 7, float16: 10, float64: 11 } as const;
export type TypeName = keyof typeof DATA_TYPE;

export interface TestTensor {
  readonly name: string;
  readonly type: TypeName;
  readonly dims: readonly number[];
  readonly values: ArrayLike<number>;
}

export type TestAttribute =
  | number
  | string
  | readonly number[]
  | { readonly float: number }
  | { readonly tensor: TestTensor };

export interface TestNode {
  readonly op: string;
  readonly name?: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes?: Readonly<Record<string, TestAttribute>>;
  readonly domain?: string;
}

export interface TestModel {
  readonly input: { readonly name: string; readonly type?: TypeName; readonly dims: readonly (number | string)[] };
  readonly output: string;
  readonly nodes: readonly TestNode[];
  readonly constants: readonly TestTensor[];
  readonly opset?: number;
}

/** A node with one output of its own name. */
export function node(
  op: string,
  name: string,
  inputs: readonly string[],
  attributes: Readonly<Record<string, TestAttribute>> = {},
  domain = '',
): TestNode {
  return { op, name, inputs, outputs: [name], attributes, domain };
}

export function tensor(name: string, type: TypeName, dims: readonly number[], values: ArrayLike<number>): TestTensor {
  return { name, type, dims, values };
}

/** The bytes of a `.onnx` file. float32, int64 and bytes stand in raw_data, the others in the typed fields. */
export function encodeModel(model: TestModel): Uint8Array {
  return MODEL_PROTO.encode(MODEL_PROTO.fromObject(modelObject(model))).finish();
}

export function modelObject({ input, output, nodes, constants, opset = 17 }: TestModel) {
  return {
    irVersion: 8,
    opsetImport: [
      { domain: '', version: opset },
      { domain: 'com.microsoft', version: 1 },
    ],
    graph: {
      name: 'test',
      node: nodes.map(nodeObject),
      initializer: constants.map(tensorObject),
      input: [valueInfo(input.name, input.type ?? 'float32', input.dims)],
      output: [{ name: output }],
    },
  };
}

function valueInfo(name: string, type: TypeName, dims: readonly (number | string)[]) {
  const dim = dims.map((extent) => (typeof extent === 'number' ? { dimValue: extent } : { dimParam: extent }));
  return { name, type: { tensorType: { elemType: DATA_TYPE[type], shape: { dim } } } };
}

function nodeObject({ op, name, inputs, outputs, attributes = {}, domain = '' }: TestNode) {
  const attribute = Object.entries(attributes).map(([key, value]) => ({ name: key, ...attributeObject(value) }));
  return { opType: op, name: name ?? '', input: inputs, output: outputs, attribute, domain };
}

function attributeObject(value: TestAttribute) {
  if (typeof value === 'number') return { type: 2, i: value };
  if (typeof value === 'string') return { type: 3, s: new TextEncoder().encode(value) };
  if (Array.isArray(value)) return { type: 7, ints: value };
  if ('float' in value) return { type: 1, f: value.float };
  return { type: 4, t: tensorObject((value as { tensor: TestTensor }).tensor) };
}

export function tensorObject({ name, type, dims, values }: TestTensor) {
  const object = { name, dims, dataType: DATA_TYPE[type] };
  switch (type) {
    case 'float32':
      return { ...object, rawData: new Uint8Array(Float32Array.from(values).buffer) };
    case 'int64':
      return { ...object, rawData: new Uint8Array(BigInt64Array.from(Array.from(values, BigInt)).buffer) };
    case 'float64':
      return { ...object, doubleData: Array.from(values) };
    default:
      return { ...object, int32Data: Array.from(values) };
  }
}
