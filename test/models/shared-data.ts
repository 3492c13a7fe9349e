import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Path of a file of the shared data folder beside the repository; null in a checkout without it. */
export function sharedData(name: string): string | null {
  const path = fileURLToPath(new URL(`../../../shared/data/${name}`, import.meta.url));
  return existsSync(path) ? path : null;
}

export const SHARED_DATA_MISSING = '../shared/data is missing';
