import type { ComparedFigure, ComparedSystem, Ratios } from '../../sim/results/comparison.js';
import type { Cell } from '../aligned-table.js';
import type { Colours } from '../colours.js';
import { times } from './ratio-text.js';
import { paperClaims } from './rows.js';

/** The cells of a ratio's column, for a column aligned left: each ratio with what the paper claims right behind it. */
export function ratioCells(
  rows: readonly { readonly system: ComparedSystem; readonly ratios: Ratios }[],
  figure: ComparedFigure,
  baseline: string,
  paint: Colours,
): Cell[] {
  const ratios = rows.map(({ ratios: { [figure]: ratio } }) => times(ratio));
  const width = Math.max(0, ...ratios.map(({ length }) => length));
  return rows.map(({ system, ratios: { [figure]: ratio } }, r) => {
    const paper = paperClaims(system.claims, figure, baseline);
    const text = `${ratios[r]!.padStart(width)}${paper === '' ? '' : ` (${paper})`}`;
    return ratio < 1 ? { text, paint: paint.bad } : { text };
  });
}
