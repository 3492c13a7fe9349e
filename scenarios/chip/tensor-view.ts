import type { PixelSpans } from '../../mapping/floor-plan/kernel-pixels.js';

/**
 * What nodes that only move values (`flatten`, `concat`, `shortcutA`) make of a tensor: where each of its channels and pixels
 * is found in what stages make.
 */
export interface TensorView {
  /** Pixels of the tensor; 1 of features. */
  readonly pixels: number;
  readonly channels: number;
  /** Parts of the channels, ascending; channels in none of them are zeros. */
  readonly segments: readonly ViewSegment[];
}

export interface ViewSegment {
  /** Index of the stage that makes the values. */
  readonly producer: number;
  readonly firstChannel: number;
  readonly channels: number;
  /** As of `InputDescription`. */
  readonly producerChannel: number;
  readonly valuesPerChannel: number;
  /** Pixels of the producer that each pixel of the tensor comes from; null: the one of the same number. */
  readonly origin: PixelSpans | null;
}

/** The tensor that a stage makes. */
export function stageView(producer: number, channels: number, pixels: number): TensorView {
  const segment = { producer, firstChannel: 0, channels, producerChannel: 0, valuesPerChannel: 1, origin: null };
  return { pixels, channels, segments: [segment] };
}

/** Channels of several tensors one after the other. */
export function concatenated(views: readonly TensorView[]): TensorView {
  let channels = 0;
  const segments: ViewSegment[] = [];
  for (const view of views) {
    for (const segment of view.segments) segments.push({ ...segment, firstChannel: channels + segment.firstChannel });
    channels += view.channels;
  }
  return { pixels: views[0]!.pixels, channels, segments };
}

/** All values as channels of a single pixel, channel slowest. */
export function flattened({ pixels, channels, segments }: TensorView): TensorView {
  return {
    pixels: 1,
    channels: channels * pixels,
    segments: segments.map((segment) => {
      const { origin } = segment;
      const first = origin === null ? 0 : origin.first.reduce((a, b) => Math.min(a, b));
      const last = origin === null ? pixels - 1 : origin.last.reduce((a, b) => Math.max(a, b));
      return {
        ...segment,
        firstChannel: segment.firstChannel * pixels,
        channels: segment.channels * pixels,
        valuesPerChannel: segment.valuesPerChannel * pixels,
        origin: { first: Int32Array.of(first), last: Int32Array.of(last) },
      };
    }),
  };
}

/** Pixel (2y, 2x) as pixel (y, x), with channels of zeros before and after. */
export function subsampled(
  { segments, channels }: TensorView,
  inputWidth: number,
  height: number,
  width: number,
  padChannels: number,
): TensorView {
  const from = Int32Array.from(
    { length: height * width },
    (_, pixel) => 2 * Math.floor(pixel / width) * inputWidth + 2 * (pixel % width),
  );
  return {
    pixels: height * width,
    channels: channels + 2 * padChannels,
    segments: segments.map((segment) => {
      const { origin } = segment;
      return {
        ...segment,
        firstChannel: segment.firstChannel + padChannels,
        origin: {
          first: origin === null ? from : from.map((pixel) => origin.first[pixel]!),
          last: origin === null ? from : from.map((pixel) => origin.last[pixel]!),
        },
      };
    }),
  };
}
