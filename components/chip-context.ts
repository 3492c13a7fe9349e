import type { Kernel } from '../sim/kernel.js';
import type { TraceSink } from '../sim/trace/trace.js';
import type { ChipCounts } from './chip-statistics.js';
import type { ImageBarrier } from './image-barrier.js';
import type { MachineConfig } from './machine.js';
import type { Mesh } from './mesh.js';
import type { SkippedWork } from './skipped-work.js';

/** What all parts of a chip share. */
export interface ChipContext {
  readonly kernel: Kernel;
  readonly machine: MachineConfig;
  readonly mesh: Mesh;
  readonly counts: ChipCounts;
  /** Null but with pipeline `layer-barrier`. */
  readonly barrier: ImageBarrier | null;
  /** `tile.schedule: static`. */
  readonly scheduled: boolean;
  readonly trace: TraceSink | null;
  /** What granularity `fast` did not simulate one by one. */
  readonly skipped: SkippedWork;
}
