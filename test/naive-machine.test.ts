import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { arbitraryScenario, withExactAdc } from './naive/arbitrary.js';
import { type NaiveResult, runNaive, waitStatistics } from './naive/machine.js';
import { placeMatrix, placement } from './naive/placement.js';
import type { NaiveMachine, NaiveScenario, NaiveWorkload } from './naive/scenario.js';

/**
 * The naive machine is the judge of the real one, so it is judged here: by cycle tables worked out on paper from the
 * text of the PE contract, and by each rule of the contract checked on the times it reports for random scenarios.
 */

type Changes = { [Part in keyof NaiveMachine]?: Partial<NaiveMachine[Part]> };

/**
 * The smallest machine: one crossbar, 1-bit cells, every duration 1 and the shift-and-add without latency; everything
 * else is said where it is needed. With `twos-complement` and 1 weight bit the weight -1 is one cell at level 1.
 */
function scenarioOf(
  changes: Changes,
  workload: Partial<NaiveWorkload>,
  mapping: Partial<NaiveScenario['mapping']> = {},
  bitsPerGroup = 0,
): NaiveScenario {
  return {
    machine: {
      pe: { crossbars: 1, ...changes.pe },
      crossbar: { wordlines: 4, bitlines: 8, bitsPerCell: 1, readCycles: 1, ...changes.crossbar },
      ou: { wordlines: 4, bitlines: 8, ...changes.ou },
      sampleHold: { banks: 1, ...changes.sampleHold },
      adc: { bits: 8, perPool: 1, sharedBy: 1, conversionCycles: 1, ...changes.adc },
      shiftAdd: { lanes: 1, latencyCycles: 0, ...changes.shiftAdd },
      detector: { kind: 'none', planeCycles: 0, ...changes.detector },
      indexDecoder: { kind: 'none', operationCycles: 0, ...changes.indexDecoder },
      inputRegister: { windows: 1, ...changes.inputRegister },
      input: { bitsPerPlane: 1, ...changes.input },
    },
    mapping: { encoding: 'twos-complement', layout: 'adjacent', ...mapping },
    workload: { weightBits: 1, inputBits: 1, weights: [[-1]], inputs: [[1]], ...workload },
    indices: { bitsPerGroup },
  };
}

/** [crossbar, start, end, released] of every read, in order of start. */
const readTable = (result: NaiveResult) =>
  result.trace.reads.map(({ crossbar, start, end, released }) => [crossbar, start, end, released]);

/** [crossbar, bitline, adc, asked, begin, end, accepted, left] of every conversion, in order of begin. */
const conversionTable = (result: NaiveResult) =>
  result.trace.conversions.map((c) => [c.crossbar, c.bitline, c.adc, c.asked, c.begin, c.end, c.accepted, c.left]);

