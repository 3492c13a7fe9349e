/** Entries of a lookup table, a power of two: a draw takes 16 of a word's 32 random bits. */
export const TABLE_ENTRIES = 65_536;

/**
 * Values of a distribution, each as often as its share of the 65,536 entries, so that an entry at random is a value at
 * random (inverse transform of a distribution in counts).
 */
export type LookupTable = Int8Array | Uint8Array | Int16Array | Uint16Array;

/**
 * Fills `out` with independent values of a table's distribution. The same seed and stream give the same values on every
 * machine, whatever else was drawn before.
 *
 * @param table 65,536 entries
 * @param stream tells draws of one seed apart: "weights/conv1"
 */
export function draw(table: LookupTable, seed: number, stream: string, out: LookupTable): void {
  if (table.length !== TABLE_ENTRIES)
    throw new RangeError(`table of ${table.length} entries; needed: ${TABLE_ENTRIES}`);
  // sfc32, the small fast counting generator of C. Doty-Humphrey's PractRand: three words of state and a counter.
  let [a, b, c] = [seed | 0, hash(stream, 0x811c9dc5), hash(stream, seed ^ 0x5bd1e995)];
  let counter = 1;
  const warmUp = 15;
  const pairs = out.length >> 1;
  for (let i = -warmUp; i < pairs; i++) {
    const word = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + word) | 0;
    if (i < 0) continue;
    out[2 * i] = table[word >>> 16]!;
    out[2 * i + 1] = table[word & 0xffff]!;
  }
  if (out.length % 2 === 1) out[out.length - 1] = table[(((a + b) | 0) + counter) & 0xffff]!;
}

/** FNV-1a over the UTF-16 units of a text, finished as in MurmurHash3. */
function hash(text: string, start: number): number {
  let state = start | 0;
  for (let i = 0; i < text.length; i++) state = Math.imul(state ^ text.charCodeAt(i), 0x01000193);
  state = Math.imul(state ^ (state >>> 16), 0x85ebca6b);
  state = Math.imul(state ^ (state >>> 13), 0xc2b2ae35);
  return state ^ (state >>> 16);
}
