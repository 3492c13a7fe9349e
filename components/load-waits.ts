/** Why a window came late into the input registers of a part's PEs, apart from the PEs themselves. */
export const PIXELS = 1;
export const OUTPUT = 2;
/** The PEs had no free place before, or the fetch before had not ended: sharing of the register. */
export const REGISTER = 0;

/**
 * Divides the time in which crossbars of a PE wait for a window that is not loaded: before its fetch began it counts for
 * the fetch's cause, from then on for the transfer (docs/timing-model.md, "Ledgers of parts"). What is in none of the
 * three classes is sharing of the input register.
 */
export class LoadWaits {
  /** Per crossbar. */
  readonly pixels: Float64Array;
  readonly output: Float64Array;
  readonly transfer: Float64Array;
  /** Of the window in each slot of the input register. */
  private readonly cause: Uint8Array;
  private readonly fetchStart: Float64Array;

  constructor(crossbars: number, slots: number) {
    this.pixels = new Float64Array(crossbars);
    this.output = new Float64Array(crossbars);
    this.transfer = new Float64Array(crossbars);
    this.cause = new Uint8Array(slots);
    this.fetchStart = new Float64Array(slots);
  }

  /** The window that is about to be loaded into `slot` was fetched from `fetchStart` on, late for `cause`. */
  fetched(slot: number, fetchStart: number, cause: number): void {
    this.cause[slot] = cause;
    this.fetchStart[slot] = fetchStart;
  }

  /** Crossbar `i` waited from `from` on, among other things until the window of `slot` was loaded at `loaded`. */
  book(i: number, from: number, loaded: number, slot: number): void {
    if (loaded <= from) return;
    const fetchStart = Math.min(this.fetchStart[slot]!, loaded);
    const begun = Math.max(from, fetchStart);
    this.transfer[i]! += loaded - begun;
    if (this.cause[slot] === PIXELS) this.pixels[i]! += begun - from;
    else if (this.cause[slot] === OUTPUT) this.output[i]! += begun - from;
  }
}
