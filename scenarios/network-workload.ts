import type { FloatWeights } from '../models/float-network.js';
import type { Network } from '../models/network.js';
import type { CalibrationRecord } from '../sim/results/calibration.js';
import type { Findings, Section } from './findings.js';
import { loadSelection, type NetworkImages, readSelection } from './network-images.js';
import { checkMapping, checkWeights, readDecisions, readFloatWeights } from './network-mapping.js';
import { readModel } from './network-model.js';
import type { ResolvedSettings } from './settings.js';

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

/** A workload and how the resolved scenario shows it. */
export interface ResolvedNetworkWorkload {
  readonly workload: NetworkWorkload;
  readonly echo: Record<string, unknown>;
}

/** Reads a workload of kind `network`. Everything wrong with it goes to `findings`; null where it cannot be used. */
export function resolveNetworkWorkload(
  section: Section,
  decisionsFile: unknown,
  settings: ResolvedSettings,
  baseDir: string,
  findings: Findings,
): ResolvedNetworkWorkload | null {
  const model = readModel(section['model'], baseDir, findings, section);
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
    echo: { kind: 'network', model: name, modelSha256, ...model.echo, ...decisions.echo, images: images.echo },
  };
}
