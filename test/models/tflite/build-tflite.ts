import { Builder } from 'flatbuffers';
import { operatorCode } from '../../../models/tflite/builtin-operators.js';

const TYPES = { FLOAT32: 0, INT32: 2, UINT8: 3, INT16: 7, INT8: 9 } as const;

export interface TensorDescription {
  readonly name: string;
  readonly shape: readonly number[];
  readonly type: keyof typeof TYPES;
  readonly data?: readonly number[];
  readonly scale?: number | readonly number[];
  readonly zeroPoint?: number | readonly number[];
  readonly dimension?: number;
  readonly signature?: readonly number[];
}

export interface OperatorDescription {
  readonly op: string;
  /** Names of tensors; null for an optional one left out. */
  readonly inputs: readonly (string | null)[];
  readonly output: string;
  /** Fields of the table of options, by their number: a number in a byte (b) or an int (i). */
  readonly options?: Readonly<Record<number, { readonly b: number } | { readonly i: number }>>;
}

export interface GraphDescription {
  readonly tensors: readonly TensorDescription[];
  readonly operators: readonly OperatorDescription[];
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly subgraphs?: number;
}

/** A TensorFlow Lite file, written with the FlatBuffers builder and the field numbers of the public schema. */
export function buildTflite(graph: GraphDescription): Uint8Array {
  const builder = new Builder();
  const operations = [...new Set(graph.operators.map(({ op }) => op))];
  const indexOf = (name: string | null) => {
    const index = graph.tensors.findIndex((tensor) => tensor.name === name);
    if (name !== null && index < 0) throw new Error(`no tensor ${name}`);
    return index;
  };
  const buffers = [table(builder, []), ...graph.tensors.map((tensor) => buffer(builder, tensor))];
  const tensors = graph.tensors.map((tensor, i) => tensorTable(builder, tensor, i + 1));
  const operators = graph.operators.map(({ op, inputs, output, options }) => {
    const ins = ints(builder, inputs.map(indexOf));
    const outs = ints(builder, [indexOf(output)]);
    const own = options === undefined ? 0 : optionsTable(builder, options);
    return table(builder, [
      (i) => builder.addFieldInt32(i, operations.indexOf(op), 0),
      (i) => builder.addFieldOffset(i, ins, 0),
      (i) => builder.addFieldOffset(i, outs, 0),
      (i) => builder.addFieldInt8(i, options === undefined ? 0 : 1, 0),
      (i) => builder.addFieldOffset(i, own, 0),
    ]);
  });
  const subgraph = () => {
    const fields = [
      offsets(builder, tensors),
      ints(builder, graph.inputs.map(indexOf)),
      ints(builder, graph.outputs.map(indexOf)),
      offsets(builder, operators),
    ];
    return table(
      builder,
      fields.map((offset) => (i: number) => builder.addFieldOffset(i, offset, 0)),
    );
  };
  const subgraphs = offsets(builder, Array.from({ length: graph.subgraphs ?? 1 }, subgraph));
  const codes = offsets(
    builder,
    operations.map((op) =>
      table(builder, [
        (i) => builder.addFieldInt8(i, Math.min(127, operatorCode(op)), 0),
        () => {},
        () => {},
        (i) => builder.addFieldInt32(i, operatorCode(op), 0),
      ]),
    ),
  );
  const data = offsets(builder, buffers);
  const model = table(builder, [
    (i) => builder.addFieldInt32(i, 3, 0),
    (i) => builder.addFieldOffset(i, codes, 0),
    (i) => builder.addFieldOffset(i, subgraphs, 0),
    () => {},
    (i) => builder.addFieldOffset(i, data, 0),
  ]);
  builder.finish(model, 'TFL3');
  return builder.asUint8Array().slice();
}

function table(builder: Builder, fields: readonly ((field: number) => void)[]): number {
  builder.startObject(fields.length);
  fields.forEach((add, i) => {
    add(i);
  });
  return builder.endObject();
}

function optionsTable(builder: Builder, options: NonNullable<OperatorDescription['options']>): number {
  builder.startObject(8);
  for (const [field, value] of Object.entries(options)) {
    if ('b' in value) builder.addFieldInt8(Number(field), value.b, 0);
    else builder.addFieldInt32(Number(field), value.i, 0);
  }
  return builder.endObject();
}

function buffer(builder: Builder, { data, type }: TensorDescription): number {
  if (data === undefined) return table(builder, []);
  const bytes = type === 'INT32' ? new Uint8Array(Int32Array.from(data).buffer) : Uint8Array.from(data, (v) => v & 255);
  const vector = builder.createByteVector(bytes);
  return table(builder, [(i) => builder.addFieldOffset(i, vector, 0)]);
}

function tensorTable(builder: Builder, tensor: TensorDescription, bufferIndex: number): number {
  const { name, shape, type, scale, zeroPoint, dimension, signature } = tensor;
  const label = builder.createString(name);
  const extents = ints(builder, shape);
  const signed = signature === undefined ? 0 : ints(builder, signature);
  let quantisation = 0;
  if (scale !== undefined) {
    const scales = floats(builder, [scale].flat());
    const zeros = longs(builder, [zeroPoint ?? 0].flat());
    quantisation = table(builder, [
      () => {},
      () => {},
      (i) => builder.addFieldOffset(i, scales, 0),
      (i) => builder.addFieldOffset(i, zeros, 0),
      () => {},
      () => {},
      (i) => builder.addFieldInt32(i, dimension ?? 0, 0),
    ]);
  }
  return table(builder, [
    (i) => builder.addFieldOffset(i, extents, 0),
    (i) => builder.addFieldInt8(i, TYPES[type], 0),
    (i) => builder.addFieldInt32(i, bufferIndex, 0),
    (i) => builder.addFieldOffset(i, label, 0),
    (i) => builder.addFieldOffset(i, quantisation, 0),
    () => {},
    () => {},
    (i) => builder.addFieldOffset(i, signed, 0),
  ]);
}

function ints(builder: Builder, values: readonly number[]): number {
  builder.startVector(4, values.length, 4);
  for (const value of values.toReversed()) builder.addInt32(value);
  return builder.endVector();
}

function floats(builder: Builder, values: readonly number[]): number {
  builder.startVector(4, values.length, 4);
  for (const value of values.toReversed()) builder.addFloat32(value);
  return builder.endVector();
}

function longs(builder: Builder, values: readonly number[]): number {
  builder.startVector(8, values.length, 8);
  for (const value of values.toReversed()) builder.addInt64(BigInt(value));
  return builder.endVector();
}

function offsets(builder: Builder, values: readonly number[]): number {
  builder.startVector(4, values.length, 4);
  for (const value of values.toReversed()) builder.addOffset(value);
  return builder.endVector();
}
