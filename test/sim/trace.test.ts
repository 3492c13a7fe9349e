import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { pathFilter } from '../../sim/trace/filter.js';
import { partialName } from '../../sim/trace/partial-file.js';
import type { TracedOperation } from '../../sim/trace/trace.js';
import { TraceError } from '../../sim/trace/trace-error.js';
import { TraceRecorder, type TraceRecorderOptions } from '../../sim/trace/trace-recorder.js';

interface TraceEvent {
  ph: string;
  pid: number;
  tid?: number;
  ts?: number;
  dur?: number;
  cat?: string;
  name: string;
  args?: Record<string, unknown>;
}

let dir: string;
let file: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'ousim-trace-'));
  file = join(dir, 'trace.json');
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

function open(options: Partial<TraceRecorderOptions> = {}): TraceRecorder {
  return new TraceRecorder({ files: [{ format: 'perfetto', file }], rootClock_GHz: 1.28, ...options });
}

function parsed(): { traceEvents: TraceEvent[]; otherData: Record<string, unknown> } {
  return JSON.parse(readFileSync(file, 'utf8'));
}

/** The trace as a viewer shows it, without idle spans: process, thread, span or counter by name. */
function shown(): { process: string; thread: string | undefined; event: TraceEvent }[] {
  const { traceEvents } = parsed();
  const nameOf = (kind: string, matches: (event: TraceEvent) => boolean) =>
    traceEvents.find((event) => event.ph === 'M' && event.name === kind && matches(event))?.args?.['name'] as string;
  return traceEvents
    .filter((event) => event.ph !== 'M' && event.cat !== 'idle')
    .map((event) => ({
      process: nameOf('process_name', (other) => other.pid === event.pid),
      thread: event.tid === undefined ? undefined : nameOf('thread_name', (other) => other.tid === event.tid),
      event,
    }));
}

const CROSSBAR = 'Chip.Tile[0].Pe[1].Crossbar[3]';
const POOL = 'Chip.Tile[0].Pe[1].AdcPool[0]';
const ADC = 'Chip.Tile[0].Pe[1].AdcPool[0].Adc[2]';

/** An operation that stalls at `start`, is read 2 cycles later and takes 8 cycles in all. */
function operationFrom(start: number): TracedOperation {
  return {
    number: 0,
    stall: 'stall.adc',
    stallStart: start,
    readStart: start + 2,
    readEnd: start + 4,
    samples: 2,
    firstConversion: start + 4,
    lastConversionEnd: start + 6,
    lastAcceptance: start + 7,
    leaves: start + 8,
  };
}

