import fc from 'fast-check';
import { placeMatrix } from './placement.js';
import type {
  NaiveDetectorKind,
  NaiveEncoding,
  NaiveIndexDecoderKind,
  NaiveLayout,
  NaiveScenario,
} from './scenario.js';

/** Bounds that keep one run of the naive machine at a few milliseconds. */
const mostCrossbars = 32;
const mostConversions = 1200;
const mostReads = 1200;

/** Mostly small, sometimes up to `most`. */
function mostlySmall(least: number, most: number, small: number): fc.Arbitrary<number> {
  return fc.oneof(
    { weight: 4, arbitrary: fc.integer({ min: least, max: small }) },
    { weight: 1, arbitrary: fc.integer({ min: least, max: most }) },
  );
}

interface Shape {
  encoding: NaiveEncoding;
  layout: NaiveLayout;
  weightBits: number;
  inputBits: number;
  bitsPerCell: number;
  bitsPerPlane: number;
  rows: number;
  outputs: number;
  windows: number;
  wordlines: number;
  bitlines: number;
  ouWordlines: number;
  ouBitlines: number;
}

/** Mapping and sizes, made consistent: whatever is drawn has a placement without errors. */
const shapes: fc.Arbitrary<Shape> = fc
  .record({
    encoding: fc.constantFrom<NaiveEncoding>('differential', 'offset', 'twos-complement'),
    layout: fc.constantFrom<NaiveLayout>('adjacent', 'planar'),
    weightBits: mostlySmall(1, 16, 5),
    inputBits: mostlySmall(1, 16, 4),
    bitsPerCell: fc.integer({ min: 1, max: 4 }),
    bitsPerPlane: mostlySmall(1, 4, 2),
    rows: fc.oneof(fc.integer({ min: 1, max: 8 }), fc.integer({ min: 1, max: 20 })),
    outputs: fc.integer({ min: 1, max: 6 }),
    windows: fc.integer({ min: 1, max: 6 }),
    wordlines: fc.integer({ min: 2, max: 16 }),
    bitlines: fc.integer({ min: 2, max: 16 }),
    ouWordlines: mostlySmall(1, 16, 4),
    ouBitlines: mostlySmall(1, 16, 5),
  })
  .map((drawn) => {
    const shape = { ...drawn };
    if (shape.encoding === 'twos-complement') shape.bitsPerCell = 1;
    if (shape.encoding === 'differential') shape.weightBits = Math.max(2, shape.weightBits);
    const storedBits = shape.encoding === 'differential' ? shape.weightBits - 1 : shape.weightBits;
    if (shape.layout === 'adjacent') {
      shape.bitlines = Math.max(shape.bitlines, Math.ceil(storedBits / shape.bitsPerCell));
    }
    shape.ouWordlines = Math.min(shape.ouWordlines, shape.wordlines);
    shape.ouBitlines = Math.min(shape.ouBitlines, shape.bitlines);
    return shape;
  });

function weightMatrix(shape: Shape): fc.Arbitrary<number[][]> {
  const half = 2 ** (shape.weightBits - 1);
  const weight = fc.integer({ min: shape.encoding === 'differential' ? 1 - half : -half, max: half - 1 });
  const row = fc.array(weight, { minLength: shape.outputs, maxLength: shape.outputs });
  return fc.array(row, { minLength: shape.rows, maxLength: shape.rows });
}

/** A window of inputs: dense, sparse, with a single bit set, or all zero. */
function windowOfInputs(shape: Shape): fc.Arbitrary<number[]> {
  const { rows, inputBits } = shape;
  const any = fc.integer({ min: 0, max: 2 ** inputBits - 1 });
  const length = { minLength: rows, maxLength: rows };
  const zeros: number[] = new Array(rows).fill(0);
  return fc.oneof(
    { weight: 4, arbitrary: fc.array(any, length) },
    {
      weight: 3,
      arbitrary: fc.array(fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: any }), length),
    },
    {
      weight: 2,
      arbitrary: fc
        .record({ row: fc.integer({ min: 0, max: rows - 1 }), bit: fc.integer({ min: 0, max: inputBits - 1 }) })
        .map(({ row, bit }) => zeros.with(row, 2 ** bit)),
    },
    { weight: 2, arbitrary: fc.constant(zeros) },
  );
}

