import { constants, inflateSync } from 'node:zlib';

/** The first rows of a picture. */
export interface PngRows {
  readonly width: number;
  /** Of the whole picture. */
  readonly height: number;
  /** Shape [rows][width][3]. */
  readonly pixels: Uint8Array;
}

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
/** Bytes of a chunk beside its data: length, type and check sum. */
const CHUNK_FRAME = 12;
const CHANNELS = 3;
const TRUECOLOUR = 2;

/**
 * Reads the first rows of a PNG of 8-bit red, green and blue, not interlaced, without decompressing what stands behind them
 * (https://www.w3.org/TR/png-3/). Check sums are not looked at.
 *
 * @param rows of a picture of at least as many
 * @throws Error with what is wrong: no PNG, one of another kind, cut off, damaged compressed data, fewer rows
 */
export function readPngRows(png: Uint8Array, rows: number): PngRows {
  const { header, data } = chunksOf(png);
  const { width, height } = sizeOf(header);
  if (rows > height) throw new Error(`it has ${height} rows of pixels, ${rows} were expected`);
  const filtered = decompress(data, rows * (1 + width * CHANNELS));
  return { width, height, pixels: unfilter(filtered, rows, width * CHANNELS) };
}

/** The header chunk, and the pieces of the compressed pixels. */
function chunksOf(png: Uint8Array): { readonly header: DataView; readonly data: Uint8Array[] } {
  if (!SIGNATURE.every((byte, i) => png[i] === byte)) throw new Error('it does not begin as a PNG');
  const view = new DataView(png.buffer, png.byteOffset, png.byteLength);
  const data: Uint8Array[] = [];
  let header: DataView | null = null;
  let at = SIGNATURE.length;
  for (;;) {
    if (at + CHUNK_FRAME > png.length) throw new Error('it is cut off');
    const length = view.getUint32(at);
    const type = String.fromCharCode(...png.subarray(at + 4, at + 8));
    const end = at + CHUNK_FRAME + length;
    if (end > png.length) throw new Error(`it is cut off in a chunk ${JSON.stringify(type)}`);
    if (type === 'IHDR') header = new DataView(png.buffer, png.byteOffset + at + 8, length);
    if (type === 'IDAT') data.push(png.subarray(at + 8, at + 8 + length));
    at = end;
    if (type === 'IEND') break;
  }
  if (header === null) throw new Error('it has no header');
  return { header, data };
}

function sizeOf(header: DataView): { readonly width: number; readonly height: number } {
  if (header.byteLength !== 13) throw new Error(`its header has ${header.byteLength} bytes; a PNG has 13`);
  const [depth, colour, , , interlace] = [8, 9, 10, 11, 12].map((at) => header.getUint8(at));
  if (depth !== 8 || colour !== TRUECOLOUR || interlace !== 0) {
    throw new Error(
      `its pixels are of ${depth} bits, colour type ${colour}, interlacing ${interlace}; ` +
        `read are 8 bits, colour type ${TRUECOLOUR}, interlacing 0`,
    );
  }
  return { width: header.getUint32(0), height: header.getUint32(4) };
}

/** The first `bytes` of what the pieces hold, compressed, one after the other. */
function decompress(pieces: readonly Uint8Array[], bytes: number): Uint8Array {
  const available = pieces.reduce((sum, piece) => sum + piece.length, 0);
  // Compressed data are hardly ever longer than what they hold, so that few attempts need a second.
  for (let taken = Math.min(bytes + CHUNK_FRAME, available); ; taken = Math.min(2 * taken, available)) {
    const held = inflateSync(firstBytes(pieces, taken), { finishFlush: constants.Z_SYNC_FLUSH });
    if (held.length >= bytes) return held.subarray(0, bytes);
    if (taken === available) throw new Error(`its pixels end after ${held.length} of ${bytes} bytes`);
  }
}

function firstBytes(pieces: readonly Uint8Array[], count: number): Uint8Array {
  const bytes = new Uint8Array(count);
  let filled = 0;
  for (const piece of pieces) {
    const part = piece.subarray(0, count - filled);
    bytes.set(part, filled);
    filled += part.length;
    if (filled === count) break;
  }
  return bytes;
}

/** Takes the filters back: each row begins with the number of its filter, and is told from the row above and the pixel to its left. */
function unfilter(filtered: Uint8Array, rows: number, rowBytes: number): Uint8Array {
  const pixels = new Uint8Array(rows * rowBytes);
  let above = new Uint8Array(rowBytes);
  for (let row = 0; row < rows; row++) {
    const from = row * (1 + rowBytes);
    const line = filtered.subarray(from + 1, from + 1 + rowBytes);
    const own = pixels.subarray(row * rowBytes, (row + 1) * rowBytes);
    unfilterRow(filtered[from]!, line, above, own);
    above = own;
  }
  return pixels;
}

function unfilterRow(filter: number, line: Uint8Array, above: Uint8Array, own: Uint8Array): void {
  switch (filter) {
    case 0:
      own.set(line);
      return;
    case 1:
      for (let i = 0; i < line.length; i++) own[i] = line[i]! + (i < CHANNELS ? 0 : own[i - CHANNELS]!);
      return;
    case 2:
      for (let i = 0; i < line.length; i++) own[i] = line[i]! + above[i]!;
      return;
    case 3:
      for (let i = 0; i < line.length; i++) {
        const left = i < CHANNELS ? 0 : own[i - CHANNELS]!;
        own[i] = line[i]! + ((left + above[i]!) >> 1);
      }
      return;
    case 4:
      for (let i = 0; i < line.length; i++) {
        const left = i < CHANNELS ? 0 : own[i - CHANNELS]!;
        const corner = i < CHANNELS ? 0 : above[i - CHANNELS]!;
        own[i] = line[i]! + paeth(left, above[i]!, corner);
      }
      return;
    default:
      throw new Error(`a row has the filter ${filter}; a PNG has filters 0 to 4`);
  }
}

/** Of left, above and their corner the one nearest to left + above - corner. */
function paeth(left: number, above: number, corner: number): number {
  const toLeft = Math.abs(above - corner);
  const toAbove = Math.abs(left - corner);
  const toCorner = Math.abs(left + above - 2 * corner);
  if (toLeft <= toAbove && toLeft <= toCorner) return left;
  return toAbove <= toCorner ? above : corner;
}
