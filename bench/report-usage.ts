import { writeFileSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';

// Loaded into a measured process before its program (`node --import`): at its end the process says what it has used, all
// its threads counted. Node has no other way to learn of a child's memory.

const file = process.env['OUSIM_BENCH_USAGE'];
if (isMainThread && file !== undefined) {
  process.on('exit', () => {
    const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
    writeFileSync(file, JSON.stringify({ cpu_s: (userCPUTime + systemCPUTime) / 1e6, peakRss_MB: maxRSS * 1.024e-3 }));
  });
}
