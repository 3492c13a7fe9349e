import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { type Actor, Kernel } from '../../sim/kernel.js';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** An actor that keeps a permanent event and a one-shot going, with a watchdog far ahead. */
class Busy implements Actor {
  readonly path = 'Busy';
  private readonly permanent: number;
  private readonly watchdog: number;
  private state: number;

  constructor(
    private readonly kernel: Kernel,
    seed: number,
  ) {
    this.state = seed;
    this.permanent = kernel.event(this, 0);
    this.watchdog = kernel.event(this, 2);
    kernel.schedule(this.permanent, 1, 0);
    kernel.post(1, this, 1, 0, 1);
  }

  on(kind: number): void {
    this.state = (Math.imul(this.state, 1664525) + 1013904223) | 0;
    const delay = 1 + (this.state >>> 26);
    if (kind === 0) {
      this.kernel.schedule(this.permanent, delay, 0);
      this.kernel.cancel(this.watchdog);
      this.kernel.schedule(this.watchdog, 5000, 2);
    } else {
      this.kernel.post(delay, this, 1, 0, 1);
    }
  }
}

describe('memory of the kernel', () => {
  const kernel = new Kernel({ phases: ['deliver', 'execute', 'observe'] });
  for (let i = 0; i < 256; i++) new Busy(kernel, i);
  // Compiled and grown to its final size.
  kernel.run(100_000);

  const run = (events: number): number => {
    const target = kernel.statistics.fired + events;
    while (kernel.statistics.fired < target) kernel.run(kernel.now + 10_000);
    return kernel.statistics.fired - target + events;
  };

  it('does not grow over a million events', () => {
    run(200_000);
    collectGarbage();
    const before = process.memoryUsage();
    const fired = run(1_000_000);
    collectGarbage();
    const after = process.memoryUsage();
    expect(fired).toBeGreaterThanOrEqual(1_000_000);
    expect(after.heapUsed - before.heapUsed).toBeLessThan(500_000);
    expect(after.arrayBuffers - before.arrayBuffers).toBeLessThan(100_000);
  });

  it('does not grow by refused one-shots', () => {
    const actor: Actor = { path: 'Refused', on: () => {} };
    const refused = (delay: number, phase: number) => {
      try {
        kernel.post(delay, actor, 0, 0, phase);
      } catch {
        return 1;
      }
      return 0;
    };
    const before = process.memoryUsage().arrayBuffers;
    let count = 0;
    for (let i = 0; i < 20_000; i++) count += refused(-1, 0) + refused(1, 7);
    expect(count).toBe(40_000);
    // A record is 16 bytes.
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(100_000);
  });

  it('events cost no garbage', () => {
    // Without a collection in between, the heap grows by what is allocated: the least of several runs, because other
    // things allocate too. One small object per event would be 16 bytes or more.
    const bytesPerEvent = Array.from({ length: 10 }, () => {
      collectGarbage();
      const before = process.memoryUsage().heapUsed;
      const fired = run(100_000);
      return (process.memoryUsage().heapUsed - before) / fired;
    });
    expect(Math.min(...bytesPerEvent.filter((bytes) => bytes >= 0))).toBeLessThan(1);
  });
});
