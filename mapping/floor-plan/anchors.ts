import { givesChannel, producerChannelOf, type StageDescription } from './stage-description.js';

/**
 * Where the channels of stages without a matrix product are at home: with the output of a matrix stage that the channel of
 * their first operand comes from, directly or through other such stages.
 */
export interface Anchors {
  /** By channel: index of the matrix stage, -1 where the network has none; and its output. */
  readonly stage: Int32Array;
  readonly output: Int32Array;
}

/**
 * Anchors of all vector stages, by stage index. Channels that come straight from outside stand with the first output of the
 * first matrix stage; channels of padding stand with the nearest channel before that is none, else with the first one.
 */
export function vectorAnchors(stages: readonly StageDescription[]): ReadonlyMap<number, Anchors> {
  const firstMatrix = stages.findIndex(({ kind }) => kind === 'matrix');
  const anchors = new Map<number, Anchors>();
  stages.forEach((stage, index) => {
    if (stage.kind !== 'vector') return;
    const own: Anchors = { stage: new Int32Array(stage.channels), output: new Int32Array(stage.channels) };
    const operand = stage.inputs.filter((input) => input.operand === 0);
    const isGiven = (channel: number) => operand.some((input) => givesChannel(input, channel));
    const given = Array.from({ length: stage.channels }, (_, channel) => channel).filter(isGiven);
    let nearest = given[0];
    for (let channel = 0; channel < stage.channels; channel++) {
      if (isGiven(channel)) nearest = channel;
      const input = operand.find((candidate) => nearest !== undefined && givesChannel(candidate, nearest));
      if (input === undefined || stages[input.producer]!.kind === 'source') {
        own.stage[channel] = firstMatrix;
        continue;
      }
      const from = producerChannelOf(input, nearest!);
      const through = anchors.get(input.producer);
      own.stage[channel] = through === undefined ? input.producer : through.stage[from]!;
      own.output[channel] = through === undefined ? from : through.output[from]!;
    }
    anchors.set(index, own);
  });
  return anchors;
}

/** Index in its replica, among `parts` parts, of the part where an output is at home. */
export function homeOf(output: number, parts: number, outputs: number): number {
  return Math.floor((output * parts) / outputs);
}
