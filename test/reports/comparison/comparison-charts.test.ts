import type { ChartConfiguration, Chart as DrawnChart } from 'chart.js';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Chart, toPng } from '../../../reports/charts/chart.js';
import { comparisonAccuracyChart } from '../../../reports/charts/comparison-accuracy.js';
import { comparisonAdcChart } from '../../../reports/charts/comparison-adc.js';
import { comparisonCharts } from '../../../reports/charts/comparison-charts.js';
import { axisLabel, axisNumber, sourceLine } from '../../../reports/charts/comparison-frame.js';
import { comparisonRatiosChart } from '../../../reports/charts/comparison-ratios.js';
import { needsLogarithm, ratioTicks } from '../../../reports/charts/comparison-scale.js';
import { comparisonStorageChart } from '../../../reports/charts/comparison-storage.js';
import { comparisonWaterfallsChart } from '../../../reports/charts/comparison-waterfalls.js';
import { toCsv } from '../../../reports/charts/csv.js';
import { OKABE_ITO } from '../../../reports/charts/palette.js';
import { waterfallBars, waterfallChart } from '../../../reports/charts/waterfall.js';
import type { Comparison } from '../../../sim/results/comparison.js';
import { expectFitForPaper, overlaps, written } from '../charts/written.js';
import { sampleComparison, sampleOfOneNetwork } from './sample-comparison.js';

// The canvas reads this when it is first drawn on; then it lists no fonts but those that ousim registers.
process.env['DISABLE_SYSTEM_FONTS_LOAD'] = '1';

const SAMPLE = sampleComparison();
const [LENET, VGG] = SAMPLE.networks;
const runOf = (name: string) => LENET!.runs.find(({ system }) => system === name)!;

/** Draws the chart and hands over what chart.js laid out. */
function laidOut<T>(chart: Chart, look: (drawn: DrawnChart) => T): T {
  const seen: T[] = [];
  const plugin = { id: 'look', afterDraw: (drawn: DrawnChart) => void seen.push(look(drawn)) };
  const { configuration } = chart;
  const plugins = [...(configuration.plugins ?? []), plugin];
  smallPng({ ...chart, configuration: { ...configuration, plugins } as ChartConfiguration });
  return seen.at(-1)!;
}

/** The chart in few pixels, which takes a tenth of the time; its layout is the same. */
function smallPng(chart: Chart): Buffer {
  const { configuration } = chart;
  const options = { ...configuration.options, devicePixelRatio: 0.5 };
  return toPng({ ...chart, configuration: { ...configuration, options } as ChartConfiguration });
}

/** The sample with a system whose numbers leave the range of 20. */
function withRatio(speedup: number): Comparison {
  const systems = SAMPLE.systems.map((system) =>
    system.name === 'bwq' ? { ...system, ratios: { ...system.ratios, speedup } } : system,
  );
  return { ...SAMPLE, systems };
}

describe('ratios', () => {
  test('the numbers are those of the network, or the geometric means', () => {
    const rows = (chart: Chart) => toCsv(chart.data).split('\n');
    expect(rows(comparisonRatiosChart(SAMPLE, LENET!)).slice(0, 3)).toEqual([
      'system,speedup_over_isaac-ou,speedupPerCrossbar_over_isaac-ou,energySaving_over_isaac-ou,claims',
      'isaac-ou,1,1,1,',
      'sre,1.6,3.2,2.5,speedup 1.6-4; energySaving 4',
    ]);
    expect(rows(comparisonRatiosChart(SAMPLE, null))[4]).toBe('bwq,5,10,20,speedup 6.25');
  });

  test('the axis is logarithmic only where the range exceeds 20', () => {
    const axisOf = (comparison: Comparison) =>
      laidOut(comparisonRatiosChart(comparison, null), ({ scales }) => scales['y']!.type);
    // The sample's means go from 1 to 20.
    expect(axisOf(SAMPLE)).toBe('linear');
    expect(axisOf(withRatio(20.5))).toBe('logarithmic');
  });

  test('on a logarithmic axis bars begin at 1 and go down below it', () => {
    const bars = laidOut(comparisonRatiosChart(withRatio(0.25), null), (drawn) => {
      const { data, yScale } = drawn.getDatasetMeta(0);
      return { base: yScale!.getPixelForValue(1), ends: data.map(({ y }) => y), low: yScale!.getPixelForValue(0.25) };
    });
    expect(bars.low).toBeGreaterThan(bars.base);
    // Isaac-ou has a ratio of 1, so its bar has no height but the least that is drawn.
    expect(Math.abs(bars.ends[0]! - bars.base)).toBeLessThanOrEqual(1);
  });

  test('claims that lie above all bars are inside the chart', () => {
    const systems = SAMPLE.systems.map((system) => ({
      ...system,
      claims: system.claims.map((claim) => ({ ...claim, value: 300 })),
    }));
    const top = laidOut(comparisonRatiosChart({ ...SAMPLE, systems }, null), ({ scales, chartArea }) => {
      return scales['y']!.getPixelForValue(300) - chartArea.top;
    });
    expect(top).toBeGreaterThan(0);
  });
});

