import type { StudyNote, StudyValues } from '../../sim/results/study.js';
import { networkPoint, numberAt, type Study } from '../study.js';
import { figureColumns, measureFigures } from '../study-figures.js';

/** Mean-square changes as shares of the mean square of a weight: none, then 2^-16 .. 2^-2. */
const FLIPS = [0, ...[-16, -14, -12, -10, -8, -6, -4, -2].map((power) => 2 ** power)];
const FIGURE_KEYS = ['crossbars', 'storedBits', 'indexBits', 'operations', 'cycles', 'energy', 'accuracy'] as const;

export const study: Study = {
  name: 'era-bs-flip',
  title: "ERA-BS's bit-flip threshold against crossbars and accuracy",
  doc:
    'Columns of bit-planes are emptied by flipping bits, where what the flips change, after compensation in neighbouring ' +
    'planes, stays below the threshold; emptied columns need no cells.',
  source:
    'Bit-Transformer (ICCAD 2021), the weight side of ERA-BS: sparsity against accuracy, with thresholds per plane',
  columns: [
    {
      key: 'flip',
      heading: 'flip',
      unit: 'name',
      doc: 'Largest mean-square change of a weight, as a share of its mean square (mapping.era-bs.flip).',
    },
    ...figureColumns(FIGURE_KEYS),
  ],
  plots: [
    {
      name: 'era-bs-flip',
      title: 'crossbars and top-1 against the bit-flip threshold',
      x: 'flip',
      y: 'crossbars',
      right: 'accuracy',
    },
  ],
  points: (task) =>
    FLIPS.map((flip) =>
      networkPoint(task, {
        name: `flip ${nameOf(flip)}`,
        preset: 'era-bs',
        set: ['mapping.quantisation=given', 'mapping.era-bs.activations=none', `mapping.era-bs.flip=${flip}`],
        coordinates: { flip: nameOf(flip) },
      }),
    ),
  measure: (scenario, options) => measureFigures(FIGURE_KEYS, scenario, options),
  notes: (rows) => [noteOf(rows)],
};

function nameOf(flip: number): string {
  return flip === 0 ? '0' : `2^${Math.log2(flip)}`;
}

function noteOf(rows: readonly StudyValues[]): StudyNote {
  const unflipped = rows[0]!;
  const steps = rows.slice(1).map((row) => {
    const saved = numberAt(unflipped, 'crossbars') / numberAt(row, 'crossbars');
    return `${saved.toFixed(2)} at ${row['flip']}`;
  });
  return {
    published:
      'Bit-Transformer: crossbars fall 10 to 32 times on CIFAR-10 and 2 to 8 times on ImageNet, within 1.1 points of top-1',
    seen: `times fewer crossbars than without flips, in the same words: ${steps.join(', ')}`,
  };
}
