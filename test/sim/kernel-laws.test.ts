import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Actor, Kernel, type KernelOptions } from '../../sim/kernel.js';
import { DeadlockError, KernelError } from '../../sim/kernel-error.js';
import { checkLedger, Ledger } from '../../sim/statistics/ledger.js';
import { observe, programs } from './kernel-program.js';

const SEED = 20261121;
const PHASES = ['deliver', 'arbitrate', 'execute', 'observe'];
const DELIVER = 0;
const ARBITRATE = 1;
const EXECUTE = 2;
const OBSERVE = 3;
const LAST_CYCLE = 2 ** 53 - 1;

const newKernel = (options: Partial<KernelOptions> = {}) => new Kernel({ phases: PHASES, ...options });

/** An actor that does `react` when an event happens to it. */
const actor = (path: string, react: (kind: number, arg: number) => void = () => {}): Actor => ({ path, on: react });

/** An actor that writes down the arguments of its events. */
function recorder(path = 'Recorder') {
  const args: number[] = [];
  return { args, actor: actor(path, (_kind, arg) => args.push(arg)) };
}

describe('Law 1: time is a whole number of cycles below 2^53', () => {
  it('reaches any cycle exactly, one by one or at a jump', () => {
    const kernel = newKernel();
    const cycles: number[] = [];
    const walker = actor('Walker', () => cycles.push(kernel.now));
    const targets = [0, 1, 1023, 1024, 1025, 2 ** 31 - 1, 2 ** 31, 2 ** 32 + 1, 2 ** 40 + 3, 2 ** 53 - 2, LAST_CYCLE];
    for (const target of targets) kernel.post(target, walker, 0, 0, DELIVER);
    kernel.run();
    expect(cycles).toEqual(targets);
  });

  it('keeps the order of near events wherever in time they are', () => {
    for (const start of [2 ** 31 - 3, 2 ** 32 - 3, 2 ** 40, 2 ** 52 + 1, LAST_CYCLE - 1023]) {
      const kernel = newKernel();
      const fired: number[] = [];
      const near = actor('Near', () => fired.push(kernel.now - start));
      const starter = actor('Starter', () => {
        for (const delay of [1023, 0, 5, 1, 512, 2]) kernel.post(delay, near, 0, 0, OBSERVE);
      });
      kernel.post(start, starter, 0, 0, DELIVER);
      kernel.run();
      expect(fired).toEqual([0, 1, 2, 5, 512, 1023]);
    }
  });

  it.each([0, 2 ** 40, 2 ** 52 + 1])(
    'refuses fractions also where adding them would round them away: cycle %d',
    (start) => {
      const kernel = newKernel();
      let refused = 0;
      const starter = actor('Starter', () => {
        for (const delay of [0.25, 0.5, 1.5, 1024.5, 5000.25]) {
          expect(() => kernel.post(delay, starter, 0, 0, DELIVER)).toThrow(KernelError);
          refused++;
        }
      });
      kernel.post(start, starter, 0, 0, DELIVER);
      kernel.run();
      expect(refused).toBe(5);
    },
  );

  it.each([2 ** 31, 2 ** 53 - 2048, LAST_CYCLE - 5])('ends with cycle 2^53 - 1, seen from cycle %d', (start) => {
    const kernel = newKernel();
    const { actor: late, args } = recorder('Late');
    const starter = actor('Starter', () => {
      kernel.post(LAST_CYCLE - start, late, 0, 1, DELIVER);
      expect(() => kernel.post(2 ** 53 - start, late, 0, 2, DELIVER)).toThrow(KernelError);
    });
    kernel.post(start, starter, 0, 0, DELIVER);
    kernel.run();
    expect(kernel.now).toBe(LAST_CYCLE);
    expect(args).toEqual([1]);
    expect(() => kernel.post(1, late, 3, 0, DELIVER)).toThrow(/Late \(kind 3\) .*cycle 9007199254740991 .*delay 1;/);
  });
});

