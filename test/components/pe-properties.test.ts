import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Granularity } from '../../components/pe.js';
import { PeStatistics } from '../../components/pe-statistics.js';
import { WaitHistogram } from '../../sim/statistics/wait-histogram.js';
import { arbitraryScenario, withExactAdc } from '../naive/arbitrary.js';
import { runNaive } from '../naive/machine.js';
import { placeMatrix, runsOf } from '../naive/placement.js';
import type { NaiveDetectorKind, NaiveMachine, NaiveScenario } from '../naive/scenario.js';
import { RecordingTrace } from '../sim/recording-trace.js';
import { evaluate, PE_PATH, simulate, subjectOf } from './pe-under-test.js';
import { type MachineChanges, smallestScenario } from './smallest-scenario.js';

const SEED = 20261121;
const GRANULARITIES: readonly Granularity[] = ['sampled', 'booked', 'fast'];

const check = (predicate: (scenario: NaiveScenario) => void, numRuns = 80) =>
  fc.assert(fc.property(arbitraryScenario(), predicate), { seed: SEED, numRuns });

/** Whole statistics, histograms included; the slow comparison with its printed difference only where they differ. */
function expectEqual(found: unknown, expected: unknown): void {
  if (!isDeepStrictEqual(found, expected)) expect(found).toEqual(expected);
}

const booked = (scenario: NaiveScenario): PeStatistics => simulate(subjectOf(scenario), { granularity: 'booked' });

function traced(scenario: NaiveScenario): { statistics: PeStatistics; trace: RecordingTrace } {
  const trace = new RecordingTrace();
  return { statistics: simulate(subjectOf(scenario), { granularity: 'sampled', trace }), trace };
}

/** The same scenario on a machine that differs as said. */
function on(scenario: NaiveScenario, changes: MachineChanges): NaiveScenario {
  const machine = { ...scenario.machine };
  for (const part of Object.keys(changes) as (keyof NaiveMachine)[]) {
    Object.assign(machine, { [part]: { ...machine[part], ...changes[part] } });
  }
  return { ...scenario, machine };
}

const sum = (values: Iterable<number>): number => {
  let total = 0;
  for (const value of values) total += value;
  return total;
};

const crossbarPath = (i: number) => `${PE_PATH}.Crossbar[${i}]`;
const poolPath = (p: number) => `${PE_PATH}.AdcPool[${p}]`;
const adcPath = (p: number, a: number) => `${poolPath(p)}.Adc[${a}]`;

/** Cycles that lie in at least one of the intervals. */
function unionOf(intervals: readonly { start: number; end: number }[]): number {
  let covered = 0;
  let until = 0;
  for (const { start, end } of [...intervals].sort((a, b) => a.start - b.start)) {
    covered += Math.max(0, end - Math.max(start, until));
    until = Math.max(until, end);
  }
  return covered;
}

describe('results never depend on the sequence (kernel law 3)', () => {
  it('shuffling equal (cycle, phase) events changes no statistic, in any granularity', () => {
    check((scenario) => {
      const subject = subjectOf(scenario);
      for (const granularity of GRANULARITIES) {
        const expected = simulate(subject, { granularity });
        for (const shuffleSeed of [1, 20261121, -7]) {
          expectEqual(simulate(subject, { granularity, shuffleSeed }), expected);
        }
      }
    }, 80);
  });

  it('nor the trace: the same spans and counters', () => {
    const sorted = ({ spans, counts }: RecordingTrace) => [
      [...spans].map((span) => JSON.stringify(span)).sort(),
      [...counts].map((count) => JSON.stringify(count)).sort(),
    ];
    check((scenario) => {
      const trace = new RecordingTrace();
      simulate(subjectOf(scenario), { granularity: 'sampled', trace, shuffleSeed: 5 });
      expectEqual(sorted(trace), sorted(traced(scenario).trace));
    }, 80);
  });
});

