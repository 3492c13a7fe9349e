import { KernelError } from '../kernel-error.js';

/** The time of one resource by state: at every cycle it is in exactly one of them (kernel law 5). */
export class Ledger {
  /** Cycles spent in each state so far, in the order of the state names given. */
  readonly cycles: Float64Array;
  private since = 0;

  /** @param states number of states; the resource starts in `state` at cycle 0. */
  constructor(
    states: number,
    private state: number,
  ) {
    this.cycles = new Float64Array(states);
  }

  /** The resource is in `state` from cycle `at` on. */
  enter(state: number, at: number): void {
    this.cycles[this.state]! += at - this.since;
    this.state = state;
    this.since = at;
  }

  /** Cycles spent in `state` up to `at`, which is not before the latest change. */
  spentIn(state: number, at: number): number {
    return this.cycles[state]! + (state === this.state ? at - this.since : 0);
  }

  /** Books the rest of the run; no change may follow. */
  close(at: number): void {
    this.enter(this.state, at);
  }
}

/** Throws unless the states of a resource are whole numbers >= 0 that sum to the elapsed time (kernel law 5). */
export function checkLedger(path: string, cycles: Readonly<Record<string, number>>, elapsed: number): void {
  let sum = 0;
  for (const state in cycles) {
    const value = cycles[state]!;
    if (!(value >= 0) || !Number.isInteger(value))
      throw new KernelError(`ledger of ${path}: ${state} is ${value} cycles`);
    sum += value;
  }
  if (sum !== elapsed) {
    throw new KernelError(`ledger of ${path} sums to ${sum} cycles of ${elapsed}: ${JSON.stringify(cycles)}`);
  }
}
