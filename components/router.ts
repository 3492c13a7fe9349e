import { declareComponent } from './declaration.js';

/** The routers of the mesh, and their links. */
export const routerDeclaration = declareComponent({
  key: 'router',
  kind: 'link',
  doc: 'Routers of the mesh that tiles share, and the links between them; packets go along the row first, then along the column.',
  scope: 'chip',
  parameters: {
    tiles: { type: 'integer', unit: '1', min: 1, max: 1024, default: 4, doc: 'Tiles at a router.' },
    flitBytes: { type: 'integer', unit: '1', min: 1, max: 65536, default: 4, doc: 'Bytes of a flit.' },
    flitCycles: {
      type: 'integer',
      unit: 'cycle',
      min: 1,
      max: 1e9,
      default: 1,
      doc: 'Duration of carrying a flit over a link.',
    },
    hopCycles: {
      type: 'integer',
      unit: 'cycle',
      min: 1,
      max: 1e9,
      default: 1,
      doc: 'From the beginning of a packet on a link until it can ask for the next one.',
    },
    bufferPackets: {
      type: 'integer',
      unit: '1',
      min: 1,
      max: 65536,
      default: 4,
      doc: 'Packets that the buffer of an input of a router holds.',
    },
    flitEnergy_pJ: {
      type: 'number',
      unit: 'pJ',
      min: 0,
      max: 1e6,
      default: 0,
      doc: 'Energy of taking a flit through a router.',
    },
    staticPower_mW: { type: 'number', unit: 'mW', min: 0, max: 1e9, default: 0, doc: 'Static power of a router.' },
    area_um2: { type: 'number', unit: 'um2', min: 0, max: 1e9, default: 0, doc: 'Area of a router.' },
  },
  actions: {
    flit: { price: 'flitEnergy_pJ', doc: 'A flit passes a router.' },
    staticCycle: {
      price: 'staticPower_mW',
      doc: 'A router stands there for a cycle; of a router that other networks share, the part of its tiles in use counts.',
    },
  },
  statistics: {
    busy: { unit: 'cycle', doc: 'Cycles in which the link carries flits.' },
    'stall.buffer': {
      unit: 'cycle',
      doc: 'Cycles in which the link is free and the next packet waits for room in the buffer behind it.',
    },
    idle: { unit: 'cycle', doc: 'Cycles without a packet.' },
  },
});