describe('Perfetto trace', () => {
  test('a resource is a thread of its parent, and its counters stand in the process of its own path', () => {
    const trace = open();
    const crossbar = trace.track(CROSSBAR);
    const pool = trace.track(POOL);
    const adc = trace.track(ADC);
    trace.span(crossbar, 'read', 0, 13);
    trace.span(crossbar, 'stall.adc', 13, 20);
    trace.span(adc, 'convert', 13, 14);
    trace.counter(pool, 'queue', 13, 7);
    trace.close(0);

    const pe = 'Chip.Tile[0].Pe[1]';
    expect(shown().map(({ process, thread, event }) => [process, thread, event.cat, event.name])).toEqual([
      [pe, 'Crossbar[3]', 'read', 'read'],
      [pe, 'Crossbar[3]', 'stall', 'stall.adc'],
      [POOL, 'Adc[2]', 'convert', 'convert'],
      [POOL, undefined, undefined, 'queue'],
    ]);
    const [read, stall, , queue] = shown().map(({ event }) => event);
    expect(read).toMatchObject({ ph: 'X', ts: 0, dur: 13 });
    expect(stall).toMatchObject({ ph: 'X', ts: 13, dur: 7 });
    expect(stall!.args).toBeUndefined();
    expect(queue).toMatchObject({ ph: 'C', ts: 13, args: { value: 7 } });
    expect(trace.events).toBe(4);
  });

  test('sort indices follow the order in which tracks are opened, not that of their first events', () => {
    const trace = open();
    const second = [trace.track('A.X[0]'), trace.track('B.Y[0]')][1]!;
    trace.span(second, 'read', 0, 1);
    trace.span(trace.track('A.X[0]'), 'read', 5, 6);
    trace.close(0);
    const indices = parsed().traceEvents.filter((event) => event.name === 'process_sort_index');
    const names = parsed().traceEvents.filter((event) => event.name === 'process_name');
    const orderOf = (process: string) =>
      indices.find((event) => event.pid === names.find((other) => other.args?.['name'] === process)!.pid)!.args?.[
        'sort_index'
      ] as number;
    expect(orderOf('A')).toBeLessThan(orderOf('B'));
  });

  test('numbers of processes and threads never coincide: viewers would take the thread for a main thread', () => {
    const trace = open();
    for (let pe = 0; pe < 3; pe++) {
      for (let x = 0; x < 3; x++) trace.span(trace.track(`Pe[${pe}].Crossbar[${x}]`), 'read', x, x + 1);
    }
    trace.close(0);
    const numbers = parsed().traceEvents.filter((event) => event.name.endsWith('_name'));
    const all = numbers.map((event) => event.tid ?? event.pid);
    expect(new Set(all).size).toBe(3 + 9);
  });

  test('events come first in the file, and otherData explains the time axis', () => {
    const trace = open({ window: { from: 5, to: 9 }, filter: '*' });
    trace.close(0);
    expect(readFileSync(file, 'utf8').startsWith('{"traceEvents":[')).toBe(true);
    expect(parsed().otherData).toMatchObject({
      timeAxis: '1 us on the time axis is 1 cycle of the root clock',
      rootClock_GHz: 1.28,
      window: { from: 5, to: 9 },
      filter: '*',
      level: 'sample',
      end: 0,
    });
  });

  test('a trace without events is valid JSON', () => {
    const trace = open();
    trace.track(POOL);
    trace.close(100);
    expect(parsed().traceEvents).toEqual([]);
  });

  test('names that need escapes survive', () => {
    const trace = open();
    trace.span(trace.track('A'), 'a "quoted"\nname\t, é, \u0001', 1, 2);
    trace.close(0);
    const [only] = shown();
    expect(only!.process).toBe('A');
    expect(only!.event.name).toBe('a "quoted"\nname\t, é, \u0001');
  });

  test('a path opened again continues its track, and the offset shifts all times', () => {
    const trace = open();
    trace.span(trace.track(CROSSBAR), 'read', 0, 10);
    trace.offset = 100;
    trace.span(trace.track(CROSSBAR), 'read', 0, 10);
    trace.counter(trace.track(POOL), 'queue', 3, 1);
    trace.close(0);
    const events = shown().map(({ event }) => event);
    expect(events.map((event) => event.ts)).toEqual([0, 100, 103]);
    expect(events[0]!.tid).toBe(events[1]!.tid);
    expect(parsed().traceEvents.filter((event) => event.name === 'thread_name')).toHaveLength(1);
  });
});

