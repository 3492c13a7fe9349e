import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bottleneck, stallCauses } from '../../reports/bottleneck.js';
import { wantsColours } from '../../reports/colours.js';
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
import { layerTable, peTable, reportText } from '../../reports/tables.js';
import { layer, SAMPLE_LAYERS, type SampleLayer, samplePeResult, sampleResult } from './sample-result.js';

const ESCAPE = String.fromCharCode(27);
const COLOUR = new RegExp(`${ESCAPE}\\[\\d+m`, 'g');

/** Text with ordinary spaces, so that expectations stay readable. */
function plain(text: string): string {
  return text.replaceAll('\u202f', ' ');
}

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
    [shortened('features.12.conv', 9), 'feat…conv'],
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
  for (const { crossbars, adcs, cycles: time } of layersOf(sampleResult())) {
    for (const { instances, cycles: ledger } of [crossbars, adcs]) {
      expect(Object.values(ledger).reduce((sum, spent) => sum + spent, 0)).toBe(instances * time);
    }
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

  test('waiting for the index decoder has a column of its own where there is any', () => {
    const result = sampleResult();
    expect(layerTable(result)).not.toMatch(/ index /);
    const [first, ...others] = result.layers!;
    // A fifth of the time of the first layer's crossbars, taken from their idle time or their reads.
    const { cycles } = first!.crossbars;
    const whole = Object.values(cycles).reduce((sum, time) => sum + time, 0);
    const decoding = { ...cycles, read: cycles['read']! - whole / 5, 'stall.index': whole / 5 };
    const changed = { ...first!, crossbars: { ...first!.crossbars, cycles: decoding } };
    const text = layerTable({ ...result, layers: [changed, ...others] });
    expect(text).toMatch(/ input +index +idle %/);
    expect(text).toMatch(new RegExp(`^${first!.name} .* 20\\.0 `, 'm'));
  });

  test('the whole run weighs each layer by its time, not each layer alike', () => {
    const busy = layer('busy', 10, 1, 1, 3_000, 1, 0, 0, 1, 4, 8);
    const lazy = layer('lazy', 10, 1, 1, 1_000, 0, 0, 0, 0, 0, 0);
    const run = wholeRun(sampleResult({ layers: [busy, lazy], images: 1 }));
    expect(run.adcUtilisation).toBe(0.75);
    expect(crossbarShares(run)).toEqual({ read: 0.75, adc: 0, input: 0, index: 0, idle: 0.25 });
    // All samples belong to the busy layer.
    expect(run.wait).toEqual({ count: 3_000, mean: 4, p99: 8 });
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
    const other = layer('other', 10, 2, 2, 1_000, 1, 0, 0, 0.5, 1, 2);
    return bottleneck(sampleResult({ layers: [other, { ...base, ...shares }] }));
  };

  test.each([
    // The busiest resource sets the pace, whatever crossbars do on average.
    [{ convert: 0.9, stallAdc: 0.6, read: 0.4 }, 'ADCs: those of Pe[0].AdcPool[0] convert 90.0% of the time, while no'],
    [{ convert: 0.9, stallAdc: 0.6, read: 0.4 }, 'no crossbar reads more than 40.0%'],
    [{ convert: 0.4, stallShiftAdd: 0.5, accept: 0.95 }, 'shift-and-add: AdcPool[0].ShiftAdd uses 95.0% of its lanes'],
    [{ read: 0.8 }, 'crossbar reads: Pe[0].Crossbar[0] reads 80.0% of the time, ADCs convert at most 30.0%'],
    [
      { read: 0.2, busiestRead: 0.99 },
      'reads 99.0% of the time, ADCs convert at most 30.0%; work is uneven: on average',
    ],
  ])('shares %j: limited by %s', (shares, words) => {
    expect(limited(shares)).toMatch(/^slow takes 90\.0% of the cycles; it is limited by /);
    expect(limited(shares)).toContain(words);
  });

  test('even work is not called uneven', () => {
    expect(limited({ read: 0.8, busiestRead: 0.99 })).not.toContain('uneven');
  });

  test('a run of one PE names its busiest pool, its ADCs and not the pool as a whole', () => {
    // Crossbars read 53 % at most; every ADC converts 80 % of its time and waits 6 %.
    expect(bottleneck(samplePeResult())).toBe(
      'the PE is limited by ADCs: those of Pe[0].AdcPool[0] convert 80.0% of the time, while no crossbar reads more than 53.0%',
    );
  });

  test('causes come largest first, in cycles of the class that waits', () => {
    // Crossbars: 2 x 1000 cycles, 60% = 1200 and 10% = 200. ADCs: 4 x 1000 cycles, 20% = 800.
    const only = { ...layer('a', 1, 2, 4, 1_000, 0.3, 0.6, 0.1, 0.5, 1, 2), stallShiftAdd: 0.2 };
    const causes = stallCauses(sampleResult({ layers: [only], images: 1 }));
    expect(causes.map(({ of, cycles: lost, share }) => [of, lost, share])).toEqual([
      ['crossbar', 1200, 0.6],
      ['ADC', 800, 0.2],
      ['crossbar', 200, 0.1],
    ]);
  });
});