describe('cycle tables', () => {
  test('one operation: read, convert, accept, leave', () => {
    // t=0 loaded, plane ready, read; 3 asked, converts; 5 released, accepted; 9 = 5 + 4 left, done.
    const result = runNaive(
      scenarioOf({ crossbar: { readCycles: 3 }, adc: { conversionCycles: 2 }, shiftAdd: { latencyCycles: 4 } }, {}),
    );
    expect(readTable(result)).toEqual([[0, 0, 3, 5]]);
    expect(conversionTable(result)).toEqual([[0, 0, 0, 3, 3, 5, 5, 9]]);
    expect(result.trace.windows).toEqual([{ loaded: 0, ready: [0], released: 3, done: 9 }]);
    expect(result.cycles).toBe(9);
    expect(result.windowDone).toEqual([9]);
    expect(result.crossbars).toEqual([{ read: 3, 'stall.adc': 0, 'stall.input': 0, idle: 6 }]);
    expect(result.pools[0].adcs).toEqual([{ convert: 2, 'stall.shiftAdd': 0, idle: 7 }]);
    expect(result.outputs).toEqual([[-1]]);
    expect(result.counts).toEqual({
      ouOperations: 1,
      skippedOperations: 0,
      adcConversions: 1,
      saturatedCodes: 0,
      shiftAdds: 1,
    });
  });

  test('two bitlines on one ADC: the second waits for the first, the bank for the second', () => {
    // Both ask at 3; conversions 3-5 and 5-7; codes leave at 5 + 4 and 7 + 4. Waits 0 and 2.
    const result = runNaive(
      scenarioOf(
        { crossbar: { readCycles: 3 }, adc: { conversionCycles: 2 }, shiftAdd: { latencyCycles: 4 } },
        { weights: [[-1, -1]] },
      ),
    );
    expect(readTable(result)).toEqual([[0, 0, 3, 7]]);
    expect(conversionTable(result)).toEqual([
      [0, 0, 0, 3, 3, 5, 5, 9],
      [0, 1, 0, 3, 5, 7, 7, 11],
    ]);
    expect(result.cycles).toBe(11);
    const [pool] = result.pools;
    expect(pool.waits).toEqual([0, 2]);
    expect(pool.wait).toEqual({ count: 2, mean: 1, p50: 0, p95: 2, p99: 2, max: 2 });
    expect(pool.queueIntegral).toBe(2);
    expect(pool.queueMean).toBe(2 / 11);
  });

  // Two row blocks of one row: crossbars 0 and 1, one operation each per window. Reads 2, conversions 3.
  const sharedAdc = (banks: number, windows: number) =>
    scenarioOf(
      {
        pe: { crossbars: 2 },
        crossbar: { wordlines: 1, readCycles: 2 },
        ou: { wordlines: 1 },
        sampleHold: { banks },
        adc: { sharedBy: 2, conversionCycles: 3 },
        inputRegister: { windows },
      },
      { weights: [[-1], [-1]], inputs: new Array(windows).fill([1, 1]) },
    );

  test('two crossbars share an ADC, one bank: a read starts when the conversion before has ended', () => {
    // Asked 2, 2; crossbar 0 converts 2-5, reads 5-7; crossbar 1 converts 5-8, reads 8-10;
    // crossbar 0 asked 7, converts 8-11; crossbar 1 asked 10, converts 11-14.
    const result = runNaive(sharedAdc(1, 2));
    expect(readTable(result)).toEqual([
      [0, 0, 2, 5],
      [1, 0, 2, 8],
      [0, 5, 7, 11],
      [1, 8, 10, 14],
    ]);
    expect(conversionTable(result)).toEqual([
      [0, 0, 0, 2, 2, 5, 5, 5],
      [1, 0, 0, 2, 5, 8, 8, 8],
      [0, 0, 0, 7, 8, 11, 11, 11],
      [1, 0, 0, 10, 11, 14, 14, 14],
    ]);
    expect(result.crossbars).toEqual([
      { read: 4, 'stall.adc': 3, 'stall.input': 0, idle: 7 },
      { read: 4, 'stall.adc': 6, 'stall.input': 0, idle: 4 },
    ]);
    expect(result.pools).toHaveLength(1);
    expect(result.pools[0].adcs).toEqual([{ convert: 12, 'stall.shiftAdd': 0, idle: 2 }]);
    expect(result.pools[0].waits).toEqual([0, 1, 1, 3]);
    expect(result.windowDone).toEqual([8, 14]);
    expect(result.trace.windows.map((window) => window.released)).toEqual([2, 10]);
    expect(result.outputs).toEqual([[-2], [-2]]);
  });

  test('two crossbars share an ADC, two banks: the second read needs no conversion, the third the first', () => {
    // Reads 0-2 and 2-4 on both; third reads at the release of the first operation: crossbar 0 at 5, crossbar 1 at 8.
    // Asked 2 2 4 4 7 10, conversions back to back from 2: waits 0 3 4 7 7 7.
    const result = runNaive(sharedAdc(2, 3));
    expect(readTable(result)).toEqual([
      [0, 0, 2, 5],
      [1, 0, 2, 8],
      [0, 2, 4, 11],
      [1, 2, 4, 14],
      [0, 5, 7, 17],
      [1, 8, 10, 20],
    ]);
    expect(result.pools[0].waits).toEqual([0, 3, 4, 7, 7, 7]);
    expect(result.pools[0].queueIntegral).toBe(28);
    expect(result.crossbars).toEqual([
      { read: 6, 'stall.adc': 1, 'stall.input': 0, idle: 13 },
      { read: 6, 'stall.adc': 4, 'stall.input': 0, idle: 10 },
    ]);
    expect(result.cycles).toBe(20);
  });

  test('a pool serves by time asked, then crossbar, then bitline, on the lowest free ADC', () => {
    // Rows 0-1 on crossbar 0, row 2 on crossbar 1: one operation of 2 bitlines each, all four samples ask at 1. ADCs 0
    // and 1 take crossbar 0's, ADC 2 bitline 0 of crossbar 1. At 3 all three have ended; the two lanes accept the codes
    // of ADCs 0 and 1, ADC 2 keeps its own until 4. Bitline 1 of crossbar 1 goes to ADC 0, the lowest of 0 and 1.
    const result = runNaive(
      scenarioOf(
        {
          pe: { crossbars: 2 },
          crossbar: { wordlines: 2 },
          ou: { wordlines: 2 },
          adc: { sharedBy: 2, perPool: 3, conversionCycles: 2 },
          shiftAdd: { lanes: 2 },
        },
        { weights: [[-1, -1], [-1, 0], [-1, -1]], inputs: [[1, 1, 1]] }, // biome-ignore format: a matrix
      ),
    );
    expect(conversionTable(result)).toEqual([
      [0, 0, 0, 1, 1, 3, 3, 3],
      [0, 1, 1, 1, 1, 3, 3, 3],
      [1, 0, 2, 1, 1, 3, 4, 4],
      [1, 1, 0, 1, 3, 5, 5, 5],
    ]);
    expect(result.outputs).toEqual([[-3, -2]]);
    expect(result.pools[0].adcs.map((adc) => adc['stall.shiftAdd'])).toEqual([0, 0, 1]);
  });

  test('one lane before two ADCs: a finished code blocks its ADC but not the bank', () => {
    // Each operation has 4 bitlines. Asked 1. ADC 0: b0 1-2 accepted 2, b2 2-3 accepted 4 (stall 3-4).
    // ADC 1: b1 1-2 accepted 3 (stall 2-3), b3 3-4 accepted 5 (stall 4-5). The operation is released at 4, the next
    // read is 4-5, and at 5 both ADCs are free: the same four cycles later.
    const result = runNaive(
      scenarioOf(
        { adc: { perPool: 2 }, inputRegister: { windows: 2 } },
        {
          weights: [[-1, -1, -1, -1]],
          inputs: [[1], [1]],
        },
      ),
    );
    expect(readTable(result)).toEqual([
      [0, 0, 1, 4],
      [0, 4, 5, 8],
    ]);
    expect(conversionTable(result)).toEqual([
      [0, 0, 0, 1, 1, 2, 2, 2],
      [0, 1, 1, 1, 1, 2, 3, 3],
      [0, 2, 0, 1, 2, 3, 4, 4],
      [0, 3, 1, 1, 3, 4, 5, 5],
      [0, 0, 0, 5, 5, 6, 6, 6],
      [0, 1, 1, 5, 5, 6, 7, 7],
      [0, 2, 0, 5, 6, 7, 8, 8],
      [0, 3, 1, 5, 7, 8, 9, 9],
    ]);
    expect(result.pools[0].adcs).toEqual([
      { convert: 4, 'stall.shiftAdd': 2, idle: 3 },
      { convert: 4, 'stall.shiftAdd': 4, idle: 1 },
    ]);
    expect(result.crossbars).toEqual([{ read: 2, 'stall.adc': 3, 'stall.input': 0, idle: 4 }]);
    expect(result.windowDone).toEqual([5, 9]);
  });

  test('detector group: planes become ready one by one, undriven ones are skipped, the last one counts', () => {
    // 5 = 101b, 2 = 010b. Window 0: planes ready 2 4 6, reads 2-3 and 6-7, released 7. Window 1: loaded 7, planes
    // ready 9 11 13, read 11-12, code left 13, last plane ready 13.
    const scenario = (windows: number) =>
      scenarioOf(
        { detector: { kind: 'group', planeCycles: 2 }, inputRegister: { windows } },
        {
          inputBits: 3,
          inputs: [[5], [2]],
        },
      );
    const result = runNaive(scenario(1));
    expect(result.trace.windows).toEqual([
      { loaded: 0, ready: [2, 4, 6], released: 7, done: 8 },
      { loaded: 7, ready: [9, 11, 13], released: 13, done: 13 },
    ]);
    expect(result.trace.reads.map(({ window, plane, start }) => [window, plane, start])).toEqual([
      [0, 0, 2],
      [0, 2, 6],
      [1, 1, 11],
    ]);
    expect(result.crossbars).toEqual([{ read: 3, 'stall.adc': 0, 'stall.input': 9, idle: 1 }]);
    expect(result.counts).toMatchObject({ ouOperations: 3, skippedOperations: 3 });
    expect(result.outputs).toEqual([[-5], [-2]]);

    // Two windows in the register: window 1 is loaded at 0, its scan begins when that of window 0 has ended, at 6.
    const both = runNaive(scenario(2));
    expect(both.trace.windows[1]).toEqual({ loaded: 0, ready: [8, 10, 12], released: 12, done: 12 });
    expect(both.cycles).toBe(12);
  });

  test('the last plane of a window without an operation in it delays the end of the run', () => {
    // Plane 0 read 5-6, code left 7; plane 1 is not driven and ready at 10.
    const result = runNaive(
      scenarioOf({ detector: { kind: 'form', planeCycles: 5 } }, { inputBits: 2, inputs: [[1]] }),
    );
    expect(readTable(result)).toEqual([[0, 5, 6, 7]]);
    expect(result.cycles).toBe(10);
    expect(result.crossbars).toEqual([{ read: 1, 'stall.adc': 0, 'stall.input': 5, idle: 4 }]);
  });

  test('without a detector planeCycles means nothing: all planes are ready when the window is loaded', () => {
    const result = runNaive(
      scenarioOf({ detector: { kind: 'none', planeCycles: 4 } }, { inputBits: 2, inputs: [[0]] }),
    );
    expect(result.trace.windows[0].ready).toEqual([0, 0]);
    expect(result.counts).toMatchObject({ ouOperations: 2, skippedOperations: 0 });
  });

  test.each([
    // The plane before is read, converted for 2 cycles and released; which of bank and plane clears later?
    // planeCycles 2: planes ready 2 4, read 2-3, released 5 > 4: stall.adc 3-5, read 5-6, left 8.
    { planeCycles: 2, cycles: 8, ledger: { read: 2, 'stall.adc': 2, 'stall.input': 2, idle: 2 } },
    // planeCycles 3: planes ready 3 6, read 3-4, released 6 = 6: both clear at 6, stall.adc 4-6, read 6-7, left 9.
    { planeCycles: 3, cycles: 9, ledger: { read: 2, 'stall.adc': 2, 'stall.input': 3, idle: 2 } },
    // planeCycles 4: planes ready 4 8, read 4-5, released 7 < 8: stall.input 5-8, read 8-9, left 11.
    { planeCycles: 4, cycles: 11, ledger: { read: 2, 'stall.adc': 0, 'stall.input': 7, idle: 2 } },
  ])('of two causes the one that clears later takes the stall: planeCycles $planeCycles', (row) => {
    const result = runNaive(
      scenarioOf(
        { adc: { conversionCycles: 2 }, detector: { kind: 'group', planeCycles: row.planeCycles } },
        {
          inputBits: 2,
          inputs: [[3]],
        },
      ),
    );
    expect(result.cycles).toBe(row.cycles);
    expect(result.crossbars).toEqual([row.ledger]);
  });

  // One crossbar, one plane, three operations of one row each; reads of 2, conversions of 1 behind them.
  const threeOperations = (changes: Changes, bitsPerGroup: number) =>
    scenarioOf(
      {
        crossbar: { readCycles: 2 },
        ou: { wordlines: 1 },
        sampleHold: { banks: 2 },
        indexDecoder: { kind: 'present', operationCycles: 5 },
        ...changes,
      },
      { weights: [[-1], [-1], [-1]], inputs: [[1, 1, 1]] },
      {},
      bitsPerGroup,
    );

  test('an index decoder works one operation ahead: from one start of a read to the next at least its cycles', () => {
    // Operation 0 is decoded 0-5 and read 5-7; operation 1 is decoded 5-10, read 10-12; operation 2 10-15, read 15-17.
    const result = runNaive(threeOperations({}, 4));
    expect(readTable(result).map(([, start, end]) => [start, end])).toEqual([
      [5, 7],
      [10, 12],
      [15, 17],
    ]);
    expect(result.cycles).toBe(18);
    expect(result.crossbars).toEqual([{ read: 6, 'stall.adc': 0, 'stall.input': 0, 'stall.index': 11, idle: 1 }]);
    // One column group of 4 bits, one plane, one window.
    expect(result).toMatchObject({ decodedOperations: 3, indexBitReads: 4 });
    // Without index bits there is nothing to decode, and without a decoder not even a state of that name.
    const dense = runNaive(threeOperations({}, 0));
    expect(dense.cycles).toBe(7);
    expect(dense.crossbars).toEqual([{ read: 6, 'stall.adc': 0, 'stall.input': 0, 'stall.index': 0, idle: 1 }]);
    const free = runNaive(threeOperations({ indexDecoder: { kind: 'none', operationCycles: 5 } }, 4));
    expect(free.cycles).toBe(7);
    expect(free.crossbars).toEqual([{ read: 6, 'stall.adc': 0, 'stall.input': 0, idle: 1 }]);
    expect(free).toMatchObject({ decodedOperations: 0, indexBitReads: 0 });
  });

  test.each([
    // One bank, reads of 2: operation 0 is decoded and read from 4 to 6, released at 6 + conversion.
    // Conversion 1: released 7, decoded 8: stall.index 6-8; again 10-12; ends 14, left 15.
    { conversion: 1, cycles: 15, adc: 0, index: 4 + 2 + 2 },
    // Conversion 2: released 8, decoded 8: both clear at 8, stall.adc 6-8; again 10-12; ends 14, left 16.
    { conversion: 2, cycles: 16, adc: 2 + 2, index: 4 },
    // Conversion 3: released 9, decoded 8: stall.adc 6-9; read 9-11, released 14; read 14-16, left 19.
    { conversion: 3, cycles: 19, adc: 3 + 3, index: 4 },
  ])('bank and decoder: the one that clears later takes the stall, conversions of $conversion', (row) => {
    const { conversion, cycles, adc, index } = row;
    const changes = {
      sampleHold: { banks: 1 },
      adc: { conversionCycles: conversion },
      indexDecoder: { kind: 'present', operationCycles: 4 },
    } as const;
    const result = runNaive(threeOperations(changes, 1));
    expect(result.cycles).toBe(cycles);
    expect(result.crossbars).toEqual([
      { read: 6, 'stall.adc': adc, 'stall.input': 0, 'stall.index': index, idle: cycles - 6 - adc - index },
    ]);
  });

  test('plane and decoder: stall.input where they clear together', () => {
    // Planes ready 3 and 6, the decoder takes 3: read 3-4 (both at 3), read 6-7 (plane at 6, decoded 3 + 3), left 8.
    const scenario = (operationCycles: number) =>
      scenarioOf(
        {
          sampleHold: { banks: 2 },
          detector: { kind: 'group', planeCycles: 3 },
          indexDecoder: { kind: 'present', operationCycles },
        },
        { inputBits: 2, inputs: [[3]] },
        {},
        1,
      );
    const together = runNaive(scenario(3));
    expect(together.crossbars).toEqual([{ read: 2, 'stall.adc': 0, 'stall.input': 5, 'stall.index': 0, idle: 1 }]);
    // The window was loaded at 0, so all of it is waiting for the scan.
    expect(together.scanWaits).toEqual([5]);
    // The decoder takes 4: read 4-5, decoded at 8, read 8-9.
    const later = runNaive(scenario(4));
    expect(later.crossbars).toEqual([{ read: 2, 'stall.adc': 0, 'stall.input': 0, 'stall.index': 7, idle: 1 }]);
    expect(later.scanWaits).toEqual([0]);
  });

  test('stall.input is waiting for the window until it is loaded, and for the scan from then on', () => {
    // Rows 0-2 on crossbar 0, row 3 on crossbar 1; one window in the register, scans of 3, reads of 2. Window 0 is ready
    // at 3: crossbar 0 reads 3-9, crossbar 1 3-5. Window 1 is loaded at 9 and ready at 12: crossbar 1 waits 5-9 for the
    // window and 9-12 for the scan, crossbar 0 only 9-12. Before window 0 both wait for the scan, 0-3.
    const result = runNaive(
      scenarioOf(
        {
          pe: { crossbars: 2 },
          crossbar: { wordlines: 3, readCycles: 2 },
          ou: { wordlines: 1 },
          sampleHold: { banks: 2 },
          detector: { kind: 'group', planeCycles: 3 },
        },
        { weights: [[-1], [-1], [-1], [-1]], inputs: new Array(2).fill([1, 1, 1, 1]) },
      ),
    );
    expect(result.trace.windows.map(({ loaded }) => loaded)).toEqual([0, 9]);
    expect(result.crossbars.map((ledger) => ledger['stall.input'])).toEqual([6, 10]);
    expect(result.scanWaits).toEqual([6, 6]);
  });

  test('zero inputs seen, bit-planes not: group keeps batches with an input, form packs the inputs', () => {
    // Inputs 1 0 2 0 in batches of 2, two planes: both batches hold an input; the two inputs fit into one batch.
    // Performed: group batch 0 in plane 0, batch 1 in plane 1; form one operation in each plane.
    const operations = (kind: 'none' | 'group' | 'form', inputs: number[]) => {
      const weights = [[-1], [-1], [-1], [-1]];
      const changes = { ou: { wordlines: 2 }, detector: { kind } };
      const { nonZeroOperations, counts } = runNaive(scenarioOf(changes, { inputBits: 2, weights, inputs: [inputs] }));
      return [nonZeroOperations, counts.ouOperations];
    };
    expect(operations('none', [1, 0, 2, 0])).toEqual([4, 4]);
    expect(operations('group', [1, 0, 2, 0])).toEqual([4, 2]);
    expect(operations('form', [1, 0, 2, 0])).toEqual([2, 2]);
    expect(operations('group', [0, 0, 3, 0])).toEqual([2, 2]);
    expect(operations('form', [1, 1, 1, 0])).toEqual([4, 2]);
    expect(operations('form', [0, 0, 0, 0])).toEqual([0, 0]);
  });

  test('one window in the register: the fast crossbar waits for the slow one', () => {
    // 4 rows on 3 wordlines, operations of 1 wordline: 3 operations on crossbar 0, 1 on crossbar 1, reads of 2.
    // Crossbar 0 reads 0-6, window 0 is released at 6, crossbar 0 reads 6-12, last code left 13.
    const scenario = (windows: number) =>
      scenarioOf(
        {
          pe: { crossbars: 2 },
          crossbar: { wordlines: 3, readCycles: 2 },
          ou: { wordlines: 1 },
          sampleHold: { banks: 2 },
          inputRegister: { windows },
        },
        { weights: [[-1], [-1], [-1], [-1]], inputs: new Array(2).fill([1, 1, 1, 1]) },
      );
    const one = runNaive(scenario(1));
    expect(one.trace.windows.map(({ loaded, released }) => [loaded, released])).toEqual([
      [0, 6],
      [6, 12],
    ]);
    expect(one.windowDone).toEqual([7, 13]);
    expect(one.crossbars).toEqual([
      { read: 12, 'stall.adc': 0, 'stall.input': 0, idle: 1 },
      { read: 4, 'stall.adc': 0, 'stall.input': 4, idle: 5 },
    ]);
    const two = runNaive(scenario(2));
    expect(two.trace.windows.map(({ loaded, released }) => [loaded, released])).toEqual([
      [0, 6],
      [0, 12],
    ]);
    expect(two.crossbars[1]).toEqual({ read: 4, 'stall.adc': 0, 'stall.input': 0, idle: 9 });
  });

  test('windows without operations pass in no time, one after the other in the same cycle', () => {
    // Windows 0 and 1 come and go at 0; window 2 is read 0-1; window 3 comes and goes at 1, before window 2 is done.
    const result = runNaive(
      scenarioOf({ detector: { kind: 'group', planeCycles: 0 } }, { inputs: [[0], [0], [1], [0]] }),
    );
    expect(result.trace.windows).toEqual([
      { loaded: 0, ready: [0], released: 0, done: 0 },
      { loaded: 0, ready: [0], released: 0, done: 0 },
      { loaded: 0, ready: [0], released: 1, done: 2 },
      { loaded: 1, ready: [1], released: 1, done: 1 },
    ]);
    expect(result.cycles).toBe(2);
  });

  test('a window without operations is released when its crossbar has ended the window before', () => {
    // Register of 2, reads of 5. Window 1 is done at 0 but ends on the crossbar at 5 with window 0.
    const result = runNaive(
      scenarioOf(
        {
          crossbar: { readCycles: 5 },
          detector: { kind: 'group', planeCycles: 0 },
          inputRegister: { windows: 2 },
        },
        { inputs: [[1], [0], [1], [1]] },
      ),
    );
    expect(result.trace.windows).toEqual([
      { loaded: 0, ready: [0], released: 5, done: 6 },
      { loaded: 0, ready: [0], released: 5, done: 0 },
      { loaded: 5, ready: [5], released: 11, done: 12 },
      { loaded: 5, ready: [5], released: 17, done: 18 },
    ]);
    // Window 2 has its plane at 5 and the bank at 6, when window 0's conversion has ended; window 3 the bank at 12.
    expect(readTable(result)).toEqual([
      [0, 0, 5, 6],
      [0, 6, 11, 12],
      [0, 12, 17, 18],
    ]);
  });

  test('nothing to do takes only the time of the scans', () => {
    const run = (planeCycles: number) =>
      runNaive(scenarioOf({ detector: { kind: 'group', planeCycles } }, { inputs: [[0], [0]] }));
    expect(run(0).cycles).toBe(0);
    expect(run(0).pools[0].queueMean).toBe(0);
    expect(run(0).pools[0].wait).toEqual({ count: 0, mean: 0, p50: 0, p95: 0, p99: 0, max: 0 });
    // Scan 0-3, released 3, loaded 3, scan 3-6.
    expect(run(3).windowDone).toEqual([3, 6]);
    expect(run(3).crossbars).toEqual([{ read: 0, 'stall.adc': 0, 'stall.input': 0, idle: 6 }]);
    expect(run(3).pools[0].adcs).toEqual([{ convert: 0, 'stall.shiftAdd': 0, idle: 6 }]);
  });

  test('program order: plane, column group, row batch', () => {
    // 3 rows by 2 wordlines are 2 batches, 3 bitlines by 2 are 2 column groups.
    const result = runNaive(
      scenarioOf(
        { ou: { wordlines: 2, bitlines: 2 } },
        {
          inputBits: 2,
          weights: [[-1, -1, -1], [0, 0, 0], [-1, 0, -1]], // biome-ignore format: a matrix
          inputs: [[1, 2, 3]],
        },
      ),
    );
    expect(result.trace.reads.map(({ plane, columnGroup, batch }) => [plane, columnGroup, batch])).toEqual([
      [0, 0, 0],
      [0, 0, 1],
      [0, 1, 0],
      [0, 1, 1],
      [1, 0, 0],
      [1, 0, 1],
      [1, 1, 0],
      [1, 1, 1],
    ]);
    expect(result.counts.adcConversions).toBe(2 * 2 * (2 + 1));
    expect(result.outputs).toEqual([[-4, -1, -4]]);
  });

  test('detectors: group keeps a batch with one driven row, form packs the driven rows', () => {
    const run = (kind: 'none' | 'group' | 'form', inputs: number[]) => {
      const changes = { ou: { wordlines: 2 }, adc: { bits: 1 }, detector: { kind } };
      const { counts, outputs } = runNaive(
        scenarioOf(changes, { weights: [[-1], [-1], [-1], [-1]], inputs: [inputs] }),
      );
      return [counts.ouOperations, counts.skippedOperations, counts.saturatedCodes, outputs[0][0]];
    };
    // Rows 0 and 3: in two batches of 2, or together in one, where 2 saturates at 1.
    expect(run('none', [1, 0, 0, 1])).toEqual([2, 0, 0, -2]);
    expect(run('group', [1, 0, 0, 1])).toEqual([2, 0, 0, -2]);
    expect(run('form', [1, 0, 0, 1])).toEqual([1, 1, 1, -1]);
    // Rows 2 and 3: the first batch is skipped, and the codes are the same.
    expect(run('none', [0, 0, 1, 1])).toEqual([2, 0, 1, -1]);
    expect(run('group', [0, 0, 1, 1])).toEqual([1, 1, 1, -1]);
    expect(run('form', [0, 0, 1, 1])).toEqual([1, 1, 1, -1]);
  });

  test('pools: the last one is smaller, idle crossbars and pools are in the result', () => {
    // One crossbar of five has an operation; pools of crossbars 0-1, 2-3 and 4.
    const result = runNaive(scenarioOf({ pe: { crossbars: 5 }, adc: { sharedBy: 2, perPool: 2 } }, {}));
    expect(result.pools.map((pool) => pool.adcs.length)).toEqual([2, 2, 2]);
    expect(result.pools.map((pool) => pool.wait.count)).toEqual([1, 0, 0]);
    expect(result.crossbars[4]).toEqual({ read: 0, 'stall.adc': 0, 'stall.input': 0, idle: 2 });
  });
});

