import type { StudyNote, StudyValues } from '../../sim/results/study.js';
import { PRESETS } from '../presets.js';
import { networkPoint, numberAt, type Study } from '../study.js';
import { figureColumns, measureFigures } from '../study-figures.js';

/** The dense machine that speed-ups are over, with as many ADCs. */
const BASELINE = 'isaac-ou';
const ADCS_PER_CROSSBAR = [8, 4, 2, 1];
const FIGURE_KEYS = ['cycles', 'time', 'adcWaiting', 'adcUtilisation', 'adcWait'] as const;

/** The study for some systems; the baseline must be among them. */
export function sharedAdcsStudy(systems: readonly string[], adcsPerCrossbar: readonly number[]): Study {
  return {
    name: 'shared-adcs',
    title: 'What the systems gain with fewer ADCs',
    doc:
      'The systems on the common OU machine, with an ADC for every bitline of the OU, as their papers have it, and with ' +
      'fewer: what of the speed-up is left when the samples of an operation queue.',
    source: 'no paper shows it; BWQ (IEEE TCAD 2024) gives every crossbar as many ADCs as its OU has bitlines',
    columns: [
      { key: 'system', heading: 'system', unit: 'name', doc: 'The preset.' },
      { key: 'adcs', heading: 'ADCs', unit: 'count', doc: 'ADCs of a crossbar (machine.adc.perPool).' },
      ...figureColumns(FIGURE_KEYS),
      {
        key: 'speedup',
        heading: 'speed-up',
        unit: 'ratio',
        doc: `Time of ${BASELINE} with as many ADCs, over the time.`,
      },
      {
        key: 'kept',
        heading: 'kept',
        unit: 'share',
        doc: 'The speed-up, of that with the most ADCs.',
      },
    ],
    plots: [
      {
        name: 'shared-adcs-speedup',
        title: `speed-up over ${BASELINE} with as many ADCs`,
        x: 'adcs',
        y: 'speedup',
        series: 'system',
        logarithmic: true,
      },
      {
        name: 'shared-adcs-waiting',
        title: 'share of the time that crossbars wait for ADCs',
        x: 'adcs',
        y: 'adcWaiting',
        series: 'system',
      },
    ],
    points: (task) =>
      systems.flatMap((system) =>
        adcsPerCrossbar.map((adcs) =>
          networkPoint(task, {
            name: `${system}, ${adcs} ADCs`,
            preset: system,
            set: ['mapping.quantisation=calibrated', `machine.adc.perPool=${adcs}`],
            coordinates: { system, adcs },
          }),
        ),
      ),
    measure: (scenario, options) => measureFigures(FIGURE_KEYS, scenario, options),
    derive: (rows) => {
      const speedups = rows.map((row) => {
        const baseline = rows.find((other) => other['system'] === BASELINE && other['adcs'] === row['adcs'])!;
        return numberAt(baseline, 'time') / numberAt(row, 'time');
      });
      return rows.map((row, place) => {
        const most = rows.findIndex((other) => other['system'] === row['system']);
        return { speedup: speedups[place]!, kept: speedups[place]! / speedups[most]! };
      });
    },
    notes: (rows) => notesOf(rows),
  };
}

function notesOf(rows: readonly StudyValues[]): StudyNote[] {
  const fewest = Math.min(...rows.map((row) => numberAt(row, 'adcs')));
  const there = rows.filter((row) => numberAt(row, 'adcs') === fewest && row['system'] !== BASELINE);
  const byKept = [...there].sort((a, b) => numberAt(a, 'kept') - numberAt(b, 'kept'));
  const said = (row: StudyValues) =>
    `${row['system']} keeps ${(100 * numberAt(row, 'kept')).toFixed(0)} % of its speed-up ` +
    `and waits ${(100 * numberAt(row, 'adcWaiting')).toFixed(0)} % of the time`;
  if (byKept.length === 0) return [];
  return [
    {
      published: null,
      seen: `with ${fewest} ADC${fewest === 1 ? '' : 's'} a crossbar, over ${BASELINE} with as many: ${byKept.map(said).join('; ')}`,
    },
  ];
}

/** The systems on the common OU machine; full-array ISAAC has an ADC for 128 bitlines already. */
const SYSTEMS = PRESETS.filter(({ name, compared }) => compared && name !== 'isaac').map(({ name }) => name);

export const study = sharedAdcsStudy(SYSTEMS, ADCS_PER_CROSSBAR);
