import type { TileStatistics } from '../../components/chip-statistics.js';
import type { MachineConfig } from '../../components/machine.js';
import type { ChipBottleneck } from '../../sim/results/chip-result.js';
import { busiestOf, share } from '../run/resources.js';
import type { PartDemand } from './part-demand.js';
import { fetchPath, sendPath } from './part-ledgers.js';
import { type PlacedPart, type PlacedStage, tilePath } from './placed-stage.js';
import { workingPes } from './working-pes.js';

/** What a part does one window after another; while it does so all the time, nothing before or behind it can speed it up. */
const ACTIVITIES = ['process', 'fetch', 'send', 'pool'] as const;
type Activity = (typeof ACTIVITIES)[number];

/**
 * The stage that sets the pace, and the resource that it is busiest with.
 *
 * A part works on windows in four ways that overlap: its PEs process them (`process`: the slowest input register holds a
 * window that is not released), it fetches them (`fetch`: moving them and waiting for bank or bus), it activates and
 * sends them (`send`), its pooling unit pools them (`pool`). Each is one window after another, so that the largest share
 * of the run is the pace of the part, and the largest of all parts that of the network. What waits for pixels or for
 * room elsewhere waits for another stage and is left out.
 */
export function chipBottleneck(
  stages: readonly PlacedStage[],
  demands: ReadonlyMap<PlacedPart, PartDemand>,
  machine: MachineConfig,
  cycles: number,
): ChipBottleneck {
  let slowest: { placed: PlacedStage; part: PlacedPart; activity: Activity; share: number } | null = null;
  for (const placed of stages) {
    if (placed.stage.kind === 'source') continue;
    for (const part of placed.parts) {
      const shares = activityShares(part, demands.get(part)!, machine, cycles);
      for (const activity of ACTIVITIES) {
        if (slowest !== null && shares[activity] <= slowest.share) continue;
        slowest = { placed, part, activity, share: shares[activity] };
      }
    }
  }
  if (slowest === null) throw new RangeError('bottleneck: got a program without stages; allowed at least one');
  const { placed, part, activity } = slowest;
  const shares = sharesOf(placed, part, demands.get(part)!, machine, cycles);
  const { resource, path } = resourceOf(activity, part, shares, machine);
  return {
    layer: placed.stage.name,
    activity,
    share: slowest.share,
    resource,
    path: path ?? placed.stage.name,
    resourceShare: shares[resource] ?? slowest.share,
    shares: Object.fromEntries(Object.entries(shares).filter(([, value]) => value !== undefined)),
  };
}

function activityShares(
  { part, statistics }: PlacedPart,
  { pooling }: PartDemand,
  { tile }: MachineConfig,
  cycles: number,
): Record<Activity, number> {
  const { fetch, stallServer, activate, send, pes } = statistics;
  const held = pes.reduce((most, { registerHold }) => Math.max(most, registerHold), 0);
  return {
    process: share(held, cycles),
    fetch: share(fetch + stallServer, cycles),
    send: part.homeValues > 0 ? share(activate + send, cycles) : 0,
    // A static schedule pools windows side by side.
    pool: tile.schedule === 'contended' ? share(pooling, cycles) : 0,
  };
}

/** Shares of the run of what the part used: its own PEs, the servers of its tile with all that others ask of them. */
function sharesOf(
  { pass }: PlacedStage,
  placed: PlacedPart,
  demand: PartDemand,
  machine: MachineConfig,
  cycles: number,
): Record<string, number> {
  const { part, statistics } = placed;
  const of = (time: number) => share(time, cycles);
  const shares: Record<string, number> = { ...activityShares(placed, demand, machine, cycles) };
  if (part.pes.length > 0) {
    const busiest = busiestOf(workingPes([placed], machine), machine, cycles);
    shares['crossbar'] = busiest.crossbar.shares['read']!;
    shares['adc'] = busiest.adcPool.shares['convert']!;
    shares['shiftAdd'] = busiest.shiftAdd.shares['lanes']!;
    if (busiest.detector !== undefined) shares['detector'] = busiest.detector.shares['scan']!;
  }
  const tile = pass.statistics.tiles.find((candidate) => candidate.tile === part.tile);
  if (tile !== undefined) {
    shares['bank'] = of(bankOf(pass.program, tile, part.index)?.busy ?? 0);
    shares['bus'] = of(tile.bus.busy);
    shares['activation'] = of(tile.activation.busy);
    shares['pooling'] = of(tile.pooling.busy);
  }
  shares['fetchWait'] = of(statistics.stallServer);
  shares['network'] = of(statistics.send);
  return shares;
}

/** Parts take the banks of their tile in turn, in the order of parts. */
function bankOf(
  program: PlacedStage['pass']['program'],
  { tile, banks }: TileStatistics,
  index: number,
): TileStatistics['banks'][number] | undefined {
  const onTile = program.stages
    .flatMap(({ replicas }) => replicas.flatMap(({ parts }) => parts))
    .filter((part) => part.tile === tile && part.index < index);
  return banks[onTile.length % banks.length];
}

function resourceOf(
  activity: Activity,
  placed: PlacedPart,
  shares: Readonly<Record<string, number>>,
  machine: MachineConfig,
): { resource: string; path: string | null } {
  const at = tilePath(placed.part.tile);
  const largest = (names: readonly string[]) => names.reduce((a, b) => ((shares[b] ?? 0) > (shares[a] ?? 0) ? b : a));
  if (activity === 'process') {
    const busiest = busiestOf(workingPes([placed], machine), machine, 1);
    const resource = largest(['crossbar', 'adc', 'shiftAdd', 'detector']);
    const paths: Record<string, string | undefined> = {
      crossbar: busiest.crossbar.path,
      adc: busiest.adcPool.path,
      shiftAdd: busiest.shiftAdd.path,
      detector: busiest.detector?.path,
    };
    return { resource, path: paths[resource] ?? null };
  }
  if (activity === 'pool') return { resource: 'pooling', path: `${at}.Pooling` };
  if (machine.tile.schedule === 'static') {
    return { resource: 'schedule', path: activity === 'fetch' ? fetchPath(placed) : sendPath(placed) };
  }
  if (activity === 'fetch') {
    const resource = largest(['bank', 'bus']);
    return { resource, path: resource === 'bus' ? `${at}.Bus` : `${at}.Edram` };
  }
  const activating = placed.statistics.activate > placed.statistics.send;
  return activating
    ? { resource: 'activation', path: `${at}.Activation` }
    : { resource: 'network', path: sendPath(placed) };
}
