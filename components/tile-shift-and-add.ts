import { declareComponent } from './declaration.js';

/** The shift-and-add unit of a tile: adds the sums of PEs that hold parts of the same layer. */
export const tileShiftAndAddDeclaration = declareComponent({
  key: 'tileShiftAdd',
  kind: 'tileShiftAdd',
  doc: 'Unit of a tile that adds the sums of PEs, also those that come from other tiles.',
  scope: 'chip',
  parameters: {
    addsPerCycle: {
      type: 'integer',
      unit: '1',
      min: 1,
      max: 1e6,
      default: 1,
      doc: 'Sums that the unit adds in a cycle.',
    },
    addEnergy_pJ: { type: 'number', unit: 'pJ', min: 0, max: 1e6, default: 0, doc: 'Energy of adding one sum.' },
    area_um2: { type: 'number', unit: 'um2', min: 0, max: 1e9, default: 0, doc: 'Area of the unit of a tile.' },
  },
  actions: { add: { price: 'addEnergy_pJ', doc: 'A sum of a PE is added.' } },
  statistics: {
    busy: { unit: 'cycle', doc: 'Cycles in which the unit adds sums.' },
    idle: { unit: 'cycle', doc: 'Cycles in which it adds none.' },
  },
});
