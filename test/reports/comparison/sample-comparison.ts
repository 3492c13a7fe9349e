import type { CalibrationSummary } from '../../../sim/results/calibration.js';
import {
  type CheckedClaim,
  COMPARISON_SCHEMA_VERSION,
  type ComparedRun,
  type ComparedSystem,
  type Comparison,
  type Ratios,
  WATERFALL_STEPS,
} from '../../../sim/results/comparison.js';

/**
 * A comparison written by hand: 4 systems on 2 networks. A read takes 10 ns on every machine: 10 cycles at 1 GHz, of bwq
 * 20 cycles at 2 GHz. Its numbers agree with each other as the definitions in `sim/results/comparison.ts` want it, which
 * `sample-comparison.test.ts` checks.
 */
/** A quarter of it the index decoder's, a quarter the index memory's, the rest the detector's. */
function overheadOf(energy_pJ: number, area_um2: number): ComparedRun['overhead'] {
  const share = (part: number) => ({ energy_pJ: energy_pJ * part, area_um2: area_um2 * part });
  return { indexDecoder: share(0.25), indexMemory: share(0.25), detector: share(0.5) };
}

export function sampleComparison(): Comparison {
  return {
    schemaVersion: COMPARISON_SCHEMA_VERSION,
    baseline: 'isaac-ou',
    freeOverheads: false,
    overrides: [],
    systems: SYSTEMS,
    networks: [
      { name: 'lenet5-mnist', images: 2, runs: [LENET_ISAAC_OU, LENET_SRE, LENET_ZERO_COMPRESSION, LENET_BWQ] },
      { name: 'vgg10m-cifar10', images: 2, runs: [VGG_ISAAC_OU, VGG_SRE, VGG_ZERO_COMPRESSION, VGG_BWQ] },
    ],
  };
}

/** The sample with one network only; the systems' ratios are then that network's, and claims are left out. */
export function sampleOfOneNetwork(): Comparison {
  const sample = sampleComparison();
  const network = sample.networks[0]!;
  const systems = sample.systems.map((system, s) => ({ ...system, claims: [], ratios: network.runs[s]!.ratios }));
  return { ...sample, systems, networks: [network] };
}

/** Cycles of a read of the sample's systems. */
export const READ_CYCLES: Readonly<Record<string, number>> = {
  'isaac-ou': 10,
  sre: 10,
  'zero-compression': 10,
  bwq: 20,
};

function ratios(
  speedup: number,
  speedupPerCrossbar: number,
  energySaving: number,
  crossbarSaving: number,
  storedBitsSaving: number,
  conversionSaving: number,
): Ratios {
  return { speedup, speedupPerCrossbar, energySaving, crossbarSaving, storedBitsSaving, conversionSaving };
}

const SRE_CLAIMS: readonly CheckedClaim[] = [
  {
    figure: 'speedup',
    over: 'isaac-ou',
    value: 1.6,
    to: 4,
    source: 'Sample et al., ISCA 2019, Fig. 7: speed-up over the OU baseline on six networks',
    comparability: 'other networks',
    measured: 2,
    deviation: 0,
  },
  {
    figure: 'energySaving',
    over: 'isaac-ou',
    value: 4,
    source: 'Sample et al., ISCA 2019, Fig. 9: energy | of the chip',
    comparability: 'upper bound',
    measured: 5,
    deviation: 0.25,
  },
];

const ZERO_COMPRESSION_CLAIMS: readonly CheckedClaim[] = [
  {
    figure: 'speedup',
    over: 'sre',
    value: 2,
    source: 'Example, DAC 2022, Sec. V',
    comparability: 'other networks',
    measured: 0.5,
    deviation: -0.75,
  },
];

const BWQ_CLAIMS: readonly CheckedClaim[] = [
  {
    figure: 'speedup',
    over: 'isaac-ou',
    value: 6.25,
    source: 'Specimen, TCAD 2023, Fig. 12',
    comparability: 're-simulated',
    measured: 5,
    deviation: -0.2,
  },
  {
    figure: 'crossbarSaving',
    over: 'isaac-ou',
    value: 2,
    source: 'Specimen, TCAD 2023, Fig. 12',
    comparability: 'definition',
    measured: 2,
    deviation: 0,
  },
  {
    figure: 'energySaving',
    over: 'isaac',
    value: 10,
    source: 'Specimen, TCAD 2023, Table V',
    comparability: 'other networks',
    measured: null,
    deviation: null,
  },
];

