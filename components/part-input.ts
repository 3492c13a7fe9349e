import type { StageInput } from '../mapping/chip-program.js';
import type { PixelBuffer } from './pixel-buffer.js';

/** An input of a stage that one of its parts needs, and the part's buffer for it. */
export interface PartInput {
  /** Index in the stage's inputs. */
  readonly index: number;
  readonly input: StageInput;
  readonly buffer: PixelBuffer;
  /** Of the producer. */
  readonly pixelsPerImage: number;
}
