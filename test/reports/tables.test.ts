import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { alignedTable } from '../../reports/aligned-table.js';
import { bottleneck, stallCauses } from '../../reports/bottleneck.js';
import { wantsColours } from '../../reports/colours.js';
import { endScreen } from '../../reports/end-screen.js';
import {
  area,
  compact,
  cycles,
  energy,
  grouped,
  meanCycles,
  percent,
  plural,
  shortened,
  si,
} from '../../reports/format.js';
import { crossbarShares, layersOf, wholeRun } from '../../reports/layers.js';
import { chipTables, peTable } from '../../reports/tables.js';
import { runScenario } from '../../scenarios/run/run-scenario.js';
import { parseScenario, resolveScenario } from '../../scenarios/scenario.js';
import { ESCAPE, plain, reportText, WRITTEN } from './printed-result.js';
import { layer, SAMPLE_LAYERS, type SampleLayer, samplePeResult, sampleResult } from './sample-result.js';

const COLOUR = new RegExp(`${ESCAPE}\\[\\d+m`, 'g');

function widest(text: string): number {
  return Math.max(...text.split('\n').map((line) => Array.from(line).length));
}

describe('numbers', () => {
  test.each([
    [grouped(0), '0'],
    [grouped(999), '999'],
    [grouped(1000), '1 000'],
    [grouped(1234567), '1 234 567'],
    [grouped(-1234), '-1 234'],
    [si(0, 'J'), '0 J'],
    [si(0, ''), '0'],
    [si(1, ''), '1.00'],
    [si(999, 'J'), '999 J'],
    [si(999.9, 'J'), '1.00 kJ'],
    [si(1000, 'J'), '1.00 kJ'],
    [si(1.28e9, 'Hz'), '1.28 GHz'],
    [si(1.5e-13, 'J'), '150 fJ'],
    [si(12.34e-6, 's'), '12.3 µs'],
    [si(-4500, ''), '-4.50 k'],
    [si(12345678, '', 4), '12.35 M'],
    [compact(99_999), '99 999'],
    [compact(100_000), '100 k'],
    [cycles(9_999_999), '9 999 999'],
    [cycles(10_000_000), '10.00 M'],
    [meanCycles(0), '0'],
    [meanCycles(0.125), '0.13'],
    [meanCycles(46.52), '46.5'],
    [meanCycles(12345.6), '12 346'],
    [percent(0.1234), '12.3'],
    [percent(1), '100.0'],
    [energy(1), '1.00 pJ'],
    [energy(38_090_000), '38.1 µJ'],
    [area(1.9e6), '1.90 mm²'],
    [plural(1, 'image'), '1 image'],
    [plural(2000, 'image'), '2 000 images'],
    [shortened('conv1', 5), 'conv1'],
    [shortened('features.12.conv', 9), 'fea….conv'],
    [shortened('ab', 1), '…'],
  ])('%j is %j', (text, expected) => {
    expect(plain(text)).toBe(expected);
  });

  test('property: counts and cycles keep within the columns that the layer table reserves', () => {
    fc.assert(
      fc.property(fc.nat(Number.MAX_SAFE_INTEGER), (count) => {
        expect(compact(count).length).toBeLessThanOrEqual(6);
        expect(cycles(count).length).toBeLessThanOrEqual(9);
        expect(meanCycles(count / 7).length).toBeLessThanOrEqual(6);
        expect(energy(count).length).toBeLessThanOrEqual(7);
      }),
      { seed: 20261121, numRuns: 500 },
    );
  });
});

test('the sample results are consistent: ledgers sum to their time', () => {
  const total = (values: object) => Object.values(values).reduce((sum, spent) => sum + spent, 0);
  const network = sampleResult();
  for (const { crossbars, adcs, time } of network.layers!) {
    for (const { instances, cycles: ledger } of [crossbars, adcs]) {
      expect(total(ledger)).toBe(instances * network.cycles);
    }
    expect(total(time)).toBeCloseTo(network.cycles, 6);
  }
  expect(total(network.time)).toBeCloseTo(network.cycles, 6);
  for (const { fetch, send, kind } of network.chip!.stages) {
    expect(total(fetch)).toBe(kind === 'source' ? 0 : network.cycles);
    expect(total(send)).toBe(network.cycles);
  }
  const pe = samplePeResult();
  for (const { ledger } of Object.values(pe.resources)) {
    expect(Object.values(ledger).reduce((sum, spent) => sum + spent, 0)).toBe(pe.cycles);
  }
});

