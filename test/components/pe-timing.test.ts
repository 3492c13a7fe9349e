import { describe, expect, it } from 'vitest';
import type { Granularity } from '../../components/pe.js';
import type { PeStatistics } from '../../components/pe-statistics.js';
import type { NaiveScenario } from '../naive/scenario.js';
import { RecordingTrace } from '../sim/recording-trace.js';
import { PE_PATH, simulate, subjectOf } from './pe-under-test.js';
import { smallestScenario } from './smallest-scenario.js';
import { ledgerOf, timeline } from './timeline.js';

/**
 * Cycle tables of the PE, worked out on paper from docs/timing-model.md. A table says for each resource what it does in each
 * cycle (see `timeline`): that something starts at t, and not at t - 1, is in the letters.
 */

const GRANULARITIES: readonly Granularity[] = ['sampled', 'booked', 'fast'];

/** Resources by name inside the PE, `Crossbar[0]`; timelines as long as the run. */
type CycleTable = Readonly<Record<string, string>>;

/**
 * Runs a scenario in every granularity and holds it to its cycle table: run length, every span of every resource named,
 * and the ledgers, also of the runs that have no trace.
 */
function expectTable(scenario: NaiveScenario, table: CycleTable): PeStatistics {
  const subject = subjectOf(scenario);
  const trace = new RecordingTrace();
  const traced = simulate(subject, { granularity: 'sampled', trace });
  const shown = Object.keys(table).map((name) => [name, timeline(trace.spansOf(`${PE_PATH}.${name}`), traced.cycles)]);
  expect(Object.fromEntries(shown)).toEqual(table);

  const ledgers = Object.fromEntries(
    Object.entries(table).map(([name, line]) => {
      const states = name.startsWith('Crossbar')
        ? ['read', 'stall.adc', 'stall.input', 'stall.index']
        : ['convert', 'stall.shiftAdd'];
      return [name, ledgerOf(line, [...states, 'idle'])];
    }),
  );
  for (const granularity of GRANULARITIES) {
    const statistics = simulate(subject, { granularity });
    const found = Object.keys(table).map((name) => [name, ledgerIn(statistics, name)]);
    expect(Object.fromEntries(found)).toEqual(ledgers);
  }
  return traced;
}

function ledgerIn(statistics: PeStatistics, name: string): Record<string, number> {
  const { cycles } = statistics;
  const [first, second] = Array.from(name.matchAll(/\[(\d+)\]/g), (match) => Number(match[1]));
  if (name.startsWith('Crossbar')) {
    const read = statistics.read[first!]!;
    const stallAdc = statistics.stallAdc[first!]!;
    const stallInput = statistics.stallInput[first!]!;
    const stallIndex = statistics.stallIndex[first!]!;
    const idle = cycles - read - stallAdc - stallInput - stallIndex;
    return { read, 'stall.adc': stallAdc, 'stall.input': stallInput, 'stall.index': stallIndex, idle };
  }
  const pool = statistics.pools[first!]!;
  const convert = pool.convert[second!]!;
  const stallShiftAdd = pool.stallShiftAdd[second!]!;
  return { convert, 'stall.shiftAdd': stallShiftAdd, idle: cycles - convert - stallShiftAdd };
}

