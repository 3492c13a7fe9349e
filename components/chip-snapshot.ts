import type { Part, Stage, StageInput } from '../mapping/chip-program.js';
import type { CrossbarRange } from '../mapping/crossbar-range.js';
import type { LedgerCycles } from '../sim/results/result.js';
import type { StageSnapshot } from '../sim/results/run-snapshot.js';
import type { ChipPe } from './chip-pe.js';
import type { PartStatistics } from './chip-statistics.js';
import type { MachineConfig } from './machine.js';
import type { PartFetch } from './part-fetch.js';
import type { PartHome } from './part-home.js';
import { PesSoFar } from './pe-snapshot.js';
import type { StageWindows } from './stage-windows.js';
import { cyclesFor } from './tile-services.js';

/** A part of a chip that runs, as far as a snapshot looks at it. */
export interface ObservedPart {
  readonly part: Part;
  readonly windows: StageWindows;
  readonly statistics: PartStatistics;
  readonly home: PartHome;
  /** Null of the source, and of parts that are homes only. */
  readonly fetch: PartFetch | null;
  readonly classes: readonly PeClass[];
}

/** PEs of a part that take the same course: the one that is simulated, how many they are, and what it holds. */
export interface PeClass {
  readonly pe: Pick<ChipPe, 'times'>;
  readonly count: number;
  readonly crossbars: CrossbarRange;
}

/** Windows that all homes of a replica have sent. */
export function sentBy(replica: readonly Pick<ObservedPart, 'home'>[]): number {
  return replica.reduce((least, { home }) => Math.min(least, home.sentWindows), Number.POSITIVE_INFINITY);
}

/**
 * What a stage has done by cycle `now`. Reads only: a run in which it is called ends as one in which it is not.
 *
 * @param parts all parts of the stage
 * @param nameOf of a stage, by index
 */
export function stageSnapshot(
  stage: Stage,
  parts: readonly ObservedPart[],
  machine: MachineConfig,
  nameOf: (stage: number) => string,
  now: number,
): StageSnapshot {
  const replicas = [...new Set(parts.map(({ windows }) => windows))];
  const windows = replicas.reduce((sum, own) => sum + sentBy(parts.filter((part) => part.windows === own)), 0);
  const allWindows = replicas.reduce((sum, { count }) => sum + count, 0);
  const begun = windows > 0 || stage.kind === 'source' || parts.some(({ fetch }) => fetch?.begun === true);
  const pes = pesOf(stage, parts, machine, now);
  return {
    name: stage.name,
    kind: stage.kind,
    state: windows === allWindows ? 'done' : begun ? 'working' : 'ahead',
    windows,
    allWindows,
    fetch: fetchOf(parts, now),
    crossbars: pes?.crossbars ?? null,
    adcs: pes?.adcs ?? null,
    activities: activitiesOf(stage, parts, pes, machine, now),
    waits: waitsOf(stage, parts, nameOf, now),
  };
}

function pesOf(stage: Stage, parts: readonly ObservedPart[], machine: MachineConfig, now: number): PesSoFar | null {
  if (stage.kind !== 'matrix') return null;
  const pes = new PesSoFar(machine, now);
  const { program } = stage;
  for (const { classes, fetch } of parts) {
    const wait = fetch?.wait ?? null;
    for (const { pe, count, crossbars } of classes) pes.add({ times: pe.times(), count, program, crossbars, wait });
  }
  return pes;
}

