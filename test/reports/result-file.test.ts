import fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { ResultFileError, readResult } from '../../sim/results/read.js';
import type { Result } from '../../sim/results/result.js';
import { ResultValueError, resultToJson, writeFileAtomically, writeResult } from '../../sim/results/write.js';
import { samplePeResult, sampleResult } from './sample-result.js';

let dir: string;
beforeEach(() => {
  dir = fs.mkdtempSync(join(tmpdir(), 'ousim-result-'));
});
afterEach(() => {
  vi.restoreAllMocks();
  fs.rmSync(dir, { recursive: true, force: true });
});

/** The same value with the keys of all objects set in another order. */
function reordered<T>(value: T, keyOf: (key: string) => number): T {
  if (Array.isArray(value)) return value.map((item) => reordered(item, keyOf)) as T;
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => keyOf(a) - keyOf(b));
  return Object.fromEntries(entries.map(([key, member]) => [key, reordered(member, keyOf)])) as T;
}

describe('write and read', () => {
  test.each([
    ['a network', sampleResult({ wrong: 1 })],
    ['a PE', samplePeResult()],
  ])('the result of %s survives the round trip', (_of, result) => {
    const files = writeResult(join(dir, 'not', 'yet', 'there'), result, { node: process.version, seconds: 1.5 });
    expect(readResult(files.result)).toEqual(result);
    expect(JSON.parse(fs.readFileSync(files.runInfo, 'utf8'))).toEqual({ node: process.version, seconds: 1.5 });
    expect(fs.readdirSync(join(dir, 'not', 'yet', 'there')).sort()).toEqual(['result.json', 'run-info.json']);
  });

  test('arrays of numbers stand on one line, everything else is indented by two spaces', () => {
    const lines = resultToJson(samplePeResult()).split('\n');
    expect(lines[0]).toBe('{');
    expect(lines).toContain('    [1, -2, 3],');
    expect(lines).toContain('    [4, 5, -6]');
    expect(lines).toContain('  "warnings": []');
    expect(lines.at(-1)).toBe('');
  });

  test('keys: schemaVersion first, instances in the order in which people count', () => {
    const result = samplePeResult();
    const crossbar = result.resources['Pe[0].Crossbar[0]']!;
    result.resources = { 'Crossbar[10]': crossbar, 'Crossbar[2]': crossbar, 'Adc[1]': crossbar };
    const written = JSON.parse(resultToJson(result));
    expect(Object.keys(written).slice(0, 3)).toEqual(['schemaVersion', 'scenario', 'cycles']);
    expect(Object.keys(written.resources)).toEqual(['Adc[1]', 'Crossbar[2]', 'Crossbar[10]']);
  });

  test('property: equal results are equal bytes, in whatever order their keys were set', () => {
    const result = sampleResult();
    const expected = resultToJson(result);
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const keyOf = (key: string) => Math.sin(seed + [...key].reduce((sum, c) => 31 * sum + c.charCodeAt(0), 7));
        expect(resultToJson(reordered(result, keyOf))).toBe(expected);
      }),
      { seed: 20261121, numRuns: 30 },
    );
  });
});

describe('values that JSON cannot hold', () => {
  test.each([
    ['result.layers[1].wait.p99', (r: Result) => (r.layers![1]!.wait.p99 = Number.NaN), 'NaN'],
    ['result.seconds', (r: Result) => (r.seconds = Number.POSITIVE_INFINITY), 'Infinity'],
    [
      'result.resources["Pe[0].Adc[1]"].utilisation',
      (r: Result) => (r.resources['Pe[0].Adc[1]'] = { kind: 'adc', ledger: {}, utilisation: Number.NaN }),
      'NaN',
    ],
    ['result.outputs[0]', (r: Result) => (r.outputs = [new Int32Array(3) as unknown as number[]]), 'Int32Array'],
    ['result.warnings[0]', (r: Result) => (r.warnings = [undefined as unknown as string]), 'undefined'],
  ])('%s is named, and nothing is written', (path, spoil, got) => {
    const result = sampleResult();
    spoil(result);
    const target = join(dir, 'out');
    expect(() => writeResult(target, result, {})).toThrow(ResultValueError);
    expect(() => writeResult(target, result, {})).toThrow(`${path}: got ${got}; allowed are`);
    expect(fs.existsSync(target)).toBe(false);
  });
});

