import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  kernelSpans,
  type MapKernel,
  pixelBounds,
  samePixelSpans,
  wholeMapSpans,
} from '../../../mapping/floor-plan/kernel-pixels.js';

/** A square kernel on a square map. */
function square(size: number, kernel: number, stride: number, pad: number, dilation = 1): MapKernel {
  const outputs = Math.floor((size + 2 * pad - dilation * (kernel - 1) - 1) / stride) + 1;
  return {
    inputHeight: size,
    inputWidth: size,
    outputHeight: outputs,
    outputWidth: outputs,
    kernelHeight: kernel,
    kernelWidth: kernel,
    strideHeight: stride,
    strideWidth: stride,
    dilationHeight: dilation,
    dilationWidth: dilation,
    padTop: pad,
    padLeft: pad,
  };
}

const bounds = (kernel: MapKernel) => pixelBounds(kernelSpans(kernel), null);

describe('pixels that windows need and keep', () => {
  it('of c1 of LeNet-5: 5 x 5 with padding 2 on 28 x 28', () => {
    const { needs, keeps } = bounds(square(28, 5, 1, 2));
    expect(needs).toHaveLength(28 * 28);
    // Window (0, 0) sees rows and columns 0 to 2, window (2, 2) is the first without padding.
    expect([needs[0], keeps[0]]).toEqual([2 * 28 + 3, 0]);
    expect([needs[1], keeps[1]]).toEqual([2 * 28 + 4, 0]);
    // The last ones of row 0 stand over columns 23 to 27.
    expect([needs[25], needs[26], needs[27]]).toEqual([3 * 28, 3 * 28, 3 * 28]);
    expect([needs[28], keeps[28]]).toEqual([3 * 28 + 3, 0]);
    expect([needs[2 * 28 + 2], keeps[2 * 28 + 2]]).toEqual([4 * 28 + 5, 0]);
    // Window (2, 3) sees columns 1 to 5 of rows 0 to 4, but (3, 0) begins with row 1, pixel 28.
    expect(keeps[2 * 28 + 3]).toBe(1);
    expect([keeps[2 * 28 + 27], keeps[3 * 28]]).toEqual([25, 28]);
    expect([needs[783], keeps[783]]).toEqual([784, 25 * 28 + 25]);
  });

  it('of its first pooling: 2 x 2, stride 2', () => {
    const { needs, keeps } = bounds(square(28, 2, 2, 0));
    expect([needs[0], keeps[0]]).toEqual([28 + 2, 0]);
    expect([needs[13], keeps[13]]).toEqual([2 * 28, 26]);
    expect([needs[14], keeps[14]]).toEqual([3 * 28 + 2, 2 * 28]);
  });

  it('of c2, without padding on 14 x 14', () => {
    const { needs, keeps } = bounds(square(14, 5, 1, 0));
    expect([needs[0], keeps[0]]).toEqual([4 * 14 + 5, 0]);
    expect([needs[10], keeps[10]]).toEqual([5 * 14 + 5, 14]);
    expect([needs[99], keeps[99]]).toEqual([14 * 14, 9 * 14 + 9]);
  });

  it('of a 1 x 1 convolution with stride 2, which skips pixels', () => {
    const { needs, keeps } = bounds(square(4, 1, 2, 0));
    expect([...needs]).toEqual([1, 3, 9, 11]);
    expect([...keeps]).toEqual([0, 2, 8, 10]);
  });

  it('of a dilated kernel', () => {
    // 2 x 2 with dilation 3 on 5 x 5: window (0, 0) sees rows and columns 0 and 3.
    const { needs, keeps } = bounds(square(5, 2, 1, 0, 3));
    expect([...needs]).toEqual([3 * 5 + 4, 3 * 5 + 5, 4 * 5 + 4, 4 * 5 + 5]);
    expect([...keeps]).toEqual([0, 1, 5, 6]);
  });

  it('of windows that stand wholly on padding', () => {
    // 1 x 1 with padding 1 on a single pixel: only the middle window sees it.
    const { needs, keeps } = bounds(square(1, 1, 1, 1));
    expect([...needs]).toEqual([0, 0, 0, 0, 1, 1, 1, 1, 1]);
    expect([...keeps]).toEqual([0, 0, 0, 0, 0, 1, 1, 1, 1]);
  });

  it('of all pixels, and of the same pixel', () => {
    expect(pixelBounds(wholeMapSpans(1, 25), null)).toEqual({ needs: Int32Array.of(25), keeps: Int32Array.of(0) });
    expect(pixelBounds(samePixelSpans(2), null)).toEqual({ needs: Int32Array.of(1, 2), keeps: Int32Array.of(0, 1) });
  });

  it('in the pixels that the map is made of', () => {
    // Every second pixel of 4: pixels 0, 2.
    const origin = { first: Int32Array.of(0, 2), last: Int32Array.of(0, 2) };
    expect(pixelBounds(samePixelSpans(2), origin)).toEqual({
      needs: Int32Array.of(1, 3),
      keeps: Int32Array.of(0, 2),
    });
  });

  it('are those of each window, pixel by pixel', () => {
    const side = fc.record({
      size: fc.integer({ min: 1, max: 7 }),
      kernel: fc.integer({ min: 1, max: 3 }),
      stride: fc.integer({ min: 1, max: 3 }),
      dilation: fc.integer({ min: 1, max: 2 }),
      pad: fc.integer({ min: 0, max: 3 }),
      outputs: fc.integer({ min: 1, max: 6 }),
    });
    fc.assert(
      fc.property(side, side, (y, x) => {
        const { needs, keeps } = bounds({
          inputHeight: y.size,
          inputWidth: x.size,
          outputHeight: y.outputs,
          outputWidth: x.outputs,
          kernelHeight: y.kernel,
          kernelWidth: x.kernel,
          strideHeight: y.stride,
          strideWidth: x.stride,
          dilationHeight: y.dilation,
          dilationWidth: x.dilation,
          padTop: y.pad,
          padLeft: x.pad,
        });
        const seen: number[][] = [];
        for (let oy = 0; oy < y.outputs; oy++) {
          for (let ox = 0; ox < x.outputs; ox++) {
            const pixels: number[] = [];
            for (let ky = 0; ky < y.kernel; ky++) {
              for (let kx = 0; kx < x.kernel; kx++) {
                const row = oy * y.stride - y.pad + ky * y.dilation;
                const column = ox * x.stride - x.pad + kx * x.dilation;
                if (row >= 0 && row < y.size && column >= 0 && column < x.size) pixels.push(row * x.size + column);
              }
            }
            seen.push(pixels);
          }
        }
        seen.forEach((_, w) => {
          const before = seen.slice(0, w + 1).flat();
          const after = seen.slice(w).flat();
          const needed = before.length === 0 ? 0 : 1 + Math.max(...before);
          expect(needs[w]).toBe(needed);
          expect(keeps[w]).toBe(Math.min(needed, ...after));
        });
      }),
      { seed: 20261121, numRuns: 300 },
    );
  });
});
