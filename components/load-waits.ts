/** When a window could be fetched as far as each condition of rule 7 goes. */
export interface FetchTimes {
  /** The fetch began: all of them had come. */
  readonly begun: number;
  readonly pixels: number;
  readonly output: number;
  /** The register had room and the fetch before had ended. */
  readonly register: number;
}

/**
 * Divides the time in which crossbars of a PE wait for a window that is not loaded: before its fetch began each cycle
 * counts for the condition that came next, from then on for the transfer (docs/timing-model.md, "Ledgers of parts"). What
 * is in none of the three classes is sharing of the input register.
 */
export class LoadWaits {
  /** Per crossbar. */
  readonly pixels: Float64Array;
  readonly output: Float64Array;
  readonly transfer: Float64Array;
  /** Of the window in each slot of the input register. */
  private readonly begun: Float64Array;
  private readonly pixelsAt: Float64Array;
  private readonly outputAt: Float64Array;
  private readonly registerAt: Float64Array;

  constructor(crossbars: number, slots: number) {
    this.pixels = new Float64Array(crossbars);
    this.output = new Float64Array(crossbars);
    this.transfer = new Float64Array(crossbars);
    this.begun = new Float64Array(slots);
    this.pixelsAt = new Float64Array(slots);
    this.outputAt = new Float64Array(slots);
    this.registerAt = new Float64Array(slots);
  }

  /** The window that is about to be loaded into `slot` was fetched. */
  fetched(slot: number, { begun, pixels, output, register }: FetchTimes): void {
    this.begun[slot] = begun;
    this.pixelsAt[slot] = pixels;
    this.outputAt[slot] = output;
    this.registerAt[slot] = register;
  }

  /** Crossbar `i` waited as crossbar `of` of `other` did. */
  take(i: number, other: LoadWaits, of: number): void {
    this.pixels[i] = other.pixels[of]!;
    this.output[i] = other.output[of]!;
    this.transfer[i] = other.transfer[of]!;
  }

  /** Crossbar `i` waited from `from` on, among other things until the window of `slot` was loaded at `loaded`. */
  book(i: number, from: number, loaded: number, slot: number): void {
    if (loaded <= from) return;
    const pixels = this.pixelsAt[slot]!;
    const output = this.outputAt[slot]!;
    const register = this.registerAt[slot]!;
    this.transfer[i]! += loaded - Math.max(from, Math.min(this.begun[slot]!, loaded));
    // A condition gets the time by which it came later than the one before it; pixels, output, register in this order.
    const beforePixels = Math.max(output < pixels ? output : 0, register < pixels ? register : 0, from);
    if (pixels > beforePixels) this.pixels[i]! += pixels - beforePixels;
    const beforeOutput = Math.max(pixels <= output ? pixels : 0, register < output ? register : 0, from);
    if (output > beforeOutput) this.output[i]! += output - beforeOutput;
  }
}