describe('one crossbar', () => {
  it('reads, converts, accepts and lets the code leave', () => {
    // Read 0-3; asked and converted 3-5; accepted at 5; left at 5 + 4 = 9.
    expectTable(
      smallestScenario({
        crossbar: { readCycles: 3 },
        adc: { conversionCycles: 2 },
        shiftAdd: { latencyCycles: 4 },
      }),
      {
        'Crossbar[0]': /*       */ 'Rrr......',
        'AdcPool[0].Adc[0]': /* */ '...Cc....',
      },
    );
  });

  it('converts two bitlines one after the other on one ADC', () => {
    // Both ask at 3: 3-5 and 5-7, the last accepted at 7, left at 11.
    const { pools } = expectTable(
      smallestScenario(
        { crossbar: { readCycles: 3 }, adc: { conversionCycles: 2 }, shiftAdd: { latencyCycles: 4 } },
        { weights: [[-1, -1]] },
      ),
      {
        'Crossbar[0]': /*       */ 'Rrr........',
        'AdcPool[0].Adc[0]': /* */ '...CcCc....',
      },
    );
    expect(pools[0]!.waits.statistics()).toEqual({ count: 2, mean: 1, p50: 0, p95: 2, p99: 2, max: 2 });
  });

  it('converts two bitlines side by side on two ADCs', () => {
    // Two lanes accept both codes at 5.
    expectTable(
      smallestScenario(
        { crossbar: { readCycles: 3 }, adc: { conversionCycles: 2, perPool: 2 }, shiftAdd: { lanes: 2 } },
        { weights: [[-1, -1]] },
      ),
      {
        'Crossbar[0]': /*       */ 'Rrr..',
        'AdcPool[0].Adc[0]': /* */ '...Cc',
        'AdcPool[0].Adc[1]': /* */ '...Cc',
      },
    );
  });

  const threeWindows = (banks: number, readCycles: number, conversionCycles: number) =>
    smallestScenario(
      {
        crossbar: { readCycles },
        sampleHold: { banks },
        adc: { conversionCycles },
        inputRegister: { windows: 3 },
      },
      { inputs: [[1], [1], [1]] },
    );

  it('with one bank, a read starts when the conversion before it has ended', () => {
    expectTable(threeWindows(1, 2, 3), {
      'Crossbar[0]': /*       */ 'RrAaaRrAaaRr...',
      'AdcPool[0].Adc[0]': /* */ '..Ccc..Ccc..Ccc',
    });
  });

  it('with two banks, reads overlap conversions: the third read starts when the first conversion has ended', () => {
    // Reads 0-2 and 2-4; conversions 2-5, 5-8, 8-11; the bank of operation 0 is free at 5.
    expectTable(threeWindows(2, 2, 3), {
      'Crossbar[0]': /*       */ 'RrRrARr....',
      'AdcPool[0].Adc[0]': /* */ '..CccCccCcc',
    });
  });

  it('with three banks, no read waits here', () => {
    expectTable(threeWindows(3, 2, 3), {
      'Crossbar[0]': /*       */ 'RrRrRr.....',
      'AdcPool[0].Adc[0]': /* */ '..CccCccCcc',
    });
  });

  it('that reads slower than it converts never stalls with two banks', () => {
    // The conversion of read j ends at 3 (j + 1) + 2, before read j + 1 ends.
    expectTable(threeWindows(2, 3, 2), {
      'Crossbar[0]': /*       */ 'RrrRrrRrr..',
      'AdcPool[0].Adc[0]': /* */ '...Cc.Cc.Cc',
    });
  });

  it('takes a bank in the cycle in which it is freed', () => {
    // Equal times, one bank: reads 0-2 4-6 8-10. Two banks: read 2 starts at 4, when conversion 0 ends.
    expectTable(threeWindows(1, 2, 2), {
      'Crossbar[0]': /*       */ 'RrAaRrAaRr..',
      'AdcPool[0].Adc[0]': /* */ '..Cc..Cc..Cc',
    });
    expectTable(threeWindows(2, 2, 2), {
      'Crossbar[0]': /*       */ 'RrRrRr..',
      'AdcPool[0].Adc[0]': /* */ '..CcCcCc',
    });
  });

  it('walks planes, column groups and row batches: every operation samples the bitlines of its column group', () => {
    // 3 rows by 2 wordlines are 2 batches; 3 bitlines by 2 are column groups of 2 and 1. One bank, reads of 1:
    // 0-1, converts 1-3; 3-4, 4-6; 6-7, 7-8; 8-9, 9-10. The second plane is the same 10 cycles later.
    expectTable(
      smallestScenario(
        { ou: { wordlines: 2, bitlines: 2 } },
        { inputBits: 2, weights: [[-1, -1, -1], [-1, -1, -1], [-1, -1, -1]], inputs: [[3, 3, 3]] }, // biome-ignore format: a matrix
      ),
      {
        'Crossbar[0]': /*       */ 'RAaRAaRARARAaRAaRAR.',
        'AdcPool[0].Adc[0]': /* */ '.CC.CC.C.C.CC.CC.C.C',
      },
    );
  });

  it('has times beyond the reach of the timing wheel', () => {
    // One bank, two windows: read 0-5000, converted 5000-8000, read 8000-13000, converted 13000-16000, left 20000.
    const scenario = smallestScenario(
      {
        crossbar: { readCycles: 5000 },
        adc: { conversionCycles: 3000 },
        shiftAdd: { latencyCycles: 4000 },
        inputRegister: { windows: 2 },
      },
      { inputs: [[1], [1]] },
    );
    for (const granularity of GRANULARITIES) {
      const statistics = simulate(subjectOf(scenario), { granularity });
      expect(statistics.cycles).toBe(20_000);
      expect(ledgerIn(statistics, 'Crossbar[0]')).toEqual({
        read: 10_000,
        'stall.adc': 3000,
        'stall.input': 0,
        'stall.index': 0,
        idle: 7000,
      });
    }
  });
});

