import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decode } from 'fast-png';
import { describe, expect, it } from 'vitest';
import { DOTS_PER_INCH } from '../../../reports/charts/canvas.js';
import { type Chart, toPng } from '../../../reports/charts/chart.js';
import { toCsv } from '../../../reports/charts/csv.js';
import { comparedCyclesChart } from '../../../reports/charts/page/cycles.js';
import type { PageChart } from '../../../reports/charts/page/page-chart.js';
import { pageCharts, writePageCharts } from '../../../reports/charts/page-charts.js';
import { WIDTHS_pt } from '../../../reports/charts/paper/sheet.js';
import { reportPage } from '../../../reports/page/page.js';
import type { SavedRun } from '../../../reports/page/saved-run.js';
import type { TraceView } from '../../../reports/page/trace-view.js';
import type { ResourceResult, Result } from '../../../sim/results/result.js';
import { SMALL_TRACE, sampleRun } from '../page/hand-made.js';
import { layer, samplePeResult, sampleResult } from '../sample-result.js';
import { expectFitForPaper, written } from './written.js';

// The canvas reads this when it is first drawn on; then it lists no fonts but those that ousim registers.
process.env['DISABLE_SYSTEM_FONTS_LOAD'] = '1';

const CENTIMETRES_PER_INCH = 2.54;
const HOW_TO = join(import.meta.dirname, '../../../docs/how-to.md');

const crossbar = (utilisation: number): ResourceResult => ({ kind: 'crossbar', ledger: {}, utilisation });

function pool(queue: number, histogram: number[]): ResourceResult {
  const count = histogram.reduce((sum, of) => sum + of, 0);
  const wait = { count, mean: 3, p50: 2, p95: 9, p99: 11, max: 12, histogram };
  return { kind: 'adcPool', ledger: {}, utilisation: 0.25, 'queue.mean': queue, wait };
}

/** A network whose result lists crossbars, pools and ideal runs: everything that the page can draw. */
function fullResult(count = 2, name = (l: number) => `conv${l}`): Result {
  const layers = Array.from({ length: count }, (_, l) => layer(name(l), 10, 2, 2, 1_000, 0.1, 0.05, 0.2, 0.05, 3, 11));
  const result = sampleResult({ layers, images: 1 });
  const withHistograms = result.layers!.map((of) => ({ ...of, wait: { ...of.wait, histogram: [4, 0, 6] } }));
  const crossbars = Array.from({ length: 2 * count }, (_, c): [string, ResourceResult] => [
    `Chip.Tile[${c >> 1}].Pe[0].Crossbar[${c & 1}]`,
    crossbar(c / (2 * count)),
  ]);
  return {
    ...result,
    layers: withHistograms,
    resources: {
      ...Object.fromEntries(crossbars),
      'Chip.Tile[0].Pe[0].AdcPool[0]': pool(2, [4, 0, 6]),
      'Chip.Tile[1].Pe[0].AdcPool[0]': pool(5, [1, 1, 1, 7]),
    },
    ideal: [{ resource: 'adc', cycles: result.cycles / 2, speedup: 2, latency_cycles: result.cycles / 2 }],
  };
}

function runOf(result: Result, trace: TraceView | null = null, name = 'first'): SavedRun {
  return { ...sampleRun(name, {}, trace), result };
}

const CHIP = runOf(fullResult(), SMALL_TRACE);
const PE = runOf(samplePeResult(), SMALL_TRACE);

function chartNamed(charts: readonly PageChart[], name: string): Chart {
  const found = charts.find((chart) => chart.name === name);
  if (found === undefined) throw new Error(`no chart ${name} among ${charts.map((chart) => chart.name).join(', ')}`);
  return found.chart;
}

