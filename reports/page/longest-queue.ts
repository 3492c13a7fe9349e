import { grouped } from '../format.js';
import { shortPath } from '../short-path.js';
import type { TracedCounter, TraceView } from './trace-view.js';

/** Resources of a state that are named; of more the number is said. */
const NAMES_SHOWN = 6;

/** Where a queue of a trace is longest. */
export interface LongestQueue {
  /** Path of the pool. */
  readonly path: string;
  /** Samples that wait. */
  readonly samples: number;
  /** The first cycle of the trace in which it is so long. */
  readonly at: number;
}

/** Where a queue is first as long as it gets in a trace. */
export function longestOf({ path, changes }: TracedCounter): LongestQueue {
  const samples = changes.reduce((most, { value }) => Math.max(most, value), 0);
  return { path, samples, at: changes.find(({ value }) => value === samples)?.at ?? 0 };
}

/** All queues of a trace in which samples wait, that of the pool `first` before the others, which follow by their lengths. */
export function longestQueues({ counters }: TraceView, first: string | null): LongestQueue[] {
  return counters
    .filter(({ name }) => name === 'queue')
    .map(longestOf)
    .filter(({ samples }) => samples > 0)
    .sort((a, b) => Number(b.path === first) - Number(a.path === first) || b.samples - a.samples);
}

/** What the resources of a pool do in a cycle: names by state, in the order of the trace. */
export interface PoolMoment {
  readonly crossbars: ReadonlyMap<string, readonly string[]>;
  readonly adcs: ReadonlyMap<string, readonly string[]>;
}

/** Without a span a resource has no work. */
const NOTHING_TO_DO = 'idle';

/**
 * What the crossbars and ADCs of a pool do in cycle `at` of a trace.
 *
 * @param sharedBy crossbars of a pool; null: all of the PE are taken for the pool's
 */
export function poolMoment({ tracks }: TraceView, pool: string, at: number, sharedBy: number | null): PoolMoment {
  const pe = pool.slice(0, pool.lastIndexOf('.'));
  const poolNumber = Number(/\[(\d+)\]$/.exec(pool)?.[1] ?? 0);
  const crossbars = new Map<string, string[]>();
  const adcs = new Map<string, string[]>();
  for (const { parent, name, spans } of tracks) {
    const crossbar = /^Crossbar\[(\d+)\]$/.exec(name)?.[1];
    const isOfPool = sharedBy === null || Math.floor(Number(crossbar) / sharedBy) === poolNumber;
    const states =
      parent === pool && /^Adc\[\d+\]$/.test(name)
        ? adcs
        : parent === pe && crossbar !== undefined && isOfPool
          ? crossbars
          : null;
    if (states === null) continue;
    const state = spans.find(({ start, end }) => start <= at && at < end)?.name ?? NOTHING_TO_DO;
    states.set(state, [...(states.get(state) ?? []), name]);
  }
  return { crossbars, adcs };
}

const STATE_WORDS: Readonly<Record<string, readonly [one: string, several: string]>> = {
  read: ['reads', 'read'],
  convert: ['converts', 'convert'],
  'stall.adc': [
    'is in stall.adc (its samples fill the sample-and-hold banks)',
    'are in stall.adc (their samples fill the sample-and-hold banks)',
  ],
  'stall.input': ['is in stall.input', 'are in stall.input'],
  'stall.shiftAdd': ['keeps its code (stall.shiftAdd)', 'keep their codes (stall.shiftAdd)'],
  [NOTHING_TO_DO]: ['has no work', 'have no work'],
};

/** What happens in the cycle of a longest queue: who waits, who reads, who converts. Without a full stop. */
export function momentWords({ path, samples, at }: LongestQueue, { crossbars, adcs }: PoolMoment): string {
  const waiting = `in cycle ${grouped(at)}, ${samples === 1 ? 'a sample waits' : `${grouped(samples)} samples wait`} for ${shortPath(path)}`;
  const order = (states: ReadonlyMap<string, readonly string[]>): [string, readonly string[]][] =>
    [...states].sort(([a], [b]) => Number(b.startsWith('stall')) - Number(a.startsWith('stall')));
  const parts = [
    ...order(crossbars).map(([state, names]) => stateWords(state, names, crossbars.size === 1, 'crossbars')),
    ...order(adcs).map(([state, names]) => stateWords(state, names, adcs.size === 1, 'ADCs')),
  ];
  return [waiting, ...parts].join('; ');
}

function stateWords(state: string, names: readonly string[], areAll: boolean, kind: string): string {
  const [one, several] = STATE_WORDS[state] ?? [`is in ${state}`, `are in ${state}`];
  if (names.length === 1) return `${names[0]!} ${one}`;
  if (areAll) return `${names.length === 2 ? 'both' : `all ${names.length}`} ${kind} ${several}`;
  if (names.length > NAMES_SHOWN) return `${names.length} ${kind} ${several}`;
  const sorted = [...names].sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
  return `${sorted.slice(0, -1).join(', ')} and ${sorted.at(-1)!} ${several}`;
}
