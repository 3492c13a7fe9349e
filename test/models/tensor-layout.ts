type Numbers = Int8Array | Int16Array | Int32Array;

/** [pixels][channels] to [channels][pixels]. */
export function toChannelsFirst<T extends Numbers>(values: T, channels: number, pixels: number): T {
  return values.map((_, i) => values[(i % pixels) * channels + Math.floor(i / pixels)]!) as T;
}

/** [out][kernel pixels][in] to [out][in][kernel pixels]: OHWI to OIHW. */
export function toKernelsFirst(values: Int8Array, outputs: number, inputs: number, pixels: number): Int8Array {
  const size = inputs * pixels;
  const kernels = Array.from({ length: outputs }, (_, m) =>
    Array.from(toChannelsFirst(values.slice(m * size, (m + 1) * size), inputs, pixels)),
  );
  return Int8Array.from(kernels.flat());
}