describe('layers', () => {
  test('a run of one PE is one layer: classes, mean wait and largest p99 come from its resources', () => {
    const [pe, ...others] = layersOf(samplePeResult());
    expect(others).toEqual([]);
    expect(pe!.crossbars).toEqual({
      instances: 4,
      cycles: { read: 20_600, 'stall.adc': 12_000, 'stall.input': 2_000, idle: 5_400 },
    });
    expect(pe!.adcs).toEqual({ instances: 4, cycles: { convert: 32_000, 'stall.shiftAdd': 2_400, idle: 5_600 } });
    expect(pe!.adcUtilisation).toBe(0.8);
    // Two pools with equally many samples, means 12 and 13, p99 60 and 61.
    expect(pe!.wait).toEqual({ count: 80_000, mean: 12.5, p99: 61 });
    expect(crossbarShares(pe!)).toEqual({ read: 0.515, adc: 0.3, input: 0.05, index: 0, idle: 0.135 });
  });

  test('the whole run weighs each layer by its crossbars and ADCs, not each layer alike', () => {
    const busy = layer('busy', 10, 3, 3, 3_000, 1, 0, 0, 1, 4, 8);
    const lazy = layer('lazy', 10, 1, 1, 1_000, 0, 0, 0, 0, 0, 0);
    const run = wholeRun(sampleResult({ layers: [busy, lazy], images: 1 }));
    expect(run.adcUtilisation).toBe(0.75);
    expect(crossbarShares(run)).toEqual({ read: 0.75, adc: 0, input: 0, index: 0, idle: 0.25 });
    // All samples belong to the busy layer: 3 ADCs for the 4000 cycles of the run.
    expect(run.wait).toEqual({ count: 12_000, mean: 4, p99: 8 });
  });

  test('without any crossbar time the shares are 0, not NaN', () => {
    const result = samplePeResult();
    result.resources = {};
    expect(crossbarShares(wholeRun(result))).toEqual({ read: 0, adc: 0, input: 0, index: 0, idle: 0 });
    expect(bottleneck(result)).toContain('nothing');
  });
});

