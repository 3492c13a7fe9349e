import type { BookedServers } from '../sim/resources/booked-servers.js';
import type { CrossbarStates } from './crossbar-states.js';
import type { FetchTimes, LoadWaits } from './load-waits.js';

/** Crossbars of a PE of granularity `fast` that take their course from load to load, apart from all others. */
export interface PeCourse {
  readonly states: CrossbarStates;
  readonly loadWaits: LoadWaits | null;
  /** Operations that were not simulated one by one, and cycles of pools in which that was so. */
  readonly skippedOperations: number;
  readonly skippedCycles: number;
  /** The ADC pool of a crossbar. */
  serversOf(crossbar: number): BookedServers;
  /** Before the next `load`: what that load cannot change is done, and the slot that it takes is not read any more. */
  settle(now: number): void;
  /** The next window is loaded, at the time of the latest `settle`; `times` of its fetch, null in scope `pe`. */
  load(times: FetchTimes | null): void;
  /** When the last crossbar ends its last read of a window that is loaded and not overwritten. */
  endOf(window: number): number;
  /** When the last code of the window leaves the shift-and-add, likewise; 0 without codes. */
  leaveOf(window: number): number;
  /** No window is loaded any more. */
  finish(): void;
}
