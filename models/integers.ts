import type { Integers } from './network.js';

/** An array of zeros for signed integers of that many bits, in the narrowest type. */
export function newIntegers(bits: number, length: number): Integers {
  if (bits <= 8) return new Int8Array(length);
  return bits <= 16 ? new Int16Array(length) : new Int32Array(length);
}
