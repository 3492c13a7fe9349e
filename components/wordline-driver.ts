import { declareComponent } from './declaration.js';

/** The wordline drivers (DACs): they present one input bit-plane at a time to the rows of an OU. */
export const wordlineDriverDeclaration = declareComponent({
  key: 'input',
  kind: 'wordlineDriver',
  doc: 'Wordline drivers (DACs) that present the inputs of a window plane by plane, least significant first.',
  parameters: {
    bitsPerPlane: {
      type: 'integer',
      unit: 'bit',
      min: 1,
      max: 4,
      default: 1,
      doc: 'Input bits presented at once (resolution of the DAC).',
    },
    driveEnergy_pJ: {
      type: 'number',
      unit: 'pJ',
      min: 0,
      max: 1e6,
      default: 0,
      doc: 'Energy of driving one wordline for one read.',
    },
    area_um2: { type: 'number', unit: 'um2', min: 0, max: 1e9, default: 0, doc: 'Area of the driver of one wordline.' },
  },
  actions: { drive: { price: 'driveEnergy_pJ', doc: 'A wordline is driven with a non-zero digit for one read.' } },
  statistics: {},
});
