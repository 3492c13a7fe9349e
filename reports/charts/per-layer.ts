import type { Result } from '../../sim/results/result.js';
import { plural, shortened } from '../format.js';
import { type LayerView, layersOf } from '../layers.js';
import { batchSize, machineName, workloadName } from '../subject.js';
import type { NamedResult } from './chart.js';
import { RESULT_COLOURS } from './palette.js';

/** Letters of a layer's name on an axis. */
const NAME_WIDTH = 22;
/** Width of a bar where there are few, in the chart's units. */
export const MAX_BAR_WIDTH = 160;
/** Machines named in a title; more are counted. */
const MACHINES_NAMED = 3;

/** Results side by side, layer by layer. */
export interface PerLayer {
  /** The networks, the machines and what the chart shows. */
  titled(what: string): string;
  /** Size of each result's batch. */
  readonly subtitle: string;
  /** Layer names as the axis shows them. */
  readonly labels: string[];
  readonly results: readonly { readonly name: string; readonly layers: readonly LayerView[] }[];
}

/** What is said of a network whose numbers are drawn. */
function drawnNumbers({ chip }: Result): string {
  return chip === undefined || chip.synthetic === null ? '' : ` (${chip.synthetic})`;
}

/**
 * Lines up the layers of several results.
 * @throws Error where there is no result, there are more than colours, or two results have different layers.
 */
export function perLayer(results: readonly NamedResult[]): PerLayer {
  const first = results[0];
  if (first === undefined || results.length > RESULT_COLOURS.length) {
    throw new Error(`chart per layer: got ${results.length} results; allowed are 1 to ${RESULT_COLOURS.length}`);
  }
  const lined = results.map(({ name, result }) => ({ name, layers: layersOf(result) }));
  const namesOf = (layers: readonly LayerView[]) => layers.map((layer) => layer.name).join(', ');
  const expected = namesOf(lined[0]!.layers);
  for (const { name, layers } of lined) {
    if (namesOf(layers) === expected) continue;
    throw new Error(
      `chart per layer: the layers of ${name} are ${namesOf(layers)}, those of ${first.name} are ${expected}; ` +
        'results of one network can stand side by side',
    );
  }
  const workloads = [...new Set(results.map(({ result }) => workloadName(result)))].join(', ');
  const presets = [...new Set(results.map(({ result }) => machineName(result)))];
  const machines = presets.length <= MACHINES_NAMED ? presets.join(', ') : plural(presets.length, 'machine');
  const perLayerWords = lined[0]!.layers.length > 1 ? ', per layer' : '';
  return {
    titled: (what) => `${workloads} on ${machines}: ${what}${perLayerWords}`,
    subtitle: results.map(({ name, result }) => `${name}: ${batchSize(result)}${drawnNumbers(result)}`).join(', '),
    labels: lined[0]!.layers.map((layer) => shortened(layer.name, NAME_WIDTH)),
    results: lined,
  };
}
