import { declareComponent } from './declaration.js';

/** ADCs and the pools that crossbars share. */
export const adcDeclaration = declareComponent({
  key: 'adc',
  kind: 'adc',
  doc: 'Analog-to-digital converters, in pools that consecutive crossbars share.',
  parameters: {
    bits: {
      type: 'integer',
      unit: 'bit',
      min: 1,
      max: 24,
      default: 8,
      doc: 'Resolution; codes saturate at 2^bits - 1.',
    },
    perPool: { type: 'integer', unit: '1', min: 1, max: 4096, default: 1, doc: 'ADCs of a pool.' },
    sharedBy: {
      type: 'integer',
      unit: '1',
      min: 1,
      max: 65536,
      default: 1,
      doc: 'Consecutive crossbars that share a pool.',
    },
    conversionCycles: {
      type: 'integer',
      unit: 'cycle',
      min: 1,
      max: 1e9,
      default: 1,
      doc: 'Duration of one conversion.',
    },
    costLaw: {
      type: 'choice',
      unit: '1',
      choices: ['power-of-two', 'saberi', 'accelergy', 'survey', 'fixed'],
      default: 'power-of-two',
      doc: 'How energy and area follow from the resolution; "fixed" takes conversionEnergy_pJ and area_um2 as they are.',
    },
    conversionEnergy_pJ: {
      type: 'number',
      unit: 'pJ',
      min: 0,
      max: 1e6,
      default: 0,
      doc: 'Energy of one conversion (costLaw "fixed" only).',
    },
    area_um2: {
      type: 'number',
      unit: 'um2',
      min: 0,
      max: 1e9,
      default: 0,
      doc: 'Area of one ADC (costLaw "fixed" only).',
    },
  },
  actions: { conversion: { price: null, doc: 'A held bitline value is converted.' } },
  statistics: {
    convert: { unit: 'cycle', doc: 'Cycles spent converting.' },
    'stall.shiftAdd': { unit: 'cycle', doc: 'Cycles in which a finished code waits for the shift-and-add unit.' },
    idle: { unit: 'cycle', doc: 'Cycles without a sample to convert.' },
    wait: { unit: 'cycle', doc: 'From the ask of a sample to the beginning of its conversion (per pool).' },
    'queue.mean': { unit: '1', doc: 'Mean number of waiting samples of a pool: sum of waits / cycles.' },
  },
});
