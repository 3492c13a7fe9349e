import type { DistinctRowLists } from './distinct-row-lists.js';
import {
  BIAS_ADDRESS,
  COUNT_BYTES,
  FREE_ADDRESS,
  formedKernel,
  INVERSE_ADDRESS,
  PASS_PLANES,
  TERM_BYTES,
  WORD_BYTES,
  WORD_ROWS,
} from './formed-kernel.js';
import type { BatchCounter, ListWork } from './list-work.js';
import type { PatternLists } from './pattern-lists.js';
import { type WasmFunctions, wasmMemory } from './web-assembly.js';

/** The kernel counts rows and sums up operations in 16-bit numbers. */
const MOST_COUNT = 2 ** 16 - 1;
const ALIGNMENT = 16;
const INTEGER_BYTES = 4;

/** Detector form: the rows of a list that a plane drives are counted, and cut into batches of `ouWordlines`. */
export class FormedBatches implements BatchCounter {
  readonly driven: Int32Array;
  readonly lists: ListWork;

  private readonly patterns: number;
  private readonly ouWordlines: number;
  private readonly parts: PatternParts;
  private readonly at: ReturnType<typeof addresses>;
  private readonly kernel: WasmFunctions;
  /** Operations of a pass, shape [parts][PASS_PLANES]. */
  private readonly sums: Uint16Array;

  /**
   * @param presentedRows how many there are, see `PresentedRows`
   * @throws RangeError for a row list of more than 65 535 rows
   */
  constructor(presentedRows: number, rowLists: DistinctRowLists, patternLists: PatternLists, ouWordlines: number) {
    const terms = termsOf(rowLists);
    const parts = partsOf(rowLists, patternLists, ouWordlines);
    const words = Math.ceil(presentedRows / WORD_ROWS);
    const at = addresses(words, rowLists.count, terms, parts);
    const memory = wasmMemory(at.end);
    const integers = (address: number, length: number): Int32Array => new Int32Array(memory.buffer, address, length);

    new Float32Array(memory.buffer, BIAS_ADDRESS, 4).fill((ouWordlines - 1) / 2);
    new Float32Array(memory.buffer, INVERSE_ADDRESS, 4).fill(1 / ouWordlines);
    integers(at.terms, terms.values.length).set(terms.values);
    integers(at.termEnds, rowLists.count).set(terms.ends.map((end) => at.terms + end * TERM_BYTES));
    integers(at.partLists, parts.lists.length).set(parts.lists.map((list) => list * COUNT_BYTES));
    integers(at.partEnds, parts.ends.length).set(parts.ends.map((end) => at.partLists + end * INTEGER_BYTES));

    this.patterns = patternLists.count;
    this.ouWordlines = ouWordlines;
    this.parts = parts;
    this.at = at;
    this.kernel = formedKernel(memory);
    this.sums = new Uint16Array(memory.buffer, at.sums, parts.ends.length * PASS_PLANES);
    this.driven = integers(at.driven, words * WORD_ROWS);
    const drivenRows = integers(at.drivenRows, rowLists.count);
    this.lists = {
      operations: integers(at.performed, rowLists.count),
      rows: drivenRows,
      driven: drivenRows,
      nonZeroBatches: integers(at.nonZeroBatches, rowLists.count),
    };
  }

  count(drivenPlanes: number, operations: Int32Array, withLists: boolean): void {
    const { at, kernel } = this;
    operations.fill(0);
    if (withLists) {
      this.lists.operations.fill(0);
      this.lists.driven.fill(0);
      this.lists.nonZeroBatches.fill(0);
    }
    if (drivenPlanes === 0) return;
    if (withLists) kernel['packNonZero']!(at.driven, at.drivenEnd, at.nonZero);
    const planes = 32 - Math.clz32(drivenPlanes);
    for (let first = 0; first < planes; first += PASS_PLANES) {
      this.countPass(first, withLists);
      if (this.parts.ends.length === 0) continue;
      kernel['sum']!(at.partEnds, at.partEndsEnd, at.partLists, at.operations, at.sums);
      this.addSums(first, Math.min(PASS_PLANES, planes - first), operations);
    }
  }

  private countPass(firstPlane: number, withLists: boolean): void {
    const { at, kernel } = this;
    const byte = firstPlane / 8;
    kernel['pack']!(at.driven + byte, at.drivenEnd + byte, at.vectors);
    if (!withLists) kernel['count']!(at.termEnds, at.termEndsEnd, at.terms, at.vectors, at.operations);
    else {
      const ofLists = [at.performed, at.drivenRows, at.nonZeroBatches, at.nonZero, this.ouWordlines];
      kernel['countLists']!(at.termEnds, at.termEndsEnd, at.terms, at.vectors, at.operations, ...ofLists);
    }
  }

