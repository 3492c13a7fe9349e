import type { SourceDescription, StageDescription } from './stage-description.js';

/**
 * Stages first .. end - 1 as a network of their own: what earlier stages give comes from outside, and what later ones need
 * leaves.
 *
 * @param stages of the whole network; the sources are those of the network
 */
export function passStages(stages: readonly StageDescription[], first: number, end: number): StageDescription[] {
  const own = stages.slice(first, end).filter(({ kind }) => kind !== 'source');
  const isOwn = (index: number) => index >= first && index < end && stages[index]!.kind !== 'source';
  const outside = [...new Set(own.flatMap(({ inputs }) => inputs.map(({ producer }) => producer)))]
    .filter((producer) => !isOwn(producer))
    .sort((a, b) => a - b);
  const needed = new Set(stages.slice(end).flatMap(({ inputs }) => inputs.map(({ producer }) => producer)));
  const numbers = new Map(outside.map((producer, number) => [producer, number]));
  stages.forEach((_, index) => {
    if (isOwn(index)) numbers.set(index, numbers.size);
  });
  const sources = outside.map((producer): SourceDescription => {
    const { name, windows, channels } = stages[producer]!;
    return { kind: 'source', name, op: 'source', windows, channels, inputs: [], leaves: false };
  });
  const members = own.map((stage): StageDescription => {
    const index = stages.indexOf(stage);
    const inputs = stage.inputs.map((input) => ({ ...input, producer: numbers.get(input.producer)! }));
    return { ...stage, inputs, leaves: stage.leaves || needed.has(index) };
  });
  return [...sources, ...members];
}
