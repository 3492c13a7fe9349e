import { createHash } from 'node:crypto';
import { resolve } from 'node:path';
import type { IntegerParameter } from '../components/declaration.js';
import { encodingProblems, weightFormat } from '../mapping/encoding.js';
import { MappingError } from '../mapping/mapping-error.js';
import { BUNDLED_MODELS, bundledNetworkPath, isBundledModel, sampleImages } from '../models/bundled.js';
import { dataSetOf } from '../models/data-sets.js';
import { FileFormatError } from '../models/file-format-error.js';
import { type FloatWeights, floatWeightsPath, loadFloatWeights } from '../models/float-network.js';
import { ImageSelectionError, loadRawImages } from '../models/images.js';
import { loadNetwork } from '../models/load-network.js';
import { type MatrixLayer, matrixLayers } from '../models/matrix-layer.js';
import type { Network } from '../models/network.js';
import { NetworkFormatError } from '../models/network-format-error.js';
import { readFile } from '../models/read-file.js';
import type { CalibrationRecord } from '../sim/results/calibration.js';
import { reportEncoding, reportMapping } from './encoding-checks.js';
import { fileLabel } from './file-label.js';
import { type Findings, readSection, type Section } from './findings.js';
import { MAPPING_PARAMETERS } from './mapping-parameters.js';
import { readParameter } from './parameter.js';
import { listed, nearestName, shown } from './problem.js';
import { CalibrationFormatError, parseCalibration } from './quantise/parse-calibration.js';
import { compileLayer, givenDecision, leastActivationBits, planLayers, planNetwork } from './quantise/plan-network.js';
import { isFault } from './quantities.js';
import type { ResolvedSettings } from './settings.js';
import { IMAGES_KEYS } from './workload-keys.js';

/** A network, and the images that it classifies. */
export interface NetworkWorkload {
  readonly kind: 'network';
  /** Name of a bundled model, or the file as the scenario names it. */
  readonly model: string;
  readonly network: Network;
  /** SHA-256 over the files of the network, and of its float weights where they are used. */
  readonly modelSha256: string;
  /** Null where the mapping takes the network's own integers. */
  readonly floatWeights: FloatWeights | null;
  /** Decisions that the scenario names (`mapping.decisions`); null where it names none. */
  readonly decisions: CalibrationRecord | null;
  readonly images: NetworkImages;
}

export interface NetworkImages {
  /** Index of the first image in its file or in the bundled images. */
  readonly first: number;
  /** 8-bit pixels of each image, shape `network.inputShape`. */
  readonly pixels: readonly Uint8Array[];
  /** Class of each image; null where the file does not say. */
  readonly labels: readonly number[] | null;
}

