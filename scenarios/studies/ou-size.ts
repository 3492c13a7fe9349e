import type { StudyNote, StudyPlot, StudyValues } from '../../sim/results/study.js';
import { type OuSize, ouPeripherals } from '../ou-peripherals.js';
import { networkPoint, numberAt, type Study, type StudyTask } from '../study.js';
import { figureColumns, measureFigures } from '../study-figures.js';

const SIZES: readonly OuSize[] = [
  { wordlines: 2, bitlines: 2 },
  { wordlines: 4, bitlines: 4 },
  { wordlines: 9, bitlines: 8 },
  { wordlines: 16, bitlines: 16 },
  { wordlines: 32, bitlines: 32 },
  { wordlines: 64, bitlines: 64 },
  { wordlines: 128, bitlines: 128 },
];
const SYSTEMS = ['isaac-ou', 'sre', 'zero-compression', 'bwq'];
/** Where BWQ's own sweep begins; it ends at 128 x 128 too. */
const BWQ_FIRST = '9x8';

const FIGURE_KEYS = [
  'adcBits',
  'adcsPerCrossbar',
  'crossbars',
  'denseBits',
  'storedBits',
  'indexBits',
  'cellCompression',
  'compression',
  'keptOperations',
  'time',
  'adcEnergy',
  'energy',
  'accuracy',
] as const;
const DETAILS = ['adcsPerCrossbar', 'crossbars', 'denseBits', 'storedBits', 'energy'] as const;

const plot = (name: string, title: string, y: string, logarithmic = true): StudyPlot => ({
  name: `ou-size-${name}`,
  title: `${title} against the size of the OU`,
  x: 'ou',
  y,
  series: 'system',
  logarithmic,
});

/** The study for some systems (presets) and sizes; each decides anew at every size under its accuracy budget. */
export function ouSizeStudy(systems: readonly string[], sizes: readonly OuSize[]): Study {
  return {
    name: 'ou-size',
    title: 'Size of the OU against compression, time and ADC energy',
    doc:
      'Small OUs leave out more zeros and need fewer ADC bits; large OUs read more cells at once and need fewer indices. ' +
      'ADC resolution, read time and conversion time follow the wordlines, the number of ADCs the bitlines.',
    source: 'BWQ (IEEE TCAD 2024): sweep of the OU size, ResNet-18 on CIFAR-10; SRE (ISCA 2019) as re-measured there',
    columns: [
      { key: 'system', heading: 'system', unit: 'name', doc: 'Preset.' },
      { key: 'ou', heading: 'OU', unit: 'name', doc: 'Wordlines x bitlines of the OU.' },
      ...figureColumns(FIGURE_KEYS, DETAILS),
    ],
    plots: [
      plot('cells', 'compression of the cells', 'cellCompression'),
      plot('compression', 'compression, indices included,', 'compression'),
      plot('kept-operations', 'share of the OU operations kept', 'keptOperations', false),
      plot('time', 'time of an image', 'time'),
      plot('adc-energy', 'ADC energy of an image', 'adcEnergy'),
      plot('index-bits', 'index bits', 'indexBits'),
    ],
    points: (task) => systems.flatMap((system) => sizes.map((size) => ouPoint(task, system, size))),
    measure: (scenario, options) => measureFigures(FIGURE_KEYS, scenario, options),
    notes: (rows) =>
      systems.flatMap((system) =>
        notesOf(
          system,
          rows.filter((row) => row['system'] === system),
        ),
      ),
  };
}

export const study = ouSizeStudy(SYSTEMS, SIZES);

function ouPoint(task: StudyTask, system: string, size: OuSize) {
  const ou = `${size.wordlines}x${size.bitlines}`;
  const point = { name: `${system} ${ou}`, preset: system, coordinates: { system, ou } };
  const calibrated = 'mapping.quantisation=calibrated';
  // Cells, planes and clock, which the peripherals depend on, may be the task's own.
  const { machine } = networkPoint(task, { ...point, set: [calibrated] }).scenario;
  return networkPoint(task, { ...point, set: [calibrated, ...ouPeripherals(machine, size)] });
}

const PUBLISHED: Readonly<Record<string, string>> = {
  sre: 'BWQ, on its CIFAR-10 models: SRE compresses about 10 times with 2 x 2 OUs and 3.3 times with 9 x 8',
  bwq:
    'BWQ, ResNet-18 on CIFAR-10, 9 x 8 to 128 x 128: the model grows with the OU; the run time varies little, with its ' +
    'minimum at 64 x 64; the ADC energy rises steadily, so that 9 x 8 is the best for energy',
};

function notesOf(system: string, rows: readonly StudyValues[]): StudyNote[] {
  if (rows.length === 0) return [];
  const sweep = fromBwqsFirst(rows);
  const span = `from ${sweep[0]!['ou']} to ${sweep.at(-1)!['ou']}`;
  const time = lowest(sweep, 'time');
  const energy = lowest(sweep, 'adcEnergy');
  const seen =
    `${system}: ${compressionOf(rows)}${span} the time is least at ${time.at} and at most ${time.worst} times that, ` +
    `the ADC energy is least at ${energy.at} and at most ${energy.worst} times that`;
  return [{ published: PUBLISHED[system] ?? null, seen }];
}

/** Nothing where a system compresses nothing. */
function compressionOf(rows: readonly StudyValues[]): string {
  if (rows.every((row) => row['compression'] === 1)) return '';
  const each = rows.map((row) => {
    const [cells, all] = [numberAt(row, 'cellCompression'), numberAt(row, 'compression')];
    return `${row['ou']}: ${cells.toFixed(1)} (${all.toFixed(1)})`;
  });
  return `compression of the cells (with indices) ${each.join(', ')}; `;
}

/** The rows without OUs smaller than those of BWQ's sweep. */
function fromBwqsFirst(rows: readonly StudyValues[]): readonly StudyValues[] {
  const first = rows.findIndex((row) => row['ou'] === BWQ_FIRST);
  return first === -1 ? rows : rows.slice(first);
}

/** The OU with the least of a figure, and the largest of the figure over it. */
function lowest(rows: readonly StudyValues[], key: string): { readonly at: string; readonly worst: string } {
  const values = rows.map((row) => numberAt(row, key));
  const least = Math.min(...values);
  return { at: String(rows[values.indexOf(least)]!['ou']), worst: (Math.max(...values) / least).toFixed(2) };
}
