import { ABOVE, BELOW, clearedBit, FURTHER_BELOW } from './cleared-bit.js';

/** What bit-flip may do to a block. */
export interface FlipLimits {
  /** Ones that a column may have in a bit-plane: k of the paper. */
  readonly columnOnes: number;
  /** A plane of the block is emptied where the squares of its changes sum to no more than this, in units of 1. */
  readonly emptyingCost: number;
}

/**
 * Bit-flip with compensation and locking (Bit-Transformer, ICCAD 2021) in a block of weights of one sign, bit-plane by
 * bit-plane from the second most significant one down.
 *
 * Planes that are empty at first, or have been emptied, are locked: nothing may be set there. Nor may a column that has
 * reached its limit of ones in the plane above.
 */
export class FlipBlock {
  /** Codes of the block's weights other than 0, in row order; `flip` changes them. */
  readonly codes: Int32Array;
  /** Column of each. */
  readonly columns: Int32Array;
  /** How many there are. */
  length = 0;

  /** 1 for a locked bit-plane; plane 0 is the least significant. */
  private readonly locked: Uint8Array;
  /** Ones by plane and column. */
  private readonly ones: Int32Array;
  /** What clearing a one of the present plane adds to its code, by V; for columns that are full above from entry 16 on. */
  private readonly changes = new Int32Array(32);

  /**
   * @param capacity weights of the block, zeros included
   * @param columnCount columns of the block
   */
  constructor(
    capacity: number,
    private readonly columnCount: number,
    private readonly bits: number,
  ) {
    this.codes = new Int32Array(capacity);
    this.columns = new Int32Array(capacity);
    this.locked = new Uint8Array(bits);
    this.ones = new Int32Array(bits * columnCount);
  }

  flip(limits: FlipLimits): void {
    this.countOnes();
    for (let plane = this.bits - 2; plane >= 0; plane--) {
      if (this.locked[plane] === 1) continue;
      this.tabulateChanges(plane);
      this.limitColumns(plane, limits.columnOnes);
      if (this.emptyingCost(plane, limits) > limits.emptyingCost) continue;
      for (let i = 0; i < this.length; i++) {
        if (((this.codes[i]! >>> plane) & 1) === 1) this.clear(i, plane, limits.columnOnes);
      }
      this.locked[plane] = 1;
    }
  }

  private countOnes(): void {
    const { codes, columns, columnCount, length, bits, ones, locked } = this;
    ones.fill(0);
    let union = 0;
    for (let i = 0; i < length; i++) {
      const code = codes[i]!;
      union |= code;
      for (let rest = code; rest > 0; rest &= rest - 1) {
        ones[(31 - Math.clz32(rest & -rest)) * columnCount + columns[i]!]!++;
      }
    }
    for (let plane = 0; plane < bits; plane++) locked[plane] = ((union >>> plane) & 1) ^ 1;
  }

  private tabulateChanges(plane: number): void {
    const { locked, changes } = this;
    let mask = locked[plane + 1] === 1 ? ABOVE : 0;
    // Below plane 0 there are no bits to change.
    if (plane < 1 || locked[plane - 1] === 1) mask |= BELOW;
    if (plane < 2 || locked[plane - 2] === 1) mask |= FURTHER_BELOW;
    for (let v = 0; v < 16; v++) {
      changes[v] = ((clearedBit(v, mask) - v) * 2 ** plane) / 4;
      changes[v + 16] = ((clearedBit(v, mask | ABOVE) - v) * 2 ** plane) / 4;
    }
  }

  /** What clearing a one adds to its code. */
  private change(i: number, plane: number, columnOnes: number): number {
    const full = this.ones[(plane + 1) * this.columnCount + this.columns[i]!]! >= columnOnes;
    return this.changes[(((this.codes[i]! << 2) >>> plane) & 15) + (full ? 16 : 0)]!;
  }

  /** Clears the cheapest ones of the columns that have more than they may; of equally cheap ones those of the first rows. */
  private limitColumns(plane: number, columnOnes: number): void {
    const { codes, columns, columnCount, length, ones } = this;
    for (let column = 0; column < columnCount; column++) {
      const count = ones[plane * columnCount + column]!;
      if (count <= columnOnes) continue;
      const cells: { readonly i: number; readonly cost: number }[] = [];
      for (let i = 0; i < length; i++) {
        if (columns[i] !== column || ((codes[i]! >>> plane) & 1) === 0) continue;
        cells.push({ i, cost: Math.abs(this.change(i, plane, columnOnes)) });
      }
      cells.sort((a, b) => a.cost - b.cost || a.i - b.i);
      for (const { i } of cells.slice(0, count - columnOnes)) this.clear(i, plane, columnOnes);
    }
  }

  /** Sum of the squared changes that emptying the plane takes; counted no further than beyond the limit. */
  private emptyingCost(plane: number, { columnOnes, emptyingCost: most }: FlipLimits): number {
    const { codes, length } = this;
    let cost = 0;
    for (let i = 0; i < length && cost <= most; i++) {
      if (((codes[i]! >>> plane) & 1) === 1) cost += this.change(i, plane, columnOnes) ** 2;
    }
    return cost;
  }

  private clear(i: number, plane: number, columnOnes: number): void {
    const { codes, columns, columnCount, bits, ones } = this;
    const before = codes[i]!;
    const after = before + this.change(i, plane, columnOnes);
    codes[i] = after;
    for (let each = Math.max(0, plane - 2); each < Math.min(bits, plane + 2); each++) {
      ones[each * columnCount + columns[i]!]! += ((after >>> each) & 1) - ((before >>> each) & 1);
    }
  }
}