test('storage: cells and indices stacked, with the sum above', () => {
  const chart = comparisonStorageChart(SAMPLE, LENET!);
  expect(toCsv(chart.data)).toBe(
    'system,crossbars,cell_bits,index_bits\n' +
      'isaac-ou,40,400000,0\nsre,20,200000,50000\nzero-compression,16,160000,40000\nbwq,20,70000,10000\n',
  );
  const [of, sum] = laidOut(chart, (drawn) => {
    const { data, yScale } = drawn.getDatasetMeta(2);
    return [yScale!.getValueForPixel(data[1]!.y), 250_000];
  });
  expect(of! / sum!).toBeCloseTo(1, 2);
});

test('ADCs: waits in nanoseconds of each clock', () => {
  const { data } = comparisonAdcChart(SAMPLE, LENET!);
  expect(data.columns).toEqual([
    ...['system', 'conversions_per_image', 'adc_utilisation', 'wait_mean_ns', 'wait_mean_cycles', 'samples'],
  ]);
  expect(data.rows[3]).toEqual(['bwq', 25_600, 0.25, 1.5, 3, 51_200]);
});

test('ADCs: a system that never waits keeps the axis of waits linear', () => {
  const runs = LENET!.runs.map((run, r) => ({
    ...run,
    adcWait: { ...run.adcWait, mean: r === 0 ? 0 : 10 ** r },
  }));
  const types = laidOut(comparisonAdcChart(SAMPLE, { ...LENET!, runs }), ({ scales }) => [
    scales['wait']!.type,
    scales['conversions']!.type,
  ]);
  expect(types).toEqual(['linear', 'linear']);
  const vgg = laidOut(comparisonAdcChart(SAMPLE, VGG!), ({ scales }) => scales['conversions']!.type);
  // From 0.64 to 25.6 million.
  expect(vgg).toBe('logarithmic');
});

describe('accuracy', () => {
  test('of float, int8 and scheme on the test images', () => {
    expect(toCsv(comparisonAccuracyChart(SAMPLE, LENET!).data)).toBe(
      'system,test_images,float_right,network_right,scheme_right\n' +
        'isaac-ou,1000,985,984,984\nsre,1000,985,984,981\nzero-compression,1000,985,984,972\nbwq,1000,985,984,986\n',
    );
  });

  test('a system without test images is left empty', () => {
    const runs = LENET!.runs.map((run) => (run.system === 'sre' ? { ...run, calibration: null } : run));
    const chart = comparisonAccuracyChart(SAMPLE, { ...LENET!, runs });
    expect(toCsv(chart.data)).toContain('\nsre,,,,\n');
    expect(smallPng(chart).length).toBeGreaterThan(0);
  });

  test('a network without test images has no such chart', () => {
    expect(() => comparisonAccuracyChart(SAMPLE, VGG!)).toThrow(/vgg10m-cifar10, which has no data set/);
  });

  test('all points are inside the chart', () => {
    const [lowest, highest] = laidOut(comparisonAccuracyChart(SAMPLE, LENET!), ({ scales, chartArea }) => [
      chartArea.bottom - scales['y']!.getPixelForValue(97.2),
      scales['y']!.getPixelForValue(98.6) - chartArea.top,
    ]);
    expect(lowest).toBeGreaterThan(0);
    expect(highest).toBeGreaterThan(0);
  });
});