describe('granularity is exact (kernel law 9)', () => {
  it('sampled, booked and fast agree in every statistic, whole wait histograms included', () => {
    check((scenario) => {
      const subject = subjectOf(scenario);
      const sampled = simulate(subject, { granularity: 'sampled' });
      expectEqual(simulate(subject, { granularity: 'booked' }), sampled);
      expectEqual(simulate(subject, { granularity: 'fast' }), sampled);
    }, 150);
  });

  it('scaling all durations scales all times: also where every event is beyond the reach of the timing wheel', () => {
    // The lanes of the shift-and-add count codes per cycle; with a lane per ADC they never matter.
    const factor = 1031;
    check((drawn) => {
      const { crossbar, adc, shiftAdd, detector, indexDecoder } = drawn.machine;
      const scenario = on(drawn, { shiftAdd: { lanes: adc.perPool } });
      const slow = on(scenario, {
        crossbar: { readCycles: crossbar.readCycles * factor },
        adc: { conversionCycles: adc.conversionCycles * factor },
        shiftAdd: { latencyCycles: shiftAdd.latencyCycles * factor },
        detector: { planeCycles: detector.planeCycles * factor },
        indexDecoder: { operationCycles: indexDecoder.operationCycles * factor },
      });
      const expected = booked(scenario);
      for (const granularity of GRANULARITIES) {
        const found = simulate(subjectOf(slow), { granularity });
        expect(found.cycles).toBe(expected.cycles * factor);
        for (const stall of ['stallAdc', 'stallInput', 'stallIndex', 'scanWait', 'lastReadEnd'] as const) {
          expect(Array.from(found[stall])).toEqual(Array.from(expected[stall], (cycles) => cycles * factor));
        }
        found.pools.forEach((pool, p) => {
          expect(pool.waits.sum).toBe(expected.pools[p]!.waits.sum * factor);
          expect(pool.waits.statistics().max).toBe(expected.pools[p]!.waits.statistics().max * factor);
        });
      }
    }, 80);
  });
});

describe('tracing (kernel laws 5 and 8)', () => {
  it('never changes a result', () => {
    check((scenario) => {
      expectEqual(traced(scenario).statistics, booked(scenario));
    });
  });

  it('tells span by span what the naive machine does', () => {
    const asText = (spans: readonly { path: string; name: string; start: number; end: number }[]) =>
      spans.map(({ path, name, start, end }) => `${path} ${name} ${start}-${end}`).sort();
    check((scenario) => {
      const { reads, conversions } = runNaive(scenario).trace;
      const expected = [
        ...reads.map(({ crossbar, start, end }) => ({ path: crossbarPath(crossbar), name: 'read', start, end })),
        ...conversions.flatMap(({ pool, adc, begin, end, accepted }) => [
          { path: adcPath(pool, adc), name: 'convert', start: begin, end },
          ...(accepted > end ? [{ path: adcPath(pool, adc), name: 'stall.shiftAdd', start: end, end: accepted }] : []),
        ]),
      ];
      const { spans } = traced(scenario).trace;
      const work = spans.filter(({ name }) => !['stall.adc', 'stall.input', 'stall.index'].includes(name));
      expectEqual(asText(work), asText(expected));
    });
  });

  it('is complete: spans never overlap, sum to the ledgers, and every gap is idle', () => {
    check((scenario) => {
      const { statistics, trace } = traced(scenario);
      statistics.read.forEach((read, i) => {
        const cycles = trace.cyclesOf(crossbarPath(i));
        expectEqual(
          ['read', 'stall.adc', 'stall.input', 'stall.index'].map((state) => cycles[state] ?? 0),
          [read, statistics.stallAdc[i], statistics.stallInput[i], statistics.stallIndex[i]],
        );
        expect(statistics.lastReadEnd[i]).toBe(trace.spansOf(crossbarPath(i)).at(-1)?.end ?? 0);
        // A crossbar is idle only after its last read: before it, span follows span, and the last span is a read.
        const spans = trace.spansOf(crossbarPath(i));
        expectEqual(
          spans.map(({ start }) => start),
          [0, ...spans.map(({ end }) => end)].slice(0, spans.length),
        );
        if (spans.length > 0) expect(spans.at(-1)!.name).toBe('read');
      });
      statistics.pools.forEach((pool, p) => {
        pool.convert.forEach((convert, a) => {
          const cycles = trace.cyclesOf(adcPath(p, a));
          expectEqual([cycles['convert'] ?? 0, cycles['stall.shiftAdd'] ?? 0], [convert, pool.stallShiftAdd[a]]);
        });
      });
    });
  });
});

