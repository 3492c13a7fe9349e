import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readTraceView, readTraceViews } from '../../cli/read-trace-view.js';
import { readSaved, type SavedRun } from '../../reports/page/saved-run.js';
import { writeResult } from '../../sim/results/write.js';
import { TRACE_FORMATS, type TraceFormat } from '../../sim/trace/formats.js';
import { SavedTraceError } from '../../sim/trace/saved-trace.js';
import type { TracedOperation } from '../../sim/trace/trace.js';
import { TraceRecorder } from '../../sim/trace/trace-recorder.js';
import type { TraceWindow } from '../../sim/trace/trace-writer.js';
import { samplePeResult } from '../reports/sample-result.js';

const root = mkdtempSync(join(tmpdir(), 'ousim-trace-view-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** Writes traces into a folder of their own. */
function written(
  formats: readonly TraceFormat[],
  record: (recorder: TraceRecorder) => void,
  { window, cycles = 100 }: { window?: TraceWindow; cycles?: number } = {},
): string {
  const folder = mkdtempSync(join(root, 'run-'));
  const files = formats.map((format) => ({ format, file: join(folder, TRACE_FORMATS[format].file) }));
  const recorder = new TraceRecorder({ files, rootClock_GHz: 1, window });
  record(recorder);
  recorder.close(cycles);
  return folder;
}

const OPERATION: TracedOperation = {
  number: 7,
  stall: 'stall.adc',
  stallStart: 12,
  readStart: 20,
  readEnd: 30,
  samples: 8,
  firstConversion: 30,
  lastConversionEnd: 36,
  lastAcceptance: 36,
  leaves: 37,
};

/** A crossbar that reads from 20 to 30 and stalls from 12 to 20 and from 30 on, one after it, and a queue. */
function smallTrace(recorder: TraceRecorder): void {
  const pe = 'Chip.Tile[0].Pe[0]';
  const second = recorder.track(`${pe}.Crossbar[10]`);
  const first = recorder.track(`${pe}.Crossbar[2]`);
  const pool = recorder.track(`${pe}.AdcPool[0]`);
  const adc = recorder.track(`${pe}.AdcPool[0].Adc[0]`);
  recorder.span(second, 'read', 5, 25);
  recorder.span(first, 'stall.adc', 12, 20);
  recorder.span(first, 'read', 20, 30);
  recorder.operation(first, OPERATION);
  recorder.span(first, 'stall.adc', 30, 55);
  recorder.service(adc, 'convert', 30, 36, 2, 7);
  recorder.counter(pool, 'queue', 30, 8);
  recorder.counter(pool, 'queue', 31, 7);
}

describe('reading a trace for a page', () => {
  it.each(['perfetto', 'csv'] as const)(
    'gives spans, reads and counters cut to the window, without idle time: %s',
    (format) => {
      const folder = written([format], smallTrace, { window: { from: 10, to: 50 } });
      expect(readTraceView(join(folder, TRACE_FORMATS[format].file), 100)).toEqual({
        from: 10,
        to: 50,
        tracks: [
          {
            parent: 'Chip.Tile[0].Pe[0].AdcPool[0]',
            name: 'Adc[0]',
            spans: [{ name: 'convert', start: 30, end: 36, served: { crossbar: 2, operation: 7 } }],
          },
          {
            parent: 'Chip.Tile[0].Pe[0]',
            name: 'Crossbar[2]',
            spans: [
              { name: 'stall.adc', start: 12, end: 20 },
              { name: 'read', start: 20, end: 30 },
              { name: 'stall.adc', start: 30, end: 50 },
            ],
            reads: [{ number: 7, readStart: 20, readEnd: 30, samples: 8, firstConversion: 30, lastConversionEnd: 36 }],
          },
          { parent: 'Chip.Tile[0].Pe[0]', name: 'Crossbar[10]', spans: [{ name: 'read', start: 10, end: 25 }] },
        ],
        counters: [
          {
            path: 'Chip.Tile[0].Pe[0].AdcPool[0]',
            name: 'queue',
            changes: [
              { at: 30, value: 8 },
              { at: 31, value: 7 },
            ],
          },
        ],
        // Five spans, an operation, two values of the queue.
        events: 8,
        eventsInFile: 8,
        runCycles: 100,
      });
    },
  );

  it('shows the whole run where the trace has no window', () => {
    const folder = written(['perfetto'], smallTrace, { cycles: 1234 });
    expect(readTraceView(join(folder, 'trace.perfetto.json'), 100)).toMatchObject({ from: 0, to: 1234 });
  });

  it('ends earlier where there are more events than a page may hold, and holds all before that', () => {
    // A crossbar begins to read in each of the cycles 0 to 99, in a random order; ten may stay.
    const folder = written(['csv'], (recorder) => {
      for (let i = 0; i < 100; i++) {
        const start = (i * 37) % 100;
        recorder.span(recorder.track(`Chip.Tile[0].Pe[0].Crossbar[${start}]`), 'read', start, start + 50);
      }
    });
    const view = readTraceView(join(folder, 'trace.csv'), 10);
    expect(view).toMatchObject({ from: 0, to: 10, events: 10, eventsInFile: 100 });
    // What goes on longer than the view is cut at its end.
    expect(view.tracks.map(({ spans }) => spans)).toEqual(
      Array.from({ length: 10 }, (_, start) => [{ name: 'read', start, end: 10 }]),
    );
  });

  it('is empty where nothing happens in the window', () => {
    const folder = written(['perfetto'], smallTrace, { window: { from: 60, to: 80 } });
    const { from, to, tracks } = readTraceView(join(folder, 'trace.perfetto.json'), 10);
    expect({ from, to, tracks }).toEqual({ from: 60, to: 80, tracks: [] });
  });

  it('says so where the file is no trace', () => {
    const file = join(root, 'other.json');
    writeFileSync(file, '{"some":"thing"}\n');
    expect(() => readTraceView(file, 10)).toThrow(SavedTraceError);
  });
});

describe('the traces of a folder', () => {
  it('are those in other formats by their names, and the one that can be read', () => {
    const folder = written(['vcd', 'csv', 'konata'], smallTrace);
    const { trace, otherTraces } = readTraceViews(folder, 100);
    expect(trace?.eventsInFile).toBe(8);
    expect(otherTraces).toEqual(['trace.vcd', 'trace.kanata.log']);
    expect(readTraceViews(written(['vcd'], smallTrace), 100).trace).toBeNull();
    expect(readTraceViews(written([], smallTrace), 100)).toEqual({ trace: null, otherTraces: [] });
  });

  it('are read off the newer file', () => {
    const folder = written(['perfetto', 'csv'], smallTrace);
    const nothing = written(['csv'], () => {});
    writeFileSync(join(folder, 'trace.csv'), 'kind,');
    utimesSync(join(folder, 'trace.csv'), 1, 1);
    expect(readTraceViews(folder, 100).trace?.eventsInFile).toBe(8);
    utimesSync(join(folder, 'trace.perfetto.json'), 0, 0);
    expect(() => readTraceViews(folder, 100)).toThrow(SavedTraceError);
    expect(readTraceViews(nothing, 100).trace?.eventsInFile).toBe(0);
  });
});

describe('a folder', () => {
  const result = samplePeResult();
  const saved = (cycles: number): SavedRun => {
    const folder = written(['perfetto'], smallTrace, { cycles });
    writeResult(folder, result, { commandLine: ['run', 'a.yaml'] });
    return readSaved(folder, 1, readTraceViews) as SavedRun;
  };

  it('gives the trace of its result, and what stood on the command line', () => {
    const { trace, commandLine, otherRun_cycles } = saved(result.cycles);
    expect(trace?.eventsInFile).toBe(8);
    expect(commandLine).toEqual(['run', 'a.yaml']);
    expect(otherRun_cycles).toBeUndefined();
  });

  it('gives no trace that an earlier run has left', () => {
    expect(saved(result.cycles + 1)).toMatchObject({ trace: null, otherRun_cycles: result.cycles + 1 });
  });

  it('of an older version has no command line', () => {
    const folder = written([], smallTrace);
    writeResult(folder, result, {});
    expect(readSaved(folder, 1, readTraceViews)).toMatchObject({ commandLine: null, trace: null, otherTraces: [] });
    rmSync(join(folder, 'run-info.json'));
    expect(readSaved(folder, 1, readTraceViews)).toMatchObject({ commandLine: null });
  });
});
