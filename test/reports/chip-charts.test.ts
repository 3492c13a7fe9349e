import { createRequire } from 'node:module';
import type { Chart as DrawnChart } from 'chart.js';
import { beforeAll, describe, expect, test } from 'vitest';
import { type Chart, toPng } from '../../reports/charts/chart.js';
import { chipCharts } from '../../reports/charts/chip-charts.js';
import { floorPlanChart } from '../../reports/charts/floor-plan.js';
import { stageTimelineChart } from '../../reports/charts/stage-timeline.js';
import type { FloorPlanTile } from '../../sim/results/chip-result.js';
import { expectFitForPaper } from './charts/written.js';
import { layer, SAMPLE_LAYERS, samplePeResult, sampleResult } from './sample-result.js';

// The canvas reads this when it is first drawn on; then it lists no fonts but those that ousim registers.
process.env['DISABLE_SYSTEM_FONTS_LOAD'] = '1';

interface CanvasModule {
  createCanvas(
    width: number,
    height: number,
  ): {
    getContext(kind: '2d'): {
      drawImage(image: object, x: number, y: number): void;
      getImageData(x: number, y: number, width: number, height: number): { data: Uint8ClampedArray };
    };
  };
  loadImage(png: Buffer): Promise<{ width: number; height: number }>;
}

let canvas: CanvasModule;
beforeAll(() => {
  const here = createRequire(import.meta.url);
  canvas = createRequire(here.resolve('chartjs-node-canvas'))('canvas') as CanvasModule;
});

/** Number of pixels of each colour of a picture, `r,g,b`. */
async function colours(chart: Chart): Promise<Map<string, number>> {
  const image = await canvas.loadImage(toPng(chart));
  const context = canvas.createCanvas(image.width, image.height).getContext('2d');
  context.drawImage(image, 0, 0);
  const { data } = context.getImageData(0, 0, image.width, image.height);
  const counts = new Map<string, number>();
  for (let p = 0; p < data.length; p += 4) {
    const colour = `${data[p]},${data[p + 1]},${data[p + 2]}`;
    counts.set(colour, (counts.get(colour) ?? 0) + 1);
  }
  return counts;
}

/** The texts that a chart writes, apart from those of chart.js' own parts. */
function texts(chart: Chart): string[] {
  const seen: string[] = [];
  const { configuration } = chart;
  const listen = {
    id: 'listen',
    beforeDraw({ ctx }: DrawnChart) {
      const write = ctx.fillText.bind(ctx);
      ctx.fillText = (text: string, x: number, y: number) => {
        seen.push(text);
        write(text, x, y);
      };
    },
  };
  toPng({ ...chart, configuration: { ...configuration, plugins: [listen, ...(configuration.plugins ?? [])] } });
  return seen;
}

/** ISAAC's chips, 7 x 6 routers of 4 tiles each; layer l on the tiles from 100 l on, 20 each. */
function largeResult(layers: number, chips: number) {
  const samples = Array.from({ length: layers }, (_, l) => layer(`layer${l}`, 10, 1, 1, 100, 0.5, 0, 0, 0.5, 1, 1));
  const tile = (number: number, l: number): FloorPlanTile => ({
    tile: number,
    chip: Math.floor(number / 168),
    x: 0,
    y: 0,
    parts: [{ layer: `layer${l}`, replica: 0, pass: 0, pes: 1, crossbars: 1, buffer_bytes: null, bufferPeak_bytes: 1 }],
  });
  return sampleResult({
    layers: samples,
    images: 2,
    chip: {
      chips,
      tilesPerChip: 168,
      mesh: { columns: 7, rows: 6, tilesPerRouter: 4 },
      synthetic: 'synthetic weights, real shapes',
      floorPlan: Array.from({ length: layers * 20 }, (_, i) =>
        tile(Math.floor(i / 20) * 100 + (i % 20), Math.floor(i / 20)),
      ),
    },
  });
}

/** Many stages with long names. */
function longResult(count: number) {
  const name = (l: number) => `block${l}.separable_convolution_with_a_long_name`;
  const layers = Array.from({ length: count }, (_, l) => layer(name(l), 1, 1, 1, 10, 0, 0, 0, 0, 0, 0));
  return sampleResult({ layers, images: 8 });
}

