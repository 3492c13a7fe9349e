import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { runScenario } from '../../../scenarios/run/run-scenario.js';
import { resolveScenario, scenarioFromOptions } from '../../../scenarios/scenario.js';
import type { TracedOperation, TrackId } from '../../../sim/trace/trace.js';
import { TraceRecorder, type TraceRecorderOptions } from '../../../sim/trace/trace-recorder.js';
import { simulate, subjectOf } from '../../components/pe-under-test.js';
import { arbitraryScenario } from '../../naive/arbitrary.js';
import { RecordingTrace } from '../recording-trace.js';
import { expectAllFormats, filesOfAllFormats } from './expect-content.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ousim-formats-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A recorder of all formats, and beside it all that it is told of the tracks that it keeps, in cycles of the whole run. */
class Overheard extends TraceRecorder {
  readonly told = new RecordingTrace();
  /** Number of each of the recorder's tracks in `told`. */
  private readonly toldTracks = new Map<TrackId, TrackId>();

  constructor(options: Partial<TraceRecorderOptions>) {
    super({ files: filesOfAllFormats(folder), rootClock_GHz: 1, ...options });
  }

  override track(path: string): TrackId {
    const track = super.track(path);
    if (track >= 0 && !this.toldTracks.has(track)) this.toldTracks.set(track, this.told.track(path));
    return track;
  }

  override span(track: TrackId, name: string, start: number, end: number): void {
    super.span(track, name, start, end);
    const told = this.toldTracks.get(track);
    if (told !== undefined) this.told.span(told, name, start + this.offset, end + this.offset);
  }

  override service(
    track: TrackId,
    name: string,
    start: number,
    end: number,
    crossbar: number,
    operation: number,
  ): void {
    super.service(track, name, start, end, crossbar, operation);
    const told = this.toldTracks.get(track);
    if (told !== undefined) this.told.service(told, name, start + this.offset, end + this.offset, crossbar, operation);
  }

  override counter(track: TrackId, name: string, at: number, value: number): void {
    super.counter(track, name, at, value);
    const told = this.toldTracks.get(track);
    if (told !== undefined) this.told.counter(told, name, at + this.offset, value);
  }

  override operation(track: TrackId, operation: TracedOperation): void {
    super.operation(track, operation);
    const told = this.toldTracks.get(track);
    if (told !== undefined) this.told.operation(told, operation);
  }
}

describe('all formats say the same, read by parsers of their own', () => {
  test('of random PEs, whole or in a window', () => {
    const window = fc.option(fc.record({ from: fc.nat(200), length: fc.integer({ min: 1, max: 200 }) }));
    const granularity = fc.constantFrom('fast' as const, 'sampled' as const);
    fc.assert(
      fc.property(arbitraryScenario(), window, granularity, (scenario, cut, granularityOf) => {
        const [from, to] = cut === null ? [0, Number.POSITIVE_INFINITY] : [cut.from, cut.from + cut.length];
        const trace = new Overheard(cut === null ? {} : { window: { from, to } });
        const { cycles } = simulate(subjectOf(scenario), { granularity: granularityOf, trace });
        trace.close(cycles);
        expectAllFormats(folder, trace.told, { from, to, end: cycles });
      }),
      { seed: 20261121, numRuns: 40 },
    );
  });

  test.each([
    ['sample', ['AdcPool', 'Adc', 'Crossbar', 'Bus']],
    ['operation', ['Crossbar', 'Bus']],
    ['window', ['Bus']],
  ] as const)('of a window of LeNet-5, level %s', (level, shown) => {
    const raw = scenarioFromOptions({ preset: 'ou-baseline', model: 'lenet5-mnist' });
    const scenario = resolveScenario(raw, { baseDir: '.', overrides: ['machine.adc.perPool=2'] });
    const window = { from: 3000, to: 3400 };
    const trace = new Overheard({ window, level });
    const { cycles } = runScenario(scenario, { trace });
    trace.close(cycles);
    const kinds = new Set(trace.told.paths.map((path) => /(\w+)(\[\d+\])?$/.exec(path)![1]!));
    for (const kind of ['AdcPool', 'Adc', 'Crossbar', 'Bus'])
      expect(kinds.has(kind)).toBe(shown.includes(kind as never));
    expect(trace.events).toBeGreaterThan(10);
    expectAllFormats(folder, trace.told, { ...window, end: cycles });
    expect(readdirSync(folder)).toHaveLength(5);
  });
});
