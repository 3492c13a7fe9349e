import type { ChoiceParameter } from '../components/declaration.js';
import { ENCODINGS, type Encoding } from '../mapping/encoding.js';
import { LAYOUTS, type Layout } from '../mapping/placement.js';
import { MAPPING_SCHEMES } from '../mapping/schemes.js';

/** How matrices become OU programs: the section `mapping` of a scenario. */
export interface MappingConfig {
  /** Name of a mapping scheme. */
  scheme: string;
  encoding: Encoding;
  layout: Layout;
}

const choice = (names: readonly { readonly name: string }[], byDefault: string, doc: string): ChoiceParameter => ({
  type: 'choice',
  unit: '1',
  choices: names.map(({ name }) => name),
  default: byDefault,
  doc,
});

export const MAPPING_PARAMETERS: Readonly<Record<keyof MappingConfig, ChoiceParameter>> = {
  scheme: choice(MAPPING_SCHEMES, 'dense', 'Compiler from a matrix to an OU program.'),
  encoding: choice(ENCODINGS, 'differential', 'How signed weights become the unsigned numbers that cells store.'),
  layout: choice(LAYOUTS, 'adjacent', 'Where the bit-slices of an output stand.'),
};
