import { declareComponent } from './declaration.js';

/** A crossbar: wordlines x bitlines of ReRAM cells, one OU of which is read at a time. */
export const crossbarDeclaration = declareComponent({
  key: 'crossbar',
  kind: 'crossbar',
  doc: 'Array of ReRAM cells that reads one operation unit at a time.',
  parameters: {
    wordlines: { type: 'integer', unit: '1', min: 1, max: 4096, default: 128, doc: 'Rows of the array.' },
    bitlines: { type: 'integer', unit: '1', min: 1, max: 4096, default: 128, doc: 'Columns of the array.' },
    bitsPerCell: { type: 'integer', unit: 'bit', min: 1, max: 4, default: 1, doc: 'Bits that one cell stores.' },
    readCycles: {
      type: 'integer',
      unit: 'cycle',
      min: 1,
      max: 1e9,
      default: 13,
      doc: 'Duration of one OU read, from driving the wordlines to bitline currents ready to be held.',
    },
    cellReadEnergy_pJ: { type: 'number', unit: 'pJ', min: 0, max: 1e6, default: 0, doc: 'Energy of reading one cell.' },
    area_um2: { type: 'number', unit: 'um2', min: 0, max: 1e9, default: 0, doc: 'Area of one crossbar.' },
  },
  actions: { cellRead: { price: 'cellReadEnergy_pJ', doc: 'A cell inside an OU is read.' } },
  statistics: {
    read: { unit: 'cycle', doc: 'Cycles spent reading OUs.' },
    'stall.adc': { unit: 'cycle', doc: 'Cycles in which an operation is left and no sample-and-hold bank is free.' },
    'stall.input': { unit: 'cycle', doc: 'Cycles in which an operation is left and its input bit-plane is not ready.' },
    idle: { unit: 'cycle', doc: 'Cycles in which no operation that will be performed is left.' },
  },
});
