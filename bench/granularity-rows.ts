import type { Granularity } from '../components/pe.js';
import { type NetworkCase, runCase } from './network-cases.js';
import type { NetworkRow } from './network-row.js';
import { type NetworkRun, ousimRun, resizedRun } from './network-run.js';
import { naivePe } from './pe-engines.js';
import { PE_CASES, peWorkload } from './pe-workload.js';

/** A run that `fast` does in full, and parts of it, or runs like it, that the slower granularities can do. */
export interface GranularityCase {
  readonly fast: NetworkCase;
  readonly parts: readonly Part[];
}

/** Two runs of the same machine. Their difference gives the time of an operation without what is done once in a run. */
interface Part {
  readonly granularity: Exclude<Granularity, 'fast'>;
  readonly text: string;
  readonly small: () => NetworkRun;
  readonly large: () => NetworkRun;
}

const PRESET = ['--preset', 'isaac-ou'];

function fastCase(model: string, more: readonly string[] = []): NetworkCase {
  return runCase(`${model}, \`isaac-ou\`, fast`, ['--model', model, ...PRESET, ...more]);
}

/** resnet18 at two input sizes: the layers and crossbars of the whole, with fewer windows. */
function inputsPart(granularity: Part['granularity'], small: number, large: number): Part {
  const run = (input: number) => () =>
    resizedRun(['--model', 'resnet18', ...PRESET, '--input', String(input), '--granularity', granularity]);
  const text = `resnet18 on inputs of ${small}x${small} and ${large}x${large}`;
  return { granularity, text, small: run(small), large: run(large) };
}

/** lenet5-mnist with two numbers of images: for what is too slow for a single window of resnet18. */
function imagesPart(granularity: Part['granularity'], small: number, large: number): Part {
  const run = (images: number) => () =>
    ousimRun(['--model', 'lenet5-mnist', ...PRESET, '--images', String(images), '--granularity', granularity]);
  return { granularity, text: `lenet5-mnist, ${small} and ${large} images`, small: run(small), large: run(large) };
}

export const GRANULARITY_CASE: GranularityCase = {
  fast: fastCase('resnet18'),
  parts: [inputsPart('booked', 16, 32), imagesPart('sampled', 1, 5)],
};

export const QUICK_GRANULARITY_CASE: GranularityCase = {
  fast: fastCase('lenet5-mnist', ['--images', '20']),
  parts: [imagesPart('booked', 1, 5), imagesPart('sampled', 1, 2)],
};

/**
 * The rows of `booked`, `sampled` and the naive machine, extrapolated by OU operations to those of `fast`; the naive machine
 * from a window of the PE benchmark.
 *
 * @param progress told what begins
 */
export function extrapolatedRows(
  { parts }: GranularityCase,
  fast: NetworkRow,
  progress: (text: string) => void,
): NetworkRow[] {
  const rows = parts.map((part) => {
    progress(`${part.granularity}: ${part.text}`);
    return extrapolated(part, fast);
  });
  progress('naive machine: a window of a PE');
  return [...rows, naiveRow(fast)];
}

/** On one thread, wall time is CPU time; the difference of two wall times would show the load of the machine instead. */
function extrapolated({ granularity, text, small, large }: Part, fast: NetworkRow): NetworkRow {
  const [less, more] = [small(), large()];
  const perOperation_s = (more.cpu_s - less.cpu_s) / (more.operations - less.operations);
  const seconds = more.cpu_s + perOperation_s * (fast.operations - more.operations);
  return {
    ...withoutGoals(fast),
    name: fast.name.replace(/fast$/, granularity),
    command: `${fast.command} --granularity ${granularity}`,
    wall_s: seconds,
    cpu_s: seconds,
    extrapolatedFrom: text,
  };
}

function naiveRow(fast: NetworkRow): NetworkRow {
  const [peCase] = PE_CASES;
  const { seconds, performed } = naivePe(peWorkload(peCase!, 1));
  const allSeconds = (seconds / performed) * fast.operations;
  return {
    ...withoutGoals(fast),
    name: fast.name.replace(/fast$/, 'naive machine'),
    command: 'none: test/naive/machine.ts',
    wall_s: allSeconds,
    cpu_s: allSeconds,
    extrapolatedFrom: `a window of one PE, ${peCase!.title}`,
  };
}

function withoutGoals(row: NetworkRow): NetworkRow {
  return { ...row, peakRss_MB: null, wallGoal_s: null, rssGoal_MB: null };
}
