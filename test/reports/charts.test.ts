import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Chart as DrawnChart } from 'chart.js';
import { beforeAll, describe, expect, test } from 'vitest';
import { CHART_HEIGHT, CHART_WIDTH, PIXEL_RATIO } from '../../reports/charts/canvas.js';
import { type Chart, named, toPng, writeChart } from '../../reports/charts/chart.js';
import { contentionCurveChart, lowerBounds } from '../../reports/charts/contention-curve.js';
import { toCsv } from '../../reports/charts/csv.js';
import { OKABE_ITO, RESULT_COLOURS } from '../../reports/charts/palette.js';
import { stallBreakdownChart } from '../../reports/charts/stall-breakdown.js';
import { utilisationAndWaitChart } from '../../reports/charts/utilisation-and-wait.js';
import type { Result } from '../../sim/results/result.js';
import { layer, SAMPLE_LAYERS, type SampleLayer, samplePeResult, sampleResult } from './sample-result.js';

// The canvas reads this when it is first drawn on; then it lists no fonts but those that ousim registers.
process.env['DISABLE_SYSTEM_FONTS_LOAD'] = '1';

const BASE = sampleResult();
const ISAAC = sampleResult({ preset: 'isaac', layers: SAMPLE_LAYERS.map((l) => ({ ...l, waitP99: 2 * l.waitP99 })) });
const BOTH = named([BASE, ISAAC]);

/** A sweep in which twice the ADCs halve the cycles down to the reads. */
function sweep(): { x: number; result: Result }[] {
  return [8, 1, 4, 2].map((x) => {
    const cycles = Math.max(8_000 / x, 2_000);
    const point: SampleLayer = layer('only', 10, 2, 2 * x, cycles, 1_500 / cycles, 0, 0, 7_000 / x / cycles, 5, 9);
    return { x, result: sampleResult({ layers: [point], images: 1 }) };
  });
}

interface Image {
  width: number;
  height: number;
  data: Uint8ClampedArray;
}

interface CanvasModule {
  createCanvas(
    width: number,
    height: number,
  ): {
    getContext(kind: '2d'): {
      drawImage(image: object, x: number, y: number): void;
      getImageData(x: number, y: number, width: number, height: number): Image;
    };
  };
  loadImage(png: Buffer): Promise<{ width: number; height: number }>;
  GlobalFonts: { families: readonly { family: string }[] };
}

let canvas: CanvasModule;
beforeAll(() => {
  const here = createRequire(import.meta.url);
  canvas = createRequire(here.resolve('chartjs-node-canvas'))('canvas') as CanvasModule;
});

async function decoded(png: Buffer): Promise<Image> {
  const image = await canvas.loadImage(png);
  const context = canvas.createCanvas(image.width, image.height).getContext('2d');
  context.drawImage(image, 0, 0);
  return context.getImageData(0, 0, image.width, image.height);
}

/** Pixels in the rows of the title (the chart's units 10 to 45) that are not white. */
function titlePixels({ width, data }: Image): number[] {
  const pixels: number[] = [];
  for (let p = width * 10 * PIXEL_RATIO; p < width * 45 * PIXEL_RATIO; p++) {
    if (data[4 * p]! < 255 || data[4 * p + 1]! < 255 || data[4 * p + 2]! < 255) pixels.push(p);
  }
  return pixels;
}

/** Draws the chart and hands over what chart.js laid out. */
function laidOut<T>(chart: Chart, look: (drawn: DrawnChart) => T): T {
  const seen: T[] = [];
  const plugin = { id: 'look', afterDraw: (drawn: DrawnChart) => void seen.push(look(drawn)) };
  const { configuration } = chart;
  toPng({ ...chart, configuration: { ...configuration, plugins: [...(configuration.plugins ?? []), plugin] } });
  return seen.at(-1)!;
}

/** The value that the top of each bar of a dataset stands for on its own axis, to half a pixel. */
function drawnValues(drawn: DrawnChart, datasetIndex: number): number[] {
  const meta = drawn.getDatasetMeta(datasetIndex);
  const scale = drawn.scales[meta.yAxisID!]!;
  return meta.data.map((element) => scale.getValueForPixel(element.y)!);
}

const CHARTS: [string, () => Chart][] = [
  ['utilisation and wait', () => utilisationAndWaitChart(BOTH)],
  ['stall breakdown', () => stallBreakdownChart(BOTH)],
  ['contention curve', () => contentionCurveChart(sweep())],
  ['utilisation and wait of a PE', () => utilisationAndWaitChart(named([samplePeResult()]))],
  ['stall breakdown of a PE', () => stallBreakdownChart(named([samplePeResult()]))],
];

