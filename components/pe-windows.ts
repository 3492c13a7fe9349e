import type { PlaneClock } from './sparsity-detector.js';

/** The windows in the input register of a PE, as its pools read them in granularity `fast`. */
export interface PeWindows {
  /** Windows of the run. */
  readonly count: number;
  /** Windows that the register holds. */
  readonly slots: number;
  readonly planes: number;
  /** Operations of the PE's patterns: entry slot * slotStride + plane * planeStride + pattern. */
  operations: Int32Array;
  /** 0 where no window is read after another one is loaded. */
  readonly slotStride: number;
  readonly planeStride: number;
  readonly clock: PlaneClock;
  /** When the window of a slot was loaded. */
  readonly loadedAt: Float64Array;
}
