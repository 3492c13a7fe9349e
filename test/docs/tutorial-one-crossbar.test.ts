import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { runScenario } from '../../scenarios/run/run-scenario.js';
import { parseScenario, resolveScenario, type Scenario } from '../../scenarios/scenario.js';

import { blocksOf, ROOT, readPage } from './markdown.js';
import { RunTrace } from './run-trace.js';

// The first part of the tutorial derives everything by hand. Here it is derived once more, from the scenario's few numbers and
// without the simulator, and the page, its example and the simulation must all agree with it.

const PAGE = readPage('docs/tutorial.md');
const FILE = join(ROOT, 'examples', 'one-crossbar.yaml');
const TEXT = readFileSync(FILE, 'utf8');

const WEIGHTS = [
  [1, 0, -2, 1],
  [-1, 1, 0, 0],
  [0, -2, 1, 1],
  [1, 1, -1, -2],
];
const INPUT = [3, 1, 0, 2];
const [OPERATIONS, READ, CONVERT] = [8, 3, 2] as const;

/** What one ADC with one lane, or two ADCs with one or two, make of the eight operations, by the rules of the tutorial. */
function byHand({ banks = 2, adcs = 1, lanes = 1 }) {
  const reads: number[] = [];
  const conversions: { asked: number; begin: number; end: number; accepted: number }[] = [];
  const released: number[] = [];
  const adcFree = new Array<number>(adcs).fill(0);
  const acceptedAt = new Map<number, number>();
  for (let j = 0; j < OPERATIONS; j++) {
    const start = Math.max(j === 0 ? 0 : reads[j - 1]! + READ, j < banks ? 0 : released[j - banks]!);
    reads.push(start);
    let last = 0;
    for (let bitline = 0; bitline < 2; bitline++) {
      const adc = adcFree.indexOf(Math.min(...adcFree));
      const begin = Math.max(start + READ, adcFree[adc]!);
      let accepted = begin + CONVERT;
      while ((acceptedAt.get(accepted) ?? 0) >= lanes) accepted++;
      acceptedAt.set(accepted, (acceptedAt.get(accepted) ?? 0) + 1);
      adcFree[adc] = accepted;
      conversions.push({ asked: start + READ, begin, end: begin + CONVERT, accepted });
      last = begin + CONVERT;
    }
    released.push(last);
  }
  const waits = conversions.map(({ asked, begin }) => begin - asked);
  return {
    reads,
    conversions,
    released,
    cycles: Math.max(...conversions.map(({ accepted }) => accepted)) + 1,
    stalls: reads.reduce((sum, start, j) => sum + (j === 0 ? 0 : start - reads[j - 1]! - READ), 0),
    blocked: conversions.reduce((sum, { end, accepted }) => sum + accepted - end, 0),
    waited: waits.reduce((sum, wait) => sum + wait, 0),
    longest: Math.max(...waits),
  };
}

/** The codes and outputs of the matrix as it lies in the cells, with 2 added to each weight. */
function codes(adcBits: number): { outputs: number[]; saturated: number } {
  let saturated = 0;
  const surplus = 2 * INPUT.reduce((sum, x) => sum + x, 0);
  const outputs = [0, 1, 2, 3].map((column) => {
    let sum = 0;
    for (const plane of [0, 1]) {
      for (const batch of [0, 2]) {
        let code = 0;
        for (const row of [batch, batch + 1]) code += ((INPUT[row]! >> plane) & 1) * (WEIGHTS[row]![column]! + 2);
        if (code > 2 ** adcBits - 1) saturated++;
        sum += Math.min(code, 2 ** adcBits - 1) << plane;
      }
    }
    return sum - surplus;
  });
  return { outputs, saturated };
}

function scenario(change: (machine: Record<string, Record<string, unknown>>) => void = () => {}): Scenario {
  const raw = structuredClone(parseScenario(TEXT, FILE)) as { machine: Record<string, Record<string, unknown>> };
  change(raw.machine);
  return resolveScenario(raw, { baseDir: ROOT });
}

const XBAR = 'Chip.Tile[0].Pe[0].Crossbar[0]';
const POOL = 'Chip.Tile[0].Pe[0].AdcPool[0]';

test('the scenario of the page is the example, and holds the matrix and the input of this test', () => {
  const block = blocksOf('docs/tutorial.md').find(({ language }) => language === 'yaml')!;
  expect(block.text).toBe(`# first.yaml\n${TEXT}`);
  const raw = parseScenario(TEXT, FILE) as { workload: { weights: number[][]; inputs: number[][] } };
  expect(raw.workload).toMatchObject({ weights: WEIGHTS, inputs: [INPUT] });
  expect(TEXT.trimEnd().split('\n')).toHaveLength(15);
});