describe('window', () => {
  test('spans that overlap [from, to) are kept and clipped; a clipped one says its whole extent', () => {
    const trace = open({ window: { from: 10, to: 20 } });
    const track = trace.track(CROSSBAR);
    trace.span(track, 'ends at from', 5, 10);
    trace.span(track, 'inside', 10, 18);
    trace.span(track, 'ends after', 19, 30);
    trace.span(track, 'begins after', 30, 31);
    const other = trace.track(ADC);
    trace.span(other, 'begins before', 5, 11);
    trace.span(other, 'inside', 11, 20);
    trace.span(other, 'begins at to', 20, 21);
    trace.close(0);
    expect(shown().map(({ event }) => [event.name, event.ts, event.dur, event.args])).toEqual([
      ['inside', 10, 8, undefined],
      ['ends after', 19, 1, { wholeStart: 19, wholeEnd: 30 }],
      ['begins before', 10, 1, { wholeStart: 5, wholeEnd: 11 }],
      ['inside', 11, 9, undefined],
    ]);
    expect(trace.droppedByWindow).toBe(3);
  });

  test('the window counts cycles of the whole run, after the offset', () => {
    const trace = open({ window: { from: 100, to: 110 } });
    const track = trace.track(CROSSBAR);
    trace.span(track, 'first layer', 0, 50);
    trace.offset = 100;
    trace.span(track, 'second layer', 0, 50);
    trace.close(0);
    expect(shown().map(({ event }) => [event.name, event.ts, event.dur])).toEqual([['second layer', 100, 10]]);
  });

  test('property: in every cycle the trace shows the span that covers it in the window, and nothing outside', () => {
    const gaps = fc.array(fc.record({ gap: fc.nat(4), length: fc.integer({ min: 1, max: 9 }) }), { maxLength: 20 });
    fc.assert(
      fc.property(gaps, fc.nat(60), fc.integer({ min: 1, max: 60 }), (spans, from, length) => {
        const to = from + length;
        const trace = open({ window: { from, to } });
        const track = trace.track(CROSSBAR);
        const expected: (string | undefined)[] = [];
        let now = 0;
        spans.forEach((span, i) => {
          const start = now + span.gap;
          now = start + span.length;
          trace.span(track, `span ${i}`, start, now);
          for (let cycle = start; cycle < now; cycle++) if (cycle >= from && cycle < to) expected[cycle] = `span ${i}`;
        });
        trace.close(0);
        const actual: (string | undefined)[] = [];
        for (const { event } of shown()) {
          for (let cycle = event.ts!; cycle < event.ts! + event.dur!; cycle++) actual[cycle] = event.name;
        }
        expect(actual).toEqual(expected);
        expect(trace.events + trace.droppedByWindow).toBe(spans.length);
      }),
      { seed: 20261121, numRuns: 60 },
    );
  });

  test('property: a counter has the right value in every cycle of the window, in whatever order changes come', () => {
    const changes = fc.uniqueArray(fc.record({ at: fc.nat(40), value: fc.nat(9) }), { selector: (c) => c.at });
    fc.assert(
      fc.property(changes, fc.nat(40), fc.integer({ min: 1, max: 20 }), (list, from, length) => {
        const trace = open({ window: { from, to: from + length } });
        const track = trace.track(POOL);
        for (const { at, value } of list) trace.counter(track, 'queue', at, value);
        trace.close(0);
        const valueAt = (points: { at: number; value: number }[], cycle: number) =>
          points
            .filter(({ at }) => at <= cycle)
            .sort((a, b) => a.at - b.at)
            .at(-1)?.value;
        const drawn = shown().map(({ event }) => ({ at: event.ts!, value: event.args?.['value'] as number }));
        for (let cycle = from; cycle < from + length; cycle++) {
          expect(valueAt(drawn, cycle)).toBe(valueAt(list, cycle));
        }
        expect(drawn.every(({ at }) => at >= from && at < from + length)).toBe(true);
        expect(trace.events + trace.droppedByWindow).toBe(list.length);
      }),
      { seed: 20261121, numRuns: 60 },
    );
  });

  test.each([
    { from: 5, to: 5 },
    { from: 9, to: 3 },
    { from: -1, to: 3 },
    { from: 0.5, to: 3 },
    { from: 0, to: Number.NaN },
    { from: 0, to: Number.POSITIVE_INFINITY },
  ])('window from $from to $to is refused and nothing is written', (window) => {
    expect(() => open({ window })).toThrow(TraceError);
    expect(() => open({ window })).toThrow(/^trace window: got from .* allowed are/);
    expect(existsSync(partialName(file))).toBe(false);
  });
});

describe('filter', () => {
  test.each([
    ['*', CROSSBAR, true],
    [CROSSBAR, CROSSBAR, true],
    [CROSSBAR, 'Chip.Tile[0].Pe[1].Crossbar[33]', false],
    ['Crossbar[3]', CROSSBAR, false],
    ['*.Crossbar[*]', CROSSBAR, true],
    ['*.Crossbar[*]', ADC, false],
    ['*.AdcPool[0]*', POOL, true],
    ['*.AdcPool[0]*', ADC, true],
    ['*.AdcPool[0]*', 'Chip.Tile[0].Pe[1].AdcPool[10]', false],
    ['*.AdcPool[0]', ADC, false],
    ['Chip.Tile[0]*', 'ChipsTile[0]', false],
    ['*.Crossbar[3],*.Adc[2]', ADC, true],
    ['*.Crossbar[3],*.Adc[2]', CROSSBAR, true],
    ['*.Crossbar[3],*.Adc[2]', POOL, false],
    ['*Pe[1]*Adc[2]', ADC, true],
  ])('%s on %s: %s', (pattern, path, expected) => {
    expect(pathFilter(pattern)(path)).toBe(expected);
  });

  test.each(['', ',', '*,', 'Pe[0]|Pe[1]', 'Pe(0)', 'a b', '^Chip$', 'Pe[0]\\'])('pattern %j is refused', (pattern) => {
    expect(() => pathFilter(pattern)).toThrow(TraceError);
    expect(() => open({ filter: pattern })).toThrow(/trace filter: got .* allowed are/);
  });

  test('tracks that do not match are -1 and leave nothing but counts', () => {
    const trace = open({ filter: '*.AdcPool[0]*' });
    const crossbar = trace.track(CROSSBAR);
    const adc = trace.track(ADC);
    expect(crossbar).toBe(-1);
    expect(trace.track(CROSSBAR)).toBe(-1);
    trace.span(crossbar, 'read', 0, 1);
    trace.counter(crossbar, 'queue', 0, 1);
    trace.service(crossbar, 'convert', 1, 2, 0, 0);
    trace.span(adc, 'convert', 1, 2);
    trace.close(0);
    expect(shown().map(({ thread }) => thread)).toEqual(['Adc[2]']);
    expect(readFileSync(file, 'utf8')).not.toContain('Crossbar');
    expect([trace.events, trace.droppedTracks, trace.tracks]).toEqual([1, 1, 1]);
  });
});

