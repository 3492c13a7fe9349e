import { basename } from 'node:path';
import { FILE_BITS, formatMax, formatMin, plainFormat } from './activation-format.js';
import { FileFormatError } from './file-format-error.js';
import { isJsonObject, JsonFields } from './json-fields.js';
import type { ActivationFormat, Network, NetworkNode, Preprocess } from './network.js';
import { NetworkFormatError } from './network-format-error.js';
import { IMAGENET_MEAN, IMAGENET_STD } from './preprocess.js';
import type { Problem } from './problem.js';
import { readFile } from './read-file.js';
import { readFormat } from './read-format.js';
import { readNodes } from './read-nodes.js';
import { readSafetensors } from './safetensors.js';
import type { Tensor } from './tensor.js';

const KEYS = ['title', 'inputScale', 'inputSigned', 'inputFormat', 'inputShape', 'preprocess', 'nodes', 'report'];

/** No tensor of a network is larger; keeps nonsensical shapes from exhausting the memory. */
export const LARGEST_EXTENT = 65_536;

/**
 * Loads a network in ousim's quantised format: `NAME.json`, with its tensors in `NAME.safetensors` beside it.
 * The format is described in `docs/network-format.md`.
 *
 * @throws FileFormatError if one of the two files is missing, truncated or damaged
 * @throws NetworkFormatError with every problem found, if the parts do not make a network
 */
export function loadNetwork(jsonPath: string): Network {
  if (!jsonPath.endsWith('.json')) {
    throw new FileFormatError(
      jsonPath,
      'is no .json file',
      'name the JSON file of the network; its weights stand beside it',
    );
  }
  const bytes = readFile(jsonPath, "the JSON file of a network in ousim's quantised format");
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    throw new FileFormatError(
      jsonPath,
      `is not JSON: ${(error as Error).message}`,
      'the file is damaged or of another kind',
    );
  }
  return parseNetwork(json, readSafetensors(jsonPath.replace(/\.json$/, '.safetensors')), jsonPath);
}

/**
 * The same from parts in memory; `path` only names the file in errors and stands in for a missing title.
 *
 * @throws NetworkFormatError
 */
export function parseNetwork(json: unknown, tensors: ReadonlyMap<string, Tensor>, path: string): Network {
  const problems: Problem[] = [];
  if (!isJsonObject(json)) {
    throw new NetworkFormatError(path, [{ path: '(file)', value: json, allowed: 'a JSON object', hint: '' }]);
  }
  const fields = new JsonFields(json, '', problems);
  fields.onlyKeys(KEYS);
  const title = fields.has('title') ? fields.text('title') : basename(path, '.json');
  const inputScale = fields.positiveNumber('inputScale');
  const inputFormat = readInputFormat(fields);
  const inputShape = readInputShape(fields, inputFormat, json['nodes'], tensors);
  const preprocess = readPreprocess(fields, inputFormat, inputShape);
  const nodes = readNodes(fields, inputShape, inputFormat, tensors, problems);
  if (
    problems.length > 0 ||
    title === null ||
    inputScale === null ||
    inputFormat === null ||
    inputShape === null ||
    preprocess === null ||
    nodes === null
  ) {
    throw new NetworkFormatError(path, problems);
  }
  const activationBits = widestFormat(inputFormat, nodes);
  return { title, inputShape, inputFormat, activationBits, inputScale, preprocess, nodes, synthetic: null };
}

/** A of a network: the bits of its widest activations. */
export function widestFormat(inputFormat: ActivationFormat, nodes: readonly NetworkNode[]): number {
  return nodes.reduce((bits, { outputFormat }) => Math.max(bits, outputFormat.bits), inputFormat.bits);
}

