import type { StudyNote, StudyValues } from '../../sim/results/study.js';
import { networkPoint, numberAt, type Study } from '../study.js';
import { figureColumns, measureFigures } from '../study-figures.js';

const MODES = ['exact', 'lossy'] as const;
const SQUEEZES = [0, 1, 2, 3, 4];
const FIGURE_KEYS = ['crossbars', 'storedBits', 'indexBits', 'operations', 'cycles', 'energy', 'accuracy'] as const;

/** The study for some x. */
export function smeSqueezeStudy(squeezes: readonly number[]): Study {
  return {
    name: 'sme-squeeze',
    title: "SME's x against crossbars, cycles and accuracy",
    doc:
      'Squeezing out the x most significant bit-planes of every tile saves crossbars; the inputs of moved rows grow by up to x ' +
      'bits, which costs input cycles, and in mode "lossy" the bits that fall below the last plane are lost.',
    source: 'SME (ICCD 2021): x is chosen so that ImageNet top-1 falls by less than 0.3 points',
    columns: [
      {
        key: 'mode',
        heading: 'mode',
        unit: 'name',
        doc: 'What becomes of bits below the last plane (mapping.sme.mode).',
      },
      { key: 'x', heading: 'x', unit: 'count', doc: 'Planes that every tile is to lose (mapping.sme.squeeze).' },
      ...figureColumns(FIGURE_KEYS),
    ],
    plots: [
      {
        name: 'sme-squeeze-crossbars',
        title: 'crossbars and top-1 against x',
        x: 'x',
        y: 'crossbars',
        right: 'accuracy',
        series: 'mode',
      },
      { name: 'sme-squeeze-cycles', title: 'cycles of an image against x', x: 'x', y: 'cycles', series: 'mode' },
    ],
    points: (task) =>
      MODES.flatMap((mode) =>
        squeezes.map((x) =>
          networkPoint(task, {
            name: `${mode}, x = ${x}`,
            preset: 'sme',
            set: ['mapping.quantisation=given', `mapping.sme.mode=${mode}`, `mapping.sme.squeeze=${x}`],
            coordinates: { mode, x },
          }),
        ),
      ),
    measure: (scenario, options) => measureFigures(FIGURE_KEYS, scenario, options),
    notes: (rows) =>
      MODES.map((mode): StudyNote => {
        const ofMode = rows.filter((row) => row['mode'] === mode);
        return { published: PUBLISHED[mode], seen: seenOf(mode, ofMode) };
      }),
  };
}

export const study = smeSqueezeStudy(SQUEEZES);

const PUBLISHED = {
  exact: 'BWQ about SME: only whole rows of a crossbar are squeezed, so that large crossbars gain little',
  lossy: 'SME: up to 8.7 times fewer crossbars on ResNet-50 and 2.1 on MobileNet-v2, top-1 within 0.3 points',
} as const;

function seenOf(mode: string, rows: readonly StudyValues[]): string {
  const unsqueezed = rows[0]!;
  const steps = rows.slice(1).map((row) => {
    const crossbars = numberAt(unsqueezed, 'crossbars') / numberAt(row, 'crossbars');
    const cycles = numberAt(row, 'cycles') / numberAt(unsqueezed, 'cycles');
    return `x = ${numberAt(row, 'x')}: ${crossbars.toFixed(2)} times fewer crossbars, ${cycles.toFixed(2)} times the cycles${lossText(unsqueezed, row)}`;
  });
  return `${mode}, over x = 0 in the same words: ${steps.join('; ')}`;
}

function lossText(unsqueezed: StudyValues, row: StudyValues): string {
  if (unsqueezed['accuracy'] === null) return '';
  const points = 100 * (numberAt(row, 'accuracy') - numberAt(unsqueezed, 'accuracy'));
  return `, top-1 ${points > 0 ? '+' : ''}${points.toFixed(1)} points`;
}
