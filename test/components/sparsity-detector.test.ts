import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ACCEPT, PE_PHASES } from '../../components/pe-phases.js';
import { BookedPlaneClock, SampledPlaneClock } from '../../components/sparsity-detector.js';
import { Kernel } from '../../sim/kernel.js';

/** Windows are loaded so many cycles after the load before, and after the slot that they take has been scanned. */
const anyScans = fc.record({
  planes: fc.integer({ min: 1, max: 5 }),
  planeCycles: fc.integer({ min: 0, max: 4 }),
  slots: fc.integer({ min: 1, max: 3 }),
  pauses: fc.array(fc.integer({ min: 0, max: 25 }), { minLength: 1, maxLength: 12 }),
});

describe('plane clocks', () => {
  it('sampled and booked: a window is scanned when it is loaded and the scan before has ended, plane by plane', () => {
    fc.assert(
      fc.property(anyScans, ({ planes, planeCycles, slots, pauses }) => {
        const loaded: number[] = [];
        const ready: number[][] = [];
        pauses.forEach((pause, window) => {
          const slotFree = ready[window - slots]?.at(-1) ?? 0;
          loaded.push(Math.max(loaded.at(-1) ?? 0, slotFree) + pause);
          const start = Math.max(loaded[window]!, ready[window - 1]?.at(-1) ?? 0);
          ready.push(Array.from({ length: planes }, (_, plane) => start + (plane + 1) * planeCycles));
        });

        const kernel = new Kernel({ phases: PE_PHASES });
        const booked = new BookedPlaneClock(kernel, slots, planes, planeCycles);
        const heard: { window: number; plane: number; at: number }[] = [];
        const sampled = new SampledPlaneClock(kernel, 'Detector', slots, planes, planeCycles, (window, plane) => {
          heard.push({ window, plane, at: kernel.now });
          expect(sampled.readyAt(window % slots, plane)).toBe(kernel.now);
          // What is not scanned yet is not known.
          for (let later = plane + 1; later < planes; later++) {
            expect(sampled.readyAt(window % slots, later)).toBe(Number.POSITIVE_INFINITY);
          }
        });
        const loader = {
          path: 'Loader',
          on: (_kind: number, window: number) => {
            const slot = window % slots;
            sampled.scan(window, slot);
            booked.scan(window, slot);
            const times = Array.from({ length: planes }, (_, plane) => booked.readyAt(slot, plane));
            expect(times).toEqual(ready[window]);
            expect(booked.lastReadyAt(slot)).toBe(ready[window]!.at(-1));
            expect(sampled.lastReadyAt(slot)).toBe(planeCycles === 0 ? kernel.now : Number.POSITIVE_INFINITY);
          },
        };
        loaded.forEach((at, window) => {
          kernel.post(at, loader, 0, window, ACCEPT);
        });
        kernel.run();

        // A scan that takes no time is over with the load, and nobody needs to be told.
        const scans = ready.flatMap((times, window) => times.map((at, plane) => ({ window, plane, at })));
        expect(heard).toEqual(planeCycles === 0 ? [] : scans);
        expect(sampled.lastReadyAt((pauses.length - 1) % slots)).toBe(ready.at(-1)!.at(-1));
      }),
      { seed: 20261121, numRuns: 400 },
    );
  });
});
