import { declareComponent } from './declaration.js';

/** The tile: PEs around an eDRAM buffer and a bus, with the units that finish their sums. */
export const tileDeclaration = declareComponent({
  key: 'tile',
  kind: 'tile',
  doc: 'PEs that share an eDRAM buffer, a bus, a shift-and-add unit, an activation unit, a pooling unit and an output register.',
  scope: 'chip',
  parameters: {
    pes: { type: 'integer', unit: '1', min: 1, max: 4096, default: 12, doc: 'PEs of a tile.' },
    schedule: {
      type: 'choice',
      unit: '1',
      choices: ['contended', 'static'],
      default: 'contended',
      doc: '"contended" makes transfers wait for banks, bus, units and links; "static" moves data in steps of stageCycles, free of conflicts.',
    },
    stageCycles: {
      type: 'integer',
      unit: 'cycle',
      min: 1,
      max: 1e9,
      default: 100,
      doc: 'Duration of a step of the static schedule: of a fetch, a merge, an activation, the pooling or the sending of a window.',
    },
  },
  actions: {},
  statistics: {},
});
