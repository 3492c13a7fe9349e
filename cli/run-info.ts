import { cpus } from 'node:os';
import type { RunInfo } from '../sim/results/write.js';
import { packageVersion } from './package-info.js';
import type { Session } from './terminal.js';

/** All about a run that may differ from run to run, and therefore does not stand in `result.json`. */
export function runInfo(startedAt: Date, { commandLine }: Session, more: RunInfo): RunInfo {
  return {
    commandLine,
    ousim: packageVersion(),
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
    processor: cpus()[0]?.model ?? 'unknown',
    startedAt: startedAt.toISOString(),
    wallSeconds: (Date.now() - startedAt.getTime()) / 1000,
    ...more,
  };
}
