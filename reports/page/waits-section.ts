import type { Result } from '../../sim/results/result.js';
import { compact, percent, plural } from '../format.js';
import { bar } from './bar.js';
import { definition } from './definitions.js';
import { numberCell, type PageColumn, pageTable, textCell } from './page-table.js';
import { faint, type Section } from './section.js';

/** Waits in the table; the others are in the file. */
const WAITS_SHOWN = 40;

const CAUSES: Readonly<Record<string, string>> = {
  pixels: 'pixels are not there yet',
  output: 'no room for sums',
  pe: 'its PEs are at work',
  server: 'bank or bus is busy',
  space: 'no room at a consumer',
};

/** The stall matrix of a chip, the longest wait first; null where there is none. */
export function waitsSection({ chip }: Result): Section | null {
  if (chip === undefined) return null;
  const columns: PageColumn[] = [
    { heading: 'stage', definition: definition('chip.waits[]', 'layer'), kind: 'text' },
    { heading: 'waits to', definition: definition('chip.waits[]', 'state'), kind: 'text' },
    { heading: 'because', definition: definition('chip.waits[]', 'cause'), kind: 'text' },
    { heading: 'of stage', definition: definition('chip.waits[]', 'of'), kind: 'text' },
    { heading: 'share', definition: 'Bar from 0 to the whole time of its parts.', kind: 'bar' },
    { heading: 'share', unit: '%', definition: definition('chip.waits[]', 'share'), kind: 'number' },
    { heading: 'cycles', definition: definition('chip.waits[]', 'cycles'), kind: 'number' },
  ];
  const waits = [...chip.waits].sort((a, b) => b.share - a.share);
  const rows = waits.slice(0, WAITS_SHOWN).map(({ layer, state, cause, of, share, cycles }) => [
    textCell(layer),
    textCell(state),
    textCell(CAUSES[cause] ?? cause),
    textCell(of ?? '–'),
    {
      content: bar([
        { share, look: cause === 'pe' ? 'sharing' : cause === 'pixels' ? 'pixels' : 'output', name: cause },
      ]),
    },
    numberCell(percent(share), share),
    numberCell(compact(cycles), cycles),
  ]);
  const unlisted = waits.length - rows.length;
  return {
    id: 'waits',
    title: 'Who waits for whom',
    content: [
      waits.length === 0
        ? faint('No stage had to wait.')
        : pageTable({
            caption: 'Waits of the stages, fetching windows and sending pixels, the longest first',
            columns,
            rows,
          }),
      unlisted > 0 ? faint(`${plural(unlisted, 'shorter wait')} more in result.json.`) : '',
    ],
  };
}