describe('an index decoder', () => {
  /** Operations of one row each; reads of 2, decoded in `operationCycles`. */
  const decoding = (operationCycles: number, conversionCycles: number, banks: number, rows = 3) =>
    smallestScenario(
      {
        crossbar: { readCycles: 2 },
        ou: { wordlines: 1 },
        sampleHold: { banks },
        adc: { conversionCycles },
        indexDecoder: { kind: 'present', operationCycles },
      },
      { weights: new Array<number[]>(rows).fill([-1]), inputs: [new Array<number>(rows).fill(1)] },
      {},
      4,
    );

  it('decodes the first operation from cycle 0 on, each other one from the start of the read before it', () => {
    // Decoded 0-5, 5-10 and 10-15.
    const statistics = expectTable(decoding(5, 1, 2), {
      'Crossbar[0]': /*       */ 'DddddRrDddRrDddRr.',
      'AdcPool[0].Adc[0]': /* */ '.......C....C....C',
    });
    expect([statistics.decodedOperations, statistics.indexBitReads]).toEqual([3, 4]);
  });

  it('is not seen where it is at least as fast as the read: but before the first one', () => {
    // Decoded 0-2, 2-4 and 4-6, while reads run 2-4, 4-6 and 6-8.
    expectTable(decoding(2, 1, 2), {
      'Crossbar[0]': /*       */ 'DdRrRrRr.',
      'AdcPool[0].Adc[0]': /* */ '....C.C.C',
    });
  });

  it('takes the stall from the bank where it clears later, not where they clear together', () => {
    // One bank. Decoded 0-4, then 4-8: the bank is released at 7, or at 8.
    expectTable(decoding(4, 1, 1), {
      'Crossbar[0]': /*       */ 'DdddRrDdRrDdRr.',
      'AdcPool[0].Adc[0]': /* */ '......C...C...C',
    });
    expectTable(decoding(4, 2, 1), {
      'Crossbar[0]': /*       */ 'DdddRrAaRrAaRr..',
      'AdcPool[0].Adc[0]': /* */ '......Cc..Cc..Cc',
    });
  });

  it('takes the stall from the input where it clears later, not where they clear together', () => {
    const scanning = (operationCycles: number) =>
      smallestScenario(
        {
          sampleHold: { banks: 2 },
          detector: { kind: 'group', planeCycles: 3 },
          indexDecoder: { kind: 'present', operationCycles },
        },
        { inputBits: 2, inputs: [[3]] },
        {},
        1,
      );
    // Planes ready at 3 and 6; decoded at 3 and 6, or at 4 and 8.
    expectTable(scanning(3), { 'Crossbar[0]': 'IiiRIiR.' });
    expectTable(scanning(4), { 'Crossbar[0]': 'DdddRDddR.' });
  });

  it('goes on with the next window, before that is loaded', () => {
    // Rows 0-1 on crossbar 0, row 2 on crossbar 1, one row in an operation, one window in the register. Crossbar 0 reads
    // 3-5 and 6-8 and ends window 0; its next operation is decoded 6-9, though its window is not loaded before 8.
    // Crossbar 1 reads 3-5; its next operation is decoded 3-6, and reads when the window is there, at 8.
    const scenario = smallestScenario(
      {
        pe: { crossbars: 2 },
        crossbar: { wordlines: 2, readCycles: 2 },
        ou: { wordlines: 1 },
        sampleHold: { banks: 2 },
        indexDecoder: { kind: 'present', operationCycles: 3 },
      },
      {
        weights: [[-1], [-1], [-1]],
        inputs: [
          [1, 1, 1],
          [1, 1, 1],
        ],
      },
      {},
      1,
    );
    const { scanWait } = expectTable(scenario, {
      'Crossbar[0]': /* rows 0-1 */ 'DddRrDRrDRrDRr.',
      'Crossbar[1]': /* row 2 */ 'DddRrIiiRr.....',
    });
    expect(Array.from(scanWait)).toEqual([0, 0]);
  });

  it('costs no time without index bits, and does not exist without a decoder', () => {
    const scenario = decoding(5, 1, 2);
    const { cycles } = simulate(subjectOf(scenario), { granularity: 'sampled' });
    expect(cycles).toBe(18);
    const dense = { ...scenario, indices: { bitsPerGroup: 0 } };
    const none = { kind: 'none', operationCycles: 5 } as const;
    const free = { ...scenario, machine: { ...scenario.machine, indexDecoder: none } };
    for (const other of [dense, free]) {
      const statistics = expectTable(other, {
        'Crossbar[0]': /*       */ 'RrRrRr.',
        'AdcPool[0].Adc[0]': /* */ '..C.C.C',
      });
      expect([statistics.decodedOperations, statistics.indexBitReads]).toEqual([0, 0]);
    }
  });
});

