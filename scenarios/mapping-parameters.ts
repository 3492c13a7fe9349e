import type { ChoiceParameter, IntegerParameter, NumberParameter } from '../components/declaration.js';
import { ENCODINGS, type Encoding, MAX_WEIGHT_BITS } from '../mapping/encoding.js';
import { LAYOUTS, type Layout } from '../mapping/placement.js';
import type { Values } from '../mapping/scheme.js';
import { MAPPING_SCHEMES } from '../mapping/schemes.js';
import type { WorkloadKind } from './workload-keys.js';

export type Quantisation = 'network' | 'given' | 'calibrated';

/** How matrices become OU programs: the section `mapping` of a scenario. */
export interface MappingConfig {
  /** Name of a mapping scheme. */
  scheme: string;
  encoding: Encoding;
  layout: Layout;
  quantisation: Quantisation;
  /** Bits of a weight, its sign included; 0 for those of the network. */
  weightBits: number;
  /** 0 for those of the network. */
  activationBits: number;
  accuracyBudget_percent: number;
  /** The scheme's own parameters: the section `mapping.<scheme>`. */
  parameters: Values;
}

const choice = <const C extends string>(
  names: readonly { readonly name: C }[],
  byDefault: C,
  doc: string,
): ChoiceParameter => ({ type: 'choice', unit: '1', choices: names.map(({ name }) => name), default: byDefault, doc });

const bits = (max: number, doc: string): IntegerParameter => ({
  type: 'integer',
  unit: 'bit',
  min: 0,
  max,
  default: 0,
  doc,
});

/** Names of the ways to come by the integers of a network, with a sentence about each. */
export const QUANTISATIONS: readonly { readonly name: Quantisation; readonly doc: string }[] = [
  { name: 'network', doc: 'The integers of the network file; the scheme changes them as its parameters say.' },
  { name: 'given', doc: 'The scheme quantises the float weights as its parameters say.' },
  {
    name: 'calibrated',
    doc: 'The scheme quantises the float weights and decides, layer by layer, under the accuracy budget on calibration images.',
  },
];

/** Parameters of a network's mapping, apart from those of its scheme. Those with bits do not hold for `kind: matrix`. */
export const MAPPING_PARAMETERS = {
  scheme: choice(MAPPING_SCHEMES, 'dense', 'Compiler from a matrix to an OU program.'),
  encoding: choice(ENCODINGS, 'differential', 'How signed weights become the unsigned numbers that cells store.'),
  layout: choice(LAYOUTS, 'adjacent', 'Where the bit-slices of an output stand.'),
  quantisation: choice(QUANTISATIONS, 'network', 'Where the integers of a network come from.'),
  weightBits: bits(MAX_WEIGHT_BITS, "Bits of a stored weight of a network, its sign included; 0: the network's own."),
  activationBits: bits(16, "Bits in which a network's activations are presented; 0: the network's own."),
  accuracyBudget_percent: {
    type: 'number',
    unit: '1',
    min: 0,
    max: 100,
    default: 1,
    doc: 'Percentage points of top-1 accuracy that a calibrated scheme may lose on the calibration images.',
  } satisfies NumberParameter as NumberParameter,
} as const satisfies Readonly<Record<keyof Omit<MappingConfig, 'parameters'>, unknown>>;

/** Key of `mapping` that names a file of decisions, relative to the scenario; of networks only. */
export const DECISIONS_KEY = 'decisions';

/** Names of the schemes that have parameters: sections inside `mapping`. */
export const SCHEME_SECTIONS: readonly string[] = MAPPING_SCHEMES.filter(
  ({ parameters }) => Object.keys(parameters).length > 0,
).map(({ name }) => name);

/** Parameters of `mapping` that nothing reads where the workload is a matrix, which brings its own integers. */
export const NETWORK_MAPPING_PARAMETERS = [
  'quantisation',
  'weightBits',
  'activationBits',
  'accuracyBudget_percent',
] as const satisfies readonly (keyof MappingConfig)[];

/** The mapping as a scenario would say it. */
export function mappingEcho(
  { parameters, ...mapping }: MappingConfig,
  workload: WorkloadKind = 'network',
): Record<string, unknown> {
  const read = Object.entries(mapping).filter(
    ([name]) => workload === 'network' || !NETWORK_MAPPING_PARAMETERS.some((parameter) => parameter === name),
  );
  const ofScheme = Object.keys(parameters).length === 0 ? {} : { [mapping.scheme]: parameters };
  return { ...Object.fromEntries(read), ...ofScheme };
}
