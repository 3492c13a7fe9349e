import type {
  ChipProgram,
  Destination,
  Part,
  PartBuffer,
  PartPe,
  Replica,
  Stage,
  StageInput,
} from '../chip-program.js';
import { type Anchors, homeOf, vectorAnchors } from './anchors.js';
import type { Packing, PackingTask, PeRun } from './pack-in-order.js';
import { givenCount, matrixBufferChannels, outputsAtHome, vectorBufferChannels } from './part-channels.js';
import type { MatrixDescription, StageDescription, VectorDescription } from './stage-description.js';

/** Where the tiles in use stand, and what else a chip program says. */
export interface Assembly {
  readonly images: number;
  readonly chips: number;
  readonly tilesPerChip: number;
  /** Tile of the chips that each tile in use is. */
  readonly tileAt: readonly number[];
}

/** A part before its buffers have a size and its destinations are known. */
interface Draft {
  readonly tile: number;
  readonly pes: readonly PartPe[];
  readonly fetchBytes: number;
  /** Channels of the stage that are at home here. */
  readonly home: readonly number[];
  /** By input: channels of the producer. */
  readonly channels: readonly Int32Array[];
  readonly finishBytes: readonly number[];
  readonly vectorValues: number;
  /** Distinct outputs of its PEs. */
  readonly outputs: Int32Array;
  readonly destinations: Destination[];
}

/** By stage, replica and part. */
type Drafts = readonly (readonly (readonly Draft[])[])[];

/** Puts a chip program together: every part, what it needs, and what goes where. */
export function assembleProgram(task: PackingTask, packing: Packing, assembly: Assembly): ChipProgram {
  const drafts = draftParts(task, packing, assembly.tileAt);
  const homes = drafts.map((replicas, stage) => homesOf(replicas, task.stages[stage]!.channels));
  const shares = connect(task, drafts, homes);
  const capacity = capacities(task, drafts);
  let index = 0;
  const stages = task.stages.map((stage, s): Stage => {
    const replicas = drafts[s]!.map((parts, replica): Replica => {
      const first = index;
      return {
        parts: parts.map((draft, p): Part => {
          const { tile, pes, fetchBytes, home, vectorValues, destinations } = draft;
          const buffers = draft.channels.map(({ length }, input): PartBuffer => {
            const least = task.least[s]![input]!;
            return {
              bytesPerPixel: length * task.wordBytes,
              capacity: length === 0 ? 0 : capacity(tile, least),
              least,
              shares: shares(s, replica, p, input),
              finishBytes: draft.finishBytes[input]!,
            };
          });
          return {
            index: index++,
            tile,
            pes,
            fetchBytes,
            buffers,
            sumsTo: sumsTo(draft, index - 1 - first, parts.length, homes[s]![replica]!),
            homeValues: home.length,
            vectorValues,
            destinations,
          };
        }),
      };
    });
    return stageOf(stage, s, replicas);
  });
  const { images, chips, tilesPerChip } = assembly;
  return { images, tiles: chips * tilesPerChip, chips, stages };
}

function stageOf(stage: StageDescription, index: number, replicas: readonly Replica[]): Stage {
  const { name, op, windows } = stage;
  const base = { index, name, op, windows, replicas };
  if (stage.kind === 'source') return { ...base, kind: 'source' };
  const inputs = stage.inputs.map(({ producer, role, needs, keeps }): StageInput => ({ producer, role, needs, keeps }));
  if (stage.kind === 'vector') return { ...base, kind: 'vector', inputs };
  return { ...base, kind: 'matrix', program: stage.program, inputs };
}

function draftParts(task: PackingTask, { runs }: Packing, tileAt: readonly number[]): Drafts {
  const anchors = vectorAnchors(task.stages);
  return task.stages.map((stage, index) => {
    if (stage.kind === 'source') return [[sourceDraft(stage.channels)]];
    if (stage.kind === 'vector') return [vectorDrafts(task, stage, anchors.get(index)!, runs, tileAt)];
    return runs.get(index)!.map((ofReplica) => matrixDrafts(task, stage, index, ofReplica, tileAt));
  });
}

function sourceDraft(channels: number): Draft {
  return {
    tile: -1,
    pes: [],
    fetchBytes: 0,
    home: Array.from({ length: channels }, (_, channel) => channel),
    channels: [],
    finishBytes: [],
    vectorValues: 0,
    outputs: new Int32Array(0),
    destinations: [],
  };
}

/** Outputs are at home in the order of the PEs; the parts are in the order of their tiles. */
function matrixDrafts(
  { contents, wordBytes }: PackingTask,
  stage: MatrixDescription,
  index: number,
  runs: readonly PeRun[],
  tileAt: readonly number[],
): Draft[] {
  const layer = contents.get(index)!;
  const drafts = runs.map(({ tile, peOfTile, peOfReplica, pes }, part): Draft => {
    const home = outputsAtHome(part, runs.length, stage.channels);
    const ofPes = layer.contents(peOfReplica, pes);
    return {
      tile: tileAt[tile]!,
      pes: layer.peContents.slice(peOfReplica, peOfReplica + pes).map(({ crossbars, inputs, outputs }, i) => ({
        pe: peOfTile + i,
        crossbars,
        sums: outputs,
        // Registers hold the bits of the inputs side by side, as those of a single PE.
        inputBytesPerWindow: Math.ceil((inputs * stage.program.inputBits) / 8),
      })),
      fetchBytes: ofPes.inputValues * wordBytes,
      home,
      channels: matrixBufferChannels(stage, ofPes, home),
      finishBytes: stage.inputs.map((input) => (input.role === 'start' ? 0 : givenCount(input, home) * wordBytes)),
      vectorValues: 0,
      outputs: ofPes.outputs,
      destinations: [],
    };
  });
  return drafts.sort((a, b) => a.tile - b.tile);
}

