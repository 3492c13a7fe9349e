import { median } from './median.js';
import type { NetworkCase } from './network-cases.js';
import type { NetworkRow } from './network-row.js';
import type { NetworkRun } from './network-run.js';

/**
 * Runs things in turn, round after round, so that a change of the machine's load meets all of them alike.
 *
 * @param progress told what begins
 * @returns the runs of each, by its index
 */
export function interleaved<Run>(
  rounds: number,
  things: readonly { readonly name: string; readonly run: () => Run }[],
  progress: (text: string) => void,
): Run[][] {
  const runs: Run[][] = things.map(() => []);
  for (let round = 1; round <= rounds; round++) {
    things.forEach(({ name, run }, i) => {
      progress(`round ${round} of ${rounds}: ${name}`);
      runs[i]!.push(run());
    });
  }
  return runs;
}

export function medianOf<Run>(runs: readonly Run[], of: (run: Run) => number): number {
  return median(runs.map(of));
}

/** @throws Error if rounds of the same case accounted for different numbers of operations */
export function networkRow(
  { name, command, wallGoal_s, rssGoal_MB }: NetworkCase,
  runs: readonly NetworkRun[],
): NetworkRow {
  const counts = new Set(runs.map(({ operations }) => operations));
  if (counts.size !== 1) throw new Error(`${name}: rounds gave ${[...counts].join(' and ')} operations`);
  return {
    name,
    command,
    wall_s: medianOf(runs, ({ wall_s }) => wall_s),
    cpu_s: medianOf(runs, ({ cpu_s }) => cpu_s),
    peakRss_MB: medianOf(runs, ({ peakRss_MB }) => peakRss_MB),
    operations: runs[0]!.operations,
    wallGoal_s,
    rssGoal_MB,
    extrapolatedFrom: null,
  };
}
