import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { TraceFormat } from '../../../sim/trace/formats.js';
import type { TracedOperation } from '../../../sim/trace/trace.js';
import { TraceRecorder, type TraceRecorderOptions } from '../../../sim/trace/trace-recorder.js';
import { readJson } from './read-json.js';

/** What each format writes of a run worked out by hand. */

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ousim-first-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const PE = 'Chip.Tile[0].Pe[0]';

/** Of the second operation, whose read waits two cycles for a bank. */
const SECOND: TracedOperation = {
  number: 1,
  stall: 'stall.adc',
  stallStart: 3,
  readStart: 5,
  readEnd: 8,
  samples: 2,
  firstConversion: 8,
  lastConversionEnd: 11,
  lastAcceptance: 12,
  leaves: 13,
};

/**
 * Two operations of a crossbar on one ADC, as components would tell of them: reads of 3 cycles and 2 samples, the second one
 * after a stall. The times are made up so that every part of an operation is there.
 */
function traced(format: TraceFormat, options: Partial<TraceRecorderOptions> = {}, end = 15): string {
  const file = join(folder, 'trace');
  const trace = new TraceRecorder({ files: [{ format, file }], rootClock_GHz: 1, ...options });
  const pool = trace.track(`${PE}.AdcPool[0]`);
  const adc = trace.track(`${PE}.AdcPool[0].Adc[0]`);
  const crossbar = trace.track(`${PE}.Crossbar[0]`);
  trace.span(crossbar, 'read', 0, 3);
  trace.counter(pool, 'queue', 3, 1);
  trace.service(adc, 'convert', 3, 5, 0, 0);
  trace.service(adc, 'convert', 5, 7, 0, 0);
  trace.counter(pool, 'queue', 5, 0);
  trace.operation(crossbar, {
    ...{ number: 0, stall: null, stallStart: 0, readStart: 0, readEnd: 3, samples: 2 },
    ...{ firstConversion: 3, lastConversionEnd: 7, lastAcceptance: 7, leaves: 8 },
  });
  trace.span(crossbar, 'stall.adc', 3, 5);
  trace.span(crossbar, 'read', 5, 8);
  trace.service(adc, 'convert', 8, 11, 0, 1);
  trace.service(adc, 'stall.shiftAdd', 11, 12, 0, 1);
  trace.operation(crossbar, SECOND);
  trace.close(end);
  return readFileSync(file, 'utf8');
}

test('VCD: states, the operation of the crossbar, that of the ADC and its crossbar, the queue', () => {
  const text = traced('vcd');
  expect(text.slice(text.indexOf('$scope'))).toBe(`$scope module Chip $end
$scope module Tile_0 $end
$scope module Pe_0 $end
$scope module AdcPool_0 $end
$var real 64 " queue $end
$scope module Adc_0 $end
$var string 1 # state $end
$var integer 64 $ crossbar $end
$var integer 64 % operation $end
$upscope $end
$upscope $end
$scope module Crossbar_0 $end
$var string 1 ! state $end
$var integer 64 & operation $end
$upscope $end
$upscope $end
$upscope $end
$upscope $end
$enddefinitions $end
#0
$dumpvars
sread !
r0 "
sidle #
bx $
bx %
b0 &
$end
#3
sstall.adc !
r1 "
sconvert #
b0 $
b0 %
b1 &
#5
sread !
r0 "
sconvert #
#7
sidle #
bx $
bx %
#8
sidle !
sconvert #
b0 $
b1 %
bx &
#11
sstall.shiftAdd #
#12
sidle #
bx $
bx %
#15
`);
});

