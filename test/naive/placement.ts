import type { NaiveScenario } from './scenario.js';

/** One used bitline of a placed crossbar. */
export interface PlacedBitline {
  /** The output (column of the weight matrix) it feeds. */
  output: number;
  /** What one unit of its code is worth in that output, sign included, at input significance 1. */
  weight: number;
  /** The level of its cell on each wordline of the row block. */
  levels: number[];
}

/** One crossbar that holds a part of the matrix. */
export interface PlacedCrossbar {
  /** The row of the weight matrix, and so the input, on each used wordline. */
  rows: number[];
  bitlines: PlacedBitline[];
}

/** The bits that are stored of one weight. */
function storedBits(scenario: NaiveScenario): number {
  const { weightBits } = scenario.workload;
  return scenario.mapping.encoding === 'differential' ? weightBits - 1 : weightBits;
}

/** The copies of the matrix that an encoding needs, in crossbar order: what each stores of a weight. */
function copies(scenario: NaiveScenario): { sign: number; stored: (weight: number) => number }[] {
  const { weightBits } = scenario.workload;
  switch (scenario.mapping.encoding) {
    case 'differential':
      return [
        { sign: 1, stored: (weight) => Math.max(weight, 0) },
        { sign: -1, stored: (weight) => Math.max(-weight, 0) },
      ];
    case 'offset':
      return [{ sign: 1, stored: (weight) => weight + 2 ** (weightBits - 1) }];
    case 'twos-complement':
      return [{ sign: 1, stored: (weight) => (weight < 0 ? weight + 2 ** weightBits : weight) }];
  }
}

/** Slices of one weight: ceil(stored bits / bits per cell). */
function slicesPerWeight(scenario: NaiveScenario): number {
  return Math.ceil(storedBits(scenario) / scenario.machine.crossbar.bitsPerCell);
}

/** Cuts the indices 0..count-1 into runs of `size`, the last one shorter. */
export function runsOf(count: number, size: number): number[][] {
  const runs: number[][] = [];
  for (let index = 0; index < count; index++) {
    if (index % size === 0) runs.push([]);
    runs[runs.length - 1].push(index);
  }
  return runs;
}

/**
 * The crossbars of a plain matrix in the order of their numbers: row block slowest, then sign (positive first), then
 * slice (least significant first; in layout `adjacent` all slices are in one crossbar), then column block.
 * The scenario must be free of the errors that `placement` throws for, except for the size of the PE.
 */
export function placeMatrix(scenario: NaiveScenario): PlacedCrossbar[] {
  const { crossbar } = scenario.machine;
  const { encoding, layout } = scenario.mapping;
  const { weights } = scenario.workload;
  const slices = slicesPerWeight(scenario);
  const outputsPerBlock = layout === 'adjacent' ? Math.floor(crossbar.bitlines / slices) : crossbar.bitlines;

  // The slices that stand in one crossbar, in the order of the bitlines of one output.
  const slicesTogether: number[][] = [];
  if (layout === 'adjacent') {
    const mostSignificantFirst: number[] = [];
    for (let slice = slices - 1; slice >= 0; slice--) mostSignificantFirst.push(slice);
    slicesTogether.push(mostSignificantFirst);
  } else {
    for (let slice = 0; slice < slices; slice++) slicesTogether.push([slice]);
  }

  const placed: PlacedCrossbar[] = [];
  for (const rows of runsOf(weights.length, crossbar.wordlines)) {
    for (const copy of copies(scenario)) {
      for (const together of slicesTogether) {
        for (const outputs of runsOf(weights[0].length, outputsPerBlock)) {
          const bitlines: PlacedBitline[] = [];
          for (const output of outputs) {
            for (const slice of together) {
              const isTopBit = encoding === 'twos-complement' && slice === slices - 1;
              const significance = 2 ** (slice * crossbar.bitsPerCell);
              bitlines.push({
                output,
                weight: copy.sign * (isTopBit ? -significance : significance),
                levels: rows.map(
                  (row) => Math.floor(copy.stored(weights[row][output]) / significance) % 2 ** crossbar.bitsPerCell,
                ),
              });
            }
          }
          placed.push({ rows, bitlines });
        }
      }
    }
  }
  return placed;
}

/**
 * How many crossbars the matrix needs.
 * @throws Error on what the paragraph "Placement of a plain matrix" of the PE contract calls an error; its message
 *   begins with the word in quotes: "weight", "weightBits", "bitsPerCell", "slices", "windows", "crossbars".
 */
export function placement(scenario: NaiveScenario): { crossbarsNeeded: number } {
  const { machine, mapping, workload } = scenario;
  if (mapping.encoding === 'differential') {
    if (workload.weightBits === 1) throw new Error('weightBits: differential stores weightBits - 1 = 0 bits');
    const lowest = -(2 ** (workload.weightBits - 1));
    if (workload.weights.some((row) => row.includes(lowest))) {
      throw new Error(`weight: differential has no magnitude for ${lowest}`);
    }
  }
  if (mapping.encoding === 'twos-complement' && machine.crossbar.bitsPerCell !== 1) {
    throw new Error(`bitsPerCell: twos-complement requires 1, got ${machine.crossbar.bitsPerCell}`);
  }
  const slices = slicesPerWeight(scenario);
  if (mapping.layout === 'adjacent' && slices > machine.crossbar.bitlines) {
    throw new Error(`slices: ${slices} adjacent slices on ${machine.crossbar.bitlines} bitlines`);
  }
  if (workload.inputs.length === 0) throw new Error('windows: none');
  const crossbarsNeeded = placeMatrix(scenario).length;
  if (crossbarsNeeded > machine.pe.crossbars) {
    throw new Error(`crossbars: needs ${crossbarsNeeded}, the PE has ${machine.pe.crossbars}`);
  }
  return { crossbarsNeeded };
}
