import { beforeAll, describe, expect, test } from 'vitest';
import { proposedTrace } from '../../reports/page/proposed-trace.js';
import { runScenario } from '../../scenarios/run/run-scenario.js';
import { resolveScenario, type Scenario, scenarioFromOptions } from '../../scenarios/scenario.js';
import type { Result } from '../../sim/results/result.js';
import { readPage } from './markdown.js';
import { RunTrace } from './run-trace.js';

// Part 3 of the tutorial says in words what the pool that limits vgg10m does, and why. Here is whether it does.

const PAGE = readPage('docs/tutorial.md');
const PE = 'Chip.Tile[0].Pe[1]';
const POOL = `${PE}.AdcPool[0]`;
const [FROM, TO] = [339_600, 340_000];
const [READ, CONVERT, ADCS, BITLINES, WORDLINES] = [13, 6, 8, 8, 9];

let result: Result;
const trace = new RunTrace(`${PE}.`, FROM, TO);

/** The scenario of the page, with some values changed. */
function scenarioWith(adc: object = {}, sampleHold: object = {}): Scenario {
  const raw = scenarioFromOptions({ preset: 'isaac-ou', model: 'vgg10m-cifar10' }) as {
    machine: Record<string, unknown>;
  };
  const machine = { ...raw.machine, adc: { sharedBy: 8, ...adc }, sampleHold };
  return resolveScenario({ ...raw, machine }, { baseDir: '.' });
}

beforeAll(() => {
  const scenario = scenarioWith();
  expect(scenario.machine).toMatchObject({
    crossbar: { readCycles: READ, wordlines: 128, bitlines: 128, bitsPerCell: 1 },
    ou: { wordlines: WORDLINES, bitlines: BITLINES },
    adc: { perPool: ADCS, conversionCycles: CONVERT, sharedBy: 8 },
    sampleHold: { banks: 2 },
  });
  result = runScenario(scenario, { trace });
}, 60_000);

const layer = (name: string) => result.layers!.find((each) => each.name === name)!;
const crossbar = (i: number) => trace.spansOf(`${PE}.Crossbar[${i}]`);

describe('which pool limits, and which has the longest queue', () => {
  const pools = () => Object.entries(result.resources).filter(([, { kind }]) => kind === 'adcPool');

  test('the bottleneck is the pool of conv1', () => {
    expect(result.chip!.bottleneck).toMatchObject({ layer: 'conv1', resource: 'adc', path: POOL });
    const used = pools().toSorted(([, a], [, b]) => b.utilisation - a.utilisation);
    expect(used[0]![0]).toBe(POOL);
    expect((100 * used[0]![1].utilisation).toFixed(1)).toBe('75.5');
    expect((100 * used[1]![1].utilisation).toFixed(1)).toBe('66.6');
    expect(PAGE).toContain('its ADCs convert 75.5 % of the run, those of conv3\n66.6 %');
  });

  test('the longest queue is that of conv3', () => {
    const queues = pools().map(([path, pool]) => ({ path, queue: pool['queue.mean']!, wait: pool.wait! }));
    const [longest] = queues.toSorted((a, b) => b.queue - a.queue);
    expect(longest!.path).toBe('Chip.Tile[0].Pe[3].AdcPool[0]');
    expect(result.layers!.map(({ name }) => name).indexOf('conv3')).toBe(3);
    expect(longest!.queue.toFixed(0)).toBe('68');
    expect(longest!.wait.mean.toFixed(0)).toBe('77');
    const limiting = queues.find(({ path }) => path === POOL)!;
    expect(limiting.queue.toFixed(1)).toBe('6.9');
    // Three quarters: those of crossbars 0 and 1 while 2 and 3 have nothing to read.
    const { count, histogram } = layer('conv1').wait!;
    expect(histogram![0]! / count).toBeGreaterThan(0.75);
    expect(histogram![0]! / count).toBeLessThan(0.77);
    const { pixels } = layer('conv3').time!;
    expect(pixels / result.cycles).toBeGreaterThan(0.25);
    expect(pixels / result.cycles).toBeLessThan(0.3);
  });
});

