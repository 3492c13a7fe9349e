import { declareComponent } from './declaration.js';

/** The operation unit (OU): the wordlines x bitlines of a crossbar that can be read at once. */
export const operationUnitDeclaration = declareComponent({
  key: 'ou',
  kind: 'operationUnit',
  doc: 'The wordlines and bitlines of a crossbar that one read activates.',
  parameters: {
    wordlines: {
      type: 'integer',
      unit: '1',
      min: 1,
      max: 4096,
      default: 9,
      doc: 'Rows that one read activates at most.',
    },
    bitlines: {
      type: 'integer',
      unit: '1',
      min: 1,
      max: 4096,
      default: 8,
      doc: 'Columns that one read senses at most.',
    },
  },
  actions: {},
  statistics: {},
});
