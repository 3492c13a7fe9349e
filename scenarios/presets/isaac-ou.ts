import type { Preset } from '../preset.js';
import { assumed, from } from '../provenance.js';
import { preset as isaac } from './isaac.js';
import { preset as ouBaseline } from './ou-baseline.js';

// ISAAC as BWQ (IEEE TCAD 43(12), 2024) re-simulated it for its comparison: 1-bit cells, 16-bit weights and activations, no
// compression, on the same 9 x 8 operation units and peripherals as the systems that are compared with it. BWQ does not
// say how its ISAAC stores signs; ISAAC's own weight bias is taken.

export const preset: Preset = {
  name: 'isaac-ou',
  title: 'ISAAC under the OU rule: dense, 16-bit words, 9 x 8 operation units',
  doc:
    'The dense baseline of a comparison at operation-unit granularity, as BWQ re-simulated ISAAC: 16-bit weights in 16 ' +
    'cells of 1 bit, 16-bit activations, no compression, on the machine of ou-baseline. The 4-bit ADCs are exact for 9 ' +
    'rows, so that flipped columns would save nothing.',
  publication: isaac.publication,
  compared: true,
  claims: [],
  machine: ouBaseline.machine,
  mapping: {
    scheme: from('BWQ: ISAAC without compression', 'dense'),
    encoding: from('ISAAC stores weights with a bias and subtracts it with the sum of the inputs', 'offset'),
    layout: from('ISAAC stores the slices of a weight in adjacent cells of a row', 'adjacent'),
    quantisation: assumed('the integers of the network, as they are, in longer words', 'network'),
    weightBits: from('BWQ: ISAAC with 16-bit weights', 16),
    activationBits: from('BWQ: ISAAC with 16-bit activations', 16),
    accuracyBudget_percent: assumed('not used: nothing is decided', 1),
    parameters: {},
  },
};
