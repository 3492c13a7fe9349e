import { resolve } from 'node:path';
import type { IntegerParameter } from '../components/declaration.js';
import { sampleImages } from '../models/bundled.js';
import { FileFormatError } from '../models/file-format-error.js';
import { ImageSelectionError, loadRawImages } from '../models/images.js';
import { elementsOf } from '../models/tensor.js';
import { Random } from '../sim/random.js';
import { fileLabel } from './file-label.js';
import { type Findings, readSection } from './findings.js';
import { type LoadedModel, sha256Of } from './network-model.js';
import { readParameter } from './parameter.js';
import { shown } from './problem.js';
import { isFault } from './quantities.js';
import { IMAGES_KEYS } from './workload-keys.js';

export interface NetworkImages {
  /** Index of the first image in its file or in the bundled images. */
  readonly first: number;
  /** 8-bit pixels of each image, shape `network.inputShape`. */
  readonly pixels: readonly Uint8Array[];
  /** Class of each image; null where the file does not say. */
  readonly labels: readonly number[] | null;
  /** True where no images were given and there are none of the network's data set: the pixels are drawn at random. */
  readonly drawn: boolean;
}

const whole = (min: number, byDefault: number, doc: string): IntegerParameter => ({
  type: 'integer',
  unit: '1',
  min,
  max: 1e9,
  default: byDefault,
  doc,
});

export const IMAGES_PARAMETERS = {
  first: whole(0, 0, 'Index of the first image.'),
  count: whole(1, 1, 'Number of images.'),
} as const;

/** Image `first + i` is the same whatever else is drawn. */
function drawnPixels(shape: readonly number[], first: number, count: number): Uint8Array[] {
  return Array.from({ length: count }, (_, i) => {
    const random = new Random(first + i);
    return Uint8Array.from({ length: elementsOf(shape) }, () => random.below(256));
  });
}

/** Which images of which file; checked, not loaded. */
export interface Selection {
  readonly file: string | null;
  readonly tensor: string | null;
  readonly first: number;
  readonly count: number;
}

/** The selection; null, and reported, where something is wrong with it. */
export function readSelection(given: unknown, findings: Findings): Selection | null {
  const path = 'workload.images';
  const section = given === undefined ? {} : readSection(given, path, IMAGES_KEYS, findings);
  if (section === null) return null;
  const text = (name: 'file' | 'tensor', allowed: string): string | null => {
    const value = section[name];
    if (value === undefined || (typeof value === 'string' && value !== '')) return value ?? null;
    findings.report({ path: `${path}.${name}`, value: shown(value), allowed });
    return null;
  };
  const number = (name: keyof typeof IMAGES_PARAMETERS): number => {
    const parameter = IMAGES_PARAMETERS[name];
    const value = Object.hasOwn(section, name) ? section[name] : parameter.default;
    const read = readParameter(parameter, value, null);
    if (!isFault(read)) return read.value as number;
    findings.report({ path: `${path}.${name}`, value: shown(value), ...read });
    return parameter.default;
  };
  const selection: Selection = {
    file: text('file', 'the name of a .safetensors or .npy file, relative to the scenario file'),
    tensor: text('tensor', 'the name of a tensor in the file'),
    first: number('first'),
    count: number('count'),
  };
  if (selection.tensor !== null && section['file'] === undefined) {
    findings.report({
      path: `${path}.tensor`,
      value: shown(selection.tensor),
      allowed: 'left out with the bundled images',
      hint: `name the file that holds it in ${path}.file`,
    });
  }
  return findings.sound(path) ? selection : null;
}

/** The images and how the resolved scenario shows them; null, and reported, where they cannot be loaded. */
export function loadSelection(
  { name, network }: LoadedModel,
  { file, tensor, first, count }: Selection,
  baseDir: string,
  findings: Findings,
): { images: NetworkImages; echo: Record<string, unknown> } | null {
  const path = 'workload.images';
  try {
    if (file === null) {
      // The inputs of a synthetic network's layers are drawn, one set an image.
      const sample = network.synthetic === null ? sampleImages(network, first, count) : null;
      const images = sample ?? { pixels: drawnPixels(network.inputShape, first, count), labels: null };
      return {
        images: { first, ...images, drawn: sample === null },
        echo: { first, count, ...(sample === null ? { drawn: true } : {}) },
      };
    }
    const full = resolve(baseDir, file);
    const { pixels, labels } = loadRawImages(network, {
      file: full,
      first,
      count,
      ...(tensor === null ? {} : { tensor }),
    });
    const named = tensor === null ? {} : { tensor };
    const echo = { file: fileLabel(file), sha256: sha256Of(full), ...named, first, count };
    return { images: { first, pixels, labels, drawn: false }, echo };
  } catch (error) {
    if (error instanceof FileFormatError) {
      const value = file === null ? `the images of ${name}: ${error.problem}` : `${shown(file)}: ${error.problem}`;
      const allowed = 'a .safetensors or .npy file of images';
      findings.report({ path: file === null ? path : `${path}.file`, value, allowed, hint: error.hint });
    } else if (error instanceof ImageSelectionError) {
      for (const { path: inside, value, allowed, hint } of error.problems) {
        findings.report({ path: `workload.${inside}`, value: shown(value), allowed, ...(hint === '' ? {} : { hint }) });
      }
    } else {
      throw error;
    }
    return null;
  }
}
