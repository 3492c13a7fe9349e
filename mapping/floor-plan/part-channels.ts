import type { PesContents } from './layer-contents.js';
import { givesChannel, type InputDescription, type MatrixDescription, producerChannels } from './stage-description.js';

/** Outputs of a matrix stage that are at home in one part of its replica, with the outputs of a stage cut evenly. */
export function outputsAtHome(part: number, parts: number, outputs: number): number[] {
  const first = Math.ceil((part * outputs) / parts);
  const end = Math.ceil(((part + 1) * outputs) / parts);
  return Array.from({ length: end - first }, (_, i) => first + i);
}

/** By input: channels of the producer that a part of a matrix stage needs, for its PEs and for the outputs at home. */
export function matrixBufferChannels(
  { inputs }: MatrixDescription,
  contents: PesContents,
  home: readonly number[],
): Int32Array[] {
  return inputs.map((input, i) => (input.role === 'start' ? contents.channels[i]! : producerChannels(input, home)));
}

/** By input: channels of the producer that a part of a vector stage needs for its channels. */
export function vectorBufferChannels(
  { inputs }: { readonly inputs: readonly InputDescription[] },
  channels: readonly number[],
): Int32Array[] {
  return inputs.map((input) => producerChannels(input, channels));
}

/** How many of these channels of the operand the input gives. */
export function givenCount(input: InputDescription, channels: readonly number[]): number {
  return channels.filter((channel) => givesChannel(input, channel)).length;
}
