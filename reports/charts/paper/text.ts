import type { Chart as DrawnChart } from 'chart.js';
import { shortened } from '../../format.js';
import { CHART_FONT, textWidth } from '../canvas.js';
import { TEXT_COLOUR } from '../palette.js';

export type Context = DrawnChart['ctx'];

/** Sizes of letters in points; none is smaller than `TEXT_pt`. */
export const TEXT_pt = 7;
export const TITLE_pt = 8.5;
/** From a line of text to the next. */
export const LINE_pt = 9.5;

export interface TextStyle {
  /** Points. */
  readonly size?: number;
  readonly bold?: boolean;
  readonly colour?: string;
  readonly align?: 'left' | 'center' | 'right';
}

/** Writes a line of text at `x`, its middle at the height `y`. */
export function write(ctx: Context, text: string, x: number, y: number, style: TextStyle = {}): void {
  const { size = TEXT_pt, bold = false, colour = TEXT_COLOUR, align = 'left' } = style;
  ctx.font = `${bold ? 'bold ' : ''}${size}px ${CHART_FONT}`;
  ctx.fillStyle = colour;
  ctx.textAlign = align;
  ctx.textBaseline = 'alphabetic';
  // The middle of small letters and digits, whatever letters the text has.
  ctx.fillText(text, x, y + 0.36 * size);
}

/** The text in lines of at most `width`, broken at spaces; a word that is wider is shortened. */
export function wrapped(text: string, width: number, size = TEXT_pt, bold = false): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && textWidth(`${last} ${word}`, size, bold) <= width) lines[lines.length - 1] += ` ${word}`;
    else lines.push(fitted(word, width, size, bold));
  }
  return lines;
}

/** The text, or as much of both its ends as `width` has room for. */
export function fitted(text: string, width: number, size = TEXT_pt, bold = false): string {
  if (textWidth(text, size, bold) <= width) return text;
  // Letters that fit, and letters that do not.
  let [fits, tooMany] = [1, Array.from(text).length];
  while (tooMany - fits > 1) {
    const middle = (fits + tooMany) >> 1;
    if (textWidth(shortened(text, middle), size, bold) <= width) fits = middle;
    else tooMany = middle;
  }
  return shortened(text, fits);
}

/** Width of the widest of the texts. */
export function widest(texts: readonly string[], bold = false): number {
  return Math.max(0, ...texts.map((text) => textWidth(text, TEXT_pt, bold)));
}
