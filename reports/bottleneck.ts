import type { Result } from '../sim/results/result.js';
import { percent } from './format.js';
import { crossbarShares, type LayerView, layersOf, shareOf } from './layers.js';

/** What a resource class of a layer lost to one cause. */
export interface StallCause {
  readonly layer: string;
  /** `crossbar` or `ADC`: whose cycles these are. */
  readonly of: 'crossbar' | 'ADC';
  readonly waitsFor: string;
  /** Cycles summed over the instances. */
  readonly cycles: number;
  /** Share of the class's time in the layer. */
  readonly share: number;
}

const CAUSES = [
  { of: 'crossbar', state: 'stall.adc', waitsFor: 'ADCs' },
  { of: 'crossbar', state: 'stall.input', waitsFor: 'input bit-planes' },
  { of: 'ADC', state: 'stall.shiftAdd', waitsFor: 'the shift-and-add unit' },
] as const;

/** All causes of stalls of a result, the largest first; ties in the order of the layers. */
export function stallCauses(result: Result): StallCause[] {
  const causes = layersOf(result).flatMap((layer) =>
    CAUSES.map(({ of, state, waitsFor }) => {
      const ledger = (of === 'ADC' ? layer.adcs : layer.crossbars).cycles;
      return { layer: layer.name, of, waitsFor, cycles: ledger[state] ?? 0, share: shareOf(ledger, state) };
    }),
  );
  return causes.filter((cause) => cause.cycles > 0).sort((a, b) => b.cycles - a.cycles);
}

/** What limits the run, in words: the layer that takes the most cycles and what its crossbars do in most of them. */
export function bottleneck(result: Result): string {
  const layers = layersOf(result);
  const slowest = layers.reduce((a, b) => (b.cycles > a.cycles ? b : a));
  if (result.layers === undefined) return `the PE is limited by ${limitOf(slowest)}`;
  const share = result.cycles === 0 ? 0 : slowest.cycles / result.cycles;
  return `${slowest.name} takes ${percent(share)}% of the cycles; it is limited by ${limitOf(slowest)}`;
}

function limitOf(layer: LayerView): string {
  const { read, adc, input, idle } = crossbarShares(layer);
  const converting = percent(layer.adcUtilisation);
  const blocked = shareOf(layer.adcs.cycles, 'stall.shiftAdd');
  const largest = Math.max(read, adc, input, idle);
  if (largest === 0) return 'nothing: its crossbars had no time';
  if (largest === adc) {
    return blocked > layer.adcUtilisation
      ? `shift-and-add: ADCs wait for it ${percent(blocked)}% of their time, and crossbars for ADCs ${percent(adc)}%`
      : `ADCs: they convert ${converting}% of their time, and crossbars wait for them ${percent(adc)}%`;
  }
  if (largest === input) return `input: crossbars wait for bit-planes ${percent(input)}% of their time`;
  if (largest === read) return `crossbar reads: ${percent(read)}% of crossbar time, with ADCs busy ${converting}%`;
  return `uneven work: crossbars have none left ${percent(idle)}% of their time`;
}
