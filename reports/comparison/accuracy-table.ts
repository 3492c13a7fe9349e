import type { Measured } from '../../sim/results/calibration.js';
import type { AlignedTable, Cell, Column } from '../aligned-table.js';
import { grouped, NONE } from '../format.js';
import { markedName, type Row } from './rows.js';
import { pointsToFloat, top1Percent } from './top1.js';

/** Top-1 of the float network, of plain int8 and of the scheme, on the images that decided and on those that did not. */
export function accuracyTable(rows: readonly Row[], baseline: string): AlignedTable {
  const right = (heading: string, group?: string): Column =>
    group === undefined ? { heading, align: 'right' } : { heading, group, align: 'right' };
  const measured = (group: string): Column[] =>
    ['images', 'float', 'int8', 'scheme', 'scheme to float'].map((heading) => right(heading, group));
  return {
    columns: [
      { heading: 'system', align: 'left' },
      right('budget, points'),
      right('activation bits'),
      ...measured('calibration'),
      ...measured('test'),
    ],
    rows: rows.map(({ run: { system, calibration } }): Cell[] => {
      const name = markedName(system, baseline);
      if (calibration === null) return [name, ...Array.from({ length: 12 }, () => NONE)].map((text) => ({ text }));
      return [
        name,
        String(calibration.accuracyBudget_percent),
        String(calibration.activationBits),
        ...measuredTexts(calibration.calibration),
        ...measuredTexts(calibration.test),
      ].map((text) => ({ text }));
    }),
  };
}

function measuredTexts({ images, float, network, scheme }: Measured): string[] {
  const top1 = (right: number) => top1Percent(right, images);
  return [grouped(images), top1(float), top1(network), top1(scheme), pointsToFloat(scheme, float, images)];
}
