import { weightFormat } from '../mapping/encoding.js';
import { matrixLayers } from '../models/matrix-layer.js';
import type { LayerResult, Result } from '../sim/results/result.js';
import type { StudyColumn, StudyValue } from '../sim/results/study.js';
import { testAccuracy } from './quantise/test-accuracy.js';
import type { RunOptions } from './run/run-options.js';
import { runScenario } from './run/run-scenario.js';
import type { Scenario } from './scenario.js';
import type { StudyMeasurement } from './study.js';

interface Figure extends Omit<StudyColumn, 'key'> {
  readonly of: (result: Result, scenario: Scenario) => StudyValue;
}

/** Figures that studies of networks share. Counts, times and energies are of one image, the mean over the images run. */
const FIGURES = {
  crossbars: {
    heading: 'crossbars',
    unit: 'count',
    doc: 'Crossbars that hold a part of the network.',
    of: ({ footprint }) => footprint.crossbars,
  },
  adcBits: {
    heading: 'ADC',
    unit: 'bit',
    doc: 'Resolution of the ADCs.',
    of: (_, { machine }) => machine.adc.bits,
  },
  adcsPerCrossbar: {
    heading: 'ADCs/crossbar',
    unit: 'count',
    doc: 'ADCs of a pool over the crossbars that share it.',
    of: (_, { machine }) => machine.adc.perPool / machine.adc.sharedBy,
  },
  storedBits: {
    heading: 'stored',
    unit: 'bit',
    doc: 'Bits of the cells used and of the indices beside them.',
    of: (result, scenario) => storedBits(result, scenario),
  },
  indexBits: {
    heading: 'index',
    unit: 'bit',
    doc: 'Bits of row indices, masks and tables.',
    of: ({ footprint }) => footprint.indexBits,
  },
  denseBits: {
    heading: 'dense',
    unit: 'bit',
    doc: 'Bits of the cells of the dense mapping of the same matrices, in the same words, encoding and cells.',
    of: (_, scenario) => denseBits(scenario),
  },
  cellCompression: {
    heading: 'cells',
    unit: 'ratio',
    doc: 'Bits of the dense mapping over the bits of the cells used, indices left out.',
    of: ({ footprint }, scenario) =>
      denseBits(scenario) / (footprint.cellsUsed * scenario.machine.crossbar.bitsPerCell),
  },
  compression: {
    heading: 'compr.',
    unit: 'ratio',
    doc: 'Bits of the dense mapping over the stored bits, indices included.',
    of: (result, scenario) => ratio(denseBits(scenario), storedBits(result, scenario)),
  },
  keptOperations: {
    heading: 'kept op.',
    unit: 'share',
    doc: 'OU operations that the mapping leaves, before any is skipped for its inputs, of those of the dense mapping.',
    of: ({ work }) => work.rowCompressed / work.dense,
  },
  operations: {
    heading: 'OU op.',
    unit: 'count',
    doc: 'OU operations performed.',
    of: (result) => result.counts.ouOperations / imagesOf(result),
  },
  skipped: {
    heading: 'skipped',
    unit: 'share',
    doc: 'OU operations that the detector skipped, of those that the mapping leaves.',
    of: ({ counts }) => ratio(counts.skippedOperations, counts.ouOperations + counts.skippedOperations),
  },
  cycles: {
    heading: 'cycles',
    unit: 'cycle',
    doc: 'Cycles of an image.',
    of: (result) => result.cycles / imagesOf(result),
  },
  time: {
    heading: 'time',
    unit: 'ns',
    doc: 'Time of an image.',
    of: (result, { machine }) => result.cycles / imagesOf(result) / machine.rootClock_GHz,
  },
  adcEnergy: {
    heading: 'ADC energy',
    unit: 'pJ',
    doc: 'Energy of the conversions of an image.',
    of: (result) => result.energy.actions['adc.conversion']!.energy_pJ / imagesOf(result),
  },
  energy: {
    heading: 'energy',
    unit: 'pJ',
    doc: 'Energy of all counted actions of an image.',
    of: (result) => result.energy.total_pJ / imagesOf(result),
  },
  adcUtilisation: {
    heading: 'ADC used',
    unit: 'share',
    doc: "Share of the time of the layers' ADCs spent converting.",
    of: ({ layers }) =>
      ratio(
        sum(layers!, ({ adcs }) => adcs.cycles['convert']!),
        sum(layers!, ({ adcs, cycles }) => adcs.instances * cycles),
      ),
  },
  adcWaiting: {
    heading: 'waiting',
    unit: 'share',
    doc: 'Share of the time in which a crossbar, on the mean, waits for an ADC.',
    of: ({ time, cycles }) => ratio(time.adcWaiting, cycles),
  },
  adcWait: {
    heading: 'mean wait',
    unit: 'cycle',
    doc: 'Mean wait of a sample for its conversion.',
    of: ({ layers }) =>
      sum(layers!, ({ wait }) => wait.count * wait.mean) /
      Math.max(
        1,
        sum(layers!, ({ wait }) => wait.count),
      ),
  },
  accuracy: {
    heading: 'top-1',
    unit: 'share',
    doc: 'Share of the 1000 test images of the data set that the integers of the mapping classify right.',
    of: (_, scenario) => {
      const measured = testAccuracy(scenario);
      return measured === null ? null : measured.correct / measured.images;
    },
  },
} as const satisfies Readonly<Record<string, Figure>>;

export type FigureKey = keyof typeof FIGURES;

/** The columns of these figures; `details` are those that a terminal has no room for. */
export function figureColumns(keys: readonly FigureKey[], details: readonly FigureKey[] = []): StudyColumn[] {
  return keys.map((key) => {
    const { of: _, ...column }: Figure = FIGURES[key];
    return { key, ...column, ...(details.includes(key) ? { detail: true } : {}) };
  });
}

/** Runs a scenario of a network and takes these figures of it. */
export function measureFigures(keys: readonly FigureKey[], scenario: Scenario, options: RunOptions): StudyMeasurement {
  const result = runScenario(scenario, options);
  return { values: Object.fromEntries(keys.map((key) => [key, FIGURES[key].of(result, scenario)])) };
}

/** Null where there is nothing to compare with: a mapping that leaves no cell, or no operation. */
function ratio(value: number, to: number): number | null {
  return to === 0 ? null : value / to;
}

function imagesOf({ images }: Result): number {
  return images!.length;
}

function sum(layers: readonly LayerResult[], of: (layer: LayerResult) => number): number {
  return layers.reduce((total, layer) => total + of(layer), 0);
}

function storedBits({ footprint }: Result, { machine }: Scenario): number {
  return footprint.cellsUsed * machine.crossbar.bitsPerCell + footprint.indexBits;
}

function denseBits({ machine, mapping, workload }: Scenario): number {
  if (workload.kind !== 'network') throw new Error('study: a matrix has no dense bits; a network was expected');
  const { bitsPerCell } = machine.crossbar;
  let bits = 0;
  for (const layer of matrixLayers(workload.network).values()) {
    const weightBits = mapping.weightBits === 0 ? layer.weightBits : mapping.weightBits;
    const { slices, signs } = weightFormat(mapping.encoding, weightBits, bitsPerCell);
    bits += layer.rows * layer.outputs * slices * signs.length * bitsPerCell;
  }
  return bits;
}
