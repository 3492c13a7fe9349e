import type { RecordedCount, RecordedOperation, RecordedSpan, RecordingTrace } from '../recording-trace.js';

/** What a trace file says, whatever its format; idle spans among the others. */
export interface TraceContent {
  readonly spans: readonly RecordedSpan[];
  readonly counts: readonly RecordedCount[];
  readonly operations: readonly RecordedOperation[];
}

/** Cycles [from, to) of a run that ends at `end`. */
export interface Shown {
  readonly from: number;
  readonly to: number;
  readonly end: number;
}

/** Crossbars and ADCs are shown idle where nothing is told of them, other instances where they have a span at all. */
const ALWAYS_SHOWN = /(^|\.)(Crossbar|Adc)\[\d+\]$/;

/** State of a resource: the name of its span, and the operation that it serves where it says one. */
export function stateOf({ name, crossbar, operation }: Pick<RecordedSpan, 'name' | 'crossbar' | 'operation'>): string {
  return crossbar === undefined ? name : `${name} for operation ${operation} of crossbar ${crossbar}`;
}

/** What the format has to show of what was told: each track's state cycle by cycle, from its spans. */
export function statesOf(told: RecordingTrace, { from, to, end }: Shown): Map<string, string[]> {
  const until = Math.min(to, end);
  const states = new Map<string, string[]>();
  const statesOfTrack = (path: string): string[] => {
    let state = states.get(path);
    if (state === undefined) {
      state = new Array<string>(Math.max(0, until - from)).fill('idle');
      states.set(path, state);
    }
    return state;
  };
  for (const path of told.paths) if (ALWAYS_SHOWN.test(path)) statesOfTrack(path);
  for (const span of told.spans) {
    const state = statesOfTrack(span.path);
    for (let cycle = Math.max(span.start, from); cycle < Math.min(span.end, until); cycle++) {
      state[cycle - from] = stateOf(span);
    }
  }
  for (const [path, state] of states) if (state.length === 0) states.delete(path);
  return states;
}

/** The states that spans of a file show, cycle by cycle; throws where two of a track overlap or a cycle has none. */
export function shownStates(spans: readonly RecordedSpan[], { from, to, end }: Shown): Map<string, string[]> {
  const states = new Map<string, string[]>();
  for (const span of spans) {
    const state = states.get(span.path) ?? [];
    states.set(span.path, state);
    for (let cycle = span.start; cycle < span.end; cycle++) {
      if (state[cycle - from] !== undefined) throw new Error(`${span.path}: two spans in cycle ${cycle}`);
      state[cycle - from] = stateOf(span);
    }
  }
  const length = Math.min(to, end) - from;
  for (const [path, state] of states) {
    if (state.length !== length || state.includes(undefined as never))
      throw new Error(`${path}: cycles without a span`);
  }
  return states;
}

/** The value of each counter in each cycle of the window in which it is known. */
export function countsOf(counts: readonly RecordedCount[], { from, to }: Shown): Map<string, Map<number, number>> {
  const values = new Map<string, Map<number, number>>();
  const initialAt = new Map<string, number>();
  for (const { path, name, at, value } of counts) {
    const counter = `${path} ${name}`;
    if (at >= to || (at <= from && at < (initialAt.get(counter) ?? 0))) continue;
    if (at <= from) initialAt.set(counter, at);
    const known = values.get(counter) ?? new Map<number, number>();
    values.set(counter, known.set(Math.max(at, from), value));
  }
  return values;
}

/** The operations of which the window shows a part. */
export function operationsOf(told: RecordingTrace, { from, to }: Shown): RecordedOperation[] {
  return sorted(told.operations.filter(({ stallStart, leaves }) => stallStart < to && leaves > from));
}

export function sorted<E extends { readonly path: string; readonly number: number }>(operations: readonly E[]): E[] {
  const key = ({ path, number }: E): string => `${path} ${String(number).padStart(9, '0')}`;
  return [...operations].sort((a, b) => (key(a) < key(b) ? -1 : 1));
}
