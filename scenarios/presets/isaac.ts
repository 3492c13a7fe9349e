import { isaacTile, programming } from '../isaac-tile.js';
import type { Preset } from '../preset.js';
import { assumed, from } from '../provenance.js';

// ISAAC: Shafiee et al., "ISAAC: A Convolutional Neural Network Accelerator with In-Situ Analog Arithmetic in
// Crossbars", ISCA 2016, with the corrected tables of October 2016. Table I gives power and area of groups: an IMA has
// 8 arrays, 8 ADCs, 1024 DACs, 1024 sample-and-hold circuits, 4 shift-and-add units, a 2 KB input register and a 256 B
// output register. An array is read in 100 ns; in these 100 ns an IMA drives 1024 rows and converts 1024 samples. The
// energy of an action is therefore the group's power x 100 ns / 1024, so that a fully loaded IMA draws the power of
// Table I.

const perAction = (group: string, power_mW: number, share: string) =>
  `ISAAC Table I: ${group} ${power_mW} mW x 100 ns / ${share}`;
const unpricedDetector = 'no source for a detector in this machine; one that is added costs nothing';
const detectorless = 'ISAAC has no sparsity detector';
const flipMemory = 'ISAAC does not say where it keeps its flip bits; priced like a bit of its 2 KB input register';
const flipLogic =
  'a flip bit belongs to its column: nothing is to be decoded, and the shift-and-add takes the complement';