/** Geometric means: of 1.6 and 2.5 is 2, of 3.2 and 3.125 the root of 10, of 2 and 1.25 the root of 2.5, … */
const SYSTEMS: readonly ComparedSystem[] = [
  {
    name: 'isaac-ou',
    title: 'ISAAC under the OU rule',
    publication: { title: 'ISAAC', venue: 'ISCA', year: 2016 },
    claims: [],
    ratios: ratios(1, 1, 1, 1, 1, 1),
  },
  {
    name: 'sre',
    title: 'Sparse ReRAM engine',
    publication: { title: 'Sparse ReRAM Engine', venue: 'ISCA', year: 2019 },
    claims: SRE_CLAIMS,
    ratios: ratios(2, 3.1622776601683795, 5, 1.5811388300841898, 2, 6),
  },
  {
    name: 'zero-compression',
    title: 'Effective zero compression',
    publication: { title: 'Effective Zero Compression', venue: 'DAC', year: 2022 },
    claims: ZERO_COMPRESSION_CLAIMS,
    ratios: ratios(1, 2.5, 4, 2.5, 2, 3.2),
  },
  {
    name: 'bwq',
    title: 'Block-wise quantisation',
    publication: null,
    claims: BWQ_CLAIMS,
    ratios: ratios(5, 10, 20, 2, 5, 20),
  },
];

function calibration(
  model: string,
  scheme: string,
  bits: number,
  budget: number,
  calibrated: readonly [float: number, network: number, scheme: number],
  tested: readonly [float: number, network: number, scheme: number],
): CalibrationSummary {
  const measured = ([float, network, right]: typeof tested, images: number) => ({
    images,
    float,
    network,
    scheme: right,
  });
  return {
    schemaVersion: 1,
    key: `${scheme} of ${model}`,
    model,
    scheme,
    mapping: { scheme },
    crossbar: { wordlines: 128, bitlines: 128, bitsPerCell: 1 },
    ou: { wordlines: 8, bitlines: 8 },
    accuracyBudget_percent: budget,
    dataSet: 'sample',
    calibration: measured(calibrated, 500),
    test: measured(tested, 1000),
    activationBits: bits,
    activationClip: 1,
  };
}

/** The speed-up after each step; the steps of the pipeline, before the last one, may be left out where they cost nothing. */
function waterfall(...given: readonly number[]): ComparedRun['waterfall'] {
  const afterImbalance = given.at(-2)!;
  const idle = Array.from({ length: WATERFALL_STEPS.length - given.length }, () => afterImbalance);
  const speedups = [...given.slice(0, -1), ...idle, given.at(-1)!];
  return WATERFALL_STEPS.map((step, s) => ({ step, speedup: speedups[s]! }));
}

const LENET_ISAAC_OU: ComparedRun = {
  system: 'isaac-ou',
  scenarioHash: 'a0',
  rootClock_GHz: 1,
  cycles: 10_000,
  latency_ns: 10_000,
  energy_pJ: 4_000_000,
  area_um2: 1_000_000,
  pes: 1,
  crossbars: 40,
  cellBits: 400_000,
  indexBits: 0,
  ouOperations: 32_000,
  adcConversions: 256_000,
  saturatedCodes: 0,
  adcUtilisation: 0.4,
  adcWait: { count: 512_000, mean: 5, max: 40 },
  work: { dense: 32_000, uncompressed: 32_000, rowCompressed: 32_000, valueSkipped: 32_000, performed: 32_000 },
  time: {
    reads: 8_000,
    adcWaiting: 1_000,
    indexDecoding: 0,
    detector: 0,
    windowSharing: 500,
    finishedEarlier: 400,
    drain: 0,
    pixels: 0,
    output: 0,
    transfer: 0,
    finished: 100,
    otherPasses: 0,
  },
  overhead: overheadOf(0, 0),
  calibration: calibration('lenet5-mnist', 'dense', 8, 1, [495, 495, 495], [985, 984, 984]),
  ratios: ratios(1, 1, 1, 1, 1, 1),
  // Reads alone 8 000 ns of 10 000: without its losses it would be 1.25 times as fast.
  waterfall: waterfall(1, 1, 1, 1, 1, 1, 1.25, 10 / 9, 10 / 9, 10 / 9, 1 / 0.99, 1),
};

const LENET_SRE: ComparedRun = {
  system: 'sre',
  scenarioHash: 'a1',
  rootClock_GHz: 1,
  cycles: 6_250,
  latency_ns: 6_250,
  energy_pJ: 1_600_000,
  area_um2: 800_000,
  pes: 1,
  crossbars: 20,
  cellBits: 200_000,
  indexBits: 50_000,
  ouOperations: 8_000,
  adcConversions: 64_000,
  saturatedCodes: 0,
  adcUtilisation: 0.32,
  adcWait: { count: 128_000, mean: 2, max: 12 },
  work: { dense: 32_000, uncompressed: 32_000, rowCompressed: 16_000, valueSkipped: 12_800, performed: 8_000 },
  time: {
    reads: 4_000,
    adcWaiting: 500,
    indexDecoding: 500,
    detector: 250,
    windowSharing: 450,
    finishedEarlier: 300,
    drain: 0,
    pixels: 0,
    output: 0,
    transfer: 0,
    finished: 250,
    otherPasses: 0,
  },
  overhead: overheadOf(160_000, 40_000),
  calibration: calibration('lenet5-mnist', 'sre', 8, 1, [495, 495, 494], [985, 984, 981]),
  ratios: ratios(1.6, 3.2, 2.5, 2, 1.6, 4),
  waterfall: waterfall(1, 1, 2, 2.5, 4, 2, 2.5, 10 / 4.5, 2, 10 / 5.25, 10 / 6, 1.6),
};

