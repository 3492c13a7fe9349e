import type { ChoiceParameter, IntegerParameter } from '../parameter.js';

/** Parameters that bwq and bsq have in common. */
export const packingParameter = {
  type: 'choice',
  unit: '1',
  choices: ['aligned', 'stacked'],
  default: 'aligned',
  doc: '"aligned" gives a crossbar consecutive rows and columns of blocks, as many columns as its fullest strip takes; "stacked" fills strip after strip.',
} as const satisfies ChoiceParameter;

export const magnitudeBitsParameter = {
  type: 'integer',
  unit: 'bit',
  min: 0,
  max: 15,
  default: 0,
  doc: 'Magnitude bits of the grid where nothing is calibrated; 0: those of the word.',
} as const satisfies IntegerParameter;

export const gridsParameter = {
  type: 'choice',
  unit: '1',
  choices: ['searched', 'fixed'],
  default: 'searched',
  doc: 'Calibration: "searched" also tries coarser grids, the counterpart of removing least significant bits; "fixed" keeps the full grid and narrows blocks from the top only.',
} as const satisfies ChoiceParameter;

export const smallestActivationBitsParameter = {
  type: 'integer',
  unit: 'bit',
  min: 1,
  max: 16,
  default: 2,
  doc: 'Calibration: fewest activation bits that are tried.',
} as const satisfies IntegerParameter;
