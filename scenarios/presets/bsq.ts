import type { Preset } from '../preset.js';
import { assumed, from } from '../provenance.js';
import { preset as bwq } from './bwq.js';
import { preset as ouBaseline } from './ou-baseline.js';

// BSQ: "BSQ: Exploring Bit-Level Sparsity for Mixed-Precision Neural Network Quantization", ICLR 2021, quantises and
// proposes no hardware. BWQ (IEEE TCAD 43(12), 2024) runs it on BWQ-H without the table of bit widths.

const implied =
  'BWQ, TCAD 2024, evaluation: implied by its averages of BWQ over ISAAC and of BWQ over BSQ, trained networks under the OU rule';

export const preset: Preset = {
  name: 'bsq',
  title: "BSQ (ICLR 2021) on BWQ's machine: one precision for a layer",
  doc:
    'Every block of a layer takes the same number of operation units, those of the precision of the layer. The machine ' +
    'is that of bwq without the table of bit widths, as BWQ compares with it.',
  publication: {
    title: 'BSQ: Exploring Bit-Level Sparsity for Mixed-Precision Neural Network Quantization',
    venue: 'ICLR',
    year: 2021,
  },
  compared: true,
  claims: [
    { figure: 'speedup', over: 'isaac-ou', value: 6.08 / 1.45, source: implied, comparability: 're-simulated' },
    { figure: 'energySaving', over: 'isaac-ou', value: 17.47 / 2.66, source: implied, comparability: 're-simulated' },
    {
      figure: 'storedBitsSaving',
      over: 'isaac-ou',
      value: 13.76 / 2,
      source:
        'BWQ Table II: ResNet-20 on CIFAR-10 with BSQ, 13.76x over 32-bit floats, so 6.88x over 16-bit words; magnitude ' +
        'bits only, without signs',
      comparability: 'other networks',
    },
  ],
  // BWQ compares with BSQ on its own hardware without the look-up table: nothing to decode.
  machine: ouBaseline.machine,
  mapping: {
    ...bwq.mapping,
    scheme: from('BSQ, on the mapping of BWQ', 'bsq'),
    quantisation: assumed('BSQ trains precisions; here they are searched for trained weights', 'calibrated'),
    weightBits: from('BSQ: 8 bits to begin with, and the sign', 9),
    accuracyBudget_percent: assumed('the budget of BWQ, which it is compared with', 1),
    parameters: {
      packing: bwq.mapping.parameters['packing']!,
      magnitudeBits: bwq.mapping.parameters['magnitudeBits']!,
      grids: from('BSQ also removes least significant bits and doubles the scale (its public code)', 'searched'),
      smallestActivationBits: bwq.mapping.parameters['smallestActivationBits']!,
    },
  },
};
