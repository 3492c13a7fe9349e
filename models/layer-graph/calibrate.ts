import { evaluate } from './evaluate.js';
import { GRAPH_INPUT, type LayerGraph } from './layer-graph.js';
import { ValueHistogram } from './value-histogram.js';

/** Share of the calibration values that an activation's range holds at each end, as of the bundled networks. */
export const CALIBRATION_PERCENTILE = 0.9999;

/** Range of a layer's outputs; outliers beyond the percentile are left out. */
export interface ValueRange {
  readonly least: number;
  readonly largest: number;
}

/** Ranges by layer name. */
export type Ranges = ReadonlyMap<string, ValueRange>;

/**
 * The ranges of all layers' outputs on calibration inputs, in the float network.
 *
 * @param inputs real inputs, each of shape `graph.input.shape`; at least one
 */
export function calibrate(graph: LayerGraph, inputs: Iterable<ArrayLike<number>>): Ranges {
  const histograms = new Map(
    [GRAPH_INPUT, ...graph.layers.map(({ name }) => name)].map((name) => [name, new ValueHistogram()]),
  );
  for (const input of inputs) {
    histograms.get(GRAPH_INPUT)!.add(input);
    evaluate(graph, input, (name, values) => histograms.get(name)!.add(values));
  }
  return new Map(
    [...histograms].map(([name, histogram]) => [
      name,
      {
        least: histogram.lowerPercentile(CALIBRATION_PERCENTILE),
        largest: histogram.upperPercentile(CALIBRATION_PERCENTILE),
      },
    ]),
  );
}
