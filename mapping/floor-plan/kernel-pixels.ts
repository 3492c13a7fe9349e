/**
 * Which pixels of a map the windows of a stage read. Pixels and windows are numbered row by row.
 */

/** A convolution or pooling over a map; padding lies outside of the map and is no pixel. */
export interface MapKernel {
  readonly inputHeight: number;
  readonly inputWidth: number;
  readonly outputHeight: number;
  readonly outputWidth: number;
  readonly kernelHeight: number;
  readonly kernelWidth: number;
  readonly strideHeight: number;
  readonly strideWidth: number;
  readonly dilationHeight: number;
  readonly dilationWidth: number;
  readonly padTop: number;
  readonly padLeft: number;
}

/** First and last pixel that each window reads; `NO_PIXEL` and -1 of a window that stands wholly on padding. */
export interface PixelSpans {
  readonly first: Int32Array;
  readonly last: Int32Array;
}

export const NO_PIXEL = 2 ** 31 - 1;

/** `StageInput.needs` and `keeps`: neither ever falls. */
export interface PixelBounds {
  /** Pixels, counted from the first, that must be there for a window. */
  readonly needs: Int32Array;
  /** First pixel that a window or a later one reads; at most `needs`. */
  readonly keeps: Int32Array;
}

export function kernelSpans(kernel: MapKernel): PixelSpans {
  const { inputWidth, outputHeight, outputWidth } = kernel;
  const rows = axisSpans(
    kernel.inputHeight,
    outputHeight,
    kernel.kernelHeight,
    kernel.strideHeight,
    kernel.dilationHeight,
    kernel.padTop,
  );
  const columns = axisSpans(
    inputWidth,
    outputWidth,
    kernel.kernelWidth,
    kernel.strideWidth,
    kernel.dilationWidth,
    kernel.padLeft,
  );
  const first = new Int32Array(outputHeight * outputWidth).fill(NO_PIXEL);
  const last = new Int32Array(outputHeight * outputWidth).fill(-1);
  for (let y = 0; y < outputHeight; y++) {
    for (let x = 0; x < outputWidth; x++) {
      if (rows.last[y]! < 0 || columns.last[x]! < 0) continue;
      first[y * outputWidth + x] = rows.first[y]! * inputWidth + columns.first[x]!;
      last[y * outputWidth + x] = rows.last[y]! * inputWidth + columns.last[x]!;
    }
  }
  return { first, last };
}

/** The same along one side of the map. */
function axisSpans(
  size: number,
  outputs: number,
  kernel: number,
  stride: number,
  dilation: number,
  pad: number,
): PixelSpans {
  const first = new Int32Array(outputs).fill(NO_PIXEL);
  const last = new Int32Array(outputs).fill(-1);
  for (let o = 0; o < outputs; o++) {
    for (let k = 0; k < kernel; k++) {
      const at = o * stride - pad + k * dilation;
      if (at < 0 || at >= size) continue;
      if (first[o] === NO_PIXEL) first[o] = at;
      last[o] = at;
    }
  }
  return { first, last };
}

/** Every window reads all pixels: global pooling, fully connected layers. */
export function wholeMapSpans(windows: number, pixels: number): PixelSpans {
  return { first: new Int32Array(windows), last: new Int32Array(windows).fill(pixels - 1) };
}

/** Window w reads pixel w: sums of maps, changes of format. */
export function samePixelSpans(windows: number): PixelSpans {
  const first = Int32Array.from({ length: windows }, (_, w) => w);
  return { first, last: first };
}

/**
 * What must be there and what must be kept, in the pixels of the stage that makes them.
 *
 * @param origin first and last pixel of the producer that each pixel of the map comes from; null: the same number
 */
export function pixelBounds({ first, last }: PixelSpans, origin: PixelSpans | null): PixelBounds {
  const windows = first.length;
  const needs = new Int32Array(windows);
  const keeps = new Int32Array(windows);
  let needed = 0;
  for (let w = 0; w < windows; w++) {
    const pixel = last[w]!;
    if (pixel >= 0) needed = Math.max(needed, 1 + (origin === null ? pixel : origin.last[pixel]!));
    needs[w] = needed;
  }
  let kept = NO_PIXEL;
  for (let w = windows - 1; w >= 0; w--) {
    const pixel = first[w]!;
    if (pixel !== NO_PIXEL) kept = Math.min(kept, origin === null ? pixel : origin.first[pixel]!);
    keeps[w] = Math.min(kept, needs[w]!);
  }
  return { needs, keeps };
}
