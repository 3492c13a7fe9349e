import { cpus } from 'node:os';
import type { RunInfo } from '../sim/results/write.js';
import { packageVersion } from './package-info.js';

/** All about a run that may differ from run to run, and therefore does not stand in `result.json`. */
export function runInfo(startedAt: Date, more: RunInfo): RunInfo {
  return {
    ousim: packageVersion(),
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
    processor: cpus()[0]?.model ?? 'unknown',
    startedAt: startedAt.toISOString(),
    wallSeconds: (Date.now() - startedAt.getTime()) / 1000,
    ...more,
  };
}
