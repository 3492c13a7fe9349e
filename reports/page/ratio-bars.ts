import type { ComparedSystem, Comparison, Ratios } from '../../sim/results/comparison.js';
import { needsLogarithm } from '../charts/comparison-scale.js';
import { claimed, factor, times } from '../comparison/ratio-text.js';
import { markedName } from '../comparison/rows.js';
import { comparisonDefinition } from './definitions.js';
import { type Html, html } from './html.js';
import { numberCell, type PageCell, type PageColumn, pageTable, textCell } from './page-table.js';
import { faint } from './section.js';

const FIGURES = [
  { figure: 'speedup', heading: 'speed-up', look: 'convert' },
  { figure: 'energySaving', heading: 'energy saving', look: 'area' },
] as const;

/** A system with its ratios over the baseline, on a network or as means over several. */
export interface SystemRatios {
  readonly system: Pick<ComparedSystem, 'name' | 'claims'>;
  readonly ratios: Pick<Ratios, (typeof FIGURES)[number]['figure']>;
}

/** Where ratios stand on a bar, as shares of its length. */
export interface RatioScale {
  readonly isLogarithmic: boolean;
  /** Where bars begin: at 0, or without one, on a logarithmic scale, at the baseline. */
  readonly start: number;
  readonly at: (ratio: number) => number;
}

/** A scale for some ratios above 0 with the baseline, 1, among them; logarithmic where the charts of comparisons are. */
export function scaleOf(ratios: readonly number[]): RatioScale {
  const shown = [1, ...ratios];
  const [least, most] = [Math.min(...shown), Math.max(...shown)];
  if (!needsLogarithm(shown)) return { isLogarithmic: false, start: 0, at: (ratio) => ratio / most };
  const at = (ratio: number): number => Math.log(ratio / least) / Math.log(most / least);
  return { isLogarithmic: true, start: at(1), at };
}

/** Speed-up and energy saving of systems as bars to one scale, marked with what the papers claim over the same baseline. */
export function ratioBars(systems: readonly SystemRatios[], { baseline }: Comparison, caption: string): Html {
  const claims = ({ system }: SystemRatios, of: string) =>
    system.claims.filter(({ figure, over }) => figure === of && over === baseline);
  const scale = scaleOf(
    FIGURES.flatMap(({ figure }) =>
      systems.flatMap((one) => [
        one.ratios[figure],
        ...claims(one, figure).flatMap(({ value, to = value }) => [value, to]),
      ]),
    ),
  );
  const hasClaims = FIGURES.some(({ figure }) => systems.some((one) => claims(one, figure).length > 0));
  const from = scale.isLogarithmic ? 'Logarithmic, bars begin at 1' : 'Bars begin at 0';
  const columns: PageColumn[] = [
    { heading: 'system', definition: comparisonDefinition('networks[].runs[]', 'system'), kind: 'text' },
    ...FIGURES.flatMap(({ figure, heading }): PageColumn[] => [
      { heading, definition: `${from}; both columns of bars have one scale.`, kind: 'bar' },
      { heading, unit: '×', definition: comparisonDefinition('systems[].ratios', figure), kind: 'number' },
    ]),
  ];
  const rows = systems.map((one) => [
    textCell(markedName(one.system.name, baseline)),
    ...FIGURES.flatMap(({ figure, heading, look }): PageCell[] => {
      const ratio = one.ratios[figure];
      const [a, b] = [scale.start, scale.at(ratio)].sort((x, y) => x - y) as [number, number];
      const marks = claims(one, figure).map(({ value, to }) => {
        const [left, right] = [scale.at(value), scale.at(to ?? value)];
        return html`<i class="claim" style="left:${share(left)};width:${share(right - left)}" title="claimed by the paper: ${claimed(to === undefined ? { value } : { value, to })}"></i>`;
      });
      return [
        {
          content: html`<div class="bar marked" aria-hidden="true"><i style="width:${share(a)}"></i><i class="look-${look}" style="width:${share(b - a)}" title="${heading}: ${times(ratio)}"></i>${marks}</div>`,
        },
        numberCell(factor(ratio), ratio),
      ];
    }),
  ]);
  const marked = hasClaims
    ? '; dark marks: what the papers claim over the same baseline, a line where they give a range'
    : '';
  return html`${pageTable({ caption, columns, rows })}${faint(`${from}${marked}.`)}`;
}

function share(of: number): string {
  return `${Number((100 * of).toFixed(3))}%`;
}