/** The fetch units, in the states of their ledger; with a static schedule a fetch is booked when it begins. */
function fetchOf(parts: readonly ObservedPart[], now: number): StageSnapshot['fetch'] {
  const fetching = fetchingParts(parts);
  if (fetching.length === 0) return null;
  const cycles = {
    fetch: 0,
    'stall.pixels': 0,
    'stall.output': 0,
    'stall.pe': 0,
    'stall.server': 0,
  } satisfies LedgerCycles;
  let time = 0;
  for (const { statistics, fetch } of fetching) {
    const wait = fetch.wait;
    const waited = wait === null ? 0 : now - wait.since;
    const pixels = statistics.stallPixels.reduce((sum, stall) => sum + stall, 0);
    const { fetch: fetched, stallOutput, stallPe, stallServer } = statistics;
    cycles.fetch += fetched;
    cycles['stall.pixels'] += pixels;
    cycles['stall.output'] += stallOutput;
    cycles['stall.pe'] += stallPe;
    cycles['stall.server'] += stallServer;
    if (wait !== null) cycles[`stall.${wait.cause}`] += waited;
    time += Math.max(now, fetched + pixels + stallOutput + stallPe + stallServer + waited);
  }
  return { cycles, time };
}

type FetchingPart = ObservedPart & { readonly fetch: PartFetch };

function fetchingParts(parts: readonly ObservedPart[]): FetchingPart[] {
  return parts.filter((part): part is FetchingPart => part.fetch !== null && part.windows.count > 0);
}

/** The largest shares of its parts, by the rules of `ChipBottleneck`. */
function activitiesOf(
  stage: Stage,
  parts: readonly ObservedPart[],
  pes: PesSoFar | null,
  { pooling, tile }: MachineConfig,
  now: number,
): StageSnapshot['activities'] {
  // With a static schedule a step is booked when it begins.
  const most = (cyclesOf: (part: ObservedPart) => number) =>
    parts.reduce((largest, part) => Math.max(largest, Math.min(1, now === 0 ? 0 : cyclesOf(part) / now)), 0);
  const pooled = ({ part, home }: ObservedPart) =>
    stage.kind === 'vector' && tile.schedule === 'contended' && part.homeValues > 0
      ? home.sentWindows * cyclesFor(part.vectorValues, pooling.valuesPerCycle)
      : 0;
  return {
    process: pes?.processing ?? 0,
    fetch: most(({ statistics: { fetch, stallServer } }) => fetch + stallServer),
    send: most(({ statistics: { activate, send } }) => (stage.kind === 'source' ? 0 : activate) + send),
    pool: most(pooled),
  };
}

/** As `StageResult` waits of a result: by state, cause and other stage; those of fetches that go on as well. */
function waitsOf(
  stage: Stage,
  parts: readonly ObservedPart[],
  nameOf: (stage: number) => string,
  now: number,
): StageSnapshot['waits'] {
  const inputs: readonly StageInput[] = stage.kind === 'source' ? [] : stage.inputs;
  const waits = new Map<string, { state: string; cause: string; of: string | null; cycles: number }>();
  const book = (state: string, cause: string, of: string | null, cycles: number) => {
    if (cycles === 0) return;
    const key = `${state} ${cause} ${of}`;
    const wait = waits.get(key) ?? { state, cause, of, cycles: 0 };
    wait.cycles += cycles;
    waits.set(key, wait);
  };
  for (const { part, statistics, fetch } of parts) {
    inputs.forEach(({ producer }, input) => {
      book('fetch', 'pixels', nameOf(producer), statistics.stallPixels[input]!);
      book('send', 'pixels', nameOf(producer), statistics.stallFinish[input]!);
    });
    book('fetch', 'output', null, statistics.stallOutput);
    book('fetch', 'pe', null, statistics.stallPe);
    book('fetch', 'server', null, statistics.stallServer);
    const wait = fetch?.wait ?? null;
    if (wait !== null) {
      const of = wait.cause === 'pixels' ? nameOf(inputs[wait.input]!.producer) : null;
      book('fetch', wait.cause, of, now - wait.since);
    }
    part.destinations.forEach((destination, d) => {
      const of = destination.kind === 'port' ? 'port' : nameOf(destination.stage);
      book('send', 'space', of, statistics.stallSpace[d]!);
    });
  }
  return [...waits.values()];
}
