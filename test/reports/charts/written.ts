import type { Chart as DrawnChart } from 'chart.js';
import { expect } from 'vitest';
import { textWidth, USUAL_SIZE } from '../../../reports/charts/canvas.js';
import { type Chart, toPng } from '../../../reports/charts/chart.js';

const POINTS_PER_INCH = 72;
/** The height of the text of an A4 page, 25 cm. */
const MOST_HEIGHT_pt = (25 / 2.54) * POINTS_PER_INCH;

/** A text that a chart writes: its size and the box around it. */
export interface Written {
  readonly text: string;
  readonly size: number;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** Draws the chart, in few pixels, and hands over its texts; all lengths in points on paper. */
export function written({ configuration, size = USUAL_SIZE, data }: Chart): Written[] {
  const seen: Written[] = [];
  const points = POINTS_PER_INCH / size.unitsPerInch;
  const listen = {
    id: 'listen',
    beforeDraw({ ctx }: DrawnChart) {
      // A chart may draw itself more than once.
      seen.length = 0;
      const { prototype } = ctx.constructor as { prototype: DrawnChart['ctx'] };
      const scale = ctx.getTransform().a;
      ctx.fillText = (text: string, x: number, y: number) => {
        const height = Number(/(\d+(?:\.\d+)?)px/.exec(ctx.font)![1]);
        const wide = textWidth(text, height, ctx.font.includes('bold'));
        const before = ctx.textAlign === 'right' ? wide : ctx.textAlign === 'center' ? wide / 2 : 0;
        const above = { top: 0, middle: 0.5, bottom: 1 }[ctx.textBaseline as string] ?? 0.8;
        const matrix = ctx.getTransform();
        const corners = [
          [x - before, y - above * height],
          [x - before + wide, y + (1 - above) * height],
        ].map(([px, py]) => [
          (points * (matrix.a * px! + matrix.c * py! + matrix.e)) / scale,
          (points * (matrix.b * px! + matrix.d * py! + matrix.f)) / scale,
        ]);
        const [xs, ys] = [corners.map(([px]) => px!), corners.map(([, py]) => py!)];
        const box = { left: Math.min(...xs), right: Math.max(...xs), top: Math.min(...ys), bottom: Math.max(...ys) };
        seen.push({ text, size: points * height, ...box });
        prototype.fillText.call(ctx, text, x, y);
      };
    },
  };
  const plugins = [listen, ...(configuration.plugins ?? [])];
  const few = { ...size, pixelsPerUnit: 1 };
  toPng({ configuration: { ...configuration, plugins } as Chart['configuration'], data, size: few });
  return seen;
}

/** No letters below 7 points, none outside of the picture, and the picture not higher than a page. */
export function expectFitForPaper(name: string, chart: Chart): void {
  const { width, height, unitsPerInch } = chart.size ?? USUAL_SIZE;
  const [width_pt, height_pt] = [width, height].map((length) => (length * POINTS_PER_INCH) / unitsPerInch);
  const texts = written(chart);
  expect(texts.length, name).toBeGreaterThan(2);
  for (const { text, size, left, right, top, bottom } of texts) {
    expect(size, `${name}: ${text}`).toBeGreaterThanOrEqual(7);
    expect(left, `${name}: ${text}`).toBeGreaterThanOrEqual(0);
    expect(right, `${name}: ${text}`).toBeLessThanOrEqual(width_pt!);
    expect(top, `${name}: ${text}`).toBeGreaterThanOrEqual(0);
    expect(bottom, `${name}: ${text}`).toBeLessThanOrEqual(height_pt!);
  }
  expect(height_pt!, name).toBeLessThan(MOST_HEIGHT_pt);
}

/** Pairs of texts whose boxes share more than a hair, as [text, text]. */
export function overlaps(texts: readonly Written[], slack_pt = 0.8): [string, string][] {
  const shared = (from: number, to: number, otherFrom: number, otherTo: number) =>
    Math.min(to, otherTo) - Math.max(from, otherFrom);
  return texts.flatMap((one, i) =>
    texts
      .slice(i + 1)
      .filter(
        (other) =>
          shared(one.left, one.right, other.left, other.right) > slack_pt &&
          shared(one.top, one.bottom, other.top, other.bottom) > slack_pt,
      )
      .map((other): [string, string] => [one.text, other.text]),
  );
}