test.each([
  ['floor plan', () => floorPlanChart(sampleResult())],
  ['floor plan of five chips', () => floorPlanChart(largeResult(8, 5))],
  ['stage timeline', () => stageTimelineChart(sampleResult())],
  ['floor plan of three chips', () => floorPlanChart(largeResult(30, 3))],
  ['floor plan of 130 layers', () => floorPlanChart(largeResult(130, 16))],
  ['stage timeline of 45 layers', () => stageTimelineChart(longResult(45))],
  ['stage timeline of 130 layers', () => stageTimelineChart(longResult(130))],
])('%s: fit for a paper', (name, chart) => {
  expectFitForPaper(name, chart());
});

describe('the floor plan', () => {
  test('has a cell with its number for every tile, and the numbers of the layers in theirs', () => {
    const written = texts(floorPlanChart(sampleResult()));
    // 16 tiles on a chip of 2 x 2 routers; the 5 layers stand on tiles 0 to 4, and are in the legend.
    for (let tile = 0; tile < 16; tile++) expect(written, `tile ${tile}`).toContain(String(tile));
    const count = (text: string) => written.filter((other) => other === text).length;
    // Layer 5: its tile, its line of the legend, and tile 5. Layer 1 alike.
    expect(count('5')).toBe(3);
    expect(count('1')).toBe(3);
    expect(count('12')).toBe(1);
    for (const { name } of SAMPLE_LAYERS) expect(written).toContain(`${name}: 1 tile`);
    expect(written).toContain('chip 0');
  });

  test('tiles of a router stand together, as square as it goes, routers in their rows', () => {
    const places = new Map<string, [number, number]>();
    const chart = floorPlanChart(largeResult(1, 1));
    const listen = {
      id: 'places',
      beforeDraw({ ctx }: DrawnChart) {
        const write = ctx.fillText.bind(ctx);
        ctx.fillText = (text: string, x: number, y: number) => {
          // The corner of a tile; of the numbers in the middle the first layer has none above 1.
          if (!places.has(text)) places.set(text, [x, y]);
          write(text, x, y);
        };
      },
    };
    const { configuration } = chart;
    toPng({ ...chart, configuration: { ...configuration, plugins: [listen, ...(configuration.plugins ?? [])] } });
    const [x, y] = places.get('40')!;
    const at = (tile: number) => {
      const [left, top] = places.get(String(tile))!;
      return [Math.round((left - x) / cell), Math.round((top - y) / cell)];
    };
    const cell = places.get('41')![0] - x;
    // Router 10 is the fourth of the second row: tiles 40 41 / 42 43; router 11 right of it; router 17 below it.
    expect([41, 42, 43, 44, 68].map(at)).toEqual([
      [1, 0],
      [0, 1],
      [1, 1],
      [2, 0],
      [0, 2],
    ]);
  });

  test('chips stand three in a row, with the numbers of their layers; one, two and four have those of all tiles too', () => {
    const written = texts(floorPlanChart(largeResult(8, 5)));
    for (let chip = 0; chip < 5; chip++) expect(written).toContain(`chip ${chip}`);
    // 20 tiles of layer 8, and its line of the legend.
    expect(written.filter((text) => text === '8')).toHaveLength(21);
    for (const chips of [1, 2, 4]) {
      const numbered = texts(floorPlanChart(largeResult(1, chips)));
      for (const tile of [0, 167, 168 * chips - 1]) expect(numbered).toContain(String(tile));
    }
  });

  test('layers that follow one another have different colours; free tiles have none of them', async () => {
    const counts = await colours(floorPlanChart(sampleResult()));
    // Colours of at least half a cell, without those of texts: the five layers, the free tiles and the background.
    const large = [...counts]
      .filter(([colour, pixels]) => pixels > 6_000 && colour !== '34,34,34' && colour !== '102,102,102')
      .map(([colour]) => colour);
    expect(large).toHaveLength(7);
    expect(large).toContain('255,255,255');
  });

  test('says that weights are synthetic, and how many passes stand over one another', () => {
    const subtitle = (chart: Chart) => chart.configuration.options!.plugins!.subtitle!.text as string;
    expect(subtitle(floorPlanChart(largeResult(1, 1)))).toMatch(/; synthetic weights, real shapes$/);
    expect(subtitle(floorPlanChart(sampleResult()))).toMatch(/^5 of 16 tiles on 1 chip; /);
    const pass = { layers: [], programming_cycles: 0, start_cycle: 0, cycles: 1 };
    const twice = sampleResult({ chip: { passes: [pass, pass] } });
    expect(subtitle(floorPlanChart(twice))).toContain('2 passes one over another');
  });

  test('its data: a row for each part', () => {
    const { columns, rows } = floorPlanChart(sampleResult()).data;
    expect(columns.slice(0, 6)).toEqual(['tile', 'chip', 'router_x', 'router_y', 'pass', 'layer']);
    expect(rows.map((row) => row[5])).toEqual(SAMPLE_LAYERS.map(({ name }) => name));
    expect(rows[4]!.slice(0, 4)).toEqual([4, 0, 1, 0]);
  });

  test('of a single PE there is none', () => {
    expect(() => floorPlanChart(samplePeResult())).toThrow(/single PE/);
    expect(() => stageTimelineChart(samplePeResult())).toThrow(/single PE/);
  });
});