describe('Law 2: order is (cycle, phase, sequence)', () => {
  it('fires by cycle, then phase, then in schedule order', () => {
    const kernel = newKernel();
    const { actor: all, args } = recorder();
    kernel.post(2, all, 0, 7, DELIVER);
    kernel.post(1, all, 0, 5, OBSERVE);
    kernel.post(1, all, 0, 2, ARBITRATE);
    kernel.post(1, all, 0, 1, DELIVER);
    kernel.post(1, all, 0, 3, ARBITRATE);
    kernel.post(0, all, 0, 0, OBSERVE);
    kernel.post(1, all, 0, 4, EXECUTE);
    kernel.post(1, all, 0, 6, OBSERVE);
    kernel.run();
    expect(args).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  });

  it('keeps schedule order between events that were far ahead when scheduled and events that were not', () => {
    // The bell rings in one cycle for all; who gets there first in line is who signed up first, from however far away.
    fc.assert(
      fc.property(
        fc.integer({ min: 1020, max: 6000 }),
        fc.array(fc.oneof(fc.integer({ min: 0, max: 6000 }), fc.integer({ min: 1018, max: 1030 })), { maxLength: 40 }),
        (bellCycle, cyclesBefore) => {
          const kernel = newKernel();
          const { actor: bell, args } = recorder('Bell');
          let signed = 0;
          const guest = actor('Guest', () => kernel.post(bellCycle - kernel.now, bell, 0, signed++, EXECUTE));
          for (const before of cyclesBefore) kernel.post(Math.max(0, bellCycle - before), guest, 0, 0, DELIVER);
          kernel.run();
          expect(args).toEqual(cyclesBefore.map((_, i) => i));
        },
      ),
      { seed: SEED },
    );
  });

  it('fires an event of an earlier phase first although it was pulled in from far ahead', () => {
    const kernel = newKernel();
    const { actor: all, args } = recorder();
    kernel.post(2000, all, 0, 1, DELIVER);
    kernel.post(
      1500,
      actor('Later', () => kernel.post(500, all, 0, 2, OBSERVE)),
      0,
      0,
      DELIVER,
    );
    kernel.run();
    expect(args).toEqual([1, 2]);
  });

  it('runs an event for the current cycle and phase in the same pass, after those already there', () => {
    const kernel = newKernel();
    const { actor: all, args } = recorder();
    kernel.post(
      3,
      actor('First', () => kernel.post(0, all, 0, 3, EXECUTE)),
      0,
      0,
      EXECUTE,
    );
    kernel.post(3, all, 0, 1, EXECUTE);
    kernel.post(3, all, 0, 2, EXECUTE);
    kernel.post(3, all, 0, 4, OBSERVE);
    kernel.run();
    expect(args).toEqual([1, 2, 3, 4]);
  });

  it.each([-1, -0.5, 0.5, 1024.5, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -(2 ** 40), 2 ** 53])(
    'refuses delay %d, naming actor and cycle',
    (delay) => {
      const kernel = newKernel();
      const message = new RegExp(
        `^Adc\\[3\\] \\(kind 9\\) is scheduled at cycle 17 with delay ${delay}; a delay is a whole`,
      );
      const errors: unknown[] = [];
      const attempt = (call: () => void) => {
        try {
          call();
        } catch (error) {
          errors.push(error);
        }
      };
      const adc = actor('Adc[3]', () => {
        attempt(() => kernel.schedule(event, delay, DELIVER));
        attempt(() => kernel.post(delay, adc, 9, 0, DELIVER));
      });
      const event = kernel.event(adc, 9);
      kernel.schedule(event, 17, DELIVER);
      kernel.run();
      expect(errors).toHaveLength(2);
      for (const error of errors) {
        expect(error).toBeInstanceOf(KernelError);
        expect((error as KernelError).message).toMatch(message);
      }
    },
  );

  it('refuses an earlier phase of the current cycle, naming actor, cycle and both phases', () => {
    const kernel = newKernel();
    let refused = 0;
    const adc = actor('Adc[3]', () => {
      for (const phase of [DELIVER, ARBITRATE]) {
        expect(() => kernel.post(0, adc, 1, 0, phase)).toThrow(
          new KernelError(
            `Adc[3] (kind 1) is scheduled at cycle 40, phase execute, for phase ${PHASES[phase]} of the same cycle, which has passed`,
          ),
        );
        refused++;
      }
    });
    kernel.post(40, adc, 0, 0, EXECUTE);
    kernel.run();
    expect(refused).toBe(2);
  });

  it('refuses a phase that has passed also between two steps', () => {
    const kernel = newKernel();
    const { actor: all, args } = recorder();
    kernel.post(4, all, 0, 1, EXECUTE);
    kernel.post(4, all, 0, 2, EXECUTE);
    kernel.step();
    expect(() => kernel.post(0, all, 0, 0, ARBITRATE)).toThrow(KernelError);
    kernel.post(0, all, 0, 3, EXECUTE);
    kernel.run();
    expect(() => kernel.post(0, all, 0, 0, ARBITRATE)).toThrow(KernelError);
    kernel.post(0, all, 0, 4, OBSERVE);
    kernel.post(1, all, 0, 5, DELIVER);
    kernel.run();
    expect(args).toEqual([1, 2, 3, 4, 5]);
  });

  it.each([-1, 4, 1.5, Number.NaN])('refuses phase %d, which does not exist', (phase) => {
    const kernel = newKernel();
    const event = kernel.event(actor('Adc[3]'), 2);
    expect(() => kernel.schedule(event, 5, phase)).toThrow(/Adc\[3\] \(kind 2\) .* cycle 0, .* which does not exist/);
    expect(() => kernel.schedule(event, 5000, phase)).toThrow(KernelError);
    expect(() => kernel.post(5, actor('Adc[4]'), 2, 0, phase)).toThrow(/Adc\[4\]/);
    expect(kernel.pendingEvents).toBe(0);
  });

  it.each([10, 5000])('refuses to schedule an event that is pending already, %d cycles ahead', (delay) => {
    const kernel = newKernel();
    const event = kernel.event(actor('Adc[3]'), 2);
    kernel.schedule(event, delay, EXECUTE);
    expect(() => kernel.schedule(event, 1, EXECUTE)).toThrow(
      new KernelError('Adc[3] (kind 2) is scheduled at cycle 0 while it is still pending'),
    );
    kernel.run();
    expect(kernel.now).toBe(delay);
    expect(kernel.statistics.fired).toBe(1);
  });

  it('lets an event schedule itself again while it runs', () => {
    const kernel = newKernel();
    const cycles: number[] = [];
    const clock = actor('Clock', () => {
      cycles.push(kernel.now);
      if (cycles.length < 4) kernel.schedule(tick, 1024, DELIVER);
    });
    const tick = kernel.event(clock, 0);
    kernel.schedule(tick, 3, DELIVER);
    kernel.run();
    expect(cycles).toEqual([3, 1027, 2051, 3075]);
  });

  it('refuses what it cannot hold: kinds beyond 31 bits, arguments beyond 32, fractions', () => {
    const kernel = newKernel();
    const seen: number[][] = [];
    const holder = actor('Holder', (kind, arg) => seen.push([kind, arg]));
    for (const [kind, arg] of [
      [2 ** 30, 0],
      [-(2 ** 30) - 1, 0],
      [0.5, 0],
      [Number.NaN, 0],
      [0, 2 ** 31],
      [0, -(2 ** 31) - 1],
      [0, 0.5],
    ] as const) {
      expect(() => kernel.post(1, holder, kind, arg, DELIVER)).toThrow(/Holder .*cycle 0 /);
      expect(() => kernel.event(holder, kind, arg)).toThrow(KernelError);
    }
    const payloads = [
      [2 ** 30 - 1, 2 ** 31 - 1],
      [-(2 ** 30), -(2 ** 31)],
    ] as const;
    for (const [kind, arg] of payloads) {
      kernel.schedule(kernel.event(holder, kind, arg), 1, DELIVER);
      kernel.post(2, holder, kind, arg, DELIVER);
    }
    kernel.run();
    expect(seen).toEqual([...payloads, ...payloads]);
  });

  it('refuses an event that does not exist', () => {
    const kernel = newKernel();
    expect(() => kernel.schedule(0, 1, DELIVER)).toThrow(/event 0, which does not exist, .*cycle 0$/);
    expect(() => kernel.schedule(10 ** 6, 1, DELIVER)).toThrow(KernelError);
  });

  it('is as before after a refused call', () => {
    const kernel = newKernel();
    const { actor: all, args } = recorder();
    const event = kernel.event(all, 0, 99);
    kernel.post(1, all, 0, 0, DELIVER);
    const before = kernel.statistics;
    for (let i = 0; i < 300; i++) {
      for (const delay of [-1, 0.5, Number.NaN, 2 ** 53]) {
        expect(() => kernel.post(delay, all, 0, 77, DELIVER)).toThrow(KernelError);
        expect(() => kernel.schedule(event, delay, DELIVER)).toThrow(KernelError);
      }
      expect(() => kernel.post(1, all, 0, 77, 4)).toThrow(KernelError);
    }
    expect(kernel.statistics).toEqual(before);
    expect(kernel.isPending(event)).toBe(false);
    // Records given back are used once each.
    for (let arg = 1; arg <= 600; arg++) kernel.post(1 + 4 * arg, all, 0, arg, DELIVER);
    kernel.schedule(event, 1, ARBITRATE);
    kernel.run();
    expect(args).toEqual([0, 99, ...Array.from({ length: 600 }, (_, i) => i + 1)]);
  });

  it('is consistent after an actor has thrown', () => {
    const kernel = newKernel();
    const { actor: all, args } = recorder();
    const faulty = actor('Faulty', () => {
      throw new Error('broken actor');
    });
    for (const cycle of [5, 2000]) {
      kernel.post(cycle, all, 0, cycle, DELIVER);
      kernel.post(cycle, faulty, 0, 0, DELIVER);
      kernel.post(cycle, all, 0, cycle + 1, DELIVER);
    }
    expect(() => kernel.run()).toThrow('broken actor');
    expect([kernel.now, kernel.pendingEvents]).toEqual([5, 4]);
    expect(() => kernel.run()).toThrow('broken actor');
    kernel.run();
    expect(args).toEqual([5, 6, 2000, 2001]);
  });

  it('has 1 to 8 phases', () => {
    expect(() => new Kernel({ phases: [] })).toThrow(/1 to 8 phases, got 0/);
    expect(() => new Kernel({ phases: Array.from('123456789') })).toThrow(/1 to 8 phases, got 9/);
  });

  it('refuses a run from within an event', () => {
    const kernel = newKernel();
    let refused = 0;
    const nested = actor('Nested', () => {
      expect(() => kernel.run()).toThrow(/from within an event, at cycle 6/);
      expect(() => kernel.step()).toThrow(KernelError);
      refused++;
    });
    kernel.post(6, nested, 0, 0, DELIVER);
    kernel.run();
    expect(refused).toBe(1);
  });
});

