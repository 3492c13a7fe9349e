/** Why a read did not start when the one before had ended: index in `CAUSES`. */
export const ADC = 0;
export const INPUT = 1;
export const INDEX = 2;
/** Their names in ledgers and traces. */
export const CAUSES = ['stall.adc', 'stall.input', 'stall.index'] as const;

/** Where the crossbars of a PE stand, and what they have spent; per crossbar, in cycles. */
export class CrossbarStates {
  /** End of the running read; Infinity without one. */
  readonly askAt: Float64Array;
  /** Bitlines that it senses, and operations of its run that are left, itself included. */
  readonly width: Int32Array;
  readonly left: Float64Array;
  /** Why it did not start when the one before ended, if it did not. */
  readonly cause: Uint8Array;
  /** Window that the crossbar has not ended, and where its next run begins in it. */
  readonly frontier: Int32Array;
  readonly plane: Int32Array;
  readonly segment: Int32Array;
  /** When the bank of operation j was released: entry crossbar * banks + j mod banks; and the bank that comes next. */
  readonly bankFree: Float64Array;
  readonly bank: Int32Array;
  readonly decodedAt: Float64Array;
  readonly lastReadEnd: Float64Array;

  /** Operations begun or planned. */
  readonly operations: Float64Array;
  readonly stallAdc: Float64Array;
  readonly stallInput: Float64Array;
  readonly stallIndex: Float64Array;
  readonly scanWait: Float64Array;

  /**
   * @param banks sample-and-hold banks of a crossbar
   * @param decodeCycles the index decoder's time for an operation, 0 where nothing is decoded
   */
  constructor(
    readonly count: number,
    readonly banks: number,
    decodeCycles: number,
  ) {
    this.askAt = new Float64Array(count).fill(Number.POSITIVE_INFINITY);
    this.width = new Int32Array(count);
    this.left = new Float64Array(count);
    this.cause = new Uint8Array(count);
    this.frontier = new Int32Array(count);
    this.plane = new Int32Array(count);
    this.segment = new Int32Array(count);
    this.bankFree = new Float64Array(count * banks);
    this.bank = new Int32Array(count);
    this.decodedAt = new Float64Array(count).fill(decodeCycles);
    this.lastReadEnd = new Float64Array(count);
    this.operations = new Float64Array(count);
    this.stallAdc = new Float64Array(count);
    this.stallInput = new Float64Array(count);
    this.stallIndex = new Float64Array(count);
    this.scanWait = new Float64Array(count);
  }

  /** Takes over where other crossbars stand; not what they have spent. */
  continueFrom(other: CrossbarStates): void {
    this.askAt.set(other.askAt);
    this.width.set(other.width);
    this.left.set(other.left);
    this.cause.set(other.cause);
    this.frontier.set(other.frontier);
    this.plane.set(other.plane);
    this.segment.set(other.segment);
    this.bankFree.set(other.bankFree);
    this.bank.set(other.bank);
    this.decodedAt.set(other.decodedAt);
    this.lastReadEnd.set(other.lastReadEnd);
  }

  /** Crossbar `i`, which is reading, does all of it `cycles` later. */
  shift(i: number, cycles: number): void {
    this.askAt[i]! += cycles;
    this.decodedAt[i]! += cycles;
    this.lastReadEnd[i]! += cycles;
    for (let bank = i * this.banks; bank < (i + 1) * this.banks; bank++) this.bankFree[bank]! += cycles;
  }
}
