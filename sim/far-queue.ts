import { Heap } from 'heap-js';

/**
 * Events too far ahead for the timing wheel, ordered by (time, schedule order). heap-js holds plain slot numbers, so that
 * an event costs no object; cancelling leaves a tombstone, because `Heap.remove` searches linearly.
 */
export class FarQueue {
  private time = new Float64Array(64);
  private order = new Float64Array(64);
  private record = new Int32Array(64);
  private phase = new Int32Array(64);
  private free = new Int32Array(64);
  private freeCount = 0;
  private slots = 0;
  private orderCount = 0;
  private tombstones = 0;
  private readonly heap = new Heap<number>((a, b) => this.time[a]! - this.time[b]! || this.order[a]! - this.order[b]!);

  /** Time of the earliest event; Infinity if there is none. */
  get earliest(): number {
    this.dropTombstones();
    const slot = this.heap.peek();
    return slot === undefined ? Number.POSITIVE_INFINITY : this.time[slot]!;
  }

  /** Phase of the earliest event. The queue must not be empty. */
  get earliestPhase(): number {
    this.dropTombstones();
    return this.phase[this.heap.peek()!]!;
  }

  /** Queues a record; returns the slot by which it can be cancelled. */
  push(time: number, phase: number, record: number): number {
    let slot: number;
    if (this.freeCount > 0) {
      slot = this.free[--this.freeCount]!;
    } else {
      if (this.slots === this.record.length) this.grow();
      slot = this.slots++;
    }
    this.time[slot] = time;
    this.order[slot] = this.orderCount++;
    this.record[slot] = record;
    this.phase[slot] = phase;
    this.heap.add(slot);
    return slot;
  }

  /** Removes the earliest event and returns its record. The queue must not be empty. */
  pop(): number {
    this.dropTombstones();
    const slot = this.heap.pop()!;
    const record = this.record[slot]!;
    this.free[this.freeCount++] = slot;
    return record;
  }

  cancel(slot: number): void {
    this.record[slot] = -1;
    this.tombstones++;
    if (this.tombstones > 1024 && this.tombstones * 2 > this.heap.length) this.compact();
  }

  private dropTombstones(): void {
    while (this.tombstones > 0) {
      const slot = this.heap.peek()!;
      if (this.record[slot] !== -1) return;
      this.heap.pop();
      this.free[this.freeCount++] = slot;
      this.tombstones--;
    }
  }

  private compact(): void {
    const live: number[] = [];
    for (const slot of this.heap.toArray()) {
      if (this.record[slot] === -1) this.free[this.freeCount++] = slot;
      else live.push(slot);
    }
    this.tombstones = 0;
    this.heap.init(live);
  }

  private grow(): void {
    const capacity = this.record.length * 2;
    const time = new Float64Array(capacity);
    time.set(this.time);
    this.time = time;
    const order = new Float64Array(capacity);
    order.set(this.order);
    this.order = order;
    const record = new Int32Array(capacity);
    record.set(this.record);
    this.record = record;
    const phase = new Int32Array(capacity);
    phase.set(this.phase);
    this.phase = phase;
    // It grows only when no slot is free.
    this.free = new Int32Array(capacity);
  }
}
