import { createHash } from 'node:crypto';
import { resolve } from 'node:path';
import { BUNDLED_MODELS, bundledNetworkPath, isBundledModel } from '../models/bundled.js';
import { FileFormatError } from '../models/file-format-error.js';
import type { FloatWeights } from '../models/float-network.js';
import { loadNetwork } from '../models/load-network.js';
import type { Network } from '../models/network.js';
import { NetworkFormatError } from '../models/network-format-error.js';
import { readFile } from '../models/read-file.js';
import { importTflite } from '../models/tflite/import-tflite.js';
import { distributionsPath } from '../models/zoo/distributions.js';
import { isShape, SHAPES, shapeNetwork } from '../models/zoo/shapes.js';
import { fileLabel } from './file-label.js';
import type { Findings, Section } from './findings.js';
import { readOnnxModel, refuseOnnxSettings } from './onnx-model.js';
import { listed, nearestName, shown } from './problem.js';

/** A network that a workload names, loaded. */
export interface LoadedModel {
  readonly name: string;
  readonly network: Network;
  /** The network's JSON file; of a shape, the file of the distributions that its numbers are drawn from. */
  readonly file: string;
  readonly sha256: string;
  /** Float weights that an importer gives with the network; left out: they may stand beside its JSON file. */
  readonly floatWeights?: FloatWeights | null;
  /** What the resolved scenario shows of the importer's settings. */
  readonly echo?: Readonly<Record<string, unknown>>;
}

const BUNDLED_NAMES: readonly string[] = BUNDLED_MODELS.map(({ name }) => name);
const MODEL_NAMES: readonly string[] = [...BUNDLED_NAMES, ...SHAPES.map(({ name }) => name)];
const MODELS_ALLOWED = `${listed(BUNDLED_NAMES)}, a shape such as \`vgg16\` (all: \`ousim list\`), or the file of a network: .tflite, .onnx, or .json in ousim's quantised format`;

/**
 * The network; null, and reported, where it cannot be loaded.
 *
 * @param workload the section that names it, with the settings of importers
 */
export function readModel(
  given: unknown,
  baseDir: string,
  findings: Findings,
  workload: Section = {},
): LoadedModel | null {
  const path = 'workload.model';
  const isOnnx = typeof given === 'string' && given.endsWith('.onnx');
  if (!isOnnx) refuseOnnxSettings(workload, findings);
  if (typeof given === 'string' && isShape(given)) {
    const network = shapeNetwork(given);
    const file = distributionsPath();
    return {
      name: given,
      network,
      file,
      sha256: sha256OfText(`${given} ${network.synthetic!.seed} ${sha256Of(file)}`),
    };
  }
  if (typeof given !== 'string' || !(isBundledModel(given) || /[/\\.]/.test(given))) {
    const nearest = typeof given === 'string' ? nearestName(given, MODEL_NAMES) : undefined;
    findings.report({
      path,
      value: shown(given),
      allowed: MODELS_ALLOWED,
      ...(nearest === undefined ? {} : { hint: `did you mean \`${nearest}\`?` }),
    });
    return null;
  }
  const file = isBundledModel(given) ? bundledNetworkPath(given) : resolve(baseDir, given);
  try {
    if (isOnnx) {
      const model = readOnnxModel(file, workload, baseDir, findings);
      if (model === null) return null;
      const { network, floatWeights, echo, files } = model;
      return { name: fileLabel(given), network, floatWeights, echo, file, sha256: sha256Of(file, ...files) };
    }
    if (given.endsWith('.tflite')) {
      const network = importTflite(readFile(file, 'a TensorFlow Lite file'), file);
      return { name: fileLabel(given), network, floatWeights: null, file, sha256: sha256Of(file) };
    }
    const network = loadNetwork(file);
    const sha256 = sha256Of(file, tensorsOf(file));
    const name = isBundledModel(given) ? given : fileLabel(given);
    return { name, network, file, sha256 };
  } catch (error) {
    if (error instanceof FileFormatError) {
      findings.report({
        path,
        value: `${shown(namedFile(given, error.path))}: ${error.problem}`,
        allowed: MODELS_ALLOWED,
        hint: error.hint,
      });
    } else if (error instanceof NetworkFormatError) {
      for (const { path: inside, value, allowed, hint } of error.problems) {
        const where = `${path} (${fileLabel(given)}): ${inside}`;
        findings.report({ path: where, value: shown(value), allowed, ...(hint === '' ? {} : { hint }) }, path);
      }
    } else {
      throw error;
    }
    return null;
  }
}

/** The file as the user knows it: the model, or the file of its tensors beside it. */
function namedFile(model: string, file: string): string {
  return file.endsWith('.safetensors') ? model.replace(/\.json$/, '.safetensors') : model;
}

/** The file of the tensors of a network, beside its JSON file. */
export function tensorsOf(file: string): string {
  return file.replace(/\.json$/, '.safetensors');
}

/** SHA-256 over the bytes of the files, one after the other. */
export function sha256Of(...files: readonly string[]): string {
  const hash = createHash('sha256');
  for (const file of files) hash.update(readFile(file, 'a file'));
  return hash.digest('hex');
}

function sha256OfText(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
