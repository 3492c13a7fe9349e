import { describe, expect, it } from 'vitest';
import {
  kernelSpans,
  type PixelBounds,
  pixelBounds,
  samePixelSpans,
  wholeMapSpans,
} from '../../../mapping/floor-plan/kernel-pixels.js';
import { leastPixels, type OrderedStage } from '../../../mapping/floor-plan/least-pixels.js';

const HEIGHT = 6;
const WIDTH = 8;
const MAP = HEIGHT * WIDTH;

/** A convolution that keeps the size of the map. */
function convolution(kernel: number, height = HEIGHT, width = WIDTH): PixelBounds {
  const pad = (kernel - 1) / 2;
  return pixelBounds(
    kernelSpans({
      inputHeight: height,
      inputWidth: width,
      outputHeight: height,
      outputWidth: width,
      kernelHeight: kernel,
      kernelWidth: kernel,
      strideHeight: 1,
      strideWidth: 1,
      dilationHeight: 1,
      dilationWidth: 1,
      padTop: pad,
      padLeft: pad,
    }),
    null,
  );
}

const same = pixelBounds(samePixelSpans(MAP), null);
const stage = (...inputs: [producer: number, bounds: PixelBounds][]): OrderedStage => ({
  windows: MAP,
  inputs: inputs.map(([producer, bounds]) => ({ producer, ...bounds })),
});

describe('the fewest pixels of buffers', () => {
  it('of conv1_2 of VGG-16 are two rows and three pixels: 57,728 bytes of 64 channels of 16 bits', () => {
    const map = { windows: 224 * 224, inputs: [] };
    const [, [least]] = leastPixels([
      map,
      { windows: 224 * 224, inputs: [{ producer: 0, ...convolution(3, 224, 224) }] },
    ]) as [number[], [number]];
    expect(least).toBe(224 * (3 - 1) + 3);
    expect(least * 64 * 2).toBe(57_728);
  });

  it('of a fully connected layer are the whole map', () => {
    const fc = { windows: 1, inputs: [{ producer: 0, ...pixelBounds(wholeMapSpans(1, MAP), null) }] };
    expect(leastPixels([stage(), fc])).toEqual([[], [MAP]]);
  });

  it('of a residual over two 3 x 3 convolutions are what both look ahead', () => {
    // Window n of the second needs pixel n + W + 1 of the first, which needs pixel n + 2 W + 2; n itself waits: 2 W + 3.
    const block = [stage(), stage([0, convolution(3)]), stage([1, convolution(3)], [0, same])];
    expect(leastPixels(block)).toEqual([[], [2 * WIDTH + 3], [2 * WIDTH + 3, 2 * WIDTH + 3]]);
  });

  it('of a projection beside two 3 x 3 convolutions are kept before it, for it makes a pixel only when one is needed', () => {
    const block = [stage(), stage([0, same]), stage([0, convolution(3)]), stage([2, convolution(3)], [1, same])];
    const [, projection, first, second] = leastPixels(block);
    expect(projection).toEqual([2 * WIDTH + 3]);
    expect(first).toEqual([2 * WIDTH + 3]);
    expect(second).toEqual([2 * WIDTH + 3, 1]);
  });

  it('count on across the border of images', () => {
    // The first stage's last row is never needed; it comes while the reader's next image has begun.
    const upper = pixelBounds({ first: Int32Array.of(0), last: Int32Array.of(MAP - WIDTH - 1) }, null);
    const reader: OrderedStage = { windows: 1, inputs: [{ producer: 0, ...upper }] };
    expect(leastPixels([stage(), reader])).toEqual([[], [MAP - WIDTH]]);
  });

  it('grow for a stage that nobody reads with how far it may fall behind: its producer and the other go hand in hand', () => {
    // Both read the same pixels one by one: neither has to wait more than for one pixel of the other.
    expect(leastPixels([stage(), stage([0, same]), stage([0, same])])).toEqual([[], [1], [1]]);
  });
});
