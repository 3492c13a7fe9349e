import type { MachineConfig } from './machine.js';
import { type PeRunOptions, runPe } from './pe.js';
import type { PeStatistics } from './pe-statistics.js';
import { type PeTask, WindowFeed } from './window-feed.js';

/**
 * Runs of PEs of one machine in which equal work is simulated once.
 *
 * Without a detector no operation is skipped or re-formed, so that inputs and weights have no influence on time: PEs with
 * equal column groups and equally many windows take the same course to the cycle, if an index decoder works for both or
 * for neither. The second of them takes over the statistics of the first; only what has no influence on time is counted
 * anew: the wordlines that its own inputs drive, its index bits, and its operations without row compression.
 */
export class EqualWork {
  private readonly courses = new Map<string, PeStatistics>();

  constructor(private readonly machine: MachineConfig) {}

  /** As `runPe`; a run of another granularity than `fast`, with a trace or with a detector is simulated in any case. */
  run(task: PeTask, options: PeRunOptions): PeStatistics {
    const { machine, courses } = this;
    if (options.granularity !== 'fast' || options.trace || machine.detector.kind !== 'none') {
      return runPe(machine, task, options);
    }
    const feed = new WindowFeed(task, machine);
    const known = courses.get(feed.shape);
    if (known === undefined) {
      const statistics = runPe(machine, task, options);
      courses.set(feed.shape, statistics);
      return statistics;
    }
    for (let window = 0; window < feed.windows; window++) feed.load(window);
    return known.withCounts(feed.timelessCounts);
  }
}
