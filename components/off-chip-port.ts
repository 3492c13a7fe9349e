import { declareComponent } from './declaration.js';

/** The off-chip port: the network's input comes and its outputs go through it; also the links between chips. */
export const offChipPortDeclaration = declareComponent({
  key: 'offChip',
  kind: 'port',
  doc: 'Port of a chip, through which inputs come and outputs go, and the links between chips.',
  scope: 'chip',
  parameters: {
    bytesPerCycle: {
      type: 'integer',
      unit: '1',
      min: 1,
      max: 1e6,
      default: 8,
      doc: 'Bytes that the port moves in a cycle.',
    },
    flitCycles: {
      type: 'integer',
      unit: 'cycle',
      min: 1,
      max: 1e9,
      default: 1,
      doc: 'Duration of carrying a flit over a link between two chips.',
    },
    byteEnergy_pJ: { type: 'number', unit: 'pJ', min: 0, max: 1e6, default: 0, doc: 'Energy of moving one byte.' },
    staticPower_mW: {
      type: 'number',
      unit: 'mW',
      min: 0,
      max: 1e9,
      default: 0,
      doc: 'Static power of the ports of a chip together.',
    },
    area_um2: {
      type: 'number',
      unit: 'um2',
      min: 0,
      max: 1e9,
      default: 0,
      doc: 'Area of the ports of a chip together.',
    },
  },
  actions: {
    byte: { price: 'byteEnergy_pJ', doc: 'A byte goes through the port or over a link between chips.' },
    staticCycle: {
      price: 'staticPower_mW',
      doc: 'The ports of a chip stand there for a cycle; of a chip that other networks share, the part of its tiles in use counts.',
    },
  },
  statistics: {
    busy: { unit: 'cycle', doc: 'Cycles in which the port moves bytes.' },
    idle: { unit: 'cycle', doc: 'Cycles in which it moves none.' },
  },
});
