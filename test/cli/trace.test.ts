import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { TRACE_FORMAT_NAMES, TRACE_FORMATS } from '../../sim/trace/formats.js';
import { openSavedTrace, replay } from '../../sim/trace/saved-trace.js';
import { TraceRecorder } from '../../sim/trace/trace-recorder.js';
import { readCsv } from '../sim/traces/read-csv.js';
import { readJson } from '../sim/traces/read-json.js';
import { readProto } from '../sim/traces/read-proto.js';
import { readVcd } from '../sim/traces/read-vcd.js';
import { folderWith, ousim, ROOT } from './ousim.js';

const folder = folderWith();
const trace = (format: keyof typeof TRACE_FORMATS): string => TRACE_FORMATS[format].file;
const read = (...path: string[]): string => readFileSync(join(folder, ...path), 'latin1');
const sorted = (text: string): string[] => text.split('\r\n').sort();

/** A traced run of the first example into `out`. */
async function run(out: string, ...options: string[]): Promise<void> {
  const example = join(ROOT, 'examples', 'first-crossbar.yaml');
  const all = TRACE_FORMAT_NAMES.join(',');
  expect(await ousim(['run', example, '--out', out, '--trace', all, ...options], folder)).toMatchObject({
    code: 0,
    stderr: '',
  });
}

async function convert(from: string, to: string, out: string, ...options: string[]): Promise<string> {
  const ran = await ousim(['trace', from, '--to', to, '--out', out, ...options], folder);
  expect(ran).toMatchObject({ code: 0, stderr: '' });
  return ran.stdout;
}

/** Runs the command, which must end with code 2 and write nothing. */
async function refused(...args: string[]): Promise<string> {
  const out = join(folder, args[args.indexOf('--out') + 1]!);
  const there = existsSync(out);
  const { code, stdout, stderr } = await ousim(['trace', ...args], folder);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).not.toMatch(/^\s+at |bug/m);
  expect(existsSync(out)).toBe(there);
  return stderr;
}

beforeAll(async () => {
  await run('whole');
  await run('part', '--trace-window', '5:40', '--trace-filter', '*.Crossbar[*],*.Adc[0]', '--trace-level', 'sample');
});

test('a run writes each of the formats once', async () => {
  for (const format of TRACE_FORMAT_NAMES) expect(existsSync(join(folder, 'whole', trace(format)))).toBe(true);
  await run('twice', '--trace', 'csv,csv');
  expect(read('twice', trace('csv'))).toBe(read('whole', trace('csv')));
});

test("whose samples the example's ADC converts, in each of the formats with its spans", () => {
  // The tutorial's drawing: the ADC converts without a pause from cycle 3 on, 64 samples in 64 cycles. An operation has 2
  // of them. Crossbar 0 asks before crossbar 1, in cycle 3 by its number and ever after because it ends its reads earlier,
  // so that the two take turns: operation 0 of crossbar 0, operation 0 of crossbar 1, operation 1 of crossbar 0, ...
  const expected = Array.from({ length: 64 }, (_, sample) => ({
    ...{ path: 'Chip.Tile[0].Pe[0].AdcPool[0].Adc[0]', name: 'convert', start: 3 + sample, end: 4 + sample },
    ...{ crossbar: Math.floor(sample / 2) % 2, operation: Math.floor(sample / 4) },
  }));
  const bytes = readFileSync(join(folder, 'whole', trace('perfetto-proto')));
  const contents = [readJson(read('whole', trace('perfetto'))), readProto(bytes), readCsv(read('whole', trace('csv')))];
  for (const { spans } of contents) expect(spans.filter(({ name }) => name === 'convert')).toEqual(expected);

  const adc = readVcd(read('whole', trace('vcd'))).signals.filter(({ path }) => path.endsWith('.Adc[0]'));
  // The signals change with the operation, and are unknown before the first conversion and after the last one.
  const changes = (value: (turn: number) => number) => [
    [0, null],
    ...Array.from({ length: 32 }, (_, turn) => [3 + 2 * turn, value(turn)]),
    [67, null],
  ];
  expect(adc.map(({ name }) => name)).toEqual(['state', 'crossbar', 'operation']);
  expect(adc[1]!.changes).toEqual(changes((turn) => turn % 2));
  // Number n stays for the two crossbars.
  expect(adc[2]!.changes).toEqual(changes((turn) => turn / 2).filter(([, value]) => Number.isInteger(value ?? 0)));
});