describe('VCD: the queue at the beginning', () => {
  /** What the file says of the only counter, in order of time. */
  const queue = (window: TraceRecorderOptions['window']): string[] =>
    traced('vcd', { window, filter: '*.AdcPool[0]' }).match(/^r\S+|^#\d+/gm)!;

  test('is empty in cycle 0, before its first change, also in a window that begins there', () => {
    expect(queue(undefined)).toEqual(['#0', 'r0', '#3', 'r1', '#5', 'r0', '#15']);
    expect(queue({ from: 0, to: 4 })).toEqual(['#0', 'r0', '#3', 'r1', '#4']);
  });

  test('is not known in a later window before its first change, and known after one', () => {
    expect(queue({ from: 1, to: 6 })).toEqual(['#1', 'rNaN', '#3', 'r1', '#5', 'r0', '#6']);
    expect(queue({ from: 4, to: 6 })).toEqual(['#4', 'r1', '#5', 'r0', '#6']);
  });
});

test('Kanata: an operation is an instruction, with its stall on a lane of its own', () => {
  const detail = (of: object): string =>
    Object.entries({ track: `${PE}.Crossbar[0]`, ...of })
      .map(([name, value]) => `${name}=${value}`)
      .join('\\n');
  const [, first] = /^L\t0\t1\t(.*)$/m.exec(traced('konata'))!;
  expect(traced('konata').replace(first!, '…').replace(detail(SECOND), '…')).toBe(
    [
      'Kanata\t0004',
      ...['C=\t0', 'I\t0\t0\t2', 'L\t0\t0\tCrossbar[0] operation 0, samples 2', 'L\t0\t1\t…', 'S\t0\t0\tRd'],
      // Its samples need not be held: the ADC is free.
      ...['C\t3', 'E\t0\t0\tRd', 'S\t0\t0\tCv'],
      ...['I\t1\t1\t2', 'L\t1\t0\tCrossbar[0] operation 1, samples 2', 'L\t1\t1\t…', 'S\t1\t1\tSt'],
      ...['C\t2', 'E\t1\t1\tSt', 'S\t1\t0\tRd'],
      ...['C\t2', 'E\t0\t0\tCv', 'S\t0\t0\tSa'],
      ...['C\t1', 'E\t0\t0\tSa', 'R\t0\t0\t0', 'E\t1\t0\tRd', 'S\t1\t0\tCv'],
      ...['C\t3', 'E\t1\t0\tCv', 'S\t1\t0\tSa'],
      ...['C\t2', 'E\t1\t0\tSa', 'R\t1\t1\t0'],
      'C\t2',
      '',
    ].join('\n'),
  );
});

test('Kanata: a window cuts stages, and what goes on behind it does not retire', () => {
  const lines = traced('konata', { window: { from: 4, to: 10 } }).split('\n');
  expect(lines.filter((line) => !line.startsWith('L'))).toEqual([
    'Kanata\t0004',
    ...['C=\t4', 'I\t0\t0\t2', 'S\t0\t0\tCv', 'I\t1\t1\t2', 'S\t1\t1\tSt'],
    ...['C\t1', 'E\t1\t1\tSt', 'S\t1\t0\tRd'],
    ...['C\t2', 'E\t0\t0\tCv', 'S\t0\t0\tSa'],
    ...['C\t1', 'E\t0\t0\tSa', 'R\t0\t0\t0', 'E\t1\t0\tRd', 'S\t1\t0\tCv'],
    'C\t2',
    '',
  ]);
});

/** Without the fields at the end that are empty. */
function rowsOf(options: Partial<TraceRecorderOptions>): string[] {
  const [, ...rows] = traced('csv', options).split('\r\n');
  return rows.map((row) => row.replace(/,+$/, ''));
}

test('CSV: a row for each', () => {
  expect(rowsOf({ filter: '*.Crossbar[0]' })).toEqual([
    'trace,,rootClock_GHz,,,1',
    'trace,,filter,,,*.Crossbar[0]',
    'trace,,level,,,sample',
    `track,${PE}.Crossbar[0]`,
    `span,${PE}.Crossbar[0],read,0,3`,
    `operation,${PE}.Crossbar[0],,0,8,,,,,,0,,0,0,3,2,3,7,7,8`,
    `span,${PE}.Crossbar[0],stall.adc,3,5`,
    `span,${PE}.Crossbar[0],read,5,8`,
    `operation,${PE}.Crossbar[0],,3,13,,,,,,1,stall.adc,3,5,8,2,8,11,12,13`,
    `span,${PE}.Crossbar[0],idle,8,15`,
    'trace,,end,,,15',
    '',
  ]);
});

describe("an ADC's span says of which crossbar and operation its sample is, whole or cut", () => {
  const window = { from: 4, to: 10 };

  test('CSV', () => {
    const adc = `span,${PE}.AdcPool[0].Adc[0]`;
    const spans = (options: Partial<TraceRecorderOptions>) => rowsOf(options).filter((row) => row.startsWith(adc));
    expect(spans({})).toEqual([
      `${adc},idle,0,3`,
      `${adc},convert,3,5,,,,0,0`,
      `${adc},convert,5,7,,,,0,0`,
      `${adc},idle,7,8`,
      `${adc},convert,8,11,,,,0,1`,
      `${adc},stall.shiftAdd,11,12,,,,0,1`,
      `${adc},idle,12,15`,
    ]);
    expect(spans({ window })).toEqual([
      `${adc},convert,4,5,,3,5,0,0`,
      `${adc},convert,5,7,,,,0,0`,
      `${adc},idle,7,8`,
      `${adc},convert,8,10,,8,11,0,1`,
    ]);
  });

  test('Perfetto JSON', () => {
    interface Event {
      readonly ph: string;
      readonly name: string;
      readonly args?: object;
    }
    const spans = (options: Partial<TraceRecorderOptions>) =>
      (JSON.parse(traced('perfetto', { ...options, filter: '*.Adc[0]' })) as { traceEvents: Event[] }).traceEvents
        .filter(({ ph }) => ph === 'X')
        .map(({ name, args }) => [name, args]);
    expect(spans({})).toEqual([
      ['idle', undefined],
      ['convert', { crossbar: 0, operation: 0 }],
      ['convert', { crossbar: 0, operation: 0 }],
      ['idle', undefined],
      ['convert', { crossbar: 0, operation: 1 }],
      ['stall.shiftAdd', { crossbar: 0, operation: 1 }],
      ['idle', undefined],
    ]);
    expect(spans({ window })).toEqual([
      ['convert', { crossbar: 0, operation: 0, wholeStart: 3, wholeEnd: 5 }],
      ['convert', { crossbar: 0, operation: 0 }],
      ['idle', undefined],
      ['convert', { crossbar: 0, operation: 1, wholeStart: 8, wholeEnd: 11 }],
    ]);
  });

  test('VCD', () => {
    const text = traced('vcd', { window, filter: '*.Adc[0]' });
    expect(text.slice(text.indexOf('#4\n'))).toBe(
      '#4\n$dumpvars\nsconvert !\nb0 "\nb0 #\n$end\n' +
        '#5\nsconvert !\n#7\nsidle !\nbx "\nbx #\n#8\nsconvert !\nb0 "\nb1 #\n#10\n',
    );
  });
});

describe('idle', () => {
  const idleIn = (options: Partial<TraceRecorderOptions>, end?: number): string[] =>
    readJson(traced('perfetto', options, end))
      .spans.filter(({ name }) => name === 'idle')
      .map(({ path, start, end: spanEnd }) => `${path.slice(PE.length + 1)} ${start}:${spanEnd}`);

  test('before, between and after the spans of a resource, up to the end of the run', () => {
    expect(idleIn({})).toEqual([
      'AdcPool[0].Adc[0] 0:3',
      'AdcPool[0].Adc[0] 7:8',
      'AdcPool[0].Adc[0] 12:15',
      'Crossbar[0] 8:15',
    ]);
  });

  test('in the window only', () => {
    expect(idleIn({ window: { from: 7, to: 11 } })).toEqual(['AdcPool[0].Adc[0] 7:8', 'Crossbar[0] 8:11']);
    expect(idleIn({ window: { from: 3, to: 7 } })).toEqual([]);
    expect(idleIn({ window: { from: 13, to: 40 } })).toEqual(['AdcPool[0].Adc[0] 13:15', 'Crossbar[0] 13:15']);
    expect(idleIn({ window: { from: 15, to: 40 } })).toEqual([]);
  });

  test('a server without a span at all has no idle span either: in lockstep it reports none', () => {
    const file = join(folder, 'servers.json');
    const trace = new TraceRecorder({
      files: [{ format: 'perfetto', file }],
      rootClock_GHz: 1,
      window: { from: 5, to: 9 },
    });
    trace.track('Chip.Tile[0].Bus');
    trace.span(trace.track('Chip.Tile[1].Bus'), 'transfer', 0, 4);
    trace.track(`${PE}.Crossbar[1]`);
    trace.close(20);
    expect(readJson(readFileSync(file, 'utf8')).spans).toEqual([
      { path: 'Chip.Tile[1].Bus', name: 'idle', start: 5, end: 9 },
      { path: `${PE}.Crossbar[1]`, name: 'idle', start: 5, end: 9 },
    ]);
  });
});

describe('level', () => {
  test.each([
    ['window', []],
    ['operation', ['Crossbar[0]']],
    ['sample', ['AdcPool[0].Adc[0]', 'Crossbar[0]']],
  ] as const)('%s', (level, shown) => {
    const paths = readJson(traced('perfetto', { level })).spans.map(({ path }) => path.slice(PE.length + 1));
    expect([...new Set(paths)].sort()).toEqual(shown);
  });
});
