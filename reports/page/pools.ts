import type { Result, SavedWaits } from '../../sim/results/result.js';
import { grouped } from '../format.js';
import { sum } from '../layers.js';
import { shortPath } from '../short-path.js';
import { limitingPool, peOf } from './limiting-pool.js';
import { layersOfPes } from './pe-layers.js';

/** A layer whose samples a pool converts. */
export interface PoolLayer {
  readonly name: string;
  /** Whether of the pools of the layer this one converts most. */
  readonly isBusiest: boolean;
}

/** An ADC pool of a result. */
export interface PoolView {
  readonly path: string;
  readonly utilisation: number;
  readonly queueMean: number;
  /** Layers whose samples it converts, as far as the result tells. */
  readonly layers: readonly PoolLayer[];
  /** Whether it limits the run. */
  readonly isBottleneck: boolean;
  readonly wait: SavedWaits;
}

/** All pools of a result: the one that limits the run, then those with the largest sums of waits, then by utilisation. */
export function poolsOf(result: Result): PoolView[] {
  const { resources, layers = [] } = result;
  const ofPes = layersOfPes(result);
  const layersOf = (path: string): PoolLayer[] => {
    const busiestOf = layers.filter(({ busiest }) => busiest.adcPool.path === path).map(({ name }) => name);
    const names = ofPes.get(peOf(path) ?? '') ?? busiestOf;
    return names.map((name) => ({ name, isBusiest: busiestOf.includes(name) }));
  };
  const limit = limitingPool(result);
  return Object.entries(resources)
    .flatMap(([path, { kind, utilisation, wait, 'queue.mean': queueMean = 0 }]) =>
      kind === 'adcPool' && wait !== undefined
        ? [{ path, utilisation, queueMean, layers: layersOf(path), isBottleneck: path === limit, wait }]
        : [],
    )
    .sort(
      (a, b) =>
        Number(b.isBottleneck) - Number(a.isBottleneck) || b.queueMean - a.queueMean || b.utilisation - a.utilisation,
    );
}

/** PEs of a network of which a result lists pools, and all that the network takes. */
export function listedPes(result: Result): { readonly listed: number; readonly all: number } {
  const all = layersOfPes(result);
  const listed = new Set(poolsOf(result).map(({ path }) => peOf(path)));
  return { listed: listed.size, all: Math.max(all.size, listed.size) };
}

/** Pools in sight, and those in the table that can be opened; the others are in the file. */
const POOLS_SHOWN = 12;
const POOLS_FOLDED = 60;

/** Pools under what their table is called. */
export interface PoolTable {
  readonly caption: string;
  readonly pools: readonly PoolView[];
}

export interface PoolTables {
  readonly first: PoolTable;
  /** Without pools where the first table holds all. */
  readonly more: PoolTable;
  readonly unlisted: number;
}

/** The pools that a report shows, in the order of `poolsOf`. */
export function poolTables(pools: readonly PoolView[]): PoolTables {
  const limited = pools.some(({ isBottleneck }) => isBottleneck);
  const order = limited ? 'the one that limits the run, then the longest queues' : 'the longest queue first';
  const first = pools.slice(0, POOLS_SHOWN);
  const more = pools.slice(POOLS_SHOWN, POOLS_SHOWN + POOLS_FOLDED);
  return {
    first: { caption: `ADC pools: ${order}`, pools: first },
    more: { caption: 'More ADC pools', pools: more },
    unlisted: pools.length - first.length - more.length,
  };
}

/** Waits from `from` to `to` cycles, both included. */
export interface WaitBin {
  readonly from: number;
  readonly to: number;
  readonly count: number;
}

/**
 * Histograms of `wait.histogram`, added: bin 0 holds the waits of 0 cycles, bin b those of 2^(b-1) to 2^b - 1. Null where
 * one of them is missing, as in results of older versions.
 */
export function waitBins(waits: readonly SavedWaits[]): WaitBin[] | null {
  const bins: WaitBin[] = [];
  for (const { histogram } of waits) {
    if (histogram === undefined) return null;
    histogram.forEach((count, b) => {
      const before = bins[b]?.count ?? 0;
      bins[b] = { from: b === 0 ? 0 : 2 ** (b - 1), to: b === 0 ? 0 : 2 ** b - 1, count: before + count };
    });
  }
  return bins;
}

/** Pools with a histogram of their own. */
const HISTOGRAMS_SHOWN = 3;

/** How long samples waited, in bins of powers of two. */
export interface WaitHistogram {
  readonly caption: string;
  readonly bins: readonly WaitBin[];
}

/** Of the first pools in which samples wait, that which limits the run at any rate, and of all samples; null where a result of an older version has none. */
export function waitHistograms({ layers }: Result, pools: readonly PoolView[]): WaitHistogram[] | null {
  const all = layers === undefined ? pools.map(({ wait }) => wait) : layers.map(({ wait }) => wait);
  const bins = waitBins(all);
  if (bins === null) return null;
  const shown = pools.filter(({ wait, isBottleneck }) => isBottleneck || wait.max > 0).slice(0, HISTOGRAMS_SHOWN);
  const ofPools = shown.flatMap(({ path, wait, isBottleneck }) => {
    const name = shortPath(path);
    const ofPool = waitBins([wait]);
    return ofPool === null ? [] : [{ caption: isBottleneck ? `${name}, which limits the run` : name, bins: ofPool }];
  });
  // The samples of a single pool are all of them.
  return pools.length === 1 ? ofPools : [...ofPools, { caption: 'All samples of the run', bins }];
}

/** The waits of a bin in words: `4 to 7`. */
export function binWords({ from, to }: WaitBin): string {
  return from === to ? grouped(from) : `${grouped(from)} to ${grouped(to)}`;
}

export function samplesOf(bins: readonly WaitBin[]): number {
  return sum(bins.map(({ count }) => count));
}