describe('a shared pool', () => {
  // Row blocks of one row: one operation per crossbar and window.
  const sharedAdc = (banks: number, windows: number) =>
    smallestScenario(
      {
        pe: { crossbars: 2 },
        crossbar: { wordlines: 1, readCycles: 2 },
        ou: { wordlines: 1 },
        sampleHold: { banks },
        adc: { sharedBy: 2, conversionCycles: 3 },
        inputRegister: { windows },
      },
      { weights: [[-1], [-1]], inputs: new Array<number[]>(windows).fill([1, 1]) },
    );

  it('serves samples that ask together by crossbar number', () => {
    // Both ask at 2: crossbar 0 converts 2-5, crossbar 1 5-8. Crossbar 0 asks again at 7 and converts 8-11; crossbar 1
    // asks at 10 and converts 11-14.
    const { pools } = expectTable(sharedAdc(1, 2), {
      'Crossbar[0]': /*       */ 'RrAaaRr.......',
      'Crossbar[1]': /*       */ 'RrAaaaaaRr....',
      'AdcPool[0].Adc[0]': /* */ '..CccCccCccCcc',
    });
    // Waits 0 3 1 1.
    expect(pools[0]!.waits.statistics()).toEqual({ count: 4, mean: 5 / 4, p50: 1, p95: 3, p99: 3, max: 3 });
  });

  it('with two banks: the second read needs no conversion, the third one the first', () => {
    // Asked 2 2 4 4, converted 2-5 (crossbar 0), 5-8 (1), 8-11 (0), 11-14 (1). Third reads at 5 and at 8.
    expectTable(sharedAdc(2, 3), {
      'Crossbar[0]': /*       */ 'RrRrARr.............',
      'Crossbar[1]': /*       */ 'RrRrAaaaRr..........',
      'AdcPool[0].Adc[0]': /* */ '..CccCccCccCccCccCcc',
    });
  });

  it('serves who asked first, whatever the crossbar number', () => {
    // Planes are ready at 1, 2 and 3. Crossbar 1 is driven in planes 0 and 2, crossbar 0 in planes 1 and 2; two bitlines.
    // Crossbar 1 reads 1-3 and converts 3-5, 5-7; crossbar 0 reads 2-4, asks at 4 while crossbar 1 still has a sample
    // waiting, and converts 7-9, 9-11. Crossbar 1 reads 7-9 and converts 11-15, crossbar 0 reads 11-13, converts 15-19.
    // Before their first reads both wait for their planes.
    const { pools } = expectTable(
      smallestScenario(
        {
          pe: { crossbars: 2 },
          crossbar: { wordlines: 1, readCycles: 2 },
          ou: { wordlines: 1 },
          adc: { sharedBy: 2, conversionCycles: 2 },
          detector: { kind: 'group', planeCycles: 1 },
        },
        { inputBits: 3, weights: [[-1, -1], [-1, -1]], inputs: [[0b110, 0b101]] }, // biome-ignore format: a matrix
      ),
      {
        'Crossbar[0]': /*       */ 'IiRrAaaaaaaRr......',
        'Crossbar[1]': /*       */ 'IRrAaaaRr..........',
        'AdcPool[0].Adc[0]': /* */ '...CcCcCcCcCcCcCcCc',
      },
    );
    // Asked 3 3 4 4 9 9 13 13, begun 3 5 7 9 11 13 15 17.
    expect(pools[0]!.waits.sum).toBe(0 + 2 + 3 + 5 + 2 + 4 + 2 + 4);
  });

  it('gives each sample the ADC that can begin it first, the lowest number of several', () => {
    // Two bitlines on each of two crossbars ask at 1. ADCs 0 and 1 take those of crossbar 0, ADC 2 the first of crossbar
    // 1. At 3 all have ended, two lanes accept ADCs 0 and 1, ADC 2 waits until 4. The last sample goes to ADC 0.
    expectTable(
      smallestScenario(
        {
          pe: { crossbars: 2 },
          crossbar: { wordlines: 1 },
          ou: { wordlines: 1 },
          adc: { sharedBy: 2, perPool: 3, conversionCycles: 2 },
          shiftAdd: { lanes: 2 },
        },
        { weights: [[-1, -1], [-1, -1]], inputs: [[1, 1]] }, // biome-ignore format: a matrix
      ),
      {
        'Crossbar[0]': /*       */ 'R....',
        'Crossbar[1]': /*       */ 'R....',
        'AdcPool[0].Adc[0]': /* */ '.CcCc',
        'AdcPool[0].Adc[1]': /* */ '.Cc..',
        'AdcPool[0].Adc[2]': /* */ '.CcS.',
      },
    );
  });

  it('leaves other pools alone, and idle crossbars and pools idle', () => {
    // Five crossbars in pools 0-1, 2-3, 4; three row blocks: crossbars 0 and 1 contend, 2 does not, 3 and 4 do nothing.
    expectTable(
      smallestScenario(
        { pe: { crossbars: 5 }, crossbar: { wordlines: 1 }, ou: { wordlines: 1 }, adc: { sharedBy: 2 } },
        { weights: [[-1], [-1], [-1]], inputs: [[1, 1, 1]] },
      ),
      {
        'Crossbar[0]': /*       */ 'R..',
        'Crossbar[1]': /*       */ 'R..',
        'Crossbar[2]': /*       */ 'R..',
        'Crossbar[3]': /*       */ '...',
        'Crossbar[4]': /*       */ '...',
        'AdcPool[0].Adc[0]': /* */ '.CC',
        'AdcPool[1].Adc[0]': /* */ '.C.',
        'AdcPool[2].Adc[0]': /* */ '...',
      },
    );
  });
});

