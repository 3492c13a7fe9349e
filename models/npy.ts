import { FileFormatError } from './file-format-error.js';
import { readFile } from './read-file.js';
import { DTYPE_BYTES, type Dtype, decodeLittleEndian, elementsOf, type Tensor } from './tensor.js';

const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59]; // "\x93NUMPY"

const DTYPES: Readonly<Record<string, Dtype>> = {
  '|u1': 'U8',
  '|i1': 'I8',
  '<u2': 'U16',
  '<i2': 'I16',
  '<i4': 'I32',
  '<i8': 'I64',
  '<f4': 'F32',
  '<f8': 'F64',
};

interface NpyHeader {
  readonly descr: string;
  readonly fortranOrder: boolean;
  readonly shape: readonly number[];
}

/**
 * Reads a NumPy `.npy` file (format versions 1 to 3), little-endian and in C order.
 * Source: numpy.lib.format, "NPY format".
 *
 * @throws FileFormatError if the file is missing, truncated, in Fortran order, of another dtype or no .npy file
 */
export function readNpy(path: string): Tensor {
  return parseNpy(readFile(path, 'a .npy file'), path);
}

/** The same from bytes in memory; `path` only names the file in errors. */
export function parseNpy(file: Uint8Array, path: string): Tensor {
  const { headerBegin, headerEnd, version } = readPrefix(file, path);
  const encoding = version === 3 ? 'utf-8' : 'latin1';
  const header = parseHeader(new TextDecoder(encoding).decode(file.subarray(headerBegin, headerEnd)), path);
  const dtype = Object.hasOwn(DTYPES, header.descr) ? DTYPES[header.descr] : undefined;
  if (dtype === undefined) {
    throw new FileFormatError(
      path,
      `dtype '${header.descr}'`,
      `allowed: ${Object.keys(DTYPES).join(', ')}; convert with array.astype(...) in NumPy`,
    );
  }
  if (header.fortranOrder) {
    throw new FileFormatError(
      path,
      'array is stored in Fortran (column-major) order',
      'save numpy.ascontiguousarray(array)',
    );
  }
  const expected = elementsOf(header.shape) * DTYPE_BYTES[dtype];
  const found = file.byteLength - headerEnd;
  if (found !== expected) {
    throw new FileFormatError(
      path,
      `shape (${header.shape.join(', ')}) of ${header.descr} needs ${expected} bytes of data, the file holds ${found}`,
      found < expected ? 'the file is truncated' : 'bytes follow the array; save one array a file',
    );
  }
  return {
    dtype,
    shape: header.shape,
    data: decodeLittleEndian(dtype, file.subarray(headerEnd), path, 'array'),
  };
}

/** Magic, version and header length. */
function readPrefix(file: Uint8Array, path: string): { headerBegin: number; headerEnd: number; version: number } {
  const truncated = (found: string): FileFormatError =>
    new FileFormatError(path, found, 'the file is truncated or is no .npy file');
  if (MAGIC.some((byte, i) => file[i] !== byte)) {
    throw truncated('does not begin with the .npy signature \\x93NUMPY');
  }
  if (file.byteLength < 8) throw truncated(`ends after ${file.byteLength} bytes, inside the .npy prefix`);
  const [version, minor] = [file[6]!, file[7]!];
  if (version < 1 || version > 3 || minor !== 0) {
    throw new FileFormatError(path, `.npy format version ${version}.${minor}`, 'allowed: 1.0, 2.0, 3.0');
  }
  const headerBegin = version === 1 ? 10 : 12;
  if (file.byteLength < headerBegin) throw truncated(`ends after ${file.byteLength} bytes, inside the .npy prefix`);
  const view = new DataView(file.buffer, file.byteOffset);
  const headerLength = version === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  const headerEnd = headerBegin + headerLength;
  if (headerEnd > file.byteLength) {
    throw truncated(`header of ${headerLength} bytes announced, ${file.byteLength - headerBegin} bytes follow`);
  }
  return { headerBegin, headerEnd, version };
}

/** Parses the header, a Python dict literal with exactly the keys descr, fortran_order and shape. */
function parseHeader(text: string, path: string): NpyHeader {
  const fail = (problem: string): FileFormatError =>
    new FileFormatError(path, `.npy header: ${problem}`, 'the file is damaged; save it again with numpy.save');
  const body = /^\s*\{(.*)\}\s*$/s.exec(text)?.[1];
  if (body === undefined) throw fail(`${JSON.stringify(text.slice(0, 60))} is not a dict`);
  const item = /\s*'(\w+)'\s*:\s*('[^']*'|True|False|\([^()]*\))\s*(,|$)/y;
  const values = new Map<string, string>();
  while (item.lastIndex < body.length) {
    const rest = body.slice(item.lastIndex);
    if (rest.trim() === '') break;
    const match = item.exec(body);
    if (match === null) {
      if (/^\s*'descr'\s*:\s*\[/.test(rest)) {
        throw new FileFormatError(
          path,
          'structured dtype (an array of records)',
          'save each field as an array of its own',
        );
      }
      throw fail(`cannot be read at ${JSON.stringify(rest.slice(0, 60))}`);
    }
    if (values.has(match[1]!)) throw fail(`key '${match[1]}' stands twice`);
    values.set(match[1]!, match[2]!);
  }
  const [descr, order, shape] = ['descr', 'fortran_order', 'shape'].map((key) => values.get(key));
  if (values.size !== 3 || !descr?.startsWith("'") || !/^(True|False)$/.test(order ?? '') || !shape?.startsWith('(')) {
    throw fail(`${JSON.stringify(body.slice(0, 100))}; expected descr, fortran_order and shape`);
  }
  return { descr: descr.slice(1, -1), fortranOrder: order === 'True', shape: parseShape(shape, fail) };
}

/** Parses a Python tuple of whole numbers: "()", "(3,)", "(3, 4)". */
function parseShape(tuple: string, fail: (problem: string) => FileFormatError): number[] {
  const inside = tuple.slice(1, -1).trim();
  if (inside === '') return [];
  if (!/^\d+\s*,(\s*\d+\s*,)*(\s*\d+)?$/.test(inside)) throw fail(`shape ${tuple} is not a tuple of whole numbers`);
  const shape = inside
    .split(',')
    .filter((part) => part.trim() !== '')
    .map(Number);
  if (!shape.every(Number.isSafeInteger)) throw fail(`shape ${tuple} is beyond 2^53`);
  return shape;
}
