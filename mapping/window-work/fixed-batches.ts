import type { DistinctRowLists } from './distinct-row-lists.js';
import type { BatchCounter, ListWork } from './list-work.js';
import type { PatternLists } from './pattern-lists.js';

/** Batches that a byte-wide counter can count before it has to be read. */
const BATCHES_PER_COUNT = 255;
/** Planes whose counters, of a byte each, are four words. */
const PASS_PLANES = 16;

/** For four bits, a 32-bit word with one byte each, the least significant bit in the lowest byte. */
const BYTE_PER_BIT = Int32Array.from({ length: 16 }, (_, nibble) => {
  let word = 0;
  for (let bit = 0; bit < 4; bit++) word |= ((nibble >>> bit) & 1) << (8 * bit);
  return word;
});

/** Detector group: a list is cut into batches of `ouWordlines` rows, and a plane skips those of which it drives no row. */
export class FixedBatches implements BatchCounter {
  readonly driven: Int32Array;
  readonly lists: ListWork;

  private readonly planes: number;
  private readonly ouWordlines: number;
  private readonly patternLists: PatternLists;
  /** The presented rows of all lists one after the other; those of a list end at its entry of `ends`. */
  private readonly rows: Int32Array;
  private readonly ends: Int32Array;
  /** By presented row: in how many planes it is driven. */
  private readonly drivenPlanes: Uint8Array;
  /** The planes that drive a row of each batch of the running list. */
  private readonly batches: Int32Array;
  /** Operations of a plane, shape [distinct row lists][planes]. */
  private readonly operations: Int32Array;
  /** The operations of the running pattern, by plane. */
  private readonly sums: Int32Array;

  /** @param presentedRows how many there are, see `PresentedRows` */
  constructor(
    presentedRows: number,
    rowLists: DistinctRowLists,
    patternLists: PatternLists,
    planes: number,
    ouWordlines: number,
  ) {
    const { count, lengths } = rowLists;
    this.planes = planes;
    this.ouWordlines = ouWordlines;
    this.patternLists = patternLists;
    this.rows = new Int32Array(lengths.reduce((sum, length) => sum + length, 0));
    this.ends = new Int32Array(count);
    let end = 0;
    for (let list = 0; list < count; list++) {
      this.rows.set(rowLists.rows(list), end);
      end += lengths[list]!;
      this.ends[list] = end;
    }
    this.driven = new Int32Array(presentedRows);
    this.drivenPlanes = new Uint8Array(presentedRows);
    this.batches = new Int32Array(Math.ceil(lengths.reduce((most, length) => Math.max(most, length), 0) / ouWordlines));
    this.operations = new Int32Array(count * planes);
    this.sums = new Int32Array(planes);
    const ofLists = (): Int32Array => new Int32Array(count);
    this.lists = { operations: ofLists(), rows: ofLists(), driven: ofLists(), nonZeroBatches: ofLists() };
  }

  count(drivenPlanes: number, operations: Int32Array, withLists: boolean): void {
    if (withLists) this.countDrivenPlanes();
    for (let list = 0, first = 0; list < this.ends.length; list++) {
      const end = this.ends[list]!;
      this.findBatches(first, end);
      this.countBatches(list, Math.ceil((end - first) / this.ouWordlines), drivenPlanes);
      if (withLists) this.fillList(list, first, end);
      first = end;
    }
    this.sumPatterns(operations);
  }

  private countDrivenPlanes(): void {
    const { driven, drivenPlanes } = this;
    for (let row = 0; row < driven.length; row++) drivenPlanes[row] = onesOf(driven[row]!);
  }

  private findBatches(first: number, end: number): void {
    const { rows, driven, batches, ouWordlines } = this;
    for (let row = first, batch = 0; row < end; batch++) {
      const batchEnd = Math.min(row + ouWordlines, end);
      let any = 0;
      for (; row < batchEnd; row++) any |= driven[rows[row]!]!;
      batches[batch] = any;
    }
  }

  private countBatches(list: number, count: number, drivenPlanes: number): void {
    const { batches, operations, planes } = this;
    const from = list * planes;
    operations.fill(0, from, from + planes);
    const most = 32 - Math.clz32(drivenPlanes);
    for (let first = 0; first < count; first += BATCHES_PER_COUNT) {
      const end = Math.min(first + BATCHES_PER_COUNT, count);
      for (let plane = 0; plane < most; plane += PASS_PLANES) {
        let a = 0;
        let b = 0;
        let c = 0;
        let d = 0;
        for (let batch = first; batch < end; batch++) {
          const any = batches[batch]! >>> plane;
          a += BYTE_PER_BIT[any & 15]!;
          b += BYTE_PER_BIT[(any >>> 4) & 15]!;
          c += BYTE_PER_BIT[(any >>> 8) & 15]!;
          d += BYTE_PER_BIT[(any >>> 12) & 15]!;
        }
        this.addBytes(a, from, plane);
        this.addBytes(b, from, plane + 4);
        this.addBytes(c, from, plane + 8);
        this.addBytes(d, from, plane + 12);
      }
    }
  }

  /** Adds the four bytes of a word to the operations of four planes, as far as there are such planes. */
  private addBytes(word: number, from: number, firstPlane: number): void {
    const { operations, planes } = this;
    for (let plane = firstPlane, rest = word; rest !== 0 && plane < planes; plane++, rest >>>= 8) {
      operations[from + plane] = operations[from + plane]! + (rest & 0xff);
    }
  }

  private fillList(list: number, first: number, end: number): void {
    const { rows, drivenPlanes, batches, ouWordlines, lists } = this;
    let driven = 0;
    for (let row = first; row < end; row++) driven += drivenPlanes[rows[row]!]!;
    const count = Math.ceil((end - first) / ouWordlines);
    let nonZero = 0;
    for (let batch = 0; batch < count; batch++) if (batches[batch] !== 0) nonZero++;
    let performed = 0;
    for (let plane = 0, entry = list * this.planes; plane < this.planes; plane++)
      performed += this.operations[entry++]!;
    // All batches but the last are full.
    const missing = count * ouWordlines - (end - first);
    lists.driven[list] = driven;
    lists.operations[list] = performed;
    lists.rows[list] = performed * ouWordlines - (count === 0 ? 0 : missing * onesOf(batches[count - 1]!));
    lists.nonZeroBatches[list] = nonZero;
  }

  private sumPatterns(operations: Int32Array): void {
    const { planes, sums } = this;
    const { count, ends, lists, times } = this.patternLists;
    for (let pattern = 0, i = 0; pattern < count; pattern++) {
      sums.fill(0);
      for (const end = ends[pattern]!; i < end; i++) {
        const from = lists[i]! * planes;
        const factor = times[i]!;
        for (let plane = 0; plane < planes; plane++) {
          sums[plane] = sums[plane]! + factor * this.operations[from + plane]!;
        }
      }
      for (let plane = 0; plane < planes; plane++) operations[plane * count + pattern] = sums[plane]!;
    }
  }
}

/** Ones of a number of 32 bits. */
function onesOf(number: number): number {
  let fields = number - ((number >>> 1) & 0x55555555);
  fields = (fields & 0x33333333) + ((fields >>> 2) & 0x33333333);
  return Math.imul((fields + (fields >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
