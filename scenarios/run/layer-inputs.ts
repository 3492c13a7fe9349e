import type { Tensor } from '../../models/tensor.js';

/**
 * What the matrix layers of a network read, image by image: made when first asked for, and dropped when the next one has
 * left the chip, so that memory does not grow with the number of images.
 */
export class LayerInputs {
  private readonly images = new Map<number, ReadonlyMap<string, Tensor>>();

  /** @param make inputs of every matrix layer, by name; the same each time for the same image */
  constructor(private readonly make: (image: number) => ReadonlyMap<string, Tensor>) {}

  of(layer: string, image: number): Tensor {
    let inputs = this.images.get(image);
    if (inputs === undefined) {
      inputs = this.make(image);
      this.images.set(image, inputs);
    }
    return inputs.get(layer)!;
  }

  /** Earlier images are not read any more, but for windows that no output needs, if there are any: those make them again. */
  dropBefore(image: number): void {
    for (const earlier of this.images.keys()) if (earlier < image) this.images.delete(earlier);
  }
}