  private addSums(firstPlane: number, planes: number, operations: Int32Array): void {
    const { sums, patterns } = this;
    const { patternOf } = this.parts;
    for (let part = 0; part < patternOf.length; part++) {
      const from = part * PASS_PLANES;
      let entry = firstPlane * patterns + patternOf[part]!;
      for (let plane = 0; plane < planes; plane++, entry += patterns) {
        operations[entry] = operations[entry]! + sums[from + plane]!;
      }
    }
  }
}

/** The rows of lists as pairs of a word's byte offset and a mask, see `formedKernel`. */
interface Terms {
  readonly values: Int32Array;
  /** By list: the end of its terms, in terms. */
  readonly ends: Int32Array;
}

function termsOf(rowLists: DistinctRowLists): Terms {
  const values: number[] = [];
  const ends = new Int32Array(rowLists.count);
  for (let list = 0; list < rowLists.count; list++) {
    const rows = rowLists.rows(list);
    if (rows.length > MOST_COUNT) {
      throw new RangeError(
        `OU program: got a row list of ${rows.length} rows; allowed at most ${MOST_COUNT} with detector form`,
      );
    }
    let word = -1;
    let mask = 0;
    for (const row of rows) {
      const bit = 1 << (row % WORD_ROWS);
      const rowWord = Math.floor(row / WORD_ROWS);
      // A row that the list has twice needs a term of its own for each time.
      if (rowWord !== word || (mask & bit) !== 0) {
        if (mask !== 0) values.push(word * WORD_BYTES, mask);
        word = rowWord;
        mask = 0;
      }
      mask |= bit;
    }
    if (mask !== 0) values.push(word * WORD_BYTES, mask);
    ends[list] = (values.length * INTEGER_BYTES) / TERM_BYTES;
  }
  return { values: Int32Array.from(values), ends };
}

/** Patterns cut into sums that fit into 16-bit numbers; a pattern without lists has no part. */
interface PatternParts {
  /** By part: its pattern. */
  readonly patternOf: Int32Array;
  /** By part: the end of its lists in `lists`. */
  readonly ends: Int32Array;
  readonly lists: Int32Array;
}

function partsOf({ lengths }: DistinctRowLists, patterns: PatternLists, ouWordlines: number): PatternParts {
  const patternOf: number[] = [];
  const ends: number[] = [];
  const lists: number[] = [];
  for (let pattern = 0, i = 0; pattern < patterns.count; pattern++) {
    let most = 0;
    for (; i < patterns.ends[pattern]!; i++) {
      const list = patterns.lists[i]!;
      const batches = Math.ceil(lengths[list]! / ouWordlines);
      for (let time = 0; time < patterns.times[i]!; time++) {
        if (most === 0 || most + batches > MOST_COUNT) {
          patternOf.push(pattern);
          ends.push(lists.length);
          most = 0;
        }
        most += batches;
        lists.push(list);
        ends[ends.length - 1] = lists.length;
      }
    }
  }
  return { patternOf: Int32Array.from(patternOf), ends: Int32Array.from(ends), lists: Int32Array.from(lists) };
}

/** Byte addresses of the kernel's arrays, one after the other. */
function addresses(words: number, rowLists: number, terms: Terms, parts: PatternParts) {
  let end = FREE_ADDRESS;
  const allot = (bytes: number): number => {
    const address = end;
    end += Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
    return address;
  };
  const integers = (length: number): number => allot(length * INTEGER_BYTES);
  const driven = integers(words * WORD_ROWS);
  const termEnds = integers(rowLists);
  const partEnds = integers(parts.ends.length);
  return {
    driven,
    drivenEnd: driven + words * WORD_ROWS * INTEGER_BYTES,
    vectors: allot(words * WORD_BYTES),
    nonZero: integers(words),
    termEnds,
    termEndsEnd: termEnds + rowLists * INTEGER_BYTES,
    terms: integers(terms.values.length),
    operations: allot(rowLists * COUNT_BYTES),
    performed: integers(rowLists),
    drivenRows: integers(rowLists),
    nonZeroBatches: integers(rowLists),
    partEnds,
    partEndsEnd: partEnds + parts.ends.length * INTEGER_BYTES,
    partLists: integers(parts.lists.length),
    sums: allot(parts.ends.length * COUNT_BYTES),
    end,
  };
}
