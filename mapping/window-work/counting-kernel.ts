import {
  type Code,
  code,
  doWhile,
  i16x8,
  i32,
  local,
  numbered,
  select,
  v128,
  type WasmFunction,
} from './web-assembly.js';

/*
 * What the kernels of both detectors share. They count operations in vectors of 16 planes: as eight and eight 16-bit
 * numbers, those of planes 0 .. 7 first.
 */

/** Planes that one pass counts. */
export const PASS_PLANES = 16;
/** Bytes of the counts of a pass: a 16-bit number per plane. */
export const COUNT_BYTES = 32;
export const VECTOR_BYTES = 16;
/** Addresses of two vectors of equal single-precision numbers: half of (wordlines - 1), and 1 / wordlines of the OU. */
export const BIAS_ADDRESS = 0;
export const INVERSE_ADDRESS = 16;
export const FREE_ADDRESS = 32;

/** A byte per plane: that of the plane's bit in a 16-bit number, and that bit within it. */
export const BYTE_OF_PLANE = Array.from({ length: PASS_PLANES }, (_, plane) => plane >>> 3);
export const BIT_OF_PLANE = Array.from({ length: PASS_PLANES }, (_, plane) => 1 << (plane & 7));

/** Adds a number to an address in a local. */
export const advance = (pointer: number, bytes: number): Code =>
  code(local.get(pointer), i32.const(bytes), i32.add, local.set(pointer));

/** Whether an address is below the end; addresses in locals. */
export const below = (pointer: number, end: number): Code => code(local.get(pointer), local.get(end), i32.ltU);

/** Lowers the number in a local to that in another one. */
export const lowerTo = (value: number, most: number): Code =>
  code(local.get(value), local.get(most), below(value, most), select, local.set(value));

/** Adds counts of 16 planes in bytes to the counts in 16-bit numbers. */
export const addBytes = (bytes: number, low: number, high: number): Code =>
  code(
    code(local.get(low), local.get(bytes), i16x8.extendLowI8x16, i16x8.add, local.set(low)),
    code(local.get(high), local.get(bytes), i16x8.extendHighI8x16, i16x8.add, local.set(high)),
  );

/** Writes the counts of 16 planes, and moves on. */
export const storeCounts = (address: number, low: number, high: number): Code =>
  code(
    code(local.get(address), local.get(low), v128.store()),
    code(local.get(address), local.get(high), v128.store(VECTOR_BYTES)),
    advance(address, COUNT_BYTES),
  );

/**
 * sum(listEnds, listEndsEnd, list, operations, sums): adds up the operations of the lists of each part of a pattern.
 * `list` addresses the byte offsets of the lists' operations, `listEnds` the address of the end of each part's lists; at
 * least one part, none without lists, none with sums above 65 535.
 */
export function sumFunction(): WasmFunction {
  const parameters = ['ends', 'endsEnd', 'list', 'operations', 'sums'] as const;
  const { ends, endsEnd, list, operations, sums } = numbered(parameters);
  const { end, from, low, high } = numbered(['end', 'from', 'low', 'high'], parameters.length);
  const addList = code(
    code(local.get(list), i32.load(), local.get(operations), i32.add, local.set(from)),
    code(local.get(low), local.get(from), v128.load(), i16x8.add, local.set(low)),
    code(local.get(high), local.get(from), v128.load(VECTOR_BYTES), i16x8.add, local.set(high)),
    advance(list, 4),
  );
  const sumPart = code(
    code(v128.zero, local.set(low), v128.zero, local.set(high)),
    code(local.get(ends), i32.load(), local.set(end)),
    doWhile(addList, below(list, end)),
    storeCounts(sums, low, high),
    advance(ends, 4),
  );
  return {
    name: 'sum',
    parameters: parameters.length,
    locals: ['i32', 'i32', 'v128', 'v128'],
    body: doWhile(sumPart, below(ends, endsEnd)),
  };
}
