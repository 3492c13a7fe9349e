import { declareComponent } from './declaration.js';

/** The activation unit of a tile: requantises finished sums and applies the activation function. */
export const activationUnitDeclaration = declareComponent({
  key: 'activation',
  kind: 'activationUnit',
  doc: 'Unit of a tile that requantises finished sums and applies the activation function.',
  scope: 'chip',
  parameters: {
    valuesPerCycle: {
      type: 'integer',
      unit: '1',
      min: 1,
      max: 1e6,
      default: 1,
      doc: 'Values that the unit finishes in a cycle.',
    },
    valueEnergy_pJ: { type: 'number', unit: 'pJ', min: 0, max: 1e6, default: 0, doc: 'Energy of one value.' },
    area_um2: { type: 'number', unit: 'um2', min: 0, max: 1e9, default: 0, doc: 'Area of the unit of a tile.' },
  },
  actions: { value: { price: 'valueEnergy_pJ', doc: 'A value is requantised and activated.' } },
  statistics: {
    busy: { unit: 'cycle', doc: 'Cycles in which the unit works on values.' },
    idle: { unit: 'cycle', doc: 'Cycles without a value.' },
  },
});
