import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { expect } from 'vitest';
import { TRACE_FORMAT_NAMES, TRACE_FORMATS } from '../../../sim/trace/formats.js';
import type { TraceFile } from '../../../sim/trace/trace-recorder.js';
import type { RecordedOperation, RecordingTrace } from '../recording-trace.js';
import {
  countsOf,
  operationsOf,
  type Shown,
  shownStates,
  sorted,
  stateOf,
  statesOf,
  type TraceContent,
} from './content.js';
import { readCsv } from './read-csv.js';
import { readJson } from './read-json.js';
import { type KanataInstruction, readKanata } from './read-kanata.js';
import { readProto } from './read-proto.js';
import { readVcd, type VcdFile, type VcdSignal } from './read-vcd.js';

/** A file of each format in `folder`. */
export function filesOfAllFormats(folder: string): TraceFile[] {
  return TRACE_FORMAT_NAMES.map((format) => ({ format, file: join(folder, TRACE_FORMATS[format].file) }));
}

/** All files of `folder` say of the cycles shown what `told` was told; each is read by a parser of its own. */
export function expectAllFormats(folder: string, told: RecordingTrace, shown: Shown): void {
  const read = (format: keyof typeof TRACE_FORMATS): Buffer => readFileSync(join(folder, TRACE_FORMATS[format].file));
  const states = statesOf(told, shown);
  const counts = countsOf(told.counts, shown);
  const operations = operationsOf(told, shown);

  const complete: [string, TraceContent][] = [
    ['perfetto', readJson(read('perfetto').toString())],
    ['perfetto-proto', readProto(read('perfetto-proto'))],
    ['csv', readCsv(read('csv').toString())],
  ];
  const spans = told.spans.filter(({ start, end }) => start < shown.to && end > shown.from).length;
  for (const [format, content] of complete) {
    expectEqual(`states in ${format}`, shownStates(content.spans, shown), states);
    const notIdle = content.spans.filter(({ name }) => name !== 'idle').length;
    expectEqual(`spans in ${format}`, notIdle, spans);
    expectEqual(`counters in ${format}`, countsOf(content.counts, shown), counts);
    expectEqual(`operations in ${format}`, sorted(content.operations), operations);
  }
  expectVcd(readVcd(read('vcd').toString()), states, counts, operations, shown);
  expectKanata(readKanata(read('konata').toString()).instructions, operations, shown);
}

/** `toEqual` takes long where both are large. */
function expectEqual(what: string, found: unknown, expected: unknown): void {
  if (!isDeepStrictEqual(found, expected)) expect(found, what).toEqual(expected);
}

