import type { LedgerCycles } from './result.js';

/** What a whole network on a chip adds to `result.json` (docs/timing-model.md, "The chip"). Cycles of the root clock. */
export interface ChipResult {
  /** `layer-barrier`, `image` or `window`. */
  pipeline: string;
  /** `contended` or `static`. */
  schedule: string;
  /** What every report says of a network whose numbers are drawn; null of a real one. */
  synthetic: string | null;
  chips: number;
  tilesPerChip: number;
  /** Tiles that hold a part of the network, in whatever pass. */
  tilesUsed: number;
  /** Of one chip. */
  mesh: { columns: number; rows: number; tilesPerRouter: number };
  /** One, but where a network is larger than the chip and runs in several. */
  passes: PassResult[];
  images: number;
  /** Of the first image: from the source's first pixel to the last output served by the port. */
  latency_cycles: number;
  /** Over all images. */
  latencyMean_cycles: number;
  latencyMax_cycles: number;
  /** Mean distance between the ends of images that follow one another; null with one image or several passes. */
  initiationInterval_cycles: number | null;
  /** One image per initiation interval; without one, the images over the length of the run. */
  throughput_imagesPerSecond: number;
  /** Multiply-accumulates of the network's matrix layers for an image. */
  macs: number;
  /** Two operations per multiply-accumulate, over the length of the run, filling and draining included. */
  achieved_TOPS: number;
  /** Energy of the run over its length. */
  power_mW: number;
  TOPSperW: number;
  /** What the chips could do at full load. */
  peak: ChipPeak;
  /** By class of component. */
  utilisation: Record<string, ClassUtilisation>;
  /** All stages that hold a part of the chip, the source first: matrix layers and the others. */
  stages: StageResult[];
  /** The stall matrix: which stage waited for what, and for whom. Only what is not 0. */
  waits: StageWait[];
  bottleneck: ChipBottleneck;
  edram: EdramUse;
  /** By tile, and in a tile by pass and stage. */
  floorPlan: FloorPlanTile[];
  /** Bytes of packets times the links between routers that they cross. */
  traffic_byteHops: number;
  conservation: {
    pixelsWritten: number;
    pixelsFreed: number;
    packetsInjected: number;
    packetsDelivered: number;
  };
  /** What this result leaves out; empty if nothing. */
  notes: string[];
}

export interface PassResult {
  /** Matrix layers of the pass. */
  layers: string[];
  /** Programming of its crossbars before it; 0 of the first pass, whose weights are there. */
  programming_cycles: number;
  start_cycle: number;
  cycles: number;
}

/** Full load of the chips that the network takes: every crossbar read without a pause, all rows driven. */
export interface ChipPeak {
  TOPS: number;
  power_mW: number;
  TOPSperW: number;
  /** achieved_TOPS / TOPS. */
  share: number;
}

/** Share of their capacity that the instances of a class used, of those that were used at all. */
export interface ClassUtilisation {
  instances: number;
  /** Mean, of the run; above 1 where a static schedule promises more than the component does. */
  mean: number;
  /** The busiest instance; empty without one. */
  busiest: string;
  max: number;
}

/** A stage: what makes the output pixels of one node of the network. */
export interface StageResult {
  name: string;
  op: string;
  /** `source`, `matrix` or `vector`. */
  kind: string;
  /** Per image. */
  windows: number;
  replicas: number;
  pass: number;
  /** Tiles that hold a part of it, ascending. */
  tiles: number[];
  /** From the first fetch to the last sending. */
  start_cycle: number;
  end_cycle: number;
  /** First fetch and last sending of each image. */
  images: { start_cycle: number; end_cycle: number }[];
  /** Summed over the parts that fetch; the states sum to parts x cycles of the run. Empty of the source. */
  fetch: LedgerCycles;
  /** Summed over the homes; the states sum to homes x cycles of the run. */
  send: LedgerCycles;
}

export interface StageWait {
  layer: string;
  /** `fetch` or `send`. */
  state: string;
  /** `pixels`, `output`, `pe`, `server` or `space`. */
  cause: string;
  /** The stage whose pixels were not there, or which had no room; null where no stage is to blame. */
  of: string | null;
  /** Summed over the layer's parts. */
  cycles: number;
  /** Of the time of these parts in the run. */
  share: number;
}

/** The stage that sets the pace, and what it is busiest with. */
export interface ChipBottleneck {
  layer: string;
  /** What its slowest part does all the time: `process` (PEs have a window), `fetch`, `send` or `pool`. */
  activity: string;
  /** Share of the run in which it does. */
  share: number;
  /** What limits that: `crossbar`, `adc`, `shiftAdd`, `detector`, `bank`, `bus`, `activation`, `pooling`, `port`, `link`, `network` or `schedule`. */
  resource: string;
  path: string;
  resourceShare: number;
  /** Shares of the run that the choice was made from. */
  shares: Record<string, number>;
}

/** Pixels in the tiles' eDRAM. */
export interface EdramUse {
  /** Of a tile. */
  capacity_bytes: number;
  /** The fullest tile: the sum of the peaks of its buffers, at least as much as it held at once. */
  fullest: string;
  peak_bytes: number;
  /** What the peaks of all tiles have above the capacity: kept elsewhere at no cost (pipelines that keep whole maps). */
  keptElsewhere_bytes: number;
}

export interface FloorPlanTile {
  tile: number;
  chip: number;
  /** Its router in the mesh of all chips side by side. */
  x: number;
  y: number;
  parts: FloorPlanPart[];
}

export interface FloorPlanPart {
  layer: string;
  replica: number;
  pass: number;
  pes: number;
  crossbars: number;
  /** Room of its buffers; null where whole maps are kept. */
  buffer_bytes: number | null;
  bufferPeak_bytes: number;
}

/** A re-run of the same scenario with one resource that takes no time and is never short. */
export interface IdealRun {
  resource: string;
  cycles: number;
  /** Cycles of the real run over these. */
  speedup: number;
  /** Of the first image. */
  latency_cycles: number;
}