describe('Law 2, continued: where step, run and stop leave off', () => {
  it('step fires exactly the next event', () => {
    const kernel = newKernel();
    const { actor: all, args } = recorder();
    kernel.post(5000, all, 0, 3, DELIVER);
    kernel.post(2, all, 0, 1, DELIVER);
    kernel.post(2, all, 0, 2, DELIVER);
    const seen: [boolean, number, number][] = [];
    for (let i = 0; i < 4; i++) seen.push([kernel.step(), kernel.now, args.length]);
    expect(seen).toEqual([
      [true, 2, 1],
      [true, 2, 2],
      [true, 5000, 3],
      [false, 5000, 3],
    ]);
    expect(args).toEqual([1, 2, 3]);
  });

  it.each([7, 1024, 5000, 2 ** 40])('run(until) fires cycle until and nothing later: %d', (cycle) => {
    const kernel = newKernel();
    const { actor: all, args } = recorder();
    kernel.post(cycle, all, 0, 1, OBSERVE);
    kernel.post(cycle + 1, all, 0, 2, DELIVER);
    kernel.run(cycle - 1);
    expect([args.length, kernel.now, kernel.pendingEvents]).toEqual([0, 0, 2]);
    kernel.run(cycle);
    expect([args.length, kernel.now, kernel.pendingEvents]).toEqual([1, cycle, 1]);
    kernel.run(cycle);
    expect(args).toEqual([1]);
    kernel.run(cycle + 1);
    expect(args).toEqual([1, 2]);
  });

  it('refuses to run until NaN', () => {
    expect(() => newKernel().run(Number.NaN)).toThrow(KernelError);
  });

  it('stop ends the run after the running event, and the next run goes on from there', () => {
    const kernel = newKernel();
    const { actor: all, args } = recorder();
    const stopper = actor('Stopper', () => kernel.stop());
    for (const cycle of [3, 4000]) {
      kernel.post(cycle, all, 0, cycle, DELIVER);
      kernel.post(cycle, stopper, 0, 0, DELIVER);
      kernel.post(cycle, all, 0, cycle + 1, DELIVER);
    }
    kernel.run();
    expect([kernel.now, args]).toEqual([3, [3]]);
    kernel.run();
    expect([kernel.now, args]).toEqual([4000, [3, 4, 4000]]);
    kernel.run();
    expect(args).toEqual([3, 4, 4000, 4001]);
  });

  it('a stop outside a run has no effect', () => {
    const kernel = newKernel();
    const { actor: all, args } = recorder();
    kernel.post(1, all, 0, 1, DELIVER);
    kernel.stop();
    kernel.run();
    expect(args).toEqual([1]);
  });
});

