import { describe, expect, test } from 'vitest';
import { studyMarkdown } from '../../../reports/studies/study-markdown.js';
import { headingText, valueText } from '../../../reports/studies/study-table.js';
import { studyText } from '../../../reports/studies/study-text.js';
import { sampleStudy } from './sample-study.js';

const STUDY = sampleStudy();

describe('values', () => {
  test.each([
    [1536, 'bit', '1\u202f536'],
    [1_536_000, 'bit', '1.54\u202fM'],
    [2.5, 'ratio', '2.50'],
    [0.9934, 'share', '99.3'],
    [1_500_000, 'ns', '1.50\u202fms'],
    [250_000, 'pJ', '250\u202fnJ'],
    [12_345, 'cycle', '12\u202f345'],
    [54.71, 'cycle', '54.7'],
    ['9x8', 'name', '9x8'],
    [null, 'share', '–'],
  ] as const)('%j in %s', (value, unit, text) => {
    expect(valueText(value, unit)).toBe(text);
  });

  test('a share is in per cent, and its heading says so', () => {
    expect(STUDY.columns.map(headingText)).toEqual(['system', 'size', 'time', 'index', 'dense', 'top-1 %']);
  });
});

describe('on the terminal', () => {
  const text = studyText(STUDY, { width: 100, colour: false });

  test('within its columns, whatever its texts', () => {
    for (const width of [100, 80]) {
      const lines = studyText(STUDY, { width, colour: false }).split('\n');
      expect(Math.max(...lines.map((line) => Array.from(line).length))).toBeLessThanOrEqual(width);
    }
  });

  test('a line for each row, and no column of details', () => {
    expect(text.match(/^(?:dense|a_system\S*) .* \d/gm)).toHaveLength(STUDY.rows.length);
    expect(text).not.toContain('123');
    expect(text).toContain('4.00\u202fµs');
  });

  test('what was set, what the paper says and what is seen', () => {
    for (const part of ['machine.adc.perPool=4', 'paper: time falls | steadily', 'here:  nothing else', 'Somebody']) {
      expect(text).toContain(part);
    }
    expect(text.match(/^paper: /gm)).toHaveLength(1);
    expect(text.match(/^here: /gm)).toHaveLength(2);
  });

  test('colours mark headings and faint texts only', () => {
    const coloured = studyText(STUDY, { width: 100, colour: true });
    const start = String.fromCharCode(27);
    expect(coloured).toContain(start);
    expect(coloured.replaceAll(new RegExp(`${start}\\[\\d+m`, 'g'), '')).toBe(text);
  });
});

describe('as Markdown', () => {
  const markdown = studyMarkdown(STUDY);

  test('a table with every column and row', () => {
    const table = markdown.split('\n').filter((line) => line.startsWith('|'));
    expect(table).toHaveLength(2 + STUDY.rows.length);
    for (const line of table) expect(line.match(/(?<!\\)\|/g)).toHaveLength(STUDY.columns.length + 1);
    expect(table[0]).toContain('dense');
  });

  test('its pictures lie beside it, described', () => {
    const pictures = [...markdown.matchAll(/!\[([^\]]*)\]\(([^)]*)\)/g)];
    expect(pictures.map(([, , file]) => file)).toEqual(['time.png', 'index.png', 'both.png']);
    for (const [, description] of pictures) expect(description!.length).toBeGreaterThan(40);
  });

  test('marks in texts are no Markdown', () => {
    expect(markdown).toContain('time falls \\| steadily');
    expect(markdown).toContain('a\\_system\\_with\\_a\\_long\\_name');
    expect(markdown).toContain('`machine.adc.perPool=4`');
  });
});
