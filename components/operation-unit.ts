import { declareComponent } from './declaration.js';
import type { WindowFeed } from './window-feed.js';

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

/**
 * Which OU operation each crossbar of a PE performs next: window, then plane (least significant first), then column
 * group, then row batch. Skipped operations are passed over.
 */
export class OperationSequencer {
  /** Plane of the next operation of each crossbar. */
  readonly plane: Int32Array;
  /** Bitlines of the next operation: the samples it will ask to convert; 0 where no operation of the window is left. */
  readonly bitlines: Int32Array;
  private readonly group: Int32Array;
  /** Operations left in the current plane and column group, the next one included. */
  private readonly left: Int32Array;
  /** First entry of the crossbar's window in `feed.operations`. */
  private readonly windowEntry: Int32Array;

  constructor(private readonly feed: WindowFeed) {
    const { crossbars } = feed;
    this.plane = new Int32Array(crossbars);
    this.bitlines = new Int32Array(crossbars);
    this.group = new Int32Array(crossbars);
    this.left = new Int32Array(crossbars);
    this.windowEntry = new Int32Array(crossbars);
  }

  /** Crossbar `i` turns to a loaded window. Returns false if it has no operation there. */
  enterWindow(i: number, window: number): boolean {
    const { feed } = this;
    this.windowEntry[i] = (window % feed.slots) * feed.planes * feed.rowLists;
    this.plane[i] = 0;
    this.group[i] = feed.firstGroup[i]! - 1;
    return this.nextGroup(i);
  }

  /** Crossbar `i` is done with its next operation. Returns false if it was the last one of the window. */
  advance(i: number): boolean {
    return --this.left[i]! > 0 || this.nextGroup(i);
  }

  /** Turns to the next column group, in this plane or a later one, that has an operation left. */
  private nextGroup(i: number): boolean {
    const { feed } = this;
    const { operations, groupRowList, rowLists, planes } = feed;
    const first = feed.firstGroup[i]!;
    const end = feed.firstGroup[i + 1]!;
    let group = this.group[i]! + 1;
    if (first < end) {
      for (let plane = this.plane[i]!; plane < planes; plane++) {
        const entry = this.windowEntry[i]! + plane * rowLists;
        for (; group < end; group++) {
          const left = operations[entry + groupRowList[group]!]!;
          if (left === 0) continue;
          this.plane[i] = plane;
          this.group[i] = group;
          this.left[i] = left;
          this.bitlines[i] = feed.groupBitlines[group]!;
          return true;
        }
        group = first;
      }
    }
    this.bitlines[i] = 0;
    return false;
  }
}
