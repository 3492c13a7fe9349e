import { declareComponent } from './declaration.js';

/** Sample-and-hold banks: each keeps the bitline values of one OU read until its last conversion ends. */
export const sampleAndHoldDeclaration = declareComponent({
  key: 'sampleHold',
  kind: 'sampleAndHold',
  doc: 'Banks that hold the bitline values of an OU read until the last of them is converted.',
  parameters: {
    banks: {
      type: 'integer',
      unit: '1',
      min: 1,
      max: 1024,
      default: 2,
      doc: 'OU reads of a crossbar that can be held at once, the running one included.',
    },
    sampleEnergy_pJ: {
      type: 'number',
      unit: 'pJ',
      min: 0,
      max: 1e6,
      default: 0,
      doc: 'Energy of holding one bitline value.',
    },
    area_um2: {
      type: 'number',
      unit: 'um2',
      min: 0,
      max: 1e9,
      default: 0,
      doc: 'Area of one sample-and-hold circuit (one bitline of one bank).',
    },
  },
  actions: { sample: { price: 'sampleEnergy_pJ', doc: 'A bitline value is sampled and held.' } },
  statistics: {},
});
