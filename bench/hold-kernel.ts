import type { Actor, Kernel } from '../sim/kernel.js';
import { HoldModel } from './hold-model.js';
import { cpuSeconds, type Engine } from './rounds.js';

class KernelHeld implements Actor {
  readonly path = 'Hold';
  private readonly event: number;

  constructor(
    private readonly index: number,
    private readonly kernel: Kernel,
    private readonly model: HoldModel,
  ) {
    this.event = kernel.event(this, 0);
    kernel.schedule(this.event, model.delay(), 0);
  }

  on(): void {
    this.kernel.schedule(this.event, this.model.fires(this.index, this.kernel.now), 0);
  }
}

/** The hold model on a kernel. */
export function kernelEngine(name: string, Implementation: typeof Kernel, held: number, until: number): Engine {
  return {
    name,
    run() {
      const model = new HoldModel();
      const kernel = new Implementation({ phases: ['deliver', 'arbitrate', 'execute', 'observe'] });
      for (let index = 0; index < held; index++) new KernelHeld(index, kernel, model);
      const seconds = cpuSeconds(() => kernel.run(until));
      return { seconds, check: model.statistics };
    },
  };
}