describe('an anomaly of sharing: a better machine can be slower, because who asks first is served first', () => {
  it('an input register of two windows lets a crossbar run ahead and get in the way', () => {
    // Two crossbars of one row on one ADC, one bank. Crossbar 0 is driven in window 1, crossbar 1 in both.
    const scenario = (windows: number) =>
      smallestScenario(
        {
          pe: { crossbars: 2 },
          crossbar: { wordlines: 1 },
          ou: { wordlines: 1 },
          adc: { sharedBy: 2 },
          detector: { kind: 'group' },
          inputRegister: { windows },
        },
        { weights: [[-1], [-1]], inputs: [[0, 1], [1, 1]] }, // biome-ignore format: a matrix
      );
    // One window: crossbar 1 reads 0-1 and converts 1-2. Window 1 is loaded at 1, crossbar 0 reads 1-2 and converts 2-3,
    // crossbar 1 reads 2-3 and converts 3-4.
    expectTable(scenario(1), {
      'Crossbar[0]': /*       */ 'IR..',
      'Crossbar[1]': /*       */ 'RAR.',
      'AdcPool[0].Adc[0]': /* */ '.CCC',
    });
    // Two windows: both read 0-1 and ask at 1, crossbar 0 for window 1. It goes first, and crossbar 1 starts a cycle late.
    expectTable(scenario(2), {
      'Crossbar[0]': /*       */ 'R....',
      'Crossbar[1]': /*       */ 'RAaR.',
      'AdcPool[0].Adc[0]': /* */ '.CC.C',
    });
  });

  it('a faster detector lets a crossbar ask earlier than is good for the others', () => {
    // Crossbar 0 is driven in plane 1, crossbar 1 in both planes; reads and conversions of 2.
    const scenario = (planeCycles: number) =>
      smallestScenario(
        {
          pe: { crossbars: 2 },
          crossbar: { wordlines: 1, readCycles: 2 },
          ou: { wordlines: 1 },
          adc: { sharedBy: 2, conversionCycles: 2 },
          detector: { kind: 'group', planeCycles },
        },
        { inputBits: 2, weights: [[-1], [-1]], inputs: [[0b10, 0b11]] },
      );
    // Planes ready at 1 and 2: crossbar 1 asks at 3, crossbar 0 at 4; crossbar 1 has its bank back at 5.
    expectTable(scenario(1), {
      'Crossbar[0]': /*       */ 'IiRr.....',
      'Crossbar[1]': /*       */ 'IRrAaRr..',
      'AdcPool[0].Adc[0]': /* */ '...CcCcCc',
    });
    // Planes ready at 0: both ask at 2, crossbar 0 goes first, and crossbar 1 has its bank back at 6.
    expectTable(scenario(0), {
      'Crossbar[0]': /*       */ 'Rr........',
      'Crossbar[1]': /*       */ 'RrAaaaRr..',
      'AdcPool[0].Adc[0]': /* */ '..CcCc..Cc',
    });
  });
});