describe('ledgers (kernel law 5)', () => {
  it('are whole cycles that fit into the run', () => {
    check((scenario) => {
      const { cycles, read, stallAdc, stallInput, stallIndex, pools, scanCycles, registerHold } = booked(scenario);
      const ledgers = [
        ...Array.from(read, (cyclesOfReads, i) => [cyclesOfReads, stallAdc[i]!, stallInput[i]!, stallIndex[i]!]),
        ...pools.flatMap(({ poolConvert, poolStallShiftAdd, shiftAddAccept, convert, stallShiftAdd }) => [
          [poolConvert, poolStallShiftAdd],
          [shiftAddAccept],
          ...Array.from(convert, (converting, a) => [converting, stallShiftAdd[a]!]),
        ]),
        [scanCycles],
        [registerHold],
      ];
      const wrong = ledgers.filter(
        (states) => sum(states) > cycles || states.some((state) => !Number.isInteger(state) || state < 0),
      );
      expect(wrong).toEqual([]);
    });
  });

  it('have no stall for an index without a decoder that has something to decode, nor for a scan without a detector', () => {
    check((scenario) => {
      const { indexDecoder, detector } = scenario.machine;
      const { stallIndex, scanWait } = booked(scenario);
      const decodes = indexDecoder.kind === 'present' && scenario.indices.bitsPerGroup > 0;
      if (!decodes || indexDecoder.operationCycles === 0) expect(sum(stallIndex)).toBe(0);
      if (detector.kind === 'none' || detector.planeCycles === 0) expect(sum(scanWait)).toBe(0);
    }, 150);
  });

  it('of pools, shift-and-add units and the register are what the naive machine shows', () => {
    check((scenario) => {
      const naive = runNaive(scenario).trace;
      const subject = subjectOf(scenario);
      for (const granularity of GRANULARITIES) {
        const { pools, registerHold } = simulate(subject, { granularity });
        pools.forEach((pool, p) => {
          const conversions = naive.conversions.filter((conversion) => conversion.pool === p);
          const converting = unionOf(conversions.map(({ begin, end }) => ({ start: begin, end })));
          const occupied = unionOf(conversions.map(({ begin, accepted }) => ({ start: begin, end: accepted })));
          expect(pool.poolConvert).toBe(converting);
          expect(pool.poolStallShiftAdd).toBe(occupied - converting);
          expect(pool.shiftAddAccept).toBe(new Set(conversions.map(({ accepted }) => accepted)).size);
        });
        expect(registerHold).toBe(
          unionOf(naive.windows.map(({ loaded, released }) => ({ start: loaded, end: released }))),
        );
      }
    });
  });

  it("obey Little's law, measured: each queue's integral over time is the sum of its waits", () => {
    check((scenario) => {
      const { statistics, trace } = traced(scenario);
      statistics.pools.forEach((pool, p) => {
        expect(trace.integralOf(poolPath(p), 'queue')).toBe(pool.waits.sum);
      });
    });
  });
});

describe('statistics of several runs', () => {
  /** Every number of a PE's statistics by path; of the waits, count and sum. */
  const numbersIn = (statistics: PeStatistics): Record<string, number> => {
    const numbers: Record<string, number> = {};
    const collect = (path: string, value: unknown): void => {
      if (typeof value === 'number') numbers[path] = value;
      else if (value instanceof WaitHistogram) collect(path, { count: value.count, sum: value.sum });
      else for (const [key, inner] of Object.entries(value as object)) collect(`${path}.${key}`, inner);
    };
    collect('', statistics);
    return numbers;
  };

  it('add up, all of them; doubled waits keep their mean, percentiles and maximum', () => {
    check((scenario) => {
      const run = booked(scenario);
      const once = numbersIn(run);
      const total = new PeStatistics(run.read.length, run.pools.length, scenario.machine.adc.perPool);
      total.add(run);
      expectEqual(numbersIn(total), once);
      total.add(run);
      expectEqual(numbersIn(total), Object.fromEntries(Object.entries(once).map(([path, value]) => [path, 2 * value])));
      total.pools.forEach(({ waits }, p) => {
        const of = run.pools[p]!.waits.statistics();
        expectEqual(waits.statistics(), { ...of, count: 2 * of.count });
      });
    });
  });
});

