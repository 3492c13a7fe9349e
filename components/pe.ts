import { declareComponent } from './declaration.js';

/** The processing element (PE): crossbars, their ADC pools and shift-and-add units, one detector, one input register. */
export const peDeclaration = declareComponent({
  key: 'pe',
  kind: 'pe',
  doc: 'Crossbars that share an input register and a detector, grouped into ADC pools.',
  parameters: {
    crossbars: { type: 'integer', unit: '1', min: 1, max: 65536, default: 8, doc: 'Crossbars of a PE.' },
  },
  actions: {},
  statistics: {},
});
