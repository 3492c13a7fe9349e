import { declareComponent } from './declaration.js';

/** The bus of a tile: takes windows from the eDRAM to the PEs, and their sums to the tile's shift-and-add unit. */
export const tileBusDeclaration = declareComponent({
  key: 'bus',
  kind: 'bus',
  doc: 'Bus of a tile between its eDRAM, its PEs and its shift-and-add unit.',
  scope: 'chip',
  parameters: {
    bytesPerCycle: {
      type: 'integer',
      unit: '1',
      min: 1,
      max: 1e6,
      default: 8,
      doc: 'Bytes that the bus carries in a cycle.',
    },
    byteEnergy_pJ: { type: 'number', unit: 'pJ', min: 0, max: 1e6, default: 0, doc: 'Energy of carrying one byte.' },
    area_um2: { type: 'number', unit: 'um2', min: 0, max: 1e9, default: 0, doc: 'Area of the bus of a tile.' },
  },
  actions: { byte: { price: 'byteEnergy_pJ', doc: 'A byte is carried; to several PEs at once it counts once.' } },
  statistics: {
    busy: { unit: 'cycle', doc: 'Cycles in which the bus carries bytes.' },
    idle: { unit: 'cycle', doc: 'Cycles in which it carries none.' },
  },
});