/** A tree of one-shot events, each of which posts its children: what fires when does not depend on the order of equals. */
interface Tree {
  readonly delay: number;
  readonly phase: number;
  readonly children: readonly Tree[];
}

const { tree: trees } = fc.letrec<{ tree: Tree }>((tie) => ({
  tree: fc.record({
    delay: fc.oneof(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1022, max: 1026 })),
    phase: fc.integer({ min: 0, max: 3 }),
    children: fc.oneof({ depthSize: 'small' }, fc.constant([]), fc.array(tie('tree'), { maxLength: 6 })),
  }),
}));

/** Fires the trees; returns "cycle/phase event" in the order of firing, events numbered as the trees are written. */
function fireTrees(roots: readonly Tree[], shuffleSeed: number | undefined): string[] {
  const kernel = newKernel({ shuffleSeed });
  const nodes: Tree[] = [];
  const enumerate = (tree: Tree): void => {
    nodes.push(tree);
    for (const child of tree.children) enumerate(child);
  };
  for (const root of roots) enumerate(root);
  const log: string[] = [];
  const poster = actor('Poster', (_kind, number) => {
    log.push(`${kernel.now}/${kernel.phase} ${number}`);
    for (const child of nodes[number]!.children) post(child);
  });
  const post = (tree: Tree) => kernel.post(tree.delay, poster, 0, nodes.indexOf(tree), tree.phase);
  for (const root of roots) post(root);
  kernel.run();
  return log;
}

