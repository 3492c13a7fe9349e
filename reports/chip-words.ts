import type { ChipBottleneck, ChipResult } from '../sim/results/chip-result.js';
import type { LayerResult, TimeBreakdown } from '../sim/results/result.js';
import { percent } from './format.js';
import { shortPath } from './short-path.js';

/** The stage that sets the pace of a network on a chip, in words. */
export function chipBottleneck({ bottleneck, stages }: ChipResult): string {
  const { layer, activity, share } = bottleneck;
  const stage = stages.find(({ name }) => name === layer);
  const copies = stage === undefined || stage.kind !== 'matrix' ? '' : ` (${replicas(stage.replicas)})`;
  const does = stage?.kind === 'source' ? 'it sends pixels' : (ACTIVITY_WORDS[activity] ?? activity);
  return `${layer}${copies} sets the pace: ${does} ${percent(share)}% of the run; ${limit(bottleneck)}`;
}

/** What a part does, by the activities of `ChipBottleneck`. */
export const ACTIVITY_WORDS: Readonly<Record<string, string>> = {
  process: 'its PEs work on windows',
  fetch: 'it fetches windows',
  send: 'it finishes and sends windows',
  pool: 'it pools windows',
};

function replicas(count: number): string {
  return count === 1 ? '1 replica' : `${count} replicas`;
}

function limit({ resource, path, resourceShare, shares }: ChipBottleneck): string {
  const at = shortPath(path);
  const busy = `${percent(resourceShare)}%`;
  const reads = percent(shares['crossbar'] ?? 0);
  const converts = percent(shares['adc'] ?? 0);
  switch (resource) {
    case 'crossbar':
      return `limited by crossbar reads: ${at} reads ${busy}, ADCs convert at most ${converts}%`;
    case 'adc':
      return `limited by ADCs: those of ${at} convert ${busy}, crossbars read at most ${reads}%`;
    case 'shiftAdd':
      return `limited by shift-and-add: ${at} uses ${busy} of its lanes, crossbars read at most ${reads}%`;
    case 'detector':
      return `limited by the detector: ${at} scans ${busy}, crossbars read at most ${reads}%`;
    case 'bank':
      return `limited by the eDRAM: ${at} is busy ${busy}`;
    case 'bus':
      return `limited by the bus: ${at} is busy ${busy}`;
    case 'activation':
      return `limited by the activation unit: ${at} is busy ${busy}`;
    case 'pooling':
      return `limited by the pooling unit: ${at} is busy ${busy}`;
    case 'port':
      return `limited by the off-chip port, which is busy ${busy}`;
    case 'link':
      return `limited by a link: ${at} is busy ${busy}`;
    case 'network':
      return `limited by the network: ${at} waits for links and receivers ${busy}`;
    default:
      return `limited by the steps of the static schedule, ${busy} of the run`;
  }
}

/** A layer, finished or not, as far as its waits go. */
export interface WaitingLayer {
  readonly time: Pick<TimeBreakdown, WaitKey>;
  readonly waits: readonly Pick<LayerResult['waits'][number], 'state' | 'cause' | 'of' | 'cycles'>[];
}

type WaitKey = 'adcWaiting' | 'indexDecoding' | 'detector' | 'windowSharing' | 'pixels' | 'output' | 'transfer';

/** A part of the time of crossbars in which they wait, and what for. */
interface Wait {
  readonly key: WaitKey;
  readonly waitsFor: (layer: WaitingLayer) => string;
}

const CROSSBAR_WAITS: readonly Wait[] = [
  { key: 'adcWaiting', waitsFor: () => 'ADCs' },
  { key: 'indexDecoding', waitsFor: () => 'the index decoder' },
  { key: 'detector', waitsFor: () => 'the detector' },
  { key: 'windowSharing', waitsFor: () => 'slower crossbars of their PE' },
  { key: 'pixels', waitsFor: (layer) => `pixels of ${pixelsOf(layer)}` },
  { key: 'output', waitsFor: (layer) => `room for their sums${blamed(layer)}` },
  { key: 'transfer', waitsFor: () => 'the transfer of their next window' },
];

/** What the crossbars of a layer wait for on a chip: cycles as `time` has them, of a result the mean over them. */
export function crossbarWaits(layer: WaitingLayer): { readonly waitsFor: string; readonly cycles: number }[] {
  return CROSSBAR_WAITS.map(({ key, waitsFor }) => ({ waitsFor: waitsFor(layer), cycles: layer.time[key] })).filter(
    ({ cycles }) => cycles > 0,
  );
}

/** The stage whose pixels came last most of the time. */
function pixelsOf({ waits }: WaitingLayer): string {
  return largest(waits.filter(({ state, cause }) => state === 'fetch' && cause === 'pixels')) ?? 'other stages';
}

/** Sums have no room while a finished window cannot leave. */
function blamed({ waits }: WaitingLayer): string {
  const full = largest(waits.filter(({ cause }) => cause === 'space'));
  return full === undefined ? '' : `, as ${full} takes them late`;
}

function largest(waits: WaitingLayer['waits']): string | undefined {
  if (waits.length === 0) return undefined;
  return waits.reduce((a, b) => (b.cycles > a.cycles ? b : a)).of ?? undefined;
}
