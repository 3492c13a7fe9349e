import { operatorName } from './builtin-operators.js';
import { FlatFile, type FlatTable } from './flat-table.js';

/** Element types by their number in the file (enum TensorType of schema.fbs). */
const TENSOR_TYPES = [
  ...['FLOAT32', 'FLOAT16', 'INT32', 'UINT8', 'INT64', 'STRING', 'BOOL', 'INT16', 'COMPLEX64', 'INT8', 'FLOAT64'],
  ...['COMPLEX128', 'UINT64', 'RESOURCE', 'VARIANT', 'UINT32', 'UINT16', 'INT4', 'BFLOAT16', 'INT2', 'UINT4'],
];

/** A tensor of a TensorFlow Lite graph: a constant with data, or an activation without. */
export interface TfliteTensor {
  readonly index: number;
  readonly name: string;
  /** "INT8"; see `TENSOR_TYPES`. */
  readonly type: string;
  readonly shape: readonly number[];
  /** The shape with -1 where it changes from call to call; null where the file does not say. */
  readonly shapeSignature: readonly number[] | null;
  /** Little-endian elements; null for an activation. */
  readonly data: Uint8Array | null;
  /** Float32 values; none, one, or one per slice along `quantisedDimension`. */
  readonly scales: readonly number[];
  readonly zeroPoints: readonly number[];
  readonly quantisedDimension: number;
  /** What the reader of `scales` and `data` must not ignore: "sparse", "variable", "external", "block-wise"; else "". */
  readonly peculiarity: string;
}

export interface TfliteOperator {
  readonly index: number;
  /** "CONV_2D" */
  readonly op: string;
  /** Indices of tensors; -1 for an optional input left out. */
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
  /** The operator's own table of options; null where all have their defaults. */
  readonly options: FlatTable | null;
}

/** The first subgraph of a TensorFlow Lite file. */
export interface TfliteModel {
  readonly subgraphs: number;
  readonly tensors: readonly TfliteTensor[];
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
  /** In execution order. */
  readonly operators: readonly TfliteOperator[];
}

/**
 * Reads a TensorFlow Lite file (FlatBuffers, identifier TFL3). The numbers of the fields are those of the public schema,
 * tensorflow/compiler/mlir/lite/schema/schema.fbs of TensorFlow.
 *
 * @param path only names the file in errors
 * @throws FileFormatError if the file is another one, truncated or damaged
 */
export function readTfliteModel(bytes: Uint8Array, path: string): TfliteModel {
  const file = new FlatFile(bytes, path);
  const model = file.root('TFL3', 'a TensorFlow Lite file');
  if (model.uint32(0) !== 3) throw file.damaged(`schema version ${model.uint32(0)}; TFL3 files have version 3`);
  const codes = model.tables(1).map(readOperatorCode);
  const subgraphs = model.tables(2);
  const buffers = model.tables(4).map((buffer) => buffer.bytes(0));
  const graph = subgraphs[0];
  if (graph === undefined) throw file.damaged('has no subgraph');
  const tensors = graph.tables(0).map((tensor, index) => readTensor(tensor, index, buffers, file));
  const checked = (indices: number[] | null, optional: boolean): number[] => {
    const outside = indices?.find((index) => !(index in tensors) && !(optional && index === -1));
    if (outside !== undefined) throw file.damaged(`names tensor ${outside} of ${tensors.length}`);
    return indices ?? [];
  };
  const operators = graph.tables(3).map((operator, index): TfliteOperator => {
    const op = codes[operator.uint32(0)];
    if (op === undefined) throw file.damaged(`operator ${index} has code ${operator.uint32(0)} of ${codes.length}`);
    return {
      index,
      op,
      inputs: checked(operator.int32s(1), true),
      outputs: checked(operator.int32s(2), false),
      options: operator.unionType(3) === 0 ? null : operator.table(4),
    };
  });
  return {
    subgraphs: subgraphs.length,
    tensors,
    inputs: checked(graph.int32s(1), false),
    outputs: checked(graph.int32s(2), false),
    operators,
  };
}

/** The code stands in a byte (field 0) and, since there are more than 127 operators, also in an int (field 3). */
function readOperatorCode(code: FlatTable): string {
  return operatorName(Math.max(code.int8(0), code.int32(3)), code.text(1));
}

function readTensor(
  tensor: FlatTable,
  index: number,
  buffers: readonly (Uint8Array | null)[],
  file: FlatFile,
): TfliteTensor {
  const buffer = tensor.uint32(2);
  if (!(buffer in buffers)) throw file.damaged(`tensor ${index} has buffer ${buffer} of ${buffers.length}`);
  const data = buffers[buffer]!;
  const quantisation = tensor.table(4);
  const type = tensor.int8(1);
  return {
    index,
    name: tensor.text(3),
    type: TENSOR_TYPES[type] ?? `element type ${type}`,
    shape: tensor.int32s(0) ?? [],
    shapeSignature: tensor.int32s(7),
    data: data === null || data.length === 0 ? null : data,
    scales: quantisation?.float32s(2) ?? [],
    zeroPoints: (quantisation?.int64s(3) ?? []).map(Number),
    quantisedDimension: quantisation?.int32(6) ?? 0,
    peculiarity: peculiarityOf(tensor, quantisation),
  };
}

function peculiarityOf(tensor: FlatTable, quantisation: FlatTable | null): string {
  if (tensor.flag(5)) return 'variable';
  if (tensor.table(6) !== null) return 'sparse';
  if (tensor.uint32(10) !== 0) return 'external';
  return quantisation !== null && quantisation.unionType(4) !== 0 ? 'block-wise' : '';
}
