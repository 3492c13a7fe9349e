import type { LabelledImages } from './data-sets.js';
import { executeNetwork } from './execute.js';
import { fastProduct } from './fast-product.js';
import { FloatNetwork, type FloatWeights } from './float-network.js';
import type { Network } from './network.js';
import { normaliseImage, quantiseImage } from './preprocess.js';

/** Top-1 of a network. */
export interface Accuracy {
  /** Images whose largest logit (the first, of equal ones) is that of their class. */
  readonly correct: number;
  readonly count: number;
  /** The class of the largest logit of each image. */
  readonly predictions: Uint16Array;
}

/** Called after every image. */
export type AccuracyProgress = (done: number, total: number) => void;

/** Classes that a prediction can name. */
const MAX_CLASSES = 65_536;

/** Measures the top-1 accuracy of networks on the same images; each network quantises its own input. */
export class AccuracyMeter {
  /** Number of images that are measured. */
  readonly count: number;

  /**
   * @param images raw, as many as labels
   * @param limit only so many images, from the first on; left out: all
   * @throws RangeError if there is no image, a label is missing, or the limit is no whole number from 1 to their number
   */
  constructor(
    private readonly images: LabelledImages,
    limit: number = images.pixels.length,
  ) {
    const { pixels, labels } = images;
    if (pixels.length === 0 || pixels.length !== labels.length) {
      throw new RangeError(`accuracy: ${pixels.length} images, ${labels.length} labels; needed: as many, at least 1`);
    }
    if (!Number.isInteger(limit) || limit < 1 || limit > pixels.length) {
      throw new RangeError(`accuracy: limit ${limit}; allowed: a whole number from 1 to ${pixels.length}`);
    }
    this.count = limit;
  }

  /** Of a quantised network, in its exact integers. */
  measure(network: Network, progress?: AccuracyProgress): Accuracy {
    const options = { product: fastProduct };
    return this.classify(
      network,
      (pixels) => executeNetwork(network, quantiseImage(network, pixels), options),
      progress,
    );
  }

  /** Of the float network that `network` was made from. */
  measureFloat(network: Network, floatWeights: FloatWeights, progress?: AccuracyProgress): Accuracy {
    const float = new FloatNetwork(network, floatWeights);
    return this.classify(network, (pixels) => float.execute(normaliseImage(network, pixels)), progress);
  }

  private classify(
    network: Network,
    logitsOf: (pixels: Uint8Array) => Float64Array,
    progress: AccuracyProgress | undefined,
  ): Accuracy {
    const { pixels, labels } = this.images;
    const predictions = new Uint16Array(this.count);
    let correct = 0;
    for (let image = 0; image < this.count; image++) {
      const logits = logitsOf(pixels[image]!);
      if (logits.length > MAX_CLASSES) {
        throw new RangeError(`network "${network.title}": ${logits.length} logits; allowed: at most ${MAX_CLASSES}`);
      }
      predictions[image] = indexOfLargest(logits);
      if (predictions[image] === labels[image]) correct++;
      progress?.(image + 1, this.count);
    }
    return { correct, count: this.count, predictions };
  }
}

function indexOfLargest(values: Float64Array): number {
  let largest = 0;
  for (let i = 1; i < values.length; i++) if (values[i]! > values[largest]!) largest = i;
  return largest;
}