describe('the shift-and-add unit', () => {
  const fourBitlines = (lanes: number, latencyCycles: number, banks = 1) =>
    smallestScenario(
      {
        adc: { perPool: 2 },
        sampleHold: { banks },
        shiftAdd: { lanes, latencyCycles },
        inputRegister: { windows: 2 },
      },
      { weights: [[-1, -1, -1, -1]], inputs: [[1], [1]] },
    );

  it('pushes back: a finished code blocks its ADC, but not the bank of its operation', () => {
    // ADC 0: b0 1-2, accepted 2; b2 2-3, accepted 4. ADC 1: b1 1-2, accepted 3; b3 3-4, accepted 5. The bank is free at
    // 4, when b3's conversion ends: read 4-5. At 5 both ADCs are free: the same again.
    expectTable(fourBitlines(1, 0), {
      'Crossbar[0]': /*       */ 'RAaaR....',
      'AdcPool[0].Adc[0]': /* */ '.CCS.CCS.',
      'AdcPool[0].Adc[1]': /* */ '.CSCSCSCS',
    });
  });

  it('with a lane for each ADC never blocks one', () => {
    // b0 b1 1-2, b2 b3 2-3; the bank is free at 3.
    expectTable(fourBitlines(2, 0), {
      'Crossbar[0]': /*       */ 'RAaR..',
      'AdcPool[0].Adc[0]': /* */ '.CC.CC',
      'AdcPool[0].Adc[1]': /* */ '.CC.CC',
    });
  });

  it('delays by its latency only the end of the run', () => {
    expectTable(fourBitlines(1, 3), {
      'Crossbar[0]': /*       */ 'RAaaR.......',
      'AdcPool[0].Adc[0]': /* */ '.CCS.CCS....',
      'AdcPool[0].Adc[1]': /* */ '.CSCSCSCS...',
    });
  });

  it('accepts in the order in which conversions ended, also across operations', () => {
    // Two banks: read 1 is 1-2 and asks at 2, behind b2 and b3 of read 0. Codes end 2 2 3 4 | 5 6 7 8 and are accepted
    // 2 3 4 5 | 6 7 8 9: item k begins when item k - 2 is accepted. ADC 0 has the even items, ADC 1 the odd ones.
    expectTable(fourBitlines(1, 0, 2), {
      'Crossbar[0]': /*       */ 'RR.......',
      'AdcPool[0].Adc[0]': /* */ '.CCSCSCS.',
      'AdcPool[0].Adc[1]': /* */ '.CSCSCSCS',
    });
  });
});

describe('the detector', () => {
  const scan = (planeCycles: number, windows: number, inputs: number[][], kind: 'none' | 'group' | 'form' = 'group') =>
    smallestScenario({ detector: { kind, planeCycles }, inputRegister: { windows } }, { inputBits: 3, inputs });

  it('makes planes ready one by one; planes that are not driven are passed over', () => {
    // 5 = 101b, 2 = 010b. Window 0: planes ready at 2 4 6, read 2-3 and 6-7, released 7. Window 1, loaded at 7: planes
    // ready at 9 11 13, read 11-12; its code has left at 13, its last plane is ready at 13.
    expectTable(scan(2, 1, [[5], [2]]), {
      'Crossbar[0]': /*       */ 'IiRIiiRIiiiR.',
      'AdcPool[0].Adc[0]': /* */ '...C...C....C',
    });
  });

  it('scans the next window when it is loaded and the scan before has ended', () => {
    // Window 1 is loaded at 0 and scanned from 6 on: planes ready at 8 10 12, read 10-11; the last plane ends the run.
    expectTable(scan(2, 2, [[5], [2]]), {
      'Crossbar[0]': /*       */ 'IiRIiiRIiiR.',
      'AdcPool[0].Adc[0]': /* */ '...C...C...C',
    });
  });

  it('that takes no time only skips', () => {
    // Reads of planes 0 and 2 of window 0 and of plane 1 of window 1, one bank.
    expectTable(scan(0, 1, [[5], [2]]), {
      'Crossbar[0]': /*       */ 'RARAR.',
      'AdcPool[0].Adc[0]': /* */ '.C.C.C',
    });
  });

  it('of kind none scans nothing, whatever planeCycles says', () => {
    // All three planes of the window are read from 0 on.
    expectTable(scan(4, 1, [[5]], 'none'), {
      'Crossbar[0]': /*       */ 'RARAR.',
      'AdcPool[0].Adc[0]': /* */ '.C.C.C',
    });
  });

  it('delays the end of the run to the last plane of the last window, although nothing is read in it', () => {
    // Plane 0 is ready at 4 and read 4-5; planes 1 and 2 are not driven, the last one is ready at 12.
    expectTable(scan(4, 1, [[1]], 'form'), {
      'Crossbar[0]': /*       */ 'IiiiR.......',
      'AdcPool[0].Adc[0]': /* */ '.....C......',
    });
  });

  it('of kind group keeps a batch with one driven row, of kind form packs the driven rows', () => {
    // Rows 0 and 3 of 4 are driven, 2 wordlines an operation: two operations, or one.
    const run = (kind: 'none' | 'group' | 'form', inputs: number[]) =>
      smallestScenario(
        { ou: { wordlines: 2 }, detector: { kind } },
        { weights: [[-1], [-1], [-1], [-1]], inputs: [inputs] },
      );
    const two = { 'Crossbar[0]': 'RAR.', 'AdcPool[0].Adc[0]': '.C.C' };
    const one = { 'Crossbar[0]': 'R.', 'AdcPool[0].Adc[0]': '.C' };
    expectTable(run('none', [1, 0, 0, 1]), two);
    expectTable(run('group', [1, 0, 0, 1]), two);
    expectTable(run('form', [1, 0, 0, 1]), one);
    // Rows 2 and 3: their batch is one operation anyway.
    expectTable(run('none', [0, 0, 1, 1]), two);
    expectTable(run('group', [0, 0, 1, 1]), one);
    expectTable(run('form', [0, 0, 1, 1]), one);
  });

  it.each([
    // Plane 1 waits for the bank (read 0's conversion) and for its scan; the cause that clears later takes the cycles.
    // Planes ready 2 4; read 2-3, converted 3-5; the bank clears later, at 5.
    { planeCycles: 2, crossbar: 'IiRAaR..', adc: '...Cc.Cc' },
    // Planes ready 3 6; read 3-4, converted 4-6; both clear at 6, and the ADC takes them.
    { planeCycles: 3, crossbar: 'IiiRAaR..', adc: '....Cc.Cc' },
    // Planes ready 4 8; read 4-5, converted 5-7; the plane clears later, at 8.
    { planeCycles: 4, crossbar: 'IiiiRIiiR..', adc: '.....Cc..Cc' },
  ])('planeCycles $planeCycles: of two causes, the one that clears later takes the stall', (row) => {
    const scenario = smallestScenario(
      { adc: { conversionCycles: 2 }, detector: { kind: 'group', planeCycles: row.planeCycles } },
      { inputBits: 2, inputs: [[3]] },
    );
    expectTable(scenario, { 'Crossbar[0]': row.crossbar, 'AdcPool[0].Adc[0]': row.adc });
  });
});

