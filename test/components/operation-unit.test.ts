import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OperationSequencer } from '../../components/operation-unit.js';
import { WindowFeed } from '../../components/window-feed.js';
import { arbitraryScenario } from '../naive/arbitrary.js';
import { runNaive } from '../naive/machine.js';
import { placeMatrix } from '../naive/placement.js';
import { subjectOf, taskOf } from './pe-under-test.js';

interface Step {
  window: number;
  plane: number;
  bitlines: number;
}

describe('the sequencer of OU operations', () => {
  it('gives each crossbar the operations of the naive machine, in its order', () => {
    fc.assert(
      fc.property(arbitraryScenario(), (drawn) => {
        const windows = drawn.workload.inputs.length;
        // A register of all windows, so that all can be loaded at once.
        const scenario = { ...drawn, machine: { ...drawn.machine, inputRegister: { windows } } };
        const subject = subjectOf(scenario);
        const feed = new WindowFeed(taskOf(subject), subject.machine);
        for (let window = 0; window < windows; window++) feed.load(window);
        const next = new OperationSequencer(feed);
        const steps = Array.from({ length: feed.crossbars }, (_, i) => {
          const found: Step[] = [];
          for (let window = 0; window < windows; window++) {
            let left = next.enterWindow(i, window);
            while (left) {
              found.push({ window, plane: next.plane[i]!, bitlines: next.bitlines[i]! });
              left = next.advance(i);
            }
            // Nothing left in this window, and nothing to sample.
            expect(next.bitlines[i]).toBe(0);
          }
          return found;
        });

        const placed = placeMatrix(scenario);
        const wide = scenario.machine.ou.bitlines;
        const expected: Step[][] = steps.map(() => []);
        for (const { crossbar, window, plane, columnGroup } of runNaive(scenario).trace.reads) {
          const bitlines = Math.min(wide, placed[crossbar]!.bitlines.length - columnGroup * wide);
          expected[crossbar]!.push({ window, plane, bitlines });
        }
        expect(steps).toEqual(expected);
      }),
      { seed: 20261121, numRuns: 200 },
    );
  });
});
