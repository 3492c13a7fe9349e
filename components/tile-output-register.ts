import { declareComponent } from './declaration.js';

/** The output register of a tile: holds the windows of a layer from their merging until they are sent. */
export const tileOutputRegisterDeclaration = declareComponent({
  key: 'tileOutputRegister',
  kind: 'tileOutputRegister',
  doc: 'Register of a tile that holds windows from the merging of their sums until they are sent.',
  scope: 'chip',
  parameters: {
    windows: {
      type: 'integer',
      unit: '1',
      min: 1,
      max: 65536,
      default: 1,
      doc: 'Windows of each layer on the tile that the register holds.',
    },
    writeEnergy_pJ: { type: 'number', unit: 'pJ', min: 0, max: 1e6, default: 0, doc: 'Energy of writing one byte.' },
    area_um2: { type: 'number', unit: 'um2', min: 0, max: 1e9, default: 0, doc: 'Area of the register of a tile.' },
  },
  actions: {
    byteWrite: {
      price: 'writeEnergy_pJ',
      doc: 'A byte of a sum that is merged (four bytes a sum) or of a finished value is written.',
    },
  },
  statistics: {},
});
