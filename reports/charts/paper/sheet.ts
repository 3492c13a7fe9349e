import type { ChartConfiguration, Chart as DrawnChart, Plugin } from 'chart.js';
import { DOTS_PER_INCH, PAGE_WIDTH_pt } from '../canvas.js';
import type { Chart } from '../chart.js';
import type { DataTable } from '../csv.js';
import { FAINT_TEXT_COLOUR } from '../palette.js';
import { type Context, fitted, LINE_pt, TEXT_pt, TITLE_pt, wrapped, write } from './text.js';

/**
 * Widths for a paper, in points: a column of 8.5 cm, and a page of two columns, 17.5 cm. A picture of that width has no
 * letters below 7 points.
 */
export const WIDTHS_pt = { column: 241, page: PAGE_WIDTH_pt } as const;
const POINTS_PER_INCH = 72;

const MARGIN_pt = 6;
const TITLE_LINE_pt = 11.5;
const GAP_pt = 7;

/** A part of a picture, as wide as its place is. All lengths are points. */
export interface Block {
  readonly height: number;
  paint(ctx: Context, left: number, top: number): void;
}

/** A picture for a paper: a title, notes in faint letters, and blocks one below the other. */
export interface Sheet {
  readonly width: keyof typeof WIDTHS_pt;
  readonly title: string;
  readonly notes: readonly string[];
  /** The blocks for the width between the margins. */
  readonly body: (width: number) => readonly Block[];
  readonly data: DataTable;
}

/** The picture as a chart of 300 dots per inch whose unit is a point. */
export function paperChart({ width: kind, title, notes, body, data }: Sheet): Chart {
  const width = WIDTHS_pt[kind];
  const inner = width - 2 * MARGIN_pt;
  const blocks = stacked([heading(title, notes, inner), ...body(inner)]);
  const drawSheet: Plugin = {
    id: 'sheet',
    afterDraw({ ctx }: DrawnChart) {
      ctx.save();
      blocks.paint(ctx, MARGIN_pt, MARGIN_pt);
      ctx.restore();
    },
  };
  const configuration: ChartConfiguration<'scatter'> = {
    type: 'scatter',
    data: { datasets: [] },
    options: {
      scales: { x: { display: false }, y: { display: false } },
      plugins: { title: { display: false }, subtitle: { display: false }, legend: { display: false } },
    },
    plugins: [drawSheet as Plugin<'scatter'>],
  };
  const height = Math.ceil(blocks.height + 2 * MARGIN_pt);
  return {
    configuration: configuration as ChartConfiguration,
    data,
    size: { width, height, pixelsPerUnit: DOTS_PER_INCH / POINTS_PER_INCH, unitsPerInch: POINTS_PER_INCH },
  };
}

function heading(title: string, notes: readonly string[], width: number): Block {
  const titles = wrapped(title, width, TITLE_pt, true);
  const lines = notes.flatMap((note) => wrapped(note, width));
  return {
    height: titles.length * TITLE_LINE_pt + lines.length * LINE_pt,
    paint(ctx, left, top) {
      titles.forEach((line, l) => {
        write(ctx, line, left, top + (l + 0.5) * TITLE_LINE_pt, { size: TITLE_pt, bold: true });
      });
      const below = top + titles.length * TITLE_LINE_pt;
      lines.forEach((line, l) => {
        write(ctx, line, left, below + (l + 0.5) * LINE_pt, { colour: FAINT_TEXT_COLOUR });
      });
    },
  };
}

/** Blocks one below the other. */
export function stacked(blocks: readonly Block[], gap = GAP_pt): Block {
  return {
    height: blocks.reduce((height, block) => height + block.height, 0) + gap * Math.max(0, blocks.length - 1),
    paint(ctx, left, top) {
      let at = top;
      for (const block of blocks) {
        block.paint(ctx, left, at);
        at += block.height + gap;
      }
    },
  };
}

/** Blocks in rows of equal columns; a row is as high as its highest block. */
export function inColumns(blocks: readonly Block[], columns: number, columnWidth: number, gap: number): Block {
  const rows = Array.from({ length: Math.ceil(blocks.length / columns) }, (_, r) => {
    const members = blocks.slice(r * columns, (r + 1) * columns);
    return {
      height: Math.max(...members.map(({ height }) => height)),
      paint(ctx: Context, left: number, top: number) {
        members.forEach((block, c) => {
          block.paint(ctx, left + c * (columnWidth + gap), top);
        });
      },
    };
  });
  return stacked(rows, gap);
}

/** A block below lines that say what it shows: the first in bold, each cut to the width. */
export function captioned(lines: readonly string[], width: number, block: Block): Block {
  const above: Block = {
    height: lines.length * LINE_pt,
    paint(ctx, left, top) {
      lines.forEach((line, l) => {
        const bold = l === 0;
        write(ctx, fitted(line, width, TEXT_pt, bold), left, top + (l + 0.5) * LINE_pt, {
          bold,
          ...(bold ? {} : { colour: FAINT_TEXT_COLOUR }),
        });
      });
    },
  };
  return stacked([above, block], 2);
}
