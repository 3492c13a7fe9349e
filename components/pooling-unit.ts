import { declareComponent } from './declaration.js';

/** The pooling unit of a tile: does everything that is no matrix product, such as pooling and residual additions. */
export const poolingUnitDeclaration = declareComponent({
  key: 'pooling',
  kind: 'poolingUnit',
  doc: 'Unit of a tile for layers without a matrix product: pooling and element-wise operations.',
  scope: 'chip',
  parameters: {
    valuesPerCycle: {
      type: 'integer',
      unit: '1',
      min: 1,
      max: 1e6,
      default: 1,
      doc: 'Values that the unit reads in a cycle.',
    },
    valueEnergy_pJ: { type: 'number', unit: 'pJ', min: 0, max: 1e6, default: 0, doc: 'Energy of one value read.' },
    area_um2: { type: 'number', unit: 'um2', min: 0, max: 1e9, default: 0, doc: 'Area of the unit of a tile.' },
  },
  actions: { value: { price: 'valueEnergy_pJ', doc: 'A value is read and pooled or combined.' } },
  statistics: {
    busy: { unit: 'cycle', doc: 'Cycles in which the unit works on values.' },
    idle: { unit: 'cycle', doc: 'Cycles without a value.' },
  },
});
