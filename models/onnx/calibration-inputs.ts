import { FileFormatError } from '../file-format-error.js';
import { loadRawImages } from '../images.js';
import { readNpy } from '../npy.js';
import { readSafetensors } from '../safetensors.js';
import { describeTensor, elementsOf, type Tensor } from '../tensor.js';
import type { ModelInput } from './import-onnx.js';

/**
 * Inputs that a float model is quantised with: raw 8-bit images (U8, as `loadRawImages` reads them), normalised as the
 * model's inputs are, or real inputs (F32 or F64, [N][C][H][W], for features [N][K]) as they are.
 *
 * @param file a `.safetensors` or `.npy` file; all of its images are taken
 * @param tensor name in a `.safetensors` file; "images" where left out
 * @returns shape `input.shape` each
 * @throws FileFormatError if the file is missing, damaged, of another kind or shape
 * @throws ImageSelectionError if a tensor of raw images is missing or does not fit the input
 */
export function readCalibrationInputs(file: string, tensor: string | undefined, input: ModelInput): Float32Array[] {
  const name = tensor ?? 'images';
  const values = file.endsWith('.npy') ? readNpy(file) : readNamed(file, name);
  if (values !== null && (values.dtype === 'F32' || values.dtype === 'F64')) return separateInputs(values, file, input);
  const selection = { file, ...(tensor === undefined ? {} : { tensor }) };
  const { pixels } = loadRawImages({ inputShape: input.shape }, selection);
  return pixels.map((image) => normalise(image, input));
}

function readNamed(file: string, name: string): Tensor | null {
  return file.endsWith('.safetensors') ? (readSafetensors(file).get(name) ?? null) : null;
}

function separateInputs({ dtype, shape, data }: Tensor, file: string, input: ModelInput): Float32Array[] {
  const size = elementsOf(input.shape);
  const isFeatures = shape.length === 2 && input.shape[1] === 1 && input.shape[2] === 1 && shape[1] === size;
  if (!isFeatures && (shape.length !== 4 || shape.slice(1).join() !== input.shape.join())) {
    const needed = `[N, ${input.shape.join(', ')}]`;
    throw new FileFormatError(
      file,
      `holds ${describeTensor({ dtype, shape })}`,
      `inputs of shape ${needed} are needed`,
    );
  }
  const bad = data.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) throw new FileFormatError(file, `element ${bad} is ${data[bad]}`, 'inputs are finite');
  return Array.from({ length: shape[0]! }, (_, i) => Float32Array.from(data.slice(i * size, (i + 1) * size)));
}

/** (pixel / 255 - mean) / std of each channel. */
function normalise(image: Uint8Array, { shape, pixels }: ModelInput): Float32Array {
  const size = shape[1] * shape[2];
  return Float32Array.from(image, (pixel, i) => {
    const channel = Math.floor(i / size);
    return (pixel / 255 - pixels.mean[channel]!) / pixels.std[channel]!;
  });
}
