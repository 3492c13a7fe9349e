/**
 * The shared-ADC model: `CROSSBARS` crossbars, `SHARED_BY` per ADC. A crossbar reads an operation unit for 1 to 16 cycles;
 * the read gives `SAMPLES` samples that queue at the ADC first come first served, ties by crossbar; each is converted in
 * one cycle and then takes one cycle in the pipelined shift-and-add; when the last has left it, the next read begins.
 */
export const CROSSBARS = 1024;
export const SHARED_BY = 8;
export const ADCS = CROSSBARS / SHARED_BY;
export const SAMPLES = 8;

/** Pseudo-random durations of the reads of each crossbar, independent of the order in which crossbars are served. */
export class ReadDurations {
  private readonly state = Int32Array.from({ length: CROSSBARS }, (_, crossbar) => Math.imul(crossbar, 0x9e3779b9));

  next(crossbar: number): number {
    const state = (Math.imul(this.state[crossbar]!, 1664525) + 1013904223) | 0;
    this.state[crossbar] = state;
    return 1 + (state >>> 28);
  }
}

/** What one ADC has done, whichever way it is simulated. */
export class AdcStatistics {
  reads = 0;
  /** Sum over all samples of the cycles between the end of the read and the beginning of the conversion. */
  waits = 0;
  /** Depends on the order in which reads were served. */
  order = 0;

  serve(crossbar: number): void {
    this.reads++;
    this.order = (Math.imul(this.order, 31) + crossbar) | 0;
  }
}

/** One line that is equal for two simulations only if they served the same reads in the same order at the same cost. */
export function statisticsLine(adcs: readonly AdcStatistics[], cycles: number): string {
  let reads = 0;
  let waits = 0;
  let order = 0;
  for (const adc of adcs) {
    reads += adc.reads;
    waits += adc.waits;
    order = (Math.imul(order, 31) + adc.order) | 0;
  }
  return `${cycles}/${reads}/${waits}/${order}`;
}

/** The samples that wait for one ADC, in the order (end of the read, crossbar); a crossbar waits with one read at a time. */
export class SampleQueue {
  readonly statistics = new AdcStatistics();
  private readonly crossbar = new Int32Array(SHARED_BY);
  private readonly readEnd = new Int32Array(SHARED_BY);
  private first = 0;
  private length = 0;
  private left = SAMPLES;

  get isEmpty(): boolean {
    return this.length === 0;
  }

  /** The read of `crossbar` has ended at `now`. */
  push(crossbar: number, now: number): void {
    let at = this.length++;
    for (; at > 0; at--) {
      const before = (this.first + at - 1) % SHARED_BY;
      if (this.readEnd[before]! < now || this.crossbar[before]! < crossbar) break;
      const place = (before + 1) % SHARED_BY;
      this.readEnd[place] = this.readEnd[before]!;
      this.crossbar[place] = this.crossbar[before]!;
    }
    const place = (this.first + at) % SHARED_BY;
    this.readEnd[place] = now;
    this.crossbar[place] = crossbar;
  }

  /** A conversion has ended at `now`: takes its sample off the queue and returns the crossbar. */
  convert(now: number): number {
    const { first, statistics } = this;
    const crossbar = this.crossbar[first]!;
    if (this.left === SAMPLES) statistics.serve(crossbar);
    statistics.waits += now - 1 - this.readEnd[first]!;
    if (--this.left === 0) {
      this.left = SAMPLES;
      this.first = (first + 1) % SHARED_BY;
      this.length--;
    }
    return crossbar;
  }
}
