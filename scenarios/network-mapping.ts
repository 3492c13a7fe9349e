import { resolve } from 'node:path';
import { encodingProblems, weightFormat } from '../mapping/encoding.js';
import { MappingError } from '../mapping/mapping-error.js';
import { dataSetOf } from '../models/data-sets.js';
import { FileFormatError } from '../models/file-format-error.js';
import { type FloatWeights, floatWeightsPath, loadFloatWeights } from '../models/float-network.js';
import { type MatrixLayer, matrixLayers } from '../models/matrix-layer.js';
import type { Network } from '../models/network.js';
import { NetworkFormatError } from '../models/network-format-error.js';
import { readFile } from '../models/read-file.js';
import type { CalibrationRecord } from '../sim/results/calibration.js';
import { reportEncoding, reportMapping } from './encoding-checks.js';
import { fileLabel } from './file-label.js';
import type { Findings } from './findings.js';
import { MAPPING_PARAMETERS } from './mapping-parameters.js';
import { type LoadedModel, sha256Of, tensorsOf } from './network-model.js';
import { shown } from './problem.js';
import { CalibrationFormatError, parseCalibration } from './quantise/parse-calibration.js';
import { compileLayer, givenDecision, leastActivationBits, planLayers, planNetwork } from './quantise/plan-network.js';
import type { ResolvedSettings } from './settings.js';

/** The float weights where the mapping starts from them; null, and reported, where it cannot. */
export function readFloatWeights(
  { name, network, file, floatWeights: imported }: LoadedModel,
  { mapping }: ResolvedSettings,
  findings: Findings,
): { readonly weights: FloatWeights | null; readonly sha256?: string } | null {
  const path = 'mapping.quantisation';
  if (!findings.sound(path) || mapping.quantisation === 'network') return { weights: null };
  const refuse = (has: string, hint: string, allowed = 'network'): null => {
    findings.report({ path, value: `${shown(mapping.quantisation)}, and ${name} has ${has}`, allowed, hint });
    return null;
  };
  try {
    const weights = imported === undefined ? loadFloatWeights(file, network) : imported;
    if (weights === null && network.synthetic !== null) {
      return refuse('synthetic weights', 'its integers are drawn: set mapping.quantisation=network');
    }
    if (weights === null) {
      return refuse('no float weights', 'they stand in fp32.safetensors beside the network (docs/network-format.md)');
    }
    const grouped = [...matrixLayers(network).values()].find(({ blocks }) => blocks.length > 1);
    if (mapping.quantisation === 'calibrated' && grouped !== undefined) {
      const hint = 'decisions about grouped convolutions are not implemented; the other two are';
      return refuse(`the grouped convolution ${grouped.name}`, hint, 'network | given');
    }
    if (mapping.quantisation === 'calibrated' && dataSetOf(network) === null) {
      return refuse('no known data set', 'calibration images are known for networks of MNIST and CIFAR-10');
    }
    if (imported !== undefined) return { weights };
    return { weights, sha256: sha256Of(file, tensorsOf(file), floatWeightsPath(file)) };
  } catch (error) {
    if (error instanceof FileFormatError || error instanceof NetworkFormatError) {
      return refuse(`no usable float weights: ${error.message}`, 'repair the file, or use the integers of the network');
    }
    throw error;
  }
}

/** The decisions that the scenario names; null, and reported, where they do not fit the network and the scheme. */
export function readDecisions(
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
export function checkMapping(
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
  const size = ({ rows, outputs, blocks }: MatrixLayer) => (rows * outputs) / blocks.length;
  return [...matrixLayers(network).values()].reduce((small, layer) => (size(layer) < size(small) ? layer : small));
}

/** The weights of every layer against the encoding, the cells and the crossbars. */
export function checkWeights(network: Network, settings: ResolvedSettings, findings: Findings): void {
  const layers = [...matrixLayers(network).values()];
  for (const weightBits of new Set(layers.map((layer) => layer.weightBits))) {
    reportEncoding(settings, weightBits, 'workload.model', findings);
  }
  const { encoding } = settings.mapping;
  // Drawn weights are symmetric (models/zoo), and drawing those of a large network takes seconds.
  if (!findings.sound('mapping.encoding') || network.synthetic !== null) return;
  for (const { name, node, weightBits } of layers) {
    if (encodingProblems(encoding, weightBits, 1).length > 0) continue;
    const { minWeight, maxWeight } = weightFormat(encoding, weightBits, 1);
    const outside = node.weights.find((weight) => weight < minWeight || weight > maxWeight);
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
