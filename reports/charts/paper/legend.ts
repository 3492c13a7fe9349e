import { textWidth } from '../canvas.js';
import { fillLook, LINE_COLOUR, LOOKS, type LookName } from './looks.js';
import type { Block } from './sheet.js';
import { LINE_pt, TEXT_pt, write } from './text.js';

const SWATCH_WIDTH = 13;
const SWATCH_HEIGHT = 6.5;
const AFTER_SWATCH = 3;
const BETWEEN = 9;

/** What the looks of a picture mean, in as many lines as it takes. */
export function legend(entries: readonly { readonly look: LookName; readonly name: string }[], width: number): Block {
  let x = 0;
  let line = 0;
  const places = entries.map(({ look, name }) => {
    const wide = SWATCH_WIDTH + AFTER_SWATCH + textWidth(name, TEXT_pt);
    if (x > 0 && x + wide > width) {
      x = 0;
      line++;
    }
    const place = { look, name, x, line };
    x += wide + BETWEEN;
    return place;
  });
  return {
    height: (line + 1) * LINE_pt,
    paint(ctx, left, top) {
      for (const { look, name, x: at, line: l } of places) {
        const middle = top + (l + 0.5) * LINE_pt;
        fillLook(ctx, LOOKS[look], left + at, middle - SWATCH_HEIGHT / 2, SWATCH_WIDTH, SWATCH_HEIGHT);
        ctx.strokeStyle = LINE_COLOUR;
        ctx.lineWidth = 0.4;
        ctx.strokeRect(left + at, middle - SWATCH_HEIGHT / 2, SWATCH_WIDTH, SWATCH_HEIGHT);
        write(ctx, name, left + at + SWATCH_WIDTH + AFTER_SWATCH, middle);
      }
    },
  };
}