describe.concurrent('ousim trace', () => {
  test('from CSV to Konata: what the run itself writes', async () => {
    const stdout = await convert(join('whole', trace('csv')), 'konata', join('converted', trace('konata')));
    expect(stdout).toMatch(/^written: converted.*\n {2}[\d\u202f]+ events on \d+ tracks/);
    expect(read('converted', trace('konata'))).toBe(read('whole', trace('konata')));
  });

  test('from CSV to all formats: what the run itself writes', () => {
    const saved = openSavedTrace(join(folder, 'whole', trace('csv')));
    const files = TRACE_FORMAT_NAMES.map((format) => ({ format, file: join(folder, 'all', trace(format)) }));
    replay(saved, new TraceRecorder({ files, rootClock_GHz: saved.rootClock_GHz }));
    for (const format of TRACE_FORMAT_NAMES) expect(read('all', trace(format))).toBe(read('whole', trace(format)));
  });

  test.each(['whole', 'part'])('from Perfetto JSON to CSV and back: the same content (%s)', async (run) => {
    await convert(join(run, trace('perfetto')), 'csv', join(run, 'converted.csv'));
    const rows = (text: string): string[] => sorted(text).filter((row) => !row.startsWith('track,'));
    expect(rows(read(run, 'converted.csv'))).toEqual(rows(read(run, trace('csv'))));
    await convert(join(run, 'converted.csv'), 'perfetto', join(run, 'back.json'));
    const key = (event: object) => JSON.stringify(event);
    const content = (text: string) => {
      const { spans, counts, operations } = readJson(text);
      return [spans.map(key).sort(), counts.map(key).sort(), operations.map(key).sort()];
    };
    expect(content(read(run, 'back.json'))).toEqual(content(read(run, trace('perfetto'))));
  });

  test('a part of a whole trace is the trace of that part', async () => {
    const options = ['--window', '5:40', '--filter', '*.Crossbar[*],*.Adc[0]'];
    await convert(join('whole', trace('csv')), 'csv', 'part.csv', ...options);
    expect(read('part.csv')).toBe(read('part', trace('csv')));
    await convert(join('part', trace('csv')), 'csv', 'smaller.csv', '--window', '10:20', '--level', 'operation');
    const { spans } = readCsv(read('smaller.csv'));
    expect(spans.every(({ path, start, end }) => /Crossbar\[\d\]$/.test(path) && start >= 10 && end <= 20)).toBe(true);
    expect(spans.length).toBeGreaterThan(2);
  });

  test('all mistakes of the command line and of the file at once', async () => {
    const lines = read('whole', trace('csv')).split('\r\n');
    const spanAt = lines.findIndex((line) => line.startsWith('span,') && line.includes('Crossbar[0],read'));
    const broken = [...lines];
    broken[spanAt] = broken[spanAt]!.replace(/read,\d+,\d+/, 'read,9,9');
    broken[spanAt + 2] = 'span,too,few';
    broken.push(`thing,Chip${','.repeat(lines[0]!.split(',').length - 2)}`);
    writeFileSync(join(folder, 'broken.csv'), broken.join('\r\n'));
    mkdirSync(join(folder, 'taken.csv'));
    const stderr = await refused(
      'broken.csv',
      '--to',
      'vdc',
      '--out',
      'taken.csv',
      '--window',
      '9:3',
      '--level',
      'all',
    );
    expect(stderr).toMatch(/command line: 4 problems/);
    expect(stderr).toMatch(/--to\n.*"vdc"\n.*\n.*did you mean `vcd`/);
    expect(stderr).toMatch(/--out\n.*\n.*\n.*taken.csv is a folder/);
    expect(stderr).toMatch(/--window\n.*"9:3"\n.*FROM < TO/);
    expect(stderr).toMatch(/--level\n.*"all"/);
    expect(stderr).toMatch(/broken.csv: 3 problems/);
    expect(stderr).toContain(
      `broken.csv:${spanAt + 1}\n  got:     a span from 9 to 9\n  allowed: whole cycles, start < end`,
    );
    expect(stderr).toContain(`broken.csv:${spanAt + 3}\n  got:     3 fields`);
    expect(stderr).toMatch(/got: +"thing"\n +allowed: a kind/);
  });

  test.each([
    ['no trace', 'kind', 'got:     "kind"', 'allowed: a trace as ousim writes it'],
    ['columns that are missing', 'kind,track\r\n', 'got:     no column name, start', 'allowed: the columns kind,'],
    [
      'Perfetto JSON of another program',
      '{"traceEvents":[\n{"ph":"B"}]}\n',
      '{\\"ph\\":\\"B\\"}]}',
      'an event as ousim',
    ],
  ])('a file that is %s', async (what, text, ...expected) => {
    const file = `${what}.csv`;
    writeFileSync(join(folder, file), text);
    const stderr = await refused(file, '--to', 'vcd', '--out', 'new/x.vcd');
    for (const line of expected) expect(stderr).toContain(line);
  });

  test('older traces, whose ADCs do not say whose samples they convert', async () => {
    const [heading, ...rows] = read('whole', trace('csv')).split('\r\n');
    const kept = heading!.split(',').flatMap((column, at) => (/^(crossbar|operation)$/.test(column) ? [] : [at]));
    const without = (row: string): string => kept.map((at) => row.split(',')[at]).join(',');
    const older = [heading!, ...rows].map((row) => (row === '' ? '' : without(row))).join('\r\n');
    writeFileSync(join(folder, 'older.csv'), older);
    await convert('older.csv', 'csv', 'from-older.csv');
    expect(read('from-older.csv').split('\r\n').map(without)).toEqual(
      older.split('\r\n').map((row) => row || ','.repeat(kept.length - 1)),
    );
    expect(readCsv(read('from-older.csv')).spans.some(({ crossbar }) => crossbar !== undefined)).toBe(false);

    writeFileSync(
      join(folder, 'older.json'),
      read('whole', trace('perfetto')).replace(/,"args":\{"crossbar":\d+,"operation":\d+\}/g, ''),
    );
    await convert('older.json', 'perfetto', 'from-older.json');
    expect(read('from-older.json')).toContain('"convert"');
    expect(read('from-older.json')).not.toContain('"crossbar"');
  });

  test('a crossbar without its operation, and one that is no number', async () => {
    const lines = read('whole', trace('perfetto')).split('\n');
    const spanAt = lines.findIndex((line) => line.includes('"convert"'));
    const adc = '"crossbar":0,"operation":0';
    expect(lines[spanAt]).toContain(adc);
    for (const args of ['"crossbar":0', '"crossbar":"0","operation":0', '"crossbar":-1,"operation":-1']) {
      const file = `${args.length}.json`;
      writeFileSync(join(folder, file), lines.with(spanAt, lines[spanAt]!.replace(adc, args)).join('\n'));
      const stderr = await refused(file, '--to', 'csv', '--out', 'x.csv');
      expect(stderr).toMatch(new RegExp(`${file}:${spanAt + 1}\n +got: +a span of crossbar .*, operation`));
    }
  });

  test('a trace that was cut off, and spans out of order', async () => {
    const lines = read('whole', trace('csv')).split('\r\n');
    writeFileSync(join(folder, 'cut.csv'), lines.slice(0, -2).join('\r\n'));
    expect(await refused('cut.csv', '--to', 'vcd', '--out', 'x.vcd')).toMatch(/got: +no end\n +allowed: the cycle/);
    const isRead = (line: string): boolean => line.includes('Crossbar[0],read');
    const [first, last] = [lines.findIndex(isRead), lines.findLastIndex(isRead)];
    [lines[first], lines[last]] = [lines[last]!, lines[first]!];
    writeFileSync(join(folder, 'mixed.csv'), lines.join('\r\n'));
    expect(await refused('mixed.csv', '--to', 'vcd', '--out', 'x.vcd')).toMatch(
      /spans of .*Crossbar\[0\] in order of time/,
    );
  });

  test('what the trace has not kept cannot be had; a file is not overwritten by itself', async () => {
    const part = join('part', trace('perfetto'));
    const window = await refused(part, '--to', 'vcd', '--out', 'x.vcd', '--window', '0:20');
    expect(window).toMatch(/--window\n.*"0:20"\n.*within 5:40/);
    await convert(part, 'csv', 'operations.csv', '--level', 'operation');
    const level = await refused('operations.csv', '--to', 'vcd', '--out', 'x.vcd', '--level', 'sample');
    expect(level).toMatch(/--level\n.*"sample"\n.*window, operation/);
    expect(await refused(part, '--to', 'csv', '--out', part)).toMatch(/--out\n.*\n.*does not overwrite the trace/);
    expect(await refused('nothing.csv', '--to', 'csv', '--out', 'x.csv')).toMatch(/nothing.csv: cannot be read/);
  });
});
