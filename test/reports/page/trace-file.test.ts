import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readTrace, TraceFileError } from '../../../reports/page/trace-file.js';

const folder = mkdtempSync(join(tmpdir(), 'ousim-trace-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A trace as `ousim run` writes it: an event a line. */
function traceOf(events: readonly object[], otherData: object): string {
  const file = join(folder, 'trace.perfetto.json');
  const lines = events.map((event) => JSON.stringify(event)).join(',\n');
  writeFileSync(file, `{"traceEvents":[\n${lines}\n],\n"otherData":${JSON.stringify(otherData)}}\n`);
  return file;
}

const span = (tid: number, ts: number, dur: number, name: string, cat = name) => ({
  ph: 'X',
  pid: 1,
  tid,
  ts,
  dur,
  cat,
  name,
});
const named = (what: string, name: string, ids: object) => ({ ph: 'M', ...ids, name: what, args: { name } });
const NAMES = [
  named('process_name', 'Chip.Tile[0].Pe[0]', { pid: 1 }),
  named('thread_name', 'Crossbar[0]', { pid: 1, tid: 3 }),
  named('thread_name', 'Crossbar[1]', { pid: 1, tid: 2 }),
  { ph: 'M', pid: 1, tid: 3, name: 'thread_sort_index', args: { sort_index: 0 } },
  { ph: 'M', pid: 1, tid: 2, name: 'thread_sort_index', args: { sort_index: 1 } },
];

describe('reading a trace for a page', () => {
  it('gives spans and counters by their paths, in the order of the tracks, without idle time', () => {
    const events = [
      ...NAMES,
      span(2, 30, 5, 'read'),
      span(3, 20, 10, 'read'),
      span(3, 5, 15, 'idle'),
      span(3, 30, 7, 'stall.adc', 'stall'),
      { ph: 'C', pid: 1, ts: 25, name: 'queue', args: { value: 2 } },
    ];
    expect(readTrace(traceOf(events, { window: { from: 0, to: 40 } }), 100, 1000)).toEqual({
      from: 0,
      to: 40,
      tracks: [
        {
          parent: 'Chip.Tile[0].Pe[0]',
          name: 'Crossbar[0]',
          spans: [
            { name: 'read', start: 20, end: 30 },
            { name: 'stall.adc', start: 30, end: 37 },
          ],
        },
        { parent: 'Chip.Tile[0].Pe[0]', name: 'Crossbar[1]', spans: [{ name: 'read', start: 30, end: 35 }] },
      ],
      counters: [{ path: 'Chip.Tile[0].Pe[0]', name: 'queue', changes: [{ at: 25, value: 2 }] }],
      events: 4,
      eventsInFile: 4,
    });
  });

  it('shows the whole run where the trace has no window, and knows the sentence of older versions', () => {
    const events = [...NAMES, span(2, 30, 5, 'read')];
    expect(readTrace(traceOf(events, { window: null }), 100, 1000)).toMatchObject({ from: 0, to: 1000 });
    expect(readTrace(traceOf(events, { window: 'all cycles' }), 100, 1000)).toMatchObject({ from: 0, to: 1000 });
    const window = 'cycles 10 to 60';
    expect(readTrace(traceOf(events, { window }), 100, 1000)).toMatchObject({ from: 10, to: 60 });
  });

  it('ends earlier where there are more events than a page may hold, and holds all before that', () => {
    // An event begins at each of the cycles 0 to 99, in a random order; ten may stay.
    const starts = Array.from({ length: 100 }, (_, i) => (i * 37) % 100);
    const events = [...NAMES, ...starts.map((start) => span(2, start, 50, 'read'))];
    const view = readTrace(traceOf(events, { window: { from: 0, to: 150 } }), 10, 150);
    expect(view).toMatchObject({ from: 0, to: 10, events: 10, eventsInFile: 100 });
    expect(view.tracks[0]!.spans.map(({ start }) => start)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    // What goes on longer than the view is cut at its end.
    expect(view.tracks[0]!.spans[0]).toEqual({ name: 'read', start: 0, end: 10 });
  });

  it('is empty where nothing happens in the window', () => {
    const events = [...NAMES, span(3, 10, 20, 'idle')];
    expect(readTrace(traceOf(events, { window: { from: 10, to: 30 } }), 10, 100)).toEqual({
      from: 10,
      to: 30,
      tracks: [],
      counters: [],
      events: 0,
      eventsInFile: 0,
    });
  });

  it('says so where the file is no trace', () => {
    const file = join(folder, 'other.json');
    writeFileSync(file, '{"some":"thing"}\n');
    expect(() => readTrace(file, 10, 10)).toThrow(TraceFileError);
    writeFileSync(file, '{"traceEvents":[\n{"ph":"X",\n');
    expect(() => readTrace(file, 10, 10)).toThrow(/other\.json:2: no JSON/);
  });
});
