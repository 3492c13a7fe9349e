/**
 * Clearing one bit of a weight with compensation (Bit-Transformer, ICCAD 2021): the bit above it and the two bits below it
 * may change as well, unless they are locked, so that the value changes as little as possible.
 *
 * The four bits are seen as a number V of 0 .. 15: 8 for the bit above, 4 for the bit itself, 2 and 1 for the bits below.
 */
export const ABOVE = 8;
export const ITSELF = 4;
export const BELOW = 2;
export const FURTHER_BELOW = 1;

/** What V becomes, by V x 16 + the mask of locked bits. */
const CLEARED = Uint8Array.from({ length: 256 }, (_, entry) => nearestCleared(entry >> 4, entry & 15));

/**
 * The V' nearest to `v` without the bit itself and with every locked bit as it is; the smaller one of two equally near,
 * which leaves fewer ones. 0100 becomes 0011 and 0111 becomes 1000, each at a change of 1.
 */
export function clearedBit(v: number, locked: number): number {
  return CLEARED[v * 16 + locked]!;
}

function nearestCleared(v: number, locked: number): number {
  const candidates = [0, 1, 2, 3, 8, 9, 10, 11].filter((candidate) => ((candidate ^ v) & locked & ~ITSELF) === 0);
  return candidates.reduce((best, candidate) => (Math.abs(candidate - v) < Math.abs(best - v) ? candidate : best));
}
