import {
  addBytes,
  advance,
  BIAS_ADDRESS,
  BIT_OF_PLANE,
  BYTE_OF_PLANE,
  below,
  INVERSE_ADDRESS,
  lowerTo,
  storeCounts,
  VECTOR_BYTES,
} from './counting-kernel.js';
import {
  type Code,
  code,
  doWhile,
  f32x4,
  INTEGER_BYTES,
  i8x16,
  i16x8,
  i32,
  i32x4,
  ifNonZero,
  local,
  numbered,
  v128,
  type WasmFunction,
} from './web-assembly.js';

/*
 * Dynamic OU formation by words: what the kernel of `FormedBatches` is made of.
 *
 * A vector holds 8 presented rows of 16 planes: byte p has bit r set where plane p drives row r. A word is 32 presented rows,
 * so four such vectors. A row list is a list of terms, each the byte offset of a word's vectors and a mask of the rows that the
 * list has in it: the ones of (vector and mask byte), added up over the terms, are the list's driven rows in 16 planes at once.
 */

/** Rows of a word, and bytes of its vectors. */
export const WORD_ROWS = 32;
export const WORD_BYTES = 64;
/** Bytes of a term: the byte offset of the word's vectors, then the mask of its rows. */
export const TERM_BYTES = 8;

const VECTORS = 4;
const VECTOR_ROWS = 8;
/** Each term adds up to 8 to a byte four times: seven terms stay below 256. */
const TERMS_PER_BYTE_COUNT = 7;

/**
 * pack(rows, rowsEnd, vectors): writes the vectors of 16 planes of the presented rows. `rows` addresses 16 of the 32 bits of
 * the first row, each row four bytes after the one before; at least one word.
 */
export function packFunction(): WasmFunction {
  const { rows, end, vectors } = numbered(['rows', 'end', 'vectors']);
  const row = (number: number): Code =>
    code(
      local.get(rows),
      v128.load16Splat(INTEGER_BYTES * number),
      local.get(rows),
      v128.load16Splat(INTEGER_BYTES * number),
      i8x16.shuffle(BYTE_OF_PLANE),
      v128.const(BIT_OF_PLANE),
      v128.and,
      v128.const(BIT_OF_PLANE),
      i8x16.eq,
      v128.const(new Array<number>(VECTOR_BYTES).fill(1 << (number % VECTOR_ROWS))),
      v128.and,
    );
  const body: Code[] = [];
  for (let first = 0; first < WORD_ROWS; first += VECTOR_ROWS) {
    body.push(local.get(vectors), row(first));
    for (let number = first + 1; number < first + VECTOR_ROWS; number++) body.push(row(number), v128.or);
    body.push(v128.store((first / VECTOR_ROWS) * VECTOR_BYTES));
  }
  body.push(advance(rows, INTEGER_BYTES * WORD_ROWS), advance(vectors, WORD_BYTES));
  return { name: 'pack', parameters: 3, locals: [], body: doWhile(code(...body), below(rows, end)) };
}

/** packNonZero(rows, rowsEnd, words): writes a word of 32 bits for 32 presented rows, set where a row is not zero. */
export function packNonZeroFunction(): WasmFunction {
  const { rows, end, words } = numbered(['rows', 'end', 'words']);
  const body: Code[] = [local.get(words)];
  for (let number = 0; number < WORD_ROWS; number++) {
    body.push(
      code(local.get(rows), i32.load(INTEGER_BYTES * number), i32.const(0), i32.ne, i32.const(number), i32.shl),
      number === 0 ? [] : i32.or,
    );
  }
  body.push(i32.store(), advance(rows, INTEGER_BYTES * WORD_ROWS), advance(words, INTEGER_BYTES));
  return { name: 'packNonZero', parameters: 3, locals: [], body: doWhile(code(...body), below(rows, end)) };
}

/**
 * The smallest number of batches that holds each of eight counts of driven rows: ceil(count / wordlines), as the nearest
 * integer to (count + (wordlines - 1) / 2) / wordlines, which is never nearer than 1 / (2 wordlines) to a tie. Counts are at
 * most 65 535, so that single precision errs less. Adding 2^23 rounds to an integer and leaves it in the low bits.
 */
function batchesOf(counts: number): Code {
  const ROUND = [...new Uint8Array(new Float32Array(4).fill(2 ** 23).buffer)];
  const LOW_HALVES = [...new Uint8Array(new Uint32Array(4).fill(0xffff).buffer)];
  const quarter = (extend: Code): Code =>
    code(
      local.get(counts),
      extend,
      f32x4.convertI32x4,
      i32.const(0),
      v128.load(BIAS_ADDRESS),
      f32x4.add,
      i32.const(0),
      v128.load(INVERSE_ADDRESS),
      f32x4.mul,
      v128.const(ROUND),
      f32x4.add,
      v128.const(LOW_HALVES),
      v128.and,
    );
  return code(quarter(i32x4.extendLowI16x8), quarter(i32x4.extendHighI16x8), i16x8.narrowI32x4);
}

