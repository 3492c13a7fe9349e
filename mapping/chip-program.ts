import type { CrossbarRange } from './crossbar-range.js';
import type { OuProgram } from './ou-program.js';

/**
 * What a chip executes, without time: the stages of a network, where each stands on the tiles, which pixels each window
 * of it needs, and how many bytes and values go where. `docs/timing-model.md`, "The chip", says when.
 *
 * A stage makes the output pixels of one node of the network (all channels of one position, row by row), one per window.
 * Windows and pixels are numbered through all images: window w of image i is n = i x `windows` + w.
 */
export interface ChipProgram {
  readonly images: number;
  /** Tiles of all chips together, numbered through; those of chip c are c x tilesPerChip and up. */
  readonly tiles: number;
  /** 1 except where a network takes several chips. */
  readonly chips: number;
  /**
   * In execution order: every input of a stage comes from an earlier one. The sources stand first: stage 0 is the network's
   * input; a later pass of a network that is larger than the chip has one for each stage of earlier passes that it reads.
   */
  readonly stages: readonly Stage[];
}

export type Stage = SourceStage | MatrixStage | VectorStage;

interface StageBase {
  /** Index in `ChipProgram.stages`. */
  readonly index: number;
  /** Name of the node; "input" for the source. */
  readonly name: string;
  /** Operation of the node; "source" for the source. */
  readonly op: string;
  /** Windows, which are output pixels, per image. */
  readonly windows: number;
  /** Window n is the work of replica n mod replicas.length. Vector stages and the source have one. */
  readonly replicas: readonly Replica[];
}

/** Presents the images' pixels through the off-chip port; it has one part, on no tile. */
export interface SourceStage extends StageBase {
  readonly kind: 'source';
}

/** A matrix layer on crossbars. */
export interface MatrixStage extends StageBase {
  readonly kind: 'matrix';
  readonly program: OuProgram;
  /** Inputs that a window waits for; its first input is the layer's own. */
  readonly inputs: readonly StageInput[];
}

/** A node that is no matrix product, in the pooling units of the tiles. */
export interface VectorStage extends StageBase {
  readonly kind: 'vector';
  readonly inputs: readonly StageInput[];
}

/** A stream of pixels that a stage reads. */
export interface StageInput {
  /** Index of the stage that makes the pixels. */
  readonly producer: number;
  /** `start`: needed to fetch the window. `finish`: needed before the activation of a matrix layer (a residual). */
  readonly role: 'start' | 'finish';
  /** [windows]: how many of the producer's pixels of an image must be there for window w. Never falls. */
  readonly needs: Int32Array;
  /** [windows]: first pixel of the image that window w or a later one still needs. Never falls; keeps[w] <= needs[w]. */
  readonly keeps: Int32Array;
}

/** A copy of a stage's hardware. Source: one replica with one part without a tile. */
export interface Replica {
  /** In the order of their tiles. Each stands in another tile. */
  readonly parts: readonly Part[];
}

/** Bytes of a sum of a matrix product on its way to its home: 32-bit accumulators, as the integer networks need. */
export const BYTES_PER_SUM = 4;

/** What of a replica stands in one tile. Each part is the home of a share of the output channels, maybe of none. */
export interface Part {
  /** Number of the part through the chip, in the order (stage, replica, part): the rank in arbitration. */
  readonly index: number;
  /** -1 for the source. */
  readonly tile: number;
  /** Matrix stages only: its PEs, consecutive crossbars of the program, each PE filled before the next. */
  readonly pes: readonly PartPe[];
  /** Bytes that a window's fetch moves out of the buffers of the inputs of role `start`. */
  readonly fetchBytes: number;
  /** Per input of the stage. */
  readonly buffers: readonly PartBuffer[];
  /** Sums that the part sends to the home of each part of its replica, once its own PEs are merged; 0 for itself. */
  readonly sumsTo: readonly number[];
  /** Output values of a window that are at home here. */
  readonly homeValues: number;
  /** Values that the pooling unit reads for a window: vector stages only, else 0. */
  readonly vectorValues: number;
  /** Where the part's share of a finished pixel goes; all with bytes > 0. */
  readonly destinations: readonly Destination[];
}

export interface PartPe {
  /** Number of the PE in its tile. */
  readonly pe: number;
  readonly crossbars: CrossbarRange;
  /** Distinct outputs of the crossbars of this PE: sums that it hands over for a window. */
  readonly sums: number;
  readonly inputBytesPerWindow: number;
}

/** Room for pixels of one input in the tile's eDRAM. */
export interface PartBuffer {
  /** Bytes of a pixel, of the channels that the part needs. 0: the part does not need this input. */
  readonly bytesPerPixel: number;
  /** Pixels that fit, at least `least`. Infinity where the pipeline mode keeps whole maps. */
  readonly capacity: number;
  /** Fewest pixels with which no run can come to a standstill. */
  readonly least: number;
  /** Parts of the producer (of the replica that makes the pixel) that send a share of a pixel: [producer replica] -> count. */
  readonly shares: readonly number[];
  /** `finish` inputs: bytes read for a window. */
  readonly finishBytes: number;
}

/** A consumer part's buffer, or the off-chip port for the network's outputs. */
export type Destination =
  | {
      readonly kind: 'buffer';
      readonly stage: number;
      readonly replica: number;
      /** Index of the part in its replica, and of the input in the stage. */
      readonly part: number;
      readonly input: number;
      readonly bytes: number;
    }
  | { readonly kind: 'port'; readonly bytes: number };
