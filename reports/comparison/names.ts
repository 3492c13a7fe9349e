import type { Comparability, ComparedFigure, Overhead, WaterfallStep } from '../../sim/results/comparison.js';

type Step = WaterfallStep['step'];

/** What reports call a figure: on its own, and in a column that has little room. */
export const FIGURE_NAMES: Readonly<Record<ComparedFigure, { readonly whole: string; readonly short: string }>> = {
  speedup: { whole: 'speed-up', short: 'speed-up' },
  speedupPerCrossbar: { whole: 'speed-up per crossbar', short: 'per xbar' },
  energySaving: { whole: 'energy saving', short: 'energy' },
  crossbarSaving: { whole: 'crossbar saving', short: 'crossbars' },
  storedBitsSaving: { whole: 'stored bits saving', short: 'stored bits' },
  conversionSaving: { whole: 'ADC conversion saving', short: 'conversions' },
};

/** What reports call a step of the waterfall, and what it does to the speed-up. */
export const STEP_NAMES: Readonly<Record<Step, { readonly name: string; readonly doc: string }>> = {
  words: { name: 'words', doc: 'bits of weights and activations, encoding, size of the OU and duration of its reads' },
  weights: { name: 'weights', doc: 'cells that the mapping saves: bits, planes, blocks, columns' },
  indices: { name: 'indices', doc: 'rows left out by row indices' },
  activations: { name: 'activations', doc: 'operations without an input other than 0' },
  planes: { name: 'planes', doc: 'operations without a set bit in their bit-plane' },
  parallelism: {
    name: 'parallelism',
    doc: 'how many crossbars share the reads: the mean time that a crossbar of the network spends reading',
  },
  baseline: {
    name: "baseline's losses",
    doc: 'the time that the baseline itself loses beside its reads, in favour of the system',
  },
  adcWaiting: { name: 'ADC waiting', doc: 'crossbars wait for a conversion' },
  indexDecoding: { name: 'index decoding', doc: 'the next operation was not decoded' },
  detector: { name: 'detector', doc: 'the bit-plane was not scanned' },
  imbalance: {
    name: 'imbalance',
    doc: 'waiting for slower crossbars of the same layer, within a window and after its own last read',
  },
  pixels: {
    name: 'pixels',
    doc: 'the next window waits for pixels of other layers: their paces differ, and the pipeline fills',
  },
  output: {
    name: 'output',
    doc: 'there is no room for the sums of the next window: later layers or the tile are behind',
  },
  transfer: { name: 'transfer', doc: "the next window is on its way from the tile's buffer to the crossbars" },
  finished: {
    name: 'finished',
    doc: 'after the last read of its layer, while other layers work and the last output leaves',
  },
};

export const OVERHEAD_NAMES: Readonly<Record<Overhead, string>> = {
  indexDecoder: 'index decoder',
  indexMemory: 'index memory',
  detector: 'detector',
};

export const COMPARABILITY_DOCS: Readonly<Record<Comparability, string>> = {
  definition: 'follows from the definition of the system, whatever the network',
  're-simulated': "another paper's simulation of the system under the OU rule, as here, on other networks",
  'other networks': "the paper's own set-up: other networks, other training or another baseline",
  'upper bound': 'the best of several networks ("up to")',
};
