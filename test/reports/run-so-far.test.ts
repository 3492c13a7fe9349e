import { describe, expect, it } from 'vitest';
import { colours } from '../../reports/colours.js';
import { type RunSoFar, runSoFarLines } from '../../reports/run-so-far.js';
import type { CrossbarTime, RunSnapshot, StageSnapshot } from '../../sim/results/run-snapshot.js';

const NO_WAITS: CrossbarTime = {
  reads: 0,
  adcWaiting: 0,
  indexDecoding: 0,
  detector: 0,
  pixels: 0,
  output: 0,
  transfer: 0,
  windowSharing: 0,
};

/** A matrix layer of two crossbars and one ADC, of which nothing is done by cycle 1000. */
const layer = (name: string, changes: Partial<StageSnapshot> = {}): StageSnapshot => ({
  name,
  kind: 'matrix',
  state: 'ahead',
  windows: 0,
  allWindows: 100,
  fetch: {
    cycles: { fetch: 0, 'stall.pixels': 1000, 'stall.output': 0, 'stall.pe': 0, 'stall.server': 0 },
    time: 1000,
  },
  crossbars: { instances: 2, cycles: { ...NO_WAITS, pixels: 2000 }, time: 2000, busiest: 0 },
  adcs: { instances: 1, convert: 0, time: 1000, busiest: 0 },
  activities: { process: 0, fetch: 0, send: 0, pool: 0 },
  waits: [{ state: 'fetch', cause: 'pixels', of: 'before', cycles: 1000 }],
  ...changes,
});

const SOURCE = layer('input', {
  kind: 'source',
  state: 'working',
  windows: 20,
  fetch: null,
  crossbars: null,
  adcs: null,
  activities: { send: 0.05 },
  waits: [],
});

/** Reads a quarter of its time and waits for ADCs half of it; its PEs work for all but 25 of 1000 cycles. */
const C1 = layer('c1', {
  state: 'working',
  windows: 12,
  fetch: {
    cycles: { fetch: 30, 'stall.pixels': 0, 'stall.output': 120, 'stall.pe': 840, 'stall.server': 10 },
    time: 1000,
  },
  crossbars: {
    instances: 2,
    cycles: { ...NO_WAITS, reads: 500, adcWaiting: 1000, output: 300 },
    time: 2000,
    busiest: 0.375,
  },
  adcs: { instances: 1, convert: 900, time: 1000, busiest: 0.9 },
  activities: { process: 0.975, fetch: 0.04, send: 0.2, pool: 0 },
  waits: [{ state: 'send', cause: 'space', of: 'p1', cycles: 50 }],
});

const snapshot = (stages: readonly StageSnapshot[], changes: Partial<RunSnapshot> = {}): RunSnapshot => ({
  ideal: null,
  pass: 1,
  passes: 1,
  passStart_cycle: 0,
  cycles: 1000,
  images: 1,
  allImages: 4,
  windows: 12,
  allWindows: 48,
  stages,
  ...changes,
});

const run = (of: RunSnapshot | null, changes: Partial<RunSoFar> = {}): RunSoFar => ({
  subject: 'net on machine',
  elapsed_s: 62.4,
  step: { name: 'c1', done: 12, total: 48 },
  snapshot: of,
  perSecond: null,
  ...changes,
});

const WIDE = { columns: 100, rows: 40 };
const lines = (of: RunSoFar, size = WIDE) => runSoFarLines(of, size, colours(false));
const rowOf = (name: string, of: readonly string[]) =>
  of
    .find((line) => line.startsWith(name))!
    .trim()
    .split(/\s{2,}/);

