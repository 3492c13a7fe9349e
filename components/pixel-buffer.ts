/** Who waits for pixels of a buffer, or for room in it. */
export interface BufferUser {
  wake(): void;
}

const GROWTH = 1024;

/**
 * Room for pixels of one input of a part in the tile's eDRAM (docs/timing-model.md, "Parts of a chip"). Pixels are numbered
 * through all images; each is there when the shares of all homes that send one are written. Room is given by number, so
 * that pixels that come out of order cannot fill the buffer before an earlier one.
 */
export class PixelBuffer {
  /** Pixels 0 .. arrived - 1 are there. */
  arrived = 0;
  /** Pixels 0 .. freed - 1 are not needed any more. */
  freed = 0;
  held = 0;
  peak = 0;
  /** The part that reads the buffer; set when it exists. */
  reader: BufferUser | null = null;
  /** Homes that wait for room. */
  private readonly waiting: BufferUser[] = [];
  /** Shares written, and whether the pixel has taken room, by pixel number - base. */
  private written = new Uint16Array(GROWTH);
  private taken = new Uint8Array(GROWTH);
  private base = 0;

  /**
   * @param capacity pixels
   * @param shares shares of a pixel, by replica of the producer
   */
  constructor(
    private readonly capacity: number,
    private readonly shares: readonly number[],
  ) {}

  hasRoom(pixel: number): boolean {
    return pixel < this.freed + this.capacity;
  }

  /** `user` is woken when room becomes free. */
  awaitRoom(user: BufferUser): void {
    if (!this.waiting.includes(user)) this.waiting.push(user);
  }

  /** A share of the pixel is being sent: the pixel takes its room. */
  take(pixel: number): void {
    if (pixel < this.freed) return;
    const at = this.place(pixel);
    if (this.taken[at] === 1) return;
    this.taken[at] = 1;
    this.held++;
    if (this.held > this.peak) this.peak = this.held;
  }

  /** A share of the pixel is written. */
  write(pixel: number): void {
    // `place` may replace the arrays.
    const place = this.place(pixel);
    this.written[place]!++;
    const { shares } = this;
    const before = this.arrived;
    let at = this.arrived - this.base;
    while (at < this.written.length && this.written[at] === shares[this.arrived % shares.length]) {
      this.arrived++;
      at++;
    }
    if (this.arrived > before) this.reader?.wake();
  }

  /** Pixels before `pixel` are not needed any more. */
  free(pixel: number): void {
    if (pixel <= this.freed) return;
    const end = Math.min(pixel - this.base, this.taken.length);
    for (let at = Math.max(0, this.freed - this.base); at < end; at++) this.held -= this.taken[at]!;
    this.freed = pixel;
    for (const user of this.waiting.splice(0)) user.wake();
  }

  /** Index of a pixel that may still change; drops what has both arrived and been freed. */
  private place(pixel: number): number {
    let at = pixel - this.base;
    if (at >= this.written.length) {
      const done = Math.min(this.arrived, this.freed) - this.base;
      const kept = this.written.length - done;
      let length = this.written.length;
      while (pixel - (this.base + done) >= length || kept > length / 2) length *= 2;
      const written = new Uint16Array(length);
      const taken = new Uint8Array(length);
      written.set(this.written.subarray(done));
      taken.set(this.taken.subarray(done));
      this.written = written;
      this.taken = taken;
      this.base += done;
      at = pixel - this.base;
    }
    return at;
  }
}