describe('Law 3: results never depend on the sequence, which a test mode shuffles', () => {
  const inOneBucket = (shuffleSeed: number) => {
    const kernel = newKernel({ shuffleSeed });
    const { actor: all, args } = recorder();
    for (let arg = 0; arg < 10; arg++) kernel.post(1, all, 0, arg, DELIVER);
    kernel.run();
    return args;
  };

  it('a shuffled kernel fires the same events in each (cycle, phase)', () => {
    fc.assert(
      fc.property(fc.array(trees, { minLength: 1, maxLength: 12 }), fc.integer(), (roots, seed) => {
        const plain = fireTrees(roots, undefined);
        const shuffled = fireTrees(roots, seed);
        expect(shuffled.toSorted()).toEqual(plain.toSorted());
        const when = (line: string) => line.split(' ')[0]!;
        expect(shuffled.map(when)).toEqual(plain.map(when));
      }),
      { seed: SEED },
    );
  });

  it('the order is the same for equal seeds and differs between seeds', () => {
    const orders = [1, 2, 3, 4, 5].map((seed) => {
      const order = inOneBucket(seed);
      expect(inOneBucket(seed)).toEqual(order);
      return order.join();
    });
    expect(new Set(orders).size).toBe(5);
  });

  it('any event of a bucket can come first', () => {
    const first = new Set(Array.from({ length: 200 }, (_, seed) => inOneBucket(seed)[0]));
    expect([...first].toSorted()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  it('events that join the running bucket, and events cancelled in it, are shuffled correctly', () => {
    for (let seed = 0; seed < 50; seed++) {
      const kernel = newKernel({ shuffleSeed: seed });
      const { actor: all, args } = recorder();
      const victim = kernel.event(all, 0, 99);
      kernel.schedule(victim, 2, EXECUTE);
      const canceller = actor('Canceller', () => kernel.cancel(victim));
      kernel.post(2, canceller, 0, 0, ARBITRATE);
      const joiner = actor('Joiner', () => kernel.post(0, all, 0, 9, EXECUTE));
      kernel.post(2, joiner, 0, 0, EXECUTE);
      for (let arg = 0; arg < 9; arg++) kernel.post(2, all, 0, arg, EXECUTE);
      kernel.run();
      expect(args.toSorted()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    }
  });

  it('an arbiter that chooses by (request cycle, requester) gives the same grants for all seeds', () => {
    // Four requesters ask in the same cycles; the arbiter grants one per cycle, after all requests of the cycle.
    const grants = (shuffleSeed: number | undefined) => {
      const kernel = newKernel({ shuffleSeed });
      const log: string[] = [];
      const waiting: { cycle: number; requester: number }[] = [];
      const arbiter = actor('Arbiter', () => {
        waiting.sort((a, b) => a.cycle - b.cycle || a.requester - b.requester);
        const granted = waiting.shift()!;
        log.push(`${kernel.now}: ${granted.requester}, asked at ${granted.cycle}`);
        if (waiting.length > 0) kernel.schedule(arbitration, 1, ARBITRATE);
      });
      const arbitration = kernel.event(arbiter, 0);
      const requesters = actor('Requester', (_kind, requester) => {
        waiting.push({ cycle: kernel.now, requester });
        if (!kernel.isPending(arbitration)) kernel.schedule(arbitration, 0, ARBITRATE);
      });
      for (const cycle of [1, 2, 9, 2000]) {
        for (const requester of [2, 0, 3, 1]) kernel.post(cycle, requesters, 0, requester, DELIVER);
      }
      kernel.run();
      return log;
    };
    const plain = grants(undefined);
    expect(plain.slice(0, 5)).toEqual([
      '1: 0, asked at 1',
      '2: 1, asked at 1',
      '3: 2, asked at 1',
      '4: 3, asked at 1',
      '5: 0, asked at 2',
    ]);
    for (let seed = 0; seed < 30; seed++) expect(grants(seed)).toEqual(plain);
  });
});

describe('Law 4: wake, don’t poll; cancel is O(1)', () => {
  it('idle cycles cost no events', () => {
    const kernel = newKernel();
    const { actor: all } = recorder();
    for (const cycle of [0, 900, 2 ** 20, 2 ** 40, 2 ** 50]) kernel.post(cycle, all, 0, 0, EXECUTE);
    kernel.run();
    expect(kernel.now).toBe(2 ** 50);
    expect(kernel.statistics).toMatchObject({ fired: 5, cyclesWithWork: 5 });
  });

  it.each([0, 3, 1023, 1024, 5000, 2 ** 40])('a cancelled event does not fire, %d cycles ahead', (delay) => {
    const kernel = newKernel();
    const { actor: all, args } = recorder();
    const event = kernel.event(all, 0, 1);
    expect(kernel.cancel(event)).toBe(false);
    kernel.schedule(event, delay, EXECUTE);
    expect(kernel.isPending(event)).toBe(true);
    expect(kernel.cancel(event)).toBe(true);
    expect(kernel.isPending(event)).toBe(false);
    expect(kernel.cancel(event)).toBe(false);
    expect(kernel.pendingEvents).toBe(0);
    kernel.run();
    expect([kernel.now, args]).toEqual([0, []]);
    // It can be scheduled again, nearer or further, and fires once.
    kernel.schedule(event, delay + 1, DELIVER);
    kernel.run();
    expect([kernel.now, args]).toEqual([delay + 1, [1]]);
    expect(kernel.statistics).toMatchObject({ fired: 1, scheduled: 2, cancelled: 1, maxPending: 1 });
  });

  it('cancels the first, a middle and the last event of a bucket, and all of them', () => {
    for (let cancelled = 0; cancelled < 2 ** 4; cancelled++) {
      const kernel = newKernel();
      const { actor: all, args } = recorder();
      const events = [0, 1, 2, 3].map((arg) => kernel.event(all, 0, arg));
      for (const event of events) kernel.schedule(event, 8, EXECUTE);
      const gone = [0, 1, 2, 3].filter((arg) => (cancelled >> arg) & 1);
      for (const arg of gone) kernel.cancel(events[arg]!);
      kernel.post(9, all, 0, 4, DELIVER);
      kernel.run();
      expect(args).toEqual([0, 1, 2, 3, 4].filter((arg) => !gone.includes(arg)));
    }
  });

  it('an event can be cancelled from within its own bucket', () => {
    const kernel = newKernel();
    const { actor: all, args } = recorder();
    const events = [1, 2].map((arg) => kernel.event(all, 0, arg));
    const canceller = actor('Canceller', () => expect(kernel.cancel(events[0]!)).toBe(true));
    kernel.post(5, canceller, 0, 0, EXECUTE);
    for (const event of events) kernel.schedule(event, 5, EXECUTE);
    kernel.run();
    expect(args).toEqual([2]);
  });

  it.each([500, 1_000_000])(
    'cancelling 100 000 of 100 001 events, %d cycles ahead, does not search for them',
    (delay) => {
      // A linear search would take 5 x 10^9 steps here, many seconds; the bound is loose on purpose.
      const kernel = newKernel();
      const { actor: all, args } = recorder();
      const events = Array.from({ length: 100_001 }, (_, arg) => kernel.event(all, 0, arg));
      for (const event of events) kernel.schedule(event, delay, EXECUTE);
      const spent = process.cpuUsage();
      for (let i = 0; i < 50_000; i++) {
        kernel.cancel(events[50_001 + i]!);
        kernel.cancel(events[49_999 - i]!);
      }
      expect(process.cpuUsage(spent).user / 1e6).toBeLessThan(2);
      kernel.run();
      expect(args).toEqual([50_000]);
      expect(kernel.statistics).toMatchObject({ fired: 1, cancelled: 100_000 });
    },
  );

  it('a watchdog that is set back a million times leaves nothing behind', () => {
    const kernel = newKernel();
    let barked = 0;
    const dog = kernel.event(
      actor('Watchdog', () => barked++),
      0,
    );
    let beats = 0;
    const heart = actor('Heart', () => {
      kernel.cancel(dog);
      kernel.schedule(dog, 100_000, OBSERVE);
      if (++beats < 1_000_000) kernel.schedule(beat, 1, DELIVER);
    });
    const beat = kernel.event(heart, 0);
    kernel.schedule(beat, 1, DELIVER);
    kernel.run();
    expect(barked).toBe(1);
    expect(kernel.now).toBe(1_100_000);
    expect(kernel.statistics).toMatchObject({
      fired: 1_000_001,
      cancelled: 999_999,
      farEvents: 1_000_000,
      maxPending: 2,
    });
  });
});

describe('Law 5: a ledger gives every cycle to exactly one state', () => {
  it('the ledger of a resource on the kernel equals a look at its state in every cycle', () => {
    const change = fc.record({ after: fc.integer({ min: 0, max: 1500 }), state: fc.integer({ min: 0, max: 2 }) });
    fc.assert(
      fc.property(fc.array(change, { maxLength: 20 }), (changes) => {
        const kernel = newKernel();
        const ledger = new Ledger(3, 0);
        let next = 0;
        const resource = actor('Resource', (state) => {
          ledger.enter(state, kernel.now);
          scheduleNext();
        });
        const events = changes.map(({ state }) => kernel.event(resource, state));
        const scheduleNext = () => {
          if (next === changes.length) return;
          kernel.schedule(events[next]!, changes[next]!.after, EXECUTE);
          next++;
        };
        scheduleNext();
        kernel.run();
        ledger.close(kernel.now);

        const seen = [0, 0, 0];
        let state = 0;
        for (const { after, state: entered } of changes) {
          for (let cycle = 0; cycle < after; cycle++) seen[state]!++;
          state = entered;
        }
        expect(Array.from(ledger.cycles)).toEqual(seen);
        const [idle, busy, stalled] = seen as [number, number, number];
        checkLedger('Resource', { idle, busy, stalled }, kernel.now);
        expect(() => checkLedger('Resource', { idle, busy: busy + 1, stalled }, kernel.now)).toThrow(/Resource/);
      }),
      { seed: SEED },
    );
  });
});

describe('Law 6: nothing is lost', () => {
  const waiter = (path: string, lines: () => string[]) => ({ path, outstanding: lines });

  it('an empty queue with work outstanding is an error that says who waits for whom', () => {
    const kernel = newKernel();
    kernel.monitor(waiter('A', () => ['Crossbar[0] waits for Adc[1]', 'Crossbar[2] waits for Adc[1]']));
    kernel.monitor(waiter('B', () => []));
    kernel.monitor(waiter('C', () => ['Adc[1] waits for ShiftAdd']));
    kernel.post(12, actor('Last'), 0, 0, DELIVER);
    let error: unknown;
    try {
      kernel.run();
    } catch (caught) {
      error = caught;
    }
    expect(error).toBeInstanceOf(DeadlockError);
    expect((error as DeadlockError).cycle).toBe(12);
    expect((error as DeadlockError).message).toBe(
      'nothing is scheduled after cycle 12, but work is outstanding:\n' +
        '  Crossbar[0] waits for Adc[1]\n  Crossbar[2] waits for Adc[1]\n  Adc[1] waits for ShiftAdd',
    );
  });

  it('work that is outstanding is fine while something is scheduled, and a queue may run empty when all is done', () => {
    const kernel = newKernel();
    let left = 2;
    kernel.monitor(waiter('Worker', () => (left > 0 ? [`${left} left`] : [])));
    const worker = actor('Worker', () => left--);
    kernel.post(1, worker, 0, 0, DELIVER);
    kernel.post(3000, worker, 0, 0, DELIVER);
    kernel.run(1);
    expect(left).toBe(1);
    kernel.run();
    expect(left).toBe(0);
  });

  it('a cancelled event counts as gone', () => {
    const kernel = newKernel();
    kernel.monitor(waiter('Worker', () => ['Worker waits for its event']));
    const event = kernel.event(actor('Worker'), 0);
    kernel.schedule(event, 5000, DELIVER);
    kernel.cancel(event);
    expect(() => kernel.run()).toThrow(DeadlockError);
  });

  it.each([
    ['in one phase', EXECUTE, 0],
    ['far ahead', EXECUTE, 5000],
  ])('a zero-delay loop is an error that names cycle and actor: %s', (_, phase, start) => {
    const kernel = newKernel({ maxEventsPerCycle: 1000 });
    let fired = 0;
    const loop = actor('Loop', () => {
      fired++;
      kernel.post(0, loop, 4, 0, phase);
    });
    kernel.post(start, loop, 4, 0, phase);
    expect(() => kernel.run()).toThrow(
      new KernelError(`more than 1000 events in cycle ${start}, the last for Loop (kind 4): a zero-delay loop`),
    );
    expect(fired).toBe(1000);
    expect(kernel.pendingEvents).toBe(1);
  });

  it('a cycle may have as many events as the limit says, over all its phases, and the next cycle as many again', () => {
    const kernel = newKernel({ maxEventsPerCycle: 40 });
    const { actor: all, args } = recorder();
    for (const cycle of [1, 2, 7000]) {
      for (let i = 0; i < 10; i++) for (let phase = 0; phase < 4; phase++) kernel.post(cycle, all, 0, 0, phase);
    }
    kernel.run();
    expect(args).toHaveLength(120);
    for (let i = 0; i < 11; i++) for (let phase = 0; phase < 4; phase++) kernel.post(1, all, 0, 0, phase);
    expect(() => kernel.run()).toThrow(/more than 40 events in cycle 7001/);
  });

  it('every event scheduled fires or is cancelled', () => {
    fc.assert(
      fc.property(programs, (program) => {
        const kernel = new Kernel({ phases: PHASES.concat(PHASES).slice(0, program.phases) });
        observe(program, kernel);
        const { fired, scheduled, cancelled } = kernel.statistics;
        expect(fired + cancelled).toBe(scheduled);
        expect(kernel.pendingEvents).toBe(0);
      }),
      { seed: SEED },
    );
  });
});

describe('Law 8: tracing never changes a result', () => {
  it('a traced program does the same, and the trace shows each event once, in order', () => {
    fc.assert(
      fc.property(programs, (program) => {
        const phases = PHASES.concat(PHASES).slice(0, program.phases);
        const plain = observe(program, new Kernel({ phases }));
        const traced = new Kernel({ phases });
        const trace: string[] = [];
        traced.trace = (cycle, phase, { path }, kind, arg) => trace.push(`${cycle}/${phase} ${path} ${kind} ${arg}`);
        expect(observe(program, traced)).toEqual(plain);
        const fired = plain.filter((line) => / (Actor|Poster)/.test(line));
        expect(trace).toEqual(fired.map((line) => line.split(',')[0]));
      }),
      { seed: SEED },
    );
  });
});
