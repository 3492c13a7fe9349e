import { type Anchors, homeOf, vectorAnchors } from './anchors.js';
import type { LayerContents } from './layer-contents.js';
import { matrixBufferChannels, outputsAtHome, vectorBufferChannels } from './part-channels.js';
import type { MatrixDescription, StageDescription } from './stage-description.js';

/** What is to be placed. */
export interface PackingTask {
  readonly stages: readonly StageDescription[];
  /** Of matrix stages, by stage index. */
  readonly contents: ReadonlyMap<number, LayerContents>;
  readonly replicas: ReadonlyMap<number, number>;
  /** `leastPixels` of the stages. */
  readonly least: readonly (readonly number[])[];
  /** Bytes of an activation. */
  readonly wordBytes: number;
  readonly tilePes: number;
  /** Bytes of a tile's eDRAM; Infinity where whole maps are kept elsewhere. */
  readonly tileBytes: number;
}

/** Consecutive PEs of a replica in one tile. */
export interface PeRun {
  /** Number among the tiles in use. */
  readonly tile: number;
  /** First PE in the tile, and in the replica. */
  readonly peOfTile: number;
  readonly peOfReplica: number;
  readonly pes: number;
}

/** A layer that finds no room for its buffers in any tile. */
export interface BufferTooSmall {
  readonly name: string;
  /** Bytes of a tile's eDRAM with which it would. */
  readonly bytes: number;
}

export interface Packing {
  /** By index of the matrix stage: by replica, its runs in the order of its PEs. */
  readonly runs: ReadonlyMap<number, readonly (readonly PeRun[])[]>;
  /** Tiles in use, numbered from 0; at least one. */
  readonly tiles: number;
  readonly tooSmall: readonly BufferTooSmall[];
}

/**
 * Places the replicas of all matrix stages in execution order on the next free PEs. Stages without a matrix product come to
 * stand with their anchors, and their buffers are counted there. The buffers of a tile, each as small as it may be, must fit
 * into its eDRAM: a replica that does not fit into the rest of a tile begins a new one, and one that does not fit into tiles
 * of its own has fewer PEs in each, so that each needs fewer channels.
 */
export function packInOrder(task: PackingTask): Packing {
  return new InOrderPacker(task).pack();
}

class InOrderPacker {
  /** The last tile in use, and what is left of it. */
  private tile = -1;
  private freePes = 0;
  private freeBytes = 0;
  private readonly tooSmall: BufferTooSmall[] = [];
  private readonly anchors: ReadonlyMap<number, Anchors>;

  constructor(private readonly task: PackingTask) {
    this.anchors = vectorAnchors(task.stages);
  }

  pack(): Packing {
    const runs = new Map<number, PeRun[][]>();
    for (const [stage, replicas] of this.task.replicas) {
      runs.set(
        stage,
        Array.from({ length: replicas }, (_, replica) => this.place(stage, replica)),
      );
    }
    return { runs, tiles: Math.max(1, this.tile + 1), tooSmall: this.tooSmall };
  }

  private place(stage: number, replica: number): PeRun[] {
    const { pes } = this.task.contents.get(stage)!;
    let least = Number.POSITIVE_INFINITY;
    for (let most = Math.min(this.task.tilePes, pes); most >= 1; most--) {
      if (this.freePes > 0) {
        const sizes = sizesOf(pes, Math.min(most, this.freePes), most);
        const bytes = this.bytesOfParts(stage, replica, sizes);
        if (this.fits(bytes, this.freeBytes)) return this.take(sizes, bytes, false);
      }
      const sizes = sizesOf(pes, most, most);
      const bytes = this.bytesOfParts(stage, replica, sizes);
      if (this.fits(bytes, this.task.tileBytes)) return this.take(sizes, bytes, true);
      least = Math.min(least, Math.max(...bytes));
      if (most === 1) {
        const { name } = this.task.stages[stage]!;
        if (!this.tooSmall.some((layer) => layer.name === name)) this.tooSmall.push({ name, bytes: least });
        return this.take(sizes, bytes, true);
      }
    }
    throw new RangeError(`stage ${stage}: a program without crossbars; allowed at least one, which may be empty`);
  }

  private fits(bytes: readonly number[], inFirst: number): boolean {
    return bytes.every((part, i) => part <= (i === 0 ? inFirst : this.task.tileBytes));
  }

  private take(sizes: readonly number[], bytes: readonly number[], onNewTile: boolean): PeRun[] {
    let peOfReplica = 0;
    return sizes.map((pes, i) => {
      if (i > 0 || onNewTile) {
        this.tile++;
        this.freePes = this.task.tilePes;
        this.freeBytes = this.task.tileBytes;
      }
      const run = { tile: this.tile, peOfTile: this.task.tilePes - this.freePes, peOfReplica, pes };
      this.freePes -= pes;
      this.freeBytes -= bytes[i]!;
      peOfReplica += pes;
      return run;
    });
  }

  /** Bytes that each part of a replica needs at least, with those of the vector stages that stand with its outputs. */
  private bytesOfParts(stage: number, replica: number, sizes: readonly number[]): number[] {
    const { stages, contents, tileBytes } = this.task;
    if (tileBytes === Number.POSITIVE_INFINITY) return sizes.map(() => 0);
    const description = stages[stage] as MatrixDescription;
    let first = 0;
    const bytes = sizes.map((pes, part) => {
      const home = outputsAtHome(part, sizes.length, description.channels);
      const ofPes = contents.get(stage)!.contents(first, pes);
      first += pes;
      return this.bytesOf(stage, matrixBufferChannels(description, ofPes, home));
    });
    // Vector stages stand with the first replica.
    if (replica > 0) return bytes;
    for (const [follower, anchors] of this.anchors) {
      channelsByHome(anchors, stage, sizes.length, description.channels).forEach((channels, part) => {
        if (channels.length === 0) return;
        bytes[part]! += this.bytesOf(follower, vectorBufferChannels(stages[follower]!, channels));
      });
    }
    return bytes;
  }

  private bytesOf(stage: number, channels: readonly Int32Array[]): number {
    const { least, wordBytes } = this.task;
    return channels.reduce((sum, { length }, input) => sum + least[stage]![input]! * length * wordBytes, 0);
  }
}

/** PEs in each tile: `first`, then `most` in each, the rest in the last. */
function sizesOf(pes: number, first: number, most: number): number[] {
  const sizes = [Math.min(first, pes)];
  for (let left = pes - first; left > 0; left -= most) sizes.push(Math.min(most, left));
  return sizes;
}

/** By part: the channels of a vector stage that stand with the outputs of a matrix stage that are at home there. */
function channelsByHome(anchors: Anchors, stage: number, parts: number, outputs: number): number[][] {
  const byPart = Array.from({ length: parts }, (): number[] => []);
  anchors.stage.forEach((anchor, channel) => {
    if (anchor === stage) byPart[homeOf(anchors.output[channel]!, parts, outputs)]!.push(channel);
  });
  return byPart;
}
