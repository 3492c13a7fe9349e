import { declareComponent } from './declaration.js';

/** The input register of a PE: holds the windows that its crossbars work on. */
export const inputRegisterDeclaration = declareComponent({
  key: 'inputRegister',
  kind: 'inputRegister',
  doc: 'Register of a PE that holds the windows its crossbars work on.',
  parameters: {
    windows: { type: 'integer', unit: '1', min: 1, max: 65536, default: 1, doc: 'Windows that the register holds.' },
    writeEnergy_pJ: { type: 'number', unit: 'pJ', min: 0, max: 1e6, default: 0, doc: 'Energy of writing one byte.' },
    area_um2: { type: 'number', unit: 'um2', min: 0, max: 1e9, default: 0, doc: 'Area of the register of a PE.' },
  },
  actions: { byteWrite: { price: 'writeEnergy_pJ', doc: 'A byte of a window is written.' } },
  statistics: {
    hold: { unit: 'cycle', doc: 'Cycles in which at least one window is held.' },
    idle: { unit: 'cycle', doc: 'Cycles in which the register is empty.' },
  },
});
