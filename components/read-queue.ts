/**
 * The running reads of a pool in the order (end, crossbar), a circular list. A read that begins now mostly ends last, so that
 * sorting in from the back takes few steps.
 */
export class ReadQueue {
  count = 0;
  private head = 0;
  private readonly order: Int32Array;
  private readonly mask: number;

  /** @param endAt end of the running read, by crossbar; to be set before `add`, and not to change but for all together */
  constructor(private readonly endAt: Float64Array) {
    let length = 1;
    while (length < endAt.length) length *= 2;
    this.order = new Int32Array(length);
    this.mask = length - 1;
  }

  /** The crossbar whose read ends first. */
  get first(): number {
    return this.order[this.head]!;
  }

  removeFirst(): void {
    this.head = (this.head + 1) & this.mask;
    this.count--;
  }

  add(crossbar: number): void {
    const { order, mask, head, endAt } = this;
    const end = endAt[crossbar]!;
    let at = this.count++;
    for (; at > 0; at--) {
      const before = order[(head + at - 1) & mask]!;
      const endBefore = endAt[before]!;
      if (endBefore < end || (endBefore === end && before < crossbar)) break;
      order[(head + at) & mask] = before;
    }
    order[(head + at) & mask] = crossbar;
  }

  copy(other: ReadQueue): void {
    this.order.set(other.order);
    this.head = other.head;
    this.count = other.count;
  }
}