/** Captions of what a page draws: tables with bars, pictures and the timeline. */
function figuresOf(page: string): string[] {
  const text = (markup: string): string =>
    markup
      .replace(/<[^>]*>/g, '')
      .replaceAll('&lt;', '<')
      .replaceAll('&gt;', '>')
      .replaceAll('&amp;', '&');
  const captions = [...page.matchAll(/<table\b[\s\S]*?<\/table>/g)]
    .filter(([table]) => table.includes('<div class="bar"'))
    .map(([table]) => text(/<caption[^>]*>([\s\S]*?)<\/caption>/.exec(table)?.[1] ?? 'a table without a caption'));
  const figures = [...page.matchAll(/<figcaption>([\s\S]*?)<\/figcaption>\s*<svg/g)].map((match) => text(match[1]!));
  const pictures = page.match(/<svg\b/g)?.length ?? 0;
  if (figures.length !== pictures) throw new Error(`${pictures} pictures, of which ${figures.length} have a caption`);
  const canvases = page.match(/<canvas\b/g)?.length ?? 0;
  const timelines = page.match(/\bdata-timeline>/g)?.length ?? 0;
  if (canvases !== timelines) throw new Error(`${canvases} canvases, of which ${timelines} are timelines`);
  return [...captions, ...figures, ...(timelines > 0 ? ['Timeline'] : [])];
}

describe('every chart of the page has a file', () => {
  it.each([
    ['a network', CHIP],
    ['a PE', PE],
    ['a network without a trace', { ...CHIP, trace: null }],
  ])('%s', (_name, run) => {
    const drawn = pageCharts(run).flatMap(({ captions }) => captions);
    const figures = figuresOf(reportPage([run]));
    expect(figures.length).toBeGreaterThan(5);
    expect(figures.filter((figure) => !drawn.includes(figure))).toEqual([]);
  });

  it('and every file shows what is on the page', () => {
    const figures = figuresOf(reportPage([CHIP]));
    const alone = pageCharts(CHIP).filter(({ captions }) => !captions.some((caption) => figures.includes(caption)));
    expect(alone.map(({ name }) => name)).toEqual([]);
  });

  it('also what sets two results side by side', () => {
    const other = { ...CHIP, name: 'second' };
    const figures = figuresOf(reportPage([CHIP, other]));
    const compared = comparedCyclesChart([CHIP.result, other.result], ['first', 'second']);
    const drawn = [compared, ...pageCharts(CHIP)].flatMap(({ captions }) => captions);
    expect(figures).toContain(compared.captions[0]);
    expect(figures.filter((figure) => !drawn.includes(figure))).toEqual([]);
  });

  it('finds a figure of the page that has none', () => {
    expect(
      figuresOf('<table><caption>New &amp; <b>bold</b></caption><td><div class="bar"></div></td></table>'),
    ).toEqual(['New & bold']);
    expect(() => figuresOf('<svg></svg>')).toThrow('1 pictures, of which 0 have a caption');
  });

  it('files have different names', () => {
    const names = pageCharts(CHIP).map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  });
});

describe('the how-to', () => {
  const rows = new Map(
    [...readFileSync(HOW_TO, 'utf8').matchAll(/^\| `([\w-]+)` \| (column|page) \|[^|]+\|([^|]+)\|$/gm)].map(
      ([, name, width, columns]) => [name!, { width: width!, columns: columns! }],
    ),
  );
  const charts = [...pageCharts(CHIP), comparedCyclesChart([CHIP.result], ['first'])];

  it('names every file with its width', () => {
    expect(charts.map(({ name }) => rows.get(name)?.width)).toEqual(
      charts.map(({ name, chart }) =>
        // One queue only is drawn here.
        name === 'adc-queues' || chart.size!.width === WIDTHS_pt.page ? 'page' : 'column',
      ),
    );
    // The folded pools are the only chart that this result lacks.
    const named = charts.map(({ name }) => name);
    expect([...rows.keys()].filter((name) => !named.includes(name))).toEqual(['adc-pools-more']);
  });

  it('names the columns of their numbers', () => {
    for (const { name, chart } of charts) {
      const { columns } = rows.get(name)!;
      const written = [...columns.matchAll(/`(\w+)`/g)].map((match) => match[1]!);
      if (columns.includes('as `cycles-by-layer`') || columns.includes('…')) {
        expect(
          chart.data.columns.every((column) => /^(layer|result|\w+_cycles)$/.test(column)),
          name,
        ).toBe(true);
      } else {
        expect(written.slice(0, chart.data.columns.length), name).toEqual(chart.data.columns);
      }
    }
  });
});

