import type { ChipProgram } from '../mapping/chip-program.js';
import type { BufferUser } from './pixel-buffer.js';

/** Holds stages back until the stage before has sent an image (pipeline `layer-barrier`). */
export class ImageBarrier {
  /** Images that each stage has sent completely. */
  private readonly imagesSent: Int32Array;
  /** Windows, counted once per home, that each stage has still to send of each image. */
  private readonly left: readonly Int32Array[];
  private readonly fetches: BufferUser[][];
  /** First stage that is no source, and the last one. */
  private readonly first: number;
  private readonly last: number;

  constructor(private readonly program: ChipProgram) {
    const { stages, images } = program;
    this.first = stages.findIndex(({ kind }) => kind !== 'source');
    this.last = stages.length - 1;
    this.imagesSent = new Int32Array(stages.length);
    this.fetches = stages.map(() => []);
    this.left = stages.map((stage) => {
      const homes = stage.replicas.map(({ parts }) => parts.filter((part) => part.homeValues > 0).length);
      const left = new Int32Array(images);
      for (let n = 0; n < images * stage.windows; n++) {
        left[Math.floor(n / stage.windows)]! += homes[n % homes.length]!;
      }
      return left;
    });
  }

  /** `fetch` is to be woken when its stage may go on. */
  register(stage: number, fetch: BufferUser): void {
    this.fetches[stage]!.push(fetch);
  }

  open(stage: number, image: number): boolean {
    return stage === this.first ? this.imagesSent[this.last]! >= image : this.imagesSent[stage - 1]! > image;
  }

  /** A home of a stage has sent a window of an image. */
  sent(stage: number, image: number): void {
    const left = this.left[stage]!;
    if (--left[image]! > 0) return;
    while (this.imagesSent[stage]! < this.program.images && left[this.imagesSent[stage]!] === 0) {
      this.imagesSent[stage]!++;
    }
    const next = stage === this.last ? this.first : stage + 1;
    for (const fetch of this.fetches[next]!) fetch.wake();
  }
}
