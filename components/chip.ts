import { declareComponent } from './declaration.js';

/** The chip: a mesh of routers with tiles. Its behaviour is in docs/timing-model.md, "The chip". */
export const chipDeclaration = declareComponent({
  key: 'chip',
  kind: 'chip',
  doc: 'Mesh of routers with tiles; a network may take several chips, side by side.',
  scope: 'chip',
  parameters: {
    columns: { type: 'integer', unit: '1', min: 1, max: 1024, default: 7, doc: 'Routers in a row of the mesh.' },
    rows: { type: 'integer', unit: '1', min: 1, max: 1024, default: 6, doc: 'Rows of routers of the mesh.' },
  },
  actions: {},
  statistics: {},
});
