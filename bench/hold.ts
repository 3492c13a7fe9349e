import { type Actor, Kernel } from '../sim/kernel.js';
import { type HeapJsActor, HeapJsEngine } from './heap-js-engine.js';
import { compileNative, nativeEngine } from './native-engine.js';
import { cpuSeconds, type Engine, interleavedSeconds, type RoundsOptions } from './rounds.js';
import type { Table } from './table.js';

/**
 * The hold model: N events, each of which, when it fires, is scheduled again after a pseudo-random delay of 1 to 64
 * cycles. Per event one removal of the earliest and one insertion, at a steady queue length of N.
 */
class HoldModel {
  private state = 20261121;
  private check = 0;
  private events = 0;

  /** Delay of the next firing: the top six bits of a linear congruential generator. */
  delay(): number {
    this.state = (Math.imul(this.state, 1664525) + 1013904223) | 0;
    return 1 + (this.state >>> 26);
  }

  /** Event `index` fires at `now`. The check value depends on the order of all firings. */
  fires(index: number, now: number): number {
    this.check = (Math.imul(this.check, 31) + index + now) | 0;
    this.events++;
    return this.delay();
  }

  get statistics(): string {
    return `${this.events}/${this.check}`;
  }
}

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

class HeapJsHeld implements HeapJsActor {
  constructor(
    private readonly index: number,
    private readonly engine: HeapJsEngine,
    private readonly model: HoldModel,
  ) {
    engine.post(model.delay(), this, 0, 0);
  }

  on(): void {
    this.engine.post(this.model.fires(this.index, this.engine.now), this, 0, 0);
  }
}

function kernelEngine(held: number, until: number): Engine {
  return {
    name: 'kernel',
    run() {
      const model = new HoldModel();
      const kernel = new Kernel({ phases: ['deliver', 'arbitrate', 'execute', 'observe'] });
      for (let index = 0; index < held; index++) new KernelHeld(index, kernel, model);
      const seconds = cpuSeconds(() => kernel.run(until));
      return { seconds, check: model.statistics };
    },
  };
}

function heapJsEngine(held: number, until: number): Engine {
  return {
    name: 'heap-js objects',
    run() {
      const model = new HoldModel();
      const engine = new HeapJsEngine();
      for (let index = 0; index < held; index++) new HeapJsHeld(index, engine, model);
      const seconds = cpuSeconds(() => engine.run(until));
      return { seconds, check: model.statistics };
    },
  };
}

/** Goals of the kernel at N = 1 024. */
const GOALS: Record<string, number> = { 'heap-js objects': 8, 'C++ priority_queue': 2.5 };
const EVENTS = 2_000_000;
const MEAN_DELAY = 32.5;

export function holdBenchmark(options: RoundsOptions): Table[] {
  const native = compileNative('hold.cpp');
  return [64, 1024, 65536].map((held) => {
    const until = Math.round((EVENTS * MEAN_DELAY) / held);
    const engines = [kernelEngine(held, until), heapJsEngine(held, until)];
    if (native !== undefined) engines.push(nativeEngine(native, [held, until]));
    const seconds = interleavedSeconds(engines, options);
    const kernel = seconds.get('kernel')!;
    return {
      title: `hold model, N = ${held}`,
      unit: 'M events/s',
      rows: [...seconds].map(([name, s]) => ({
        name,
        rate: EVENTS / 1e6 / s,
        ratio: s / kernel,
        ratioGoal: held === 1024 ? GOALS[name] : undefined,
      })),
    };
  });
}
