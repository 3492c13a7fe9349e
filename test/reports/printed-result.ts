import { endScreen, type RunFiles } from '../../reports/end-screen.js';
import type { TableOptions } from '../../reports/table-options.js';
import { resultTables } from '../../reports/tables.js';
import type { Result } from '../../sim/results/result.js';

export const ESCAPE = String.fromCharCode(27);

export const WRITTEN: RunFiles = {
  folder: 'out/lenet',
  names: ['result.json', 'run-info.json', 'charts/ (3 pictures)'],
  trace: null,
  explain: ['npx ousim explain isaac --set machine.adc.bits=6', 'npx ousim explain isaac'],
  next: 'npx ousim report out/lenet',
};
export const NOT_WRITTEN: RunFiles = { ...WRITTEN, folder: null, names: [], next: null };

/** All that a run prints of a result without outputs. */
export function reportText(result: Result, options: TableOptions = {}, files: RunFiles = WRITTEN): string {
  return `${resultTables(result, options)}\n${endScreen(result, files, options)}`;
}

/** Text with ordinary spaces, so that expectations stay readable. */
export function plain(text: string): string {
  return text.replaceAll('\u202f', ' ');
}
