import protobuf from 'protobufjs/light.js';
import { FileFormatError } from '../file-format-error.js';

/**
 * The part of ONNX's protobuf schema that an importer reads, under the names and field numbers of `onnx/onnx.proto` of the
 * ONNX project (IR version 3 and later). Fields that are not listed (documentation texts, training, metadata) are skipped.
 * Enumerations stand as int32, which is the same on the wire.
 */

export interface TensorProto {
  readonly dims: readonly number[];
  readonly dataType?: number;
  readonly floatData: readonly number[];
  readonly int32Data: readonly number[];
  readonly int64Data: readonly number[];
  readonly doubleData: readonly number[];
  readonly name?: string;
  readonly rawData?: Uint8Array;
  readonly externalData: readonly { readonly key?: string; readonly value?: string }[];
  /** 1: the data stand in a file beside the model. */
  readonly dataLocation?: number;
}

export interface AttributeProto {
  readonly name?: string;
  readonly type?: number;
  readonly f?: number;
  readonly i?: number;
  readonly s?: Uint8Array;
  readonly t?: TensorProto;
  readonly floats: readonly number[];
  readonly ints: readonly number[];
}

export interface NodeProto {
  readonly input: readonly string[];
  readonly output: readonly string[];
  readonly name?: string;
  readonly opType?: string;
  readonly domain?: string;
  readonly attribute: readonly AttributeProto[];
}

export interface DimensionProto {
  readonly dimValue?: number;
  readonly dimParam?: string;
}

export interface ValueInfoProto {
  readonly name?: string;
  readonly type?: {
    readonly tensorType?: {
      readonly elemType?: number;
      readonly shape?: { readonly dim: readonly DimensionProto[] };
    };
  };
}

export interface GraphProto {
  readonly node: readonly NodeProto[];
  readonly name?: string;
  readonly initializer: readonly TensorProto[];
  readonly sparseInitializer: readonly unknown[];
  readonly input: readonly ValueInfoProto[];
  readonly output: readonly ValueInfoProto[];
}

export interface ModelProto {
  readonly irVersion?: number;
  readonly opsetImport: readonly { readonly domain?: string; readonly version?: number }[];
  readonly producerName?: string;
  readonly graph?: GraphProto;
}

type Field = { readonly type: string; readonly id: number; readonly rule?: 'repeated' };

const one = (type: string, id: number): Field => ({ type, id });
const many = (type: string, id: number): Field => ({ type, id, rule: 'repeated' });

const ROOT = protobuf.Root.fromJSON({
  nested: {
    ModelProto: {
      fields: {
        irVersion: one('int64', 1),
        producerName: one('string', 2),
        graph: one('GraphProto', 7),
        opsetImport: many('OperatorSetIdProto', 8),
      },
    },
    OperatorSetIdProto: { fields: { domain: one('string', 1), version: one('int64', 2) } },
    GraphProto: {
      fields: {
        node: many('NodeProto', 1),
        name: one('string', 2),
        initializer: many('TensorProto', 5),
        input: many('ValueInfoProto', 11),
        output: many('ValueInfoProto', 12),
        sparseInitializer: many('SparseTensorProto', 15),
      },
    },
    NodeProto: {
      fields: {
        input: many('string', 1),
        output: many('string', 2),
        name: one('string', 3),
        opType: one('string', 4),
        attribute: many('AttributeProto', 5),
        domain: one('string', 7),
      },
    },
    AttributeProto: {
      fields: {
        name: one('string', 1),
        f: one('float', 2),
        i: one('int64', 3),
        s: one('bytes', 4),
        t: one('TensorProto', 5),
        floats: many('float', 7),
        ints: many('int64', 8),
        type: one('int32', 20),
      },
    },
    ValueInfoProto: { fields: { name: one('string', 1), type: one('TypeProto', 2) } },
    TypeProto: { fields: { tensorType: one('TensorTypeProto', 1) } },
    TensorTypeProto: { fields: { elemType: one('int32', 1), shape: one('TensorShapeProto', 2) } },
    TensorShapeProto: { fields: { dim: many('DimensionProto', 1) } },
    DimensionProto: { fields: { dimValue: one('int64', 1), dimParam: one('string', 2) } },
    TensorProto: {
      fields: {
        dims: many('int64', 1),
        dataType: one('int32', 2),
        floatData: many('float', 4),
        int32Data: many('int32', 5),
        int64Data: many('int64', 7),
        name: one('string', 8),
        rawData: one('bytes', 9),
        doubleData: many('double', 10),
        externalData: many('StringStringEntryProto', 13),
        dataLocation: one('int32', 14),
      },
    },
    SparseTensorProto: { fields: { values: one('TensorProto', 1) } },
    StringStringEntryProto: { fields: { key: one('string', 1), value: one('string', 2) } },
  },
});

/** The message type of a whole `.onnx` file. */
export const MODEL_PROTO = ROOT.lookupType('ModelProto');

/**
 * Decodes the bytes of a `.onnx` file.
 *
 * @param path only names the file in errors
 * @throws FileFormatError if the bytes are no ONNX model, or only the beginning of one
 */
export function decodeOnnx(bytes: Uint8Array, path: string): ModelProto & { readonly graph: GraphProto } {
  const fail = (problem: string): never => {
    throw new FileFormatError(path, problem, 'the file is truncated, damaged or no ONNX model');
  };
  let model: ModelProto;
  try {
    const message = MODEL_PROTO.decode(bytes);
    model = MODEL_PROTO.toObject(message, { longs: Number, arrays: true }) as ModelProto;
  } catch (error) {
    return fail(`is not an ONNX model: ${(error as Error).message}`);
  }
  const { graph } = model;
  if (graph === undefined) return fail('holds no graph');
  if (model.opsetImport.length === 0) return fail('names no operator set (opset_import)');
  return { ...model, graph };
}
