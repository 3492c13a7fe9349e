import { declareComponent } from './declaration.js';

/** The output register of a PE: collects the sums of a window. On a single PE it has room for all. */
export const outputRegisterDeclaration = declareComponent({
  key: 'outputRegister',
  kind: 'outputRegister',
  doc: 'Register of a PE that collects the sums of a window.',
  parameters: {
    windows: {
      type: 'integer',
      unit: '1',
      scope: 'chip',
      min: 1,
      max: 65536,
      default: 1,
      doc: 'Windows whose sums the register holds until the tile has taken them.',
    },
    writeEnergy_pJ: { type: 'number', unit: 'pJ', min: 0, max: 1e6, default: 0, doc: 'Energy of writing one byte.' },
    area_um2: { type: 'number', unit: 'um2', min: 0, max: 1e9, default: 0, doc: 'Area of the register of a PE.' },
  },
  actions: { byteWrite: { price: 'writeEnergy_pJ', doc: 'A byte of a finished sum is written (four bytes a sum).' } },
  statistics: {},
});
