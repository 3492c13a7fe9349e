import { grouped, plural } from '../../format.js';
import { cycleSpan } from '../../page/cycle-span.js';
import {
  cycleWords,
  type DrawnQueue,
  drawnQueues,
  longestWords,
  PARTS_SHOWN,
  queueParts,
  queueSteps,
} from '../../page/queues.js';
import { runView } from '../../page/run-view.js';
import type { SavedRun } from '../../page/saved-run.js';
import type { TraceView } from '../../page/trace-view.js';
import { FAINT_TEXT_COLOUR, OKABE_ITO, TEXT_COLOUR, translucent } from '../palette.js';
import { AXIS_HEIGHT, paintAxis } from '../paper/axis.js';
import { LINE_COLOUR } from '../paper/looks.js';
import { type Block, captioned, inColumns, paperChart } from '../paper/sheet.js';
import { type Context, widest, write } from '../paper/text.js';
import { type PageChart, sourceNotes } from './page-chart.js';

const COLUMNS = 2;
const BETWEEN_COLUMNS = 18;
const HEIGHT = 58;
const AREA_COLOUR = translucent(OKABE_ITO.orange, 0.45);

/** What a queue was from `start` to `end`, cycles: samples. */
interface DrawnPart {
  readonly start: number;
  readonly end: number;
  readonly most: number;
  readonly mean: number;
}

/** The queues of the traced window over its cycles; none without a trace, or where no sample waits. */
export function queuesChart(run: SavedRun): PageChart[] {
  const { trace, result } = run;
  if (trace === null) return [];
  const { shown, unlisted } = drawnQueues(trace, runView(run, '').queues);
  if (shown.length === 0) return [];
  const parts = shown.map((queue) => partsOf(queue, trace));
  const hasOutline = shown.some(({ isLine }) => !isLine);
  const chart = paperChart({
    width: shown.length === 1 ? 'column' : 'page',
    title: 'Queues of ADC pools over time',
    notes: [
      `${sourceNotes(result).join('; ')}; ${cycleSpan(trace.from, trace.to)}`,
      ...(hasOutline
        ? [`area: longest queue, line: mean queue, in each ${PARTS_SHOWN}th of the window where it changes too often`]
        : []),
      ...(unlisted > 0 ? [`${plural(unlisted, 'more queue')}, shorter ones, in the trace`] : []),
    ],
    body: (width) => {
      const columns = Math.min(COLUMNS, shown.length);
      const columnWidth = (width - (columns - 1) * BETWEEN_COLUMNS) / columns;
      const panels = shown.map((queue, q) =>
        captioned(captionLines(queue), columnWidth, panel(queue, parts[q]!, trace, columnWidth)),
      );
      return [inColumns(panels, columns, columnWidth, BETWEEN_COLUMNS)];
    },
    data: {
      columns: ['pool', 'start_cycle', 'end_cycle', 'queue_longest_samples', 'queue_mean_samples'],
      rows: shown.flatMap(({ path }, q) =>
        parts[q]!.map(({ start, end, most, mean }) => [path, start, end, most, mean]),
      ),
    },
  });
  return [{ name: 'adc-queues', captions: shown.map(captionOf), chart }];
}

function captionOf(queue: DrawnQueue): string {
  return captionLines(queue).join(': ');
}

function captionLines({ name, samples, at }: DrawnQueue): [string, string] {
  return [name, `${longestWords(samples)}${cycleWords(at)}`];
}

function partsOf({ changes, isLine }: DrawnQueue, { from, to }: TraceView): DrawnPart[] {
  if (isLine) {
    return queueSteps(changes, from, to).map(({ start, end, value }) => ({ start, end, most: value, mean: value }));
  }
  const length = (to - from) / PARTS_SHOWN;
  return queueParts(changes, from, to, PARTS_SHOWN).map((part, p) => ({
    ...part,
    start: from + p * length,
    end: from + (p + 1) * length,
  }));
}

function panel(
  { samples, isLine }: DrawnQueue,
  parts: readonly DrawnPart[],
  { from, to }: TraceView,
  width: number,
): Block {
  const most = grouped(samples);
  const gutter = widest([most, '0']) + 14;
  const axis = { title: 'cycle', from, to, text: grouped };
  // The number of the last tick may stand below the right edge.
  const wide = width - gutter - Math.max(8, widest([grouped(to)]) / 2);
  return {
    height: HEIGHT + AXIS_HEIGHT,
    paint(ctx, left, top) {
      const x0 = left + gutter;
      const x = (at: number): number => x0 + ((at - from) / (to - from)) * wide;
      const y = (value: number): number => top + 3 + (1 - value / samples) * (HEIGHT - 3);
      ctx.strokeStyle = LINE_COLOUR;
      ctx.lineWidth = 0.5;
      ctx.strokeRect(x0, top + 3, wide, HEIGHT - 3);
      trace(ctx, parts, x, y, ({ most: value }) => value);
      ctx.lineTo(x(to), y(0));
      ctx.lineTo(x(from), y(0));
      ctx.closePath();
      ctx.fillStyle = AREA_COLOUR;
      ctx.fill();
      trace(ctx, parts, x, y, ({ mean }) => mean);
      ctx.strokeStyle = isLine ? OKABE_ITO.vermillion : TEXT_COLOUR;
      ctx.lineWidth = 0.9;
      ctx.stroke();
      write(ctx, most, x0 - 3, y(samples) + 3, { align: 'right', colour: FAINT_TEXT_COLOUR });
      write(ctx, '0', x0 - 3, y(0) - 3, { align: 'right', colour: FAINT_TEXT_COLOUR });
      ctx.save();
      ctx.translate(left + 4, top + HEIGHT / 2);
      ctx.rotate(-Math.PI / 2);
      write(ctx, 'samples', 0, 0, { align: 'center' });
      ctx.restore();
      paintAxis(ctx, axis, x0, top + HEIGHT, wide);
    },
  };
}

/** A line in steps. */
function trace(
  ctx: Context,
  parts: readonly DrawnPart[],
  x: (at: number) => number,
  y: (value: number) => number,
  value: (part: DrawnPart) => number,
): void {
  ctx.beginPath();
  parts.forEach((part, p) => {
    const at = y(value(part));
    if (p === 0) ctx.moveTo(x(part.start), at);
    ctx.lineTo(x(part.start), at);
    ctx.lineTo(x(part.end), at);
  });
}
