import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { shellQuoted, shellWords, tracedRun } from '../../../reports/page/command-line.js';

const REQUEST = { folder: 'out/it', window: { from: 5, to: 105 }, filter: 'Chip.Tile[0].Pe[1].*' };
const ADDED = ['--out', 'out/it', '--trace', 'perfetto', '--trace-window', '5:105'];
const FILTER = ['--trace-filter', 'Chip.Tile[0].Pe[1].*'];

/** The words that a shell makes of a line. */
function wordsIn(line: string): string[] {
  const { stdout, status } = spawnSync('sh', ['-c', `printf '%s\\0' ${line}`], { encoding: 'utf8' });
  expect(status).toBe(0);
  return stdout.split('\0').slice(0, -1);
}

describe('quoting for a shell', () => {
  it.each([
    ['machine.adc.sharedBy=8', 'machine.adc.sharedBy=8'],
    ['out/a b', "'out/a b'"],
    ['Chip.Tile[0].Pe[1].*', "'Chip.Tile[0].Pe[1].*'"],
    ['$HOME', "'$HOME'"],
    ["it's", "'it'\\''s'"],
    ['~/x', "'~/x'"],
    ['=x', "'=x'"],
    ['', "''"],
  ])('of %j is %s', (word, quoted) => {
    expect(shellQuoted(word)).toBe(quoted);
  });

  it('is undone by a shell, whatever stands in the words', () => {
    const word = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.string({ unit: fc.constantFrom(...'\'"\\$`*?[]{}~#&;|<>()! \t\n=-a') }),
    );
    const words = fc.array(
      word.filter((text) => !text.includes('\0')),
      { minLength: 30, maxLength: 60 },
    );
    fc.assert(
      fc.property(words, (all) => {
        expect(wordsIn(all.map(shellQuoted).join(' '))).toEqual(all);
      }),
      { seed: 20261121, numRuns: 10 },
    );
  });
});

describe('the command of a trace', () => {
  it('is the run once more, with the trace and its folder', () => {
    const run = ['run', '--model', 'vgg10m-cifar10', '--set', 'machine.adc.sharedBy=8', '--out', 'elsewhere'];
    expect(tracedRun(run, REQUEST)).toEqual([...run.slice(0, 5), ...ADDED, ...FILTER]);
  });

  it('replaces all that was said of a trace, however it was written', () => {
    const run = [
      'run',
      'a.yaml',
      '--trace=csv',
      '--out=old',
      '--trace-window',
      '1:2',
      '--trace-filter=x',
      '--no-charts',
    ];
    const more = ['--trace-level', 'window'];
    expect(tracedRun([...run, ...more], REQUEST)).toEqual(['run', 'a.yaml', '--no-charts', ...ADDED, ...FILTER]);
  });

  it('takes what stands behind -- for what it is', () => {
    expect(tracedRun(['run', '--', '--out', '--trace'], REQUEST)).toEqual([
      'run',
      ...ADDED,
      ...FILTER,
      '--',
      '--out',
      '--trace',
    ]);
  });

  it('names no instances where all are traced, and is none of other commands', () => {
    expect(tracedRun(['run', 'a.yaml'], { ...REQUEST, filter: null })).toEqual(['run', 'a.yaml', ...ADDED]);
    expect(tracedRun(['study', 'adc-contention'], REQUEST)).toBeNull();
    expect(tracedRun([], REQUEST)).toBeNull();
  });

  it('is called by npx', () => {
    expect(shellWords(['run', 'a b.yaml'])).toEqual(['npx', 'ousim', 'run', "'a b.yaml'"]);
  });
});
