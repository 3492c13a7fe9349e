import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** What a process took from its start to its end. */
export interface Usage {
  readonly wall_s: number;
  /** Of all its threads. */
  readonly cpu_s: number;
  /** Largest resident set, 10^6 bytes. */
  readonly peakRss_MB: number;
}

const REPORT_USAGE = new URL('./report-usage.js', import.meta.url).href;

/**
 * Runs a compiled program of ousim in a process of its own, without its output.
 *
 * The system counts a process's memory from before its program is loaded, when it still is a copy of this one; therefore this
 * process must be small.
 *
 * @param folder for the report of what it used
 * @throws Error with what the program said if it fails
 */
export function measuredProcess(program: URL, args: readonly string[], folder: string): Usage {
  const report = join(folder, 'usage.json');
  const start = process.hrtime.bigint();
  const { status, stderr } = spawnSync(process.execPath, ['--import', REPORT_USAGE, fileURLToPath(program), ...args], {
    env: { ...process.env, OUSIM_BENCH_USAGE: report },
    stdio: ['ignore', 'ignore', 'pipe'],
    encoding: 'utf8',
  });
  const wall_s = Number(process.hrtime.bigint() - start) / 1e9;
  if (status !== 0) throw new Error(`${fileURLToPath(program)} ${args.join(' ')}: exit code ${status}\n${stderr}`);
  return { wall_s, ...(JSON.parse(readFileSync(report, 'utf8')) as Omit<Usage, 'wall_s'>) };
}