describe('conservation', () => {
  it('every read lasts readCycles and asks for its bitlines; every sample is converted once', () => {
    check((scenario) => {
      const { crossbar, adc, detector, input } = scenario.machine;
      const { statistics, trace } = traced(scenario);
      const { pools, ouOperations, adcConversions } = statistics;
      expect(sum(statistics.read)).toBe(ouOperations * crossbar.readCycles);
      expect(trace.spans.filter(({ name }) => name === 'read')).toHaveLength(ouOperations);
      expect(trace.spans.filter(({ name }) => name === 'convert')).toHaveLength(adcConversions);
      expect(sum(pools.map((pool) => pool.waits.count))).toBe(adcConversions);
      for (const pool of pools) expect(sum(pool.convert)).toBe(pool.waits.count * adc.conversionCycles);
      const planes = Math.ceil(scenario.workload.inputBits / input.bitsPerPlane) * scenario.workload.inputs.length;
      expect(statistics.scans).toBe(detector.kind === 'none' ? 0 : planes);
      expect(statistics.scanCycles).toBe(detector.kind === 'none' ? 0 : planes * detector.planeCycles);
    });
  });

  it('operations, samples, driven wordlines and cells read are those of the placed matrix', () => {
    check((scenario) => {
      const { machine, workload } = scenario;
      const planes = Math.ceil(workload.inputBits / machine.input.bitsPerPlane);
      const expected = {
        ouOperations: 0,
        skippedOperations: 0,
        nonZeroOperations: 0,
        adcConversions: 0,
        wordlineDrives: 0,
        cellReads: 0,
        uncompressedOperations: 0,
        indexBitReads: 0,
      };
      for (const { rows, bitlines } of placeMatrix(scenario)) {
        for (const window of workload.inputs) {
          for (let plane = 0; plane < planes; plane++) {
            const weight = 2 ** (plane * machine.input.bitsPerPlane);
            const isDriven = (row: number) => Math.floor(window[row]! / weight) % 2 ** machine.input.bitsPerPlane !== 0;
            const all = runsOf(rows.length, machine.ou.wordlines).map((run) => run.map((place) => rows[place]!));
            const driven = rows.filter(isDriven);
            const isNonZero = (row: number) => window[row]! > 0;
            const nonZero = {
              none: all,
              group: all.filter((batch) => batch.some(isNonZero)),
              form: runsOf(rows.filter(isNonZero).length, machine.ou.wordlines),
            }[machine.detector.kind];
            const performed = {
              none: all,
              group: all.filter((batch) => batch.some(isDriven)),
              form: runsOf(driven.length, machine.ou.wordlines),
            }[machine.detector.kind];
            for (const group of runsOf(bitlines.length, machine.ou.bitlines)) {
              expected.ouOperations += performed.length;
              expected.skippedOperations += all.length - performed.length;
              expected.nonZeroOperations += nonZero.length;
              expected.uncompressedOperations += all.length;
              expected.indexBitReads += machine.indexDecoder.kind === 'none' ? 0 : scenario.indices.bitsPerGroup;
              expected.adcConversions += performed.length * group.length;
              expected.wordlineDrives += driven.length;
              expected.cellReads += performed.flat().length * group.length;
            }
          }
        }
      }
      expect(booked(scenario)).toMatchObject(expected);
    });
  });

  it('no resource does more in a run than it can: the run is at least as long as the work of each', () => {
    check((scenario) => {
      const { machine } = scenario;
      const { cycles, read, pools, scanCycles } = booked(scenario);
      const { conversionCycles, perPool } = machine.adc;
      const { lanes, latencyCycles } = machine.shiftAdd;
      expect(cycles).toBeGreaterThanOrEqual(scanCycles);
      for (const cyclesOfReads of read) {
        if (cyclesOfReads > 0) {
          expect(cycles).toBeGreaterThanOrEqual(cyclesOfReads + conversionCycles + latencyCycles);
        }
      }
      for (const { waits } of pools) {
        if (waits.count === 0) continue;
        const first = machine.crossbar.readCycles;
        const rounds = Math.ceil(waits.count / perPool);
        expect(cycles).toBeGreaterThanOrEqual(first + rounds * conversionCycles + latencyCycles);
        const acceptances = Math.ceil(waits.count / lanes);
        expect(cycles).toBeGreaterThanOrEqual(first + conversionCycles + acceptances - 1 + latencyCycles);
      }
    });
  });
});

