import { percent, si } from '../../format.js';
import { textWidth } from '../canvas.js';
import { FAINT_TEXT_COLOUR, TEXT_COLOUR } from '../palette.js';
import { type Context, LINE_pt, TEXT_pt, write } from './text.js';

/** An axis from `from` to `to`, below what it belongs to. */
export interface Axis {
  /** The quantity, with its unit. */
  readonly title: string;
  readonly from: number;
  readonly to: number;
  /** A value on the axis. */
  readonly text: (value: number) => string;
}

/** Height of ticks, their numbers and the title. */
export const AXIS_HEIGHT = 2 * LINE_pt + 3;
const TICK = 2.5;
/** Between the numbers of ticks beside each other. */
const LEAST_GAP = 6;

/** Of a quantity that begins at 0, in the unit of its title, with SI prefixes. */
export function countAxis(title: string, to: number): Axis {
  // Nothing at all still has an axis.
  return { title, from: 0, to: to > 0 ? to : 1, text: shortSi };
}

/** Of a share from 0 to 1, in per cent. */
export function shareAxis(title: string): Axis {
  return { title, from: 0, to: 1, text: (share) => percent(share).replace(/\.0$/, '') };
}

/** `250 k`: with an SI prefix, without zeros that say nothing. */
function shortSi(value: number): string {
  return si(value, '').replace(/\.(\d*?)0+(?!\d)/, (_, digits: string) => (digits === '' ? '' : `.${digits}`));
}

/** Values at distances of 1, 2 or 5 times a power of ten: as many as have room on an axis of `width`. */
export function ticksOf({ from, to, text }: Axis, width: number): number[] {
  for (const step of steps(to - from)) {
    const first = Math.ceil(from / step - 1e-9);
    const count = Math.floor(to / step + 1e-9) - first + 1;
    const ticks = Array.from({ length: count }, (_, t) => Number(((first + t) * step).toPrecision(12)));
    const room = (step / (to - from)) * width;
    const widestTick = Math.max(...ticks.map((tick) => textWidth(text(tick), TEXT_pt)));
    if (count <= 2 || widestTick + LEAST_GAP <= room) return ticks;
  }
  return [];
}

/** From fine to coarse. */
function* steps(range: number): Generator<number> {
  const finest = 10 ** Math.floor(Math.log10(range / 8));
  for (let power = finest; power <= range; power *= 10) for (const factor of [1, 2, 5]) yield factor * power;
}

/** Draws the axis from `left` on, with its grid lines up to `gridTop`. */
export function paintAxis(ctx: Context, axis: Axis, left: number, top: number, width: number): void {
  const { from, to, title, text } = axis;
  ctx.strokeStyle = FAINT_TEXT_COLOUR;
  ctx.lineWidth = 0.5;
  ctx.beginPath();
  ctx.moveTo(left, top);
  ctx.lineTo(left + width, top);
  for (const value of ticksOf(axis, width)) {
    const x = left + ((value - from) / (to - from)) * width;
    ctx.moveTo(x, top);
    ctx.lineTo(x, top + TICK);
    write(ctx, text(value), x, top + TICK + LINE_pt / 2, { align: 'center', colour: FAINT_TEXT_COLOUR });
  }
  ctx.stroke();
  write(ctx, title, left + width / 2, top + TICK + 1.5 * LINE_pt, { align: 'center', colour: TEXT_COLOUR });
}