describe('bottleneck and stalls', () => {
  const limited = (shares: Partial<SampleLayer>) => {
    const base = layer('slow', 10, 2, 2, 9_000, 0, 0, 0, 0.3, 1, 2);
    const other = layer('other', 10, 2, 2, 1_000, 0.1, 0, 0, 0.5, 1, 2);
    return bottleneck(sampleResult({ layers: [other, { ...base, ...shares }] }));
  };

  test.each([
    // The busiest resource sets the pace, whatever crossbars do on average.
    [
      { convert: 0.9, stallAdc: 0.6, read: 0.4 },
      'ADCs: those of Tile[0].Pe[0].AdcPool[0] convert 90.0%, crossbars read at most 40.0%',
    ],
    [
      { convert: 0.4, stallShiftAdd: 0.5, accept: 0.95 },
      'shift-and-add: Tile[0].Pe[0].AdcPool[0].ShiftAdd uses 95.0% of its lanes, crossbars read at most 0.0%',
    ],
    [{ read: 0.8 }, 'crossbar reads: Tile[0].Pe[0].Crossbar[0] reads 80.0%, ADCs convert at most 30.0%'],
  ])('shares %j: limited by %s', (shares, words) => {
    expect(limited(shares)).toBe(
      `slow (1 replica) sets the pace: its PEs work on windows 90.0% of the run; limited by ${words}`,
    );
  });

  test.each([
    ['fetch', 'bank', 'it fetches windows', 'limited by the eDRAM: Tile[2].Bus is busy 70.0%'],
    ['fetch', 'bus', 'it fetches windows', 'limited by the bus: Tile[2].Bus is busy 70.0%'],
    [
      'send',
      'activation',
      'it finishes and sends windows',
      'limited by the activation unit: Tile[2].Bus is busy 70.0%',
    ],
    [
      'send',
      'network',
      'it finishes and sends windows',
      'limited by the network: Tile[2].Bus waits for links and receivers 70.0%',
    ],
    ['pool', 'pooling', 'it pools windows', 'limited by the pooling unit: Tile[2].Bus is busy 70.0%'],
    ['fetch', 'schedule', 'it fetches windows', 'limited by the steps of the static schedule, 70.0% of the run'],
    [
      'process',
      'detector',
      'its PEs work on windows',
      'limited by the detector: Tile[2].Bus scans 70.0%, crossbars read at most 12.0%',
    ],
  ])('%s, %s', (activity, resource, does, words) => {
    const limits = { layer: 'conv2', activity, share: 0.8, resource, path: 'Chip.Tile[2].Bus', resourceShare: 0.7 };
    const result = sampleResult({ chip: { bottleneck: { ...limits, shares: { crossbar: 0.12 } } } });
    expect(bottleneck(result)).toBe(`conv2 (1 replica) sets the pace: ${does} 80.0% of the run; ${words}`);
  });

  test('a run of one PE names its busiest pool, its ADCs and not the pool as a whole', () => {
    // Crossbars read 53 % at most; every ADC converts 80 % of its time and waits 6 %.
    expect(bottleneck(samplePeResult())).toBe(
      'the PE is limited by ADCs: those of Pe[0].AdcPool[0] convert 80.0% of the time, while no crossbar reads more than 53.0%',
    );
  });

  test('a run of one PE names all that is as busy as its limit', () => {
    // docs/tutorial.md, part 2: 64 conversions on one ADC, 64 codes in one lane, in 68 cycles.
    const file = join(import.meta.dirname, '..', '..', 'examples', 'first-crossbar.yaml');
    const raw = parseScenario(readFileSync(file, 'utf8'), file);
    const result = runScenario(resolveScenario(raw, { baseDir: '.' }), {});
    const of68 = (cycles: number) => ((100 * cycles) / 68).toFixed(1);
    expect(bottleneck(result)).toBe(
      `the PE is limited by ADCs: those of Pe[0].AdcPool[0] convert ${of68(64)}% of the time, while no crossbar reads ` +
        `more than ${of68(48)}%; its shift-and-add unit is as busy`,
    );
  });

  test('causes come largest first, in cycles of the class that waits; the wait for pixels says whose', () => {
    // Crossbars: 2 x 1000 cycles, 60% = 1200 and 10% = 200. ADCs: 4 x 1000 cycles, 20% = 800.
    const only = { ...layer('a', 1, 2, 4, 1_000, 0.3, 0.6, 0.1, 0.5, 1, 2), stallShiftAdd: 0.2 };
    const causes = stallCauses(sampleResult({ layers: [only], images: 1 }));
    expect(causes).toEqual([
      { layer: 'a', of: 'crossbar', waitsFor: 'ADCs', cycles: 1200, share: 0.6 },
      { layer: 'a', of: 'ADC', waitsFor: 'the shift-and-add unit', cycles: 800, share: 0.2 },
      { layer: 'a', of: 'crossbar', waitsFor: 'pixels of input', cycles: 200, share: 0.1 },
    ]);
  });

  test('without room for sums, the stage that takes them late is named', () => {
    const result = sampleResult({ layers: [layer('a', 1, 1, 1, 1_000, 0.3, 0, 0, 0.5, 1, 2)], images: 1 });
    const [only] = result.layers!;
    only!.time.output = 300;
    const words = () => stallCauses(result).map(({ waitsFor }) => waitsFor);
    expect(words()).toEqual(['room for their sums']);
    only!.waits.push({ layer: 'a', state: 'send', cause: 'space', of: 'b', cycles: 280, share: 0.28 });
    expect(words()).toEqual(['room for their sums, as b takes them late']);
  });
});

