import type { PeStatistics } from './pe-statistics.js';
import type { SkippedWork } from './skipped-work.js';

/** What a run of a chip measured (docs/timing-model.md, "The chip"); times in cycles, counts as counted actions. */
export interface ChipStatistics {
  /** Length of the run: when the last output has left and everything is at rest. */
  readonly cycles: number;
  /** Per image: when the source first presented a pixel of it, and when its last output had been served by the port. */
  readonly imageStart: Float64Array;
  readonly imageEnd: Float64Array;
  /** By `Part.index`. */
  readonly parts: readonly PartStatistics[];
  /** Tiles that hold a part, by number, ascending. */
  readonly tiles: readonly TileStatistics[];
  /** Links that carried a packet, in the order of their paths. Empty with `tile.schedule: static`. */
  readonly links: readonly LinkStatistics[];
  readonly port: ServerUse;
  readonly counts: ChipCounts;
  /** What was not simulated one by one: no part of a result. */
  readonly skipped: SkippedWork;
}

/** Actions of the chip's components, summed. */
export interface ChipCounts {
  edramReadBytes: number;
  edramWriteBytes: number;
  busBytes: number;
  /** Sums added by the tiles' shift-and-add units. */
  tileAdds: number;
  /** Values requantised by activation units. */
  activations: number;
  /** Values read by pooling units. */
  pooledValues: number;
  /** Bytes written into the tiles' output registers: sums that are merged and gathered, 4 bytes each. */
  outputRegisterBytes: number;
  packetsInjected: number;
  packetsDelivered: number;
  /** Flits x links that carried them, all, and those between chips alone. */
  linkFlits: number;
  chipLinkFlits: number;
  /** Flits x routers passed. */
  routerFlits: number;
  portBytes: number;
}

/** One part of a replica of a stage. */
export interface PartStatistics {
  /** Local windows done. */
  windows: number;
  /** Fetching: states sum to `cycles` with idle. */
  fetch: number;
  stallOutput: number;
  stallPe: number;
  stallServer: number;
  /** By input of the stage. */
  readonly stallPixels: Float64Array;
  /** Sending: states sum to `cycles` with idle. */
  activate: number;
  send: number;
  /** By input of the stage (those of role `finish`). */
  readonly stallFinish: Float64Array;
  /** By destination. */
  readonly stallSpace: Float64Array;
  /** Begin of the first fetch, ends of the first and of the last sending; 0 without. */
  firstFetch: number;
  firstSent: number;
  lastSent: number;
  /** By image: begin of the first fetch (the source: first presented), Infinity without; end of the last sending, 0 without. */
  readonly imageFirstFetch: Float64Array;
  readonly imageLastSent: Float64Array;
  /** Sum over windows of the time from the beginning of the fetch to sent. */
  windowCycles: number;
  /** Largest number of pixels that each buffer held, from the cycle in which room was taken for a share of a pixel. */
  readonly bufferPeak: Float64Array;
  /** Pixels completely written into, and freed from, each buffer. */
  readonly pixelsWritten: Float64Array;
  readonly pixelsFreed: Float64Array;
  /** By PE of the part. */
  readonly pes: readonly PeStatistics[];
}

/** Use of a server. Busy is its capacity used: with `tile.schedule: static` the demand, which may exceed the run. */
export interface ServerUse {
  busy: number;
  requests: number;
  /** Sum and largest of the times from request to begin. */
  wait: number;
  waitMax: number;
}

export interface TileStatistics {
  readonly tile: number;
  readonly banks: readonly ServerUse[];
  readonly bus: ServerUse;
  readonly shiftAdd: ServerUse;
  readonly activation: ServerUse;
  readonly pooling: ServerUse;
}

export interface LinkStatistics {
  /** `Chip.Router[3].East`, `Chip.Tile[2].Out`, `Chip.Tile[2].In`, `Chip.Port.Out`, `Chip.Port.In`. */
  readonly path: string;
  readonly use: ServerUse;
  /** Cycles in which the link was free and the next packet waited for room behind it. */
  stallBuffer: number;
  packets: number;
  flits: number;
}
