import { describe, expect, test } from 'vitest';
import { blockOf } from '../../bench/page-block.js';
import { readResults } from '../../bench/results-file.js';
import { allTables, complete, summary } from '../../bench/results-pages.js';
import { readPage } from './markdown.js';

// The tables of speed are those of bench/results.json, and that is the file of a full measurement.

const results = complete(readResults());

test('README.md has the summary of bench/results.json', () => {
  expect(blockOf(readPage('README.md'))).toBe(summary(results));
});

test('docs/performance.md has all tables of bench/results.json', () => {
  expect(blockOf(readPage('docs/performance.md'))).toBe(allTables(results));
});

describe('bench/results.json', () => {
  test.each(Object.entries(results))('%s was measured in full', (_name, { quick, rounds, figures }) => {
    expect(quick).toBe(false);
    expect(rounds).toBeGreaterThanOrEqual(3);
    expect(figures.length).toBeGreaterThan(0);
  });

  test('says on what it was measured', () => {
    for (const { machine, date } of Object.values(results)) {
      expect(machine.cores).toBeGreaterThanOrEqual(1);
      expect(machine.cpu).not.toBe('');
      expect(date).toMatch(/^\d{4}-\d\d-\d\dT/);
    }
  });
});
