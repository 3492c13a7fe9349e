import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { dirname, isAbsolute, join, normalize } from 'node:path';
import { FileFormatError } from '../file-format-error.js';
import type { FloatWeights } from '../float-network.js';
import { imageShape, type PixelNormalisation, plainPixels } from '../layer-graph/image-input.js';
import type { LayerGraph } from '../layer-graph/layer-graph.js';
import { lowerQuantised } from '../layer-graph/lower-quantised.js';
import { quantiseAfterTraining } from '../layer-graph/quantise-after-training.js';
import type { Network } from '../network.js';
import { NetworkFormatError } from '../network-format-error.js';
import { decodeOnnx } from './onnx-schema.js';
import { readGraph } from './read-graph.js';

/** The real input of a model, for whoever provides calibration inputs. */
export interface ModelInput {
  /** [channels, height, width]; features are channels of one pixel. */
  readonly shape: readonly [number, number, number];
  readonly pixels: PixelNormalisation;
}

export interface OnnxImportOptions {
  /**
   * How 8-bit pixels become the model's real input, (pixel / 255 - mean) / std per channel; an ONNX file does not say it. Left
   * out: pixel / 255. A model may also do it itself, by constants that it subtracts and multiplies at its beginning.
   */
  readonly pixels?: PixelNormalisation;
  /** Real inputs that a float model is quantised with; not called for quantised models. Left out: float models are refused. */
  readonly calibration?: (input: ModelInput) => Iterable<ArrayLike<number>>;
}

/** An imported network; float weights only of a float model. */
export interface ImportedOnnx {
  readonly network: Network;
  readonly floatWeights: FloatWeights | null;
}

/**
 * A network from an `.onnx` file: quantised (QDQ, QLinear and Integer operators), or float and then quantised here with
 * calibration inputs. `SUPPORTED_OPERATORS` (`read-graph.ts`) lists the operators.
 *
 * @param fileName path of the file: names it in errors; external data are read from files beside it
 * @throws FileFormatError if the bytes are no ONNX model, or external data are missing
 * @throws NetworkFormatError with everything that cannot be imported, each with its node
 */
export function importOnnx(bytes: Uint8Array, fileName: string, options: OnnxImportOptions = {}): Network {
  return importOnnxWithWeights(bytes, fileName, options).network;
}

/** As `importOnnx`, with the float weights of a float model. */
export function importOnnxWithWeights(
  bytes: Uint8Array,
  fileName: string,
  options: OnnxImportOptions = {},
): ImportedOnnx {
  const graph = readOnnxGraph(bytes, fileName);
  const shape = imageShape(graph.input.shape);
  const pixels = options.pixels ?? plainPixels(shape[0]);
  checkPixels(pixels, shape[0], fileName);
  if (isQuantised(graph)) return { network: lowerQuantised(graph, pixels, fileName), floatWeights: null };
  const inputs = [...(options.calibration?.({ shape, pixels }) ?? [])];
  if (inputs.length === 0) {
    throw new NetworkFormatError(fileName, [
      {
        path: 'calibration',
        value: undefined,
        allowed: 'at least one input to quantise a float model with; some hundred typical images are usual',
        hint: 'in a scenario workload.calibration: { file: images.safetensors, tensor: images }, or quantise the model first (QDQ)',
      },
    ]);
  }
  return quantiseAfterTraining(graph, inputs, pixels, fileName);
}

/** The layers of an `.onnx` file, for `evaluate`; throws as `importOnnx`. */
export function readOnnxGraph(bytes: Uint8Array, fileName: string): LayerGraph {
  const readExternal = (location: string, offset: number, length: number | null) =>
    readExternalData(fileName, location, offset, length);
  return readGraph(decodeOnnx(bytes, fileName), fileName, readExternal);
}

function isQuantised(graph: LayerGraph): boolean {
  return graph.input.integers !== null || graph.layers.some(({ op }) => op === 'quantise' || op === 'dequantise');
}

function checkPixels({ mean, std }: PixelNormalisation, channels: number, path: string): void {
  const fits = mean.length === channels && std.length === channels;
  if (fits && mean.every(Number.isFinite) && std.every((value) => value > 0 && Number.isFinite(value))) return;
  const allowed = `${channels} finite means and ${channels} standard deviations above 0, one per channel`;
  throw new NetworkFormatError(path, [{ path: 'pixels', value: { mean, std }, allowed, hint: '' }]);
}

/** Bytes of a file beside the model. Its name must not lead out of the model's folder. */
function readExternalData(model: string, location: string, offset: number, length: number | null): Uint8Array {
  const inside = normalize(location);
  if (location === '' || isAbsolute(inside) || inside.split(/[/\\]/).includes('..')) {
    throw new FileFormatError(
      model,
      `external data in "${location}"`,
      'the name of a file in the folder of the model is expected; the file is damaged or of another kind',
    );
  }
  const path = join(dirname(model), inside);
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch (error) {
    throw new FileFormatError(path, `cannot be read: ${(error as Error).message}`, `${model} keeps its weights there`);
  }
  try {
    const { size } = fstatSync(file);
    const count = length ?? size - offset;
    if (!(offset >= 0 && count >= 0 && offset + count <= size)) {
      throw new FileFormatError(
        path,
        `holds ${size} bytes; bytes ${offset} to ${offset + count} were announced`,
        `the file is truncated or does not belong to ${model}`,
      );
    }
    const bytes = new Uint8Array(count);
    let filled = 0;
    while (filled < count) filled += readSync(file, bytes, filled, count - filled, offset + filled);
    return bytes;
  } finally {
    closeSync(file);
  }
}
