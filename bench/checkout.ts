import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of package.json, above the compiled benchmarks as above their sources. */
export const checkout = rootAbove(dirname(fileURLToPath(import.meta.url)));

/** The folder with the sources of the benchmarks. */
export const benchFolder = join(checkout, 'bench');

function rootAbove(folder: string): string {
  return existsSync(join(folder, 'package.json')) ? folder : rootAbove(dirname(folder));
}