/** Speeds and numbers of the peripherals; about half of the time such that samples and codes have to wait. */
interface Peripherals {
  spareCrossbars: number;
  readCycles: number;
  banks: number;
  perPool: number;
  /** Share of the PE's crossbars in a pool, in sixteenths; 16 is all of them. */
  sharedSixteenths: number;
  conversionCycles: number;
  lanes: number;
  latencyCycles: number;
  detectorKind: NaiveDetectorKind;
  planeCycles: number;
  decoderKind: NaiveIndexDecoderKind;
  operationCycles: number;
  indexBitsPerGroup: number;
  windowsHeld: number;
  /** Bits of the ADC below (negative) or above the exact width. */
  bitsBeyondExact: number;
}

const anyPeripherals: fc.Arbitrary<Peripherals> = fc.record({
  spareCrossbars: mostlySmall(0, 3, 1),
  readCycles: fc.integer({ min: 1, max: 6 }),
  banks: fc.integer({ min: 1, max: 3 }),
  perPool: fc.integer({ min: 1, max: 4 }),
  sharedSixteenths: fc.integer({ min: 0, max: 16 }),
  conversionCycles: fc.integer({ min: 1, max: 5 }),
  lanes: fc.integer({ min: 1, max: 3 }),
  latencyCycles: fc.integer({ min: 0, max: 3 }),
  detectorKind: fc.constantFrom<NaiveDetectorKind>('none', 'group', 'form'),
  planeCycles: fc.integer({ min: 0, max: 4 }),
  decoderKind: fc.constantFrom<NaiveIndexDecoderKind>('none', 'present'),
  operationCycles: fc.oneof(fc.integer({ min: 0, max: 5 }), fc.integer({ min: 6, max: 12 })),
  indexBitsPerGroup: fc.oneof(
    { weight: 1, arbitrary: fc.constant(0) },
    { weight: 3, arbitrary: fc.integer({ min: 1, max: 20 }) },
  ),
  windowsHeld: fc.integer({ min: 1, max: 3 }),
  bitsBeyondExact: fc.oneof(fc.integer({ min: 0, max: 2 }), fc.integer({ min: -12, max: -1 })),
});

/** Few or slow ADCs for many crossbars, or several fast ADCs before a single lane. */
const contention: fc.Arbitrary<Peripherals> = fc.oneof(
  fc
    .record({
      drawn: anyPeripherals,
      readCycles: fc.integer({ min: 1, max: 2 }),
      sharedSixteenths: fc.integer({ min: 8, max: 16 }),
      conversionCycles: fc.integer({ min: 2, max: 5 }),
    })
    .map(({ drawn, ...biased }) => ({ ...drawn, ...biased, perPool: 1 })),
  fc
    .record({
      drawn: anyPeripherals,
      readCycles: fc.integer({ min: 1, max: 2 }),
      perPool: fc.integer({ min: 2, max: 4 }),
      conversionCycles: fc.integer({ min: 1, max: 2 }),
    })
    .map(({ drawn, ...biased }) => ({ ...drawn, ...biased, lanes: 1 })),
);

/** ceil(log2(S + 1)): the least width at which no code saturates. */
function exactAdcBits(sizes: { ouWordlines: number; bitsPerCell: number; bitsPerPlane: number }): number {
  const largestSum = sizes.ouWordlines * (2 ** sizes.bitsPerCell - 1) * (2 ** sizes.bitsPerPlane - 1);
  let bits = 1;
  while (2 ** bits - 1 < largestSum) bits += 1;
  return bits;
}

