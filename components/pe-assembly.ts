import type { PeTimes } from './collect-pe.js';
import type { FetchTimes } from './load-waits.js';
import type { PeStatistics } from './pe-statistics.js';

/** A PE on a kernel. */
export interface PeAssembly {
  /** On a chip: the next window is there; `times` of its fetch. In phase `settle`. */
  deliver(times: FetchTimes): void;
  /** What it has spent so far; changes nothing. */
  times(): PeTimes;
  /** Reads off the statistics, once the kernel has run. */
  collect(): PeStatistics;
}
