import fc from 'fast-check';
import { expect, test } from 'vitest';
import { PixelBuffer } from '../../components/pixel-buffer.js';

test('holds what was taken and not freed, however many pixels there are and in whatever order shares come', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 3000 }),
      fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 5 }),
      fc.infiniteStream(fc.nat({ max: 1_000_000 })),
      (capacity, shares, choices) => {
        const pixels = 5000;
        const buffer = new PixelBuffer(capacity, shares);
        // What a naive buffer would say: shares left of every pixel, pixels taken, pixels freed.
        const left = Array.from({ length: pixels }, (_, n) => shares[n % shares.length]!);
        const taken = new Set<number>();
        let freed = 0;
        let arrived = 0;
        let peak = 0;
        for (let step = 0; arrived < pixels; step++) {
          const choice = choices.next().value;
          // Any pixel that has room may be next, mostly one near the first that is missing.
          const reach = Math.min(pixels, freed + capacity) - arrived;
          if (choice % 7 === 0 || reach <= 0) {
            // Pixels that no window needs are freed before they come.
            freed = Math.max(freed, Math.min(pixels, arrived + (choice % 1500)));
            buffer.free(freed);
          } else {
            const n = arrived + (choice % Math.min(reach, 1 + (step % 1200)));
            if (left[n] === 0) continue;
            expect(buffer.hasRoom(n)).toBe(true);
            buffer.take(n);
            buffer.write(n);
            left[n]!--;
            if (n >= freed) taken.add(n);
          }
          while (arrived < pixels && left[arrived] === 0) arrived++;
          for (const n of taken) if (n < freed) taken.delete(n);
          peak = Math.max(peak, taken.size);
          if (step % 50 === 0 || arrived === pixels) {
            expect([buffer.arrived, buffer.freed, buffer.held]).toEqual([arrived, freed, taken.size]);
            expect(buffer.hasRoom(freed + capacity)).toBe(false);
          }
        }
        expect(buffer.peak).toBe(peak);
      },
    ),
    { seed: 20261121, numRuns: 8 },
  );
}, 20_000);