describe('pictures', () => {
  test.each(CHARTS)('%s: a PNG of the right size, with a title in the font that ousim brings', async (_name, chart) => {
    const png = toPng(chart());
    const families = canvas.GlobalFonts.families.map(({ family }) => family);
    expect(families.filter((family) => family !== 'DejaVu Sans')).toEqual(['ousim charts']);
    expect([...png.subarray(0, 8)]).toEqual([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
    expect(png.readUInt32BE(16)).toBe(CHART_WIDTH * PIXEL_RATIO);
    expect(png.readUInt32BE(20)).toBe(CHART_HEIGHT * PIXEL_RATIO);
    const image = await decoded(png);
    expect([...image.data.subarray(0, 4)]).toEqual([255, 255, 255, 255]);
    // About 40 letters of some 100 pixels each; on a machine without fonts there is none unless ours is registered.
    expect(titlePixels(image).length).toBeGreaterThan(2_000);
  });

  test('the title is made of letters: another word of the same length is another picture', async () => {
    const titleOf = async (model: string) =>
      titlePixels(await decoded(toPng(stallBreakdownChart(named([sampleResult({ model })])))));
    const first = await titleOf('mmmm');
    expect(await titleOf('mmmm')).toEqual(first);
    // Boxes in place of missing letters would all look alike.
    expect((await titleOf('iiii')).length).not.toBe(first.length);
  });

  test('the bars of both results stand as high as their numbers; p99 frames the mean and does not add to it', () => {
    const heights = laidOut(utilisationAndWaitChart(BOTH), (drawn) =>
      [0, 1, 2, 3, 4, 5].map((dataset) => drawnValues(drawn, dataset)),
    );
    const expected = [BASE, ISAAC].flatMap(({ layers }) => [
      layers!.map((l) => 100 * l.adcUtilisation),
      layers!.map((l) => l.wait.mean),
      layers!.map((l) => l.wait.p99),
    ]);
    expected.forEach((values, dataset) => {
      values.forEach((value, l) => {
        expect(Math.abs(heights[dataset]![l]! - value)).toBeLessThan(0.5);
      });
    });
  });

  test('the shares of crossbar time are stacked to 100 per cent in each result’s panel', () => {
    const tops = laidOut(stallBreakdownChart(BOTH), (drawn) =>
      [0, 1, 2, 3, 4, 5, 6, 7, 8, 9].map((dataset) => drawnValues(drawn, dataset)),
    );
    SAMPLE_LAYERS.forEach(({ read, stallAdc, stallInput }, l) => {
      const stalled = 100 * (read + stallAdc + stallInput);
      // Without an index decoder nothing waits for it.
      const expected = [100 * read, 100 * (read + stallAdc), stalled, stalled, 100];
      for (const panel of [0, 5]) {
        expected.forEach((top, state) => {
          expect(Math.abs(tops[panel + state]![l]! - top)).toBeLessThan(0.5);
        });
      }
    });
  });

  test('the panel of the first result stands above that of the second', () => {
    const [first, second] = laidOut(stallBreakdownChart(BOTH), ({ scales }) => [
      scales['result0']!.top,
      scales['result1']!.top,
    ]);
    expect(first!).toBeLessThan(second!);
  });

  test('results have different colours of the palette, and none has that of the text', () => {
    expect(new Set(RESULT_COLOURS).size).toBe(6);
    for (const colour of RESULT_COLOURS) expect(Object.values(OKABE_ITO)).toContain(colour);
    expect(RESULT_COLOURS).not.toContain(OKABE_ITO.black);
  });
});

describe('data', () => {
  test('utilisation and wait: a row for each result and layer, in full precision', () => {
    const { columns, rows } = utilisationAndWaitChart(BOTH).data;
    expect(columns).toEqual(['result', 'layer', 'adc_utilisation', 'wait_mean_cycles', 'wait_p99_cycles', 'samples']);
    expect(rows).toHaveLength(2 * SAMPLE_LAYERS.length);
    const conv2 = BASE.layers![1]!;
    expect(rows[1]).toEqual(['ou-baseline', 'conv2', conv2.adcUtilisation, 18.6, 47, conv2.wait.count]);
    expect(rows[6]!.slice(0, 2)).toEqual(['isaac', 'conv2']);
  });

  test('stall breakdown: the shares of a row sum to 1', () => {
    const { columns, rows } = stallBreakdownChart(BOTH).data;
    const first = columns.indexOf('crossbar_read_share');
    for (const row of rows) {
      const shares = row.slice(first, first + 5) as number[];
      expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 12);
    }
    // 8 crossbars for the 400 080 cycles of the run
    expect(rows[0]!.at(-1)).toBe(3_200_640);
  });

  test('contention curve: points in order, slowdown against the most ADCs, bounds of reads and of conversions', () => {
    const { rows } = contentionCurveChart(sweep()).data;
    // Two crossbars read 1500 cycles each; 7000 cycles of conversions stand on x ADCs per crossbar.
    expect(rows).toEqual([
      [1, 8_000, 4, 0.875, 1_500, 7_000],
      [2, 4_000, 2, 0.875, 1_500, 3_500],
      [4, 2_000, 1, 0.875, 1_500, 1_750],
      [8, 2_000, 1, 0.4375, 1_500, 875],
    ]);
  });

  test('lower bounds of layers add up where layers follow one another, and do not where they overlap', () => {
    // Of the 4000 cycles of both.
    const layers = [
      layer('a', 1, 2, 4, 1_000, 0.125, 0, 0, 0.0625, 1, 2),
      layer('b', 1, 2, 4, 3_000, 0.375, 0, 0, 0.1875, 1, 2),
    ];
    const result = (pipeline: string) => sampleResult({ layers, images: 1, chip: { pipeline } });
    expect(lowerBounds(result('layer-barrier'))).toEqual({ reads: 500 + 1_500, conversions: 250 + 750 });
    for (const pipeline of ['image', 'window']) {
      expect(lowerBounds(result(pipeline))).toEqual({ reads: 1_500, conversions: 750 });
    }
  });

  test('CSV quotes what needs it', () => {
    const csv = toCsv({
      columns: ['name', 'value'],
      rows: [
        ['a,b', 0.1],
        ['say "x"', 1e21],
        ['two\nlines', -3],
      ],
    });
    expect(csv).toBe('name,value\n"a,b",0.1\n"say ""x""",1e+21\n"two\nlines",-3\n');
  });

  test('writeChart puts the CSV beside the PNG', () => {
    const dir = mkdtempSync(join(tmpdir(), 'ousim-chart-'));
    try {
      const chart = stallBreakdownChart(BOTH);
      const files = writeChart(join(dir, 'charts'), 'stalls', chart);
      expect(files).toEqual({ png: join(dir, 'charts', 'stalls.png'), csv: join(dir, 'charts', 'stalls.csv') });
      expect(readFileSync(files.csv, 'utf8')).toBe(toCsv(chart.data));
      expect(existsSync(files.png)).toBe(true);
    } finally {
      rmSync(dir, { recursive: true, force: true });
    }
  });
});

describe('what cannot be drawn', () => {
  test('no results, more than there are colours, results of different networks', () => {
    expect(() => utilisationAndWaitChart([])).toThrow(/got 0 results; allowed are 1 to 6/);
    const seven = Array.from({ length: 7 }, (_, i) => ({ name: `run ${i}`, result: BASE }));
    expect(() => utilisationAndWaitChart(seven)).toThrow(/got 7 results/);
    const other = sampleResult({ preset: 'isaac', layers: SAMPLE_LAYERS.slice(1) });
    expect(() => stallBreakdownChart(named([BASE, other]))).toThrow(
      /the layers of isaac are conv2, .* those of ou-baseline are conv1,/,
    );
  });

  test('no points, two points with the same number of ADCs', () => {
    expect(() => contentionCurveChart([])).toThrow(/got no points/);
    expect(() => contentionCurveChart([...sweep(), sweep()[0]!])).toThrow(/different numbers/);
    expect(() => contentionCurveChart([{ x: 0, result: BASE }])).toThrow(/above 0/);
  });
});

test('results are named by preset, and by network too where presets repeat', () => {
  expect(BOTH.map(({ name }) => name)).toEqual(['ou-baseline', 'isaac']);
  const networks = named([BASE, sampleResult({ model: 'nets/vgg10m-cifar10.json' })]);
  expect(networks.map(({ name }) => name)).toEqual(['lenet5-mnist on ou-baseline', 'vgg10m-cifar10 on ou-baseline']);
});
