import type { OuProgram } from '../mapping/ou-program.js';
import { declareComponent } from './declaration.js';
import type { MachineConfig } from './machine.js';

/** The index decoder of a crossbar: a mapping that leaves rows or columns out has to say which ones it kept. */
export const indexDecoderDeclaration = declareComponent({
  key: 'indexDecoder',
  kind: 'indexDecoder',
  doc: 'Turns stored row indices, masks or block precisions into the wordlines and bitlines of the next operation.',
  parameters: {
    kind: {
      type: 'choice',
      unit: '1',
      choices: ['none', 'present'],
      default: 'none',
      doc: '"none" makes indices free of time, energy and area; "present" gives every crossbar a decoder and an index memory.',
    },
    operationCycles: {
      type: 'integer',
      unit: 'cycle',
      min: 0,
      max: 1e9,
      default: 0,
      doc: 'Duration of finding the wordlines and bitlines of one OU operation, during the read before it.',
    },
    operationEnergy_pJ: {
      type: 'number',
      unit: 'pJ',
      min: 0,
      max: 1e6,
      default: 0,
      doc: 'Energy of decoding one OU operation.',
    },
    bitReadEnergy_pJ: {
      type: 'number',
      unit: 'pJ',
      min: 0,
      max: 1e6,
      default: 0,
      doc: 'Energy of fetching one index bit.',
    },
    area_um2: {
      type: 'number',
      unit: 'um2',
      min: 0,
      max: 1e9,
      default: 0,
      doc: 'Area of the decoder of one crossbar.',
    },
    bitArea_um2: { type: 'number', unit: 'um2', min: 0, max: 1e9, default: 0, doc: 'Area of storing one index bit.' },
  },
  actions: {
    operation: { price: 'operationEnergy_pJ', doc: 'An OU operation of a mapping with indices is decoded.' },
    bitRead: {
      price: 'bitReadEnergy_pJ',
      doc: 'An index bit is fetched: those of every column group in every plane of every window, also of skipped ones.',
    },
  },
  statistics: {},
});

/** Whether a machine has index decoders. */
export function hasIndexDecoder({ indexDecoder }: MachineConfig): boolean {
  return indexDecoder.kind !== 'none';
}

/**
 * Whether the operations of a program have to be decoded on this machine: not where no column group fetches index bits,
 * even if the mapping stores some, for instance which crossbars there are.
 */
export function isDecoded(machine: MachineConfig, program: OuProgram): boolean {
  if (!hasIndexDecoder(machine)) return false;
  return program.crossbars.some(({ groups }) => groups.some(({ indexBits }) => indexBits > 0));
}

/** The index decoder's time per operation; none where nothing is decoded. */
export function decodeCycles({ indexDecoder }: MachineConfig, decoded: boolean): number {
  return decoded ? indexDecoder.operationCycles : 0;
}

/**
 * The decoder of one crossbar. It works one operation ahead: it begins with an operation when the read before it starts,
 * with the first one at cycle 0 (docs/timing-model.md, rule 3).
 */
export class IndexDecoder {
  /** When the operation that the crossbar performs next is decoded. */
  decodedAt: number;

  /** @param operationCycles 0 where nothing has to be decoded. */
  constructor(private readonly operationCycles: number) {
    this.decodedAt = operationCycles;
  }

  /** A read starts: the operation after it is decoded from now on. */
  readStarts(at: number): void {
    this.decodedAt = at + this.operationCycles;
  }
}
