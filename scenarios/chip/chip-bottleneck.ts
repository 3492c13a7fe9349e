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

/** Shares of the run by name: the activities, and the resources that they use. */
type Shares = Record<Activity, number> & Record<string, number>;

interface Candidate {
  readonly placed: PlacedStage;
  readonly part: PlacedPart;
  readonly activity: Activity;
  readonly shares: Shares;
}

/**
 * The stage that sets the pace, and the resource that it is busiest with.
 *
 * A part works on windows in four ways that overlap: its PEs process them (`process`: the slowest input register holds a
 * window that is not released, or, where that is longer, its busiest crossbar reads or its busiest pool converts), it fetches
 * them (`fetch`: moving them and waiting for bank or bus), it activates and sends them (`send`), its pooling unit pools them
 * (`pool`). Each is one window after another, so that the largest share of the run is the pace of the part, and the largest
 * of all parts that of the network. The source only sends, through the port. What waits for pixels or for room elsewhere waits for another stage and is left out.
 *
 * @throws RangeError for a program without stages
 */
export function chipBottleneck(
  stages: readonly PlacedStage[],
  demands: ReadonlyMap<PlacedPart, PartDemand>,
  machine: MachineConfig,
  cycles: number,
): ChipBottleneck {
  let slowest: Candidate | null = null;
  for (const placed of stages) {
    for (const part of placed.parts) {
      const shares =
        placed.stage.kind === 'source'
          ? sourceShares(placed, part, cycles)
          : sharesOf(placed, part, demands.get(part)!, machine, cycles);
      for (const activity of ACTIVITIES) {
        if (slowest !== null && shares[activity] <= slowest.shares[slowest.activity]) continue;
        slowest = { placed, part, activity, shares };
      }
    }
  }
  if (slowest === null) throw new RangeError('bottleneck: got a program without stages; allowed at least one');
  const { placed, activity, shares } = slowest;
  return {
    layer: placed.stage.name,
    activity,
    share: shares[activity],
    ...limitOf(slowest, machine),
    shares,
  };
}

const PORT_OUT = 'Chip.Port.Out';

/** What the source does, and how much the port and the link behind it are used. */
function sourceShares({ pass }: PlacedStage, { statistics }: PlacedPart, cycles: number): Shares {
  const { port, links } = pass.statistics;
  return {
    process: 0,
    fetch: 0,
    fetchWait: 0,
    send: share(statistics.send, cycles),
    pool: 0,
    port: share(port.busy, cycles),
    link: share(links.find(({ path }) => path === PORT_OUT)?.use.busy ?? 0, cycles),
  };
}

/** What the part does, and how much its own PEs and the servers of its tile are used, by whatever stands there. */
function sharesOf(
  { stage, pass }: PlacedStage,
  placed: PlacedPart,
  demand: PartDemand,
  machine: MachineConfig,
  cycles: number,
): Shares {
  const { part, statistics } = placed;
  const { fetch, stallServer, activate, send, pes } = statistics;
  const of = (time: number) => share(time, cycles);
  const held = pes.reduce((most, { registerHold }) => Math.max(most, registerHold), 0);
  const shares: Shares = {
    process: of(held),
    fetch: of(fetch + stallServer),
    fetchWait: of(stallServer),
    send: of(activate + send),
    // A static schedule pools windows side by side.
    pool: stage.kind === 'vector' && machine.tile.schedule === 'contended' ? of(demand.pooling) : 0,
  };
  if (part.pes.length > 0) {
    const { crossbar, adcPool, shiftAdd, detector } = busiestOf(workingPes([placed], machine), machine, cycles);
    shares['crossbar'] = crossbar.shares['read']!;
    shares['adc'] = adcPool.shares['convert']!;
    shares['shiftAdd'] = shiftAdd.shares['lanes']!;
    if (detector !== undefined) shares['detector'] = detector.shares['scan']!;
    shares.process = Math.max(shares.process, shares['crossbar'], shares['adc']);
  }
  const tile = pass.statistics.tiles.find((candidate) => candidate.tile === part.tile);
  if (tile !== undefined) {
    shares['bank'] = of(tile.banks[bankOf(placed, pass, tile)]!.busy);
    shares['bus'] = of(tile.bus.busy);
    shares['activation'] = of(tile.activation.busy);
    shares['pooling'] = of(tile.pooling.busy);
  }
  return shares;
}

/** Parts take the banks of their tile in turn, in the order of parts. */
function bankOf({ part }: PlacedPart, { program }: PlacedStage['pass'], { tile, banks }: TileStatistics): number {
  let before = 0;
  for (const { replicas } of program.stages) {
    for (const { parts } of replicas) {
      for (const other of parts) if (other.tile === tile && other.index < part.index) before++;
    }
  }
  return before % banks.length;
}

/** The resource that an activity is busiest with. */
function limitOf(
  { placed: { stage, pass }, part, activity, shares }: Candidate,
  machine: MachineConfig,
): Pick<ChipBottleneck, 'resource' | 'path' | 'resourceShare'> {
  const at = tilePath(part.part.tile);
  const limit = (resource: string, path: string, resourceShare = shares[resource]!) => ({
    resource,
    path,
    resourceShare,
  });
  const busiest = (names: readonly string[]) => names.reduce((a, b) => ((shares[b] ?? 0) > (shares[a] ?? 0) ? b : a));
  if (stage.kind === 'source') {
    return busiest(['port', 'link']) === 'link' ? limit('link', PORT_OUT) : limit('port', 'Chip.Port');
  }
  if (activity === 'process') {
    const { crossbar, adcPool, shiftAdd, detector } = busiestOf(workingPes([part], machine), machine, 1);
    const paths = { crossbar, adc: adcPool, shiftAdd, detector };
    const resource = busiest(Object.keys(paths)) as keyof typeof paths;
    return limit(resource, paths[resource]!.path);
  }
  if (activity === 'pool') return limit('pooling', `${at}.Pooling`);
  const own = activity === 'fetch' ? fetchPath(part) : sendPath(part);
  if (machine.tile.schedule === 'static') return limit('schedule', own, shares[activity]);
  if (activity === 'fetch') {
    const tile = pass.statistics.tiles.find(({ tile: number }) => number === part.part.tile)!;
    return busiest(['bank', 'bus']) === 'bus'
      ? limit('bus', `${at}.Bus`)
      : limit('bank', `${at}.Edram.Bank[${bankOf(part, pass, tile)}]`);
  }
  const { activate, send } = part.statistics;
  return activate > send
    ? limit('activation', `${at}.Activation`)
    : limit('network', own, share(shares.send * send, activate + send));
}