describe('the view of a run that goes on', () => {
  it('says how far it is, and how fast', () => {
    const view = lines(run(snapshot([SOURCE, C1]), { perSecond: { cycles: 1.5e6, windows: 250 } }));
    expect(view.slice(0, 3).map((line) => line.replaceAll('\u202f', ' '))).toEqual([
      'net on machine: simulating',
      // A quarter of 24 characters.
      '[######..................] 25.0%: 12 of 48 windows, 1 of 4 images',
      'cycle 1 000, 1:02 elapsed, 1.50 M cycles/s, 250 windows/s',
    ]);
  });

  it('names ideal runs and passes; the clock is that of the run', () => {
    const [title, , clock] = lines(
      run(snapshot([C1], { ideal: 'adc', pass: 2, passes: 3, passStart_cycle: 5_000 }), { elapsed_s: 3_723 }),
    );
    expect(title).toBe('net on machine: simulating again with adc ideal, pass 2 of 3');
    expect(clock!.replaceAll('\u202f', ' ')).toBe('cycle 6 000, 1:02:03 elapsed');
  });

  it('before the simulation it names the step', () => {
    const step = { name: 'integers of the first image, layer c2', done: 1, total: 2 };
    expect(lines(run(null, { step, elapsed_s: 7.9 }))).toEqual([
      'net on machine, 7 s elapsed',
      '[############............] integers of the first image, layer c2',
    ]);
  });

  it('has a row for each stage: windows, the fetch unit, crossbars, ADCs', () => {
    const view = lines(run(snapshot([SOURCE, C1, layer('f1')])));
    expect(rowOf('stage', view)).toEqual(
      'stage done of works pixels output PEs server read ADC'.split(' ').concat('ADC %'),
    );
    expect(rowOf('input', view)).toEqual(['input', '20', '100', ...Array(8).fill('–')]);
    // Of 1000 cycles, of 2 x 1000, and of 1000.
    expect(rowOf('c1', view)).toEqual('c1 12 100 3.0 0.0 12.0 84.0 1.0 25.0 50.0 90.0'.split(' '));
    expect(rowOf('f1', view)).toEqual('f1 0 100 0.0 100.0 0.0 0.0 0.0 0.0 0.0 0.0'.split(' '));
  });

  it('names the stage that sets the pace so far', () => {
    const view = lines(run(snapshot([SOURCE, C1])));
    const words = view.slice(view.findIndex((line) => line.startsWith('bottleneck'))).join(' ');
    expect(words.replace(/\s+/g, ' ')).toContain(
      'bottleneck so far c1 sets the pace: its PEs work on windows 97.5% of the time; its busiest crossbar reads 37.5%, ' +
        'its busiest ADC pool converts 90.0%',
    );
    const sending = layer('p1', { kind: 'vector', activities: { send: 0.99 } });
    expect(lines(run(snapshot([C1, sending]))).join('\n')).toContain(
      'so far p1 sets the pace: it finishes and sends windows 99.0% of the time\n',
    );
    expect(lines(run(snapshot([layer('f1')]))).join('\n')).toContain('so far none: nothing has been done');
  });

  it('names the three largest waits of crossbars so far, by the time of all crossbars of a layer', () => {
    const large = layer('f1', {
      crossbars: { instances: 9, cycles: { ...NO_WAITS, pixels: 9000 }, time: 9000, busiest: 0 },
    });
    const view = lines(run(snapshot([SOURCE, C1, large, layer('f2')])));
    expect(view.slice(-3).map((line) => line.trim())).toEqual([
      'waits so far  1. f1: crossbars wait for pixels of before 100.0% of their time',
      '2. f2: crossbars wait for pixels of before 100.0% of their time',
      '3. c1: crossbars wait for ADCs 50.0% of their time',
    ]);
    const none = { ...C1, crossbars: { ...C1.crossbars!, cycles: { ...NO_WAITS, reads: 2000 } } };
    expect(lines(run(snapshot([none]))).at(-1)).toBe('waits so far  none');
  });

  it('of one PE: its windows, crossbars and ADCs, no images and no fetch unit', () => {
    const pe = { ...C1, name: 'PE', kind: 'pe', fetch: null, activities: { process: 0.975 }, waits: [] };
    const view = lines(run(snapshot([pe], { images: 0, allImages: 0 })));
    expect(view[1]).not.toContain('image');
    expect(view.join('\n')).not.toContain('fetching');
    expect(rowOf('PE', view)).toEqual('PE 12 100 25.0 50.0 90.0'.split(' '));
    expect(view.join(' ').replace(/\s+/g, ' ')).toContain(
      'so far the busiest crossbar reads 37.5% of the time, the busiest ADC pool converts 90.0%',
    );
  });
});

describe('room', () => {
  const working = (name: string, share: number) => layer(name, { state: 'working', activities: { process: share } });
  const done = (name: string) => layer(name, { state: 'done', windows: 100 });
  const many = [
    SOURCE,
    ...Array.from({ length: 20 }, (_, i) => done(`done${i}`)),
    ...Array.from({ length: 30 }, (_, i) => working(`work${i}`, i / 100)),
    ...Array.from({ length: 40 }, (_, i) => layer(`layer4.${i}.downsample.with-a-long-name`)),
  ];
  const stagesIn = (view: readonly string[]) => view.flatMap((line) => /^(?:done|work|laye|input)\S*/.exec(line) ?? []);

  it.each([
    { columns: 100, rows: 40 },
    { columns: 80, rows: 24 },
    { columns: 79, rows: 60 },
    { columns: 120, rows: 200 },
  ])('%j: no line is longer, and no more lines', (size) => {
    const view = lines(run(snapshot(many), { perSecond: { cycles: 1.5e9, windows: 1.2e6 } }), size);
    expect(view.length).toBeLessThanOrEqual(size.rows);
    expect(Math.max(...view.map((line) => [...line].length))).toBeLessThanOrEqual(size.columns);
    // The words stand at the end, whatever is left out.
    expect(view.join('\n')).toContain('\nwaits so far  1. ');
  });

  it('where not all fit, those that work are shown, the busiest of them, and the others are counted', () => {
    const view = lines(run(snapshot(many)), { columns: 80, rows: 24 });
    const shown = stagesIn(view);
    expect(shown.length).toBeGreaterThan(4);
    const first = 30 - shown.length;
    expect(shown).toEqual(Array.from({ length: shown.length }, (_, i) => `work${first + i}`));
    expect(view).toContain(`and ${91 - shown.length} stages more: ${31 - shown.length} at work, 40 not begun, 20 done`);
  });

  it('where all fit none is left out, and they stand in the order of the network', () => {
    const view = lines(run(snapshot([layer('later'), C1, done('done')])), WIDE);
    expect(view.join('\n')).not.toContain('more');
    const [later, c1, last] = ['later', 'c1', 'done'].map((name) => view.findIndex((line) => line.startsWith(name)));
    expect(later).toBeLessThan(c1!);
    expect(c1).toBeLessThan(last!);
  });
});

it('colours are asked for, and mark the largest wait of a stage that works', () => {
  const plain = lines(run(snapshot([SOURCE, C1, layer('f1')])));
  const painted = runSoFarLines(run(snapshot([SOURCE, C1, layer('f1')])), WIDE, {
    heading: (text) => text,
    highlight: (text) => `<${text}>`,
    good: (text) => text,
    bad: (text) => text,
    faint: (text) => text,
  });
  expect(plain.join('')).not.toContain('\u001b');
  expect(painted.map((line) => line.replace(/[<>]/g, ''))).toEqual(plain);
  expect(painted.filter((line) => line.startsWith('c1')).join()).toMatch(/< *84\.0>/);
  // A stage that has not begun has waited all the time, and nothing is marked there.
  expect(painted.filter((line) => line.startsWith('f1')).join()).not.toContain('<');
});
