import { type HeapJsActor, HeapJsEngine } from './heap-js-engine.js';
import { cpuSeconds, type Engine } from './rounds.js';
import { ADCS, CROSSBARS, ReadDurations, SAMPLES, SampleQueue, SHARED_BY, statisticsLine } from './shared-adc-model.js';

class Crossbar implements HeapJsActor {
  constructor(
    private readonly index: number,
    private readsLeft: number,
    private readonly engine: HeapJsEngine,
    private readonly durations: ReadDurations,
    private readonly adc: Adc,
  ) {
    this.startRead();
  }

  startRead(): void {
    if (this.readsLeft-- > 0) this.engine.post(this.durations.next(this.index), this, 0, 0);
  }

  on(): void {
    this.adc.ask(this.index);
  }
}

class Adc implements HeapJsActor {
  readonly queue = new SampleQueue();

  constructor(
    private readonly engine: HeapJsEngine,
    private readonly shiftAdd: ShiftAdd,
  ) {}

  ask(crossbar: number): void {
    if (this.queue.isEmpty) this.engine.post(1, this, 0, 0);
    this.queue.push(crossbar, this.engine.now);
  }

  on(): void {
    const crossbar = this.queue.convert(this.engine.now);
    this.engine.post(1, this.shiftAdd, 0, crossbar);
    if (!this.queue.isEmpty) this.engine.post(1, this, 0, 0);
  }
}

class ShiftAdd implements HeapJsActor {
  private readonly codesLeft = new Int32Array(CROSSBARS).fill(SAMPLES);

  constructor(private readonly crossbars: readonly Crossbar[]) {}

  on(_kind: number, crossbar: number): void {
    if (--this.codesLeft[crossbar]! > 0) return;
    this.codesLeft[crossbar] = SAMPLES;
    this.crossbars[crossbar]!.startRead();
  }
}

export function heapJsEngine(readsPerCrossbar: number): Engine {
  return {
    name: 'heap-js objects',
    run() {
      const engine = new HeapJsEngine();
      const durations = new ReadDurations();
      const crossbars: Crossbar[] = [];
      const adcs = Array.from({ length: ADCS }, () => new Adc(engine, new ShiftAdd(crossbars)));
      for (let c = 0; c < CROSSBARS; c++) {
        crossbars.push(new Crossbar(c, readsPerCrossbar, engine, durations, adcs[Math.floor(c / SHARED_BY)]!));
      }
      const seconds = cpuSeconds(() => engine.run());
      const statistics = adcs.map((adc) => adc.queue.statistics);
      return { seconds, check: statisticsLine(statistics, engine.now) };
    },
  };
}
