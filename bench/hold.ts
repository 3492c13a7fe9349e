import { Kernel } from '../sim/kernel.js';
import { type HeapJsActor, HeapJsEngine } from './heap-js-engine.js';
import { kernelEngine } from './hold-kernel.js';
import { HoldModel, lastCycle } from './hold-model.js';
import { compileNative, nativeEngine } from './native-engine.js';
import { cpuSeconds, type Engine, interleavedSeconds, type RoundsOptions } from './rounds.js';
import { findSimPy, simPyEngine } from './simpy-engine.js';
import type { Table } from './table.js';

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
const GOALS: Record<string, number> = {
  'heap-js objects': 10,
  'C++ priority_queue': 3.5,
  'SimPy processes': 80,
};
const EVENTS = 2_000_000;

export function holdBenchmark(options: RoundsOptions): Table[] {
  const native = compileNative('hold.cpp');
  const hasSimPy = findSimPy();
  const notFound = [
    ...(native === undefined ? ['C++ priority_queue (g++)'] : []),
    ...(hasSimPy ? [] : ['SimPy processes (python3-simpy)']),
  ];
  return [64, 1024, 65536].map((held) => {
    const until = lastCycle(EVENTS, held);
    const engines = [kernelEngine('kernel', Kernel, held, until), heapJsEngine(held, until)];
    if (native !== undefined) engines.push(nativeEngine(native, [held, until]));
    if (hasSimPy) engines.push(simPyEngine('hold.py', [held, until]));
    const seconds = interleavedSeconds(engines, options);
    const kernel = seconds.get('kernel')!;
    return {
      title: `hold model, N = ${held}`,
      unit: 'M events/s',
      notFound,
      rows: [...seconds].map(([name, s]) => ({
        name,
        rate: EVENTS / 1e6 / s,
        ratio: s / kernel,
        ratioGoal: held === 1024 ? GOALS[name] : undefined,
      })),
    };
  });
}