describe('the input register', () => {
  // 4 rows on 3 wordlines, operations of 1 wordline, reads of 2: 3 operations on crossbar 0, 1 on crossbar 1.
  const unequal = (windows: number) =>
    smallestScenario(
      {
        pe: { crossbars: 2 },
        crossbar: { wordlines: 3, readCycles: 2 },
        ou: { wordlines: 1 },
        sampleHold: { banks: 2 },
        inputRegister: { windows },
      },
      { weights: [[-1], [-1], [-1], [-1]], inputs: new Array<number[]>(3).fill([1, 1, 1, 1]) },
    );

  it('of one window makes the fast crossbar wait for the slow one', () => {
    // Crossbar 0 ends windows at 6, 12 and 18; crossbar 1 can begin the next one only then.
    const { registerHold } = expectTable(unequal(1), {
      'Crossbar[0]': /*       */ 'RrRrRrRrRrRrRrRrRr.',
      'Crossbar[1]': /*       */ 'RrIiiiRrIiiiRr.....',
      'AdcPool[0].Adc[0]': /* */ '..C.C.C.C.C.C.C.C.C',
      'AdcPool[1].Adc[0]': /* */ '..C.....C.....C....',
    });
    expect(registerHold).toBe(18);
  });

  it('of two windows lets it run one window ahead', () => {
    // Windows 0 and 1 are loaded at 0, window 2 when window 0 is released, at 6.
    expectTable(unequal(2), {
      'Crossbar[0]': /*       */ 'RrRrRrRrRrRrRrRrRr.',
      'Crossbar[1]': /*       */ 'RrRrIiRr...........',
      'AdcPool[0].Adc[0]': /* */ '..C.C.C.C.C.C.C.C.C',
      'AdcPool[1].Adc[0]': /* */ '..C.C...C..........',
    });
  });

  it('of all windows makes nobody wait', () => {
    expectTable(unequal(3), {
      'Crossbar[0]': /*       */ 'RrRrRrRrRrRrRrRrRr.',
      'Crossbar[1]': /*       */ 'RrRrRr.............',
      'AdcPool[0].Adc[0]': /* */ '..C.C.C.C.C.C.C.C.C',
      'AdcPool[1].Adc[0]': /* */ '..C.C.C............',
    });
  });

  it('passes windows without operations in no time', () => {
    // Windows 0 and 1 come and go at 0, window 2 is read 0-1, window 3 comes and goes at 1; the code leaves at 2.
    const scenario = smallestScenario({ detector: { kind: 'group' } }, { inputs: [[0], [0], [1], [0]] });
    const { registerHold } = expectTable(scenario, { 'Crossbar[0]': 'R.', 'AdcPool[0].Adc[0]': '.C' });
    expect(registerHold).toBe(1);
  });

  it('releases a window without operations when its crossbar has ended the window before', () => {
    // Register of 2, reads of 5. Windows 0 (read 0-5) and 1 (nothing to do) are both released at 5; windows 2 and 3
    // are loaded then, and wait for the bank until 6 and 12.
    const scenario = smallestScenario(
      { crossbar: { readCycles: 5 }, detector: { kind: 'group' }, inputRegister: { windows: 2 } },
      { inputs: [[1], [0], [1], [1]] },
    );
    expectTable(scenario, {
      'Crossbar[0]': /*       */ 'RrrrrARrrrrARrrrr.',
      'AdcPool[0].Adc[0]': /* */ '.....C.....C.....C',
    });
  });

  it('a run without any operation takes only the time of the scans', () => {
    const nothing = (planeCycles: number) =>
      smallestScenario({ detector: { kind: 'group', planeCycles } }, { inputs: [[0], [0]] });
    expect(expectTable(nothing(0), { 'Crossbar[0]': '', 'AdcPool[0].Adc[0]': '' }).registerHold).toBe(0);
    // Scan 0-3, released and loaded at 3, scan 3-6.
    const { registerHold, scanCycles } = expectTable(nothing(3), {
      'Crossbar[0]': '......',
      'AdcPool[0].Adc[0]': '......',
    });
    expect([registerHold, scanCycles]).toEqual([6, 6]);
  });
});

