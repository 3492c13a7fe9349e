import { describe, expect, test } from 'vitest';
import { median } from '../../bench/median.js';
import { blockOf, withBlock } from '../../bench/page-block.js';
import { figure, networkGoals, shownEngines, shownNetworks } from '../../bench/shown-results.js';
import { markdownTable, terminalText } from '../../bench/shown-table.js';

const ROW = {
  name: '`net`',
  command: 'ousim run',
  wall_s: 4,
  cpu_s: 5,
  peakRss_MB: 1000,
  operations: 2_000_000_000,
  wallGoal_s: 4,
  rssGoal_MB: 1000,
  extrapolatedFrom: null,
};

describe('tables', () => {
  const columns = [
    { heading: 'a', align: 'left' },
    { heading: 'b', align: 'right' },
  ] as const;

  test('in Markdown', () => {
    expect(markdownTable({ columns, rows: [['`x`', '1']] })).toBe('| a | b |\n| --- | ---: |\n| `x` | 1 |');
  });

  test('on the terminal, without the marks of Markdown', () => {
    const text = terminalText({ title: 'T', columns, rows: [['`x`', '10']], note: 'n' });
    expect(text.split('\n')).toEqual(['T', 'a   b', '─────', 'x  10', 'n']);
  });

  test('refuse a cell that would end a cell', () => {
    expect(() => markdownTable({ columns, rows: [['x|y', '']] })).toThrow(RangeError);
  });
});

test('figures have three significant digits', () => {
  expect([0.0123456, 1, 12.345, 99.94, 99.96, 123456.7].map(figure)).toEqual([
    '0.0123',
    '1.00',
    '12.3',
    '99.9',
    '100',
    '123,457',
  ]);
});

test('a time that equals its goal reaches it, memory has to be less', () => {
  expect(networkGoals(ROW)).toBe('<= 4 s: reached, < 1000 MB: missed');
  expect(networkGoals({ ...ROW, wall_s: 4.01, peakRss_MB: 999 })).toBe('<= 4 s: missed, < 1000 MB: reached');
  expect(networkGoals({ ...ROW, wallGoal_s: null, rssGoal_MB: null })).toBe('');
});

test('a run is shown with its rate, and where it comes from only if a row was extrapolated', () => {
  // 2 000 M operations in 4 s.
  expect(shownNetworks('', [ROW]).rows[0]!.slice(0, 6)).toEqual(['`net`', '4.00', '5.00', '1,000', '2,000', '500']);
  expect(shownNetworks('', [ROW]).columns.at(-1)!.heading).toBe('goal');
  const part = { ...ROW, extrapolatedFrom: 'a part', peakRss_MB: null };
  expect(shownNetworks('', [ROW, part]).rows.map((cells) => cells.at(-1))).toEqual(['', 'a part']);
});

test('engines are shown with what they reach and what was not found', () => {
  const rows = [
    { name: 'ours', rate: 40, rateGoal: 40, ratio: 1 },
    { name: 'theirs', rate: 5, ratio: 8, ratioGoal: 10, extrapolatedFrom: 'a part' },
  ];
  const { rows: shown, note } = shownEngines({ title: '', unit: 'M/s', rows, notFound: ['SimPy'] });
  expect(shown).toEqual([
    ['ours', '40.0', '>= 40: reached', '1.00x', '', ''],
    ['theirs', '5.00', '', '8.00x', '>= 10x: missed', 'a part'],
  ]);
  expect(note).toBe('not found: SimPy');
});

test('medians', () => {
  expect(median([3, 1, 2])).toBe(2);
  expect(median([4, 1, 3, 2])).toBe(2.5);
  expect(() => median([])).toThrow(RangeError);
});

describe('the block of a page', () => {
  const page = (text: string) =>
    `before\n<!-- from bench/results.json; written by npm run bench:pages -->\n${text}\n<!-- end of bench/results.json -->\nafter\n`;

  test('is what stands between its lines', () => {
    expect(blockOf(page('a\nb'))).toBe('a\nb');
    expect(withBlock(page('a\nb'), 'c $& d')).toBe(page('c $& d'));
  });

  test.each([
    ['none', 'text\n'],
    ['two', page('a') + page('b')],
    ['no end', page('a').replace('<!-- end', '<!-- stop')],
  ])('is refused where there is %s', (_, text) => {
    expect(() => blockOf(text)).toThrow(RangeError);
  });
});
