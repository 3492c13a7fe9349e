/**
 * The hold model: N events, each of which, when it fires, is scheduled again after a pseudo-random delay of 1 to 64
 * cycles. Per event one removal of the earliest and one insertion, at a steady queue length of N.
 */
export class HoldModel {
  private state = 20261121;
  private check = 0;
  private events = 0;

  /** Delay of the next firing: the top six bits of a linear congruential generator. */
  delay(): number {
    this.state = (Math.imul(this.state, 1664525) + 1013904223) | 0;
    return 1 + (this.state >>> 26);
  }

  /** Event `index` fires at `now`. The check value depends on the order of all firings. */
  fires(index: number, now: number): number {
    this.check = (Math.imul(this.check, 31) + index + now) | 0;
    this.events++;
    return this.delay();
  }

  get statistics(): string {
    return `${this.events}/${this.check}`;
  }
}

/** Mean of the delays. */
const MEAN_DELAY = 32.5;

/** The cycle until which about `events` events fire where `held` are held. */
export function lastCycle(events: number, held: number): number {
  return Math.round((events * MEAN_DELAY) / held);
}