function expectVcd(
  { timescale, signals, from, to }: VcdFile,
  states: ReadonlyMap<string, readonly string[]>,
  counts: ReadonlyMap<string, ReadonlyMap<number, number>>,
  operations: readonly RecordedOperation[],
  shown: Shown,
): void {
  const until = Math.min(shown.to, shown.end);
  expect([timescale, from, to]).toEqual(['1us', shown.from, Math.max(shown.from, until)]);
  const named = (name: string): VcdSignal[] => signals.filter((signal) => signal.name === name);
  const valueAt = ({ changes }: VcdSignal, cycle: number) => changes.findLast(([at]) => at <= cycle)?.[1];
  const known = ({ changes }: VcdSignal) => new Map(changes.filter(([, value]) => value !== null));
  const each = <V>(value: (cycle: number) => V): V[] =>
    Array.from({ length: Math.max(0, until - shown.from) }, (_, i) => value(shown.from + i));

  // A server has the signals `crossbar` and `operation` beside `state`, known where it serves an operation.
  const served = new Map(named('crossbar').map((signal) => [signal.path, signal]));
  const operationOf = new Map(named('operation').map((signal) => [signal.path, signal]));
  const found = named('state').map((state) => {
    const crossbarOf = served.get(state.path);
    const numberOf = operationOf.get(state.path);
    const stateAt = (cycle: number): string => {
      const name = String(valueAt(state, cycle));
      const crossbar = crossbarOf === undefined ? null : valueAt(crossbarOf, cycle);
      if (crossbar === null) {
        if (crossbarOf !== undefined) expect([name, valueAt(numberOf!, cycle)]).toEqual(['idle', null]);
        return name;
      }
      return stateOf({ name, crossbar: Number(crossbar), operation: Number(valueAt(numberOf!, cycle)) });
    };
    return [state.path, each(stateAt)] as const;
  });
  expectEqual('states in vcd', new Map(found), new Map(states));
  for (const { name, type, changes } of signals) {
    const repeats = changes.some(([, value], place) => place > 0 && value === changes[place - 1]![1]);
    if (type === 'integer' && repeats) throw new Error(`${name} changes to the value that it has`);
  }

  const counters = signals.filter(({ type }) => type === 'real');
  const changes = new Map(counters.map((signal) => [`${signal.path} ${signal.name}`, known(signal)]));
  // A file from cycle 0 on says that a counter is 0 until it changes.
  const zeros = new Map(shown.from === 0 ? [[0, 0]] : []);
  const told = new Map([...counts].map(([counter, values]) => [counter, new Map([...zeros, ...values])]));
  expectEqual('counters in vcd', changes, told);

  // The operation that a crossbar reads or stalls for.
  const expected = new Map<string, (number | null)[]>();
  for (const { path, number, stallStart, readEnd } of operations) {
    if (readEnd <= shown.from) continue;
    const numbers = expected.get(path) ?? each(() => null);
    expected.set(path, numbers);
    for (let cycle = Math.max(stallStart, shown.from); cycle < Math.min(readEnd, until); cycle++) {
      numbers[cycle - shown.from] = number;
    }
  }
  const current = named('operation')
    .filter(({ path }) => !served.has(path))
    .map((signal) => [signal.path, each((cycle) => valueAt(signal, cycle))] as const);
  expectEqual('operations in vcd', new Map(current), expected);
}

function expectKanata(
  instructions: readonly KanataInstruction[],
  operations: readonly RecordedOperation[],
  { from, to }: Shown,
): void {
  const found = instructions.map(({ detail }) => {
    const { track, stall, ...numbers } = Object.fromEntries(detail.split('\n').map((line) => line.split('=')));
    const values = Object.entries(numbers).map(([name, value]) => [name, Number(value)]);
    return { path: track, stall: stall || null, ...Object.fromEntries(values) } as RecordedOperation;
  });
  expectEqual('operations in konata', sorted(found), operations);
  const threads = new Map<string, number>();
  instructions.forEach(({ simulatorId, thread, label, begin, stages, retired }, i) => {
    const { path, number, samples, stall, stallStart, readStart, readEnd, ...later } = found[i]!;
    const { firstConversion, lastConversionEnd, leaves } = later;
    if (!threads.has(path)) threads.set(path, thread);
    const crossbar = path.slice(path.lastIndexOf('.') + 1);
    expect([simulatorId, thread, label]).toEqual([
      number,
      threads.get(path),
      `${crossbar} operation ${number}, samples ${samples}`,
    ]);
    const whole: [number, string, number, number][] = [
      ...(stall === null ? [] : [[1, 'St', stallStart, readStart] satisfies [number, string, number, number]]),
      [0, 'Rd', readStart, readEnd],
      [0, 'Hd', readEnd, firstConversion],
      [0, 'Cv', firstConversion, lastConversionEnd],
      [0, 'Sa', lastConversionEnd, leaves],
    ];
    const expected = whole
      .map(([lane, name, start, end]) => ({ lane, name, start: Math.max(start, from), end: end > to ? null : end }))
      .filter(({ start, end }) => start < to && (end === null || end > start));
    expectEqual('stages in konata', stages, expected);
    expect([begin, retired]).toEqual([Math.max(stallStart, from), leaves > to ? null : leaves]);
  });
  expect(new Set(threads.values()).size).toBe(threads.size);
}
