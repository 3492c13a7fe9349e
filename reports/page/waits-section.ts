import type { Result } from '../../sim/results/result.js';
import { compact, percent, plural } from '../format.js';
import { bar } from './bar.js';
import { definition } from './definitions.js';
import { html } from './html.js';
import { numberCell, type PageCell, type PageColumn, pageTable, textCell } from './page-table.js';
import { faint, type Section } from './section.js';
import {
  SHORT_WAIT_SHARE,
  SHORT_WAITS_CAPTION,
  type ShownWait,
  STAGE_WAITS_CAPTION,
  stageWaits,
} from './stage-waits.js';

/** The stall matrix of a chip, the longest wait first; null where there is none. */
export function waitsSection(result: Result): Section | null {
  const waits = stageWaits(result);
  if (waits === null) return null;
  const { long, short, unlisted } = waits;
  const columns: PageColumn[] = [
    { heading: 'stage', definition: definition('chip.waits[]', 'layer'), kind: 'text' },
    { heading: 'waits to', definition: definition('chip.waits[]', 'state'), kind: 'text' },
    { heading: 'because', definition: definition('chip.waits[]', 'cause'), kind: 'text' },
    { heading: 'of stage', definition: definition('chip.waits[]', 'of'), kind: 'text' },
    { heading: 'share', definition: 'Bar from 0 to the whole time of its parts.', kind: 'bar' },
    { heading: 'share', unit: '%', definition: definition('chip.waits[]', 'share'), kind: 'number' },
    { heading: 'cycles', definition: definition('chip.waits[]', 'cycles'), kind: 'number' },
  ];
  const row = ({ layer, state, cause, because, look, of, share, cycles }: ShownWait): PageCell[] => [
    textCell(layer),
    textCell(state),
    textCell(because),
    textCell(of ?? '–'),
    { content: bar([{ share, look, name: cause }]) },
    numberCell(percent(share), share),
    numberCell(compact(cycles), cycles),
  ];
  return {
    id: 'waits',
    title: 'Who waits for whom',
    content: [
      long.length + short.length === 0
        ? faint('No stage had to wait.')
        : pageTable({ caption: STAGE_WAITS_CAPTION, columns, rows: long.map(row) }),
      short.length === 0
        ? ''
        : html`<details><summary>${plural(short.length, 'wait')} below ${100 * SHORT_WAIT_SHARE}%</summary>${pageTable({
            caption: SHORT_WAITS_CAPTION,
            columns,
            rows: short.map(row),
          })}</details>`,
      unlisted > 0 ? faint(`${plural(unlisted, 'shorter wait')} more in result.json.`) : '',
    ],
  };
}
