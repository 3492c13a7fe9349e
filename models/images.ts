import { FileFormatError } from './file-format-error.js';
import type { Network } from './network.js';
import { readNpy } from './npy.js';
import { quantiseImage } from './preprocess.js';
import { describeProblem, didYouMean, type Problem } from './problem.js';
import { readSafetensors } from './safetensors.js';
import { describeTensor, elementsOf, type Tensor } from './tensor.js';

/** Which images of a file to run. */
export interface ImageSelection {
  /** A `.safetensors` or `.npy` file of raw 8-bit pixels, or of a network's signed 8-bit inputs. */
  readonly file: string;
  /** Tensor of a safetensors file, default "images". A .npy file holds one array, which has no name. */
  readonly tensor?: string;
  /** Index of the first image, default 0. */
  readonly first?: number;
  /** Number of images, default all from `first` on. */
  readonly count?: number;
}

/** Images before quantisation, so that each network can quantise its own input (`quantiseImage`). */
export interface RawImages {
  /** 8-bit pixels of each image, shape [C][H][W] row-major. */
  readonly pixels: Uint8Array[];
  /** Class of each image; null where the file does not say (no tensor "labels"). */
  readonly labels: number[] | null;
}

export interface Images {
  /** Network inputs, quantised, shape `network.inputShape`. */
  readonly images: Tensor[];
  /** Class of each image; null where the file does not say (no tensor "labels"). */
  readonly labels: number[] | null;
}

/** A selection of images that does not fit its file or the network; carries every problem found. */
export class ImageSelectionError extends Error {
  /** @param problems paths are those of the selection: "images.count" */
  constructor(readonly problems: readonly Problem[]) {
    super(problems.map(describeProblem).join('\n'));
    this.name = 'ImageSelectionError';
  }
}

/** What images must fit: the shape of the network's input, and how it makes integers of pixels, where that is known. */
export type ImageInput = Pick<Network, 'inputShape'> & Partial<Pick<Network, 'preprocess'>>;

/** Loads images for a network and applies its preprocessing; as `loadRawImages`. */
export function loadImages(network: Network, selection: ImageSelection): Images {
  const { pixels, labels } = loadRawImages(network, selection);
  return { images: pixels.map((image) => quantiseImage(network, image)), labels };
}

/**
 * Loads images of the size of a network's input.
 *
 * The pixels are U8, shaped [N][H][W] (one channel), [N][H][W][C], [N][C][H][W] or [N][C] (one pixel); labels, where there
 * are any, are whole numbers >= 0, one an image. A network that shifts its pixels (`Preprocess`) also takes its inputs
 * themselves, I8: they become the pixels that are shifted to them.
 *
 * @throws FileFormatError if the file is missing, damaged or of another kind
 * @throws ImageSelectionError with every problem, if tensor, shape, dtype, labels or range do not fit
 */
export function loadRawImages(network: ImageInput, selection: ImageSelection): RawImages {
  const problems: Problem[] = [];
  const tensors = readTensors(selection, problems);
  const name = selection.tensor ?? 'images';
  const pixels = tensors.get(name);
  if (pixels === undefined) {
    const allowed = `a tensor of the file: ${[...tensors.keys()].join(', ')}`;
    throw new ImageSelectionError([
      ...problems,
      { path: 'images.tensor', value: name, allowed, hint: didYouMean(name, tensors.keys()) },
    ]);
  }
  const layout = layoutOf(network, pixels, problems);
  const available = pixels.shape[0] ?? 0;
  const { first, count } = checkRange(selection.first ?? 0, selection.count, available, problems);
  const labels = readLabels(tensors.get('labels'), available, problems);
  if (problems.length > 0 || layout === null) throw new ImageSelectionError(problems);
  return {
    pixels: separateImages(unsignedPixels(pixels, network), network.inputShape, layout, first, count),
    labels: labels?.slice(first, first + count) ?? null,
  };
}

/** Order of an image's pixels: channel last (also one channel without an axis of its own), or channel first. */
export type PixelLayout = 'HWC' | 'CHW';

/** Images `first` .. `first + count - 1` of `pixels`, each [C][H][W]. The range must lie inside. */
export function separateImages(
  pixels: Uint8Array,
  shape: readonly [channels: number, height: number, width: number],
  layout: PixelLayout,
  first: number,
  count: number,
): Uint8Array[] {
  const size = elementsOf(shape);
  return Array.from({ length: count }, (_, i) => {
    const image = pixels.subarray((first + i) * size, (first + i + 1) * size);
    return layout === 'CHW' ? image : channelsFirst(image, shape[0]);
  });
}