export const preset: Preset = {
  name: 'isaac',
  title: 'ISAAC (ISCA 2016): full-array reads, one 8-bit ADC per crossbar',
  doc:
    'In-situ multiply-accumulate unit (IMA) of ISAAC-CE at 32 nm: 8 crossbars of 128 x 128 cells of 2 bits, read whole ' +
    'in 100 ns, each with an ADC that converts its 128 bitlines during the next read. Weights and activations have 16 ' +
    'bits. Columns are stored flipped where that keeps their sums within 8 bits; what the flip bits and the unit column ' +
    'cost is charged.',
  publication: {
    title: 'ISAAC: A Convolutional Neural Network Accelerator with In-Situ Analog Arithmetic in Crossbars',
    venue: 'ISCA',
    year: 2016,
  },
  compared: true,
  claims: [],
  machine: {
    // The digital clock is 1.2 GHz, and Table I prints 1.2 GS/s for the ADC; but 128 conversions in one 100 ns read need
    // 1.28 GS/s, the rate that the text and MNSIM 2.0 give. The ADC sets the pace here, so it sets the clock.
    rootClock: from(
      'ISAAC: an ADC converts the 128 bitlines of an array in 100 ns (Table I prints 1.2 GS/s)',
      '1.28 GHz',
    ),
    pe: { crossbars: from('ISAAC Table I: 8 arrays per IMA', 8) },
    crossbar: {
      wordlines: from('ISAAC Table I: 128 x 128', 128),
      bitlines: from('ISAAC Table I: 128 x 128, beside the unit column, whose sum of the inputs is digital here', 128),
      bitsPerCell: from('ISAAC Table I: 2 bits per cell', 2),
      readCycles: from('ISAAC: crossbar read latency', '100 ns'),
      ...programming,
      cellReadEnergy_pJ: from(perAction('8 arrays', 2.4, '(8 x 128 x 128 cells)'), (2.4 * 100) / (8 * 128 * 128)),
      area_um2: from('ISAAC Table I: 8 arrays 0.0002 mm2, x 129 / 128 for the unit column', ((200 / 8) * 129) / 128),
    },
    ou: {
      wordlines: from('ISAAC reads all 128 rows of an array at once', 128),
      bitlines: from('ISAAC reads all 128 columns of an array at once', 128),
    },
    input: {
      bitsPerPlane: from('ISAAC Table I: 1-bit DACs', 1),
      driveEnergy_pJ: from(perAction('1024 DACs', 4, '1024 rows'), (4 * 100) / 1024),
      area_um2: from('ISAAC Table I: 1024 DACs 0.00017 mm2', 170 / 1024),
    },
    sampleHold: {
      banks: assumed(
        'a bank is free after its last conversion here, and ISAAC converts one read during the next: that takes two',
        2,
      ),
      sampleEnergy_pJ: from(perAction('1024 sample-and-hold circuits', 0.01, '1024 samples'), (0.01 * 100) / 1024),
      area_um2: from(
        'ISAAC Table I: sample-and-hold of an IMA 0.00004 mm2, over 2 banks of 1024 circuits',
        40 / (2 * 1024),
      ),
    },
    adc: {
      bits: from('ISAAC Table I: 8 bits', 8),
      perPool: from('ISAAC Table I: 8 ADCs for 8 arrays', 1),
      sharedBy: from('ISAAC Table I: 8 ADCs for 8 arrays', 1),
      conversionCycles: from('ISAAC: 128 conversions in 100 ns, 1.28 GS/s', 1),
      costLaw: from('ISAAC Table I gives power and area of these ADCs', 'fixed'),
      conversionEnergy_pJ: from(perAction('8 ADCs', 16, '1024 conversions'), (16 * 100) / 1024),
      area_um2: from('ISAAC Table I: 8 ADCs 0.0096 mm2', 9600 / 8),
    },
    shiftAdd: {
      lanes: assumed('Table I has 4 units for 8 arrays; one code per cycle and pool keeps up with the ADC', 1),
      latencyCycles: from(
        'ISAAC: the shift-and-add is a stage of its own of the pipeline of 22 cycles of 100 ns',
        '100 ns',
      ),
      addEnergy_pJ: from(perAction('4 shift-and-add units', 0.2, '1024 codes'), (0.2 * 100) / 1024),
      area_um2: from('ISAAC Table I: shift-and-add of an IMA 0.00024 mm2, over its 8 lanes here', 240 / 8),
    },
    detector: {
      kind: from(detectorless, 'none'),
      planeCycles: assumed(unpricedDetector, 0),
      scanEnergy_pJ: assumed(unpricedDetector, 0),
      area_um2: assumed(unpricedDetector, 0),
    },
    indexDecoder: {
      kind: from('ISAAC: the flip encoding keeps a bit for each column', 'present'),
      operationCycles: assumed(flipLogic, 0),
      operationEnergy_pJ: assumed(flipLogic, 0),
      bitReadEnergy_pJ: assumed(flipMemory, (1.24 * 100) / (8 * 1024)),
      area_um2: assumed(flipLogic, 0),
      bitArea_um2: assumed(flipMemory, 2100 / (8 * 2048)),
    },
    inputRegister: {
      windows: assumed(
        'an IMA takes a window every 16 cycles: the next is loaded while the last bits of one are read (2 KB hold one window and no other)',
        2,
      ),
      writeEnergy_pJ: from(perAction('2 KB input register', 1.24, '1024 bytes (PP_sim)'), (1.24 * 100) / 1024),
      area_um2: from('ISAAC Table I: 2 KB input register 0.0021 mm2', 2100),
    },
    outputRegister: {
      windows: assumed(
        'sums of a window leave in the cycle after its last bits while those of the next gather (256 B hold one window of 16-bit sums)',
        2,
      ),
      writeEnergy_pJ: from(perAction('256 B output register', 0.23, '1024 bytes (PP_sim)'), (0.23 * 100) / 1024),
      area_um2: from('ISAAC Table I: 256 B output register 0.00077 mm2', 770),
    },
    tile: {
      pes: from('ISAAC Table I: 12 IMAs per tile', 12),
      schedule: from('ISAAC: data move on a schedule that is fixed beforehand and free of conflicts', 'static'),
      stageCycles: from('ISAAC: every stage of the pipeline takes a cycle of 100 ns', '100 ns'),
    },
    ...isaacTile(1.28, 'static'),
  },
  mapping: {
    scheme: from('ISAAC maps matrices densely and flips columns', 'isaac'),
    encoding: from('ISAAC stores weights with a bias and subtracts it with the sum of the inputs', 'offset'),
    layout: from('ISAAC stores the slices of a weight in adjacent cells of a row', 'adjacent'),
    quantisation: assumed('the integers of the network, as they are, in words of 16 bits', 'network'),
    weightBits: from('ISAAC: 16-bit fixed-point weights in 8 cells of 2 bits', 16),
    activationBits: from('ISAAC: 16-bit inputs, one bit per 100 ns', 16),
    accuracyBudget_percent: assumed('not used: nothing is decided', 1),
    parameters: {
      flip: from('ISAAC: columns are stored flipped where their sums could exceed half of the range', 'yes'),
    },
  },
};
