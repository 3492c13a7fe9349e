import type { AlignedTable, Cell, Column } from '../aligned-table.js';
import { STEP_NAMES } from './names.js';
import { factor, times } from './ratio-text.js';
import { markedName, type Row } from './rows.js';
import { type WaterfallFactor, waterfallParts } from './waterfall-factors.js';

/** Steps in columns, from the ideal to the achieved speed-up: after each step, and in brackets what it multiplies with. */
export function waterfallTable(rows: readonly Row[], baseline: string): AlignedTable {
  const parts = rows.map(({ run }) => waterfallParts(run.waterfall));
  const right = (heading: string): Column => ({ heading, align: 'right' });
  const names = (steps: readonly WaterfallFactor[]) => steps.map(({ step }) => right(STEP_NAMES[step].name));
  const texts = (steps: readonly WaterfallFactor[]) =>
    steps.map(({ speedup, factor: by }) => `${factor(speedup)} (x${factor(by)})`);
  const { gains, losses } = parts[0]!;
  return {
    columns: [
      { heading: 'system', align: 'left' },
      ...names(gains),
      right('ideal'),
      ...names(losses),
      right('achieved'),
    ],
    rows: rows.map(({ run }, r): Cell[] => {
      const { gains: ofRun, ideal, losses: lost, achieved } = parts[r]!;
      return [markedName(run.system, baseline), ...texts(ofRun), times(ideal), ...texts(lost), times(achieved)].map(
        (text) => ({ text }),
      );
    }),
  };
}
