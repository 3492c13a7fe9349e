import { declareComponent } from './declaration.js';

/** The eDRAM buffer of a tile: holds the pixels that the layers on the tile read. */
export const edramDeclaration = declareComponent({
  key: 'edram',
  kind: 'edramBank',
  doc: 'Buffer of a tile, in banks, for the pixels that its layers read.',
  scope: 'chip',
  parameters: {
    bytes: { type: 'integer', unit: '1', min: 1, max: 1e12, default: 65536, doc: 'Bytes of the buffer of a tile.' },
    banks: { type: 'integer', unit: '1', min: 1, max: 1024, default: 2, doc: 'Banks, each of which moves bytes.' },
    bytesPerCycle: {
      type: 'integer',
      unit: '1',
      min: 1,
      max: 1e6,
      default: 8,
      doc: 'Bytes that a bank reads or writes in a cycle.',
    },
    readEnergy_pJ: { type: 'number', unit: 'pJ', min: 0, max: 1e6, default: 0, doc: 'Energy of reading one byte.' },
    writeEnergy_pJ: { type: 'number', unit: 'pJ', min: 0, max: 1e6, default: 0, doc: 'Energy of writing one byte.' },
    area_um2: { type: 'number', unit: 'um2', min: 0, max: 1e9, default: 0, doc: 'Area of the buffer of a tile.' },
  },
  actions: {
    byteRead: { price: 'readEnergy_pJ', doc: 'A byte of a pixel is read.' },
    byteWrite: { price: 'writeEnergy_pJ', doc: 'A byte of a pixel is written.' },
  },
  statistics: {
    busy: { unit: 'cycle', doc: 'Cycles in which the bank moves bytes.' },
    idle: { unit: 'cycle', doc: 'Cycles in which it moves none.' },
  },
});
