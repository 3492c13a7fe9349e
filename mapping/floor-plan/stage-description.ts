import type { OuProgram } from '../ou-program.js';
import type { PixelBounds } from './kernel-pixels.js';

/**
 * A network as the floor plan sees it: stages that make pixels (`Stage` of `mapping/chip-program.ts`), in execution order,
 * before anything has a place.
 */
export type StageDescription = SourceDescription | MatrixDescription | VectorDescription;

interface DescriptionBase {
  readonly name: string;
  readonly op: string;
  /** Output pixels of an image. */
  readonly windows: number;
  /** Values of an output pixel. */
  readonly channels: number;
  readonly inputs: readonly InputDescription[];
  /** Whether its pixels leave through the off-chip port: outputs of the network, or what a later pass needs. */
  readonly leaves: boolean;
}

/** What comes from outside: the network's input, or what an earlier pass has made. Sources stand before all other stages. */
export interface SourceDescription extends DescriptionBase {
  readonly kind: 'source';
}

export interface MatrixDescription extends DescriptionBase {
  readonly kind: 'matrix';
  readonly program: OuProgram;
  /** Rows of the matrix that a channel of the layer's operand has: the pixels under the kernel; row k is of channel floor(k / this). */
  readonly rowsPerChannel: number;
}

export interface VectorDescription extends DescriptionBase {
  readonly kind: 'vector';
}

/**
 * A stream of pixels that a stage reads: consecutive channels of one of its operands. An operand that is a concatenation has
 * several inputs; channels that none of them gives are padding.
 */
export interface InputDescription extends PixelBounds {
  /** Index of the stage that makes the pixels. */
  readonly producer: number;
  readonly role: 'start' | 'finish';
  /** 0: the stage's first operand; 1: the second one of a sum, or the residual of a matrix layer. */
  readonly operand: number;
  /** Channels of the operand: firstChannel .. firstChannel + channels - 1. */
  readonly firstChannel: number;
  readonly channels: number;
  /** Channel firstChannel + i of the operand is found in channel producerChannel + floor(i / valuesPerChannel) of the producer. */
  readonly producerChannel: number;
  /** 1; after `flatten` the pixels of a map, which are features then. */
  readonly valuesPerChannel: number;
  /** Pixels of the operand that a window reads. */
  readonly pixelsPerWindow: number;
}

/** Whether the input gives this channel of the operand. */
export function givesChannel({ firstChannel, channels }: InputDescription, channel: number): boolean {
  return channel >= firstChannel && channel < firstChannel + channels;
}

/** The producer's channel in which a channel of the operand, one that the input gives, is found. */
export function producerChannelOf(input: InputDescription, channel: number): number {
  return input.producerChannel + Math.floor((channel - input.firstChannel) / input.valuesPerChannel);
}

/** The distinct channels of the producer that hold these channels of the operand, ascending. */
export function producerChannels(input: InputDescription, channels: Iterable<number>): Int32Array {
  const found = new Set<number>();
  for (const channel of channels) if (givesChannel(input, channel)) found.add(producerChannelOf(input, channel));
  return Int32Array.from(found).sort();
}
