import { closeSync, openSync, readSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { removeEarlierCharts } from '../reports/charts/chart-files.js';
import { PAGE_GENERATOR } from '../reports/page/generator.js';
import { TRACE_FILES } from '../sim/trace/formats.js';

export const CHARTS_FOLDER = 'charts';
export const PAGE_FILE = 'index.html';

/**
 * Removes from `folder` the report page and the charts of an earlier result, so that the folder shows one result; other
 * files stay. To be called when the new result is whole.
 *
 * @param charts the pictures of the new result, as paths that begin with the folder's
 */
export function removeEarlierPictures(folder: string, charts: readonly string[]): void {
  const page = join(folder, PAGE_FILE);
  if (isReportPage(page)) rmSync(page, { force: true });
  removeEarlierCharts(join(folder, CHARTS_FOLDER), charts);
}

/** Removes from `folder` the traces of an earlier run, in the formats in which the new run, which is whole, wrote none. */
export function removeEarlierTraces(folder: string, written: readonly string[]): void {
  for (const trace of TRACE_FILES.map((file) => join(folder, file))) {
    if (!written.includes(trace) && statSync(trace, { throwIfNoEntry: false })?.isFile())
      rmSync(trace, { force: true });
  }
}

/** Bytes at the beginning of a page, in which its generator stands. */
const HEAD_BYTES = 1024;

/** True of a page that `ousim report` has made; pages of other programs and older versions do not say so. */
function isReportPage(file: string): boolean {
  if (!statSync(file, { throwIfNoEntry: false })?.isFile()) return false;
  const head = Buffer.alloc(HEAD_BYTES);
  const descriptor = openSync(file, 'r');
  try {
    const length = readSync(descriptor, head, 0, HEAD_BYTES, 0);
    return head.toString('utf8', 0, length).includes(`<meta name="generator" content="${PAGE_GENERATOR}">`);
  } finally {
    closeSync(descriptor);
  }
}
