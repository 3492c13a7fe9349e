import {
  countBits,
  encodeRowIndex,
  entryBits,
  type RowIndexFormat,
} from '../../../mapping/row-compression/row-index.js';

/** The index as it would stand in a memory: the number of rows and the entries, bit after bit. */
export function indexBitString(rows: ArrayLike<number>, format: RowIndexFormat): string {
  const binary = (value: number, width: number) => (width === 0 ? '' : value.toString(2).padStart(width, '0'));
  const entries = encodeRowIndex(rows, format).map((entry) => binary(entry, entryBits(format)));
  return binary(rows.length, countBits(format)) + entries.join('');
}

/** The kept rows of an index, read as a decoder would read it; shares no code with the encoder. */
export function decodeRowIndex(bits: string, { indexing, deltaBits, wordlines }: RowIndexFormat): number[] {
  let at = 0;
  const take = (width: number) => {
    const field = bits.slice(at, at + width);
    at += width;
    return field === '' ? 0 : Number.parseInt(field, 2);
  };
  const widthOf = (values: number) => (values - 1).toString(2).length * Math.sign(values - 1);
  const count = take(widthOf(wordlines + 1));
  const rows: number[] = [];
  let row = 0;
  while (rows.length < count) {
    if (indexing === 'absolute') {
      rows.push(take(widthOf(wordlines)));
      continue;
    }
    const distance = take(deltaBits);
    row += distance;
    if (distance === 2 ** deltaBits - 1) continue;
    rows.push(row++);
  }
  if (at !== bits.length) throw new Error(`${bits.length - at} bits left over`);
  return rows;
}