describe('tables', () => {
  const cells = (row: string): string[] => row.trim().split(/ {2,}/);

  test('a layer’s row says what the result says', () => {
    const rows = plain(chipTables(sampleResult())).split('\n');
    // 784 windows, 8 crossbars; between windows (400 080 cycles - those of conv2 to fc2, less the latency of 90) / 7839.
    const interval = ((400_080 - 24_310 - 3_120 - 2_760 - 410 - 90) / 7_839).toFixed(1);
    expect(cells(rows.find((row) => row.startsWith('conv1'))!)).toEqual([
      ...['conv1', '784', '1', '8', interval],
      ...['62.0', '21.0', '2.0', '0.0', '0.0'],
      // 64 ADCs convert 0.83 of 400 080 cycles at 0.5 pJ, and 1.25 pJ for a read each 8 conversions: 13.95 uJ
      ...['83.0', '13.9 µJ'],
    ]);
    expect(cells(rows.find((row) => row.startsWith('network'))!).slice(0, 4)).toEqual([
      'network',
      '887',
      '76',
      '40 008',
    ]);
    const once = chipTables(sampleResult({ layers: [layer('a', 1, 1, 1, 100, 1, 0, 0, 0.5, 0, 0)], images: 1 }));
    expect(cells(once.split('\n').find((row) => row.startsWith('a '))!)[4]).toBe('–');
  });

  test('what is neither reads nor ADCs, pixels or output is added up', () => {
    const result = sampleResult();
    Object.assign(result.layers![0]!.time, {
      indexDecoding: 4_000,
      detector: 4_000.8,
      transfer: 4_000,
      windowSharing: 8_000,
    });
    const rows = plain(chipTables(result)).split('\n');
    // 20 000.8 of 400 080
    expect(cells(rows.find((row) => row.startsWith('conv1'))!)[9]).toBe('5.0');
  });

  test('the stall matrix: what stages do and wait for, fetching and sending', () => {
    const text = plain(chipTables(sampleResult()));
    const rows = text.slice(text.indexOf('fetching windows')).split('\n');
    expect(cells(rows.find((row) => row.startsWith('input'))!)).toEqual([
      ...['input', '–', '–', '–', '–', '–', '–', '–'],
      ...['10.0', '0.0', '50.0', '40.0'],
    ]);
    expect(cells(rows.find((row) => row.startsWith('fc1'))!)).toEqual([
      ...['fc1', '1', '0.0', '12.0', '0.0', '0.0', '0.0', '88.0'],
      ...['0.0', '0.0', '0.0', '100.0'],
    ]);
  });

  test('a stall matrix of more stages than a terminal shows is in the file', () => {
    const layers = Array.from({ length: 40 }, (_, i) => layer(`l${i}`, 1, 1, 1, 10, 0, 0, 0, 0, 0, 0));
    expect(chipTables(sampleResult({ layers }))).toContain('stall matrix of 41 stages: chip.stages and chip.waits in');
  });

  test('a PE’s tables list crossbars, pools with their waits, and ADCs', () => {
    const text = plain(peTable(samplePeResult()));
    expect(text).toMatch(/Pe\[0\]\.Crossbar\[3\] +53\.0 +53\.0 +30\.0 +5\.0 +12\.0/);
    expect(text).toMatch(/─ wait in cycles ─+\nadcPool .* waits +mean +p95 +p99 +max +queue\n/);
    expect(text).toMatch(/Pe\[0\]\.AdcPool\[1\] +90\.0 .* 40 000 +13\.0 +49 +61 +122 +52\.0/);
    expect(text).toMatch(/Pe\[0\]\.AdcPool\[1\]\.Adc\[1\] +80\.0 +80\.0 +6\.0 +14\.0/);
  });

  test('instances that are not listed are counted', () => {
    const result = samplePeResult();
    for (let i = 4; i < 40; i++) result.resources[`Pe[0].Crossbar[${i}]`] = result.resources['Pe[0].Crossbar[0]']!;
    expect(plain(peTable(result))).toContain('and 24 crossbar more in result.json');
  });

  test('property: every line fits 100 columns, whatever the names and numbers', () => {
    const share = fc.double({ min: 0, max: 0.33, noNaN: true });
    const sample = fc.record({
      name: fc.string({ unit: fc.constantFrom('a', 'é', '.', '-', '9'), minLength: 1, maxLength: 90 }),
      windows: fc.integer({ min: 1, max: 1e7 }),
      crossbars: fc.integer({ min: 1, max: 100_000 }),
      adcs: fc.integer({ min: 1, max: 1_000_000 }),
      cycles: fc.integer({ min: 1, max: 100_000_000 }),
      read: share,
      stallAdc: share,
      stallInput: share,
      convert: share,
      stallShiftAdd: share,
      waitMean: fc.double({ min: 0, max: 1e8, noNaN: true }),
      waitP99: fc.nat(1e9),
    });
    fc.assert(
      fc.property(fc.array(sample, { minLength: 1, maxLength: 6 }), fc.boolean(), (layers, colour) => {
        const text = reportText(sampleResult({ layers, preset: 'isaac', wrong: 1 }), { colour });
        expect(widest(text.replace(COLOUR, ''))).toBeLessThanOrEqual(100);
      }),
      { seed: 20261121, numRuns: 100 },
    );
    expect(widest(reportText(samplePeResult()))).toBeLessThanOrEqual(100);
  });

  test('60 layers with long names: 100 columns, and an end screen of at most 20 lines', () => {
    const [sample] = SAMPLE_LAYERS;
    const layers = Array.from({ length: 60 }, (_, l) => ({
      ...sample!,
      name: `backbone/stage${l}/unit/Conv2D_with_a_long_name`,
    }));
    const result = sampleResult({ layers, images: 64 });
    expect(widest(reportText(result))).toBeLessThanOrEqual(100);
    expect(endScreen(result, WRITTEN).trimEnd().split('\n').length).toBeLessThanOrEqual(20);
  });

  test('a table that cannot fit is wider than asked for, and loses nothing', () => {
    const names = SAMPLE_LAYERS.map(({ name }) => name);
    const lines = (width: number) => plain(chipTables(sampleResult(), { width })).split('\n');
    for (const name of names) {
      const find = (rows: string[]): string => rows.find((line) => line.startsWith(name.slice(0, 5)))!;
      expect(cells(find(lines(60))).slice(1)).toEqual(cells(find(lines(100))).slice(1));
    }
  });

  test('two layers whose long names differ at the end stay different', () => {
    const [sample] = SAMPLE_LAYERS;
    const prefix = 'backbone.stage4.unit12.branch2.depthwise.';
    const layers = ['first', 'last'].map((end) => ({ ...sample!, name: prefix + end }));
    const rows = chipTables(sampleResult({ layers })).split('\n');
    const named = rows.filter((row) => row.startsWith('back')).map((row) => cells(row)[0]);
    // A row of the layers and one of the stall matrix for each.
    expect(named).toHaveLength(4);
    expect(named[0]).not.toBe(named[1]);
    expect(named[2]).not.toBe(named[3]);
  });
});

