import { OKABE_ITO } from '../palette.js';
import type { Context } from './text.js';

/** How an area is filled. Lengths are those of the page, in CSS pixels. */
export type Look =
  | { readonly kind: 'plain'; readonly colour: string }
  | {
      readonly kind: 'stripes';
      /** Direction across the stripes, clockwise from upwards. */
      readonly angle_deg: number;
      /** The first stripe and the one between it and the next. */
      readonly colours: readonly [string, string];
      /** Of the first stripe. */
      readonly width: number;
      /** From one first stripe to the next. */
      readonly period: number;
    }
  | {
      readonly kind: 'dots';
      readonly dot: string;
      readonly ground: string;
      readonly radius: number;
      /** Side of the square around each dot. */
      readonly period: number;
    };

const plain = (colour: string): Look => ({ kind: 'plain', colour });

const stripes = (angle_deg: number, first: string, second: string, width: number, period: number): Look => ({
  kind: 'stripes',
  angle_deg,
  colours: [first, second],
  width,
  period,
});

/** A grey of the page, as `--total` there. */
const TOTAL_COLOUR = '#6c757d';
const GREY = '#8a939b';

const waitForAdc = stripes(45, OKABE_ITO.vermillion, '#ffc9a3', 5, 8);

/**
 * The looks of the report page (`page.css`, where each is the class `look-…`): what a bar stands for is known by its pattern
 * too, not by its colour alone.
 */
export const LOOKS = {
  read: plain(OKABE_ITO.bluishGreen),
  convert: plain(OKABE_ITO.blue),
  energy: plain(OKABE_ITO.blue),
  area: plain(OKABE_ITO.skyBlue),
  total: plain(TOTAL_COLOUR),
  adc: waitForAdc,
  stall: waitForAdc,
  pixels: stripes(-45, OKABE_ITO.skyBlue, '#d9eefb', 6, 9),
  output: stripes(90, OKABE_ITO.orange, '#fff0cc', 5, 7),
  transfer: stripes(0, OKABE_ITO.blue, '#bfdcec', 3, 6),
  index: stripes(45, OKABE_ITO.reddishPurple, '#f6e3ed', 3, 6),
  detector: stripes(90, OKABE_ITO.yellow, '#9c9429', 4, 6),
  sharing: { kind: 'dots', dot: '#f6e3ed', ground: '#a8557f', radius: 1.3, period: 6 },
  done: stripes(-45, GREY, '#cfd5da', 2, 6),
  finished: { kind: 'dots', dot: GREY, ground: '#dfe3e7', radius: 1.2, period: 6 },
  passes: stripes(0, GREY, '#dfe3e7', 1, 4),
  other: plain(OKABE_ITO.reddishPurple),
} as const satisfies Record<string, Look>;

export type LookName = keyof typeof LOOKS;

/** Ground of bars, where nothing is: `--gap` of the page. */
export const GAP_COLOUR = '#e3e6e9';
/** Frames and rules: `--line`. */
export const LINE_COLOUR = '#d5dadf';
/** Classes of the heat maps, `--heat0` on, and the letters upon the first of them and the others. */
export const HEAT_COLOURS = [
  '#eef0f2',
  '#dcebf6',
  '#b9d8ec',
  '#86bfe0',
  '#4e9fd0',
  '#1f7bb5',
  '#0a568a',
  '#07335a',
] as const;
const HEAT_DARK_TEXT = '#12202c';
const HEAT_LIGHT_TEXT = '#ffffff';
const FIRST_DARK_CLASS = 5;

export function heatTextColour(heat: number): string {
  return heat < FIRST_DARK_CLASS ? HEAT_DARK_TEXT : HEAT_LIGHT_TEXT;
}

/** Points for a pixel of the page: patterns keep their proportions in bars of half the height. */
const POINTS_PER_PIXEL = 0.5;

/** Fills a rectangle with a look; lengths in points. A pattern begins at the left edge, as on the page. */
export function fillLook(ctx: Context, look: Look, x: number, y: number, width: number, height: number): void {
  if (look.kind === 'plain') {
    ctx.fillStyle = look.colour;
    ctx.fillRect(x, y, width, height);
    return;
  }
  ctx.save();
  ctx.beginPath();
  ctx.rect(x, y, width, height);
  ctx.clip();
  ctx.translate(x, y);
  if (look.kind === 'stripes') fillStripes(ctx, look, width, height);
  else fillDots(ctx, look, width, height);
  ctx.restore();
}

function fillStripes(ctx: Context, look: Look & { kind: 'stripes' }, width: number, height: number): void {
  const { angle_deg, colours, width: first, period } = look;
  ctx.fillStyle = colours[0];
  ctx.fillRect(0, 0, width, height);
  // Along u, the direction across the stripes; CSS puts 0 into the corner that lies furthest back.
  const angle = (angle_deg * Math.PI) / 180;
  const [ux, uy] = [Math.sin(angle), -Math.cos(angle)];
  const corners = [0, width * ux, height * uy, width * ux + height * uy];
  const [from, to] = [Math.min(...corners), Math.max(...corners)];
  const reach = width + height;
  ctx.rotate(Math.atan2(uy, ux));
  ctx.fillStyle = colours[1];
  for (let u = from + first * POINTS_PER_PIXEL; u < to; u += period * POINTS_PER_PIXEL) {
    ctx.fillRect(u, -reach, (period - first) * POINTS_PER_PIXEL, 2 * reach);
  }
}

function fillDots(ctx: Context, look: Look & { kind: 'dots' }, width: number, height: number): void {
  const period = look.period * POINTS_PER_PIXEL;
  ctx.fillStyle = look.ground;
  ctx.fillRect(0, 0, width, height);
  ctx.fillStyle = look.dot;
  for (let x = period / 2; x < width + period; x += period) {
    for (let y = period / 2; y < height + period; y += period) {
      ctx.beginPath();
      ctx.arc(x, y, look.radius * POINTS_PER_PIXEL, 0, 2 * Math.PI);
      ctx.fill();
    }
  }
}
