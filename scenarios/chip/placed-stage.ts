import type { ChipStatistics, PartStatistics } from '../../components/chip-statistics.js';
import type { ChipProgram, Part, Stage } from '../../mapping/chip-program.js';

/** One pass of a network over the chips: what was executed, and what it measured. Most networks take one pass. */
export interface ChipPass {
  readonly program: ChipProgram;
  readonly statistics: ChipStatistics;
  /** Programming of the crossbars before the pass; 0 of the first, whose weights are there. */
  readonly programmingCycles: number;
  /** Cells written in it. */
  readonly cellWrites: number;
}

/** A pass in the time of the whole run. */
export interface TimedPass extends ChipPass {
  readonly index: number;
  /** Cycle of the run in which the pass begins. */
  readonly start: number;
}

/** A part of a replica of a stage with what it did. */
export interface PlacedPart {
  readonly part: Part;
  readonly replica: number;
  /** Windows that the replica has worked on. */
  readonly windows: number;
  readonly statistics: PartStatistics;
  /** Number of the part through all passes, as its path has it. */
  readonly number: number;
}

/** A stage with all parts of all its replicas. */
export interface PlacedStage {
  readonly stage: Stage;
  readonly pass: TimedPass;
  readonly parts: readonly PlacedPart[];
}

/** The passes one after another, and the length of the run. */
export function timedPasses(passes: readonly ChipPass[]): { passes: TimedPass[]; cycles: number } {
  let cycles = 0;
  const timed = passes.map((pass, index) => {
    const start = cycles + pass.programmingCycles;
    cycles = start + pass.statistics.cycles;
    return { ...pass, index, start };
  });
  return { passes: timed, cycles };
}

/** All stages of all passes, in the order of execution. Each pass has a source of its own. */
export function placedStages(passes: readonly TimedPass[]): PlacedStage[] {
  let before = 0;
  return passes.flatMap((pass) => {
    const { program, statistics } = pass;
    const first = before;
    before += statistics.parts.length;
    return program.stages.map((stage) => ({
      stage,
      pass,
      parts: stage.replicas.flatMap(({ parts }, replica) =>
        parts.map((part) => ({
          part,
          replica,
          windows: windowsOf(program, stage, replica),
          statistics: statistics.parts[part.index]!,
          number: first + part.index,
        })),
      ),
    }));
  });
}

/** Window n of all images is the work of replica n mod replicas. */
function windowsOf({ images }: ChipProgram, { windows, replicas }: Stage, replica: number): number {
  return Math.max(0, Math.ceil((images * windows - replica) / replicas.length));
}

/** Parts that fetch: all but the source's, as far as they have windows. */
export function fetchingParts({ stage, parts }: PlacedStage): readonly PlacedPart[] {
  return stage.kind === 'source' ? [] : parts.filter(({ windows }) => windows > 0);
}

/** Parts that send: homes of values, and the source. */
export function sendingParts({ stage, parts }: PlacedStage): readonly PlacedPart[] {
  return parts.filter(({ part, windows }) => windows > 0 && (stage.kind === 'source' || part.homeValues > 0));
}

/** Path of a tile, or of the port for the source. */
export function tilePath(tile: number): string {
  return tile < 0 ? 'Chip.Port' : `Chip.Tile[${tile}]`;
}

/** First fetch and last sending of a stage, in cycles of the run; both its pass's start where it did nothing. */
export function spanOf(placed: PlacedStage): { start: number; end: number } {
  const { pass } = placed;
  const sending = sendingParts(placed).map(({ statistics }) => statistics.lastSent);
  const fetching = fetchingParts(placed).map(({ statistics }) => statistics.firstFetch);
  const end = sending.reduce((last, at) => Math.max(last, at), 0);
  const start = fetching.length === 0 ? 0 : fetching.reduce((first, at) => Math.min(first, at));
  return { start: pass.start + start, end: pass.start + end };
}