/**
 * With a pool for each crossbar, the order of all reads, samples and codes of a crossbar is fixed, and every time of the
 * PE is a maximum of earlier times plus a duration:
 *
 *   load(w)   = release(w - register windows)          release(w) = max(last plane of w, last read of w on each crossbar)
 *   ready     = max(load(w), last scan of w - 1) + planes so far x planeCycles
 *   start(j)  = max(start(j - 1) + max(readCycles, operationCycles), ready, release of operation j - banks)
 *   begin(k)  = max(ask(k), accept(k - ADCs))          accept(k) = max(begin(k) + conversionCycles, accept(k - lanes) + 1)
 *
 * Each is monotone in the durations, and, as releases and acceptances keep their order, in the indices: a machine that is
 * better in one of them is never later in any event. With a shared pool this does not hold: a faster machine may ask in an
 * unluckier order (two examples are in pe-timing.test.ts).
 */
describe('with a pool for each crossbar, a better machine is never slower:', () => {
  const ownPools = (scenario: NaiveScenario) => on(scenario, { adc: { sharedBy: 1 } });
  const neverSlower = (better: (machine: NaiveMachine) => MachineChanges) =>
    check((drawn) => {
      const scenario = ownPools(drawn);
      expect(booked(on(scenario, better(scenario.machine))).cycles).toBeLessThanOrEqual(booked(scenario).cycles);
    }, 80);
  const shorter = (cycles: number) => Math.ceil(cycles / 2);

  it('more ADCs', () => {
    neverSlower(({ adc }) => ({ adc: { perPool: adc.perPool + 1 } }));
  });
  it('shorter conversions', () => {
    neverSlower(({ adc }) => ({ adc: { conversionCycles: shorter(adc.conversionCycles) } }));
  });
  it('shorter reads', () => {
    neverSlower(({ crossbar }) => ({ crossbar: { readCycles: shorter(crossbar.readCycles) } }));
  });
  it('more lanes of the shift-and-add', () => {
    neverSlower(({ shiftAdd }) => ({ shiftAdd: { lanes: shiftAdd.lanes + 1 } }));
  });
  it('more sample-and-hold banks', () => {
    neverSlower(({ sampleHold }) => ({ sampleHold: { banks: sampleHold.banks + 1 } }));
  });
  it('more windows in the input register', () => {
    neverSlower(({ inputRegister }) => ({ inputRegister: { windows: inputRegister.windows + 1 } }));
  });
  it('a faster detector', () => {
    neverSlower(({ detector }) => ({ detector: { planeCycles: Math.floor(detector.planeCycles / 2) } }));
  });
  it('a faster index decoder', () => {
    neverSlower(({ indexDecoder }) => ({
      indexDecoder: { operationCycles: Math.floor(indexDecoder.operationCycles / 2) },
    }));
  });

  it('a detector without cost: form not than group, group not than none', () => {
    // Operations are only taken away, so that each one left stands behind no more operations and samples than before:
    // the inequalities above hold with smaller indices. An operation has as many samples as its column group has
    // bitlines, whichever rows it reads, and per plane and column group form has no more operations than group.
    // With a decoder that is slower than a read, too: an operation less is a decoding less.
    check((drawn) => {
      const run = (kind: NaiveDetectorKind) =>
        booked(on(ownPools(drawn), { detector: { kind, planeCycles: 0 } })).cycles;
      expect(run('form')).toBeLessThanOrEqual(run('group'));
      expect(run('group')).toBeLessThanOrEqual(run('none'));
    }, 80);
  });

  it('and a window is never delayed by the windows after it', () => {
    // Every time above depends on earlier windows only, so the shorter run is the beginning of the longer one.
    check((drawn) => {
      const scenario = ownPools(drawn);
      const { inputs } = scenario.workload;
      fc.pre(inputs.length > 1);
      const shorterRun = { ...scenario, workload: { ...scenario.workload, inputs: inputs.slice(0, -1) } };
      const longer = traced(scenario).trace;
      const short = traced(shorterRun).trace;
      for (const path of short.paths) {
        const spans = short.spansOf(path);
        expectEqual(longer.spansOf(path).slice(0, spans.length), spans);
      }
    }, 80);
  });
});

