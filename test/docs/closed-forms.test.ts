import fc from 'fast-check';
import { expect, test } from 'vitest';
import { runScenario } from '../../scenarios/run/run-scenario.js';
import { resolveScenario } from '../../scenarios/scenario.js';

// docs/timing-model.md, "Closed forms": a PE without a detector, a pool per crossbar, two banks, all operations of equal
// width, a shift-and-add unit that does not limit.

const OU_WORDLINES = 2;
const WORDLINES = 8;
const INPUT_BITS = 3;

interface Case {
  readonly rows: number;
  /** Column groups of a crossbar, each `bitlines` wide. */
  readonly groups: number;
  readonly bitlines: number;
  readonly adcs: number;
  readonly windows: number;
  readonly heldWindows: number;
  readonly readCycles: number;
  readonly conversionCycles: number;
  readonly latencyCycles: number;
}

const cases: fc.Arbitrary<Case> = fc.record({
  rows: fc.integer({ min: 1, max: 20 }),
  groups: fc.integer({ min: 1, max: 3 }),
  bitlines: fc.integer({ min: 1, max: 4 }),
  adcs: fc.integer({ min: 1, max: 4 }),
  windows: fc.integer({ min: 1, max: 4 }),
  heldWindows: fc.integer({ min: 1, max: 3 }),
  readCycles: fc.integer({ min: 1, max: 20 }),
  conversionCycles: fc.integer({ min: 1, max: 9 }),
  latencyCycles: fc.integer({ min: 0, max: 3 }),
});

/** Cycles that the simulator takes. One-bit weights, so that a bitline is an output. */
function simulated(c: Case): number {
  const outputs = c.groups * c.bitlines;
  const raw = {
    scope: 'pe',
    machine: {
      rootClock: '1 GHz',
      pe: { crossbars: Math.ceil(c.rows / WORDLINES) },
      crossbar: { wordlines: WORDLINES, bitlines: outputs, readCycles: c.readCycles },
      ou: { wordlines: OU_WORDLINES, bitlines: c.bitlines },
      sampleHold: { banks: 2 },
      adc: { perPool: c.adcs, sharedBy: 1, conversionCycles: c.conversionCycles },
      shiftAdd: { lanes: c.adcs, latencyCycles: c.latencyCycles },
      inputRegister: { windows: c.heldWindows },
    },
    mapping: { encoding: 'twos-complement' },
    workload: {
      kind: 'matrix',
      weightBits: 1,
      inputBits: INPUT_BITS,
      weights: Array.from({ length: c.rows }, () => new Array<number>(outputs).fill(-1)),
      inputs: Array.from({ length: c.windows }, () => new Array<number>(c.rows).fill(5)),
    },
  };
  return runScenario(resolveScenario(raw, { baseDir: '.' })).cycles;
}

/** Operations of the fullest crossbar. */
function operations({ rows, groups, windows }: Case): number {
  return windows * INPUT_BITS * groups * Math.ceil(Math.min(rows, WORDLINES) / OU_WORDLINES);
}

function roundsCycles({ bitlines, adcs, conversionCycles }: Case): number {
  return Math.ceil(bitlines / adcs) * conversionCycles;
}

test('reads set the pace where the ADCs keep up', () => {
  fc.assert(
    fc.property(cases, (c) => {
      fc.pre(roundsCycles(c) <= c.readCycles);
      expect(simulated(c)).toBe(operations(c) * c.readCycles + roundsCycles(c) + c.latencyCycles);
    }),
    { seed: 20261121, numRuns: 200 },
  );
});

test('conversions set the pace where they do not', () => {
  fc.assert(
    fc.property(cases, (c) => {
      fc.pre(roundsCycles(c) >= c.readCycles && c.bitlines % c.adcs === 0);
      expect(simulated(c)).toBe(c.readCycles + operations(c) * roundsCycles(c) + c.latencyCycles);
    }),
    { seed: 20261121, numRuns: 200 },
  );
});