/** The channels stand in the tiles of their anchors. */
function vectorDrafts(
  { stages, wordBytes }: PackingTask,
  stage: VectorDescription,
  anchors: Anchors,
  runs: Packing['runs'],
  tileAt: readonly number[],
): Draft[] {
  const byTile = new Map<number, number[]>();
  for (let channel = 0; channel < stage.channels; channel++) {
    const ofAnchor = runs.get(anchors.stage[channel]!)?.[0];
    const anchor = stages[anchors.stage[channel]!];
    const tile =
      ofAnchor === undefined
        ? 0
        : tileAt[ofAnchor[homeOf(anchors.output[channel]!, ofAnchor.length, anchor!.channels)]!.tile]!;
    const channels = byTile.get(tile);
    if (channels === undefined) byTile.set(tile, [channel]);
    else channels.push(channel);
  }
  return [...byTile]
    .sort(([a], [b]) => a - b)
    .map(([tile, home]): Draft => {
      const vectorValues = stage.inputs.reduce(
        (sum, input) => sum + givenCount(input, home) * input.pixelsPerWindow,
        0,
      );
      return {
        tile,
        pes: [],
        fetchBytes: vectorValues * wordBytes,
        home,
        channels: vectorBufferChannels(stage, home),
        finishBytes: stage.inputs.map(() => 0),
        vectorValues,
        outputs: new Int32Array(0),
        destinations: [],
      };
    });
}

/** By replica: index of the part where each channel is at home. Replicas that agree share one array. */
function homesOf(replicas: readonly (readonly Draft[])[], channels: number): Int32Array[] {
  const known = new Map<string, Int32Array>();
  return replicas.map((parts) => {
    const key = parts.map(({ home }) => `${home[0] ?? ''}`).join();
    let homes = known.get(key);
    if (homes === undefined) {
      homes = new Int32Array(channels);
      parts.forEach(({ home }, part) => {
        for (const channel of home) homes![channel] = part;
      });
      known.set(key, homes);
    }
    return homes;
  });
}

/**
 * Sends every pixel to every part that needs channels of it, and to the port where it leaves.
 *
 * @returns `PartBuffer.shares` of a buffer
 */
function connect(
  { stages, wordBytes }: PackingTask,
  drafts: Drafts,
  homes: readonly (readonly Int32Array[])[],
): (stage: number, replica: number, part: number, input: number) => readonly number[] {
  const counts = new Map<Int32Array, Map<Int32Array, readonly (readonly [part: number, channels: number])[]>>();
  const countsAt = (needed: Int32Array, home: Int32Array) => {
    let byHome = counts.get(needed);
    if (byHome === undefined) {
      byHome = new Map();
      counts.set(needed, byHome);
    }
    let found = byHome.get(home);
    if (found === undefined) {
      found = channelsByPart(needed, home);
      byHome.set(home, found);
    }
    return found;
  };
  const shares = drafts.map((replicas, stage) =>
    replicas.map((parts, replica) =>
      parts.map((draft, part) =>
        draft.channels.map((needed, input) => {
          const { producer } = stages[stage]!.inputs[input]!;
          return drafts[producer]!.map((producing, r) => {
            const senders = countsAt(needed, homes[producer]![r]!);
            for (const [sender, channels] of senders) {
              const bytes = channels * wordBytes;
              producing[sender]!.destinations.push({ kind: 'buffer', stage, replica, part, input, bytes });
            }
            return senders.length;
          });
        }),
      ),
    ),
  );
  stages.forEach(({ leaves }, stage) => {
    if (!leaves) return;
    for (const { home, destinations } of drafts[stage]!.flat()) {
      if (home.length > 0) destinations.push({ kind: 'port', bytes: home.length * wordBytes });
    }
  });
  return (stage, replica, part, input) => shares[stage]![replica]![part]![input]!;
}

/** How many of the channels are at home in which part, by part, ascending. */
function channelsByPart(channels: Int32Array, home: Int32Array): (readonly [part: number, channels: number])[] {
  const counts = new Map<number, number>();
  for (const channel of channels) counts.set(home[channel]!, (counts.get(home[channel]!) ?? 0) + 1);
  return [...counts].sort(([a], [b]) => a - b);
}

/** Shares the eDRAM of each tile among its buffers in proportion to what they need at least. */
function capacities(
  { least, wordBytes, tileBytes }: PackingTask,
  drafts: Drafts,
): (tile: number, leastPixels: number) => number {
  if (tileBytes === Number.POSITIVE_INFINITY) return () => Number.POSITIVE_INFINITY;
  const needed = new Map<number, number>();
  drafts.forEach((replicas, stage) => {
    for (const { tile, channels } of replicas.flat()) {
      const bytes = channels.reduce((sum, { length }, i) => sum + least[stage]![i]! * length * wordBytes, 0);
      needed.set(tile, (needed.get(tile) ?? 0) + bytes);
    }
  });
  for (const [tile, bytes] of needed) {
    if (bytes > tileBytes) throw new RangeError(`tile ${tile}: buffers of ${bytes} bytes; allowed: ${tileBytes}`);
  }
  // Where nothing is ever kept, pixels are freed before they come.
  return (tile, leastPixels) => (leastPixels === 0 ? 0 : Math.floor((leastPixels * tileBytes) / needed.get(tile)!));
}

function sumsTo({ outputs }: Draft, own: number, parts: number, home: Int32Array): number[] {
  const sums = new Array<number>(parts).fill(0);
  for (const output of outputs) {
    const to = home[output]!;
    if (to !== own) sums[to]!++;
  }
  return sums;
}
