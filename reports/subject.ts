import type { Result } from '../sim/results/result.js';
import { plural, si } from './format.js';

/** The machine's preset, or `custom machine`. */
export function machineName(result: Pick<Result, 'scenario'>): string {
  const preset = result.scenario.machine['preset'];
  return typeof preset === 'string' ? preset : 'custom machine';
}

/** The network's name (the file's, where it came from a path), or `matrix`. */
export function workloadName(result: Pick<Result, 'scenario'>): string {
  const { model, kind } = result.scenario.workload;
  if (typeof model === 'string') return modelName(model);
  return typeof kind === 'string' ? kind : 'workload';
}

/**
 * A network's name as reports show it: a bundled one's name; of a file its own name without folder and ending, and where
 * that only says how it is quantised (`resnet20/int8.json`), the name of its folder.
 */
export function modelName(model: string): string {
  const [file, folder] = model.split(/[/\\]/).reverse();
  const name = file!.replace(/\.(?:json|tflite|onnx)$/, '');
  return name === 'int8' && folder !== undefined && /\w/.test(folder) ? folder : name;
}

/** `vgg10m-cifar10 on isaac`: the network or matrix, and the machine. */
export function subjectOf(result: Pick<Result, 'scenario'>): string {
  return `${workloadName(result)} on ${machineName(result)}`;
}

/** `10 images` of a network, `64 windows` of a matrix. */
export function batchSize(result: Result): string {
  return result.images === undefined ? plural(result.windows, 'window') : plural(result.images.length, 'image');
}

/** Root clock as the result's own cycles and seconds give it; empty for a run of no time. */
export function rootClock(result: Result): string {
  return result.seconds > 0 ? si(result.cycles / result.seconds, 'Hz') : '';
}
