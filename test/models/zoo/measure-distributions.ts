import { executeNetwork } from '../../../models/execute.js';
import { fastProduct } from '../../../models/fast-product.js';
import { INPUT_NAME, isMatrixNode, type MatrixNode, type Network } from '../../../models/network.js';
import type { Tensor } from '../../../models/tensor.js';
import { TABLE_ENTRIES } from '../../../models/zoo/drawn-numbers.js';
import { inputPositions, weightPositions } from '../../../models/zoo/position.js';

/** A real network with inputs of its own kind. */
export interface MeasuredNetwork {
  readonly name: string;
  readonly network: Network;
  /** Quantised, shape `network.inputShape`. */
  readonly inputs: readonly Tensor[];
}

/** Pixels of one source of images, 0..255. */
export interface MeasuredPixels {
  readonly name: string;
  readonly pixels: ArrayLike<number>;
}

/** Counts of the integers -256..255, in that order. */
type Histogram = Float64Array;
const LEAST = -256;
const VALUES = 512;

function count(values: ArrayLike<number>): Histogram {
  const histogram = new Float64Array(VALUES);
  for (let i = 0; i < values.length; i++) histogram[values[i]! - LEAST]! += 1;
  return histogram;
}

/** Shares of values, each layer or tensor counting the same however large it is. */
class Mixture {
  private readonly shares = new Float64Array(VALUES);
  private readonly members = new Map<string, number>();

  add(from: string, histogram: Histogram): void {
    const total = histogram.reduce((sum, n) => sum + n, 0);
    for (const [i, n] of histogram.entries()) this.shares[i]! += n / total;
    this.members.set(from, (this.members.get(from) ?? 0) + 1);
  }

  /** What `distributions.json` holds, its counts rounded by largest remainders (ties: the smaller value). */
  distribution(): { of: string; from: number; counts: string } {
    const members = [...this.members.values()].reduce((sum, n) => sum + n, 0);
    const exact = Array.from(this.shares, (share) => (share / members) * TABLE_ENTRIES);
    const counts = exact.map(Math.floor);
    const missing = TABLE_ENTRIES - counts.reduce((sum, n) => sum + n, 0);
    const byRemainder = [...exact.keys()].sort((a, b) => exact[b]! - counts[b]! - (exact[a]! - counts[a]!) || a - b);
    for (const i of byRemainder.slice(0, missing)) counts[i]! += 1;
    const first = counts.findIndex((n) => n > 0);
    const last = counts.findLastIndex((n) => n > 0);
    const of = [...this.members].map(([name, layers]) => `${name} (${layers})`).join(', ');
    return { of, from: first + LEAST, counts: counts.slice(first, last + 1).join(' ') };
  }
}

/** The text of `models/zoo/distributions.json`, measured. */
export function measureDistributions(networks: readonly MeasuredNetwork[], images: readonly MeasuredPixels[]): string {
  const weights = new Map<string, Mixture>();
  const inputs = new Map<string, Mixture>();
  const at = (mixtures: Map<string, Mixture>, position: string): Mixture => {
    let mixture = mixtures.get(position);
    if (mixture === undefined) {
      mixture = new Mixture();
      mixtures.set(position, mixture);
    }
    return mixture;
  };
  for (const { name, pixels } of images) at(inputs, 'image').add(name, count(pixels));
  for (const measured of networks) {
    const { name, network } = measured;
    const positions = weightPositions(network.nodes);
    for (const node of network.nodes.filter(isMatrixNode)) {
      at(weights, positions.get(node.name)!).add(name, count(symmetricWeights(node)));
    }
    const histograms = tensorHistograms(measured);
    for (const [tensor, position] of inputPositions(network.nodes)) {
      if (tensor !== INPUT_NAME) at(inputs, position).add(name, histograms.get(tensor)!);
    }
  }
  const section = (mixtures: Map<string, Mixture>) =>
    Object.fromEntries([...mixtures].sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, m]) => [key, m.distribution()]));
  return `${JSON.stringify({ weights: section(weights), inputs: section(inputs) }, null, 2)}\n`;
}

/** Weights less their zero point; with one, brought to the symmetric range in which they would be stored without it. */
export function symmetricWeights({ weights, weightZeroPoint, outputShape }: MatrixNode): number[] {
  if (weightZeroPoint === null) return Array.from(weights);
  const perOutput = weights.length / outputShape[0]!;
  const values = Array.from(weights, (weight, i) => weight - weightZeroPoint[Math.floor(i / perOutput)]!);
  const largest = values.reduce((max, value) => Math.max(max, Math.abs(value)), 0);
  return values.map((value) => Math.round((value * 127) / largest));
}

/** Of the tensors that matrix layers read, less their zero point, over all inputs, limited to 8 bits with the sign they have. */
function tensorHistograms({ network, inputs }: MeasuredNetwork): Map<string, Histogram> {
  const zeroPoints = new Map(network.nodes.map((node) => [node.name, node.outputFormat.zeroPoint]));
  const needed = inputPositions(network.nodes);
  const histograms = new Map<string, Histogram>();
  for (const input of inputs) {
    executeNetwork(network, input, {
      product: fastProduct,
      observe: (name, { data }) => {
        const position = needed.get(name);
        if (position === undefined) return;
        const zeroPoint = zeroPoints.get(name)!;
        const [min, max] = position.startsWith('linear') ? [-128, 127] : [0, 255];
        const histogram = histograms.get(name) ?? new Float64Array(VALUES);
        histograms.set(name, histogram);
        for (let i = 0; i < data.length; i++) {
          histogram[Math.min(max, Math.max(min, data[i]! - zeroPoint)) - LEAST]! += 1;
        }
      },
    });
  }
  return histograms;
}
