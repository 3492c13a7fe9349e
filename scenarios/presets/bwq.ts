import {
  atAreaPerPower,
  controller_um2,
  controllerOperation_pJ,
  controllersOfBwq,
  duringCycle,
  registerBit_um2,
  registerBitRead_pJ,
} from '../index-logic-prices.js';
import type { Preset } from '../preset.js';
import { assumed, from } from '../provenance.js';
import { preset as ouBaseline } from './ou-baseline.js';

// BWQ: "Block-Wise Mixed-Precision Quantization: Enabling High Efficiency for Practical ReRAM-based DNN Accelerators", IEEE
// TCAD 43(12), 2024, pp. 4558-4571 (arXiv 2310.12182). Its machine is the one of ou-baseline; BWQ-H adds a memory controller
// with a table of block precisions to every bank, priced in index-logic-prices.ts.

const likeRegister = "Table I has no line for the table's cells; priced like a bit of ISAAC's 2 KB input register";
const ownSetUp =
  'BWQ, TCAD 2024, evaluation: average over its trained networks, all systems re-simulated under the OU rule';

export const preset: Preset = {
  name: 'bwq',
  title: 'BWQ (TCAD 2024): a precision for every block of the size of an OU',
  doc:
    'Blocks of 9 x 8 weights keep as many bits as they need, an operation unit for each bit, and a table of bit widths ' +
    'in every bank tells the controller where a block ends. Precisions of blocks and activations come from a search on ' +
    'trained weights, where the paper trains them.',
  publication: {
    title:
      'Block-Wise Mixed-Precision Quantization: Enabling High Efficiency for Practical ReRAM-Based DNN Accelerators',
    venue: 'IEEE TCAD',
    year: 2024,
  },
  compared: true,
  claims: [
    {
      figure: 'speedup',
      over: 'isaac-ou',
      value: 6.08,
      source: `${ownSetUp} (the conclusion swaps speed-up and energy saving)`,
      comparability: 'other networks',
    },
    {
      figure: 'energySaving',
      over: 'isaac-ou',
      value: 17.47,
      source: `${ownSetUp} (the conclusion swaps speed-up and energy saving)`,
      comparability: 'other networks',
    },
    { figure: 'speedup', over: 'sre', value: 4.44, source: ownSetUp, comparability: 'other networks' },
    { figure: 'energySaving', over: 'sre', value: 11.98, source: ownSetUp, comparability: 'other networks' },
    { figure: 'speedup', over: 'sme', value: 3.66, source: ownSetUp, comparability: 'other networks' },
    { figure: 'energySaving', over: 'sme', value: 7.65, source: ownSetUp, comparability: 'other networks' },
    { figure: 'speedup', over: 'bsq', value: 1.45, source: ownSetUp, comparability: 'other networks' },
    { figure: 'energySaving', over: 'bsq', value: 2.66, source: ownSetUp, comparability: 'other networks' },
    {
      figure: 'storedBitsSaving',
      over: 'isaac-ou',
      value: 16.04 / 2,
      source:
        'BWQ Table II: ResNet-20 on CIFAR-10, 16.04x over 32-bit floats, so 8.02x over 16-bit words; magnitude bits ' +
        'only, without signs and the table of bit widths',
      comparability: 'other networks',
    },
  ],
  machine: {
    ...ouBaseline.machine,
    indexDecoder: {
      kind: from('BWQ: a memory controller with a table of bit widths in every bank', 'present'),
      operationCycles: assumed('the controller finds the next OU while one is read; BWQ reports no time for it', 1),
      operationEnergy_pJ: from(`${controllersOfBwq}, ${duringCycle}`, controllerOperation_pJ),
      bitReadEnergy_pJ: assumed(likeRegister, registerBitRead_pJ),
      area_um2: assumed(`no area in Table I; its power ${atAreaPerPower}`, controller_um2),
      bitArea_um2: assumed(likeRegister, registerBit_um2),
    },
  },
  mapping: {
    scheme: from('BWQ', 'bwq'),
    encoding: assumed(
      'BWQ has sign and magnitude (Eq. 1) and does not say how the sign is stored; a sign bit in the block costs one OU, a negative copy, converted on its own as here, as many as the magnitude',
      'twos-complement',
    ),
    layout: assumed('not used: the bits of a block stand in OUs of their own', 'adjacent'),
    quantisation: assumed('BWQ trains precisions; here they are searched for trained weights', 'calibrated'),
    weightBits: from('BWQ Eq. 1: 8 magnitude bits to begin with, and the sign', 9),
    activationBits: from('BWQ: activations begin with 8 bits', 8),
    accuracyBudget_percent: from('BWQ: 1 % of accuracy, for weights and activations', 1),
    parameters: {
      packing: assumed('BWQ Fig. 7 stacks rows of blocks, without saying which columns share a crossbar', 'aligned'),
      lutEntry: assumed(
        'reconstructed: the table sizes that BWQ reports ask for about one bit per block, 4 bits for every block do not fit',
        'largest',
      ),
      magnitudeBits: assumed('not used: the grid is calibrated', 0),
      grids: assumed(
        'BWQ describes the removal of most significant bits only; without training, that alone removes little',
        'searched',
      ),
      smallestActivationBits: assumed('one bit below the smallest precision of BWQ Table II', 2),
    },
  },
};