describe('the cycle where it happens', () => {
  const first = 339_657;

  test('the crossbars hold 128 and 16 rows: 3 840 and 512 operations for a window', () => {
    const groups = 128 / BITLINES;
    const planes = 16;
    const operations = [128, 128, 16, 16].map((rows) => Math.ceil(rows / WORDLINES) * groups * planes);
    expect(operations).toEqual([3840, 3840, 512, 512]);
    expect(layer('conv1')).toMatchObject({ rows: 144, outputs: 16, footprint: { crossbars: 4 } });
    operations.forEach((count, i) => {
      expect(result.resources[`${PE}.Crossbar[${i}]`]!.ledger['read']).toBe(count * 1024 * READ);
    });
  });

  test('all four read at once, twice, and the first stalls are those of crossbars 2 and 3', () => {
    for (const i of [0, 1, 2, 3]) {
      const reads = crossbar(i).filter(({ name }) => name === 'read');
      expect(reads.slice(0, 2).map(({ start }) => start)).toEqual([first, first + READ]);
    }
    // Of 32 samples asked at once 8 are converted at a time, crossbar by crossbar; the third read needs the first bank.
    const free = [0, 1, 2, 3].map((i) => first + READ + (i + 1) * CONVERT);
    const asks = first + 2 * READ;
    const stalls = [0, 1, 2, 3].map((i) => crossbar(i).find(({ name }) => name === 'stall.adc')!);
    for (const i of [2, 3]) expect(stalls[i]).toMatchObject({ start: asks, end: free[i] });
    expect(asks).toBe(339_683);
    for (const i of [0, 1]) expect(free[i]).toBeLessThanOrEqual(asks);
    for (const i of [0, 1]) expect(stalls[i]!.start).toBe(339_696);
  });

  test('from 339 701 on each reads 13 cycles and waits 11, in turn, and the ADCs have no gap', () => {
    const reads: number[] = [];
    for (const i of [0, 1, 2, 3]) {
      for (const { name, start, end } of crossbar(i).filter((span) => span.start >= 339_701 && span.end < TO)) {
        expect(end - start, `${name} of crossbar ${i} at ${start}`).toBe(name === 'read' ? READ : 4 * CONVERT - READ);
        if (name === 'read') reads.push(start);
      }
    }
    reads.sort((a, b) => a - b);
    expect(reads.length).toBeGreaterThan(40);
    reads.slice(1).forEach((start, k) => {
      expect(start - reads[k]!).toBe(CONVERT);
    });
    for (let adc = 0; adc < ADCS; adc++) {
      const spans = trace.spansOf(`${POOL}.Adc[${adc}]`).filter(({ end }) => end < TO);
      expect(spans[0]!.start).toBe(first + READ);
      spans.slice(1).forEach(({ start }, k) => {
        expect(start).toBe(spans[k]!.end);
      });
    }
  });

  test('samples find 32 others before them and wait 29 cycles, the p99', () => {
    const asked = trace.operations.filter(({ readEnd }) => readEnd > 339_707 && readEnd < TO - 30);
    expect(asked.length).toBeGreaterThan(30);
    for (const { readEnd, firstConversion } of asked) expect(firstConversion - readEnd).toBe(29);
    const queue = trace.counts.filter(
      ({ path, name, at }) => path === POOL && name === 'queue' && at > 339_700 && at < TO,
    );
    expect([...new Set(queue.map(({ value }) => value))].toSorted()).toEqual([32, 40]);
    expect(layer('conv1').wait!.p99).toBe(29);
  });

  test('the longest queue that the page names is in the cycle of the first stall', () => {
    const queue = trace.counts.filter(({ path, name, at }) => path === POOL && name === 'queue' && at < TO);
    const longest = Math.max(...queue.map(({ value }) => value));
    expect(longest).toBe(40);
    expect(queue.find(({ value }) => value === longest)!.at).toBe(339_683);
  });

  test('the page proposes 400 cycles of the same PE, in the middle of the run', () => {
    const { window, filter } = proposedTrace(result);
    expect(filter).toBe(`${PE}.*`);
    expect(window.to - window.from).toBe(400);
    expect(window.from / layer('conv1').end_cycle).toBeGreaterThan(0.4);
    expect(window.to / layer('conv1').end_cycle).toBeLessThan(0.6);
  });

  test('the interval is that of 512 operations in fours and the others in twos', () => {
    const inFours = 512 * 4 * CONVERT;
    const inTwos = (3840 - 512) * READ;
    expect((inFours + inTwos).toLocaleString('en').replaceAll(',', ' ')).toBe('55 552');
    expect(PAGE).toContain('55 552 in all. In the run it is 55 540');
    // The queue builds up anew for each window: less than the reads of one round are gained by that.
    const { initiationInterval_cycles: interval } = layer('conv1');
    expect(inFours + inTwos - interval!).toBeGreaterThan(0);
    expect(inFours + inTwos - interval!).toBeLessThan(READ);
  });
});

describe('what helps', () => {
  test('twice the ADCs: only reads are left', () => {
    const { layers } = runScenario(scenarioWith({ perPool: 2 * ADCS }), {});
    const { initiationInterval_cycles: interval, time } = layers!.find(({ name }) => name === 'conv1')!;
    // But for the first window there is nothing else between two windows of a layer that sets the pace.
    expect(interval! / (3840 * READ)).toBeCloseTo(1, 3);
    expect(time!.adcWaiting).toBe(0);
  }, 60_000);

  test('a third bank: next to nothing', () => {
    const { cycles } = runScenario(scenarioWith({}, { banks: 3 }), {});
    expect(result.cycles / cycles).toBeCloseTo(1, 3);
  }, 60_000);
});
