import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { USUAL_SIZE } from '../../reports/charts/canvas.js';
import { toPng, writeChart } from '../../reports/charts/chart.js';
import { contentionCurveChart, lowerBounds } from '../../reports/charts/contention-curve.js';
import { toCsv } from '../../reports/charts/csv.js';
import { OKABE_ITO, RESULT_COLOURS } from '../../reports/charts/palette.js';
import type { Result } from '../../sim/results/result.js';
import { expectFitForPaper, overlaps, written } from './charts/written.js';
import { layer, type SampleLayer, sampleResult } from './sample-result.js';

// The canvas reads this when it is first drawn on; then it lists no fonts but those that ousim registers.
process.env['DISABLE_SYSTEM_FONTS_LOAD'] = '1';

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
  const row = (units: number): number => Math.round(units * USUAL_SIZE.pixelsPerUnit);
  for (let p = width * row(10); p < width * row(45); p++) {
    if (data[4 * p]! < 255 || data[4 * p + 1]! < 255 || data[4 * p + 2]! < 255) pixels.push(p);
  }
  return pixels;
}

const LONG_NAMED = sampleResult({ model: 'networks/a-network-with-a-name-that-goes-on-and-on-for-two-lines.json' });

const CURVE = contentionCurveChart(sweep());

describe('pictures', () => {
  test('a PNG of the right size, with a title in the font that ousim brings', async () => {
    const png = toPng(CURVE);
    const families = canvas.GlobalFonts.families.map(({ family }) => family);
    expect(families.filter((family) => family !== 'DejaVu Sans')).toEqual(['ousim charts']);
    expect([...png.subarray(0, 8)]).toEqual([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
    // 17.5 cm at 300 dots per inch, to a point.
    expect(Math.abs(png.readUInt32BE(16) - (17.5 / 2.54) * 300)).toBeLessThan(300 / 72);
    const image = await decoded(png);
    expect([...image.data.subarray(0, 4)]).toEqual([255, 255, 255, 255]);
    // About 40 letters of some 100 pixels each; on a machine without fonts there is none unless ours is registered.
    expect(titlePixels(image).length).toBeGreaterThan(2_000);
  });

  test.each([
    ['a sweep', CURVE],
    ['a single point', contentionCurveChart([{ x: 1, result: sampleResult() }])],
    [
      'a long name',
      contentionCurveChart(
        sweep().map(({ x, result }) => ({ x, result: { ...result, scenario: LONG_NAMED.scenario } })),
      ),
    ],
  ])('of %s: fit for a paper, no text upon another', (name, chart) => {
    expectFitForPaper(name, chart);
    expect(overlaps(written(chart))).toEqual([]);
  });

  test('the title is made of letters: another word of the same length is another picture', async () => {
    const titleOf = async (model: string) =>
      titlePixels(await decoded(toPng(contentionCurveChart([{ x: 1, result: sampleResult({ model }) }]))));
    const first = await titleOf('mmmm');
    expect(await titleOf('mmmm')).toEqual(first);
    // Boxes in place of missing letters would all look alike.
    expect((await titleOf('iiii')).length).not.toBe(first.length);
  });

  test('results have different colours of the palette, and none has that of the text', () => {
    expect(new Set(RESULT_COLOURS).size).toBe(6);
    for (const colour of RESULT_COLOURS) expect(Object.values(OKABE_ITO)).toContain(colour);
    expect(RESULT_COLOURS).not.toContain(OKABE_ITO.black);
  });
});

describe('data', () => {
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
      const files = writeChart(join(dir, 'charts'), 'curve', CURVE);
      expect(files).toEqual({ png: join(dir, 'charts', 'curve.png'), csv: join(dir, 'charts', 'curve.csv') });
      expect(readFileSync(files.csv, 'utf8')).toBe(toCsv(CURVE.data));
      expect(existsSync(files.png)).toBe(true);
    } finally {
      rmSync(dir, { recursive: true, force: true });
    }
  });
});

describe('what cannot be drawn', () => {
  test('no points, two points with the same number of ADCs', () => {
    expect(() => contentionCurveChart([])).toThrow(/got no points/);
    expect(() => contentionCurveChart([...sweep(), sweep()[0]!])).toThrow(/different numbers/);
    expect(() => contentionCurveChart([{ x: 0, result: sampleResult() }])).toThrow(/above 0/);
  });
});
