import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Kernel } from '../sim/kernel.js';

const SIM = new URL('../sim/', import.meta.url);
const TRACE_CALL = /^ *if \(this\.trace !== null\)\s+this\.trace\([^;]*\);\n/gm;

/**
 * The compiled kernel without the line that offers each event to a trace: what that line costs while there is no trace can
 * only be measured against a kernel that has not got it.
 *
 * @throws Error if the line does not stand there exactly once
 */
export async function kernelWithoutTrace(): Promise<typeof Kernel> {
  const source = readFileSync(new URL('kernel.js', SIM), 'utf8');
  const lines = source.match(TRACE_CALL)?.length ?? 0;
  if (lines !== 1) throw new Error(`kernel.js: got ${lines} lines that call the trace; expected 1`);
  const text = source.replace(TRACE_CALL, '').replaceAll(/from '\.\//g, `from '${SIM.href}`);
  const folder = mkdtempSync(join(tmpdir(), 'ousim-bench-'));
  try {
    const file = join(folder, 'kernel.mjs');
    writeFileSync(file, text);
    return ((await import(pathToFileURL(file).href)) as { Kernel: typeof Kernel }).Kernel;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
