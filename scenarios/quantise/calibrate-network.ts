import { decideNetwork } from '../../mapping/calibrate.js';
import type { DecisionContext, NetworkLayer } from '../../mapping/scheme.js';
import { mappingScheme } from '../../mapping/schemes.js';
import { AccuracyMeter } from '../../models/accuracy.js';
import { type DataSet, dataSetOf, type LabelledImages } from '../../models/data-sets.js';
import type { FloatWeights } from '../../models/float-network.js';
import { matrixLayers } from '../../models/matrix-layer.js';
import type { Network } from '../../models/network.js';
import { quantiseImage } from '../../models/preprocess.js';
import { CALIBRATION_SCHEMA_VERSION, type CalibrationRecord, type Measured } from '../../sim/results/calibration.js';
import { mappingEcho } from '../mapping-parameters.js';
import { calibrationKey } from './calibration-key.js';
import type { CalibrationTask } from './calibration-task.js';
import { inputPower } from './input-power.js';
import { floatMatrix, matrixShape, networkActivationBits, planNetwork } from './plan-network.js';

type Progress = (done: number, total: number, next: string) => void;

/** Calibration images whose inputs weigh the errors of the weights; their mean squares change little with more. */
const POWER_IMAGES = 32;

/**
 * Decides about a network on the calibration images of its data set (the first 300 images of the training split), and
 * measures the outcome there and on 1000 images of the test split, which no decision sees.
 *
 * The floor is the float network's accuracy on the calibration images less the budget.
 *
 * @throws MappingError where the scheme cannot map a layer
 */
export function calibrateNetwork(task: CalibrationTask, progress?: Progress): CalibrationRecord {
  const { network, mapping } = task;
  const dataSet = dataSetOf(network)!;
  const references = referencesOf(task, dataSet, progress);
  const { calibration, test } = references;
  const reference = calibration.float / calibration.meter.count;
  const budget = mapping.accuracyBudget_percent / 100;
  let measurements = 0;
  const context: DecisionContext<unknown> = {
    layers: layersToDecide(task, references.power),
    reference,
    floor: reference - budget,
    accuracy: (decision) => {
      measurements++;
      progress?.(0, 1, `${mapping.scheme}: deciding on calibration images, measurement ${measurements}`);
      const { correct, count } = calibration.meter.measure(planNetwork(task, decision).network);
      return correct / count;
    },
  };
  const activationBits = networkActivationBits(network, mapping);
  const decision = decideNetwork(mappingScheme(mapping.scheme), context, mapping.parameters, activationBits);

  progress?.(0, 1, `${mapping.scheme}: accuracy on test images`);
  const planned = planNetwork(task, decision).network;
  const { wordlines, bitlines, bitsPerCell } = task.machine.crossbar;
  return {
    schemaVersion: CALIBRATION_SCHEMA_VERSION,
    key: calibrationKey(task),
    model: task.model,
    scheme: mapping.scheme,
    mapping: mappingEcho(mapping),
    crossbar: { wordlines, bitlines, bitsPerCell },
    ou: { ...task.machine.ou },
    accuracyBudget_percent: mapping.accuracyBudget_percent,
    dataSet: dataSet.name,
    calibration: measuredOf(calibration, planned),
    test: measuredOf(test, planned),
    decision,
  };
}

/**
 * Decisions that a scenario brings along, with the accuracy of the integers that they define: the file may have been edited
 * since its counts were measured.
 *
 * @throws MappingError where the scheme cannot map a layer
 */
export function measuredAnew(task: CalibrationTask, record: CalibrationRecord, progress?: Progress): CalibrationRecord {
  progress?.(0, 1, `${task.mapping.scheme}: accuracy of the decisions given`);
  const dataSet = dataSetOf(task.network)!;
  const { calibration, test } = referencesOf(task, dataSet, progress);
  const planned = planNetwork(task, record.decision).network;
  return {
    ...record,
    dataSet: dataSet.name,
    calibration: measuredOf(calibration, planned),
    test: measuredOf(test, planned),
  };
}

/** Images, and what the float network and the network's own integers make of them. */
interface Reference {
  readonly meter: AccuracyMeter;
  readonly float: number;
  readonly network: number;
}

interface References {
  readonly calibration: Reference;
  readonly test: Reference;
  readonly power: ReadonlyMap<string, Float64Array>;
}

/** By the network's SHA-256. */
const knownReferences = new Map<string, References>();

/** What does not depend on the scheme; measured once for a network. */
function referencesOf(
  { network, floatWeights, modelSha256 }: CalibrationTask,
  dataSet: DataSet,
  progress?: Progress,
): References {
  let references = knownReferences.get(modelSha256);
  if (references === undefined) {
    progress?.(0, 1, 'accuracy of the float network and of its integers');
    const calibrationImages = dataSet.calibration();
    const powerImages = calibrationImages.pixels.slice(0, POWER_IMAGES).map((image) => quantiseImage(network, image));
    references = {
      calibration: referenceOf(network, floatWeights!, calibrationImages),
      test: referenceOf(network, floatWeights!, dataSet.test()),
      power: inputPower(network, powerImages),
    };
    knownReferences.set(modelSha256, references);
  }
  return references;
}

function referenceOf(network: Network, floatWeights: FloatWeights, images: LabelledImages): Reference {
  const meter = new AccuracyMeter(images);
  return {
    meter,
    float: meter.measureFloat(network, floatWeights).correct,
    network: meter.measure(network).correct,
  };
}

function measuredOf({ meter, float, network }: Reference, planned: Network): Measured {
  return { images: meter.count, float, network, scheme: meter.measure(planned).correct };
}

function layersToDecide(task: CalibrationTask, power: ReadonlyMap<string, Float64Array>): NetworkLayer[] {
  const { network, mapping } = task;
  const activationBits = networkActivationBits(network, mapping);
  return Array.from(matrixLayers(network).values(), (layer) => ({
    name: layer.name,
    matrix: floatMatrix(layer, task),
    shape: matrixShape(layer, task, activationBits),
    windows: layer.windows,
    inputSigned: layer.node.inputFormat.signed,
    inputPower: power.get(layer.name)!,
  }));
}