/** `inputFormat`, or `inputSigned` instead, which means 8 bits without zero point. */
function readInputFormat(fields: JsonFields): ActivationFormat | null {
  if (!fields.has('inputFormat')) {
    const signed = fields.flag('inputSigned');
    return signed === null ? null : plainFormat(FILE_BITS, signed);
  }
  if (fields.has('inputSigned')) fields.report('inputSigned', 'left out beside inputFormat');
  return readFormat(fields, 'inputFormat');
}

type InputShape = readonly [number, number, number];

/**
 * `inputShape`, or what files without that key mean: they come from two data sets, MNIST (unsigned, one channel,
 * 28 x 28) and CIFAR-10 (signed, three channels, 32 x 32).
 */
function readInputShape(
  fields: JsonFields,
  format: ActivationFormat | null,
  nodes: unknown,
  tensors: ReadonlyMap<string, Tensor>,
): InputShape | null {
  if (fields.has('inputShape')) {
    const fits = (extent: unknown) =>
      Number.isSafeInteger(extent) && (extent as number) >= 1 && (extent as number) <= LARGEST_EXTENT;
    const allowed = `channels, height, width, whole numbers from 1 to ${LARGEST_EXTENT}`;
    return fields.list('inputShape', 3, fits, allowed) as InputShape | null;
  }
  const first: unknown = Array.isArray(nodes) ? nodes[0] : undefined;
  if (format === null || !isJsonObject(first)) return null;
  const channels = first['op'] === 'conv' ? tensors.get(String(first['weight']))?.shape[1] : undefined;
  if (!format.signed && channels === 1) return [1, 28, 28];
  if (format.signed && channels === 3) return [3, 32, 32];
  return fields.report(
    'inputShape',
    '[channels, height, width]',
    'it may be left out only where the first node is a conv of an unsigned one-channel (MNIST) or signed three-channel (CIFAR-10) input',
  );
}

/** `preprocess`, or what files without that key mean: raw pixels if unsigned, the ImageNet normalisation if signed. */
function readPreprocess(
  fields: JsonFields,
  format: ActivationFormat | null,
  shape: InputShape | null,
): Preprocess | null {
  if (!fields.has('preprocess')) {
    if (format === null || shape === null) return null;
    if (!format.signed) return { kind: 'raw' };
    if (shape[0] === 3) return { kind: 'normalise', mean: IMAGENET_MEAN, std: IMAGENET_STD };
    return fields.report(
      'preprocess',
      '{ kind: "normalise", mean, std }',
      'it may be left out only with three channels',
    );
  }
  const own = fields.section('preprocess', ['kind', '...']);
  const kind = own?.oneOf('kind', ['raw', 'shifted', 'normalise']) ?? null;
  if (own === null || kind === null) return null;
  switch (kind) {
    case 'raw':
      own.onlyKeys(['kind']);
      if (format?.signed)
        own.report('kind', '"shifted" or "normalise" with a signed input, "raw" with an unsigned one');
      return { kind };
    case 'shifted':
      return readShifted(own, format);
    case 'normalise':
      return readNormalise(own, shape);
  }
}

function readShifted(own: JsonFields, format: ActivationFormat | null): Preprocess | null {
  own.onlyKeys(['kind', 'offset']);
  if (format === null) return null;
  const [least, largest] = [formatMin(format), formatMax(format) - 255];
  if (largest < least) return own.report('kind', '"shifted" with an input of at least 8 bits');
  const offset = own.integer('offset', least, largest);
  return offset === null ? null : { kind: 'shifted', offset };
}

function readNormalise(own: JsonFields, shape: InputShape | null): Preprocess | null {
  own.onlyKeys(['kind', 'mean', 'std']);
  if (shape === null) return null;
  const mean = own.list('mean', shape[0], Number.isFinite, 'a finite number per channel');
  const isPositive = (item: unknown) => Number.isFinite(item) && (item as number) > 0;
  const std = own.list('std', shape[0], isPositive, 'a finite number above 0 per channel');
  return mean === null || std === null ? null : { kind: 'normalise', mean, std };
}
