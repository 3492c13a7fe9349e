import { describe, expect, it } from 'vitest';
import { plainFormat } from '../../models/activation-format.js';
import type { Network } from '../../models/network.js';
import { normaliseImage, quantiseImage } from '../../models/preprocess.js';

const raw = (activationBits: number): Network => ({
  title: 'raw',
  inputShape: [1, 1, 4],
  inputFormat: plainFormat(activationBits, false),
  activationBits,
  inputScale: 1 / (2 ** activationBits - 1),
  preprocess: { kind: 'raw' },
  nodes: [],
  synthetic: null,
});
const normalised = (activationBits: number, inputScale: number): Network => ({
  title: 'normalised',
  inputShape: [2, 1, 2],
  inputFormat: plainFormat(activationBits, true),
  activationBits,
  inputScale,
  preprocess: { kind: 'normalise', mean: [0.2, 0.6], std: [0.5, 0.1] },
  nodes: [],
  synthetic: null,
});

describe('quantiseImage', () => {
  it('raw pixels: as they are with 8 bits, else spread over 0 .. 2^A - 1, rounded', () => {
    const pixels = Uint8Array.of(0, 1, 128, 255);
    expect(quantiseImage(raw(8), pixels)).toEqual({ dtype: 'U8', shape: [1, 1, 4], data: pixels });
    // 15/255 = 1/17: 128/17 = 7.53. 65535/255 = 257.
    expect(quantiseImage(raw(4), pixels).data).toEqual(Uint8Array.of(0, 0, 8, 15));
    expect(quantiseImage(raw(16), pixels)).toEqual({
      dtype: 'U16',
      shape: [1, 1, 4],
      data: Uint16Array.of(0, 257, 128 * 257, 65535),
    });
  });

  it('normalised pixels: per channel, in steps of inputScale, limited to 2^(A-1) - 1 on both sides', () => {
    // (51/255 - 0.2) / 0.5 = 0, (255/255 - 0.2) / 0.5 = 1.6; (0 - 0.6) / 0.1 = -6, (204/255 - 0.6) / 0.1 = 2.
    const pixels = Uint8Array.of(51, 255, 0, 204);
    expect([...normaliseImage(normalised(8, 0.05), pixels)]).toEqual([0, 1.6, -6, 2].map((v) => expect.closeTo(v, 12)));
    expect(quantiseImage(normalised(8, 0.05), pixels)).toEqual({
      dtype: 'I8',
      shape: [2, 1, 2],
      data: Int8Array.of(0, 32, -120, 40),
    });
    expect([...quantiseImage(normalised(4, 0.5), pixels).data]).toEqual([0, 3, -7, 4]);
    expect(quantiseImage(normalised(12, 0.001), pixels)).toEqual({
      dtype: 'I16',
      shape: [2, 1, 2],
      data: Int16Array.of(0, 1600, -2047, 2000),
    });
  });

  it('raw pixels have the same float value whatever the width', () => {
    const pixels = Uint8Array.of(0, 1, 128, 255);
    for (const bits of [1, 4, 8, 16]) {
      expect([...normaliseImage(raw(bits), pixels)]).toEqual([0, 1, 128, 255].map((x) => expect.closeTo(x / 255, 12)));
    }
  });

  it('shifted pixels: by a whole number into the format; floats are those that the integers stand for', () => {
    const shifted: Network = {
      ...raw(8),
      inputFormat: { bits: 8, signed: true, zeroPoint: -1 },
      inputScale: 0.5,
      preprocess: { kind: 'shifted', offset: -128 },
    };
    const pixels = Uint8Array.of(0, 1, 128, 255);
    expect(quantiseImage(shifted, pixels)).toEqual({
      dtype: 'I8',
      shape: [1, 1, 4],
      data: Int8Array.of(-128, -127, 0, 127),
    });
    expect([...normaliseImage(shifted, pixels)]).toEqual([-63.5, -63, 0.5, 64]);
    const outside = { ...shifted, preprocess: { kind: 'shifted', offset: -127 } } as const;
    expect(() => quantiseImage(outside, pixels)).toThrow(
      /preprocess\.offset -127; allowed: a whole number that brings 0 \.\. 255 into -128 \.\. 127/,
    );
  });

  it('normalised pixels with a zero point use the whole range of the format', () => {
    const inputFormat = { bits: 8, signed: false, zeroPoint: 100 };
    // In steps of 0.05: 0, 32, -120 and 40, plus 100.
    const { dtype, data } = quantiseImage({ ...normalised(8, 0.05), inputFormat }, Uint8Array.of(51, 255, 0, 204));
    expect(dtype).toBe('U8');
    expect([...data]).toEqual([100, 132, 0, 140]);
  });

  it('refuses another number of pixels', () => {
    expect(() => quantiseImage(raw(8), new Uint8Array(3))).toThrow(/image has 3 pixels/);
    expect(() => normaliseImage(raw(8), new Uint8Array(5))).toThrow(RangeError);
  });
});
