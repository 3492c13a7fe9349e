import type { Chart as DrawnChart, Plugin } from 'chart.js';
import { CHART_FONT, FONT_SIZE } from './canvas.js';
import { BACKGROUND_COLOUR, TEXT_COLOUR } from './palette.js';

/** In the chart's units. */
const GAP = 4;

/** A text at a bar. */
export interface ValueLabel {
  readonly text: string;
  /** Where on the value axis the text stands. */
  readonly at: number;
  readonly side: 'above' | 'below';
}

/** The labels of a dataset's bars; null where there is none. */
export type ValueLabels = readonly (ValueLabel | null)[];

/**
 * Writes values at the bars, or at points of the given radius; upright where the bars are narrower than the texts.
 *
 * @param labels by the number of the dataset
 */
export function valueLabels(labels: ReadonlyMap<number, ValueLabels>, radius = 0): Plugin {
  return {
    id: 'valueLabels',
    afterDatasetsDraw(chart: DrawnChart) {
      const { ctx } = chart;
      ctx.save();
      ctx.font = `${FONT_SIZE}px ${CHART_FONT}`;
      ctx.fillStyle = TEXT_COLOUR;
      // A white rim keeps the texts readable upon bars and grid lines.
      ctx.strokeStyle = BACKGROUND_COLOUR;
      ctx.lineWidth = 3;
      ctx.lineJoin = 'round';
      ctx.textBaseline = 'middle';
      const widest = (ofDataset: ValueLabels) =>
        Math.max(0, ...ofDataset.map((label) => (label === null ? 0 : ctx.measureText(label.text).width)));
      const upright = [...labels].some(([dataset, ofDataset]) => widest(ofDataset) > roomAt(chart, dataset));
      for (const [dataset, ofDataset] of labels) {
        const { data, yScale } = chart.getDatasetMeta(dataset);
        ofDataset.forEach((label, bar) => {
          if (label === null) return;
          const direction = label.side === 'above' ? -1 : 1;
          const end = yScale!.getPixelForValue(label.at) + direction * (GAP + radius);
          ctx.save();
          ctx.translate(data[bar]!.x, upright ? end : end + (direction * FONT_SIZE) / 2);
          if (upright) ctx.rotate(-Math.PI / 2);
          ctx.textAlign = upright ? (label.side === 'above' ? 'left' : 'right') : 'center';
          ctx.strokeText(label.text, 0, 0);
          ctx.fillText(label.text, 0, 0);
          ctx.restore();
        });
      }
      ctx.restore();
    },
  };
}

/** Width that a text over a bar of the dataset may take. */
function roomAt(chart: DrawnChart, dataset: number): number {
  const [bar] = chart.getDatasetMeta(dataset).data;
  const { width } = (bar as unknown as { width?: number } | undefined) ?? {};
  return width ?? Number.POSITIVE_INFINITY;
}
