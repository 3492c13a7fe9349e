import type { Chart as DrawnChart } from 'chart.js';
import { describe, expect, test } from 'vitest';
import { type Chart, toPng } from '../../../reports/charts/chart.js';
import { toCsv } from '../../../reports/charts/csv.js';
import { studyChart } from '../../../reports/charts/study-chart.js';
import { shownPlots, withStudyBlocks } from '../../../reports/studies/article.js';
import { studyMarkdown } from '../../../reports/studies/study-markdown.js';
import { studyText } from '../../../reports/studies/study-text.js';
import type { StudyLinesPlot, StudyTable } from '../../../sim/results/study.js';
import { expectFitForPaper, overlaps, written } from '../charts/written.js';
import { sampleStudy } from './sample-study.js';

// The canvas reads this when it is first drawn on; then it lists no fonts but those that ousim registers.
process.env['DISABLE_SYSTEM_FONTS_LOAD'] = '1';

const column = (key: string, unit: 'name' | 'share' | 'cycle' | 'count') => ({
  key,
  heading: key,
  unit,
  doc: 'A value.',
});

const PARTS: StudyTable = {
  name: 'parts',
  title: 'Parts of layers',
  columns: [column('step', 'name'), column('layer', 'name'), column('read', 'share'), column('wait', 'share')],
  rows: [
    { step: 'before', layer: 'c1', read: 0.25, wait: 0.5 },
    { step: 'before', layer: 'c2', read: 0.75, wait: 0.125 },
    { step: 'after', layer: 'c1', read: 0.5, wait: null },
  ],
};
const WAITS: StudyTable = {
  name: 'waits',
  title: 'Waits',
  detail: true,
  columns: [column('who', 'name'), column('whom', 'name'), column('share', 'share')],
  rows: [
    { who: 'c1', whom: 'c2', share: 0.1 },
    { who: 'c2', whom: 'c1', share: 0.9 },
    { who: 'c2', whom: 'c3', share: 0 },
  ],
};
const CURVE: StudyTable = {
  name: 'curve',
  title: 'A curve',
  columns: [column('adcs', 'count'), column('cycles', 'cycle'), column('theory', 'cycle'), column('knee', 'name')],
  rows: [
    { adcs: 8, cycles: 100, theory: 100, knee: null },
    { adcs: 1, cycles: 800, theory: 800, knee: null },
    { adcs: 4, cycles: 120, theory: null, knee: 'knee at 4' },
  ],
};
const STUDY = sampleStudy({ tables: [PARTS, WAITS, CURVE] });

/** Draws the chart and hands over what chart.js laid out. */
function laidOut<T>(chart: Chart, look: (drawn: DrawnChart) => T): T {
  const seen: T[] = [];
  const plugin = { id: 'look', afterDraw: (drawn: DrawnChart) => void seen.push(look(drawn)) };
  const { configuration } = chart;
  toPng({ ...chart, configuration: { ...configuration, plugins: [...(configuration.plugins ?? []), plugin] } });
  return seen.at(-1)!;
}

describe('bars', () => {
  const plot = {
    kind: 'bars',
    name: 'bars',
    title: 't',
    table: 'parts',
    x: 'layer',
    series: 'step',
    parts: ['read', 'wait'],
  } as const;

  test('a stack for each step and layer, in per cent', () => {
    const drawn = laidOut(studyChart(STUDY, plot), ({ data, legend }) => ({
      labels: data.labels,
      stacks: data.datasets.map((set) => [(set as { stack?: string }).stack, set.label, set.data]),
      legend: legend!.legendItems!.map(({ text }) => text),
    }));
    expect(drawn.labels).toEqual(['c1', 'c2']);
    expect(drawn.stacks).toEqual([
      ['0', 'read', [25, 75]],
      ['0', 'wait', [50, 12.5]],
      ['1', 'read', [50, null]],
      ['1', 'wait', [null, null]],
    ]);
    expect(drawn.legend).toEqual(['read', 'wait']);
  });

  test('with one part the steps are told apart by colour', () => {
    const { data } = studyChart(STUDY, { ...plot, parts: ['read'] }).configuration;
    expect(data.datasets.map(({ label }) => label)).toEqual(['before', 'after']);
    expect(new Set(data.datasets.map(({ backgroundColor }) => backgroundColor)).size).toBe(2);
  });

  test('what is no share is refused', () => {
    expect(() => studyChart(STUDY, { ...plot, table: 'curve', x: 'adcs', series: 'knee', parts: ['cycles'] })).toThrow(
      /cycles is in cycle; allowed: share/,
    );
  });
});

