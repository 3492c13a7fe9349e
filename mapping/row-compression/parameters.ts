import type { KeptRows } from './compress-rows.js';

/** Parameters that schemes with OU row compression share. */
export function rowCompressionParameters(defaults: { readonly keep: KeptRows; readonly repack: 'yes' | 'no' }) {
  return {
    keep: {
      type: 'choice',
      unit: '1',
      choices: ['columns', 'weights'],
      default: defaults.keep,
      doc: '"columns": a column group keeps the rows of its own non-zero cells; "weights": those of all cells of its outputs, so that their column groups share an index.',
    },
    indexing: {
      type: 'choice',
      unit: '1',
      choices: ['delta', 'absolute'],
      default: 'delta',
      doc: '"delta" stores the distance from one kept row to the next, "absolute" its number in the row block.',
    },
    deltaBits: {
      type: 'integer',
      unit: 'bit',
      min: 1,
      max: 16,
      default: 3,
      doc: 'Bits of a distance; a longer distance takes several entries.',
    },
    repack: {
      type: 'choice',
      unit: '1',
      choices: ['yes', 'no'],
      default: defaults.repack,
      doc: '"yes" stacks the shortened column groups on as few crossbars as they fit; "no" leaves each where it was.',
    },
  } as const;
}
