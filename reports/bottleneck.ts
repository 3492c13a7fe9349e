import type { Result } from '../sim/results/result.js';
import { chipBottleneck, crossbarWaits } from './chip-words.js';
import { percent } from './format.js';
import { crossbarShares, type LayerView, layersOf, shareOf, wholeRun } from './layers.js';

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
  { of: 'crossbar', state: 'stall.index', waitsFor: 'the index decoder' },
  { of: 'ADC', state: 'stall.shiftAdd', waitsFor: 'the shift-and-add unit' },
] as const;

/** Stalls that a summary names. */
const STALLS_SHOWN = 3;

/** The causes of stalls that a summary of a result names, the largest first. */
export function largestStalls(result: Result): StallCause[] {
  return stallCauses(result).slice(0, STALLS_SHOWN);
}

/** All causes of stalls of a result, the largest first; ties in the order of the layers. */
export function stallCauses(result: Result): StallCause[] {
  const causes = result.layers === undefined ? causesOfLedgers(layersOf(result), CAUSES) : causesOnChip(result);
  return causes.filter((cause) => cause.cycles > 0).sort((a, b) => b.cycles - a.cycles);
}

function causesOfLedgers(layers: readonly LayerView[], causes: readonly (typeof CAUSES)[number][]): StallCause[] {
  return layers.flatMap((layer) =>
    causes.map(({ of, state, waitsFor }) => {
      const ledger = (of === 'ADC' ? layer.adcs : layer.crossbars).cycles;
      return { layer: layer.name, of, waitsFor, cycles: ledger[state] ?? 0, share: shareOf(ledger, state) };
    }),
  );
}

/** On a chip the wait for input is told apart by what the input waited for. */
function causesOnChip(result: Result): StallCause[] {
  const ofCrossbars = result.layers!.flatMap((layer) =>
    crossbarWaits(layer).map(({ waitsFor, cycles }): StallCause => {
      const time = cycles * layer.footprint.crossbars;
      const share = result.cycles === 0 ? 0 : cycles / result.cycles;
      return { layer: layer.name, of: 'crossbar', waitsFor, cycles: time, share };
    }),
  );
  return [
    ...ofCrossbars,
    ...causesOfLedgers(
      result.layers!,
      CAUSES.filter(({ of }) => of === 'ADC'),
    ),
  ];
}

/** What limits the run, in words. */
export function bottleneck(result: Result): string {
  if (result.chip !== undefined) return chipBottleneck(result.chip);
  return `the PE is limited by ${limitWords(wholeRun(result))}`;
}

/** The resource that limits a run, named as `chip.bottleneck.resource` names it. */
export interface RunLimit {
  readonly resource: string;
  readonly path: string;
}

/** What limits a run: on a chip the resource of its bottleneck, in a single PE the busiest one; null where nothing had work. */
export function limitOfRun(result: Result): RunLimit | null {
  return result.chip === undefined ? limitOfPe(wholeRun(result)) : result.chip.bottleneck;
}

interface PeLimit extends RunLimit {
  /** Of the run in which it works. */
  readonly share: number;
}

/** The busiest resource of a PE; of several that are as busy the first on the way of a sample: reads, ADCs, shift-and-add. */
function limitOfPe(layer: LayerView): PeLimit | null {
  return busiestOfPe(layer)[0] ?? null;
}

/** The busiest resources of a PE, all as busy as the first; none where nothing had work. */
function busiestOfPe({ busiest: { crossbar, adcPool, shiftAdd, detector } }: LayerView): PeLimit[] {
  const limits: readonly PeLimit[] = [
    { resource: 'crossbar', path: crossbar.path, share: crossbar.shares['read'] ?? 0 },
    { resource: 'adc', path: adcPool.path, share: adcPool.shares['convert'] ?? 0 },
    { resource: 'shiftAdd', path: shiftAdd.path, share: shiftAdd.shares['lanes'] ?? 0 },
    ...(detector === undefined
      ? []
      : [{ resource: 'detector', path: detector.path, share: detector.shares['scan'] ?? 0 }]),
  ];
  const most = Math.max(...limits.map(({ share }) => share));
  return most === 0 ? [] : limits.filter(({ share }) => share === most);
}

/** Below this part of the busiest crossbar's reads, the mean over all crossbars is called uneven. */
const UNEVEN = 0.75;

const RESOURCE_WORDS: Readonly<Record<string, string>> = {
  adc: 'its ADCs are',
  shiftAdd: 'its shift-and-add unit is',
  detector: 'its detector is',
};

function limitWords(layer: LayerView): string {
  const [limit, ...asBusy] = busiestOfPe(layer);
  if (limit === undefined) return 'nothing: no resource had work';
  const also = asBusy.map(({ resource }) => `; ${RESOURCE_WORDS[resource]!} as busy`).join('');
  return `${wordsOfLimit(limit, layer)}${also}`;
}

function wordsOfLimit(limit: PeLimit, layer: LayerView): string {
  const { crossbar, adcPool } = layer.busiest;
  const reading = crossbar.shares['read'] ?? 0;
  const at = pathInPe(limit.path);
  const busy = `${percent(limit.share)}%`;
  const others = `while no crossbar reads more than ${percent(reading)}%`;
  switch (limit.resource) {
    case 'crossbar': {
      const { read } = crossbarShares(layer);
      const uneven = read < UNEVEN * reading ? `; work is uneven: on average crossbars read ${percent(read)}%` : '';
      const converting = percent(adcPool.shares['convert'] ?? 0);
      return `crossbar reads: ${at} reads ${busy} of the time, ADCs convert at most ${converting}%${uneven}`;
    }
    case 'adc':
      return `ADCs: those of ${at} convert ${busy} of the time, ${others}`;
    case 'shiftAdd':
      return `shift-and-add: ${at} uses ${busy} of its lanes, ${others}`;
    default:
      return `the detector: ${at} scans ${busy} of the time, ${others}`;
  }
}

/** `Pe[1].AdcPool[0]` of `Chip.Tile[0].Pe[1].AdcPool[0]`: of a run of one PE. */
function pathInPe(path: string): string {
  return path.split('.').slice(-2).join('.');
}
