import { describe, expect, test } from 'vitest';
import type { BenchResults, Measured } from '../../bench/results-file.js';
import { allTables, complete, summary } from '../../bench/results-pages.js';
import { scalingTable } from '../../bench/scaling.js';

const MACHINE = { cpu: 'CPU', cores: 2, memory_GiB: 8, os: 'linux x64', node: 'v20.1.0', cpp: null };

function measured<Figures>(...figures: Figures[]): Measured<Figures> {
  return { machine: MACHINE, date: '2026-01-02T03:04:05.000Z', quick: false, rounds: 3, figures };
}

const RUN = {
  name: 'net',
  command: 'ousim run',
  wall_s: 20,
  cpu_s: 21,
  peakRss_MB: 500,
  operations: 4_000_000_000,
  wallGoal_s: 20,
  rssGoal_MB: 1000,
  extrapolatedFrom: null,
};

const proportional = scalingTable('time: resnet18, detector group', 's', [
  { size: 'a', operations: 1e6, seconds: 1 },
  { size: 'b', operations: 1e8, seconds: 100 },
]);

const RESULTS = {
  hold: measured({
    title: 'hold model, N = 1024',
    unit: 'M events/s',
    rows: [
      { name: 'kernel', rate: 50, ratio: 1 },
      { name: 'heap', rate: 5, ratio: 10, ratioGoal: 10 },
      { name: 'C++', rate: 25, ratio: 2, ratioGoal: 3.5 },
    ],
    notFound: ['SimPy'],
  }),
  'trace-off': measured({
    title: 'trace off',
    unit: 'M events/s',
    rows: [
      { name: 'kernel', rate: 10, ratio: 1 },
      // 1 / 0.8 = 1.25 times slower with the code for traces.
      { name: 'without', rate: 12.5, ratio: 0.8, ratioGoal: 1 / 1.04 },
    ],
  }),
  'shared-adc': measured({ title: 'shared ADC', unit: 'M conversions/s', rows: [] }),
  pe: measured({
    title: 'PE, shared',
    unit: 'M OU operations/s',
    rows: [
      { name: 'fast', rate: 80, rateGoal: 40, ratio: 1 },
      { name: 'sampled', rate: 0.5, ratio: 160, ratioGoal: 4 },
    ],
  }),
  'pe-scaling': measured(proportional),
  networks: measured(RUN),
  granularities: measured(RUN),
  'network-scaling': measured(proportional),
  'trace-on': measured(
    { name: 'no trace', command: '', cpu_s: 10, slowdown: 1, events: 0, slowdownGoal: null },
    { name: 'filtered', command: '', cpu_s: 13, slowdown: 1.3, events: 7, slowdownGoal: 1.4 },
  ),
} satisfies BenchResults;

test('the summary says what was reached', () => {
  expect(summary(complete(RESULTS)).split('\n')).toEqual([
    'Medians of 3 interleaved rounds, on 2 cores (CPU), 8 GiB, linux x64, Node 20.1.0, 2026-01-02.',
    '',
    '| work | measured | goal |',
    '| --- | --- | --- |',
    '| kernel, hold model, 1,024 events | 50.0 M events/s, 10.0x heap, 2.00x C++ | 10x: reached, 3.5x: missed |',
    '| PE, shared | 80.0 M OU operations/s, 160x sampled | 40 M/s: reached |',
    '| net | 20.0 s, 500 MB; 4,000 M OU operations, 200 M/s | <= 20 s: reached, < 1000 MB: reached |',
    '| resnet18 at several input sizes: time against OU operations | slope 1.00 (detector group) | <= 1.1: reached |',
    '| slower by a trace: off (kernel), and on with a filter | 25 %, 30 % | <= 4 %: missed, <= 40 %: reached |',
  ]);
});

test('a quick part makes the summary a quick one', () => {
  const results = { ...RESULTS, hold: { ...RESULTS.hold, quick: true } };
  expect(summary(complete(results))).toMatch(/^A quick run, which shows only that all works, on 2 cores/);
});

test('all tables stand on the page, with what was not found and the fits', () => {
  const page = allTables(complete(RESULTS));
  for (const { title } of [...RESULTS.hold.figures, ...RESULTS.pe.figures, ...RESULTS['trace-off'].figures]) {
    expect(page.toLowerCase()).toContain(`### ${title.toLowerCase()}\n`);
  }
  expect(page).toContain('Not found: SimPy.');
  // 1 s per 1e6 operations.
  expect(page).toMatch(
    /1\.00 \(R² 1\.000\), <= 1\.1: reached; straight line: .* 1,000 s per G operations \(R² 1\.000\)/,
  );
});

describe('results are refused', () => {
  test('with what is missing', () => {
    const { pe: _, 'trace-on': __, ...some } = RESULTS;
    expect(() => complete(some)).toThrow(/pe, trace-on missing/);
  });

  test('from two machines', () => {
    const other = { ...RESULTS.pe, machine: { ...MACHINE, cpu: 'another' } };
    expect(() => complete({ ...RESULTS, pe: other })).toThrow(/\(CPU\).* and .*\(another\)/);
  });
});