describe('headings of several words', () => {
  const column = (heading: string) => ({ heading, align: 'right' }) as const;
  const table = {
    columns: [
      { heading: 'the name', align: 'left' },
      column('conversion cycles'),
      column('ADC used %'),
      column('p99'),
    ] as const,
    rows: [['a name to be kept', '6', '98.4', '7']].map((texts) => texts.map((text) => ({ text }))),
  };
  const lines = (width: number) => alignedTable(table, width, (text) => text);

  test('take one line where the table fits', () => {
    expect(lines(53)[0]).toBe('the name           conversion cycles  ADC used %  p99');
    expect(lines(53)).toHaveLength(3);
  });

  test('take several where it does not, before names are shortened; a unit stays with its word', () => {
    expect(lines(52)).toEqual([
      '                   conversion     ADC',
      'the name               cycles  used %  p99',
      '──────────────────────────────────────────',
      'a name to be kept           6    98.4    7',
    ]);
    expect(lines(40)[3]).toMatch(/^a na.*kept {2} /);
  });
});

describe('colours', () => {
  test('only on request, and but for them the text is the same', () => {
    const saturated = samplePeResult();
    saturated.counts.saturatedCodes = 800;
    for (const result of [sampleResult(), sampleResult({ wrong: 3 }), saturated]) {
      const without = reportText(result);
      const colourful = reportText(result, { colour: true });
      expect(without).not.toContain(ESCAPE);
      expect(colourful).toContain(ESCAPE);
      expect(colourful.replace(COLOUR, '')).toBe(without);
    }
  });

  test.each([
    [true, {}, true],
    [false, {}, false],
    [undefined, {}, false],
    [true, { NO_COLOR: '1' }, false],
    [true, { NO_COLOR: '' }, true],
    [true, { TERM: 'dumb' }, false],
    [true, { TERM: 'dumb', FORCE_COLOR: '1' }, true],
    [true, { FORCE_COLOR: '0' }, false],
    [true, { FORCE_COLOR: '1', NO_COLOR: '1' }, false],
    [false, { FORCE_COLOR: '1' }, false],
  ])('terminal %s with %j: %s', (isTTY, environment, expected) => {
    expect(wantsColours(isTTY === undefined ? {} : { isTTY }, environment)).toBe(expected);
  });
});
