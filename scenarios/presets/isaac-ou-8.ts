import type { Preset } from '../preset.js';
import { from } from '../provenance.js';
import { preset as isaacOu } from './isaac-ou.js';

const reason = 'RAELLA (ISCA 2023) compares with an ISAAC of 8-bit operands; fair beside systems of 8-bit words';

export const preset: Preset = {
  ...isaacOu,
  name: 'isaac-ou-8',
  title: 'ISAAC under the OU rule with 8-bit words: dense, 9 x 8 operation units',
  doc:
    'The dense baseline isaac-ou with words of 8 bits: what a system with 8-bit words gains without any compression is ' +
    'the ratio of the two.',
  claims: [
    {
      figure: 'conversionSaving',
      over: 'isaac-ou',
      value: 4,
      source:
        'RAELLA, ISCA 2023: 0.25 conversions per multiply-accumulate with 8-bit operands; ISAAC: 1 with 16-bit ones',
      comparability: 'definition',
    },
  ],
  mapping: {
    ...isaacOu.mapping,
    weightBits: from(reason, 8),
    activationBits: from(reason, 8),
  },
};