describe('function', () => {
  test('a code saturates above 2^bits - 1 and not at it', () => {
    const run = (inputs: number[]) => {
      const changes = { adc: { bits: 2 } };
      return runNaive(scenarioOf(changes, { weights: [[-1], [-1], [-1], [-1]], inputs: [inputs] }));
    };
    expect(run([1, 1, 1, 0]).outputs).toEqual([[-3]]);
    expect(run([1, 1, 1, 0]).counts.saturatedCodes).toBe(0);
    expect(run([1, 1, 1, 1]).outputs).toEqual([[-3]]);
    expect(run([1, 1, 1, 1]).counts.saturatedCodes).toBe(1);
  });

  test('offset: stored 3 0 2, code 13, corrected by 2 x 6; saturated at 7 and corrected by the same', () => {
    const run = (bits: number) => {
      const changes = { crossbar: { bitsPerCell: 2 }, adc: { bits }, input: { bitsPerPlane: 2 } };
      const workload = { weightBits: 2, inputBits: 2, weights: [[1], [-2], [0]], inputs: [[3, 1, 2]] };
      return runNaive(scenarioOf(changes, workload, { encoding: 'offset' }));
    };
    expect(run(4).outputs).toEqual([[1]]);
    expect(run(4).counts.adcConversions).toBe(1);
    expect(run(3).outputs).toEqual([[7 - 12]]);
  });

  test('twos-complement: -3 = 101b, 2 = 010b, the top bit counts -4', () => {
    const workload = { weightBits: 3, inputBits: 2, weights: [[-3, 2]], inputs: [[3]] };
    const result = runNaive(scenarioOf({}, workload));
    expect(result.outputs).toEqual([[-9, 6]]);
    expect(result.counts.adcConversions).toBe(2 * 6);
  });

  test('differential: a positive and a negative copy', () => {
    const workload = { weightBits: 3, inputBits: 2, weights: [[2], [-3]], inputs: [[3, 1]] };
    const result = runNaive(scenarioOf({ pe: { crossbars: 2 } }, workload, { encoding: 'differential' }));
    expect(result.outputs).toEqual([[2 * 3 - 3]]);
  });

  test('a narrower last plane: 5 bits in planes of 2 are 3 planes', () => {
    const changes = { input: { bitsPerPlane: 2 } };
    const result = runNaive(scenarioOf(changes, { inputBits: 5, inputs: [[27]] }));
    expect(result.trace.windows[0].ready).toHaveLength(3);
    expect(result.outputs).toEqual([[-27]]);
  });
});

