import type { TraceView } from './trace-file.js';

/** What the script of the timeline draws. Times are cycles after `from`. */
export interface TimelineData {
  readonly from: number;
  readonly to: number;
  /** What resources did: names of spans. */
  readonly names: readonly string[];
  readonly rows: readonly TimelineRow[];
}

export interface TimelineRow {
  /** Path of the instance around it; rows of the same one stand together. */
  readonly group: string;
  readonly name: string;
  /** Triples: cycles since the last span's start (the first: since `from`), duration, index of the name. */
  readonly spans?: readonly number[];
  /** Pairs of a counter: cycles since the last change, value. */
  readonly changes?: readonly number[];
}

/** Rows for the tracks of a trace, each group led by the counters of its path. */
export function timelineData({ from, to, tracks, counters }: TraceView): TimelineData {
  const names: string[] = [];
  const numbers = new Map<string, number>();
  const numberOf = (name: string): number => {
    let number = numbers.get(name);
    if (number === undefined) {
      number = names.push(name) - 1;
      numbers.set(name, number);
    }
    return number;
  };
  const groups = new Map<string, TimelineRow[]>();
  const group = (path: string): TimelineRow[] => {
    const rows = groups.get(path) ?? [];
    groups.set(path, rows);
    return rows;
  };
  for (const { parent } of tracks) group(parent);
  for (const { path, name, changes } of counters) {
    let last = from;
    const pairs = changes.flatMap(({ at, value }) => {
      const since = at - last;
      last = at;
      return [since, value];
    });
    group(path).push({ group: path, name, changes: pairs });
  }
  for (const { parent, name, spans } of tracks) {
    let last = from;
    const triples = spans.flatMap((span) => {
      const since = span.start - last;
      last = span.start;
      return [since, span.end - span.start, numberOf(span.name)];
    });
    group(parent).push({ group: parent, name, spans: triples });
  }
  return { from, to, names, rows: [...groups.values()].flat() };
}

/** Time of a resource in a traced window, by what it did. */
export interface TracedTime {
  readonly path: string;
  readonly cycles: ReadonlyMap<string, number>;
  /** Cycles of the window in which it did nothing. */
  readonly idle: number;
}

/** What every resource of a trace did with the cycles of the window; they sum to its length. */
export function tracedTimes({ from, to, tracks }: TraceView): TracedTime[] {
  return tracks.map(({ parent, name, spans }) => {
    const cycles = new Map<string, number>();
    let busy = 0;
    for (const span of spans) {
      const time = Math.min(span.end, to) - Math.max(span.start, from);
      cycles.set(span.name, (cycles.get(span.name) ?? 0) + time);
      busy += time;
    }
    return { path: `${parent}.${name}`, cycles, idle: to - from - busy };
  });
}
