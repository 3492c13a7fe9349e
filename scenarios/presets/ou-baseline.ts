import { isaacTile, programming } from '../isaac-tile.js';
import type { Preset } from '../preset.js';
import { assumed, from } from '../provenance.js';

// The machine on which the OU literature compares its ideas. Sources:
// - BWQ: IEEE TCAD 43(12), 2024, pp. 4558-4571 (arXiv 2310.12182): 128 x 128 crossbars of 1-bit cells, OU of 9 wordlines
//   by 8 bitlines, 1-bit DACs, 4-bit ADCs, an ADC for each bitline of the OU, 1.2 GHz.
// - PP_sim (github.com/WaitingLin/PP_sim), an OU-level simulator: OU read time, 8 crossbars per unit, and energy per OU
//   operation as the power of ISAAC's components during one cycle of 1.2 GHz.
// - SRE: Sparse ReRAM Engine, ISCA 2019; its ADC constants as a third party quotes them: (bits + 2) / 1.2 GS/s a conversion.
// - Chen et al., ISSCC 2018: the 65 nm macro behind the 9 x 8 OU and its read time of 15.6 ns at 3 bits.
// - ISAAC: Shafiee et al., ISCA 2016, Table I, as in presets/isaac.ts.

const clock_GHz = 1.2;
const unpricedDetector = 'no source for a detector in this machine; one that is added costs nothing';
const detectorless = 'the baseline has no sparsity detector';
const unpricedDecoder = 'no source for an index decoder in this machine; one that is added costs nothing';
const indexless = 'the baseline maps matrices densely, without indices';