describe('tables', () => {
  test('a layer’s row says what the result says', () => {
    const rows = plain(layerTable(sampleResult())).split('\n');
    // 784 windows, 8 crossbars, 10 images of 9408 cycles; ADC time 64 x 94080 x 0.83, an operation each 8 conversions.
    expect(
      rows
        .find((row) => row.startsWith('conv1'))!
        .trim()
        .split(/ {2,}/),
    ).toEqual([
      'conv1',
      '784',
      '8',
      '625 k',
      '94 080',
      '83.0',
      '3.10',
      '11',
      '21.0',
      '2.0',
      '15.0',
      // 4 997 530 conversions of 0.5 pJ and 624 691 reads of 1.25 pJ
      '3.28 µJ',
    ]);
    // The largest of the layers' percentiles bounds that of the run.
    expect(rows.find((row) => row.startsWith('all layers'))).toMatch(/ 400 080 .* ≤47 /);
    const unhurried = layerTable(sampleResult({ layers: [layer('a', 1, 1, 1, 100, 1, 0, 0, 0.5, 0, 0)] }));
    expect(unhurried).not.toContain('≤');
  });

  test('a PE’s tables list crossbars, pools with their waits, and ADCs', () => {
    const text = plain(peTable(samplePeResult()));
    expect(text).toMatch(/Pe\[0\]\.Crossbar\[3\] +53\.0 +53\.0 +30\.0 +5\.0 +12\.0/);
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

  test('a table that cannot fit is wider than asked for, and loses nothing', () => {
    const names = SAMPLE_LAYERS.map(({ name }) => name);
    const rows = plain(layerTable(sampleResult(), { width: 60 })).split('\n');
    const cells = (row: string): string[] => row.trim().split(/ {2,}/).slice(1);
    const wide = plain(layerTable(sampleResult(), { width: 100 })).split('\n');
    for (const name of names) {
      const find = (lines: string[]): string => lines.find((line) => line.startsWith(name.slice(0, 5)))!;
      expect(cells(find(rows))).toEqual(cells(find(wide)));
    }
  });

  test('two layers whose long names differ at the end stay different', () => {
    const [sample] = SAMPLE_LAYERS;
    const prefix = 'backbone.stage4.unit12.branch2.depthwise.';
    const layers = ['first', 'last'].map((end) => ({ ...sample!, name: prefix + end }));
    const rows = layerTable(sampleResult({ layers })).split('\n');
    expect(rows.filter((row) => row.startsWith('backbone'))).toHaveLength(2);
    expect(new Set(rows.filter((row) => row.startsWith('backbone'))).size).toBe(2);
  });
});

describe('summary', () => {
  test.each([
    [0, '10 of 10 images classified right'],
    [3, '7 of 10 images classified right'],
  ])('with %d wrong predictions: %s', (wrong, words) => {
    expect(plain(reportText(sampleResult({ wrong })))).toContain(words);
  });

  test('without labels nothing is said about accuracy', () => {
    const result = sampleResult();
    for (const image of result.images!) delete image.label;
    expect(reportText(result)).not.toContain('classified');
  });

  test('cycles, time and clock, warnings and assumptions are there', () => {
    const text = plain(reportText(sampleResult({ preset: 'isaac' })));
    expect(text).toContain('lenet5-mnist on isaac, 10 images');
    // 400 080 cycles at 1.28 GHz are 312.56 us
    expect(text).toContain('400 080 (313 µs at 1.28 GHz), 40 008 per image');
    expect(text).toContain('a made-up warning');
    expect(text).toContain('machine.detector.planeCycles = 1: no source gives the scan rate');
  });

  test('saturated codes are told', () => {
    const result = samplePeResult();
    result.counts.saturatedCodes = 800;
    // 800 of 80 000 conversions
    expect(plain(reportText(result))).toContain('800 codes, 1.0% of the conversions');
  });
});

describe('colours', () => {
  test('only on request, and the words are the same', () => {
    const without = reportText(sampleResult());
    const colourful = reportText(sampleResult(), { colour: true });
    expect(without).not.toContain(ESCAPE);
    expect(colourful).toContain(ESCAPE);
    const trimmed = (text: string) => text.split('\n').map((line) => line.trimEnd());
    expect(trimmed(colourful.replace(COLOUR, ''))).toEqual(trimmed(without));
  });

  test.each([
    [true, {}, true],
    [false, {}, false],
    [undefined, {}, false],
    [true, { NO_COLOR: '1' }, false],
    [true, { NO_COLOR: '' }, true],
    [true, { TERM: 'dumb' }, false],
  ])('terminal %s with %j: %s', (isTTY, environment, expected) => {
    expect(wantsColours(isTTY === undefined ? {} : { isTTY }, environment)).toBe(expected);
  });
});