const LENET_ZERO_COMPRESSION: ComparedRun = {
  system: 'zero-compression',
  scenarioHash: 'a2',
  rootClock_GHz: 1,
  cycles: 12_500,
  latency_ns: 12_500,
  energy_pJ: 2_000_000,
  area_um2: 500_000,
  pes: 1,
  crossbars: 16,
  cellBits: 160_000,
  indexBits: 40_000,
  ouOperations: 10_000,
  adcConversions: 80_000,
  saturatedCodes: 0,
  adcUtilisation: 0.2,
  adcWait: { count: 160_000, mean: 8, max: 30 },
  work: { dense: 32_000, uncompressed: 12_800, rowCompressed: 10_000, valueSkipped: 10_000, performed: 10_000 },
  time: {
    reads: 6_250,
    adcWaiting: 1_750,
    indexDecoding: 1_000,
    detector: 0,
    windowSharing: 600,
    finishedEarlier: 400,
    drain: 0,
    pixels: 0,
    output: 0,
    transfer: 0,
    finished: 2_500,
    otherPasses: 0,
  },
  overhead: overheadOf(100_000, 25_000),
  calibration: calibration('lenet5-mnist', 'zero-compression', 8, 1, [495, 495, 491], [985, 984, 972]),
  ratios: ratios(0.8, 2, 2, 2.5, 2, 3.2),
  waterfall: waterfall(1, 2.5, 3.2, 3.2, 3.2, 1.28, 1.6, 1.25, 10 / 9, 10 / 9, 1, 0.8),
};

const LENET_BWQ: ComparedRun = {
  system: 'bwq',
  scenarioHash: 'a3',
  rootClock_GHz: 2,
  cycles: 5_000,
  latency_ns: 2_500,
  energy_pJ: 400_000,
  area_um2: 600_000,
  pes: 1,
  crossbars: 20,
  cellBits: 70_000,
  indexBits: 10_000,
  ouOperations: 3_200,
  adcConversions: 25_600,
  saturatedCodes: 0,
  adcUtilisation: 0.25,
  adcWait: { count: 51_200, mean: 3, max: 9 },
  work: { dense: 64_000, uncompressed: 6_400, rowCompressed: 6_400, valueSkipped: 6_400, performed: 3_200 },
  time: {
    reads: 3_200,
    adcWaiting: 400,
    indexDecoding: 0,
    detector: 0,
    windowSharing: 300,
    finishedEarlier: 100,
    drain: 0,
    pixels: 0,
    output: 0,
    transfer: 0,
    finished: 1_000,
    otherPasses: 0,
  },
  overhead: overheadOf(4_000, 3_000),
  calibration: calibration('lenet5-mnist', 'bwq', 6, 1, [495, 495, 492], [985, 984, 986]),
  ratios: ratios(4, 8, 10, 2, 5, 10),
  waterfall: waterfall(0.5, 5, 5, 5, 10, 5, 6.25, 10 / 1.8, 10 / 1.8, 10 / 1.8, 5, 4),
};

const VGG_ISAAC_OU: ComparedRun = {
  system: 'isaac-ou',
  scenarioHash: 'b0',
  rootClock_GHz: 1,
  cycles: 100_000,
  latency_ns: 100_000,
  energy_pJ: 400_000_000,
  area_um2: 10_000_000,
  pes: 10,
  crossbars: 400,
  cellBits: 4_000_000,
  indexBits: 0,
  ouOperations: 3_200_000,
  adcConversions: 25_600_000,
  saturatedCodes: 0,
  adcUtilisation: 0.4,
  adcWait: { count: 51_200_000, mean: 5, max: 60 },
  work: {
    dense: 3_200_000,
    uncompressed: 3_200_000,
    rowCompressed: 3_200_000,
    valueSkipped: 3_200_000,
    performed: 3_200_000,
  },
  time: {
    reads: 80_000,
    adcWaiting: 10_000,
    indexDecoding: 0,
    detector: 0,
    windowSharing: 5_000,
    finishedEarlier: 4_000,
    drain: 0,
    pixels: 0,
    output: 0,
    transfer: 0,
    finished: 1_000,
    otherPasses: 0,
  },
  overhead: overheadOf(0, 0),
  calibration: null,
  ratios: ratios(1, 1, 1, 1, 1, 1),
  waterfall: waterfall(1, 1, 1, 1, 1, 1, 1.25, 10 / 9, 10 / 9, 10 / 9, 1 / 0.99, 1),
};

