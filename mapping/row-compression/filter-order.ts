import type { MatrixShape } from '../matrix-spec.js';
import { type OutputGroup, outputGroups } from './column-groups.js';
import type { OutputOrders } from './output-orders.js';

/** `slab`: an order of the filters for each row block; `global`: one for the matrix; `none`: as they are. */
export type FilterOrder = 'slab' | 'global' | 'none';

/** Sweeps of pairwise swaps at most; most matrices settle before. */
const SWEEPS = 8;

/**
 * Orders the filters (outputs) so that those that share OU rows have their zeros in the same rows, and row compression can
 * leave out more (Shin et al., DAC 2022: OU-level filter reordering; the algorithm is reconstructed). The number to
 * be small is the sum, over the groups of filters that share OU rows, of the rows in which any of them is not zero.
 *
 * @param weights shape [rows][outputs] row-major
 * @throws MappingError with every problem of the shape
 */
export function filterOrders(weights: Int32Array, shape: MatrixShape, order: FilterOrder): OutputOrders {
  if (order === 'none') return null;
  const groups = outputGroups(shape);
  const { rows } = shape;
  if (order === 'global') return [orderFilters(rowSets(weights, shape, 0, rows), groups)];
  const orders: Int32Array[] = [];
  for (let first = 0; first < rows; first += shape.crossbar.wordlines) {
    const end = Math.min(first + shape.crossbar.wordlines, rows);
    orders.push(orderFilters(rowSets(weights, shape, first, end), groups));
  }
  return orders;
}

/** For each filter the set of its non-zero rows: shape [filters][words], 32 rows a word. */
interface RowSets {
  readonly filters: number;
  readonly words: number;
  readonly bits: Uint32Array;
}

function rowSets(weights: Int32Array, { outputs }: MatrixShape, first: number, end: number): RowSets {
  const words = Math.ceil((end - first) / 32);
  const bits = new Uint32Array(outputs * words);
  for (let row = first; row < end; row++) {
    const word = (row - first) >>> 5;
    const bit = 1 << ((row - first) & 31);
    for (let filter = 0; filter < outputs; filter++) {
      if (weights[row * outputs + filter] !== 0) bits[filter * words + word]! |= bit;
    }
  }
  return { filters: outputs, words, bits };
}

/** The filter at each place. */
function orderFilters(sets: RowSets, groups: readonly OutputGroup[]): Int32Array {
  const order = gatherGreedily(sets, groups);
  new SwapSearch(sets, groups, order).improve();
  return order;
}

/**
 * Fills the groups one after the other: the filter with the most rows among those that are left, and then, one by one, the
 * filter that adds the fewest rows to the group; of several the one with the most rows of its own, since it would cost
 * another group most, then the first. Filters with the same rows end up together.
 */
function gatherGreedily({ filters, words, bits }: RowSets, groups: readonly OutputGroup[]): Int32Array {
  const order = new Int32Array(filters);
  const left = Int32Array.from({ length: filters }, (_, filter) => filter);
  const rows = Int32Array.from(left, (filter) => countRows(bits, filter * words, words));
  const union = new Uint32Array(words);
  let remaining = filters;
  for (const { first, count } of groups) {
    union.fill(0);
    for (let place = first; place < first + count; place++) {
      let best = 0;
      let bestAdded = Number.POSITIVE_INFINITY;
      let bestRows = -1;
      for (let i = 0; i < remaining; i++) {
        const filter = left[i]!;
        const added = place === first ? 0 : countAdded(union, 0, bits, filter * words, words);
        if (added > bestAdded || (added === bestAdded && rows[filter]! <= bestRows)) continue;
        best = i;
        bestAdded = added;
        bestRows = rows[filter]!;
      }
      const filter = left[best]!;
      order[place] = filter;
      for (let w = 0; w < words; w++) union[w]! |= bits[filter * words + w]!;
      // Closes the gap in order, so that "the first" stays the filter with the lowest number.
      left.copyWithin(best, best + 1, remaining--);
    }
  }
  return order;
}

