import type { Ranges, ValueRange } from './calibrate.js';
import { inputBounds, type PixelNormalisation, thenScaled } from './image-input.js';
import { GRAPH_INPUT, type IntegerScale, type Layer, type LayerGraph, readersOf } from './layer-graph.js';
import { quantiseWeights } from './quantise-weights.js';

/**
 * A float graph as a QDQ graph: weights as integers, and `quantise` and `dequantise` behind every layer whose output another
 * layer needs as integers. Activations are uint8 with a zero point, which is 0 behind a ReLU.
 *
 * @param pixels how pixels become the graph's input, which says its range
 */
export function insertQuantisation(graph: LayerGraph, ranges: Ranges, pixels: PixelNormalisation): LayerGraph {
  const layers: Layer[] = [];
  /** What now stands for a layer's output. */
  const quantised = new Map<string, string>();
  /** Layers that normalise the image, and how pixels become their outputs. */
  const images = new Map<string, PixelNormalisation>([[GRAPH_INPUT, pixels]]);

  const append = (name: string, shape: Layer['shape'], origin: string, scale: IntegerScale): void => {
    const [q, dq] = [`${name}.quantise`, `${name}.dequantise`];
    layers.push({ op: 'quantise', name: q, inputs: [name], shape, origin, ...scale });
    layers.push({ op: 'dequantise', name: dq, inputs: [q], shape, origin, ...scale });
    quantised.set(name, dq);
  };
  const quantiseImage = (name: string, shape: Layer['shape']): void => {
    const readers = readersOf(graph, name);
    if (readers.length > 0 && readers.every(({ op }) => op === 'scale')) return;
    const { least, largest } = inputBounds(images.get(name)!);
    append(name, shape, `the image ("${name}")`, scaleOf({ least, largest }));
  };

  quantiseImage(GRAPH_INPUT, graph.input.shape);
  for (const layer of graph.layers) {
    const inputs = layer.inputs.map((name) => quantised.get(name) ?? name);
    const isMatrix = layer.op === 'conv' || layer.op === 'fc';
    layers.push(
      isMatrix && layer.weights.kind === 'float'
        ? { ...layer, inputs, weights: quantiseWeights(layer.weights) }
        : { ...layer, inputs },
    );
    const image = images.get(layer.inputs[0]!);
    if (image !== undefined && layer.op === 'scale') {
      images.set(layer.name, thenScaled(image, layer.gain, layer.offset));
      quantiseImage(layer.name, layer.shape);
    } else if (needsQuantisation(graph, layer)) {
      append(layer.name, layer.shape, layer.origin, scaleOf(ranges.get(layer.name)!));
    }
  }
  return { ...graph, layers, output: quantised.get(graph.output) ?? graph.output };
}

/** uint8 over a range, widened to hold 0, which then is an integer. */
function scaleOf({ least, largest }: ValueRange): IntegerScale {
  const [min, max] = [Math.min(0, least), Math.max(0, largest)];
  // All values 0: any scale says so.
  const scale = max === min ? 1 : Math.fround((max - min) / 255);
  return { scale, zeroPoint: 0 - Math.round(min / scale), signed: false };
}

/** False where the layer behind is taken into the same node, or where values keep the integers of the layer before. */
function needsQuantisation(graph: LayerGraph, layer: Layer): boolean {
  const { op } = layer;
  if (op === 'maxpool' || op === 'reshape') return false;
  const readers = readersOf(graph, layer.name);
  if (op !== 'conv' && op !== 'fc' && op !== 'scale') return !(readers.length === 1 && readers[0]!.op === 'clip');
  // The logits stay real; so do sums on their way to the batch normalisation or ReLU behind them.
  return !isTakenUp(graph, layer);
}

/** Whether what follows sums is, through pools and reshapes, a limit, a gain or the output, and nothing else reads them. */
function isTakenUp(graph: LayerGraph, layer: Layer): boolean {
  const readers = readersOf(graph, layer.name);
  if (layer.name === graph.output) return readers.length === 0 && layer.op !== 'maxpool';
  const [reader, ...others] = readers;
  if (reader === undefined || others.length > 0) return false;
  if (reader.op === 'clip') return true;
  if (reader.op === 'scale') return layer.op !== 'maxpool' && layer.op !== 'reshape';
  if (reader.op === 'maxpool') return leadsToClip(graph, reader);
  return reader.op === 'reshape' && isTakenUp(graph, reader);
}

function leadsToClip(graph: LayerGraph, layer: Layer): boolean {
  const [reader, ...others] = readersOf(graph, layer.name);
  if (reader === undefined || others.length > 0) return false;
  if (reader.op === 'clip') return true;
  return (reader.op === 'maxpool' || reader.op === 'reshape') && leadsToClip(graph, reader);
}
