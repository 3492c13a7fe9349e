import type { TracedCounter, TracedRead, TracedSpan, TracedTrack, TraceView } from './trace-view.js';

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
  /**
   * Of an ADC, two numbers for each of its spans: index in the PE of the crossbar whose sample it is, or -1, and number of its
   * operation since the last one's (the first: since 0).
   */
  readonly served?: readonly number[];
  /**
   * Of the reads whose operations are recorded, five numbers each: number of the operation since the last one's (the first: since
   * 0), beginning of the read since the last one's (the first: since `from`), samples, and how long after the end of the read the
   * first of their conversions begins and the last one ends.
   */
  readonly reads?: readonly number[];
  /** Pairs of a counter: cycles since the last change, value. */
  readonly changes?: readonly number[];
}

/** Rows for the tracks of a trace, each group led by the counters of its path. */
export function timelineData(trace: TraceView): TimelineData {
  const { from, to } = trace;
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
  const counterRow = ({ path, name, changes }: TracedCounter): TimelineRow => {
    let last = from;
    const pairs = changes.flatMap(({ at, value }) => {
      const since = at - last;
      last = at;
      return [since, value];
    });
    return { group: path, name, changes: pairs };
  };
  const trackRow = ({ parent, name, spans, reads }: TracedTrack): TimelineRow => {
    let last = from;
    const triples = spans.flatMap((span) => {
      const since = span.start - last;
      last = span.start;
      return [since, span.end - span.start, numberOf(span.name)];
    });
    const served = spans.some((span) => span.served !== undefined) ? { served: servedNumbers(spans) } : {};
    const row = { group: parent, name, spans: triples, ...served };
    return reads === undefined ? row : { ...row, reads: readNumbers(reads, from) };
  };
  const rows = timelineGroups(trace).flatMap((group) => [
    ...group.counters.map(counterRow),
    ...group.tracks.map(trackRow),
  ]);
  return { from, to, names, rows };
}

/** The lines of a trace that stand together: those of one instance, its counters first. */
export interface TimelineGroup {
  /** Of the instance. */
  readonly path: string;
  readonly counters: readonly TracedCounter[];
  readonly tracks: readonly TracedTrack[];
}

/** The lines of a trace in the order of the timeline. */
export function timelineGroups({ tracks, counters }: TraceView): TimelineGroup[] {
  const paths = [...new Set([...tracks.map(({ parent }) => parent), ...counters.map(({ path }) => path)])];
  const groups = new Map(
    paths.map((path) => [path, { path, counters: [] as TracedCounter[], tracks: [] as TracedTrack[] }]),
  );
  for (const counter of counters) groups.get(counter.path)!.counters.push(counter);
  for (const track of tracks) groups.get(track.parent)!.tracks.push(track);
  return [...groups.values()];
}

function servedNumbers(spans: readonly TracedSpan[]): number[] {
  let last = 0;
  return spans.flatMap(({ served }) => {
    if (served === undefined) return [-1, 0];
    const since = served.operation - last;
    last = served.operation;
    return [served.crossbar, since];
  });
}

function readNumbers(reads: readonly TracedRead[], from: number): number[] {
  let [lastNumber, lastStart] = [0, from];
  return reads.flatMap(({ number, readStart, readEnd, samples, firstConversion, lastConversionEnd }) => {
    const since = [number - lastNumber, readStart - lastStart];
    [lastNumber, lastStart] = [number, readStart];
    return [...since, samples, firstConversion - readEnd, lastConversionEnd - readEnd];
  });
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
