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

/**
 * The sample-and-hold banks of one crossbar. OU reads take the banks in turn: a bank is taken when the read starts and
 * released when the last of its samples is converted, so that read j needs the release of read j - banks.
 */
export class SampleAndHold {
  /** Bank that the next read takes. */
  next = 0;
  /** Samples of each bank that are not converted yet, and when the bank was released last. */
  private readonly unconverted: Int32Array;
  private readonly releasedAt: Float64Array;

  constructor(banks: number) {
    this.unconverted = new Int32Array(banks);
    this.releasedAt = new Float64Array(banks);
  }

  /** Whether the next read finds its bank free. */
  get free(): boolean {
    return this.unconverted[this.next] === 0;
  }

  /** When the bank of the next read was released; 0 if it was never taken. */
  get freeSince(): number {
    return this.releasedAt[this.next]!;
  }

  /** Holds the samples of the read that has just ended; returns their bank. */
  hold(samples: number): number {
    const bank = this.next;
    this.unconverted[bank] = samples;
    this.next = (bank + 1) % this.unconverted.length;
    return bank;
  }

  /** One sample of the bank is converted. Returns true if that releases the bank. */
  converted(bank: number, at: number): boolean {
    if (--this.unconverted[bank]! > 0) return false;
    this.releasedAt[bank] = at;
    return true;
  }
}
