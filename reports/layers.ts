import type { LayerResult, LedgerCycles, ResourceResult, Result } from '../sim/results/result.js';

/** A layer as reports look at it; a run of one PE is one layer. */
export interface LayerView
  extends Pick<
    LayerResult,
    'name' | 'windows' | 'footprint' | 'cycles' | 'counts' | 'crossbars' | 'adcs' | 'adcUtilisation' | 'energy'
  > {
  /** Cycles. In a run of several pools without layers `p99` is the largest of theirs. */
  readonly wait: { readonly count: number; readonly mean: number; readonly p99: number };
}

/** Shares of crossbar time, 0 to 1; they sum to 1 unless there is no time at all. */
export interface CrossbarShares {
  readonly read: number;
  readonly adc: number;
  readonly input: number;
  readonly idle: number;
}

/** The result's layers; of a run without layers the whole run, named `PE`. */
export function layersOf(result: Result): readonly LayerView[] {
  return result.layers ?? [wholeRun(result)];
}

/** All layers as one: cycles of the run, ledgers and counts summed, `wait.p99` the largest. */
export function wholeRun(result: Result): LayerView {
  const { cycles, counts, energy, footprint, windows } = result;
  const run = { name: 'PE', cycles, counts, energy, footprint, windows };
  if (result.layers !== undefined) {
    const adcs = addClasses(result.layers.map((layer) => layer.adcs));
    return {
      ...run,
      name: 'all layers',
      windows: sum(result.layers.map((layer) => layer.windows)),
      crossbars: addClasses(result.layers.map((layer) => layer.crossbars)),
      adcs,
      adcUtilisation: shareOf(adcs.cycles, 'convert'),
      wait: addWaits(result.layers.map((layer) => layer.wait)),
    };
  }
  const resources = Object.values(result.resources);
  const adcs = classOf(resources, 'convert');
  return {
    ...run,
    crossbars: classOf(resources, 'read'),
    adcs,
    adcUtilisation: shareOf(adcs.cycles, 'convert'),
    wait: addWaits(resources.flatMap((resource) => resource.wait ?? [])),
  };
}

export function crossbarShares(layer: LayerView): CrossbarShares {
  const { cycles } = layer.crossbars;
  return {
    read: shareOf(cycles, 'read'),
    adc: shareOf(cycles, 'stall.adc'),
    input: shareOf(cycles, 'stall.input'),
    idle: shareOf(cycles, 'idle'),
  };
}

/** Share of a ledger's time spent in `state`; 0 of a ledger without time. */
export function shareOf(ledger: LedgerCycles, state: string): number {
  const total = sum(Object.values(ledger));
  return total === 0 ? 0 : (ledger[state] ?? 0) / total;
}

export function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/** The class of the resources that have `state` in their ledger: `read` crossbars, `convert` ADCs. */
function classOf(resources: readonly ResourceResult[], state: string): LayerView['adcs'] {
  const members = resources.filter((resource) => state in resource.ledger);
  return addClasses(members.map((member) => ({ instances: 1, cycles: member.ledger })));
}

function addClasses(classes: readonly LayerView['adcs'][]): LayerView['adcs'] {
  const cycles: LedgerCycles = {};
  for (const member of classes) {
    for (const [state, time] of Object.entries(member.cycles)) cycles[state] = (cycles[state] ?? 0) + time;
  }
  return { instances: sum(classes.map((member) => member.instances)), cycles };
}

function addWaits(waits: readonly LayerView['wait'][]): LayerView['wait'] {
  const count = sum(waits.map((wait) => wait.count));
  return {
    count,
    mean: count === 0 ? 0 : sum(waits.map((wait) => wait.count * wait.mean)) / count,
    p99: Math.max(0, ...waits.map((wait) => wait.p99)),
  };
}
