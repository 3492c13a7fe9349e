import type { Result } from '../../../sim/results/result.js';
import { percent, plural } from '../../format.js';
import { SHORT_WAIT_SHARE, SHORT_WAITS_CAPTION, STAGE_WAITS_CAPTION, stageWaits } from '../../page/stage-waits.js';
import { shareAxis } from '../paper/axis.js';
import { barTable } from '../paper/bar-table.js';
import { paperChart } from '../paper/sheet.js';
import { type PageChart, sourceNotes } from './page-chart.js';

/** Who waits for whom: the longest waits of the stages of a chip; none where nothing waits. */
export function stageWaitsChart(result: Result): PageChart[] {
  const waits = stageWaits(result);
  if (waits === null || waits.long.length + waits.short.length === 0) return [];
  const { long, short } = waits;
  // Where all are short there is nothing else to draw.
  const drawn = long.length === 0 ? short : long;
  const left = long.length + short.length - drawn.length;
  const chart = paperChart({
    width: 'page',
    title: 'Who waits for whom: waits of the stages, the longest first',
    notes: [
      ...sourceNotes(result),
      ...(left === 0 ? [] : [`${plural(left, 'wait')} of less than ${100 * SHORT_WAIT_SHARE}% in the file beside`]),
    ],
    body: (width) => [
      barTable(
        {
          names: [
            { heading: 'stage', cells: drawn.map(({ layer }) => layer) },
            { heading: 'waits to', cells: drawn.map(({ state }) => state) },
            { heading: 'because', cells: drawn.map(({ because }) => because) },
            { heading: 'of stage', cells: drawn.map(({ of }) => of ?? '–') },
          ],
          rows: drawn.map(({ share, look }) => ({ pieces: [{ from: 0, to: share, look }] })),
          axis: shareAxis('share of the time of the stage [%]'),
          numbers: [{ heading: '', cells: drawn.map(({ share }) => `${percent(share)}%`) }],
        },
        width,
      ),
    ],
    data: {
      columns: ['stage', 'waits_to', 'cause', 'because', 'of_stage', 'cycles', 'share_of_stage_time'],
      rows: [...long, ...short].map(({ layer, state, cause, because, of, cycles, share }) => [
        ...[layer, state, cause, because, of ?? '', cycles, share],
      ]),
    },
  });
  return [{ name: 'stage-waits', captions: [STAGE_WAITS_CAPTION, SHORT_WAITS_CAPTION], chart }];
}