describe('closed forms of the timing model', () => {
  const small = (min: number, max: number) => fc.integer({ min, max });
  /** One pool per crossbar, two banks, no detector, as many lanes as ADCs; all operations have the same bitlines. */
  const machines = fc.record({
    rows: small(1, 14),
    wordlines: small(1, 6),
    ouWordlines: small(1, 6),
    groups: small(1, 3),
    bitlines: small(1, 5),
    windows: small(1, 4),
    inputBits: small(1, 3),
    readCycles: small(1, 12),
    adcs: small(1, 5),
    conversionCycles: small(1, 6),
    latencyCycles: small(0, 3),
    windowsHeld: small(1, 3),
    operationCycles: small(0, 15),
  });

  /** Its scenario, the operations of the fullest crossbar, which paces the others, and the time r of their conversions. */
  type Drawn = typeof machines extends fc.Arbitrary<infer D> ? D : never;
  const simpleCase = (drawn: Drawn) => {
    const { rows, wordlines, groups, bitlines, windows, inputBits, readCycles, adcs, latencyCycles } = drawn;
    const ouWordlines = Math.min(drawn.ouWordlines, wordlines);
    const scenario = smallestScenario(
      {
        pe: { crossbars: Math.ceil(rows / wordlines) },
        crossbar: { wordlines, bitlines: groups * bitlines, readCycles },
        ou: { wordlines: ouWordlines, bitlines },
        sampleHold: { banks: 2 },
        adc: { perPool: adcs, conversionCycles: drawn.conversionCycles },
        shiftAdd: { lanes: adcs, latencyCycles },
        inputRegister: { windows: drawn.windowsHeld },
      },
      {
        inputBits,
        weights: Array.from({ length: rows }, () => new Array<number>(groups * bitlines).fill(-1)),
        inputs: Array.from({ length: windows }, () => new Array<number>(rows).fill(1)),
      },
    );
    const n = windows * inputBits * groups * Math.ceil(Math.min(rows, wordlines) / ouWordlines);
    const r = Math.ceil(bitlines / adcs) * drawn.conversionCycles;
    return { scenario, n, r };
  };

  it('a run takes n reads and the last conversions, or the first read and n times the conversions', () => {
    fc.assert(
      fc.property(machines, (drawn) => {
        const { bitlines, readCycles, adcs, latencyCycles } = drawn;
        const { scenario, n, r } = simpleCase(drawn);
        const { cycles } = booked(scenario);
        if (r <= readCycles) {
          // Reads follow each other without a gap.
          expect(cycles).toBe(n * readCycles + r + latencyCycles);
        } else if (bitlines % adcs === 0) {
          // Conversions follow each other without a gap.
          expect(cycles).toBe(readCycles + n * r + latencyCycles);
        } else {
          // ADCs are left free at the end of each operation: between the two.
          expect(cycles).toBeGreaterThan(n * readCycles + latencyCycles);
          expect(cycles).toBeLessThanOrEqual(readCycles + n * r + latencyCycles);
        }
      }),
      { seed: SEED, numRuns: 300 },
    );
  });

  it('with an index decoder, from start to start a read or a decoding, whichever is longer', () => {
    fc.assert(
      fc.property(machines, (drawn) => {
        const { readCycles, latencyCycles, operationCycles: d } = drawn;
        const { scenario, n, r } = simpleCase(drawn);
        fc.pre(r <= readCycles);
        const decoding = { ...scenario, indices: { bitsPerGroup: 1 } };
        const { cycles, stallIndex } = booked(on(decoding, { indexDecoder: { kind: 'present', operationCycles: d } }));
        expect(cycles).toBe(d + (n - 1) * Math.max(readCycles, d) + readCycles + r + latencyCycles);
        // The fullest crossbar is number 0: it waits for nothing but its decoder.
        expect(stallIndex[0]).toBe(d + (n - 1) * Math.max(0, d - readCycles));
      }),
      { seed: SEED, numRuns: 300 },
    );
  });
});

