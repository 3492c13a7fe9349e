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

// ERA-BS: Liu et al., IEEE Transactions on Computers 73(9), 2024, pp. 2320-2334, of which only the abstract was at hand. Its
// weight side repeats Bit-Transformer (ICCAD 2021), whose text was; its activation side is reconstructed
// (docs/systems/era-bs.md). The papers read whole arrays in 100 ns; here the system runs on the common OU machine, with
// masks and a detector.
//
// Anchors of prices: the skip logic of FORMS (ISCA 2021) for the detector; those of index-logic-prices.ts for the mask logic
// and mask bits.

const headline = 'ERA-BS, IEEE TC 2024, abstract: up to';
const ouRule = 'over ISAAC, which reads whole arrays as ERA-BS does there; under the OU rule here';
const footprint =
  'Bit-Transformer, ICCAD 2021, table of footprints: 10.18x to 32.17x on CIFAR-10 (ResNet-18 and VGG-16, ResNet-18 31.98x), ' +
  'over a dense mapping whose words are not stated';

export const preset: Preset = {
  name: 'era-bs',
  title: 'ERA-BS (TC 2024): bit-flip that empties columns of bit-planes, activations pruned in groups',
  doc:
    'Weights are sums of at most three powers of two; bits are flipped, with compensation, until columns of bit-planes are ' +
    'empty, and row and column masks leave empty blocks out of the crossbars. Activations are pruned in the groups that ' +
    'an operation drives, and a detector skips bit-planes of a group. 8-bit magnitudes and 8-bit activations, on the ' +
    'machine of ou-baseline.',
  publication: {
    title: 'ERA-BS: Boosting the Efficiency of ReRAM-Based PIM Accelerator With Fine-Grained Bit-Level Sparsity',
    venue: 'IEEE TC',
    year: 2024,
  },
  compared: true,
  claims: [
    {
      figure: 'energySaving',
      over: 'isaac',
      value: 43,
      source: `${headline} 43x the energy efficiency of ISAAC`,
      comparability: 'upper bound',
    },
    {
      figure: 'energySaving',
      over: 'isaac-ou',
      value: 43,
      source: `${headline} 43x the energy efficiency, ${ouRule}`,
      comparability: 'upper bound',
    },
    {
      figure: 'speedupPerCrossbar',
      over: 'isaac',
      value: 73,
      source: `${headline} 73x the throughput of ISAAC; throughput per crossbar is the nearest figure here`,
      comparability: 'upper bound',
    },
    {
      figure: 'speedupPerCrossbar',
      over: 'isaac-ou',
      value: 73,
      source: `${headline} 73x the throughput, ${ouRule}; throughput per crossbar is the nearest figure`,
      comparability: 'upper bound',
    },
    {
      figure: 'energySaving',
      over: 'pim-prune',
      value: 5.3,
      source: `${headline} 5.3x the energy efficiency of PIM-Prune`,
      comparability: 'upper bound',
    },
    {
      figure: 'speedupPerCrossbar',
      over: 'pim-prune',
      value: 32,
      source: `${headline} 32x the performance of PIM-Prune; throughput per crossbar is the nearest figure here`,
      comparability: 'upper bound',
    },
    {
      figure: 'crossbarSaving',
      over: 'isaac-ou',
      value: 10.18,
      to: 32.17,
      source: footprint,
      comparability: 'other networks',
    },
    {
      figure: 'crossbarSaving',
      over: 'isaac-ou-8',
      value: 10.18,
      to: 32.17,
      source: footprint,
      comparability: 'other networks',
    },
    {
      figure: 'crossbarSaving',
      over: 'pim-prune',
      value: 1.2,
      source: 'Bit-Transformer, ICCAD 2021, table of footprints: VGG-16 on CIFAR-10, 32.17x / 26.85x of PIM-Prune',
      comparability: 'other networks',
    },
  ],
  machine: {
    ...ouBaseline.machine,
    detector: {
      kind: from(
        'ERA-BS, abstract: run-time hardware for dynamic activation sparsity (reconstructed: skips groups)',
        'group',
      ),
      planeCycles: assumed('an OR over the rows of each group, all groups side by side, in one cycle', 1),
      scanEnergy_pJ: assumed(
        'FORMS (ISCA 2021): skip logic of a unit of 8 crossbars 0.01 mW, a bit-plane in each cycle of 15 ns',
        0.01 * 15,
      ),
      area_um2: assumed('FORMS (ISCA 2021): skip logic of a unit of 8 crossbars 1e-7 mm2', 0.1),
    },
    indexDecoder: {
      kind: from('Bit-Transformer: row and column mask registers in every crossbar', 'present'),
      operationCycles: assumed(
        'the next row block of a mask is found during the read before; blocks need no prefix sum',
        1,
      ),
      operationEnergy_pJ: assumed(`${likeController}, ${duringCycle}`, controllerOperation_pJ),
      bitReadEnergy_pJ: assumed(likeInputRegister, registerBitRead_pJ),
      area_um2: assumed(`${likeController}, ${atAreaPerPower}`, controller_um2),
      bitArea_um2: assumed(likeInputRegister, registerBit_um2),
    },
  },
  mapping: {
    scheme: from('ERA-BS', 'era-bs'),
    encoding: from('Bit-Transformer: positive and negative weights in two crossbars', 'differential'),
    layout: from('Bit-Transformer: every bit matrix is split over crossbars of its own', 'planar'),
    quantisation: from(
      'Bit-Transformer: thresholds per bit matrix are chosen by accuracy, without retraining',
      'calibrated',
    ),
    weightBits: from("Bit-Transformer: C = 8 single-level cells in the paper's example, and the sign", 9),
    activationBits: assumed('no source; 8 bits as its weights', 8),
    accuracyBudget_percent: from('Bit-Transformer, table of accuracies: 0.1 to 1.09 points are lost', 1),
    parameters: {
      terms: from("Bit-Transformer: n = 3 powers of two in the paper's example", 3),
      maskRows: assumed('a masked block of rows is then an operation that is left out', 0),
      maskColumns: from('Bit-Transformer: blocks of the crossbar height x 4 columns, the narrowest that it studies', 4),
      columnOnes_percent: from('Bit-Transformer: columns of bit matrices at least 50 % sparse', 50),
      packing: from('Bit-Transformer: a crossbar packs the columns that are left of several blocks', 'plane'),
      flip: assumed('not used: calibrated', 0.001),
      activations: from('ERA-BS, abstract: crossbar-aware activation pruning', 'groups'),
      activationThreshold: assumed('not used: calibrated', 0),
    },
  },
};