function assemble(shape: Shape, speeds: Peripherals, weights: number[][], inputs: number[][]): NaiveScenario {
  const scenario: NaiveScenario = {
    machine: {
      pe: { crossbars: 0 },
      crossbar: {
        wordlines: shape.wordlines,
        bitlines: shape.bitlines,
        bitsPerCell: shape.bitsPerCell,
        readCycles: speeds.readCycles,
      },
      ou: { wordlines: shape.ouWordlines, bitlines: shape.ouBitlines },
      sampleHold: { banks: speeds.banks },
      adc: {
        bits: Math.max(1, exactAdcBits(shape) + speeds.bitsBeyondExact),
        perPool: speeds.perPool,
        sharedBy: 0,
        conversionCycles: speeds.conversionCycles,
      },
      shiftAdd: { lanes: speeds.lanes, latencyCycles: speeds.latencyCycles },
      detector: { kind: speeds.detectorKind, planeCycles: speeds.planeCycles },
      indexDecoder: { kind: speeds.decoderKind, operationCycles: speeds.operationCycles },
      inputRegister: { windows: speeds.windowsHeld },
      input: { bitsPerPlane: shape.bitsPerPlane },
    },
    mapping: { encoding: shape.encoding, layout: shape.layout },
    workload: { weightBits: shape.weightBits, inputBits: shape.inputBits, weights, inputs },
    indices: { bitsPerGroup: speeds.indexBitsPerGroup },
  };
  while (isTooMuchWork(scenario)) cutDown(scenario);
  const crossbars = placeMatrix(scenario).length + speeds.spareCrossbars;
  scenario.machine.pe.crossbars = crossbars;
  scenario.machine.adc.sharedBy = Math.max(1, Math.round((crossbars * speeds.sharedSixteenths) / 16));
  return scenario;
}

/** Counts what would be performed without a detector. */
function isTooMuchWork(scenario: NaiveScenario): boolean {
  const { machine, workload } = scenario;
  const placed = placeMatrix(scenario);
  const planes = Math.ceil(workload.inputBits / machine.input.bitsPerPlane);
  let reads = 0;
  let conversions = 0;
  for (const { rows, bitlines } of placed) {
    const batches = Math.ceil(rows.length / machine.ou.wordlines) * planes * workload.inputs.length;
    reads += batches * Math.ceil(bitlines.length / machine.ou.bitlines);
    conversions += batches * bitlines.length;
  }
  return placed.length > mostCrossbars || conversions > mostConversions || reads > mostReads;
}

/**
 * Takes away windows, then rows, then outputs; one of each always fits: 15 slices in both signs by 16 planes are 30
 * crossbars and 480 conversions.
 */
function cutDown(scenario: NaiveScenario): void {
  const { workload } = scenario;
  if (workload.inputs.length > 1) {
    workload.inputs = workload.inputs.slice(0, -1);
  } else if (workload.weights.length > 1) {
    const rows = Math.ceil(workload.weights.length / 2);
    workload.weights = workload.weights.slice(0, rows);
    workload.inputs = workload.inputs.map((window) => window.slice(0, rows));
  } else {
    workload.weights = workload.weights.map((row) => row.slice(0, -1));
  }
}

/**
 * Small random scenarios, all valid: every encoding, layout and detector, one or several row blocks, column blocks
 * and pools, crossbars without operations, sparse and empty windows, narrow and wide ADCs, index decoders with and without
 * work (`withoutIndices` takes the indices away). Half of them are made to contend for ADCs or for the shift-and-add.
 */
export function arbitraryScenario(): fc.Arbitrary<NaiveScenario> {
  return fc.record({ shape: shapes, speeds: fc.oneof(anyPeripherals, contention) }).chain(({ shape, speeds }) =>
    fc
      .record({
        weights: weightMatrix(shape),
        inputs: fc.array(windowOfInputs(shape), { minLength: shape.windows, maxLength: shape.windows }),
      })
      .map(({ weights, inputs }) => assemble(shape, speeds, weights, inputs)),
  );
}

/** The same scenario as a scenario file can say it: a plain matrix has no indices. */
export function withoutIndices(scenario: NaiveScenario): NaiveScenario {
  return { ...scenario, indices: { bitsPerGroup: 0 } };
}

/** The same scenario with an ADC of exactly the width at which no code saturates. */
export function withExactAdc(scenario: NaiveScenario): NaiveScenario {
  const { crossbar, input, ou, adc } = scenario.machine;
  const { bitsPerCell } = crossbar;
  const bits = exactAdcBits({ ouWordlines: ou.wordlines, bitsPerCell, bitsPerPlane: input.bitsPerPlane });
  return { ...scenario, machine: { ...scenario.machine, adc: { ...adc, bits } } };
}
