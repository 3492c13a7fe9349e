import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Kernel } from '../../sim/kernel.js';
import { observe, type Program, programs } from './kernel-program.js';
import { NaiveKernel } from './naive-kernel.js';

const SEED = 20261121;

const kernelOf = ({ phases }: Program) => new Kernel({ phases: Array.from({ length: phases }, (_, p) => `p${p}`) });

describe('the kernel against a sorted list', () => {
  it('does the same in random programs of schedule, post, cancel, stop, step and run', () => {
    fc.assert(
      fc.property(programs, (program) => {
        expect(observe(program, kernelOf(program))).toEqual(observe(program, new NaiveKernel(program.phases)));
      }),
      { seed: SEED, numRuns: 3000 },
    );
  });
});
