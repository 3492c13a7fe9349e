import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EqualWork } from '../../components/equal-work.js';
import { runPe } from '../../components/pe.js';
import type { OuProgram } from '../../mapping/ou-program.js';
import { arbitraryScenario } from '../naive/arbitrary.js';
import type { NaiveScenario, NaiveWorkload } from '../naive/scenario.js';
import { PE_PATH, subjectOf, taskOf } from './pe-under-test.js';

const SEED = 20261121;

/** Items in an order that the numbers decide. */
function permuted<T>(items: readonly T[], numbers: fc.Stream<number>): T[] {
  const keyed = items.map((item) => ({ item, key: numbers.next().value as number }));
  return keyed.sort((a, b) => a.key - b.key).map(({ item }) => item);
}

/**
 * A scenario, and a second one of the same shape: rows of the weights and inputs of the windows in another order, which
 * keeps to the ranges that the encoding and the input bits allow, and other index bits, if there are any.
 */
const twins = fc.tuple(arbitraryScenario(), fc.infiniteStream(fc.nat())).map(([scenario, numbers]) => {
  const { weights, inputs } = scenario.workload;
  const others = { weights: permuted(weights, numbers), inputs: inputs.map((window) => permuted(window, numbers)) };
  const { bitsPerGroup } = scenario.indices;
  const indices = { bitsPerGroup: bitsPerGroup === 0 ? 0 : bitsPerGroup + 1 };
  const twin = {
    ...scenario,
    workload: { ...scenario.workload, ...others },
    indices,
  };
  return [scenario, twin] as const;
});

function withWorkload(scenario: NaiveScenario, changes: Partial<NaiveWorkload>): NaiveScenario {
  return { ...scenario, workload: { ...scenario.workload, ...changes } };
}

/**
 * The scenario with a window, a row or an output more or less, or with indices where it had none: all on the same machine,
 * none to be taken for another.
 */
function relatives(scenario: NaiveScenario): NaiveScenario[] {
  const { weights, inputs } = scenario.workload;
  const indices = { bitsPerGroup: scenario.indices.bitsPerGroup === 0 ? 7 : 0 };
  const all = [scenario, withWorkload(scenario, { inputs: [...inputs, inputs[0]!] }), { ...scenario, indices }];
  if (weights.length > 1) {
    all.push(withWorkload(scenario, { weights: weights.slice(1), inputs: inputs.map((window) => window.slice(1)) }));
  }
  if (weights[0]!.length > 1) all.push(withWorkload(scenario, { weights: weights.map((row) => row.slice(1)) }));
  return all;
}

/** The program as if its rows had been compressed out of so many more: another number of uncompressed operations. */
function withWiderSpans(program: OuProgram, more: number): OuProgram {
  return { ...program, rowLists: program.rowLists.map((list) => ({ ...list, span: list.span + more * 20 })) };
}

describe('equal work is simulated once (kernel law 9)', () => {
  it('a PE that takes over the course of another has the statistics that its own run gives', () => {
    fc.assert(
      fc.property(twins, (pair) => {
        const { machine } = subjectOf(pair[0]);
        const work = new EqualWork(machine);
        const [first, second] = pair.map((scenario, place) => {
          const subject = subjectOf(scenario);
          const task = taskOf({ ...subject, program: withWiderSpans(subject.program, place) });
          const statistics = work.run(task, { granularity: 'fast', path: PE_PATH });
          expect(statistics).toEqual(runPe(machine, task, { granularity: 'booked', path: PE_PATH }));
          return statistics;
        });
        // Taken over means taken over: the very arrays, and only without a detector.
        expect(first!.read === second!.read).toBe(machine.detector.kind === 'none');
      }),
      { seed: SEED, numRuns: 400 },
    );
  });

  it('PEs with other rows, outputs or windows are not taken for equal', () => {
    fc.assert(
      fc.property(arbitraryScenario(), (scenario) => {
        const { machine } = subjectOf(scenario);
        const work = new EqualWork(machine);
        for (const relative of relatives(scenario)) {
          const task = taskOf(subjectOf(relative));
          const own = runPe(machine, task, { granularity: 'booked', path: PE_PATH });
          expect(work.run(task, { granularity: 'fast', path: PE_PATH })).toEqual(own);
        }
      }),
      { seed: SEED, numRuns: 400 },
    );
  });

  it('every other granularity is simulated in any case', () => {
    fc.assert(
      fc.property(
        arbitraryScenario(),
        fc.constantFrom('booked' as const, 'sampled' as const),
        (scenario, granularity) => {
          const subject = subjectOf(scenario);
          const work = new EqualWork(subject.machine);
          const run = () => work.run(taskOf(subject), { granularity, path: PE_PATH });
          expect(run().read).not.toBe(run().read);
        },
      ),
      { seed: SEED, numRuns: 20 },
    );
  });
});