/** A workload and how the resolved scenario shows it. */
export interface ResolvedNetworkWorkload {
  readonly workload: NetworkWorkload;
  readonly echo: Record<string, unknown>;
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

/** Reads a workload of kind `network`. Everything wrong with it goes to `findings`; null where it cannot be used. */
export function resolveNetworkWorkload(
  section: Section,
  decisionsFile: unknown,
  settings: ResolvedSettings,
  baseDir: string,
  findings: Findings,
): ResolvedNetworkWorkload | null {
  const model = readModel(section['model'], baseDir, findings);
  const selection = readSelection(section['images'], findings);
  if (model === null) return null;
  checkWeights(model.network, settings, findings);
  const floats = readFloatWeights(model, settings, findings);
  const decisions = readDecisions(decisionsFile, model, settings, baseDir, findings);
  if (floats !== null) checkMapping(model, floats.weights, decisions?.record ?? null, settings, findings);
  const images = selection === null ? null : loadSelection(model, selection, baseDir, findings);
  if (images === null || floats === null || decisions === null) return null;
  const { name, network, sha256 } = model;
  const modelSha256 = floats.sha256 ?? sha256;
  return {
    workload: {
      kind: 'network',
      model: name,
      network,
      modelSha256,
      floatWeights: floats.weights,
      decisions: decisions.record,
      images: images.images,
    },
    echo: { kind: 'network', model: name, modelSha256, ...decisions.echo, images: images.echo },
  };
}

/** The float weights where the mapping starts from them; null, and reported, where it cannot. */
function readFloatWeights(
  { name, network, file }: LoadedModel,
  { mapping }: ResolvedSettings,
  findings: Findings,
): { readonly weights: FloatWeights | null; readonly sha256?: string } | null {
  const path = 'mapping.quantisation';
  if (!findings.sound(path) || mapping.quantisation === 'network') return { weights: null };
  const refuse = (lacks: string, hint: string): null => {
    findings.report({
      path,
      value: `${shown(mapping.quantisation)}, and ${name} has no ${lacks}`,
      allowed: 'network',
      hint,
    });
    return null;
  };
  try {
    const weights = loadFloatWeights(file, network);
    if (weights === null) {
      return refuse('float weights', 'they stand in fp32.safetensors beside the network (docs/network-format.md)');
    }
    if (mapping.quantisation === 'calibrated' && dataSetOf(network) === null) {
      return refuse('known data set', 'calibration images are known for networks of MNIST and CIFAR-10');
    }
    return { weights, sha256: sha256Of(file, tensorsOf(file), floatWeightsPath(file)) };
  } catch (error) {
    if (error instanceof FileFormatError || error instanceof NetworkFormatError) {
      return refuse(`usable float weights: ${error.message}`, 'repair the file, or use the integers of the network');
    }
    throw error;
  }
}

/** The decisions that the scenario names; null, and reported, where they do not fit the network and the scheme. */
function readDecisions(
  given: unknown,
  { network }: LoadedModel,
  { machine, mapping }: ResolvedSettings,
  baseDir: string,
  findings: Findings,
): { readonly record: CalibrationRecord | null; readonly echo: Record<string, unknown> } | null {
  if (given === undefined) return { record: null, echo: {} };
  const path = 'mapping.decisions';
  const refuse = (value: string, allowed: string): null => {
    findings.report({ path, value, allowed, hint: '`ousim calibrate` writes such a file' });
    return null;
  };
  if (mapping.quantisation !== 'calibrated' && findings.sound('mapping.quantisation')) {
    const hint = 'set mapping.quantisation=calibrated, or leave the decisions out';
    findings.report({ path, value: shown(given), allowed: 'only with mapping.quantisation calibrated', hint });
    return null;
  }
  if (typeof given !== 'string') return refuse(shown(given), 'the name of a .json file');
  const file = resolve(baseDir, given);
  const task = { network, floatWeights: null, machine, mapping };
  try {
    const text = new TextDecoder().decode(readFile(file, 'a file of decisions'));
    // Without scheme and machine nothing can be said about what the file holds.
    if (!mappingSound(mapping, findings)) return null;
    const record = parseCalibration(text, task);
    return { record, echo: { decisions: fileLabel(given), decisionsSha256: sha256Of(file) } };
  } catch (error) {
    if (error instanceof FileFormatError) {
      const allowed = `decisions of the scheme ${mapping.scheme} about every layer of the network`;
      return refuse(`${shown(given)}: ${error.problem}`, allowed);
    }
    if (!(error instanceof CalibrationFormatError)) throw error;
    for (const problem of error.problems) {
      if (problem.path === '') refuse(`${shown(given)}: ${problem.value}`, problem.allowed);
      else findings.report({ ...problem, path: `${path} (${fileLabel(given)}): ${problem.path}` }, path);
    }
    return null;
  }
}

/** Whether all is sound that the mapping of a network reads, apart from its decisions. */
function mappingSound({ scheme }: ResolvedSettings['mapping'], findings: Findings): boolean {
  const ofMapping = [...Object.keys(MAPPING_PARAMETERS), scheme].map((key) => `mapping.${key}`);
  return findings.sound(...ofMapping, 'machine.crossbar', 'machine.ou', 'machine.input.bitsPerPlane');
}

/**
 * Reports what the scheme refuses: with decisions of the user's for any layer, else for the smallest one, since what
 * remains to be refused then are words, encodings and sizes, which all layers share.
 */
function checkMapping(
  { network }: LoadedModel,
  floatWeights: FloatWeights | null,
  decisions: CalibrationRecord | null,
  settings: ResolvedSettings,
  findings: Findings,
): void {
  if (!mappingSound(settings.mapping, findings)) return;
  const { quantisation, activationBits } = settings.mapping;
  const least = leastActivationBits(network);
  if (quantisation !== 'network' && activationBits !== 0 && activationBits < least) {
    const hint = 'the input of the network is signed, and the sign takes a bit';
    const allowed = `at least ${least}, or 0 for those of the network`;
    findings.report({ path: 'mapping.activationBits', value: String(activationBits), allowed, hint });
    return;
  }
  const task = { network, floatWeights, machine: settings.machine, mapping: settings.mapping };
  try {
    if (decisions !== null) planNetwork(task, decisions.decision);
    const layers = planLayers(task, decisions?.decision ?? givenDecision(task), [smallestLayer(network)]);
    for (const layer of layers.values()) compileLayer(layer, settings.mapping);
  } catch (error) {
    if (!(error instanceof MappingError)) throw error;
    reportMapping(error.problems, settings.mapping, 'mapping', findings);
  }
}

function smallestLayer(network: Network): MatrixLayer {
  const size = ({ rows, outputs }: MatrixLayer) => rows * outputs;
  return [...matrixLayers(network).values()].reduce((small, layer) => (size(layer) < size(small) ? layer : small));
}

function tensorsOf(file: string): string {
  return file.replace(/\.json$/, '.safetensors');
}

interface LoadedModel {
  readonly name: string;
  readonly network: Network;
  /** The network's JSON file. */
  readonly file: string;
  readonly sha256: string;
}

const MODEL_NAMES: readonly string[] = BUNDLED_MODELS.map(({ name }) => name);
const MODELS_ALLOWED = `${listed(MODEL_NAMES)}, or the .json file of a network in ousim's quantised format`;

function readModel(given: unknown, baseDir: string, findings: Findings): LoadedModel | null {
  const path = 'workload.model';
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

interface Selection {
  readonly file: string | null;
  readonly tensor: string | null;
  readonly first: number;
  readonly count: number;
}

function readSelection(given: unknown, findings: Findings): Selection | null {
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

function loadSelection(
  { name, network }: LoadedModel,
  { file, tensor, first, count }: Selection,
  baseDir: string,
  findings: Findings,
): { images: NetworkImages; echo: Record<string, unknown> } | null {
  const path = 'workload.images';
  try {
    if (file === null) {
      const sample = sampleImages(network, first, count);
      if (sample === null) {
        findings.report({
          path: `${path}.file`,
          value: 'nothing',
          allowed: 'a .safetensors or .npy file of images',
          hint: 'only networks of MNIST and CIFAR-10 have images that come with ousim',
        });
        return null;
      }
      return { images: { first, pixels: sample.pixels, labels: sample.labels }, echo: { first, count } };
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
    return { images: { first, pixels, labels }, echo };
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

/** The weights of every layer against the encoding, the cells and the crossbars. */
function checkWeights(network: Network, settings: ResolvedSettings, findings: Findings): void {
  const layers = [...matrixLayers(network).values()];
  for (const weightBits of new Set(layers.map((layer) => layer.weightBits))) {
    reportEncoding(settings, weightBits, 'workload.model', findings);
  }
  const { encoding } = settings.mapping;
  if (!findings.sound('mapping.encoding')) return;
  for (const { name, weights, weightBits } of layers) {
    if (encodingProblems(encoding, weightBits, 1).length > 0) continue;
    const { minWeight, maxWeight } = weightFormat(encoding, weightBits, 1);
    const outside = weights.find((weight) => weight < minWeight || weight > maxWeight);
    if (outside === undefined) continue;
    findings.report({
      path: 'mapping.encoding',
      value: `${shown(encoding)}, with the weight ${outside} in layer ${name}`,
      allowed: `an encoding of ${weightBits}-bit weights that has ${outside}; ${encoding} has ${minWeight} to ${maxWeight}`,
      hint: 'use offset or twos-complement',
    });
    return;
  }
}

/** SHA-256 over the bytes of the files, one after the other. */
function sha256Of(...files: readonly string[]): string {
  const hash = createHash('sha256');
  for (const file of files) hash.update(readFile(file, 'a file'));
  return hash.digest('hex');
}
