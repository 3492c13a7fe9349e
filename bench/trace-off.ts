import { fileURLToPath } from 'node:url';
import { foreignEngine } from './native-engine.js';
import { type Engine, interleavedSeconds, type RoundsOptions } from './rounds.js';
import type { Table } from './table.js';

const HELD = 1024;
const EVENTS = 10_000_000;
/** Goal: the code for traces makes the kernel at most so many times slower while there is none. */
const SLOWDOWN_GOAL = 1.04;

/**
 * What the kernel's offer of each event to a trace costs while there is no trace, in the hold model. The two kernels run in
 * processes of their own: in one, each would slow the other down by a second shape at every call.
 */
export function traceOffBenchmark(options: RoundsOptions): Table[] {
  const engine = (name: string, which: 'with' | 'without'): Engine =>
    foreignEngine(name, process.execPath, [
      fileURLToPath(new URL('./trace-off-run.js', import.meta.url)),
      which,
      String(HELD),
      String(EVENTS),
    ]);
  const seconds = interleavedSeconds(
    [engine('kernel', 'with'), engine('kernel without trace code', 'without')],
    options,
  );
  const kernel = seconds.get('kernel')!;
  return [
    {
      title: `trace off, hold model, N = ${HELD}`,
      unit: 'M events/s',
      rows: [...seconds].map(([name, s]) => ({
        name,
        rate: EVENTS / 1e6 / s,
        ratio: s / kernel,
        ratioGoal: name === 'kernel' ? undefined : 1 / SLOWDOWN_GOAL,
      })),
    },
  ];
}
