import { formatMax, formatMin } from './activation-format.js';
import { multiplyByQuantisedMultiplier } from './fixed-point.js';
import type { AddNode, AvgpoolNode, RescaleNode, VectorNode } from './network.js';
import { poolSums, rearrange } from './rearrange.js';
import { roundHalfEven } from './round-half-even.js';
import type { TensorData } from './tensor.js';

/**
 * A node that is no matrix product, in exact integers.
 *
 * @param sources values of the node's inputs, in the order of `inputsOf`
 * @param output shape `node.outputShape`, of the type of its format; overwritten
 * @throws RangeError if the node's limits lie outside of its format, or a fixed-point factor leaves 32 bits
 */
export function executeVectorNode(node: VectorNode, sources: readonly TensorData[], output: TensorData): void {
  switch (node.op) {
    case 'avgpool':
      averagePool(node, sources[0]!, output);
      break;
    case 'add':
      add(node, sources[0]!, sources[1]!, output);
      break;
    case 'rescale':
      rescale(node, sources[0]!, output);
      break;
    default:
      rearrange(node, sources, output);
  }
}

/** @throws RangeError if the limits of a node's outputs are none of its format */
export function requireLimits(node: {
  readonly name: string;
  readonly outputFormat: AddNode['outputFormat'];
  readonly min: number;
  readonly max: number;
}): void {
  const { name, outputFormat, min, max } = node;
  const [least, largest] = [formatMin(outputFormat), formatMax(outputFormat)];
  if (Number.isInteger(min) && Number.isInteger(max) && min >= least && max <= largest && min <= max) return;
  throw new RangeError(
    `node "${name}": limits ${min} to ${max}; allowed: whole numbers from ${least} to ${largest}, its output's format`,
  );
}

/** @param zeroPoint added to the rounded value before it is limited */
function limited(node: { readonly min: number; readonly max: number }, rounded: number, zeroPoint: number): number {
  return Math.min(node.max, Math.max(node.min, rounded + zeroPoint));
}

function averagePool(node: AvgpoolNode, source: TensorData, output: TensorData): void {
  requireLimits(node);
  const { arithmetic } = node;
  const inputZero = node.inputFormat.zeroPoint;
  const outputZero = node.outputFormat.zeroPoint;
  const { sums, counts } = poolSums(node, source, arithmetic.kind === 'mean' ? 0 : inputZero);
  for (let i = 0; i < sums.length; i++) {
    const sum = sums[i]!;
    const count = counts[i]!;
    switch (arithmetic.kind) {
      case 'mean':
        output[i] = limited(node, quotientHalfAwayFromZero(sum, count), 0);
        break;
      case 'fixed-point': {
        const product = multiplyByQuantisedMultiplier(sum, arithmetic.multiplier, arithmetic.shift);
        const mean = arithmetic.divides ? quotientHalfAwayFromZero(product, count) : product;
        output[i] = limited(node, mean, outputZero);
        break;
      }
      case 'float32': {
        const mean = Math.fround(Math.fround(Math.fround(sum) * Math.fround(arithmetic.scale)) / count);
        const steps = Math.fround(mean / Math.fround(arithmetic.outputScale));
        output[i] = limited(node, roundHalfEven(steps), outputZero);
        break;
      }
    }
  }
}

function quotientHalfAwayFromZero(dividend: number, divisor: number): number {
  const rounded = Math.floor((Math.abs(dividend) + Math.floor(divisor / 2)) / divisor);
  return dividend < 0 ? 0 - rounded : rounded;
}

function add(node: AddNode, a: TensorData, b: TensorData, output: TensorData): void {
  requireLimits(node);
  const { arithmetic } = node;
  const zeroA = node.inputFormat.zeroPoint;
  const zeroB = node.otherFormat.zeroPoint;
  const outputZero = node.outputFormat.zeroPoint;
  if (arithmetic.kind === 'fixed-point') {
    const shifted = 2 ** arithmetic.leftShift;
    for (let i = 0; i < output.length; i++) {
      const own = multiplyByQuantisedMultiplier((a[i]! - zeroA) * shifted, arithmetic.multiplier, arithmetic.shift);
      const other = multiplyByQuantisedMultiplier(
        (b[i]! - zeroB) * shifted,
        arithmetic.otherMultiplier,
        arithmetic.otherShift,
      );
      const sum = multiplyByQuantisedMultiplier(own + other, arithmetic.outputMultiplier, arithmetic.outputShift);
      output[i] = limited(node, sum, outputZero);
    }
    return;
  }
  const scale = Math.fround(arithmetic.scale);
  const otherScale = Math.fround(arithmetic.otherScale);
  const outputScale = Math.fround(arithmetic.outputScale);
  for (let i = 0; i < output.length; i++) {
    const sum = Math.fround(Math.fround((a[i]! - zeroA) * scale) + Math.fround((b[i]! - zeroB) * otherScale));
    output[i] = limited(node, roundHalfEven(Math.fround(sum / outputScale)), outputZero);
  }
}

function rescale(node: RescaleNode, source: TensorData, output: TensorData): void {
  requireLimits(node);
  const { arithmetic } = node;
  const inputZero = node.inputFormat.zeroPoint;
  const outputZero = node.outputFormat.zeroPoint;
  if (arithmetic.kind === 'fixed-point') {
    for (let i = 0; i < output.length; i++) {
      const value = multiplyByQuantisedMultiplier(source[i]! - inputZero, arithmetic.multiplier, arithmetic.shift);
      output[i] = limited(node, value, outputZero);
    }
    return;
  }
  const scale = Math.fround(arithmetic.scale);
  const outputScale = Math.fround(arithmetic.outputScale);
  for (let i = 0; i < output.length; i++) {
    const value = Math.fround((source[i]! - inputZero) * scale);
    output[i] = limited(node, roundHalfEven(Math.fround(value / outputScale)), outputZero);
  }
}
