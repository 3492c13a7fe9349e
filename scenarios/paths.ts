import { COMPONENTS } from '../components/machine.js';
import { MAPPING_SCHEMES } from '../mapping/schemes.js';
import { EXECUTION_PARAMETERS, REPLICAS_KEY } from './execution.js';
import { MAPPING_PARAMETERS } from './mapping-parameters.js';
import { CALIBRATION_KEYS, IMAGES_KEYS, NORMALISATION_KEYS, WORKLOAD_KEYS } from './workload-keys.js';

export const SCENARIO_KEYS = ['scope', 'machine', 'mapping', 'execution', 'workload'] as const;

/** Keys of the section `machine`. */
export const MACHINE_KEYS: readonly string[] = ['preset', 'rootClock', ...COMPONENTS.map(({ key }) => key)];

/** Every path that a scenario may have, for hints at a key that stands in the wrong section. */
export const SCENARIO_PATHS: readonly string[] = [
  ...MACHINE_KEYS.map((key) => `machine.${key}`),
  ...COMPONENTS.flatMap(({ key, parameters }) => Object.keys(parameters).map((name) => `machine.${key}.${name}`)),
  ...Object.keys(MAPPING_PARAMETERS).map((name) => `mapping.${name}`),
  ...MAPPING_SCHEMES.flatMap(({ name, parameters }) => Object.keys(parameters).map((key) => `mapping.${name}.${key}`)),
  ...[...Object.keys(EXECUTION_PARAMETERS), REPLICAS_KEY].map((name) => `execution.${name}`),
  ...new Set(Object.values(WORKLOAD_KEYS).flatMap((keys) => keys.map((key) => `workload.${key}`))),
  ...IMAGES_KEYS.map((key) => `workload.images.${key}`),
  ...CALIBRATION_KEYS.map((key) => `workload.calibration.${key}`),
  ...NORMALISATION_KEYS.map((key) => `workload.normalisation.${key}`),
];