/**
 * Checks first and count against the number of images there are. What does not fit is added to `problems`.
 */
export function checkRange(
  first: number,
  count: number | undefined,
  available: number,
  problems: Problem[],
): { first: number; count: number } {
  if (available === 0) {
    problems.push({ path: 'images', value: 'no image', allowed: 'a file with at least one image', hint: '' });
    return { first: 0, count: 0 };
  }
  if (!Number.isInteger(first) || first < 0 || first >= available) {
    const allowed = `a whole number from 0 to ${available - 1}`;
    problems.push({ path: 'images.first', value: first, allowed, hint: `there are ${available} images` });
    return { first: 0, count: 0 };
  }
  const left = available - first;
  if (count !== undefined && (!Number.isInteger(count) || count < 1 || count > left)) {
    const allowed = `a whole number from 1 to ${left}`;
    problems.push({ path: 'images.count', value: count, allowed, hint: `${left} images stand from ${first} on` });
  }
  return { first, count: count ?? left };
}

function readTensors({ file, tensor }: ImageSelection, problems: Problem[]): Map<string, Tensor> {
  if (file.endsWith('.safetensors')) return readSafetensors(file);
  if (file.endsWith('.npy')) {
    if (tensor !== undefined) {
      const hint = 'an .npy file holds one array, without a name';
      problems.push({ path: 'images.tensor', value: tensor, allowed: 'nothing', hint });
    }
    return new Map([[tensor ?? 'images', readNpy(file)]]);
  }
  throw new FileFormatError(file, 'is neither a .safetensors nor a .npy file', 'images are read from those two');
}

function layoutOf(network: ImageInput, pixels: Tensor, problems: Problem[]): PixelLayout | null {
  const [channels, height, width] = network.inputShape;
  const shape = pixels.shape.slice(1).join();
  const isHwc = shape === `${height},${width},${channels}` || (channels === 1 && shape === `${height},${width}`);
  const isChw = shape === `${channels},${height},${width}` || (height * width === 1 && shape === `${channels}`);
  const ambiguous = isHwc && isChw && channels > 1;
  const typed = pixels.dtype === 'U8' || (pixels.dtype === 'I8' && takesSignedInputs(network));
  if (typed && (isHwc || isChw) && !ambiguous) return isHwc ? 'HWC' : 'CHW';
  const hint = ambiguous ? 'the order of its axes is ambiguous' : 'raw 8-bit pixels of the size of the network input';
  problems.push({ path: 'images.tensor', value: describeTensor(pixels), allowed: imagesFor(network), hint });
  return null;
}

/** The images that a network takes: "U8 [N, 28, 28], [N, 28, 28, 1] or [N, 1, 28, 28]". */
function imagesFor(network: ImageInput): string {
  const [channels, height, width] = network.inputShape;
  const plain = channels === 1 ? `[N, ${height}, ${width}], ` : height * width === 1 ? `[N, ${channels}], ` : '';
  const types = takesSignedInputs(network) ? 'U8 pixels or I8 inputs' : 'U8';
  return `${types} ${plain}[N, ${height}, ${width}, ${channels}] or [N, ${channels}, ${height}, ${width}]`;
}

function takesSignedInputs({ preprocess }: ImageInput): boolean {
  return preprocess?.kind === 'shifted' && preprocess.offset === -128;
}

/** The pixels; of signed inputs those that the network shifts to them. */
function unsignedPixels({ dtype, data }: Tensor, { preprocess }: ImageInput): Uint8Array {
  if (dtype !== 'I8' || preprocess?.kind !== 'shifted') return data as Uint8Array;
  const { offset } = preprocess;
  return Uint8Array.from(data, (input) => input - offset);
}

function readLabels(labels: Tensor | undefined, images: number, problems: Problem[]): number[] | null {
  if (labels === undefined) return null;
  const values = Array.from(labels.data);
  if (labels.shape.length !== 1 || values.length !== images || !values.every((v) => Number.isInteger(v) && v >= 0)) {
    const allowed = `whole numbers >= 0, shape [${images}]`;
    problems.push({ path: 'images.labels', value: describeTensor(labels), allowed, hint: 'one label an image' });
  }
  return values;
}

function channelsFirst(image: Uint8Array, channels: number): Uint8Array {
  const pixels = image.length / channels;
  const planes = new Uint8Array(image.length);
  for (let channel = 0; channel < channels; channel++) {
    for (let i = 0; i < pixels; i++) planes[channel * pixels + i] = image[i * channels + channel]!;
  }
  return planes;
}