describe('on one crossbar with one ADC', () => {
  const hand = byHand({});
  const trace = new RunTrace();
  const result = runScenario(scenario(), { outputs: true, trace });

  test('there are one crossbar, one ADC, 8 operations and 16 conversions', () => {
    const kinds = Object.values(result.resources).map(({ kind }) => kind);
    expect(kinds.filter((kind) => kind === 'crossbar')).toHaveLength(1);
    expect(kinds.filter((kind) => kind === 'adc')).toHaveLength(1);
    expect(result.counts).toMatchObject({ ouOperations: 8, adcConversions: 16, saturatedCodes: 0 });
  });

  test('every read, conversion and release happens when the pencil says so', () => {
    expect(hand).toMatchObject({ cycles: 36, stalls: 6, waited: 30, longest: 3 });
    expect(trace.operations).toMatchObject(
      hand.reads.map((readStart, j) => ({
        number: j,
        stall: j < 2 ? null : 'stall.adc',
        readStart,
        readEnd: readStart + READ,
        firstConversion: 3 + 4 * j,
        lastConversionEnd: hand.released[j],
        leaves: hand.released[j]! + 1,
      })),
    );
    for (const [j, read] of hand.reads.entries()) {
      const [asks, free] = [read + READ, hand.released[j]!];
      const row = `| ${j} | ${read} to ${asks - 1} | ${asks} | ${free - 4} to ${free - 1} | ${free} |`;
      if (j < 4 || j === 7) expect(PAGE).toContain(`\n${row}\n`);
    }
  });

  test('the ledgers, the waits and the outputs are those of the page', () => {
    expect(result.cycles).toBe(36);
    expect(result.resources[XBAR]!.ledger).toMatchObject({ read: 24, 'stall.adc': 6, 'stall.input': 0, idle: 6 });
    expect(result.resources[POOL]!.ledger).toMatchObject({ convert: 32, 'stall.shiftAdd': 0, idle: 4 });
    expect(result.resources[POOL]).toMatchObject({
      wait: { count: 16, mean: 30 / 16, max: 3 },
      'queue.mean': 30 / 36,
    });
    expect(codes(3)).toEqual({ outputs: [4, 3, -8, -1], saturated: 0 });
    expect(INPUT.reduce((sum, x, row) => sum + x * WEIGHTS[row]![0]!, 0)).toBe(4);
    expect(result.outputs).toEqual([[4, 3, -8, -1]]);
  });

  test('the timeline of the page is the run, cycle by cycle', () => {
    const line = (name: string, at: (cycle: number) => string) =>
      `\n${name.padEnd(13)}${Array.from({ length: hand.cycles }, (_, cycle) => at(cycle)).join(' ')}\n`;
    const covers = (start: number, end: number) => (cycle: number) => cycle >= start && cycle < end;

    const reads = trace.spansOf(XBAR);
    const numbers = new Map(reads.filter(({ name }) => name === 'read').map((span, j) => [span, String(j)]));
    const marks = (cycle: number) => {
      const span = reads.find(({ start, end }) => covers(start, end)(cycle));
      return span === undefined ? '.' : (numbers.get(span) ?? (span.name === 'stall.adc' ? 'a' : '?'));
    };
    expect(PAGE).toContain(line('Crossbar[0]', marks));

    const conversions = trace.spansOf(`${POOL}.Adc[0]`);
    expect(conversions.map(({ start }) => start)).toEqual(hand.conversions.map(({ begin }) => begin));
    const converted = (cycle: number) => {
      const at = conversions.findIndex(({ start, end }) => covers(start, end)(cycle));
      return at < 0 ? '.' : String(at >> 1);
    };
    expect(PAGE).toContain(line('Adc[0]', converted));

    const queue = (cycle: number) =>
      trace.counts.findLast(({ name, at }) => name === 'queue' && at <= cycle)?.value ?? 0;
    for (let cycle = 0; cycle < hand.cycles; cycle++) {
      const waiting = hand.conversions.filter(({ asked, begin }) => covers(asked, begin)(cycle));
      expect(queue(cycle), `queue in cycle ${cycle}`).toBe(waiting.length);
    }
    expect(PAGE).toContain(line('queue', (cycle) => String(queue(cycle))));
  });
});

describe('what is changed', () => {
  test.each([
    { what: 'eight banks', banks: 8, cycles: 36, stalls: 0, blocked: 0, waited: 72, longest: 9 },
    { what: 'one bank', banks: 1, cycles: 57, stalls: 28, blocked: 0, waited: 16, longest: 2 },
    { what: 'two ADCs', adcs: 2, cycles: 28, stalls: 0, blocked: 8, waited: 0, longest: 0 },
    { what: 'two ADCs and two lanes', adcs: 2, lanes: 2, cycles: 27, stalls: 0, blocked: 0, waited: 0, longest: 0 },
    { what: 'two lanes', lanes: 2, cycles: 36, stalls: 6, blocked: 0, waited: 30, longest: 3 },
  ])('$what', ({ banks = 2, adcs = 1, lanes = 1, cycles, stalls, blocked, waited, longest }) => {
    expect(byHand({ banks, adcs, lanes })).toMatchObject({ cycles, stalls, blocked, waited, longest });
    const result = runScenario(
      scenario((machine) => {
        machine['sampleHold']!['banks'] = banks;
        machine['adc']!['perPool'] = adcs;
        machine['shiftAdd']!['lanes'] = lanes;
      }),
      { outputs: true },
    );
    expect(result.cycles).toBe(cycles);
    expect(result.resources[XBAR]!.ledger['stall.adc']).toBe(stalls);
    const adcBlocked = Object.values(result.resources)
      .filter(({ kind }) => kind === 'adc')
      .reduce((sum, { ledger }) => sum + ledger['stall.shiftAdd']!, 0);
    expect(adcBlocked).toBe(blocked);
    expect(result.resources[POOL]).toMatchObject({
      wait: { mean: waited / 16, max: longest },
      'queue.mean': waited / cycles,
    });
    expect(result.outputs).toEqual([[4, 3, -8, -1]]);
  });

  test('too few bits', () => {
    const result = runScenario(
      scenario((machine) => {
        machine['adc']!['bits'] = 2;
      }),
      { outputs: true },
    );
    const { outputs, saturated } = codes(2);
    expect(saturated).toBe(3);
    expect(result.counts).toMatchObject({ saturatedCodes: saturated });
    expect(result.outputs).toEqual([outputs]);
    expect(PAGE).toContain(`  window 0: ${outputs.join(', ')}\n`);
  });
});