export const preset: Preset = {
  name: 'ou-baseline',
  title: 'OU baseline: 9 x 8 operation units, 8 ADCs of 4 bits per crossbar',
  doc:
    'Dense accelerator at operation-unit granularity, as BWQ, PP_sim and their relatives use it for comparison: ' +
    '8 crossbars of 128 x 128 cells of 1 bit, 9 x 8 OUs, and an ADC for every bitline of the OU.',
  publication: null,
  compared: false,
  claims: [],
  machine: {
    rootClock: from('BWQ Table I, ISAAC: 1.2 GHz', '1.2 GHz'),
    pe: { crossbars: from('PP_sim: 8 crossbars per computation unit', 8) },
    crossbar: {
      wordlines: from('BWQ Table I: 128 x 128', 128),
      bitlines: from('BWQ Table I: 128 x 128', 128),
      bitsPerCell: from('BWQ Table I: 1 bit per cell', 1),
      readCycles: from('PP_sim: 15.6 ns (Chen, ISSCC 2018) x 4/3 for 4 bits x 32/65 for the node', '10.24 ns'),
      ...programming,
      cellReadEnergy_pJ: from(
        'PP_sim: array power of ISAAC (0.3 mW for 128 x 128 cells) during a cycle of 1.2 GHz',
        0.3 / (128 * 128) / clock_GHz,
      ),
      area_um2: from('ISAAC Table I: 8 arrays 0.0002 mm2', 200 / 8),
    },
    ou: {
      wordlines: from('BWQ: 9 wordlines, after Chen (ISSCC 2018)', 9),
      bitlines: from('BWQ: 8 bitlines, after Chen (ISSCC 2018)', 8),
    },
    input: {
      bitsPerPlane: from('BWQ Table I: 1-bit DAC', 1),
      driveEnergy_pJ: from(
        'PP_sim: DAC power of ISAAC (4 mW for 1024) during a cycle of 1.2 GHz',
        4 / 1024 / clock_GHz,
      ),
      area_um2: from('ISAAC Table I: 1024 DACs 0.00017 mm2', 170 / 1024),
    },
    sampleHold: {
      banks: assumed('conversions of one read overlap the next read', 2),
      sampleEnergy_pJ: from(
        'ISAAC Table I: 1024 sample-and-hold circuits 0.01 mW x 100 ns / 1024 samples',
        (0.01 * 100) / 1024,
      ),
      area_um2: from('ISAAC Table I: 1024 sample-and-hold circuits 0.00004 mm2', 40 / 1024),
    },
    adc: {
      bits: from('BWQ Table I: 4 bits, exact for 9 rows of 1-bit cells', 4),
      perPool: from('BWQ: as many ADCs per crossbar as the OU has bitlines', 8),
      sharedBy: from('BWQ: as many ADCs per crossbar as the OU has bitlines', 1),
      conversionCycles: from('SRE as quoted by a public ADC model: (4 bits + 2) / 1.2 GS/s', '5 ns'),
      costLaw: from('PP_sim and SRE scale the 2 mW of ISAAC by 2^bits / (bits + 1)', 'power-of-two'),
      conversionEnergy_pJ: assumed('not used: the cost law prices a conversion', 0),
      area_um2: assumed('not used: the cost law gives the area', 0),
    },
    shiftAdd: {
      lanes: assumed('one lane per ADC, so that the shift-and-add never holds an ADC back', 8),
      latencyCycles: assumed('one cycle', 1),
      addEnergy_pJ: from(
        'PP_sim: power of an ISAAC shift-and-add unit (0.2 mW for 4) during a cycle of 1.2 GHz',
        0.2 / 4 / clock_GHz,
      ),
      area_um2: from('ISAAC Table I: 4 shift-and-add units 0.00024 mm2', 240 / 4),
    },
    detector: {
      kind: from(detectorless, 'none'),
      planeCycles: assumed(unpricedDetector, 0),
      scanEnergy_pJ: assumed(unpricedDetector, 0),
      area_um2: assumed(unpricedDetector, 0),
    },
    indexDecoder: {
      kind: from(indexless, 'none'),
      operationCycles: assumed(unpricedDecoder, 0),
      operationEnergy_pJ: assumed(unpricedDecoder, 0),
      bitReadEnergy_pJ: assumed(unpricedDecoder, 0),
      area_um2: assumed(unpricedDecoder, 0),
      bitArea_um2: assumed(unpricedDecoder, 0),
    },
    inputRegister: {
      windows: assumed('the next window is loaded while the present one is read', 2),
      writeEnergy_pJ: from(
        'ISAAC Table I: 2 KB input register 1.24 mW x 100 ns / 1024 bytes (PP_sim)',
        (1.24 * 100) / 1024,
      ),
      area_um2: from('ISAAC Table I: 2 KB input register 0.0021 mm2', 2100),
    },
    outputRegister: {
      windows: assumed('the sums of a window leave while those of the next gather', 2),
      writeEnergy_pJ: from(
        'ISAAC Table I: 256 B output register 0.23 mW x 100 ns / 1024 bytes (PP_sim)',
        (0.23 * 100) / 1024,
      ),
      area_um2: from('ISAAC Table I: 256 B output register 0.00077 mm2', 770),
    },
    tile: {
      pes: from('ISAAC Table I: 12 units per tile', 12),
      schedule: assumed(
        'the time of a window depends on its inputs here, so that no schedule can be fixed beforehand',
        'contended',
      ),
      stageCycles: assumed('not used: nothing is scheduled beforehand', 1),
    },
    ...isaacTile(clock_GHz, 'counted'),
  },
  mapping: {
    scheme: from('the baseline maps matrices densely', 'dense'),
    encoding: from('Chen (ISSCC 2018), MNSIM 2.0: positive and negative weights in separate arrays', 'differential'),
    layout: assumed('the bits of a weight side by side, as in ISAAC', 'adjacent'),
    quantisation: assumed('the integers of the network, as they are', 'network'),
    weightBits: assumed("the network's own bits", 0),
    activationBits: assumed("the network's own bits", 0),
    accuracyBudget_percent: assumed('not used: nothing is decided', 1),
    parameters: {},
  },
};
