import { FileFormatError } from './file-format-error.js';
import { readFile } from './read-file.js';
import { DTYPE_BYTES, type Dtype, decodeLittleEndian, elementsOf, type Tensor } from './tensor.js';

const LENGTH_BYTES = 8;

interface HeaderEntry {
  readonly name: string;
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  readonly begin: number;
  readonly end: number;
}

/**
 * Reads a `.safetensors` file: 8 bytes of header length (little-endian), a JSON header, the tensors' bytes.
 * `__metadata__` is checked and left out of the answer.
 *
 * @returns name -> tensor, in the order of the header
 * @throws FileFormatError if the file is missing, truncated or breaks the format in any way
 */
export function readSafetensors(path: string): Map<string, Tensor> {
  return parseSafetensors(readFile(path, 'a safetensors file'), path);
}

/** The same from bytes in memory; `path` only names the file in errors. */
export function parseSafetensors(file: Uint8Array, path: string): Map<string, Tensor> {
  const headerLength = readHeaderLength(file, path);
  const header = parseHeader(file.subarray(LENGTH_BYTES, LENGTH_BYTES + headerLength), path);
  const data = file.subarray(LENGTH_BYTES + headerLength);
  const entries = Object.entries(header)
    .filter(([name]) => name !== '__metadata__')
    .map(([name, value]) => readEntry(name, value, path));
  checkThatEntriesFillData(entries, data.byteLength, path);
  const tensors = new Map<string, Tensor>();
  for (const { name, dtype, shape, begin, end } of entries) {
    tensors.set(name, { dtype, shape, data: decodeLittleEndian(dtype, data.subarray(begin, end), path, name) });
  }
  return tensors;
}

function readHeaderLength(file: Uint8Array, path: string): number {
  if (file.byteLength < LENGTH_BYTES) {
    throw new FileFormatError(
      path,
      `holds ${file.byteLength} bytes; a safetensors file begins with 8 bytes of header length`,
      'the file is truncated or is no safetensors file',
    );
  }
  const length = new DataView(file.buffer, file.byteOffset).getBigUint64(0, true);
  const available = file.byteLength - LENGTH_BYTES;
  if (length > BigInt(available)) {
    throw new FileFormatError(
      path,
      `header of ${length} bytes announced, ${available} bytes follow`,
      'the file is truncated or is no safetensors file',
    );
  }
  return Number(length);
}

function parseHeader(bytes: Uint8Array, path: string): Record<string, unknown> {
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    throw new FileFormatError(path, `header is not JSON: ${(error as Error).message}`, 'the file is damaged');
  }
  if (!isObject(header)) throw new FileFormatError(path, 'header is not a JSON object', 'the file is damaged');
  const metadata = header['__metadata__'] ?? {};
  if (!isObject(metadata) || Object.values(metadata).some((value) => typeof value !== 'string')) {
    throw new FileFormatError(path, '__metadata__ is not an object of strings', 'write its values as strings');
  }
  return header;
}

function readEntry(name: string, value: unknown, path: string): HeaderEntry {
  const fail = (problem: string, hint: string): never => {
    throw new FileFormatError(path, `tensor "${name}": ${problem}`, hint);
  };
  if (!isObject(value)) return fail('its header entry is not an object', 'the file is damaged');
  const { dtype, shape, data_offsets: offsets } = value;
  if (typeof dtype !== 'string' || !Object.hasOwn(DTYPE_BYTES, dtype)) {
    return fail(`dtype ${JSON.stringify(dtype)}`, `allowed: ${Object.keys(DTYPE_BYTES).join(', ')}`);
  }
  if (!isArrayOfCounts(shape)) {
    return fail(`shape ${JSON.stringify(shape)}`, 'allowed: a list of whole numbers >= 0');
  }
  if (!isArrayOfCounts(offsets) || offsets.length !== 2) {
    return fail(`data_offsets ${JSON.stringify(offsets)}`, 'allowed: [begin, end], whole numbers >= 0');
  }
  const [begin, end] = offsets as [number, number];
  const bytes = elementsOf(shape) * DTYPE_BYTES[dtype as Dtype];
  if (end - begin !== bytes) {
    fail(
      `data_offsets [${begin}, ${end}] span ${end - begin} bytes, ${dtype} [${shape.join(', ')}] needs ${bytes}`,
      'the file is damaged',
    );
  }
  return { name, dtype: dtype as Dtype, shape, begin, end };
}

/** The format allows neither overlaps nor holes, and no byte after the last tensor. */
function checkThatEntriesFillData(entries: readonly HeaderEntry[], dataBytes: number, path: string): void {
  let filled = 0;
  for (const { name, begin, end } of [...entries].sort((a, b) => a.begin - b.begin || a.end - b.end)) {
    if (begin !== filled) {
      throw new FileFormatError(
        path,
        `tensor "${name}" begins at byte ${begin} of the data, the tensor before it ends at ${filled}`,
        begin < filled ? 'tensors overlap; the file is damaged' : 'the data has a hole; the file is damaged',
      );
    }
    filled = end;
  }
  if (filled !== dataBytes) {
    throw new FileFormatError(
      path,
      `tensors need ${filled} bytes of data, the file holds ${dataBytes}`,
      filled > dataBytes ? 'the file is truncated' : 'bytes follow the last tensor; the file is damaged',
    );
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isArrayOfCounts(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((item) => Number.isSafeInteger(item) && item >= 0);
}