/** Swaps filters of different groups as long as the groups' rows become fewer; works on `order` itself. */
class SwapSearch {
  /** Group of each place. */
  private readonly groupOf: Int32Array;
  /** Rows of each group. */
  private readonly unionRows: Int32Array;
  /** For each place the rows of the other filters of its group: shape [places][words]. */
  private readonly others: Uint32Array;
  /** The sweep in which each group last changed. */
  private readonly changed: Int32Array;

  constructor(
    private readonly sets: RowSets,
    private readonly groups: readonly OutputGroup[],
    private readonly order: Int32Array,
  ) {
    this.groupOf = new Int32Array(sets.filters);
    this.unionRows = new Int32Array(groups.length);
    this.others = new Uint32Array(sets.filters * sets.words);
    this.changed = new Int32Array(groups.length);
    groups.forEach(({ first, count }, group) => {
      this.groupOf.fill(group, first, first + count);
      this.describe(group);
    });
  }

  improve(): void {
    for (let sweep = 1; sweep <= SWEEPS; sweep++) if (!this.sweep(sweep)) return;
  }

  /** Tries every pair of filters whose groups are not both as they were when it was tried last. */
  private sweep(sweep: number): boolean {
    const { sets, order, others, groupOf, unionRows, changed } = this;
    const { filters, words, bits } = sets;
    let improved = false;
    for (let a = 0; a < filters; a++) {
      for (let b = a + 1; b < filters; b++) {
        const groupA = groupOf[a]!;
        const groupB = groupOf[b]!;
        if (groupA === groupB || (changed[groupA]! < sweep - 1 && changed[groupB]! < sweep - 1)) continue;
        const filterA = order[a]!;
        const filterB = order[b]!;
        const rowsNow = unionRows[groupA]! + unionRows[groupB]!;
        const rowsA = countUnion(others, a * words, bits, filterB * words, words);
        if (rowsA >= rowsNow) continue;
        if (rowsA + countUnion(others, b * words, bits, filterA * words, words) >= rowsNow) continue;
        order[a] = filterB;
        order[b] = filterA;
        this.describe(groupA);
        this.describe(groupB);
        changed[groupA] = sweep;
        changed[groupB] = sweep;
        improved = true;
      }
    }
    return improved;
  }

  /** Finds a group's rows anew. */
  private describe(group: number): void {
    const { order, others, unionRows, sets } = this;
    const { words, bits } = sets;
    const { first, count } = this.groups[group]!;
    others.fill(0, first * words, (first + count) * words);
    for (let place = first; place < first + count; place++) {
      for (let other = first; other < first + count; other++) {
        if (other === place) continue;
        for (let w = 0; w < words; w++) others[place * words + w]! |= bits[order[other]! * words + w]!;
      }
    }
    unionRows[group] = countUnion(others, first * words, bits, order[first]! * words, words);
  }
}

function countRows(bits: Uint32Array, at: number, words: number): number {
  let rows = 0;
  for (let w = 0; w < words; w++) rows += bitsSet(bits[at + w]!);
  return rows;
}

function countUnion(a: Uint32Array, atA: number, b: Uint32Array, atB: number, words: number): number {
  let rows = 0;
  for (let w = 0; w < words; w++) rows += bitsSet(a[atA + w]! | b[atB + w]!);
  return rows;
}

/** Rows of b that a lacks. */
function countAdded(a: Uint32Array, atA: number, b: Uint32Array, atB: number, words: number): number {
  let rows = 0;
  for (let w = 0; w < words; w++) rows += bitsSet(b[atB + w]! & ~a[atA + w]!);
  return rows;
}

/** Ones of a 32-bit word. */
function bitsSet(word: number): number {
  let pairs = word - ((word >>> 1) & 0x55555555);
  pairs = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333);
  return Math.imul((pairs + (pairs >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
