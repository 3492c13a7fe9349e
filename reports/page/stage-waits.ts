import type { StageWait } from '../../sim/results/chip-result.js';
import type { Result } from '../../sim/results/result.js';
import type { LookName } from '../charts/paper/looks.js';

export const STAGE_WAITS_CAPTION = 'Waits of the stages, fetching windows and sending pixels, the longest first';
export const SHORT_WAITS_CAPTION = 'Waits of the stages, the short ones';

/** Waits that a report shows; the others are in the file. */
const WAITS_SHOWN = 40;
/** Waits of a smaller share of the run are short. */
export const SHORT_WAIT_SHARE = 0.01;

const CAUSES: Readonly<Record<string, string>> = {
  pixels: 'pixels are not there yet',
  output: 'no room for sums',
  pe: 'its PEs are at work',
  server: 'bank or bus is busy',
  space: 'no room at a consumer',
};

/** A wait of a stage, its cause in words, and how its bar looks. */
export interface ShownWait extends StageWait {
  readonly because: string;
  readonly look: LookName;
}

export interface ShownWaits {
  readonly long: readonly ShownWait[];
  readonly short: readonly ShownWait[];
  /** Shorter ones still, which the report leaves out. */
  readonly unlisted: number;
}

/** The longest waits of the stages of a chip, the longest first; null without a chip. */
export function stageWaits({ chip }: Result): ShownWaits | null {
  if (chip === undefined) return null;
  const waits = [...chip.waits].sort((a, b) => b.share - a.share);
  const shown = waits.slice(0, WAITS_SHOWN).map((wait) => ({
    ...wait,
    because: CAUSES[wait.cause] ?? wait.cause,
    look: lookOf(wait.cause),
  }));
  return {
    long: shown.filter(({ share }) => share >= SHORT_WAIT_SHARE),
    short: shown.filter(({ share }) => share < SHORT_WAIT_SHARE),
    unlisted: waits.length - shown.length,
  };
}

function lookOf(cause: string): LookName {
  if (cause === 'pe') return 'sharing';
  return cause === 'pixels' ? 'pixels' : 'output';
}
