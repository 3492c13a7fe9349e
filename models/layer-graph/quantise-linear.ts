import { roundHalfEven } from '../round-half-even.js';

/**
 * ONNX's QuantizeLinear, DequantizeLinear and DynamicQuantizeLinear as functions, in float32 as the operators define them
 * (onnx/docs/Operators.md): saturate(roundHalfEven(x / scale) + zeroPoint) and (q - zeroPoint) * scale.
 */

/** Limits of the integers of a quantised tensor. */
export interface IntegerRange {
  readonly min: number;
  readonly max: number;
}

export const UINT8: IntegerRange = { min: 0, max: 255 };
export const INT8: IntegerRange = { min: -128, max: 127 };

/** One value of QuantizeLinear. */
export function quantiseLinear(value: number, scale: number, zeroPoint: number, { min, max }: IntegerRange): number {
  const rounded = roundHalfEven(Math.fround(Math.fround(value) / Math.fround(scale)));
  return Math.min(max, Math.max(min, rounded + zeroPoint));
}

/** One value of DequantizeLinear. */
export function dequantiseLinear(integer: number, scale: number, zeroPoint: number): number {
  return Math.fround((integer - zeroPoint) * Math.fround(scale));
}

/** DynamicQuantizeLinear: uint8 with a range taken from the values themselves, widened to hold 0. */
export function dynamicQuantiseLinear(values: ArrayLike<number>): {
  readonly integers: Uint8Array;
  readonly scale: number;
  readonly zeroPoint: number;
} {
  const { fround } = Math;
  let [min, max] = [0, 0];
  for (let i = 0; i < values.length; i++) {
    min = Math.min(min, values[i]!);
    max = Math.max(max, values[i]!);
  }
  const scale = fround(fround(fround(max) - fround(min)) / UINT8.max);
  // All values 0: the operator leaves 0 / 0 open; every integer is then the zero point, 0.
  if (scale === 0) return { integers: new Uint8Array(values.length), scale, zeroPoint: 0 };
  const zeroPoint = roundHalfEven(Math.min(UINT8.max, Math.max(UINT8.min, fround(-fround(min) / scale))));
  const integers = Uint8Array.from({ length: values.length }, (_, i) =>
    quantiseLinear(values[i]!, scale, zeroPoint, UINT8),
  );
  return { integers, scale, zeroPoint };
}
