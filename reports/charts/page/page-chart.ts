import type { Result } from '../../../sim/results/result.js';
import { batchSize, subjectOf } from '../../subject.js';
import type { Chart } from '../chart.js';

/** A chart of the report page as a file. */
export interface PageChart {
  /** Of its files, without the ending. */
  readonly name: string;
  /** Captions that its tables and figures have on the page. */
  readonly captions: readonly string[];
  readonly chart: Chart;
}

/** What stands under the title of every chart of a result: what ran where, and what is to be said of drawn weights. */
export function sourceNotes(result: Result): string[] {
  const synthetic = result.chip?.synthetic ?? null;
  return [`${subjectOf(result)}, ${batchSize(result)}`, ...(synthetic === null ? [] : [synthetic])];
}
