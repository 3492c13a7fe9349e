import type { CheckedClaim, ComparedSystem, Comparison } from '../../sim/results/comparison.js';
import type { AlignedTable, Cell, Column } from '../aligned-table.js';
import { NONE } from '../format.js';
import { FIGURE_NAMES } from './names.js';
import { claimed, signedPercent, times } from './ratio-text.js';

interface SystemsClaim {
  readonly system: ComparedSystem;
  readonly claim: CheckedClaim;
}

/** Every claim beside what was simulated; the last column numbers the sources, which are listed in the same order. */
export function claimsTable(
  comparison: Comparison,
  names: 'whole' | 'short',
): { table: AlignedTable; sources: string[] } {
  const claims = comparison.systems.flatMap((system) =>
    system.claims.map((claim): SystemsClaim => ({ system, claim })),
  );
  const sources = [...new Set(claims.map(({ claim }) => claim.source))];
  const left = (heading: string): Column => ({ heading, align: 'left' });
  const right = (heading: string): Column => ({ heading, align: 'right' });
  const columns = [
    left('system'),
    left('figure'),
    left('over'),
    right('paper'),
    right('ousim'),
    right('off by'),
    left('comparability'),
    right('source'),
  ];
  const rows = claims.map(({ system, claim }): Cell[] =>
    [
      system.name,
      FIGURE_NAMES[claim.figure][names],
      claim.over,
      claimed(claim),
      claim.measured === null ? 'not run' : times(claim.measured),
      claim.deviation === null ? NONE : signedPercent(claim.deviation),
      claim.comparability,
      `[${sources.indexOf(claim.source) + 1}]`,
    ].map((text) => ({ text })),
  );
  return { table: { columns, rows }, sources };
}
