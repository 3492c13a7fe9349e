import type { Preset } from '../preset.js';
import { assumed, from } from '../provenance.js';
import { preset as ouBaseline } from './ou-baseline.js';
import { preset as sre } from './sre.js';

// Zero compression: Shin et al., "Effective Zero Compression on ReRAM-based Sparse DNN Accelerators", DAC 2022, pp. 949-954.
// Only the abstract was at hand: its two mechanisms and its range of compressions are sourced, everything else is
// reconstructed (docs/systems/zero-compression.md). The hardware is that of SRE's row compression.

const oneOuRow =
  'a bit of each of 8 weights fills an OU row, so that their zeros have to meet: what the paper is about';

export const preset: Preset = {
  name: 'zero-compression',
  title: 'Zero compression (DAC 2022): filter order, weight recovery, OU row compression',
  doc:
    'Unstructured pruning; the filters of each row block in an order that brings their zeros together; pruned weights in ' +
    'OU rows that are stored anyway get their values back; OU row compression, and column groups stacked on fewer ' +
    'crossbars. 8-bit words, bit planes apart, on the machine of ou-baseline with index decoders.',
  publication: {
    title: 'Effective Zero Compression on ReRAM-based Sparse DNN Accelerators',
    venue: 'DAC',
    year: 2022,
  },
  compared: true,
  claims: [
    {
      figure: 'crossbarSaving',
      over: 'isaac-ou-8',
      value: 3.27,
      to: 4.26,
      source: 'Shin et al., DAC 2022, abstract: array compression over a dense accelerator, three networks, fine-tuned',
      comparability: 'other networks',
    },
  ],
  machine: { ...ouBaseline.machine, indexDecoder: sre.machine.indexDecoder },
  mapping: {
    scheme: from('Shin et al., DAC 2022', 'zero-compression'),
    encoding: assumed(
      'pruned weights must be zero cells, which a bias would hide; as many cells as the biased weights of isaac-ou-8',
      'twos-complement',
    ),
    layout: assumed(oneOuRow, 'planar'),
    quantisation: assumed(
      'the paper prunes and fine-tunes; here trained weights are pruned within the budget',
      'calibrated',
    ),
    weightBits: assumed('the paper does not say in its abstract; the common word length of quantised networks', 8),
    activationBits: assumed('the paper does not say in its abstract; the common word length of quantised networks', 8),
    accuracyBudget_percent: assumed('the budget of all systems; the paper says that the loss is negligible', 1),
    parameters: {
      sparsity: assumed('not used: calibrated', 0),
      order: from(
        'Shin et al., DAC 2022: filter reordering at OU level (reconstructed: an order per row block)',
        'slab',
      ),
      recovery: from('Shin et al., DAC 2022: weight recovery', 'yes'),
      keep: assumed('the bit planes of 8 weights keep the same rows, so that one index serves them all', 'weights'),
      indexing: assumed('as in SRE, whose row compression the paper starts from', 'delta'),
      deltaBits: assumed('no source; fewest bits where 15 to 25 % of the rows are kept', 3),
      repack: assumed('the paper reports how much smaller the arrays become', 'yes'),
    },
  },
};