describe('the numbers beside the pictures', () => {
  const numbers = (name: string, run: SavedRun = CHIP) => {
    const { columns, rows } = chartNamed(pageCharts(run), name).data;
    return rows.map((row) => Object.fromEntries(row.map((value, c) => [columns[c]!, value])));
  };
  const sumOf = (rows: readonly Record<string, unknown>[], column: string): number =>
    rows.reduce((sum, row) => sum + (row[column] as number), 0);

  it('cycles: each step begins where the last ended; the sum is that of the run', () => {
    for (const name of ['cycles-of-pace-layer', 'cycles-of-mean-crossbar']) {
      const rows = numbers(name);
      const steps = rows.slice(0, -1);
      steps.forEach((step, s) => {
        expect(step['start_cycles']).toBe(s === 0 ? 0 : steps[s - 1]!['end_cycles']);
      });
      expect(sumOf(steps, 'cycles')).toBeCloseTo(CHIP.result.cycles, 6);
      expect(rows.at(-1)).toMatchObject({ step: 'the run', cycles: CHIP.result.cycles });
    }
  });

  it('cycles by layer: the parts of a row sum to the run; reads are those of the ledgers', () => {
    const rows = numbers('cycles-by-layer');
    expect(rows.map(({ layer: of }) => of)).toEqual(['conv0', 'conv1', 'network']);
    for (const row of rows) expect(row['sum_cycles']).toBeCloseTo(CHIP.result.cycles, 6);
    // A tenth of the 2000 cycles of the run on each crossbar.
    expect(rows.map(({ reads_cycles }) => reads_cycles)).toEqual([200, 200, 200]);
    expect(rows[0]!['adcWaiting_cycles']).toBe(100);
    expect(rows[0]!['pixels_cycles']).toBe(400);
  });

  it('ideal runs, and the real one', () => {
    expect(toCsv(chartNamed(pageCharts(CHIP), 'cycles-if-ideal').data)).toBe(
      'ideal_resource,run_cycles,saved_cycles,speedup,first_image_cycles\nadc,1000,1000,2,1000\nnone,2000,0,1,2000\n',
    );
  });

  it('pools: the longer queue first, unless the other one limits the run', () => {
    const [shorter, longer] = [0, 1].map((tile) => `Chip.Tile[${tile}].Pe[0].AdcPool[0]`) as [string, string];
    const limitedBy = (resource: string, path: string) => {
      const { chip } = CHIP.result;
      const bottleneck = { ...chip!.bottleneck, resource, path };
      return numbers('adc-pools', runOf({ ...CHIP.result, chip: { ...chip!, bottleneck } }));
    };
    const rows = limitedBy('crossbar', 'Chip.Tile[0].Pe[0].Crossbar[0]');
    expect(rows.map((row) => [row['pool'], row['queue_mean_samples'], row['limits_the_run']])).toEqual([
      [longer, 5, 'no'],
      [shorter, 2, 'no'],
    ]);
    expect(rows[0]).toMatchObject({ utilisation: 0.25, samples: 10, wait_mean_cycles: 3, wait_p99_cycles: 11 });
    expect(limitedBy('adc', shorter).map((row) => [row['pool'], row['limits_the_run']])).toEqual([
      [shorter, 'yes'],
      [longer, 'no'],
    ]);
  });

  it('waits: bins of powers of two, with all samples of the layers', () => {
    const rows = numbers('adc-waits').filter(({ samples_of }) => samples_of === 'All samples of the run');
    // Two layers with 4 waits of 0 cycles and 6 of 2 or 3.
    expect(rows.map((row) => [row['wait_from_cycles'], row['wait_to_cycles'], row['samples'], row['share']])).toEqual([
      [0, 0, 8, 0.4],
      [1, 1, 0, 0],
      [2, 3, 12, 0.6],
    ]);
  });

  it('stage waits: those of the result', () => {
    const rows = numbers('stage-waits');
    expect(sumOf(rows, 'cycles')).toBe(CHIP.result.chip!.waits.reduce((sum, { cycles }) => sum + cycles, 0));
    expect(rows).toHaveLength(CHIP.result.chip!.waits.length);
  });

  it('queues: samples times cycles are those of the trace', () => {
    const rows = numbers('adc-queues');
    const area = rows.reduce(
      (sum, row) =>
        sum + (row['queue_mean_samples'] as number) * ((row['end_cycle'] as number) - (row['start_cycle'] as number)),
      0,
    );
    // 3 samples from cycle 120 to 140, 1 from 140 to 180.
    expect(area).toBe(3 * 20 + 1 * 40);
    expect(Math.max(...rows.map((row) => row['queue_longest_samples'] as number))).toBe(3);
    expect([rows[0]!['start_cycle'], rows.at(-1)!['end_cycle']]).toEqual([100, 200]);
  });

  it('a queue that changes too often is given in parts, which hold the same samples times cycles', () => {
    const changes = Array.from({ length: 1000 }, (_, c) => ({ at: 100 + c / 10, value: c % 2 }));
    const trace = { ...SMALL_TRACE, counters: [{ ...SMALL_TRACE.counters[0]!, changes }] };
    const rows = numbers('adc-queues', runOf(fullResult(), trace));
    expect(rows).toHaveLength(60);
    const mean = sumOf(rows, 'queue_mean_samples') / 60;
    expect(mean).toBeCloseTo(0.5, 9);
  });

  it('heat maps: a row for each tile, and one for each crossbar', () => {
    const tiles = numbers('crossbar-utilisation');
    expect(tiles).toHaveLength(16);
    // Two crossbars on each of two tiles, which read 0, 1/4, 2/4 and 3/4 of the run.
    expect(tiles.slice(0, 3).map(({ layers, crossbars, read_share }) => [layers, crossbars, read_share])).toEqual([
      ['conv0', 2, 0.125],
      ['conv1', 2, 0.625],
      ['', 0, 0],
    ]);
    const crossbars = numbers('crossbars-of-tiles');
    expect(crossbars.map(({ tile, crossbar: of, read_share }) => [tile, of, read_share])).toEqual([
      [1, 0, 0.5],
      [1, 1, 0.75],
      [0, 0, 0],
      [0, 1, 0.25],
    ]);
    expect(sumOf(numbers('crossbar-utilisation', PE), 'read_share')).toBeCloseTo(4 * 0.515, 9);
  });

  it('timeline: every span, and every time in which a counter stays the same', () => {
    const rows = numbers('timeline');
    const spent = (name: string) =>
      rows
        .filter((row) => row['name'] === name)
        .reduce((sum, row) => sum + (row['end_cycle'] as number) - (row['start_cycle'] as number), 0);
    expect([spent('read'), spent('stall.adc'), spent('convert'), spent('queue')]).toEqual([40, 30, 80, 100]);
  });

  it('energy and area: the parts sum to the whole', () => {
    for (const run of [CHIP, PE]) {
      expect(sumOf(numbers('energy', run), 'energy_pJ')).toBeCloseTo(run.result.energy.total_pJ, 6);
      expect(sumOf(numbers('energy', run), 'share')).toBeCloseTo(1, 12);
      expect(sumOf(numbers('area', run), 'area_um2')).toBeCloseTo(run.result.area.total_um2, 6);
    }
  });

  it('results side by side: a row for each', () => {
    const twice = { ...CHIP.result, cycles: 2 * CHIP.result.cycles };
    const { columns, rows } = comparedCyclesChart([CHIP.result, twice], ['few', 'many']).chart.data;
    expect(columns[0]).toBe('result');
    expect(rows.map(([name]) => name)).toEqual(['few', 'many']);
  });

  it('names with commas and quotes are quoted', () => {
    const run = runOf(fullResult(1, () => 'a,"b"'));
    expect(toCsv(chartNamed(pageCharts(run), 'cycles-by-layer').data)).toContain('\n"a,""b""",');
  });
});