describe('placement', () => {
  // Three rows on 2 wordlines; three outputs. Magnitudes of 3 bits in 2-bit cells are 2 slices: 6 = (1, 2), 5 = (1, 1),
  // 3 = (0, 3), written (most significant, least significant).
  const weights = [[6, -5, 0], [-3, 6, 5], [0, 0, -6]]; // biome-ignore format: a matrix
  const workload = { weightBits: 4, weights, inputs: [[0, 0, 0]] };
  const changes = (bitlines: number): Changes => ({
    pe: { crossbars: 16 },
    crossbar: { wordlines: 2, bitlines, bitsPerCell: 2 },
    ou: { wordlines: 2, bitlines: 2 },
  });

  test('adjacent: the slices of an output side by side, most significant first', () => {
    // 5 bitlines take floor(5 / 2) = 2 outputs: column blocks of outputs 0-1 and 2.
    const placed = placeMatrix(scenarioOf(changes(5), workload, { encoding: 'differential' }));
    const shown = placed.map(({ rows, bitlines }) => ({
      rows,
      outputs: bitlines.map((bitline) => bitline.output),
      weights: bitlines.map((bitline) => bitline.weight),
      levels: rows.map((_row, wordline) => bitlines.map((bitline) => bitline.levels[wordline])),
    }));
    const wide = { outputs: [0, 0, 1, 1], weights: [4, 1, 4, 1] };
    const narrow = { outputs: [2, 2], weights: [4, 1] };
    const minus = <T extends { weights: number[] }>(block: T) => ({ ...block, weights: block.weights.map((w) => -w) });
    expect(shown).toEqual([
      { rows: [0, 1], ...wide, levels: [[1, 2, 0, 0], [0, 0, 1, 2]] }, // biome-ignore format: levels
      { rows: [0, 1], ...narrow, levels: [[0, 0], [1, 1]] }, // biome-ignore format: levels
      { rows: [0, 1], ...minus(wide), levels: [[0, 0, 1, 1], [0, 3, 0, 0]] }, // biome-ignore format: levels
      { rows: [0, 1], ...minus(narrow), levels: [[0, 0], [0, 0]] }, // biome-ignore format: levels
      { rows: [2], ...wide, levels: [[0, 0, 0, 0]] },
      { rows: [2], ...narrow, levels: [[0, 0]] },
      { rows: [2], ...minus(wide), levels: [[0, 0, 0, 0]] },
      { rows: [2], ...minus(narrow), levels: [[1, 2]] },
    ]);
  });

  test('planar: row block, sign, slice with the least significant first, column block', () => {
    // 2 bitlines take 2 outputs of one slice: 2 row blocks x 2 signs x 2 slices x 2 column blocks.
    const placed = placeMatrix(scenarioOf(changes(2), workload, { encoding: 'differential', layout: 'planar' }));
    expect(placed.map(({ rows, bitlines }) => [rows[0], bitlines[0].weight, bitlines[0].output])).toEqual([
      [0, 1, 0],
      [0, 1, 2],
      [0, 4, 0],
      [0, 4, 2],
      [0, -1, 0],
      [0, -1, 2],
      [0, -4, 0],
      [0, -4, 2],
      [2, 1, 0],
      [2, 1, 2],
      [2, 4, 0],
      [2, 4, 2],
      [2, -1, 0],
      [2, -1, 2],
      [2, -4, 0],
      [2, -4, 2],
    ]);
    expect(placed[0].bitlines.map((bitline) => bitline.levels)).toEqual([
      [2, 0],
      [0, 2],
    ]);
    expect(placed[6].bitlines.map((bitline) => bitline.levels)).toEqual([
      [0, 0],
      [1, 0],
    ]);
  });

  test('offset and twos-complement take one copy', () => {
    const offset = placeMatrix(scenarioOf({}, { weightBits: 3, weights: [[-4, 3]] }, { encoding: 'offset' }));
    expect(offset[0].bitlines.map(({ weight, levels }) => [weight, levels[0]])).toEqual([
      [4, 0],
      [2, 0],
      [1, 0],
      [4, 1],
      [2, 1],
      [1, 1],
    ]);
    const twos = placeMatrix(scenarioOf({}, { weightBits: 3, weights: [[-4, 3]] }));
    expect(twos[0].bitlines.map(({ weight, levels }) => [weight, levels[0]])).toEqual([
      [-4, 1],
      [2, 0],
      [1, 0],
      [-4, 0],
      [2, 1],
      [1, 1],
    ]);
  });

  test('errors', () => {
    const differential = { encoding: 'differential' } as const;
    const twoCrossbars = { pe: { crossbars: 2 } };
    expect(() => placement(scenarioOf(twoCrossbars, { weightBits: 3, weights: [[-4]] }, differential))).toThrow(
      /^weight:/,
    );
    expect(placement(scenarioOf(twoCrossbars, { weightBits: 3, weights: [[-3]] }, differential))).toEqual({
      crossbarsNeeded: 2,
    });
    expect(() => placement(scenarioOf(twoCrossbars, { weights: [[0]] }, differential))).toThrow(/^weightBits:/);
    const cell = { crossbar: { bitsPerCell: 2 } };
    expect(() => placement(scenarioOf(cell, {}))).toThrow(/^bitsPerCell:/);
    expect(() => placement(scenarioOf({}, { inputs: [] }))).toThrow(/^windows:/);
    // 9 slices on 8 bitlines; planar they take 9 crossbars.
    const nineBits = { weightBits: 9, weights: [[1]] };
    expect(() => placement(scenarioOf({}, nineBits))).toThrow(/^slices:/);
    expect(() => placement(scenarioOf({ pe: { crossbars: 8 } }, nineBits, { layout: 'planar' }))).toThrow(
      /^crossbars:/,
    );
    expect(placement(scenarioOf({ pe: { crossbars: 9 } }, nineBits, { layout: 'planar' }))).toEqual({
      crossbarsNeeded: 9,
    });
    expect(() => runNaive(scenarioOf({}, { inputs: [] }))).toThrow(/^windows:/);
  });
});

