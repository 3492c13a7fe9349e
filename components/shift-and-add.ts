import { declareComponent } from './declaration.js';

/** The shift-and-add unit of a pool: weighs codes by plane and slice and adds them to their outputs. */
export const shiftAndAddDeclaration = declareComponent({
  key: 'shiftAdd',
  kind: 'shiftAndAdd',
  doc: 'Unit of a pool that weighs finished codes and adds them to their outputs.',
  parameters: {
    lanes: {
      type: 'integer',
      unit: '1',
      min: 1,
      max: 4096,
      default: 1,
      doc: 'Codes that the unit accepts in one cycle.',
    },
    latencyCycles: {
      type: 'integer',
      unit: 'cycle',
      min: 0,
      max: 1e9,
      default: 1,
      doc: 'From the acceptance of a code to its leaving.',
    },
    addEnergy_pJ: { type: 'number', unit: 'pJ', min: 0, max: 1e6, default: 0, doc: 'Energy of one shift and add.' },
    area_um2: { type: 'number', unit: 'um2', min: 0, max: 1e9, default: 0, doc: 'Area of one lane.' },
  },
  actions: { add: { price: 'addEnergy_pJ', doc: 'A code is shifted and added.' } },
  statistics: {
    accept: { unit: 'cycle', doc: 'Cycles in which at least one code is accepted.' },
    idle: { unit: 'cycle', doc: 'Cycles in which no code is accepted.' },
  },
});
