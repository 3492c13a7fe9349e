import type { Result, TimeBreakdown } from '../../sim/results/result.js';
import { TIME_PARTS, type TimePart } from './states.js';

export const LAYER_TIMES_CAPTION = 'Where the time of each layer went, in cycles; the largest wait of a row is bold';
export const IDEAL_CAPTION = 'What removing one bottleneck would give, each an exact re-run';
export const COMPARED_TIMES_CAPTION = 'Where the time went';

/** The time of crossbars under a name. */
export interface NamedTime {
  readonly name: string;
  /** Means over the crossbars. */
  readonly time: TimeBreakdown;
}

/** The time of crossbars in several rows. */
export interface TimesByPart {
  /** Those that take time in one of the rows. */
  readonly parts: readonly TimePart[];
  readonly rows: readonly NamedTime[];
}

export interface LayerTimes extends TimesByPart {
  /** Of all layers together. */
  readonly network: NamedTime;
}

/** Time of the crossbars of every layer, and their mean; null without layers. All rows sum to the cycles of the run. */
export function layerTimes({ layers, time }: Result): LayerTimes | null {
  if (layers === undefined || layers.length === 0) return null;
  const rows = layers.map(({ name, time: of }) => ({ name, time: of }));
  const network = { name: 'network', time };
  return { parts: partsOf([...rows, network]), rows, network };
}

/** Time of the mean crossbar of each result, under its name. */
export function comparedTimes(results: readonly Result[], names: readonly string[]): TimesByPart {
  const rows = results.map(({ time }, r) => ({ name: names[r]!, time }));
  return { parts: partsOf(rows), rows };
}

function partsOf(rows: readonly NamedTime[]): TimePart[] {
  return TIME_PARTS.filter(({ key }) => rows.some(({ time }) => time[key] > 0));
}