describe('fit for a paper', () => {
  const longName = (l: number) => `stage${l}.block${l}.separable_convolution_with_a_long_name`;
  const cases = [1, 10, 60].map((count) => [count, runOf(fullResult(count, longName), SMALL_TRACE)] as const);

  it.each(cases)('%i layers: no letters below 7 points, none outside of the picture', (_count, run) => {
    for (const { name, chart } of [...pageCharts(run), ...pageCharts(PE)]) {
      expectFitForPaper(name, chart);
    }
  });

  it('60 layers: texts of different rows do not overlap', () => {
    const texts = written(chartNamed(pageCharts(cases[2]![1]), 'cycles-by-layer'));
    const names = texts.filter(({ text }) => text.includes('name'));
    expect(names).toHaveLength(60);
    names.slice(1).forEach(({ top }, n) => {
      expect(top).toBeGreaterThanOrEqual(names[n]!.bottom);
    });
  });

  it('axes say their quantity and unit', () => {
    const units: Readonly<Record<string, string>> = {
      'cycles-by-layer': '[cycles]',
      'stage-waits': '[%]',
      'adc-pools': '[%]',
      'adc-waits': '[%]',
      'adc-queues': 'samples',
      'crossbar-utilisation': '[%]',
      timeline: 'cycle',
      energy: '[%]',
      area: '[%]',
    };
    for (const [name, unit] of Object.entries(units)) {
      const texts = written(chartNamed(pageCharts(CHIP), name)).map(({ text }) => text);
      expect(texts.filter((text) => text.includes(unit)).length, name).toBeGreaterThan(0);
    }
  });

  it('is a PNG of a column or a page at 300 dots per inch', () => {
    expect((WIDTHS_pt.column / 72) * CENTIMETRES_PER_INCH).toBeCloseTo(8.5, 1);
    expect((WIDTHS_pt.page / 72) * CENTIMETRES_PER_INCH).toBeCloseTo(17.5, 1);
    for (const name of ['energy', 'cycles-by-layer']) {
      const chart = chartNamed(pageCharts(CHIP), name);
      const { width, height, resolution } = decode(toPng(chart), { checkCrc: true });
      expect(width).toBe(Math.floor((chart.size!.width * DOTS_PER_INCH) / 72));
      expect(height).toBe(Math.floor((chart.size!.height * DOTS_PER_INCH) / 72));
      // Dots per metre.
      expect(resolution).toEqual({ x: 11811, y: 11811, unit: 1 });
    }
  });
});