/** Adds the sum of all lanes of two vectors of eight 16-bit counts to the 32-bit number at an address. */
function addLanes(address: number, low: number, high: number, sums: number): Code {
  const lane = (number: number): Code => code(local.get(sums), i32x4.extractLane(number));
  return code(
    code(local.get(low), i32x4.extaddPairwiseI16x8, local.get(high), i32x4.extaddPairwiseI16x8, i32x4.add),
    local.set(sums),
    code(local.get(address), local.get(address), i32.load()),
    code(lane(0), i32.add, lane(1), i32.add, lane(2), i32.add, lane(3), i32.add),
    i32.store(),
  );
}

/**
 * countFormed(termEnds, termEndsEnd, term, vectors, operations), for one list after the other: writes the operations of 16
 * planes. `termEnds` has the address of the end of each list's terms; at least one list.
 *
 * countFormedLists(.., performed, driven, nonZeroBatches, nonZeroWords, wordlines): adds the sums over these planes to two
 * numbers of the list as well, and writes the batches of its rows that are not zero.
 */
export function countFormedFunction(withLists: boolean): WasmFunction {
  const plain = ['ends', 'endsEnd', 'term', 'vectors', 'operations'] as const;
  const ofLists = ['performed', 'driven', 'nonZeroBatches', 'nonZeroWords', 'wordlines'] as const;
  const parameters = plain.length + (withLists ? ofLists.length : 0);
  const integers = ['end', 'blockEnd', 'word', 'nonZero'] as const;
  const { ends, endsEnd, term, vectors, operations } = numbered(plain);
  const { performed, driven, nonZeroBatches, nonZeroWords, wordlines } = numbered(ofLists, plain.length);
  const { end, blockEnd, word, nonZero } = numbered(integers, parameters);
  const { bytes, low, high, sums } = numbered(['bytes', 'low', 'high', 'sums'], parameters + integers.length);

  const addVector = (index: number): Code =>
    code(
      code(local.get(term), v128.load8Splat(4 + index), local.get(word), v128.load(index * VECTOR_BYTES), v128.and),
      code(i8x16.popcnt, local.get(bytes), i8x16.add, local.set(bytes)),
    );
  const addNonZero = code(
    code(local.get(term), i32.load(), i32.const(4), i32.shrU, local.get(nonZeroWords), i32.add, i32.load()),
    code(local.get(term), i32.load(4), i32.and, i32.popcnt, local.get(nonZero), i32.add, local.set(nonZero)),
  );
  const addTerm = code(
    code(local.get(term), i32.load(), local.get(vectors), i32.add, local.set(word)),
    ...Array.from({ length: VECTORS }, (_, index) => addVector(index)),
    withLists ? addNonZero : [],
    advance(term, TERM_BYTES),
  );
  // Up to TERMS_PER_BYTE_COUNT terms are counted in bytes, and then added to counts of 16 bits.
  const addBlock = code(
    code(v128.zero, local.set(bytes)),
    code(local.get(term), i32.const(TERMS_PER_BYTE_COUNT * TERM_BYTES), i32.add, local.set(blockEnd)),
    lowerTo(blockEnd, end),
    doWhile(addTerm, below(term, blockEnd)),
    addBytes(bytes, low, high),
  );
  const addToLists = code(
    addLanes(driven, low, high, sums),
    code(batchesOf(low), local.set(low), batchesOf(high), local.set(high)),
    addLanes(performed, low, high, sums),
    code(local.get(nonZeroBatches), local.get(nonZero), local.get(wordlines), i32.add, i32.const(-1), i32.add),
    code(local.get(wordlines), i32.divU, i32.store()),
    code(advance(performed, 4), advance(driven, 4), advance(nonZeroBatches, 4)),
  );
  const countList = code(
    code(v128.zero, local.set(low), v128.zero, local.set(high)),
    withLists ? code(i32.const(0), local.set(nonZero)) : [],
    code(local.get(ends), i32.load(), local.set(end)),
    code(below(term, end), ifNonZero(doWhile(addBlock, below(term, end)))),
    withLists ? addToLists : code(batchesOf(low), local.set(low), batchesOf(high), local.set(high)),
    storeCounts(operations, low, high),
    advance(ends, 4),
  );
  return {
    name: withLists ? 'countFormedLists' : 'countFormed',
    parameters,
    locals: ['i32', 'i32', 'i32', 'i32', 'v128', 'v128', 'v128', 'v128'],
    body: doWhile(countList, below(ends, endsEnd)),
  };
}