describe('waterfalls', () => {
  test('each bar begins where the one before it ended; ideal and achieved begin at the baseline', () => {
    const bars = waterfallBars(runOf('sre'));
    expect(bars.map(({ name }) => name)).toEqual([
      ...['words', 'weights', 'indices', 'activations', 'planes', 'ideal', 'parallelism', "baseline's losses"],
      ...[
        'ADC waiting',
        'index decoding',
        'detector',
        'imbalance',
        'pixels',
        'output',
        'transfer',
        'finished',
        'achieved',
      ],
    ]);
    const totals = bars.filter(({ kind }) => kind === 'total');
    expect(totals.map(({ from, to }) => [from, to])).toEqual([
      [1, 4],
      [1, 1.6],
    ]);
    let speedup = 1;
    for (const { from, to, kind } of bars) {
      if (kind === 'total') continue;
      expect(from).toBeCloseTo(speedup, 12);
      speedup = to;
    }
    expect(speedup).toBe(1.6);
  });

  test('colours tell gains, losses and steps that change nothing apart', () => {
    const { configuration } = waterfallChart(SAMPLE, LENET!, runOf('bwq'));
    const colours = configuration.data.datasets[0]!.backgroundColor as string[];
    // Words 0.5, weights x10, indices and activations x1, planes x2, then the ideal.
    expect(colours.slice(0, 6)).toEqual([
      OKABE_ITO.vermillion,
      OKABE_ITO.bluishGreen,
      '#666666',
      '#666666',
      OKABE_ITO.bluishGreen,
      OKABE_ITO.blue,
    ]);
  });

  test('the numbers are the steps and their factors', () => {
    const { data } = waterfallChart(SAMPLE, LENET!, runOf('bwq'));
    expect(data.rows.slice(0, 5)).toEqual([
      ['bwq', 'words', 0.5, 0.5],
      ['bwq', 'weights', 5, 10],
      ['bwq', 'indices', 5, 1],
      ['bwq', 'activations', 5, 1],
      ['bwq', 'planes', 10, 2],
    ]);
  });

  test('the overview shows all systems but the baseline, on one scale', () => {
    const chart = comparisonWaterfallsChart(SAMPLE, LENET!);
    expect(new Set(chart.data.rows.map(([system]) => system))).toEqual(new Set(['sre', 'zero-compression', 'bwq']));
    const inside = laidOut(chart, ({ scales, chartArea }) => [
      scales['y0']!.getPixelForValue(10) > chartArea.top,
      scales['y0']!.getPixelForValue(0.5) < chartArea.bottom,
      scales['x2']!.left > scales['x1']!.left && scales['x1']!.left > scales['x0']!.left,
    ]);
    expect(inside).toEqual([true, true, true]);
  });

  test('more than four systems take several rows of panels', () => {
    const names = ['a', 'b', 'c', 'd', 'e', 'f'];
    const network = { ...LENET!, runs: names.map((system) => ({ ...runOf('sre'), system })) };
    const tops = laidOut(comparisonWaterfallsChart(SAMPLE, network), ({ scales }) => [
      scales['y0']!.bottom <= scales['y1']!.top,
      scales['x4'] === undefined,
    ]);
    expect(tops).toEqual([true, true]);
  });
});

describe('all charts of a comparison', () => {
  test('of one network have plain names', () => {
    expect(comparisonCharts(sampleOfOneNetwork()).map(({ name }) => name)).toEqual([
      'comparison-ratios',
      'comparison-storage',
      'comparison-adc',
      'comparison-accuracy',
      'waterfall',
      'waterfall-sre',
      'waterfall-zero-compression',
      'waterfall-bwq',
    ]);
  });

  test('of several networks are named by them, and no chart is drawn of what was not measured', () => {
    const names = comparisonCharts(SAMPLE).map(({ name }) => name);
    expect(names.filter((name) => name.includes('ratios'))).toEqual([
      'comparison-ratios',
      'comparison-ratios-lenet5-mnist',
      'comparison-ratios-vgg10m-cifar10',
    ]);
    expect(names.filter((name) => name.includes('accuracy'))).toEqual(['comparison-accuracy-lenet5-mnist']);
    expect(new Set(names).size).toBe(names.length);
  });

  test('networks whose files have the same name get files of their own', () => {
    const networks = ['a/net.json', 'b/net.json'].map((name) => ({ ...LENET!, name }));
    const names = comparisonCharts({ ...SAMPLE, networks }).map(({ name }) => name);
    expect(names).toContain('comparison-adc-net-1');
    expect(names).toContain('comparison-adc-net-2');
    expect(new Set(names).size).toBe(names.length);
  });

  test('the baseline alone has no waterfall', () => {
    const sample = sampleOfOneNetwork();
    const networks = [{ ...LENET!, runs: [runOf('isaac-ou')] }];
    const names = comparisonCharts({ ...sample, systems: [sample.systems[0]!], networks }).map(({ name }) => name);
    expect(names.filter((name) => name.startsWith('waterfall'))).toEqual([]);
  });

  test('are pictures', () => {
    for (const { chart } of comparisonCharts(sampleOfOneNetwork())) {
      expect(smallPng(chart).subarray(1, 4).toString('latin1')).toBe('PNG');
    }
  });
});

