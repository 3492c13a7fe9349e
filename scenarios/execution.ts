import type { ChoiceParameter, IntegerParameter } from '../components/declaration.js';
import type { Pipeline } from '../components/pipeline.js';

export type Replication = 'none' | 'balanced' | 'given';
export type PlacementPolicy = 'in-order' | 'traffic-aware';
export type Overflow = 'chips' | 'passes' | 'refuse';

/** How a network runs on the chip: the section `execution` of a scenario. A single PE has none of it. */
export interface ExecutionConfig {
  readonly pipeline: Pipeline;
  readonly replication: Replication;
  /** Replicas of matrix layers by name, with `replication: given`; layers that are not named have one. */
  readonly replicas: Readonly<Record<string, number>>;
  /** Crossbars that `replication: balanced` may take; 0 for all that the chips hold. */
  readonly crossbarBudget: number;
  readonly placement: PlacementPolicy;
  readonly overflow: Overflow;
}

interface Entry<N extends string> {
  readonly name: N;
  readonly doc: string;
}

export const PIPELINE_ENTRIES: readonly Entry<Pipeline>[] = [
  {
    name: 'layer-barrier',
    doc: 'A layer begins an image when the layer before has finished it; images follow one another.',
  },
  { name: 'image', doc: 'A layer begins an image when all of its input is there; different images overlap.' },
  { name: 'window', doc: 'A window begins when the pixels that it needs are there; layers and images overlap.' },
];

export const REPLICATIONS: readonly Entry<Replication>[] = [
  { name: 'none', doc: 'Every layer stands on crossbars once.' },
  {
    name: 'balanced',
    doc: 'The layers that set the pace get more replicas, until the crossbars of the budget are used.',
  },
  { name: 'given', doc: '`execution.replicas` says how often each layer stands on crossbars.' },
];

export const PLACEMENTS: readonly Entry<PlacementPolicy>[] = [
  { name: 'in-order', doc: 'Layers take tiles in execution order.' },
  { name: 'traffic-aware', doc: 'Layers that exchange many bytes stand on tiles near each other.' },
];

export const OVERFLOWS: readonly Entry<Overflow>[] = [
  { name: 'chips', doc: 'A network that is larger than a chip takes as many chips as it needs, side by side.' },
  { name: 'passes', doc: 'It runs in several passes on one chip, whose crossbars are programmed in between.' },
  { name: 'refuse', doc: 'It is refused.' },
];

const choice = <const N extends string>(entries: readonly Entry<N>[], byDefault: N, doc: string): ChoiceParameter => ({
  type: 'choice',
  unit: '1',
  choices: entries.map(({ name }) => name),
  default: byDefault,
  doc,
});

const crossbarBudget: IntegerParameter = {
  type: 'integer',
  unit: '1',
  min: 0,
  max: 1e9,
  default: 0,
  doc: 'Crossbars that replication `balanced` may take; 0 for all that the chips hold.',
};

/** Parameters of `execution`, apart from the map `replicas`. */
export const EXECUTION_PARAMETERS = {
  pipeline: choice(PIPELINE_ENTRIES, 'window', 'How much of a network is at work at once.'),
  replication: choice(REPLICATIONS, 'none', 'How often layers stand on crossbars, to work on several windows at once.'),
  crossbarBudget,
  placement: choice(PLACEMENTS, 'in-order', 'Which layer stands on which tiles.'),
  overflow: choice(OVERFLOWS, 'chips', 'What happens to a network that is larger than a chip.'),
} as const satisfies Readonly<Record<keyof Omit<ExecutionConfig, 'replicas'>, unknown>>;

/** Key of `execution` that holds a map from the name of a matrix layer to its number of replicas. */
export const REPLICAS_KEY = 'replicas';
export const MAX_REPLICAS = 1_000_000;

/** The section as a scenario would say it. */
export function executionEcho({ replicas, ...execution }: ExecutionConfig): Record<string, unknown> {
  return { ...execution, ...(execution.replication === 'given' ? { [REPLICAS_KEY]: replicas } : {}) };
}
