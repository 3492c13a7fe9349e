import type { LinkStatistics, ServerUse } from '../../components/chip-statistics.js';
import type { MachineConfig } from '../../components/machine.js';
import { PeStatistics } from '../../components/pe-statistics.js';
import type { LedgerCycles, ResourceResult, Result } from '../../sim/results/result.js';
import { addResources, share, type WorkingPe, withIdle } from '../run/resources.js';
import { fetchLedger, fetchPath, sendLedger, sendPath } from './part-ledgers.js';
import { fetchingParts, type PlacedStage, sendingParts, type TimedPass, tilePath } from './placed-stage.js';

/** A network whose PEs have more crossbars than these, spare ones too, lists of each layer only the PE that reads most. */
const LISTED_CROSSBARS = 4096;
const BUSIEST_ONLY = 'resources: of the many PEs of each layer only the one that reads most is listed';

/** PEs of one layer. */
export interface LayerPes {
  readonly layer: string;
  readonly pes: readonly WorkingPe[];
}

/**
 * Every resource of the chip with its ledger over the run: the instances inside PEs, the parts of the stages, and, where
 * the schedule is contended, the servers of the tiles, the links and the port.
 *
 * @returns `note`: what is left out; null if nothing
 * @throws KernelError where the states of a ledger do not sum to the run's cycles
 */
export function chipResources(
  layers: readonly LayerPes[],
  stages: readonly PlacedStage[],
  passes: readonly TimedPass[],
  machine: MachineConfig,
  cycles: number,
): { resources: Result['resources']; note: string | null } {
  const resources: Result['resources'] = {};
  const crossbars = layers.reduce((sum, { pes }) => sum + pes.length, 0) * machine.pe.crossbars;
  const listsAll = crossbars <= LISTED_CROSSBARS;
  for (const { path, statistics } of listsAll ? byPath(layers) : busiestPes(layers)) {
    addResources(resources, path, machine, statistics, cycles);
  }
  addParts(resources, stages, cycles);
  if (machine.tile.schedule === 'contended') addServers(resources, passes, cycles);
  return { resources, note: listsAll ? null : BUSIEST_ONLY };
}

/** All PEs; one that several passes program anew is one resource. */
function byPath(layers: readonly LayerPes[]): { path: string; statistics: PeStatistics }[] {
  const known = new Map<string, PeStatistics>();
  for (const { path, statistics } of layers.flatMap(({ pes }) => pes)) {
    const before = known.get(path);
    known.set(path, before === undefined ? statistics : together(before, statistics));
  }
  return Array.from(known, ([path, statistics]) => ({ path, statistics }));
}

function together(a: PeStatistics, b: PeStatistics): PeStatistics {
  const sum = new PeStatistics(a.read.length, a.pools.length, a.pools[0]!.convert.length);
  sum.add(a);
  sum.add(b);
  return sum;
}

function busiestPes(layers: readonly LayerPes[]): WorkingPe[] {
  const reads = ({ statistics }: WorkingPe) => statistics.read.reduce((most, read) => Math.max(most, read), 0);
  const busiest = layers.map(({ pes }) => pes.reduce((a, b) => (reads(b) > reads(a) ? b : a)));
  return busiest.filter((pe, i) => busiest.findIndex(({ path }) => path === pe.path) === i);
}

function addParts(resources: Result['resources'], stages: readonly PlacedStage[], cycles: number): void {
  for (const stage of stages) {
    const layer = stage.stage.name;
    for (const part of fetchingParts(stage)) {
      const ledger = fetchLedger(part, cycles);
      resources[fetchPath(part)] = { kind: 'fetch', ledger, utilisation: share(ledger['fetch']!, cycles), layer };
    }
    for (const part of sendingParts(stage)) {
      // Each pass has a source.
      const path =
        stage.pass.index === 0 ? sendPath(part) : sendPath(part).replace('Source', `Source[${stage.pass.index}]`);
      const ledger = sendLedger(part, cycles);
      const working = ledger['activate']! + ledger['send']!;
      resources[path] = { kind: 'send', ledger, utilisation: share(working, cycles), layer };
    }
  }
}

interface Server {
  readonly kind: string;
  readonly use: ServerUse;
  readonly stallBuffer: number | null;
}

/** Servers of tiles, links and the port; several passes add up. */
function addServers(resources: Result['resources'], passes: readonly TimedPass[], cycles: number): void {
  const servers = new Map<string, Server>();
  const add = (path: string, kind: string, use: ServerUse, stallBuffer: number | null = null) => {
    const before = servers.get(path);
    servers.set(path, before === undefined ? { kind, use, stallBuffer } : sum(before, use, stallBuffer));
  };
  for (const { statistics } of passes) {
    for (const { tile, banks, bus, shiftAdd, activation, pooling } of statistics.tiles) {
      const at = tilePath(tile);
      banks.forEach((bank, b) => {
        add(`${at}.Edram.Bank[${b}]`, 'edramBank', bank);
      });
      add(`${at}.Bus`, 'bus', bus);
      add(`${at}.ShiftAdd`, 'tileShiftAdd', shiftAdd);
      add(`${at}.Activation`, 'activationUnit', activation);
      add(`${at}.Pooling`, 'poolingUnit', pooling);
    }
    for (const { path, use, stallBuffer } of statistics.links as readonly LinkStatistics[]) {
      add(path, 'link', use, stallBuffer);
    }
    add('Chip.Port', 'port', statistics.port);
  }
  for (const [path, server] of servers) resources[path] = serverResult(path, server, cycles);
}

function sum({ kind, use, stallBuffer }: Server, more: ServerUse, moreStall: number | null): Server {
  return {
    kind,
    use: {
      busy: use.busy + more.busy,
      requests: use.requests + more.requests,
      wait: use.wait + more.wait,
      waitMax: Math.max(use.waitMax, more.waitMax),
    },
    stallBuffer: stallBuffer === null ? null : stallBuffer + moreStall!,
  };
}

function serverResult(path: string, { kind, use, stallBuffer }: Server, cycles: number): ResourceResult {
  const stall: LedgerCycles = stallBuffer === null ? {} : { 'stall.buffer': stallBuffer };
  return {
    kind,
    ledger: withIdle(path, { busy: use.busy, ...stall }, cycles),
    utilisation: share(use.busy, cycles),
    service: { requests: use.requests, waitMean: share(use.wait, use.requests), waitMax: use.waitMax },
  };
}
