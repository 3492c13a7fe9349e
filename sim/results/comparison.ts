/**
 * The shape of `compare.json` (docs/reference.md): networks x systems, each with what it costs and what its paper claims.
 * Reports read this and nothing else.
 */

export const COMPARISON_SCHEMA_VERSION = 1;

/** Figures that `ousim compare` shows as ratios over the baseline; above 1 is in favour of the system. */
export const COMPARED_FIGURES = [
  'speedup',
  'speedupPerCrossbar',
  'energySaving',
  'crossbarSaving',
  'storedBitsSaving',
  'conversionSaving',
] as const;

export type ComparedFigure = (typeof COMPARED_FIGURES)[number];
