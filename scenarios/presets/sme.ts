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

// SME: "SME: ReRAM-based Sparse-Multiplication-Engine to Squeeze-Out Bit Sparsity of Neural Network", ICCD 2021 (arXiv
// 2103.01705), of which only the abstract was at hand. BWQ (IEEE TCAD 43(12), 2024) describes its quantiser, its mapping and
// its squeeze-out, and re-simulates it on the machine of ou-baseline, as here. docs/systems/sme.md says what is
// reconstructed.
//
// No paper prices the logic that multiplies the inputs of moved rows; anchors in index-logic-prices.ts.

const ownController = `SME prices nothing; ${likeController}`;
const ownRegister = `no source in SME; ${likeInputRegister}`;
const footprint =
  'SME, ICCD 2021, abstract: up to 2.1x fewer crossbars on MobileNet-v2 and up to 8.7x on ResNet-50 (ImageNet), over ' +
  '"prior designs" that it does not name there, nor their words';
const reSimulated = 'BWQ, IEEE TCAD 2024, average over its networks under the OU rule: what it gains over';

export const preset: Preset = {
  name: 'sme',
  title: 'SME (ICCD 2021): bit-planes in crossbars of their own, sparse planes squeezed out',
  doc:
    'Sparse-Multiplication-Engine: the ones of a weight lie within three adjacent bits, every bit-plane stands in crossbars ' +
    'of its own, and the sparse planes of the most significant bits are emptied by moving whole rows and multiplying their ' +
    'inputs. 8-bit magnitudes and 8-bit activations, on the machine of ou-baseline with a row index.',
  publication: {
    title: 'SME: ReRAM-based Sparse-Multiplication-Engine to Squeeze-Out Bit Sparsity of Neural Network',
    venue: 'ICCD',
    year: 2021,
  },
  compared: true,
  claims: [
    {
      figure: 'crossbarSaving',
      over: 'isaac-ou',
      value: 2.1,
      to: 8.7,
      source: footprint,
      comparability: 'upper bound',
    },
    {
      figure: 'crossbarSaving',
      over: 'isaac-ou-8',
      value: 2.1,
      to: 8.7,
      source: footprint,
      comparability: 'upper bound',
    },
    {
      figure: 'speedup',
      over: 'isaac-ou',
      value: 1.66,
      source: `${reSimulated} ISAAC divided by what it gains over SME, 6.08 / 3.66`,
      comparability: 're-simulated',
    },
    {
      figure: 'energySaving',
      over: 'isaac-ou',
      value: 2.28,
      source: `${reSimulated} ISAAC divided by what it gains over SME, 17.47 / 7.65`,
      comparability: 're-simulated',
    },
  ],
  machine: {
    ...ouBaseline.machine,
    indexDecoder: {
      kind: from('BWQ about SME: which activations are doubled must be recorded', 'present'),
      operationCycles: assumed('the bits of the next rows are selected during the read before', 1),
      operationEnergy_pJ: assumed(`${ownController}, ${duringCycle}`, controllerOperation_pJ),
      bitReadEnergy_pJ: assumed(ownRegister, registerBitRead_pJ),
      area_um2: assumed(`${ownController}, ${atAreaPerPower}`, controller_um2),
      bitArea_um2: assumed(ownRegister, registerBit_um2),
    },
  },
  mapping: {
    scheme: from('SME', 'sme'),
    encoding: assumed(
      'SME stores magnitudes; the same group uses positive and negative crossbars later',
      'differential',
    ),
    layout: from('SME, abstract: the bits of a weight are sliced over different crossbars', 'planar'),
    quantisation: from('SME: x is chosen within the loss of accuracy that is accepted', 'calibrated'),
    weightBits: assumed('8 magnitude bits as in BWQ and Bit-Transformer, and the sign', 9),
    activationBits: assumed('the abstract has no word length; 8 bits as the other bit-level systems begin with', 8),
    accuracyBudget_percent: from('SME, abstract: less than 0.3 points of ImageNet top-1 are lost', 0.3),
    parameters: {
      window: from('BWQ about SME: at most 3 adjacent bits of a weight are ones', 3),
      mode: assumed(
        'BWQ tells of rows whose lowest bits are zero, which hardly any row of 128 weights has; the published saving needs rows that lose bits',
        'lossy',
      ),
      squeeze: assumed('not used: calibrated', 1),
    },
  },
};