describe('the picture', () => {
  /** Pixels of each colour, `#rrggbb`. */
  function colours(chart: Chart): Map<string, number> {
    const { data, channels } = decode(toPng(chart));
    const counts = new Map<string, number>();
    for (let p = 0; p < data.length; p += channels) {
      const colour = `#${[data[p]!, data[p + 1]!, data[p + 2]!].map((c) => c.toString(16).padStart(2, '0')).join('')}`;
      counts.set(colour, (counts.get(colour) ?? 0) + 1);
    }
    return counts;
  }

  it('has the colours and both stripes of what it shows, in proportion', () => {
    const found = colours(chartNamed(pageCharts(CHIP), 'cycles-by-layer'));
    for (const colour of ['#009e73', '#d55e00', '#ffc9a3', '#56b4e9', '#d9eefb']) {
      expect(found.get(colour) ?? 0, colour).toBeGreaterThan(200);
    }
    // Reads take a tenth of each row, pixels a fifth, of which two thirds are of the darker stripe; edges are mixed colours.
    const reads = found.get('#009e73')!;
    const pixels = found.get('#56b4e9')! + found.get('#d9eefb')!;
    expect(pixels / reads).toBeGreaterThan(1.5);
    expect(pixels / reads).toBeLessThan(2.1);
  });

  it('of crossbars has the classes of heat of the page', () => {
    const found = colours(chartNamed(pageCharts(CHIP), 'crossbars-of-tiles'));
    // 0, 25%, 50% and 75%: classes none, to 40%, to 70% and to 100%.
    for (const colour of ['#eef0f2', '#1f7bb5', '#0a568a', '#07335a']) {
      expect(found.get(colour) ?? 0, colour).toBeGreaterThan(200);
    }
  });

  it('of a timeline has reads, conversions, stalls and the queue', () => {
    const found = colours(chartNamed(pageCharts(CHIP), 'timeline'));
    // #e69f00 at 60% on white.
    for (const colour of ['#009e73', '#0072b2', '#d55e00', '#f0c566']) {
      expect(found.get(colour) ?? 0, colour).toBeGreaterThan(500);
    }
  });
});

