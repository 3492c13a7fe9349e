import { EqualWork } from '../../components/equal-work.js';
import type { MachineConfig } from '../../components/machine.js';
import { executeNetwork } from '../../models/execute.js';
import { matrixLayers } from '../../models/matrix-layer.js';
import type { Tensor } from '../../models/tensor.js';
import type { Footprint, ImageResult, Result } from '../../sim/results/result.js';
import type { MappingConfig } from '../mapping-parameters.js';
import { instancesOf, machineArea } from '../pricing.js';
import { compileLayer, denseOperationsOfLayer, type PlannedNetwork } from '../quantise/plan-network.js';
import { LayerRun } from './layer-run.js';
import { addResources } from './resources.js';
import { type RunResult, saturationWarnings } from './run-matrix.js';
import type { RunOptions } from './run-options.js';
import { Tally } from './tally.js';
import { sumOfTimes } from './time-breakdown.js';

export interface NetworkRun {
  readonly machine: MachineConfig;
  readonly mapping: MappingConfig;
  readonly planned: PlannedNetwork;
  /** Network inputs, in the order in which they run. */
  readonly images: readonly Tensor[];
  /** Index of the first image in its file or set. */
  readonly firstImage: number;
  readonly labels: readonly number[] | null;
}

/**
 * Scope `chip`, for now layer by layer: each matrix layer has PEs of its own; all windows of a layer go through them,
 * a barrier follows, and operations that are no matrix product take no time. Image follows image.
 */
export function runNetwork(run: NetworkRun, options: RunOptions): RunResult {
  const { machine, mapping, planned, images } = run;
  const { network } = planned;
  const layers = new Map<string, LayerRun>();
  const work = new EqualWork(machine);
  let pes = 0;
  for (const [name, layer] of matrixLayers(network)) {
    const plannedLayer = planned.layers.get(name)!;
    const program = compileLayer(plannedLayer, mapping);
    const layerRun = new LayerRun(layer, program, denseOperationsOfLayer(plannedLayer), machine, work, pes);
    layers.set(name, layerRun);
    pes += layerRun.shares.length;
  }

  let cycles = 0;
  let done = 0;
  const outputs: number[][] = [];
  const results: ImageResult[] = [];
  const total = images.length * pes;
  images.forEach((image, i) => {
    const start = cycles;
    const logits = executeNetwork(network, image, {
      product: (layer, input) => {
        const layerRun = layers.get(layer.name)!;
        if (options.trace) options.trace.offset = cycles;
        options.progress?.(done, total, `image ${i + 1} of ${images.length}, layer ${layer.name}`);
        const before = layerRun.cycles;
        const accumulators = layerRun.run(input, options, () => {
          done++;
        });
        cycles += layerRun.cycles - before;
        return accumulators;
      },
    });
    const label = run.labels?.[i];
    outputs.push(Array.from(logits));
    results.push({
      index: run.firstImage + i,
      cycles: cycles - start,
      prediction: logits.indexOf(Math.max(...logits)),
      ...(label === undefined ? {} : { label }),
    });
  });
  options.progress?.(total, total, 'done');
  return {
    ...collect(machine, [...layers.values()], cycles),
    ...(options.outputs ? { outputs } : {}),
    images: results,
  };
}

function collect(machine: MachineConfig, layers: readonly LayerRun[], cycles: number): RunResult {
  const tally = new Tally();
  const resources: Result['resources'] = {};
  const footprint: Footprint = { pes: 0, crossbars: 0, cellsUsed: 0, cells: 0, indexBits: 0 };
  let windows = 0;
  for (const layer of layers) {
    tally.add(layer.tally);
    windows += layer.statistics[0]!.windows;
    for (const key of Object.keys(footprint) as (keyof Footprint)[]) footprint[key] += layer.footprint[key];
    layer.shares.forEach((share, pe) => {
      addResources(resources, share.path, machine, layer.statistics[pe]!, cycles);
    });
  }
  const results = layers.map((layer) => layer.result());
  const times = results.map(({ time }) => time);
  return {
    cycles,
    windows,
    counts: tally.counts,
    work: tally.work,
    time: sumOfTimes(times, cycles),
    resources,
    energy: tally.energy(machine),
    area: machineArea(machine, instancesOf(machine, footprint)),
    footprint,
    layers: results,
    warnings: saturationWarnings(tally.counts.saturatedCodes),
  };
}
