import type { NumberParameter } from '../components/declaration.js';

/** The clock whose cycles are the unit of time of a machine: `machine.rootClock`, written with its unit. */
export const ROOT_CLOCK: NumberParameter = {
  type: 'number',
  unit: 'GHz',
  min: 1e-6,
  max: 1000,
  default: 1.2,
  doc: 'Frequency of the root clock; a cycle is the unit of time.',
};
