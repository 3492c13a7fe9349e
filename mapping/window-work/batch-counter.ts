import {
  BIAS_ADDRESS,
  COUNT_BYTES,
  FREE_ADDRESS,
  INVERSE_ADDRESS,
  PASS_PLANES,
  sumFunction,
} from './counting-kernel.js';
import { countFixedFunction } from './fixed-kernel.js';
import { countFormedFunction, packFunction, packNonZeroFunction, WORD_ROWS } from './formed-kernel.js';
import type { ListWork } from './list-work.js';
import type { PatternParts } from './pattern-parts.js';
import { INTEGER_BYTES, type WasmFunctions, WasmKernel, wasmMemory } from './web-assembly.js';

/** The kernels count rows, and sum up operations, in 16-bit numbers. */
export const MOST_COUNT = 2 ** 16 - 1;
const ALIGNMENT = 16;

/** Distinct row lists as a kernel reads them. */
export interface EncodedLists {
  /** The 32-bit integers of all lists one after the other. */
  readonly values: Int32Array;
  /** By list: the end of its own. */
  readonly ends: Int32Array;
}

/** What a counter needs to be built. */
export interface CounterSizes {
  /** Presented rows, see `PresentedRows`. */
  readonly presentedRows: number;
  readonly ouWordlines: number;
  readonly patterns: number;
  /** Patterns as sums of distinct row lists, none above MOST_COUNT. */
  readonly parts: PatternParts;
}

let kernel: WasmKernel | null = null;

/** Compiled once, when it is first needed. */
function countingKernel(): WasmKernel {
  kernel ??= new WasmKernel([
    packFunction(),
    packNonZeroFunction(),
    countFormedFunction(false),
    countFormedFunction(true),
    countFixedFunction(false),
    countFixedFunction(true),
    sumFunction(),
  ]);
  return kernel;
}

/** Counts the operations that a detector leaves in a window, of all distinct row lists and all patterns. */
export abstract class BatchCounter {
  /** By presented row, the planes in which the window to count drives it; for `PresentedRows.load` to fill. */
  readonly driven: Int32Array;
  /** What the window counted last makes of each distinct row list, where `withLists` was set. */
  abstract readonly lists: ListWork;

  protected readonly kernel: WasmFunctions;
  protected readonly at: ReturnType<typeof addresses>;
  private readonly memory: ArrayBuffer;
  private readonly listCount: number;
  private readonly patterns: number;
  private readonly parts: PatternParts;
  /** Operations of a pass, shape [parts][PASS_PLANES]. */
  private readonly sums: Uint16Array;

  /** @param scratchBytes bytes by word of presented rows that the kernel of the detector needs for itself */
  constructor(
    { presentedRows, ouWordlines, patterns, parts }: CounterSizes,
    lists: EncodedLists,
    scratchBytes: number,
  ) {
    const words = Math.ceil(presentedRows / WORD_ROWS);
    this.at = addresses(words, words * scratchBytes, lists, parts);
    const { at } = this;
    const memory = wasmMemory(at.end);
    this.memory = memory.buffer;
    this.kernel = countingKernel().on(memory);
    this.listCount = lists.ends.length;
    this.patterns = patterns;
    this.parts = parts;
    this.sums = new Uint16Array(memory.buffer, at.sums, parts.ends.length * PASS_PLANES);
    this.driven = this.integers(at.driven, presentedRows);

    new Float32Array(memory.buffer, BIAS_ADDRESS, 4).fill((ouWordlines - 1) / 2);
    new Float32Array(memory.buffer, INVERSE_ADDRESS, 4).fill(1 / ouWordlines);
    this.integers(at.items, lists.values.length).set(lists.values);
    this.integers(at.itemEnds, lists.ends.length).set(lists.ends.map((end) => at.items + end * INTEGER_BYTES));
    this.integers(at.partLists, parts.lists.length).set(parts.lists.map((list) => list * COUNT_BYTES));
    this.integers(at.partEnds, parts.ends.length).set(parts.ends.map((end) => at.partLists + end * INTEGER_BYTES));
  }

  /**
   * Writes the operations of the window in `driven`, shape [planes][patterns].
   *
   * @param drivenPlanes planes in which any row is driven, bit p for plane p
   * @param withLists whether to fill `lists` as well
   */
  count(drivenPlanes: number, operations: Int32Array, withLists: boolean): void {
    operations.fill(0);
    if (withLists) this.clearLists();
    const planes = 32 - Math.clz32(drivenPlanes);
    for (let first = 0; first < planes; first += PASS_PLANES) {
      this.countPass(first, withLists);
      this.addPatterns(first, Math.min(PASS_PLANES, planes - first), operations);
    }
  }

  /** Writes the operations of 16 planes of all lists to `at.operations`, and adds these planes to `lists`. */
  protected abstract countPass(firstPlane: number, withLists: boolean): void;

  /** One number for each list, in the kernel's memory. */
  protected ofLists(address: number): Int32Array {
    return this.integers(address, this.listCount);
  }

  private integers(address: number, length: number): Int32Array {
    return new Int32Array(this.memory, address, length);
  }

  private clearLists(): void {
    this.lists.operations.fill(0);
    this.lists.rows.fill(0);
    this.lists.driven.fill(0);
    this.lists.nonZeroBatches.fill(0);
  }

  private addPatterns(firstPlane: number, planes: number, operations: Int32Array): void {
    const { at, sums, patterns } = this;
    const { patternOf } = this.parts;
    if (patternOf.length === 0) return;
    this.kernel['sum']!(at.partEnds, at.partEndsEnd, at.partLists, at.operations, at.sums);
    for (let part = 0; part < patternOf.length; part++) {
      const from = part * PASS_PLANES;
      let entry = firstPlane * patterns + patternOf[part]!;
      for (let plane = 0; plane < planes; plane++, entry += patterns) {
        operations[entry] = operations[entry]! + sums[from + plane]!;
      }
    }
  }
}

/** Byte addresses of the kernel's arrays, one after the other. */
function addresses(words: number, scratchBytes: number, { values, ends }: EncodedLists, parts: PatternParts) {
  let end = FREE_ADDRESS;
  const allot = (bytes: number): number => {
    const address = end;
    end += Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
    return address;
  };
  const integers = (length: number): number => allot(length * INTEGER_BYTES);
  const driven = integers(words * WORD_ROWS);
  const itemEnds = integers(ends.length);
  const partEnds = integers(parts.ends.length);
  return {
    driven,
    drivenEnd: driven + words * WORD_ROWS * INTEGER_BYTES,
    itemEnds,
    itemEndsEnd: itemEnds + ends.length * INTEGER_BYTES,
    items: integers(values.length),
    scratch: allot(scratchBytes),
    operations: allot(ends.length * COUNT_BYTES),
    performed: integers(ends.length),
    rowsInside: integers(ends.length),
    drivenRows: integers(ends.length),
    nonZeroBatches: integers(ends.length),
    partEnds,
    partEndsEnd: partEnds + parts.ends.length * INTEGER_BYTES,
    partLists: integers(parts.lists.length),
    sums: allot(parts.ends.length * COUNT_BYTES),
    end,
  };
}
