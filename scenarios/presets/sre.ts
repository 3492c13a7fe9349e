import type { Preset } from '../preset.js';
import { assumed, from } from '../provenance.js';
import { preset as ouBaseline } from './ou-baseline.js';

// SRE: Yang et al., "Sparse ReRAM Engine", ISCA 2019. Its full text was not at hand: the two mechanisms and the figures are
// sourced, its machine (16 x 16 OUs, 2-bit cells, 16-bit words) is recalled. As in BWQ's evaluation (IEEE TCAD 43(12),
// 2024) it runs on the same OUs and peripherals as the systems beside it; docs/systems/sre.md says what is reconstructed.
//
// Prices of its logic have no source in SRE. DyPIM (DATE 2024) forms OUs in the same way: a prefix sum over nine rows takes 8
// adders and 4 cycles, and the tile of ISAAC grows by 0.51 %. Its power is taken from its area at the power density of
// ISAAC's shift-and-add units (Table I: 0.05 mW and 60 um2 each). Summing nine distances of the row index is the same
// circuit.

const clock_GHz = 1.2;
const crossbarsPerPe = 8;
const prefixSumCycles = 4;
const prefixSum_um2 = (0.0051 * 372_000) / (12 * crossbarsPerPe);
const prefixSum_pJ = (((prefixSum_um2 * 0.05) / 60) * prefixSumCycles) / clock_GHz;

const nineRows = 'DyPIM, DATE 2024: the prefix sum over nine rows takes 4 cycles';
const area = 'DyPIM, DATE 2024: OU formation adds 0.51 % to a tile; of ISAAC, 0.372 mm2 for 96 crossbars';
const power = `${area}; at the power density of ISAAC's shift-and-add units during 4 cycles of 1.2 GHz`;
const likeInputRegister = "like ISAAC's 2 KB input register (Table I)";
const baseline = 'an OU accelerator that uses no sparsity, networks pruned structurally (SSL) while they were trained';
const bwq =
  'BWQ, IEEE TCAD 2024, other networks: it gains 6.08x (energy 17.47x) over ISAAC and 4.44x (11.98x) over SRE; the ratio';

export const preset: Preset = {
  name: 'sre',
  title: 'SRE (ISCA 2019): OU row compression and dynamic OU formation',
  doc:
    'Sparse ReRAM Engine: every column group leaves out the rows whose cells are zero (ORC), and operations are formed ' +
    'from rows whose input bit is one (DOF). 16-bit words, OU rows pruned by magnitude, on the machine of ou-baseline ' +
    'with index decoders and a detector.',
  publication: {
    title: 'Sparse ReRAM Engine: Joint Exploration of Activation and Weight Sparsity in Compressed Neural Networks',
    venue: 'ISCA',
    year: 2019,
  },
  compared: true,
  claims: [
    {
      figure: 'speedup',
      over: 'isaac-ou',
      value: 13.1,
      source: `SRE, ISCA 2019: mean over ${baseline}`,
      comparability: 'other networks',
    },
    {
      figure: 'speedup',
      over: 'isaac-ou',
      value: 42.3,
      source: `SRE, ISCA 2019: best over ${baseline}`,
      comparability: 'upper bound',
    },
    {
      figure: 'energySaving',
      over: 'isaac-ou',
      value: 6.8,
      source: `SRE, ISCA 2019: 85.3 % less energy, 1 / (1 - 0.853), mean over ${baseline}`,
      comparability: 'other networks',
    },
    {
      figure: 'energySaving',
      over: 'isaac-ou',
      value: 21.7,
      source: `SRE, ISCA 2019: up to 95.4 % less energy, 1 / (1 - 0.954), over ${baseline}`,
      comparability: 'upper bound',
    },
    { figure: 'speedup', over: 'isaac-ou', value: 1.37, source: bwq, comparability: 're-simulated' },
    { figure: 'energySaving', over: 'isaac-ou', value: 1.46, source: bwq, comparability: 're-simulated' },
  ],
  machine: {
    ...ouBaseline.machine,
    detector: {
      kind: from('SRE: dynamic OU formation (recalled: rows whose input bit is 1, nine at a time)', 'form'),
      planeCycles: assumed(`${nineRows}; the rows of a plane are scanned side by side`, prefixSumCycles),
      scanEnergy_pJ: assumed(power, crossbarsPerPe * prefixSum_pJ),
      area_um2: assumed(area, crossbarsPerPe * prefixSum_um2),
    },
    indexDecoder: {
      kind: from('SRE: an index decoder turns distances into the inputs of the wordlines', 'present'),
      operationCycles: assumed(`${nineRows}, and so does that over nine distances`, prefixSumCycles),
      operationEnergy_pJ: assumed(power, prefixSum_pJ),
      bitReadEnergy_pJ: assumed(`a bit read ${likeInputRegister}: 1.24 mW x 100 ns / 1024 bytes`, 124 / (8 * 1024)),
      area_um2: assumed(area, prefixSum_um2),
      bitArea_um2: assumed(`a bit stored ${likeInputRegister}: 0.0021 mm2`, 2100 / (8 * 2048)),
    },
  },
  mapping: {
    scheme: from('SRE: OU row compression', 'sre'),
    encoding: assumed(
      'pruned weights must be zero cells, which a bias would hide; as many cells as the biased weights of isaac-ou',
      'twos-complement',
    ),
    layout: assumed('the cells of a weight side by side, as in ISAAC, on which SRE builds', 'adjacent'),
    quantisation: assumed(
      "SRE took networks pruned while they were trained; here trained weights are pruned within the budget's accuracy",
      'calibrated',
    ),
    weightBits: from('SRE: 16-bit operands (recalled)', 16),
    activationBits: from('SRE: 16-bit operands (recalled)', 16),
    accuracyBudget_percent: assumed('the budget of all systems', 1),
    parameters: {
      rowCompression: from('SRE: OU row compression', 'yes'),
      pruning: assumed("structured like SRE's networks: weights that share an OU row are pruned together", 'rows'),
      sparsity: assumed('not used: calibrated', 0),
      keep: from("US patent 11,526,328 (SRE's authors): an index for each OU", 'columns'),
      indexing: from("US patent 11,526,328 (SRE's authors): distances between rows that are kept", 'delta'),
      deltaBits: assumed('no source; fewest bits where 15 to 25 % of the rows are kept', 3),
      repack: assumed('kept rows move up where they are (recalled); the crossbars stay, the time falls', 'no'),
    },
  },
};
