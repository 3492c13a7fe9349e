import { TEXT_COLOUR } from '../palette.js';
import { AXIS_HEIGHT, type Axis, paintAxis } from './axis.js';
import { fillLook, GAP_COLOUR, LOOKS, type LookName } from './looks.js';
import type { Block } from './sheet.js';
import { type Context, fitted, LINE_pt, TEXT_pt, widest, write } from './text.js';

/** A piece of a bar, from one value of the axis to another. */
export interface DrawnPiece {
  readonly from: number;
  readonly to: number;
  readonly look: LookName;
}

export interface BarRow {
  readonly pieces: readonly DrawnPiece[];
  readonly bold?: boolean;
  /** Below a line that parts it from the rows above. */
  readonly isTotal?: boolean;
}

/** Texts of all rows, one below the other. */
export interface TextColumn {
  /** Empty where nothing stands above the column; in two lines where it has a line feed. */
  readonly heading: string;
  readonly cells: readonly string[];
}

/** Bars below each other on one axis, with names before and numbers behind them. */
export interface BarTable {
  readonly names: readonly TextColumn[];
  readonly rows: readonly BarRow[];
  readonly axis: Axis;
  /** Aligned at the right. */
  readonly numbers: readonly TextColumn[];
  /** Whether the axis has a grey ground in every row; not where bars that end earlier say something. */
  readonly hasGround?: boolean;
}

const GAP = 6;
/** Of rows; the smaller one where there are many. */
const ROW_pt = 10.5;
const LOW_ROW_pt = 9.2;
const MANY_ROWS = 32;
const BAR_SHARE = 0.72;
/** What is there but too short to be seen. */
const LEAST_BAR = 0.7;
const LEAST_BARS_SHARE = 0.3;

export function barTable({ names, rows, axis, numbers, hasGround = true }: BarTable, width: number): Block {
  const rowHeight = rows.length > MANY_ROWS ? LOW_ROW_pt : ROW_pt;
  const anyBold = rows.some(({ bold = false }) => bold);
  const widthOf = ({ heading, cells }: TextColumn): number =>
    Math.max(widest(heading.split('\n')), widest(cells, anyBold));
  const numberWidths = numbers.map(widthOf);
  const behind = sumOf(numberWidths) + GAP * numbers.length;
  // Half of the number at the end of the axis stands beyond it.
  const margin = Math.max(0, widest([axis.text(axis.to)]) / 2 - behind);
  const nameWidths = narrowed(
    names.map(widthOf),
    width - behind - margin - GAP * names.length - LEAST_BARS_SHARE * width,
  );
  const before = sumOf(nameWidths) + GAP * names.length;
  const bars = width - before - behind - margin;
  const lines = Math.max(
    ...[...names, ...numbers].map(({ heading }) => (heading === '' ? 0 : heading.split('\n').length)),
  );
  const headings = lines === 0 ? 0 : lines * LINE_pt + 1;
  const xOf = (value: number): number => ((value - axis.from) / (axis.to - axis.from)) * bars;

  const paintRow = (ctx: Context, row: BarRow, r: number, left: number, top: number): void => {
    const { pieces, bold = false, isTotal = false } = row;
    const middle = top + rowHeight / 2;
    if (isTotal) {
      ctx.strokeStyle = TEXT_COLOUR;
      ctx.lineWidth = 0.6;
      ctx.beginPath();
      ctx.moveTo(left, top);
      ctx.lineTo(left + width - margin, top);
      ctx.stroke();
    }
    let x = left;
    names.forEach(({ cells }, n) => {
      write(ctx, fitted(cells[r] ?? '', nameWidths[n]!, TEXT_pt, bold), x, middle, { bold });
      x += nameWidths[n]! + GAP;
    });
    const height = BAR_SHARE * rowHeight;
    if (hasGround) {
      ctx.fillStyle = GAP_COLOUR;
      ctx.fillRect(x, middle - height / 2, bars, height);
    }
    for (const { from, to, look } of pieces) paintPiece(ctx, look, x, xOf(from), xOf(to), middle, height);
    x += bars;
    numbers.forEach(({ cells }, n) => {
      x += GAP + numberWidths[n]!;
      write(ctx, cells[r] ?? '', x, middle, { bold, align: 'right' });
    });
  };
  const paintPiece = (
    ctx: Context,
    look: LookName,
    left: number,
    from: number,
    to: number,
    middle: number,
    height: number,
  ): void => {
    if (to <= from) return;
    const wide = Math.max(LEAST_BAR, to - from);
    fillLook(ctx, LOOKS[look], left + Math.min(from, bars - wide), middle - height / 2, wide, height);
  };

  // The last lines of all headings stand beside each other.
  const paintHeading = (
    ctx: Context,
    heading: string,
    x: number,
    top: number,
    align: 'left' | 'right',
    room: number,
  ): void => {
    const of = heading.split('\n');
    of.forEach((line, l) => {
      write(ctx, fitted(line, room), x, top + (lines - of.length + l + 0.5) * LINE_pt, { align });
    });
  };

  return {
    height: headings + rows.length * rowHeight + 2 + AXIS_HEIGHT,
    paint(ctx, left, top) {
      if (headings > 0) {
        let x = left;
        names.forEach(({ heading }, n) => {
          paintHeading(ctx, heading, x, top, 'left', nameWidths[n]!);
          x += nameWidths[n]! + GAP;
        });
        x += bars;
        numbers.forEach(({ heading }, n) => {
          x += GAP + numberWidths[n]!;
          paintHeading(ctx, heading, x, top, 'right', numberWidths[n]!);
        });
      }
      rows.forEach((row, r) => {
        paintRow(ctx, row, r, left, top + headings + r * rowHeight);
      });
      paintAxis(ctx, axis, left + before, top + headings + rows.length * rowHeight + 2, bars);
    },
  };
}

/** Widths of columns that together have at most `room`: the widest are cut first. */
function narrowed(widths: readonly number[], room: number): number[] {
  if (sumOf(widths) <= room) return [...widths];
  // The width that every column may have; narrower ones leave theirs to the others.
  let limit = 0;
  let left = room;
  const ascending = [...widths].sort((a, b) => a - b);
  for (const [w, wide] of ascending.entries()) {
    limit = left / (ascending.length - w);
    if (wide > limit) break;
    left -= wide;
  }
  return widths.map((wide) => Math.min(wide, limit));
}

function sumOf(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