describe('coloured cells', () => {
  const plot = {
    kind: 'matrix',
    name: 'm',
    title: 't',
    table: 'waits',
    row: 'who',
    column: 'whom',
    value: 'share',
  } as const;

  test('names in the order of the rows, and the numbers beside', () => {
    const chart = studyChart(STUDY, plot);
    const { x, y } = laidOut(chart, ({ scales }) => ({
      x: scales['x']!.getTicks().map(({ label }) => label),
      y: scales['y']!.getTicks().map(({ label }) => label),
    }));
    expect([x, y]).toEqual([
      ['c2', 'c1', 'c3'],
      ['c1', 'c2'],
    ]);
    expect(toCsv(chart.data).split('\n').slice(0, 2)).toEqual(['who,whom,share_share', 'c1,c2,0.1']);
  });

  test('the darker the more', () => {
    const painted: string[] = [];
    const chart = studyChart(STUDY, plot);
    const plugin = {
      id: 'paints',
      beforeDraw: ({ ctx }: DrawnChart) => {
        const fill = ctx.fillRect.bind(ctx);
        ctx.fillRect = (...at: [number, number, number, number]) => {
          painted.push(String(ctx.fillStyle));
          fill(...at);
        };
      },
    };
    toPng({ ...chart, configuration: { ...chart.configuration, plugins: [plugin, ...chart.configuration.plugins!] } });
    const opacity = (colour: string) => Number.parseInt(colour.slice(-2), 16) / 255;
    const blues = painted.filter((colour) => /^#0072b2../i.test(colour)).map(opacity);
    // From left to right, from top to bottom: c1 for c2, then c2 for c1; the others are white.
    expect(blues.slice(-2)).toEqual([expect.closeTo(0.1, 1), expect.closeTo(0.9, 1)]);
  });

  test('two values for a pair are refused', () => {
    const twice = { ...WAITS, rows: [...WAITS.rows, WAITS.rows[0]!] };
    expect(() => studyChart(sampleStudy({ tables: [twice] }), plot)).toThrow(/two values for c1 and c2/);
  });
});

describe('lines over numbers', () => {
  const plot: StudyLinesPlot = {
    name: 'l',
    title: 't',
    subject: 'a pool',
    table: 'curve',
    x: 'adcs',
    numbers: 'logarithmic',
    y: 'cycles',
    references: ['theory'],
    mark: 'knee',
  };

  test('points stand at their numbers, in their order; theory only where it has something to say', () => {
    const { datasets } = studyChart(STUDY, plot).configuration.data;
    expect(datasets.map(({ label, data }) => [label, data])).toEqual([
      [
        'cycles',
        [
          { x: 1, y: 800 },
          { x: 4, y: 120 },
          { x: 8, y: 100 },
        ],
      ],
      [
        'theory',
        [
          { x: 1, y: 800 },
          { x: 4, y: null },
          { x: 8, y: 100 },
        ],
      ],
      ['knee at 4', [{ x: 4, y: 120 }]],
    ]);
    const { ticks, title } = laidOut(studyChart(STUDY, plot), ({ scales, options }) => ({
      ticks: scales['x']!.ticks.map(({ value }) => value),
      title: [options.plugins!.title!.text].flat().join(' '),
    }));
    expect(ticks).toEqual([1, 2, 4, 8]);
    expect(title).toBe('a pool: t');
  });

  test('only the rows that are asked for', () => {
    const rowsOf = (where: NonNullable<StudyLinesPlot['where']>) => studyChart(STUDY, { ...plot, where }).data.rows;
    expect(rowsOf({ adcs: 8 })).toHaveLength(1);
    expect(rowsOf({ adcs: [1, 8] })).toHaveLength(2);
    expect(() => rowsOf({ adcs: 9 })).toThrow(/no row has/);
    expect(() => rowsOf({ adc: 8 })).toThrow(/no column adc/);
    expect(() => studyChart(STUDY, { ...plot, table: 'curves' })).toThrow(/no table curves/);
  });
});

describe('fit for a paper', () => {
  const names = (count: number) => Array.from({ length: count }, (_, n) => `block${n}.layer`);
  const waits = (count: number): StudyTable => ({
    ...WAITS,
    rows: names(count).flatMap((who, n) => [
      { who, whom: names(count)[n]!, share: 1 },
      { who, whom: 'input', share: 0.5 },
    ]),
  });
  const matrix = {
    kind: 'matrix',
    name: 'm',
    title: 't',
    table: 'waits',
    row: 'who',
    column: 'whom',
    value: 'share',
  } as const;
  const remark = 'A remark of more than one line: '.repeat(8);

  test.each([2, 10, 39])('who waits for whom, of %i names', (count) => {
    const chart = studyChart(sampleStudy({ tables: [waits(count)] }), { ...matrix, remark });
    expectFitForPaper(`${count} names`, chart);
    // Where a cell has no room for its number the colour is all.
    expect(written(chart).filter(({ text }) => text === '100.0')).toHaveLength(count < 20 ? count : 0);
  });

  test('bars of many layers', () => {
    const rows = names(24).flatMap((layer) => PARTS.rows.slice(0, 2).map((row) => ({ ...row, layer })));
    const study = sampleStudy({ tables: [{ ...PARTS, rows }] });
    const plot = { kind: 'bars', name: 'b', title: 't', table: 'parts', x: 'layer', series: 'step' } as const;
    expectFitForPaper('parts', studyChart(study, { ...plot, remark, parts: ['read', 'wait'] }));
  });

  test('lines of nine series, with a mark for each', () => {
    const series = ['isaac-ou', 'zero-compression', 'c', 'd', 'e', 'f', 'g', 'h', 'i'];
    const rows = series.flatMap((system) => CURVE.rows.map((row) => ({ ...row, system, knee: row['knee']! })));
    const columns = [...CURVE.columns, column('system', 'name')];
    const study = sampleStudy({ tables: [{ ...CURVE, columns, rows }] });
    const plot = {
      name: 'l',
      title: 'a title '.repeat(15),
      table: 'curve',
      x: 'adcs',
      numbers: 'logarithmic',
    } as const;
    const chart = studyChart(study, { ...plot, y: 'cycles', series: 'system', mark: 'knee', remark });
    expectFitForPaper('lines', chart);
    expect(overlaps(written(chart))).toEqual([]);
  });
});

describe('further tables', () => {
  test('stand on the terminal and in Markdown; details only in Markdown', () => {
    const text = studyText(STUDY, { width: 100, colour: false });
    const markdown = studyMarkdown(STUDY);
    for (const title of [PARTS.title, CURVE.title]) for (const page of [text, markdown]) expect(page).toContain(title);
    expect(text).not.toContain(`\n${WAITS.title}\n`);
    expect(markdown).toContain(`## ${WAITS.title}`);
  });

  test('rows of a study that are details stay in Markdown', () => {
    expect(studyText(sampleStudy({ detail: true }), { width: 100, colour: false })).not.toMatch(/^dense /m);
    expect(studyMarkdown(sampleStudy({ detail: true }))).toMatch(/^\| dense /m);
  });
});

describe('blocks of an article', () => {
  const block = (name: string, text: string) =>
    `before\n<!-- study: ${name} -->\n${text}<!-- end of study -->\nafter\n`;

  test('are written from the study, again and again', () => {
    const page = withStudyBlocks(block('findings', '') + block('parts', 'old\n'), STUDY);
    expect(page).toContain('- time falls 8 times from 2x2 to 9x8\n- nothing else\n\n<!-- end of study -->\nafter');
    expect(page).toContain('| before | c1 | 25.0 | 50.0 |');
    expect(page).not.toContain('old');
    expect(withStudyBlocks(page, STUDY)).toBe(page);
  });

  test('of other names, and a page without any, are refused', () => {
    expect(() => withStudyBlocks(block('part', ''), STUDY)).toThrow(
      /allowed are findings, points, parts, waits, curve/,
    );
    expect(() => withStudyBlocks('text\n', STUDY)).toThrow(RangeError);
  });

  test('the pictures of a page are those that it names', () => {
    expect(shownPlots('![a](../pictures/time.png) ![b](x/both.png) index.png', STUDY)).toEqual(['time', 'both']);
  });
});