describe('stream', () => {
  test('memory is bounded: at most 64 Ki characters wait to be written', () => {
    const trace = open();
    const track = trace.track(CROSSBAR);
    const line = JSON.stringify({ ph: 'X', pid: 1, tid: 2, ts: 1e6, dur: 9, cat: 'read', name: 'read' }).length;
    let smallest = 0;
    for (let i = 0; i < 50_000; i++) {
      trace.span(track, 'read', 10 * i, 10 * i + 9);
      // Every line is at least as long as that of the first span.
      smallest += line - 6;
      if (i % 500 === 0) expect(statSync(partialName(file)).size).toBeGreaterThan(smallest - 64 * 1024);
    }
    const before = statSync(partialName(file)).size;
    trace.close(0);
    expect(statSync(file).size - before).toBeLessThan(64 * 1024 + 1024);
    expect(parsed().traceEvents.filter((event) => event.cat === 'read')).toHaveLength(50_000);
  });

  test('the file appears at close, whole, and the partial one is gone', () => {
    const trace = open();
    trace.span(trace.track(CROSSBAR), 'read', 0, 1);
    expect(existsSync(file)).toBe(false);
    expect(existsSync(partialName(file))).toBe(true);
    trace.close(0);
    expect(existsSync(file)).toBe(true);
    expect(existsSync(partialName(file))).toBe(false);
  });

  test('abort removes the partial file and leaves an older trace alone', () => {
    writeFileSync(file, 'older');
    const trace = open();
    trace.span(trace.track(CROSSBAR), 'read', 0, 1);
    trace.abort();
    trace.abort();
    expect(existsSync(partialName(file))).toBe(false);
    expect(readFileSync(file, 'utf8')).toBe('older');
  });

  test('abort after close does nothing; a second close and later events are errors', () => {
    const trace = open();
    const track = trace.track(CROSSBAR);
    trace.close(0);
    trace.abort();
    expect(existsSync(file)).toBe(true);
    expect(() => trace.close(0)).toThrow(RangeError);
    expect(() => trace.span(track, 'read', 0, 1)).toThrow(/already closed/);
  });

  test('missing folders are created; a directory in the file’s place is refused', () => {
    const deep = join(dir, 'a', 'b', 'trace.json');
    open({ files: [{ format: 'perfetto', file: deep }] }).close(0);
    expect(existsSync(deep)).toBe(true);
    mkdirSync(file);
    expect(() => open()).toThrow(TraceError);
    expect(() => open()).toThrow(/cannot be created: it is a directory/);
  });
});

test('a component that breaks the contract gets a RangeError that names its track', () => {
  const trace = open();
  const track = trace.track(CROSSBAR);
  expect(() => trace.span(track, 'read', 5, 4)).toThrow(RangeError);
  expect(() => trace.span(track, 'read', 5, 4)).toThrow(/Crossbar\[3\]: got cycles 5 to 4/);
  expect(() => trace.span(track, 'read', 5, 5)).toThrow(/allowed is start < end/);
  expect(() => trace.span(track, 'read', Number.NaN, 4)).toThrow(RangeError);
  expect(() => trace.span(track, 'read', 0, Number.POSITIVE_INFINITY)).toThrow(RangeError);
  expect(() => trace.counter(track, 'queue', 0, Number.NaN)).toThrow(RangeError);
  trace.span(track, 'read', 10, 20);
  expect(() => trace.span(track, 'read', 19, 25)).toThrow(
    /Crossbar\[3\]: got cycles 19 to 25 after a span that ends at 20/,
  );
  expect(() => trace.service(track, 'convert', 20, 21, -1, 0)).toThrow(/Crossbar\[3\]: got crossbar -1, operation 0/);
  expect(() => trace.service(track, 'convert', 20, 21, 0, 0.5)).toThrow(RangeError);
  expect(() => trace.operation(track, { ...operationFrom(0), readEnd: 100 })).toThrow(/times out of order/);
  expect(() => trace.close(-1)).toThrow(RangeError);
  expect(() => trace.span(7, 'read', 0, 1)).toThrow(/track 7: never opened/);
  expect(() => {
    trace.offset = 0.5;
  }).toThrow(RangeError);
  trace.abort();
});

test.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])('root clock %d GHz is refused', (rootClock_GHz) => {
  expect(() => open({ rootClock_GHz })).toThrow(TraceError);
});