describe('a write that is interrupted', () => {
  test('full disk in the middle: no result.json, no rest, and the error of the system', () => {
    const write = fs.writeSync;
    let room = 1000;
    vi.spyOn(fs, 'writeSync').mockImplementation(((descriptor: number, bytes: Uint8Array, offset: number) => {
      if (room === 0) throw Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });
      const written = write(descriptor, bytes, offset, Math.min(room, bytes.length - offset));
      room -= written;
      return written;
    }) as typeof fs.writeSync);
    expect(() => writeResult(dir, sampleResult(), {})).toThrow('ENOSPC');
    expect(room).toBe(0);
    expect(fs.readdirSync(dir)).toEqual([]);
  });

  test('killed before the rename: result.json is not there, or is the older one, whole', () => {
    const file = join(dir, 'result.json');
    const seen: (string | null)[] = [];
    vi.spyOn(fs, 'fsyncSync').mockImplementation(() => {
      seen.push(fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : null);
    });
    writeFileAtomically(file, 'first');
    writeFileAtomically(file, 'second');
    expect(seen).toEqual([null, 'first']);
    expect(fs.readFileSync(file, 'utf8')).toBe('second');
  });

  test('a directory in the place of result.json stays, and no partial file with it', () => {
    fs.mkdirSync(join(dir, 'result.json'));
    expect(() => writeResult(dir, sampleResult(), {})).toThrow();
    expect(fs.readdirSync(dir).filter((name) => name.includes('partial'))).toEqual([]);
    expect(fs.statSync(join(dir, 'result.json')).isDirectory()).toBe(true);
  });
});

describe('reading what is no result', () => {
  const written = (value: unknown) => {
    const file = join(dir, 'result.json');
    fs.writeFileSync(file, typeof value === 'string' ? value : JSON.stringify(value));
    return file;
  };
  const problemsOf = (file: string): readonly string[] => {
    try {
      readResult(file);
    } catch (error) {
      if (error instanceof ResultFileError) return error.problems;
      throw error;
    }
    return [];
  };

  test('missing file, directory, truncated JSON', () => {
    expect(problemsOf(join(dir, 'none.json'))[0]).toMatch(/ENOENT/);
    expect(problemsOf(dir)[0]).toMatch(/EISDIR/);
    const json = resultToJson(sampleResult());
    expect(problemsOf(written(json.slice(0, json.length / 2)))[0]).toMatch(/^no JSON/);
  });

  test.each([
    [{}, 'schemaVersion: got nothing; allowed is 2'],
    [[], 'schemaVersion: got nothing; allowed is 2'],
    ['null', 'schemaVersion: got nothing; allowed is 2'],
    [{ schemaVersion: 1 }, 'schemaVersion: got 1; allowed is 2'],
    [{ schemaVersion: 3 }, 'schemaVersion: got 3; allowed is 2 (written by a newer ousim)'],
    [{ schemaVersion: '2' }, 'schemaVersion: got "2"; allowed is 2'],
  ])('%j: %s', (value, problem) => {
    expect(problemsOf(written(value))).toEqual([problem]);
  });

  test('all missing and wrong keys are told at once, with their paths', () => {
    const result = sampleResult() as unknown as Record<string, unknown>;
    delete result['cycles'];
    result['seconds'] = '5 s';
    result['resources'] = { 'Pe[0]': { kind: 'pe', ledger: {}, wait: { count: 1 } } };
    const layers = result['layers'] as Record<string, unknown>[];
    delete (layers[2]!['wait'] as Record<string, unknown>)['p99'];
    result['images'] = {};
    const chip = result['chip'] as Record<string, unknown[]>;
    delete chip['pipeline'];
    chip['stages'] = [...chip['stages']!, { name: 'last' }].slice(-1);
    delete (chip['floorPlan']![1] as Record<string, unknown>)['x'];
    expect(problemsOf(written(result))).toEqual([
      'cycles: got nothing; allowed is number',
      'seconds: got string; allowed is number',
      'resources[Pe[0]].utilisation: got nothing; allowed is number',
      ...['mean', 'p50', 'p95', 'p99', 'max'].map(
        (key) => `resources[Pe[0]].wait.${key}: got nothing; allowed is number`,
      ),
      'layers[2].wait.p99: got nothing; allowed is number',
      'images: got object; allowed is array',
      'chip.pipeline: got nothing; allowed is string',
      ...['op', 'kind'].map((key) => `chip.stages[0].${key}: got nothing; allowed is string`),
      ...['windows', 'replicas'].map((key) => `chip.stages[0].${key}: got nothing; allowed is number`),
      'chip.stages[0].tiles: got nothing; allowed is array',
      ...['start_cycle', 'end_cycle'].map((key) => `chip.stages[0].${key}: got nothing; allowed is number`),
      'chip.stages[0].images: got nothing; allowed is array',
      ...['fetch', 'send'].map((key) => `chip.stages[0].${key}: got nothing; allowed is object`),
      'chip.floorPlan[1].x: got nothing; allowed is number',
    ]);
  });
});
