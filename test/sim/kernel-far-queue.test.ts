import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FarQueue } from '../../sim/far-queue.js';

const SEED = 20261121;

/** The queue next to a sorted list: the same operations on both, compared after each. */
class Pair {
  private readonly queue = new FarQueue();
  private list: { time: number; phase: number; order: number; record: number; slot: number }[] = [];
  private pushes = 0;

  get length(): number {
    return this.list.length;
  }

  push(time: number, phase: number): void {
    const record = 4 * this.pushes;
    const slot = this.queue.push(time, phase, record);
    this.list.push({ time, phase, order: this.pushes++, record, slot });
    this.compare();
  }

  pop(): void {
    if (this.list.length === 0) return;
    const { record } = this.first();
    expect(this.queue.pop()).toBe(record);
    this.list = this.list.filter((entry) => entry.record !== record);
    this.compare();
  }

  cancel(index: number): void {
    if (this.list.length === 0) return;
    const [entry] = this.list.splice(index % this.list.length, 1);
    this.queue.cancel(entry!.slot);
    this.compare();
  }

  private first() {
    return this.list.reduce((a, b) => (b.time < a.time || (b.time === a.time && b.order < a.order) ? b : a));
  }

  private compare(): void {
    if (this.list.length === 0) {
      expect(this.queue.earliest).toBe(Number.POSITIVE_INFINITY);
    } else {
      const { time, phase } = this.first();
      expect([this.queue.earliest, this.queue.earliestPhase]).toEqual([time, phase]);
    }
  }
}

describe('FarQueue', () => {
  it('gives back records by (time, order of pushing), without those cancelled', () => {
    const operation = fc.oneof(
      {
        arbitrary: fc.record({
          do: fc.constant('push' as const),
          time: fc.oneof(
            fc.integer({ min: 0, max: 5 }),
            fc.integer({ min: 0, max: 3 }).map((more) => 2 ** 52 + more),
          ),
          phase: fc.integer({ min: 0, max: 7 }),
        }),
        weight: 4,
      },
      { arbitrary: fc.constant({ do: 'pop' as const }), weight: 1 },
      { arbitrary: fc.record({ do: fc.constant('cancel' as const), index: fc.nat(1000) }), weight: 2 },
    );
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 150, size: 'max' }), (operations) => {
        const pair = new Pair();
        for (const operation of operations) {
          if (operation.do === 'push') pair.push(operation.time, operation.phase);
          else if (operation.do === 'pop') pair.pop();
          else pair.cancel(operation.index);
        }
        while (pair.length > 0) pair.pop();
      }),
      { seed: SEED, numRuns: 300 },
    );
  });

  it('stays right when most of a long queue is cancelled and its memory used again', () => {
    const queue = new FarQueue();
    const slots: number[] = [];
    const push = (record: number) => {
      slots[record] = queue.push(10_000 + ((record * 7919) % 5000), record % 4, record);
    };
    for (let record = 0; record < 5000; record++) push(record);
    for (let record = 0; record < 5000; record++) if (record % 10 !== 0) queue.cancel(slots[record]!);
    for (let record = 5000; record < 10_000; record++) push(record);
    for (let record = 5000; record < 10_000; record++) if (record % 10 !== 5) queue.cancel(slots[record]!);

    const left = Array.from({ length: 10_000 }, (_, record) => record).filter((record) =>
      record < 5000 ? record % 10 === 0 : record % 10 === 5,
    );
    const time = (record: number) => (record * 7919) % 5000;
    const popped: number[] = [];
    while (queue.earliest !== Number.POSITIVE_INFINITY) popped.push(queue.pop());
    expect(popped).toEqual(left.toSorted((a, b) => time(a) - time(b) || a - b));
    // 5 000 live at most and as many tombstones: slots are used again, not added for ever.
    expect(Math.max(...slots)).toBeLessThan(10_000);
  });

  it('uses the slots of popped entries again', () => {
    const queue = new FarQueue();
    for (let record = 0; record < 1000; record++) {
      expect(queue.push(record, 0, record)).toBeLessThan(10);
      if (record >= 9) expect(queue.pop()).toBe(record - 9);
    }
  });

  it('keeps no more tombstones than live entries, beyond a thousand', () => {
    const queue = new FarQueue();
    queue.push(1, 0, 0);
    let largest = 0;
    for (let record = 1; record < 100_000; record++) {
      const slot = queue.push(record + 1, 0, record);
      largest = Math.max(largest, slot);
      queue.cancel(slot);
    }
    expect(largest).toBeLessThan(2000);
    expect(queue.pop()).toBe(0);
    expect(queue.earliest).toBe(Number.POSITIVE_INFINITY);
  });
});
