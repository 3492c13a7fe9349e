import { readFileSync } from 'node:fs';
import type { ConvNode, FcNode, Network } from '../../../models/network.js';
import { isMatrixNode } from '../../../models/network.js';
import { readSafetensors } from '../../../models/safetensors.js';
import type { Tensor, TensorData } from '../../../models/tensor.js';
import { convertTflite, type ImportedTflite } from '../../../models/tflite/import-tflite.js';
import { sharedData } from '../shared-data.js';

/** A graph and its constants, converted from the .tflite file by another program (SOURCES.md of the shared data). */
export interface ConvertedGraph {
  readonly tensors: readonly { readonly scale: readonly number[]; readonly zeroPoint: readonly number[] }[];
  readonly nodes: readonly { readonly op: string; readonly inputs: number[]; readonly outputs: number[] }[];
}

export interface LayerCheck {
  readonly out: number;
  readonly sumOut: number;
  readonly wsumOut: number;
  readonly sumAcc: number;
  readonly wsumAcc: number;
}

/** Everything about a real network of the shared data; null without them. */
export interface TfliteFiles {
  readonly imported: ImportedTflite;
  readonly graph: ConvertedGraph;
  readonly constants: ReadonlyMap<string, Tensor>;
}

export function tfliteFiles(folder: string, name: string): TfliteFiles | null {
  const [tflite, json, safetensors] = ['tflite', 'json', 'safetensors'].map((end) =>
    sharedData(`${folder}/${name}.${end}`),
  );
  if (tflite == null || json == null || safetensors == null) return null;
  return {
    imported: convertTflite(readFileSync(tflite), tflite),
    graph: readJson(json),
    constants: readSafetensors(safetensors),
  };
}

export function readJson<T>(path: string): T {
  return JSON.parse(readFileSync(path, 'utf8')) as T;
}

export function matrixNode(network: Network, name: string): ConvNode | FcNode {
  const node = network.nodes.find((candidate) => candidate.name === name);
  if (node === undefined || !isMatrixNode(node)) throw new Error(`no matrix node ${name}`);
  return node;
}

/** [height][width][channels] -> [channels][height][width]; `shape` without the batch; features stay as they are. */
export function channelsFirst(data: TensorData, shape: readonly number[]): number[] {
  if (shape.length !== 3) return Array.from(data);
  const [height, width, channels] = shape as [number, number, number];
  const pixels = height * width;
  return Array.from(data, (_, i) => data[(i % pixels) * channels + Math.floor(i / pixels)]!);
}

/** [channels][height][width] -> [height][width][channels]; `shape` is [channels, height, width] or [features]. */
export function channelsLast(data: ArrayLike<number>, shape: readonly number[]): number[] {
  const channels = shape[0]!;
  const pixels = data.length / channels;
  return Array.from({ length: data.length }, (_, i) => data[(i % channels) * pixels + Math.floor(i / channels)]!);
}

/** Image `index` of a stored batch [N][...], as the network takes it. */
export function inputOf(network: Network, batch: Tensor, index: number): Tensor {
  const size = batch.data.length / batch.shape[0]!;
  const image = batch.data.slice(index * size, (index + 1) * size);
  const first = channelsFirst(image, batch.shape.slice(1));
  const data = network.inputFormat.signed ? Int8Array.from(first) : Uint8Array.from(first);
  return { dtype: network.inputFormat.signed ? 'I8' : 'U8', shape: network.inputShape, data };
}