describe('full-array reads as in ISAAC: 128 x 128, reads of 128 cycles, one ADC of one conversion per cycle', () => {
  const WINDOWS = 3;
  const PLANES = 8;
  const LATENCY = 1;
  /** Operations of the crossbar: one per window and plane. */
  const OPERATIONS = WINDOWS * PLANES;

  /** 128 rows; 32 outputs of 8 bits in cells of 2 bits are 32 x 4 = 128 bitlines. */
  const scenario = (changes: { banks: number; conversionCycles: number }) =>
    smallestScenario(
      {
        crossbar: { wordlines: 128, bitlines: 128, bitsPerCell: 2, readCycles: 128 },
        ou: { wordlines: 128, bitlines: 128 },
        sampleHold: { banks: changes.banks },
        adc: { conversionCycles: changes.conversionCycles },
        shiftAdd: { latencyCycles: LATENCY },
      },
      {
        weightBits: 8,
        inputBits: PLANES,
        weights: Array.from({ length: 128 }, (_, k) => Array.from({ length: 32 }, (_, m) => ((k * 7 + m) % 255) - 127)),
        inputs: Array.from({ length: WINDOWS }, (_, w) => Array.from({ length: 128 }, (_, k) => (k * 3 + w) % 256)),
      },
      { encoding: 'offset', layout: 'adjacent' },
    );

  it.each(GRANULARITIES)('%s: with two banks, reads and conversions run back to back', (granularity) => {
    // Read j is 128 j .. 128 (j + 1), and its 128 conversions fill the next 128 cycles exactly: bank j mod 2 is free
    // again when read j + 2 starts. The last code leaves one read, one row of conversions and the latency later.
    const { cycles, ouOperations, adcConversions, read, stallAdc, stallInput, pools } = simulate(
      subjectOf(scenario({ banks: 2, conversionCycles: 1 })),
      { granularity },
    );
    expect(cycles).toBe(128 * (OPERATIONS + 1) + LATENCY);
    expect(ouOperations).toBe(OPERATIONS);
    expect(adcConversions).toBe(128 * OPERATIONS);
    expect([read[0], stallAdc[0], stallInput[0]]).toEqual([128 * OPERATIONS, 0, 0]);
    expect(pools[0]!.convert[0]).toBe(128 * OPERATIONS);
    // Bitline b of every operation waits b cycles: 0 .. 127, each as often. Ranks of 128: 64, ceil(121.6), ceil(126.72).
    expect(pools[0]!.waits.statistics()).toEqual({
      count: 128 * OPERATIONS,
      mean: 127 / 2,
      p50: 63,
      p95: 121,
      p99: 126,
      max: 127,
    });
  });

  it.each(GRANULARITIES)('%s: with one bank, each read waits for the conversions of the one before', (granularity) => {
    const { cycles, stallAdc } = simulate(subjectOf(scenario({ banks: 1, conversionCycles: 1 })), { granularity });
    expect(cycles).toBe(2 * 128 * OPERATIONS + LATENCY);
    expect(stallAdc[0]).toBe(128 * (OPERATIONS - 1));
  });

  it.each(GRANULARITIES)('%s: at half the conversion rate, the ADC sets the pace', (granularity) => {
    // The ADC converts from 128 on without a gap, 256 cycles an operation. Operation j - 2 is released at
    // 128 + 256 (j - 1), where read j starts; the last read so ends at 256 (OPERATIONS - 1).
    const { cycles, stallAdc, pools } = simulate(subjectOf(scenario({ banks: 2, conversionCycles: 2 })), {
      granularity,
    });
    expect(cycles).toBe(128 + 256 * OPERATIONS + LATENCY);
    expect(pools[0]!.convert[0]).toBe(256 * OPERATIONS);
    expect(stallAdc[0]).toBe(256 * (OPERATIONS - 1) - 128 * OPERATIONS);
  });
});
