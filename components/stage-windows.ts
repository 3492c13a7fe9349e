import type { Replica, Stage, StageInput } from '../mapping/chip-program.js';

/** Numbers of the windows and pixels of one replica of a stage, through all images. */
export class StageWindows {
  /** Local windows of the replica. */
  readonly count: number;
  private readonly replicas: number;

  constructor(
    readonly stage: Stage,
    readonly replica: number,
    readonly images: number,
    /** docs/timing-model.md, "Pipelining": windows need all pixels of their image. */
    private readonly wholeMaps: boolean,
  ) {
    this.replicas = stage.replicas.length;
    this.count = Math.max(0, Math.ceil((images * stage.windows - replica) / this.replicas));
  }

  get parts(): Replica['parts'] {
    return this.stage.replicas[this.replica]!.parts;
  }

  /** Number of a local window through the stage. */
  number(local: number): number {
    return this.replica + local * this.replicas;
  }

  imageOf(local: number): number {
    return Math.floor(this.number(local) / this.stage.windows);
  }

  /** Local windows of the images up to this one. */
  throughImage(image: number): number {
    return Math.max(0, Math.ceil(((image + 1) * this.stage.windows - this.replica) / this.replicas));
  }

  /** Pixels of the producer, counted through all images, that must be there for a local window. */
  needed(local: number, { needs }: StageInput, pixelsPerImage: number): number {
    const n = this.number(local);
    const image = Math.floor(n / this.stage.windows);
    return image * pixelsPerImage + (this.wholeMaps ? pixelsPerImage : needs[n - image * this.stage.windows]!);
  }

  /** First pixel that the replica needs for a local window or later ones; all where there is none. */
  kept(local: number, { keeps }: StageInput, pixelsPerImage: number): number {
    if (local >= this.count) return this.images * pixelsPerImage;
    const n = this.number(local);
    const image = Math.floor(n / this.stage.windows);
    return image * pixelsPerImage + keeps[n - image * this.stage.windows]!;
  }
}