describe('wait statistics', () => {
  test('percentiles by nearest rank', () => {
    const upTo = (count: number) => Array.from({ length: count }, (_value, index) => index + 1);
    expect(waitStatistics(upTo(20))).toEqual({ count: 20, mean: 10.5, p50: 10, p95: 19, p99: 20, max: 20 });
    expect(waitStatistics(upTo(101))).toEqual({ count: 101, mean: 51, p50: 51, p95: 96, p99: 100, max: 101 });
    expect(waitStatistics([7])).toEqual({ count: 1, mean: 7, p50: 7, p95: 7, p99: 7, max: 7 });
    expect(waitStatistics([])).toEqual({ count: 0, mean: 0, p50: 0, p95: 0, p99: 0, max: 0 });
  });
});

describe('every random scenario', () => {
  const check = (predicate: (scenario: NaiveScenario, result: NaiveResult) => void) =>
    fc.assert(
      fc.property(arbitraryScenario(), (scenario) => predicate(scenario, runNaive(scenario))),
      { seed: 20261121, numRuns: 400 },
    );
  const sum = (values: number[]) => values.reduce((total, value) => total + value, 0);

  test('has ledgers that sum to the cycles, and queues whose integral is the sum of waits', () => {
    check((scenario, result) => {
      expect(result.crossbars).toHaveLength(scenario.machine.pe.crossbars);
      for (const ledger of result.crossbars) expect(sum(Object.values(ledger))).toBe(result.cycles);
      for (const pool of result.pools) {
        for (const ledger of pool.adcs) expect(sum(Object.values(ledger))).toBe(result.cycles);
        expect(pool.queueIntegral).toBe(sum(pool.waits));
      }
    });
  });

  test('gives the integer product with an exact ADC', () => {
    fc.assert(
      fc.property(arbitraryScenario(), (drawn) => {
        const scenario = withExactAdc(drawn);
        const { weights, inputs } = scenario.workload;
        const product = inputs.map((window) =>
          weights[0].map((_weight, output) => sum(window.map((input, row) => input * weights[row][output]))),
        );
        const { outputs, counts } = runNaive(scenario);
        expect(outputs).toEqual(product);
        expect(counts.saturatedCodes).toBe(0);
      }),
      { seed: 20261121, numRuns: 400 },
    );
  });

  test('converts every bitline of every operation once, and saves what the detector skips', () => {
    check((scenario, result) => {
      const { machine, workload } = scenario;
      const planes = Math.ceil(workload.inputBits / machine.input.bitsPerPlane);
      const placed = placeMatrix(scenario);
      const bitlinesOf = (crossbar: number, columnGroup: number) =>
        Math.min(machine.ou.bitlines, placed[crossbar].bitlines.length - columnGroup * machine.ou.bitlines);
      const bitlines = sum(result.trace.reads.map((read) => bitlinesOf(read.crossbar, read.columnGroup)));
      expect(result.counts.adcConversions).toBe(bitlines);
      expect(result.counts.shiftAdds).toBe(bitlines);
      expect(sum(result.pools.map((pool) => pool.wait.count))).toBe(bitlines);
      const potential = placed.map(
        ({ rows, bitlines }) =>
          Math.ceil(rows.length / machine.ou.wordlines) * Math.ceil(bitlines.length / machine.ou.bitlines),
      );
      const { ouOperations, skippedOperations } = result.counts;
      expect(ouOperations).toBe(result.trace.reads.length);
      expect(ouOperations + skippedOperations).toBe(sum(potential) * planes * workload.inputs.length);
      if (machine.detector.kind === 'none') expect(skippedOperations).toBe(0);
    });
  });

  test('keeps rules 1, 2 and 6: windows are loaded, scanned, released and done', () => {
    check(({ machine }, { trace, cycles, windowDone }) => {
      const { windows, reads, conversions } = trace;
      windows.forEach((window, w) => {
        const before = w - machine.inputRegister.windows;
        expect(window.loaded).toBe(before < 0 ? 0 : windows[before].released);
        let scanned = window.loaded;
        if (w > 0) scanned = Math.max(scanned, windows[w - 1].ready[windows[w - 1].ready.length - 1]);
        for (const ready of window.ready) {
          if (machine.detector.kind === 'none') {
            expect(ready).toBe(window.loaded);
          } else {
            scanned += machine.detector.planeCycles;
            expect(ready).toBe(scanned);
          }
        }
        const lastReady = window.ready[window.ready.length - 1];
        // Ended on every crossbar: all reads of this window and of those before it.
        const readsUpTo = reads.filter((read) => read.window <= w);
        expect(window.released).toBe(Math.max(lastReady, ...readsUpTo.map((read) => read.end)));
      });
      expect(windowDone).toEqual(windows.map((window) => window.done));
      expect(cycles).toBe(Math.max(...windowDone));
      const lastLeft = Math.max(0, ...conversions.map((conversion) => conversion.left));
      const lastReady = Math.max(...windows.map((window) => window.ready[window.ready.length - 1]));
      expect(cycles).toBe(Math.max(lastLeft, lastReady));
    });
  });

  test('keeps rule 3, and its stalls are those of the three causes', () => {
    check(({ machine, indices }, { trace, crossbars, scanWaits, cycles }) => {
      const hasDecoder = machine.indexDecoder.kind === 'present';
      const decodeCycles = hasDecoder && indices.bitsPerGroup > 0 ? machine.indexDecoder.operationCycles : 0;
      crossbars.forEach((ledger, crossbar) => {
        const reads = trace.reads.filter((read) => read.crossbar === crossbar);
        const expected = { read: 0, 'stall.adc': 0, 'stall.input': 0, 'stall.index': 0, idle: cycles };
        let scanWait = 0;
        let previousEnd = 0;
        const expectedReads = reads.map((read, j) => {
          const { ready: planes, loaded } = trace.windows[read.window];
          const ready = planes[read.plane];
          const bankFree = j < machine.sampleHold.banks ? 0 : reads[j - machine.sampleHold.banks].released;
          const decoded = (j === 0 ? 0 : reads[j - 1].start) + decodeCycles;
          const start = Math.max(previousEnd, ready, bankFree, decoded);
          const last = Math.max(ready, bankFree, decoded);
          const cause = bankFree === last ? 'stall.adc' : ready === last ? 'stall.input' : 'stall.index';
          expected.read += read.end - read.start;
          expected[cause] += read.start - previousEnd;
          if (cause === 'stall.input') scanWait += read.start - Math.min(read.start, Math.max(previousEnd, loaded));
          expected.idle -= read.end - previousEnd;
          previousEnd = read.end;
          return [start, start + machine.crossbar.readCycles];
        });
        expect(reads.map(({ start, end }) => [start, end])).toEqual(expectedReads);
        const { 'stall.index': stallIndex, ...others } = expected;
        expect(ledger).toEqual(hasDecoder ? expected : others);
        if (!hasDecoder) expect(stallIndex).toBe(0);
        expect(scanWaits[crossbar]).toBe(scanWait);
      });
    });
  });

  test('decodes every operation, and fetches the bits of every column group in every plane, where it has what to', () => {
    check((scenario, { counts, decodedOperations, indexBitReads }) => {
      const { machine, workload, indices } = scenario;
      const groups = sum(placeMatrix(scenario).map(({ bitlines }) => Math.ceil(bitlines.length / machine.ou.bitlines)));
      const planes = Math.ceil(workload.inputBits / machine.input.bitsPerPlane) * workload.inputs.length;
      const present = machine.indexDecoder.kind === 'present';
      expect(indexBitReads).toBe(present ? groups * planes * indices.bitsPerGroup : 0);
      expect(decodedOperations).toBe(present && indices.bitsPerGroup > 0 ? counts.ouOperations : 0);
    });
  });

  test('keeps rules 4 and 5: first asked, first served; first ended, first accepted', () => {
    check(({ machine }, { trace, pools, cycles }) => {
      pools.forEach((pool, number) => {
        const served = trace.conversions.filter((conversion) => conversion.pool === number);
        expect(new Set(served.map(({ crossbar }) => Math.floor(crossbar / machine.adc.sharedBy)))).toEqual(
          new Set(served.length === 0 ? [] : [number]),
        );
        const asked = [...served].sort((a, b) => a.asked - b.asked || a.crossbar - b.crossbar || a.bitline - b.bitline);
        expect(served).toEqual(asked);
        // Each begins on the ADC that can begin it first; an ADC can begin when its code before is accepted.
        const free: number[] = new Array(machine.adc.perPool).fill(0);
        const ledgers = pool.adcs.map(() => ({ convert: 0, 'stall.shiftAdd': 0, idle: cycles }));
        const expectedService = served.map(({ asked, adc, begin, end, accepted }) => {
          const couldBegin = free.map((time) => Math.max(time, asked));
          const first = Math.min(...couldBegin);
          free[adc] = accepted;
          ledgers[adc].convert += end - begin;
          ledgers[adc]['stall.shiftAdd'] += accepted - end;
          ledgers[adc].idle -= accepted - begin;
          return [couldBegin.indexOf(first), first, first + machine.adc.conversionCycles];
        });
        expect(served.map(({ adc, begin, end }) => [adc, begin, end])).toEqual(expectedService);
        expect(pool.adcs).toEqual(ledgers);
        // A code is accepted when it has ended and a lane is left by the codes before it.
        const ended = [...served].sort((a, b) => a.end - b.end || a.adc - b.adc);
        const expectedExit = ended.map(({ end }, place) => {
          const laneFree = place < machine.shiftAdd.lanes ? 0 : ended[place - machine.shiftAdd.lanes].accepted + 1;
          const accepted = Math.max(end, laneFree);
          return [accepted, accepted + machine.shiftAdd.latencyCycles];
        });
        expect(ended.map(({ accepted, left }) => [accepted, left])).toEqual(expectedExit);
      });
    });
  });
});
