import { type Actor, Kernel } from '../sim/kernel.js';
import { cpuSeconds, type Engine } from './rounds.js';
import {
  ADCS,
  AdcStatistics,
  CROSSBARS,
  ReadDurations,
  SAMPLES,
  SampleQueue,
  SHARED_BY,
  statisticsLine,
} from './shared-adc-model.js';

const PHASES = ['deliver', 'arbitrate', 'execute', 'observe'];
const DELIVER = 0;
const ARBITRATE = 1;
const EXECUTE = 2;

class SampledCrossbar implements Actor {
  private readonly readEnds: number;

  constructor(
    readonly path: string,
    private readonly index: number,
    private readsLeft: number,
    private readonly kernel: Kernel,
    private readonly durations: ReadDurations,
    private readonly adc: SampledAdc,
  ) {
    this.readEnds = kernel.event(this, 0);
    this.startRead();
  }

  startRead(): void {
    if (this.readsLeft-- > 0) this.kernel.schedule(this.readEnds, this.durations.next(this.index), DELIVER);
  }

  on(): void {
    this.adc.ask(this.index);
  }
}

class SampledAdc implements Actor {
  readonly queue = new SampleQueue();
  private readonly conversionEnds: number;

  constructor(
    readonly path: string,
    private readonly kernel: Kernel,
    private readonly shiftAdd: SampledShiftAdd,
  ) {
    this.conversionEnds = kernel.event(this, 0);
  }

  ask(crossbar: number): void {
    if (this.queue.isEmpty) this.kernel.schedule(this.conversionEnds, 1, EXECUTE);
    this.queue.push(crossbar, this.kernel.now);
  }

  on(): void {
    const crossbar = this.queue.convert(this.kernel.now);
    this.kernel.post(1, this.shiftAdd, 0, crossbar, DELIVER);
    if (!this.queue.isEmpty) this.kernel.schedule(this.conversionEnds, 1, EXECUTE);
  }
}

class SampledShiftAdd implements Actor {
  private readonly codesLeft = new Int32Array(CROSSBARS).fill(SAMPLES);

  constructor(
    readonly path: string,
    private readonly crossbars: readonly SampledCrossbar[],
  ) {}

  on(_kind: number, crossbar: number): void {
    if (--this.codesLeft[crossbar]! > 0) return;
    this.codesLeft[crossbar] = SAMPLES;
    this.crossbars[crossbar]!.startRead();
  }
}

class BookedCrossbar implements Actor {
  readonly readEnds: number;

  constructor(
    readonly path: string,
    private readonly index: number,
    private readsLeft: number,
    private readonly kernel: Kernel,
    private readonly durations: ReadDurations,
    private readonly adc: BookedAdc,
  ) {
    this.readEnds = kernel.event(this, 0);
    this.startRead(0);
  }

  startRead(at: number): void {
    if (this.readsLeft-- > 0) {
      this.kernel.schedule(this.readEnds, at - this.kernel.now + this.durations.next(this.index), DELIVER);
    }
  }

  on(): void {
    this.adc.ask(this.index);
  }
}

/** An ADC in closed form: one arbitration per cycle with requests, no event per sample. */
class BookedAdc implements Actor {
  readonly statistics = new AdcStatistics();
  freeAt = 0;
  private readonly asking = new Int32Array(SHARED_BY);
  private askingCount = 0;
  private readonly arbitration: number;

  constructor(
    readonly path: string,
    private readonly kernel: Kernel,
    private readonly crossbars: readonly BookedCrossbar[],
  ) {
    this.arbitration = kernel.event(this, 0);
  }

  ask(crossbar: number): void {
    if (this.askingCount === 0) this.kernel.schedule(this.arbitration, 0, ARBITRATE);
    let at = this.askingCount++;
    for (; at > 0 && this.asking[at - 1]! > crossbar; at--) this.asking[at] = this.asking[at - 1]!;
    this.asking[at] = crossbar;
  }

  on(): void {
    const { now } = this.kernel;
    for (let i = 0; i < this.askingCount; i++) {
      const crossbar = this.asking[i]!;
      const start = Math.max(now, this.freeAt);
      this.freeAt = start + SAMPLES;
      this.statistics.serve(crossbar);
      this.statistics.waits += SAMPLES * (start - now) + (SAMPLES * (SAMPLES - 1)) / 2;
      this.crossbars[crossbar]!.startRead(this.freeAt + 1);
    }
    this.askingCount = 0;
  }
}

export function sampledEngine(readsPerCrossbar: number): Engine {
  return {
    name: 'kernel, sampled',
    run() {
      const kernel = new Kernel({ phases: PHASES });
      const durations = new ReadDurations();
      const crossbars: SampledCrossbar[] = [];
      const adcs = Array.from({ length: ADCS }, (_, a) => {
        return new SampledAdc(`Adc[${a}]`, kernel, new SampledShiftAdd(`ShiftAdd[${a}]`, crossbars));
      });
      for (let c = 0; c < CROSSBARS; c++) {
        const adc = adcs[Math.floor(c / SHARED_BY)]!;
        crossbars.push(new SampledCrossbar(`Crossbar[${c}]`, c, readsPerCrossbar, kernel, durations, adc));
      }
      const seconds = cpuSeconds(() => kernel.run());
      const statistics = adcs.map((adc) => adc.queue.statistics);
      return { seconds, check: statisticsLine(statistics, kernel.now) };
    },
  };
}

export function bookedEngine(readsPerCrossbar: number): Engine {
  return {
    name: 'kernel, booked',
    run() {
      const kernel = new Kernel({ phases: PHASES });
      const durations = new ReadDurations();
      const crossbars: BookedCrossbar[] = [];
      const adcs = Array.from({ length: ADCS }, (_, a) => new BookedAdc(`Adc[${a}]`, kernel, crossbars));
      for (let c = 0; c < CROSSBARS; c++) {
        const adc = adcs[Math.floor(c / SHARED_BY)]!;
        crossbars.push(new BookedCrossbar(`Crossbar[${c}]`, c, readsPerCrossbar, kernel, durations, adc));
      }
      const seconds = cpuSeconds(() => kernel.run());
      const lastCodeLeaves = Math.max(...adcs.map((adc) => adc.freeAt)) + 1;
      const statistics = adcs.map((adc) => adc.statistics);
      return { seconds, check: statisticsLine(statistics, lastCodeLeaves) };
    },
  };
}