describe('in every machine', () => {
  it('a detector never makes more operations: form at most group, group at most none', () => {
    check((scenario) => {
      const operations = (kind: NaiveDetectorKind) => {
        const { ouOperations, skippedOperations } = booked(on(scenario, { detector: { kind } }));
        return { ouOperations, all: ouOperations + skippedOperations };
      };
      const none = operations('none');
      const group = operations('group');
      const form = operations('form');
      expect(none.ouOperations).toBe(none.all);
      expect(group.ouOperations).toBeLessThanOrEqual(none.ouOperations);
      expect(form.ouOperations).toBeLessThanOrEqual(group.ouOperations);
      expect([group.all, form.all]).toEqual([none.all, none.all]);
    });
  });

  it('counts are those of the program, whatever the timing', () => {
    check((scenario) => {
      // Every number but those of time; the rest of the statistics are ledgers and waits.
      const counts = (statistics: PeStatistics) => {
        const { cycles: _cycles, scanCycles: _scanCycles, registerHold: _registerHold, ...rest } = statistics;
        return Object.fromEntries(Object.entries(rest).filter(([, value]) => typeof value === 'number'));
      };
      const other = on(scenario, {
        crossbar: { readCycles: 9 },
        sampleHold: { banks: 4 },
        adc: { perPool: 3, sharedBy: 2, conversionCycles: 7 },
        shiftAdd: { lanes: 1, latencyCycles: 5 },
        detector: { planeCycles: 6 },
        indexDecoder: { operationCycles: 8 },
        inputRegister: { windows: 4 },
      });
      expect(counts(booked(other))).toEqual(counts(booked(scenario)));
    });
  });

  it('the shift-and-add latency moves the end of the run and nothing else', () => {
    // It holds nobody back: a code leaves so much later, and the run ends with its last code or its last plane.
    check((scenario) => {
      const without = on(scenario, { shiftAdd: { latencyCycles: 0 } });
      const expected = booked(without);
      const { windows } = runNaive(without).trace;
      const lastPlane = windows.at(-1)!.ready.at(-1)!;
      const lastAccepted = expected.ouOperations === 0 ? null : lastAcceptance(traced(without).trace);
      const found = booked(on(scenario, { shiftAdd: { latencyCycles: 11 } }));
      expect(found.cycles).toBe(lastAccepted === null ? lastPlane : Math.max(lastPlane, lastAccepted + 11));
      found.cycles = expected.cycles;
      expectEqual(found, expected);
    }, 80);
  });

  it('spare crossbars change nothing: they are idle, and so are their pools', () => {
    check((scenario) => {
      const { crossbars } = scenario.machine.pe;
      const { sharedBy } = scenario.machine.adc;
      const fewer = booked(scenario);
      const more = booked(on(scenario, { pe: { crossbars: crossbars + 3 } }));
      expect(more.cycles).toBe(fewer.cycles);
      for (const key of ['read', 'stallAdc', 'stallInput', 'stallIndex', 'scanWait', 'lastReadEnd'] as const) {
        expect(Array.from(more[key])).toEqual([...fewer[key], 0, 0, 0]);
      }
      expect(more.pools).toHaveLength(Math.ceil((crossbars + 3) / sharedBy));
      more.pools.forEach((pool, p) => {
        if (p < fewer.pools.length) expectEqual(pool, fewer.pools[p]);
        else expect([pool.waits.count, pool.poolConvert, pool.shiftAddAccept, sum(pool.convert)]).toEqual([0, 0, 0, 0]);
      });
    });
  });

  it('detectors change no output and no saturation without forming, and nothing at all with an exact ADC', () => {
    check((scenario) => {
      const run = (of: NaiveScenario, kind: NaiveDetectorKind) => evaluate(subjectOf(on(of, { detector: { kind } })));
      expect(run(scenario, 'group')).toEqual(run(scenario, 'none'));
      const exact = withExactAdc(scenario);
      const { weights, inputs } = scenario.workload;
      const product = inputs.map((window) =>
        weights[0]!.map((_, m) => sum(window.map((input, k) => input * weights[k]![m]!))),
      );
      for (const kind of ['none', 'group', 'form'] as const) {
        expect(run(exact, kind)).toEqual({ outputs: product, saturatedCodes: 0 });
      }
    });
  });
});

/** When the last code was accepted: at the end of its conversion, or of the stall behind it. */
function lastAcceptance(trace: RecordingTrace): number {
  const ends = trace.spans.filter(({ name }) => name === 'convert' || name === 'stall.shiftAdd').map(({ end }) => end);
  return Math.max(...ends);
}