const VGG_SRE: ComparedRun = {
  system: 'sre',
  scenarioHash: 'b1',
  rootClock_GHz: 1,
  cycles: 40_000,
  latency_ns: 40_000,
  energy_pJ: 40_000_000,
  area_um2: 8_000_000,
  pes: 8,
  crossbars: 320,
  cellBits: 1_400_000,
  indexBits: 200_000,
  ouOperations: 800_000,
  adcConversions: 2_844_444.4444444445,
  saturatedCodes: 0,
  adcUtilisation: 0.3,
  adcWait: { count: 5_688_889, mean: 2, max: 20 },
  work: {
    dense: 3_200_000,
    uncompressed: 3_200_000,
    rowCompressed: 1_600_000,
    valueSkipped: 1_280_000,
    performed: 800_000,
  },
  time: {
    reads: 25_000,
    adcWaiting: 6_250,
    indexDecoding: 750,
    detector: 0,
    windowSharing: 4_000,
    finishedEarlier: 2_000,
    drain: 0,
    pixels: 1_000,
    output: 250,
    transfer: 250,
    finished: 500,
    otherPasses: 0,
  },
  overhead: overheadOf(4_000_000, 400_000),
  calibration: null,
  ratios: ratios(2.5, 3.125, 10, 1.25, 2.5, 9),
  waterfall: waterfall(1, 1, 2, 2.5, 4, 3.2, 4, 3.2, 3.125, 3.125, 100 / 38, 100 / 39, 100 / 39.25, 100 / 39.5, 2.5),
};

const VGG_ZERO_COMPRESSION: ComparedRun = {
  system: 'zero-compression',
  scenarioHash: 'b2',
  rootClock_GHz: 1,
  cycles: 80_000,
  latency_ns: 80_000,
  energy_pJ: 50_000_000,
  area_um2: 5_000_000,
  pes: 4,
  crossbars: 160,
  cellBits: 1_900_000,
  indexBits: 100_000,
  ouOperations: 1_000_000,
  adcConversions: 8_000_000,
  saturatedCodes: 0,
  adcUtilisation: 0.2,
  adcWait: { count: 16_000_000, mean: 8, max: 50 },
  work: {
    dense: 3_200_000,
    uncompressed: 1_280_000,
    rowCompressed: 1_000_000,
    valueSkipped: 1_000_000,
    performed: 1_000_000,
  },
  time: {
    reads: 62_500,
    adcWaiting: 1_500,
    indexDecoding: 1_000,
    detector: 0,
    windowSharing: 10_000,
    finishedEarlier: 4_000,
    drain: 0,
    pixels: 0,
    output: 0,
    transfer: 0,
    finished: 1_000,
    otherPasses: 0,
  },
  overhead: overheadOf(1_000_000, 100_000),
  calibration: null,
  ratios: ratios(1.25, 3.125, 8, 2.5, 2, 3.2),
  waterfall: waterfall(1, 2.5, 3.2, 3.2, 3.2, 1.28, 1.6, 1.5625, 100 / 65, 100 / 65, 100 / 79, 1.25),
};

const VGG_BWQ: ComparedRun = {
  system: 'bwq',
  scenarioHash: 'b3',
  rootClock_GHz: 2,
  cycles: 32_000,
  latency_ns: 16_000,
  energy_pJ: 10_000_000,
  area_um2: 6_000_000,
  pes: 5,
  crossbars: 200,
  cellBits: 700_000,
  indexBits: 100_000,
  ouOperations: 128_000,
  adcConversions: 640_000,
  saturatedCodes: 0,
  adcUtilisation: 0.25,
  adcWait: { count: 1_280_000, mean: 3, max: 12 },
  work: {
    dense: 6_400_000,
    uncompressed: 640_000,
    rowCompressed: 640_000,
    valueSkipped: 320_000,
    performed: 128_000,
  },
  time: {
    reads: 12_800,
    adcWaiting: 3_200,
    indexDecoding: 0,
    detector: 0,
    windowSharing: 3_000,
    finishedEarlier: 1_000,
    drain: 0,
    pixels: 0,
    output: 0,
    transfer: 0,
    finished: 12_000,
    otherPasses: 0,
  },
  overhead: overheadOf(100_000, 30_000),
  calibration: null,
  ratios: ratios(6.25, 12.5, 40, 2, 5, 40),
  waterfall: waterfall(0.5, 5, 5, 10, 25, 12.5, 15.625, 12.5, 12.5, 12.5, 10, 6.25),
};
