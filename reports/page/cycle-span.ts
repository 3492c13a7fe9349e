import { grouped } from '../format.js';

/** Cycles [from, to) as a reader counts them, both included: `cycles 3 to 6`, `cycle 7`. */
export function cycleSpan(from: number, to: number): string {
  return to - from === 1 ? `cycle ${grouped(from)}` : `cycles ${grouped(from)} to ${grouped(to - 1)}`;
}
