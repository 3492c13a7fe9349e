import { type NetworkRun, ousimCompare, ousimRun } from './network-run.js';

/** A row of the benchmark of networks. */
export interface NetworkCase {
  readonly name: string;
  readonly command: string;
  readonly run: () => NetworkRun;
  readonly wallGoal_s: number | null;
  readonly rssGoal_MB: number | null;
}

/** Goals of the networks in seconds and 10^6 bytes. */
interface Goals {
  readonly wall_s?: number;
  readonly rss_MB?: number;
}

export function runCase(name: string, args: readonly string[], goals: Goals = {}): NetworkCase {
  return networkCase(name, `ousim run ${args.join(' ')}`, () => ousimRun(args), goals);
}

function compareCase(name: string, args: readonly string[], goals: Goals = {}): NetworkCase {
  return networkCase(name, `ousim compare ${args.join(' ')}`, () => ousimCompare(args), goals);
}

function networkCase(name: string, command: string, run: () => NetworkRun, goals: Goals): NetworkCase {
  return { name, command, run, wallGoal_s: goals.wall_s ?? null, rssGoal_MB: goals.rss_MB ?? null };
}

const GROUP = ['--set', 'machine.detector.kind=group'];
/** The drawn weights of a shape have no float weights that a scheme could decide about. */
const AS_DRAWN = ['--set', 'mapping.quantisation=network'];

/** Pools of 8 ADCs, each for so many crossbars. */
function sharedBy(crossbars: number): string[] {
  return crossbars === 1 ? [] : ['--set', 'machine.adc.perPool=8', '--set', `machine.adc.sharedBy=${crossbars}`];
}

function on(model: string, preset: string, ...more: readonly string[]): string[] {
  return ['--model', model, '--preset', preset, ...more];
}

export const NETWORK_CASES: readonly NetworkCase[] = [
  compareCase('vgg10m-cifar10, all systems of `compare`', ['--models', 'vgg10m-cifar10'], { wall_s: 10 }),
  runCase('resnet18, `isaac-ou`', on('resnet18', 'isaac-ou'), { wall_s: 20, rss_MB: 1000 }),
  runCase('resnet18, `sre` (orc+dof)', on('resnet18', 'sre', ...AS_DRAWN), { wall_s: 20, rss_MB: 1000 }),
  runCase('resnet50, `isaac-ou`, group detector', on('resnet50', 'isaac-ou', ...GROUP), { wall_s: 60, rss_MB: 1000 }),
  ...[1, 2, 8].map((crossbars) =>
    runCase(
      `resnet50, \`isaac-ou\`, dense, 8 ADCs for ${crossbars === 1 ? 'each crossbar' : `${crossbars} crossbars`}`,
      on('resnet50', 'isaac-ou', ...sharedBy(crossbars)),
      { wall_s: 10 },
    ),
  ),
];

/** Instead of them where only the machinery is tried. */
export const QUICK_NETWORK_CASES: readonly NetworkCase[] = [
  compareCase('lenet5-mnist, all systems of `compare`', ['--models', 'lenet5-mnist'], { wall_s: 10 }),
  runCase('lenet5-mnist, `isaac-ou`', on('lenet5-mnist', 'isaac-ou'), { wall_s: 20, rss_MB: 1000 }),
  runCase('lenet5-mnist, `sre` (orc+dof)', on('lenet5-mnist', 'sre'), { wall_s: 20, rss_MB: 1000 }),
  runCase('lenet5-mnist, `isaac-ou`, group detector', on('lenet5-mnist', 'isaac-ou', ...GROUP)),
  ...[1, 8].map((crossbars) =>
    runCase(`lenet5-mnist, dense, shared by ${crossbars}`, on('lenet5-mnist', 'isaac-ou', ...sharedBy(crossbars))),
  ),
];
