import { ABOVE, BELOW, clearedBit, FURTHER_BELOW } from './cleared-bit.js';

/** What bit-flip may do to a block. */
export interface FlipLimits {
  /** Ones that a column may have in a bit-plane: k of the paper. */
  readonly columnOnes: number;
  /** A plane of the block is emptied where the squares of its changes sum to no more than this, in units of 1. */
  readonly emptyingCost: number;
}

/**
 * The bits of a block of weights of one sign: rows x columns codes, changed in place by bit-flip with compensation and
 * locking (Bit-Transformer, ICCAD 2021), bit-plane by bit-plane from the second most significant one down.
 *
 * Planes that are empty at first, or have been emptied, are locked: nothing may be set there. Nor may a column that has
 * reached its limit of ones in the plane above.
 */
export class FlipBlock {
  /** 1 for a locked bit-plane; plane 0 is the least significant. */
  private readonly locked: Uint8Array;
  /** Ones by plane and column. */
  private readonly ones: Int32Array;

  /** @param codes shape [rows][columns], row-major */
  constructor(
    private readonly codes: Int32Array,
    private readonly rows: number,
    private readonly columns: number,
    private readonly bits: number,
    private readonly limits: FlipLimits,
  ) {
    this.locked = new Uint8Array(bits);
    this.ones = new Int32Array(bits * columns);
  }

  /** Processes the block's present codes. */
  flip(): void {
    this.countOnes();
    for (let plane = this.bits - 2; plane >= 0; plane--) {
      if (this.locked[plane] === 1) continue;
      this.limitColumns(plane);
      if (this.emptyingCost(plane) > this.limits.emptyingCost) continue;
      for (let at = 0; at < this.rows * this.columns; at++) {
        if (((this.codes[at]! >>> plane) & 1) === 1) this.clear(at, plane);
      }
      this.locked[plane] = 1;
    }
  }

  private countOnes(): void {
    const { codes, rows, columns, bits, ones, locked } = this;
    ones.fill(0);
    let union = 0;
    for (let at = 0; at < rows * columns; at++) {
      let rest = codes[at]!;
      union |= rest;
      const column = at % columns;
      for (; rest > 0; rest &= rest - 1) ones[(31 - Math.clz32(rest & -rest)) * columns + column]!++;
    }
    for (let plane = 0; plane < bits; plane++) locked[plane] = ((union >>> plane) & 1) ^ 1;
  }

  /** Clears the cheapest ones of the columns that have more than they may; of equally cheap ones those of the first rows. */
  private limitColumns(plane: number): void {
    const { codes, rows, columns, ones } = this;
    const { columnOnes } = this.limits;
    for (let column = 0; column < columns; column++) {
      const count = ones[plane * columns + column]!;
      if (count <= columnOnes) continue;
      const cells: { readonly at: number; readonly change: number }[] = [];
      for (let row = 0; row < rows; row++) {
        const at = row * columns + column;
        if (((codes[at]! >>> plane) & 1) === 1) cells.push({ at, change: Math.abs(this.change(at, plane)) });
      }
      cells.sort((a, b) => a.change - b.change || a.at - b.at);
      for (const { at } of cells.slice(0, count - columnOnes)) this.clear(at, plane);
    }
  }

  /** Sum of the squared changes that emptying the plane takes. */
  private emptyingCost(plane: number): number {
    const { codes, rows, columns } = this;
    const { emptyingCost: most } = this.limits;
    let cost = 0;
    for (let at = 0; at < rows * columns && cost <= most; at++) {
      if (((codes[at]! >>> plane) & 1) === 1) cost += this.change(at, plane) ** 2;
    }
    return cost;
  }

  /** What clearing a one adds to its code. */
  private change(at: number, plane: number): number {
    const v = ((this.codes[at]! << 2) >>> plane) & 15;
    // Below plane 2 the bits that V would have there are locked at 0, so that the change is whole.
    return ((clearedBit(v, this.lockedAround(at, plane)) - v) * 2 ** plane) / 4;
  }

  private clear(at: number, plane: number): void {
    const { codes, columns, bits, ones } = this;
    const before = codes[at]!;
    const after = before + this.change(at, plane);
    codes[at] = after;
    const column = at % columns;
    for (let each = Math.max(0, plane - 2); each < Math.min(bits, plane + 2); each++) {
      ones[each * columns + column]! += ((after >>> each) & 1) - ((before >>> each) & 1);
    }
  }

  /** Mask of the bits around a bit that may not change. */
  private lockedAround(at: number, plane: number): number {
    const { locked, ones, columns } = this;
    let mask = 0;
    const full = ones[(plane + 1) * columns + (at % columns)]! >= this.limits.columnOnes;
    if (full || locked[plane + 1] === 1) mask |= ABOVE;
    if (plane < 1 || locked[plane - 1] === 1) mask |= BELOW;
    if (plane < 2 || locked[plane - 2] === 1) mask |= FURTHER_BELOW;
    return mask;
  }
}