describe('of eleven systems on two networks', () => {
  const names = [
    'isaac-ou',
    'isaac',
    'isaac-ou-8',
    'sre',
    'pim-prune',
    'bsq',
    'sme',
    'zero-compression',
    'bwq',
    'era-bs',
  ];
  const eleven = [...names, 'zero-compression-global'];
  const [system] = SAMPLE.systems;
  const networks = SAMPLE.networks.map((network) => ({
    ...network,
    runs: eleven.map((name, n) => ({ ...network.runs[n % network.runs.length]!, system: name })),
  }));
  const systems = eleven.map((name, n) => ({ ...system!, ...SAMPLE.systems[n % SAMPLE.systems.length], name }));
  const overrides = ['machine.adc.perPool=4', 'machine.chip.tilesPerChip=1024', 'execution.pipeline=image'];

  test.each(comparisonCharts({ ...SAMPLE, systems, networks, overrides }).map((one) => [one.name, one] as const))(
    '%s: fit for a paper, no text upon another',
    (name, { chart }) => {
      expectFitForPaper(name, chart);
      // Of slanted names the boxes overlap, though they do not.
      if (!/^waterfall-(?!(lenet5|vgg10m))/.test(name)) expect(overlaps(written(chart), 1.5)).toEqual([]);
    },
  );
});

describe('the frame', () => {
  test('names network, images and baseline', () => {
    expect(sourceLine(SAMPLE, LENET!)).toBe('lenet5-mnist, 2 images; baseline isaac-ou');
    expect(sourceLine({ ...SAMPLE, freeOverheads: true, overrides: ['machine.adc.bits=7'] }, null)).toBe(
      'geometric means over lenet5-mnist, vgg10m-cifar10; 2 images each; baseline isaac-ou; indices and detectors free; ' +
        'set: machine.adc.bits=7',
    );
  });

  test.each([
    ['bwq', 'bwq'],
    ['isaac-ou-16', 'isaac-ou-16'],
    ['zero-compression', ['zero-', 'compression']],
    ['zero-compression-global', ['zero-', 'compression-', 'global']],
    ['averyveryverylongname', ['averyveryverylongname']],
  ])('%s stands on an axis as %j', (name, label) => {
    expect(axisLabel(name)).toEqual(label);
  });

  test.each([
    [0, '0'],
    [50, '50'],
    [100, '100'],
    [2_500_000, '2.5\u202fM'],
    [1_000_000, '1\u202fM'],
    [0.25, '250\u202fm'],
  ])('%d on an axis reads %s', (value, text) => {
    expect(axisNumber(value)).toBe(text);
  });
});

describe('logarithmic axes', () => {
  test('begin above a range of 20', () => {
    expect(needsLogarithm([1, 5, 20])).toBe(false);
    expect(needsLogarithm([1, 5, 20.1])).toBe(true);
  });

  test('have ticks at 1, 2 and 5 over one decade or two, whole decades over many, finer ones below', () => {
    expect(ratioTicks(0.4, 12)).toEqual([0.5, 1, 2, 5, 10]);
    expect(ratioTicks(0.09, 2000)).toEqual([0.1, 1, 10, 100, 1000]);
    expect(ratioTicks(0.95, 4.5)).toEqual([1, 1.5, 2, 3, 4]);
    expect(ratioTicks(0.95, 1.45)).toEqual([1, 1.1, 1.2, 1.3, 1.4]);
  });

  test('have rising ticks inside the axis, with 1 among them wherever it is inside', () => {
    // As long as an axis has at least 0.1 decades.
    const ends = fc.tuple(
      fc.double({ min: 1e-3, max: 1, noNaN: true }),
      fc.double({ min: 1.26, max: 1e4, noNaN: true }),
    );
    fc.assert(
      fc.property(ends, ([min, max]) => {
        const ticks = ratioTicks(min, max);
        expect(ticks).toContain(1);
        expect(ticks.length).toBeGreaterThanOrEqual(5);
        for (const tick of ticks) expect(tick >= min && tick <= max).toBe(true);
        for (let t = 1; t < ticks.length; t++) expect(ticks[t]!).toBeGreaterThan(ticks[t - 1]!);
      }),
      { seed: 20261121 },
    );
  });
});
