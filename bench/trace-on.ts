import { interleaved, medianOf } from './network-rounds.js';
import { ousimRun } from './network-run.js';
import type { TraceRow } from './trace-row.js';

/** Goal: a trace of a few instances over a part of the run makes it at most so many times slower. */
const SLOWDOWN_GOAL = 1.4;
const FILTERED = ['--trace', 'perfetto', '--trace-window', '0:100000', '--trace-filter', '*.AdcPool[0]*'];

/** A run without a trace and with a filtered one. */
export function traceOn(rounds: number, quick: boolean, progress: (text: string) => void): TraceRow[] {
  const base = ['--model', quick ? 'lenet5-mnist' : 'vgg10m-cifar10', '--preset', 'isaac-ou'];
  const things = [
    { name: 'no trace', args: base, goal: null },
    { name: 'filtered trace', args: [...base, ...FILTERED], goal: SLOWDOWN_GOAL },
  ];
  const runs = interleaved(
    rounds,
    things.map(({ name, args }) => ({ name, run: () => ousimRun(args) })),
    progress,
  );
  const seconds = runs.map((ofOne) => medianOf(ofOne, ({ cpu_s }) => cpu_s));
  return things.map(({ name, args, goal }, i) => ({
    name,
    command: `ousim run ${args.join(' ')}`,
    cpu_s: seconds[i]!,
    slowdown: seconds[i]! / seconds[0]!,
    events: runs[i]![0]!.traceEvents,
    slowdownGoal: goal,
  }));
}
