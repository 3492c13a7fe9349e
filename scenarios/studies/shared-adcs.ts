import type { StudyNote, StudyValues } from '../../sim/results/study.js';
import { PRESETS } from '../presets.js';
import { networkPoint, numberAt, type Study } from '../study.js';
import { figureColumns, measureFigures } from '../study-figures.js';

/** The dense machine that speed-ups are over, with its pools shared as far. */
const BASELINE = 'isaac-ou';
/** Crossbars that share a pool of 8 ADCs, one for each bitline of the OU. */
const CROSSBARS_PER_POOL = [1, 2, 4, 8];
const FIGURE_KEYS = ['cycles', 'time', 'adcWaiting', 'adcUtilisation', 'adcWait'] as const;

/** The study for some systems; the baseline must be among them. */
export function sharedAdcsStudy(systems: readonly string[], crossbarsPerPool: readonly number[]): Study {
  return {
    name: 'shared-adcs',
    title: 'What the systems gain with shared ADCs',
    doc:
      'The systems on the common OU machine, whose crossbars have a pool of 8 ADCs each, one for every bitline of the OU, as ' +
      'the papers have it, and with pools that several crossbars share: what of the speed-up is left when samples queue.',
    source: 'no paper shows it; BWQ (IEEE TCAD 2024) gives every crossbar as many ADCs as its OU has bitlines',
    columns: [
      { key: 'system', heading: 'system', unit: 'name', doc: 'The preset.' },
      {
        key: 'sharedBy',
        heading: 'crossbars/pool',
        unit: 'count',
        doc: 'Crossbars that share a pool of 8 ADCs (machine.adc.sharedBy).',
      },
      ...figureColumns(FIGURE_KEYS),
      {
        key: 'speedup',
        heading: 'speed-up',
        unit: 'ratio',
        doc: `Time of ${BASELINE} with pools shared as far, over the time.`,
      },
      {
        key: 'kept',
        heading: 'kept',
        unit: 'share',
        doc: 'The speed-up, of that with a pool for each crossbar.',
      },
    ],
    plots: [
      {
        name: 'shared-adcs-speedup',
        title: `speed-up over ${BASELINE} with pools shared as far`,
        x: 'sharedBy',
        y: 'speedup',
        series: 'system',
        logarithmic: true,
      },
      {
        name: 'shared-adcs-waiting',
        title: 'share of the time that crossbars wait for ADCs',
        x: 'sharedBy',
        y: 'adcWaiting',
        series: 'system',
      },
    ],
    points: (task) =>
      systems.flatMap((system) =>
        crossbarsPerPool.map((sharedBy) =>
          networkPoint(task, {
            name: `${system}, ${sharedBy} crossbars a pool`,
            preset: system,
            set: ['mapping.quantisation=calibrated', `machine.adc.sharedBy=${sharedBy}`],
            coordinates: { system, sharedBy },
          }),
        ),
      ),
    measure: (scenario, options) => measureFigures(FIGURE_KEYS, scenario, options),
    derive: (rows) => {
      const speedups = rows.map((row) => {
        const baseline = rows.find((other) => other['system'] === BASELINE && other['sharedBy'] === row['sharedBy'])!;
        return numberAt(baseline, 'time') / numberAt(row, 'time');
      });
      return rows.map((row, place) => {
        const alone = rows.findIndex((other) => other['system'] === row['system']);
        return { speedup: speedups[place]!, kept: speedups[place]! / speedups[alone]! };
      });
    },
    notes: (rows) => notesOf(rows),
  };
}

function notesOf(rows: readonly StudyValues[]): StudyNote[] {
  const most = Math.max(...rows.map((row) => numberAt(row, 'sharedBy')));
  const there = rows.filter((row) => numberAt(row, 'sharedBy') === most && row['system'] !== BASELINE);
  const byKept = [...there].sort((a, b) => numberAt(a, 'kept') - numberAt(b, 'kept'));
  const said = (row: StudyValues) =>
    `${row['system']} keeps ${(100 * numberAt(row, 'kept')).toFixed(0)} % of its speed-up ` +
    `and waits ${(100 * numberAt(row, 'adcWaiting')).toFixed(0)} % of the time`;
  if (byKept.length === 0) return [];
  return [
    {
      published: null,
      seen: `with ${most} crossbars a pool, over ${BASELINE} with as many: ${byKept.map(said).join('; ')}`,
    },
  ];
}

/** The systems on the common OU machine; full-array ISAAC has an ADC for 128 bitlines already. */
const SYSTEMS = PRESETS.filter(({ name, compared }) => compared && name !== 'isaac').map(({ name }) => name);

export const study = sharedAdcsStudy(SYSTEMS, CROSSBARS_PER_POOL);
