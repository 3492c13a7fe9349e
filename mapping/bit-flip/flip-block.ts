import { ABOVE, BELOW, clearedBit, FURTHER_BELOW, ITSELF } from './cleared-bit.js';

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
  /** Ones of each column in the present plane, and in the plane above it. */
  private ones: Int32Array;
  private onesAbove: Int32Array;
  /** Where the changes of a column begin in `changes`: at 16 if it is full in the plane above. */
  private readonly changesOf: Uint8Array;
  /** What clearing a one of the present plane adds to its code, by V; 0 for a V without one. */
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
    this.ones = new Int32Array(columnCount);
    this.onesAbove = new Int32Array(columnCount);
    this.changesOf = new Uint8Array(columnCount);
  }

  flip(limits: FlipLimits): void {
    this.lockEmptyPlanes();
    this.countOnes(this.bits - 1);
    for (let plane = this.bits - 2; plane >= 0; plane--) {
      const ofPlane = this.onesAbove;
      this.onesAbove = this.ones;
      this.ones = ofPlane;
      this.countOnes(plane);
      if (this.locked[plane] === 1) continue;
      this.tabulateChanges(plane, limits.columnOnes);
      this.limitColumns(plane, limits.columnOnes);
      if (this.emptyingCost(plane) > limits.emptyingCost) continue;
      for (let i = 0; i < this.length; i++) this.clear(i, plane, limits.columnOnes);
      this.ones.fill(0);
      this.locked[plane] = 1;
    }
  }

  private lockEmptyPlanes(): void {
    let union = 0;
    for (let i = 0; i < this.length; i++) union |= this.codes[i]!;
    for (let plane = 0; plane < this.bits; plane++) this.locked[plane] = ((union >>> plane) & 1) ^ 1;
  }

  private countOnes(plane: number): void {
    const { codes, columns, length, ones } = this;
    ones.fill(0);
    for (let i = 0; i < length; i++) ones[columns[i]!]! += (codes[i]! >>> plane) & 1;
  }

  private tabulateChanges(plane: number, columnOnes: number): void {
    const { locked, changes, changesOf, onesAbove, columnCount } = this;
    let mask = locked[plane + 1] === 1 ? ABOVE : 0;
    // Below plane 0 there are no bits to change.
    if (plane < 1 || locked[plane - 1] === 1) mask |= BELOW;
    if (plane < 2 || locked[plane - 2] === 1) mask |= FURTHER_BELOW;
    for (let v = 0; v < 16; v++) {
      if ((v & ITSELF) === 0) continue;
      changes[v] = ((clearedBit(v, mask) - v) * 2 ** plane) / 4;
      changes[v + 16] = ((clearedBit(v, mask | ABOVE) - v) * 2 ** plane) / 4;
    }
    for (let column = 0; column < columnCount; column++) changesOf[column] = onesAbove[column]! >= columnOnes ? 16 : 0;
  }

  /** What clearing the code's one of the plane adds to it; 0 where it has none. */
  private change(i: number, plane: number): number {
    return this.changes[(((this.codes[i]! << 2) >>> plane) & 15) + this.changesOf[this.columns[i]!]!]!;
  }

  /** Clears the cheapest ones of the columns that have more than they may; of equally cheap ones those of the first rows. */
  private limitColumns(plane: number, columnOnes: number): void {
    const { columns, columnCount, length, ones } = this;
    for (let column = 0; column < columnCount; column++) {
      if (ones[column]! <= columnOnes) continue;
      const cells: { readonly i: number; readonly cost: number }[] = [];
      for (let i = 0; i < length; i++) {
        const cost = columns[i] === column ? Math.abs(this.change(i, plane)) : 0;
        if (cost > 0) cells.push({ i, cost });
      }
      cells.sort((a, b) => a.cost - b.cost || a.i - b.i);
      for (const { i } of cells.slice(0, ones[column]! - columnOnes)) this.clear(i, plane, columnOnes);
      ones[column] = columnOnes;
    }
  }

  /** Sum of the squared changes that emptying the plane takes. */
  private emptyingCost(plane: number): number {
    let cost = 0;
    for (let i = 0; i < this.length; i++) cost += this.change(i, plane) ** 2;
    return cost;
  }

  private clear(i: number, plane: number, columnOnes: number): void {
    const change = this.change(i, plane);
    this.codes[i]! += change;
    // A code grows only where the bit above is set.
    if (change <= 0) return;
    const column = this.columns[i]!;
    if (++this.onesAbove[column]! >= columnOnes) this.changesOf[column] = 16;
  }
}
