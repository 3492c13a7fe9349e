import {
  atAreaPerPower,
  controller_um2,
  controllerOperation_pJ,
  duringCycle,
  likeController,
  likeInputRegister,
  registerBit_um2,
  registerBitRead_pJ,
} from '../index-logic-prices.js';
import type { Preset } from '../preset.js';
import { assumed, from } from '../provenance.js';
import { preset as ouBaseline } from './ou-baseline.js';

// PIM-Prune: Chu et al., DAC 2020, of which only the abstract was at hand; its mechanism is recalled and reconstructed
// (docs/systems/pim-prune.md). The paper's machine reads whole arrays, as ISAAC does; here it runs on the common OU machine.
// Bit-Transformer (ICCAD 2021) quotes and re-evaluates it.
//
// No paper prices its index decoder. Anchors are those of index-logic-prices.ts: the memory controllers of BWQ turn a table
// of block precisions into the wordlines and bitlines of operation units, as this decoder turns masks into them.

const pricedLikeRegister = `priced ${likeInputRegister}`;
const trained = 'trained with ADMM, over a dense mapping';

export const preset: Preset = {
  name: 'pim-prune',
  title: 'PIM-Prune (DAC 2020): rows and columns pruned inside crossbar-sized blocks',
  doc:
    'Whole rows and whole columns are pruned independently in blocks of the size of a crossbar; the blocks are compacted ' +
    'and repacked into fewer crossbars. Masks say which rows and outputs of a block are left. 16-bit words, on the ' +
    'machine of ou-baseline with an index decoder.',
  publication: {
    title: 'PIM-Prune: Fine-Grain DCNN Pruning for Crossbar-Based Process-In-Memory Architecture',
    venue: 'DAC',
    year: 2020,
  },
  compared: true,
  claims: [
    {
      figure: 'crossbarSaving',
      over: 'isaac-ou',
      value: 24.85,
      source: `PIM-Prune, DAC 2020, abstract: crossbars of ResNet-18 on CIFAR-10, ${trained}`,
      comparability: 'upper bound',
    },
    {
      figure: 'crossbarSaving',
      over: 'isaac-ou',
      value: 3.56,
      source: `PIM-Prune, DAC 2020, abstract: crossbars of ResNet-18 on ImageNet, ${trained}`,
      comparability: 'upper bound',
    },
    {
      figure: 'crossbarSaving',
      over: 'isaac-ou',
      value: 26.85,
      source: `Bit-Transformer, ICCAD 2021, table of footprints: PIM-Prune's VGG-16 on CIFAR-10, ${trained}`,
      comparability: 'other networks',
    },
    {
      figure: 'speedupPerCrossbar',
      over: 'isaac-ou',
      value: 20,
      source:
        'Bit-Transformer, ICCAD 2021: area efficiency of PIM-Prune over ISAAC on CIFAR-10 about 20x, whole arrays read ' +
        'at once; throughput per crossbar is the nearest figure here',
      comparability: 'other networks',
    },
  ],
  machine: {
    ...ouBaseline.machine,
    indexDecoder: {
      kind: from('PIM-Prune (recalled): the inputs and outputs of every block are remapped by indices', 'present'),
      operationCycles: assumed(
        'the rows of an operation are picked from a mask as in DyPIM (DATE 2024), whose prefix sum takes 4 cycles',
        4,
      ),
      operationEnergy_pJ: assumed(`${likeController}, ${duringCycle}`, controllerOperation_pJ),
      bitReadEnergy_pJ: assumed(pricedLikeRegister, registerBitRead_pJ),
      area_um2: assumed(
        `${likeController}, ${atAreaPerPower}; and a register ` +
          `for the masks of one block, 128 rows + 128 columns, ${pricedLikeRegister}`,
        controller_um2 + 256 * registerBit_um2,
      ),
      bitArea_um2: assumed(pricedLikeRegister, registerBit_um2),
    },
  },
  mapping: {
    scheme: from('PIM-Prune', 'pim-prune'),
    encoding: assumed(
      "as many cells as ISAAC's biased weights, and pruned weights need no cells, which a bias would give them",
      'twos-complement',
    ),
    layout: assumed('as in ISAAC, which the paper compares with', 'adjacent'),
    quantisation: assumed('the paper trains with ADMM; here trained weights are pruned under a budget', 'calibrated'),
    weightBits: assumed('16-bit words as in ISAAC, which the paper compares with', 16),
    activationBits: assumed('16-bit words as in ISAAC, which the paper compares with', 16),
    accuracyBudget_percent: assumed('the budget of all systems; the abstract says that the loss is negligible', 1),
    parameters: {
      repack: from('PIM-Prune (recalled): compacted blocks share crossbars', 'yes'),
      share: assumed('not used: the share is calibrated', 0),
    },
  },
};
