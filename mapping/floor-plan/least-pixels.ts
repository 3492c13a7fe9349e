import type { PixelBounds } from './kernel-pixels.js';

/** What the order of work depends on; a `StageDescription` is one. */
export interface OrderedStage {
  /** Per image. */
  readonly windows: number;
  /** Inputs of any role, from earlier stages. */
  readonly inputs: readonly (PixelBounds & { readonly producer: number })[];
}

/** A border between two images is enough: what happens there happens again at every other one. */
const IMAGES = 2;

/**
 * Pixels that each buffer must have room for so that no run can come to a standstill, by stage and input.
 *
 * They are the largest fills in one order of work that is certainly possible: on demand. A stage makes a pixel only when
 * one is asked for, and asks before for what the window needs, input by input; the stages that nobody reads are asked
 * pixel by pixel, the one that is furthest behind first. In this order nothing is ever begun that has to wait. All
 * conditions of a run are thresholds that, once they hold, hold on (pixels that are there, windows that are sent), so
 * that working in another order never takes away what this one would still do: with these fills as capacities every run
 * ends, in whatever order things happen, with replicas and with registers for one window or more.
 *
 * For a chain this is the largest `needs` - `keeps`. Where a stage feeds another by several ways, its pixels also pile up
 * in the buffers of the ways that wait.
 */
export function leastPixels(stages: readonly OrderedStage[]): number[][] {
  return new DemandOrder(stages).run();
}

interface Reader {
  readonly stage: number;
  readonly input: number;
  readonly keeps: Int32Array;
}

class DemandOrder {
  /** Windows done, through all images. */
  private readonly done: Float64Array;
  private readonly least: number[][];
  private readonly readers: Reader[][];

  constructor(private readonly stages: readonly OrderedStage[]) {
    this.done = new Float64Array(stages.length);
    this.least = stages.map(({ inputs }) => inputs.map(() => 0));
    this.readers = stages.map(() => []);
    stages.forEach(({ inputs }, stage) => {
      inputs.forEach(({ producer, keeps }, input) => {
        this.readers[producer]!.push({ stage, input, keeps });
      });
    });
  }

  run(): number[][] {
    const last = this.stages.flatMap((_, stage) => (this.readers[stage]!.length === 0 ? [stage] : []));
    for (;;) {
      const behind = this.furthestBehind(last);
      if (behind === null) break;
      this.ask(behind, this.done[behind]! + 1);
    }
    // Rows that no window needs are made, sent and freed all the same.
    for (let stage = this.stages.length - 1; stage >= 0; stage--) this.ask(stage, this.total(stage));
    return this.least;
  }

  private total(stage: number): number {
    return IMAGES * this.stages[stage]!.windows;
  }

  private furthestBehind(stages: readonly number[]): number | null {
    let found: number | null = null;
    let share = 1;
    for (const stage of stages) {
      const own = this.done[stage]! / this.total(stage);
      if (own < share) {
        found = stage;
        share = own;
      }
    }
    return found;
  }

  /** Sees that a stage has made so many pixels. */
  private ask(stage: number, pixels: number): void {
    const { done, stages } = this;
    const { windows, inputs } = stages[stage]!;
    while (done[stage]! < pixels) {
      const image = Math.floor(done[stage]! / windows);
      const window = done[stage]! - image * windows;
      for (const { producer, needs } of inputs) {
        const needed = needs[window]!;
        if (needed > 0) this.ask(producer, image * stages[producer]!.windows + needed);
      }
      this.make(stage);
    }
  }

  private make(stage: number): void {
    const { done, least, stages } = this;
    done[stage]!++;
    const { windows } = stages[stage]!;
    for (const reader of this.readers[stage]!) {
      const next = done[reader.stage]!;
      const perImage = stages[reader.stage]!.windows;
      const image = Math.floor(next / perImage);
      // After its last window a stage needs nothing any more.
      const kept = image === IMAGES ? IMAGES * windows : image * windows + reader.keeps[next - image * perImage]!;
      const fill = done[stage]! - kept;
      const most = least[reader.stage]!;
      if (fill > most[reader.input]!) most[reader.input] = fill;
    }
  }
}
