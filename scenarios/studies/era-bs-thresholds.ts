import type { StudyNote, StudyValues } from '../../sim/results/study.js';
import { networkPoint, numberAt, type Study } from '../study.js';
import { figureColumns, measureFigures } from '../study-figures.js';

const PRUNINGS = ['groups', 'elements'] as const;
/** Shares of the range of the activations. */
const THRESHOLDS = [0, 0.02, 0.05, 0.1, 0.15, 0.2, 0.3];
const FIGURE_KEYS = ['operations', 'skipped', 'cycles', 'adcEnergy', 'energy', 'accuracy'] as const;
/** Percentage points of top-1 that the papers allow to be lost. */
const BUDGET_POINTS = 1;

/** The study for some thresholds; the same share of the range in every layer. */
export function eraBsThresholdsStudy(thresholds: readonly number[]): Study {
  return {
    name: 'era-bs-thresholds',
    title: "ERA-BS's activation threshold against skipped operations and accuracy",
    doc:
      'Groups of activations that are all below the threshold become 0, so that the run-time detector skips their OU ' +
      'operations; pruning of single activations zeroes more and is shown for comparison.',
    source:
      'ERA-BS (IEEE Transactions on Computers, 2024): crossbar-aware activation pruning with calibrated thresholds',
    columns: [
      {
        key: 'pruning',
        heading: 'pruning',
        unit: 'name',
        doc: 'Activations that are pruned together (mapping.era-bs.activations).',
      },
      {
        key: 'threshold',
        heading: 'threshold',
        unit: 'ratio',
        doc: 'Share of the range of the activations (mapping.era-bs.activationThreshold).',
      },
      ...figureColumns(FIGURE_KEYS),
    ],
    plots: [
      {
        name: 'era-bs-thresholds-skipped',
        title: 'skipped operations and top-1 against the activation threshold',
        x: 'threshold',
        y: 'skipped',
        right: 'accuracy',
        series: 'pruning',
      },
      {
        name: 'era-bs-thresholds-energy',
        title: 'energy of an image against the activation threshold',
        x: 'threshold',
        y: 'energy',
        series: 'pruning',
      },
    ],
    points: (task) =>
      PRUNINGS.flatMap((pruning) =>
        thresholds.map((threshold) =>
          networkPoint(task, {
            name: `${pruning} below ${threshold}`,
            preset: 'era-bs',
            set: [
              'mapping.quantisation=given',
              `mapping.era-bs.activations=${pruning}`,
              `mapping.era-bs.activationThreshold=${threshold}`,
            ],
            coordinates: { pruning, threshold },
          }),
        ),
      ),
    measure: (scenario, options) => measureFigures(FIGURE_KEYS, scenario, options),
    notes: (rows) =>
      PRUNINGS.map((pruning) =>
        noteOf(
          pruning,
          rows.filter((row) => row['pruning'] === pruning),
        ),
      ),
  };
}

export const study = eraBsThresholdsStudy(THRESHOLDS);

function noteOf(pruning: (typeof PRUNINGS)[number], rows: readonly StudyValues[]): StudyNote {
  const unpruned = rows[0]!;
  const lost = (row: StudyValues) => 100 * (numberAt(unpruned, 'accuracy') - numberAt(row, 'accuracy'));
  const measured = unpruned['accuracy'] !== null;
  const kept = rows.findLast((row) => !measured || lost(row) <= BUDGET_POINTS) ?? unpruned;
  const saved = (key: string) => (numberAt(unpruned, key) / numberAt(kept, key)).toFixed(2);
  const where = measured ? `largest threshold that costs at most ${BUDGET_POINTS} point of top-1` : 'largest threshold';
  return {
    published:
      pruning === 'groups'
        ? 'ERA-BS, abstract: up to 43 times the energy efficiency of ISAAC with all its steps; no figure for this one alone'
        : null,
    seen:
      `${pruning}: ${where}: ${numberAt(kept, 'threshold')}; there ${saved('operations')} times fewer OU operations, ` +
      `${saved('cycles')} times fewer cycles and ${saved('energy')} times less energy than without a threshold`,
  };
}
