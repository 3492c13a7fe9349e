import { simulatedPe } from './pe-engines.js';
import { DENSE_SHARED, type PeCase, peWorkload, SPARSE_SHARED } from './pe-workload.js';
import { type Engine, interleavedSeconds, type RoundsOptions } from './rounds.js';
import { type ScalingTable, scalingTable } from './scaling.js';

const WINDOWS = [16, 64, 256, 1024, 4096];

/** `fast` on a PE with more and more windows. */
export function peScalingBenchmark(options: RoundsOptions): ScalingTable[] {
  return [SPARSE_SHARED, DENSE_SHARED].map((peCase) => tableOf(peCase, options));
}

function tableOf(peCase: PeCase, options: RoundsOptions): ScalingTable {
  const operations = new Map<string, number>();
  const engines = WINDOWS.map((windows): Engine => {
    const workload = peWorkload(peCase, windows);
    const name = `${windows} windows`;
    const { check, performed, skipped } = simulatedPe(workload, 'fast');
    operations.set(name, performed + skipped);
    return { name, expected: check, run: () => simulatedPe(workload, 'fast') };
  });
  const seconds = interleavedSeconds(engines, options);
  const rows = engines.map(({ name }) => ({
    size: name,
    operations: operations.get(name)!,
    seconds: seconds.get(name)!,
  }));
  return scalingTable(`time against work: PE, ${peCase.title}`, 'CPU seconds of the simulation', rows);
}
