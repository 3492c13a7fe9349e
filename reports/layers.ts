import type {
  Busiest,
  BusyResource,
  LayerResult,
  LedgerCycles,
  ResourceResult,
  Result,
} from '../sim/results/result.js';

/** A layer as reports look at it; a run of one PE is one layer. */
export interface LayerView
  extends Pick<
    LayerResult,
    | 'name'
    | 'windows'
    | 'footprint'
    | 'cycles'
    | 'counts'
    | 'crossbars'
    | 'adcs'
    | 'adcUtilisation'
    | 'energy'
    | 'busiest'
  > {
  /** Cycles. In a run of several pools without layers `p99` is the largest of theirs. */
  readonly wait: { readonly count: number; readonly mean: number; readonly p99: number };
}

/** Shares of crossbar time, 0 to 1; they sum to 1 unless there is no time at all. */
export interface CrossbarShares {
  readonly read: number;
  readonly adc: number;
  readonly input: number;
  readonly index: number;
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
    const slowest = result.layers.reduce((a, b) => (b.cycles > a.cycles ? b : a));
    const adcs = addClasses(result.layers.map((layer) => layer.adcs));
    return {
      ...run,
      name: 'all layers',
      windows: sum(result.layers.map((layer) => layer.windows)),
      crossbars: addClasses(result.layers.map((layer) => layer.crossbars)),
      adcs,
      busiest: slowest.busiest,
      adcUtilisation: shareOf(adcs.cycles, 'convert'),
      wait: addWaits(result.layers.map((layer) => layer.wait)),
    };
  }
  const resources = Object.values(result.resources);
  const adcs = classOf(resources, 'adc');
  return {
    ...run,
    crossbars: classOf(resources, 'crossbar'),
    adcs,
    busiest: busiestOf(result),
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
    index: shareOf(cycles, 'stall.index'),
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

/** All resources of a kind as one class. */
function classOf(resources: readonly ResourceResult[], kind: string): LayerView['adcs'] {
  const members = resources.filter((resource) => resource.kind === kind);
  return addClasses(members.map((member) => ({ instances: 1, cycles: member.ledger })));
}

/** The busiest resources of a run of one PE, read off its resources. */
function busiestOf(result: Result): Busiest {
  const { resources } = result;
  const shares = ({ ledger }: ResourceResult): Record<string, number> =>
    Object.fromEntries(Object.keys(ledger).map((state) => [state, shareOf(ledger, state)]));
  const most = (kind: string, time: (resource: ResourceResult) => number): BusyResource | undefined => {
    const ofKind = Object.entries(resources).filter(([, resource]) => resource.kind === kind);
    if (ofKind.length === 0) return undefined;
    const [path, resource] = ofKind.reduce((a, b) => (time(b[1]) > time(a[1]) ? b : a));
    return { path, shares: shares(resource) };
  };
  const none = { path: '', shares: {} };
  const detector = most('sparsityDetector', ({ utilisation }) => utilisation);
  return {
    crossbar: most('crossbar', ({ utilisation }) => utilisation) ?? none,
    adcPool: busiestPool(resources) ?? none,
    shiftAdd: busiestShiftAdd(result) ?? none,
    ...(detector === undefined ? {} : { detector }),
  };
}

/** The pool whose ADCs convert most, with the mean shares of its ADCs. */
function busiestPool(resources: Result['resources']): BusyResource | undefined {
  const adcsOf = new Map<string, LayerView['adcs'][]>();
  for (const [path, { kind, ledger }] of Object.entries(resources)) {
    if (kind !== 'adc') continue;
    const pool = path.slice(0, path.lastIndexOf('.'));
    const adcs = adcsOf.get(pool) ?? [];
    adcs.push({ instances: 1, cycles: ledger });
    adcsOf.set(pool, adcs);
  }
  const pools = Array.from(adcsOf, ([path, adcs]) => {
    const { cycles } = addClasses(adcs);
    return {
      path,
      shares: { convert: shareOf(cycles, 'convert'), 'stall.shiftAdd': shareOf(cycles, 'stall.shiftAdd') },
    };
  });
  return pools.length === 0 ? undefined : pools.reduce((a, b) => (b.shares.convert > a.shares.convert ? b : a));
}

/** The shift-and-add unit that uses most of its lanes: one code for each sample of its pool. */
function busiestShiftAdd({ resources, scenario, cycles }: Result): BusyResource | undefined {
  const { lanes } = (scenario.machine['shiftAdd'] ?? {}) as { lanes?: number };
  const pools = Object.entries(resources).filter(([, { kind }]) => kind === 'adcPool');
  if (pools.length === 0 || lanes === undefined || cycles === 0) return undefined;
  const codes = ([, { wait }]: (typeof pools)[number]): number => wait?.count ?? 0;
  const most = pools.reduce((a, b) => (codes(b) > codes(a) ? b : a));
  return { path: `${most[0]}.ShiftAdd`, shares: { lanes: codes(most) / (lanes * cycles) } };
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
