import type { StageWait } from '../sim/results/chip-result.js';
import type { Result } from '../sim/results/result.js';
import type { StudyColumn, StudyValues } from '../sim/results/study.js';
import type { RunOptions } from './run/run-options.js';
import { runScenario } from './run/run-scenario.js';
import type { Scenario } from './scenario.js';
import type { StudyMeasurement } from './study.js';

/** What is measured of a network on a chip, beside the speed-up, which compares rows. */
export const PIPELINE_COLUMNS: readonly StudyColumn[] = [
  { key: 'crossbars', heading: 'crossbars', unit: 'count', doc: 'Crossbars that hold a part of the network.' },
  { key: 'interval', heading: 'interval', unit: 'cycle', doc: 'Cycles from image to image, once under way.' },
  { key: 'latency', heading: 'latency', unit: 'cycle', doc: 'Cycles of the first image.' },
  { key: 'throughput', heading: 'images/s', unit: 'count', doc: 'Images in a second.' },
  { key: 'speedup', heading: 'pace', unit: 'ratio', doc: 'Images in the time of one image of the first step.' },
  { key: 'layer', heading: 'slowest', unit: 'name', doc: 'Stage that sets the pace.' },
  { key: 'activity', heading: 'activity', unit: 'name', doc: 'What it does all the time.', detail: true },
  {
    key: 'busy',
    heading: 'busy',
    unit: 'share',
    doc: 'Share of the run in which the slowest part of that stage is at work.',
  },
  { key: 'limit', heading: 'limit', unit: 'name', doc: 'What limits it.' },
  {
    key: 'reading',
    heading: 'reading',
    unit: 'share',
    doc: 'Share of the time in which a crossbar, on the mean, reads.',
    detail: true,
  },
];

/** Where the time of a layer's crossbars goes: shares that sum to 1. */
export const STAGE_COLUMNS: readonly StudyColumn[] = [
  { key: 'layer', heading: 'layer', unit: 'name', doc: 'Matrix layer.' },
  { key: 'windows', heading: 'windows', unit: 'count', doc: 'Windows of an image.' },
  { key: 'replicas', heading: 'replicas', unit: 'count', doc: 'Copies of the layer.' },
  { key: 'reads', heading: 'reads', unit: 'share', doc: 'Crossbars read.' },
  { key: 'adc', heading: 'waits for ADCs', unit: 'share', doc: 'No sample-and-hold bank is free.' },
  { key: 'pixels', heading: 'waits for pixels', unit: 'share', doc: 'Pixels of the layers before are not there.' },
  { key: 'output', heading: 'waits for room', unit: 'share', doc: 'The output registers have no room.' },
  {
    key: 'other',
    heading: 'waits for other crossbars or transfers',
    unit: 'share',
    doc: 'Other crossbars of the layer are slower, or the window is on its way, or not decoded or scanned.',
  },
  { key: 'done', heading: 'has no work left', unit: 'share', doc: 'After the last read, while others work.' },
];

/** The stall matrix: a row for each stage and what it waits for, of its time in the run. */
export const WAIT_COLUMNS: readonly StudyColumn[] = [
  { key: 'stage', heading: 'who waits', unit: 'name', doc: 'Stage that waits.' },
  { key: 'of', heading: 'for whom', unit: 'name', doc: 'Stage whose pixels or room it waits for, or what else.' },
  {
    key: 'share',
    heading: 'share',
    unit: 'share',
    doc: 'Share of the run in which it waits, in %: for pixels of a stage before it, or for room at one behind it.',
  },
];

/** What a wait without a stage to blame is for. */
const OWN: Readonly<Record<string, string>> = { pe: 'own PEs', output: 'own output', server: 'bank, bus' };

export function measurePipeline(scenario: Scenario, options: RunOptions): StudyMeasurement {
  const result = runScenario(scenario, options);
  const { chip, footprint, time, cycles } = result;
  const { bottleneck, initiationInterval_cycles: interval } = chip!;
  return {
    values: {
      crossbars: footprint.crossbars,
      interval,
      latency: chip!.latency_cycles,
      throughput: chip!.throughput_imagesPerSecond,
      layer: bottleneck.layer,
      activity: bottleneck.activity,
      busy: bottleneck.share,
      limit: bottleneck.resource,
      reading: time.reads / cycles,
    },
    parts: { stages: stageValues(result), waits: waitValues(result) },
  };
}

function stageValues({ layers, cycles }: Result): StudyValues[] {
  return layers!.map(({ name, windows, replicas, time }) => {
    const of = (...parts: readonly number[]) => parts.reduce((sum, part) => sum + part, 0) / cycles;
    return {
      layer: name,
      windows,
      replicas,
      reads: of(time.reads),
      adc: of(time.adcWaiting),
      pixels: of(time.pixels),
      output: of(time.output),
      other: of(time.indexDecoding, time.detector, time.transfer, time.windowSharing),
      done: of(time.finishedEarlier, time.finished, time.drain, time.otherPasses),
    };
  });
}

/**
 * Every pair of stages, in execution order, so that all steps have the same names. A stage may wait for another both before
 * its fetches and before its sendings; the longer of the two counts.
 */
function waitValues({ chip }: Result): StudyValues[] {
  const stages = chip!.stages.map(({ name }) => name);
  const columns = [...stages, 'port', ...Object.values(OWN)];
  const cells = new Map<string, number>();
  for (const wait of chip!.waits) {
    const key = `${wait.layer}\n${blamed(wait)}`;
    cells.set(key, Math.max(cells.get(key) ?? 0, wait.share));
  }
  return stages.flatMap((stage) => columns.map((of) => ({ stage, of, share: cells.get(`${stage}\n${of}`) ?? 0 })));
}

function blamed({ of, cause }: StageWait): string {
  const name = of ?? OWN[cause];
  if (name === undefined) throw new Error(`stall matrix: got a wait for ${cause} without a stage; it has no name here`);
  return name;
}