describe('a long trace', () => {
  it('is drawn around the PE with the longest queue, and whole in the numbers', () => {
    const tracks = Array.from({ length: 90 }, (_, t) => ({
      parent: `Chip.Tile[${Math.floor(t / 30)}].Pe[0]`,
      name: `Crossbar[${t % 30}]`,
      spans: [{ name: 'read', start: 100, end: 150 }],
    }));
    const counters = [{ path: 'Chip.Tile[2].Pe[0].AdcPool[0]', name: 'queue', changes: [{ at: 110, value: 2 }] }];
    const result = fullResult();
    const { bottleneck } = result.chip!;
    const chip = { ...result.chip!, bottleneck: { ...bottleneck, resource: 'crossbar' } };
    const run = runOf({ ...result, chip }, { ...SMALL_TRACE, tracks, counters });
    const chart = chartNamed(pageCharts(run), 'timeline');
    const texts = written(chart).map(({ text }) => text);
    expect(texts).toContain('Tile[2].Pe[0]');
    expect(texts).not.toContain('Tile[0].Pe[0]');
    expect(texts).toContain('60 lines more of the trace in the file beside');
    expect(chart.data.rows.filter(([, kind]) => kind === 'span')).toHaveLength(90);
  });

  it('without spans is not drawn', () => {
    const empty = { ...SMALL_TRACE, tracks: [], counters: [], events: 0, eventsInFile: 0 };
    expect(pageCharts(runOf(fullResult(), empty)).map(({ name }) => name)).not.toContain('timeline');
  });
});

describe('files', () => {
  it('of one result stand in the folder, of several in folders of their own', () => {
    const dir = mkdtempSync(join(tmpdir(), 'ousim-charts-'));
    try {
      const single = writePageCharts(join(dir, 'one'), [PE], ['PE']);
      expect(single.every((file) => existsSync(file) && existsSync(file.replace(/png$/, 'csv')))).toBe(true);
      expect(single).toContain(join(dir, 'one', 'energy.png'));
      const two = writePageCharts(join(dir, 'two'), [PE, { ...PE, name: 'second' }], ['PE', 'second']);
      expect(two[0]).toBe(join(dir, 'two', 'cycles-compared.png'));
      expect(two).toContain(join(dir, 'two', 'first', 'energy.png'));
      expect(two).toContain(join(dir, 'two', 'second', 'energy.png'));
      const alike = writePageCharts(join(dir, 'alike'), [PE, PE], ['1: first', '2: first']);
      expect(new Set(alike).size).toBe(alike.length);
      const csv = readFileSync(join(dir, 'one', 'energy.csv'), 'utf8');
      expect(csv.split('\n')[0]).toBe('action,count,price_pJ,energy_pJ,share');
    } finally {
      rmSync(dir, { recursive: true });
    }
  });
});