describe('the stage timeline', () => {
  /** Where chart.js draws the bars of a chart, as [stage, begin, end] in seconds. */
  function bars(chart: Chart): [number, number, number][] {
    const drawn: [number, number, number][] = [];
    const listen = {
      id: 'bars',
      afterDraw({ data, getDatasetMeta, scales }: DrawnChart) {
        drawn.length = 0;
        data.datasets.forEach((_, d) => {
          for (const element of getDatasetMeta.call(this.chart, d).data) {
            const { x, y, base } = element as unknown as { x: number; y: number; base: number };
            const row = Math.floor((y - scales['y']!.top) / (scales['y']!.height / data.labels!.length));
            drawn.push([row, scales['x']!.getValueForPixel(base)!, scales['x']!.getValueForPixel(x)!]);
          }
        });
      },
      chart: null as unknown as DrawnChart,
      beforeInit(of: DrawnChart) {
        this.chart = of;
      },
    };
    const { configuration } = chart;
    toPng({ ...chart, configuration: { ...configuration, plugins: [...(configuration.plugins ?? []), listen] } });
    return drawn;
  }

  test('a bar for each image in the row of each stage, from its first fetch to its last sending', () => {
    const result = sampleResult({ images: 3 });
    const drawn = bars(stageTimelineChart(result)).sort((a, b) => a[0] - b[0] || a[1] - b[1]);
    const second = result.seconds / result.cycles;
    const expected = result.chip!.stages.flatMap(({ images }, s) =>
      images.map(({ start_cycle, end_cycle }) => [s, start_cycle * second, end_cycle * second]),
    );
    expect(drawn).toHaveLength(6 * 3);
    drawn.forEach(([row, begin, end], i) => {
      expect(row).toBe(expected[i]![0]);
      // To a pixel, and a bar is at least one wide.
      const pixel = result.seconds / 1_000;
      expect(Math.abs(begin - expected[i]![1]!)).toBeLessThan(2 * pixel);
      expect(Math.abs(end - expected[i]![2]!)).toBeLessThan(2 * pixel);
    });
  });

  test('images that overlap in a stage stand in lanes; without overlap there is one', () => {
    expect(stageTimelineChart(sampleResult()).configuration.data.datasets).toHaveLength(1);
    const result = sampleResult({ images: 3 });
    const [, first] = result.chip!.stages;
    first!.images[1]!.start_cycle = first!.images[0]!.end_cycle - 1;
    expect(stageTimelineChart(result).configuration.data.datasets).toHaveLength(2);
  });

  test('more stages than it has room for: matrix layers alone, and it says so; the data has all', () => {
    const layers = Array.from({ length: 45 }, (_, i) => layer(`l${i}`, 1, 1, 1, 10, 0, 0, 0, 0, 0, 0));
    const chart = stageTimelineChart(sampleResult({ layers, images: 2 }));
    expect(chart.configuration.data.labels).toHaveLength(45);
    const subtitle = chart.configuration.options!.plugins!.subtitle!.text as string;
    expect(subtitle).toContain('1 stage without a matrix product is left out');
    expect(chart.data.rows).toHaveLength(46 * 2);
  });

  test('its legend names images, as far as colours repeat', () => {
    const written = texts(stageTimelineChart(sampleResult({ images: 20 })));
    expect(written).toContain('image 0, 6, …');
    expect(written).toContain('image 2, 8, 14');
    expect(texts(stageTimelineChart(sampleResult({ images: 2 })))).toContain('image 1');
  });
});

test('a run draws the floor plan, the stages and where the time of each layer went', () => {
  expect(chipCharts(sampleResult()).map(({ name }) => name)).toEqual([
    'floor-plan',
    'stage-timeline',
    'cycles-by-layer',
  ]);
});
