import type { StudyColumn, StudyLinesPlot, StudyNote, StudyTable, StudyValues } from '../../sim/results/study.js';
import { LAYER_COLUMNS, MEASURED_COLUMNS, measureContention } from '../contention/contention-figures.js';
import { BASE, CURVES, contentionPoints, inputsName, READ_CYCLES } from '../contention/contention-points.js';
import { adcsNeeded, adcsThatSuffice } from '../contention/dense-pool.js';
import { type MeasuredRow, numberAt, type Study } from '../study.js';

/** The knee of a curve is at the smallest number of ADCs with at most so many times the cycles without any waiting. */
const KNEE = 1.01;

const CURVE_COLUMNS: readonly StudyColumn[] = [
  { key: 'inputs', heading: 'inputs', unit: 'name', doc: 'Inputs of the drawn matrix, or the network.' },
  { key: 'sharedBy', heading: 'crossbars', unit: 'count', doc: 'Crossbars that share a pool (machine.adc.sharedBy).' },
  { key: 'bitlines', heading: 'bitlines', unit: 'count', doc: 'Bitlines of the OU (machine.ou.bitlines).' },
  {
    key: 'conversionCycles',
    heading: 'conversion cycles',
    unit: 'count',
    doc: 'Cycles of a conversion (machine.adc.conversionCycles).',
  },
  { key: 'banks', heading: 'banks', unit: 'count', doc: 'Sample-and-hold banks (machine.sampleHold.banks).' },
];
const CURVE_KEYS = CURVE_COLUMNS.map(({ key }) => key);
const PER_POOL: StudyColumn = {
  key: 'perPool',
  heading: 'ADCs of a pool',
  unit: 'count',
  doc: 'ADCs of a pool (machine.adc.perPool).',
};

const KNEE_COLUMNS: readonly StudyColumn[] = [
  ...CURVE_COLUMNS,
  {
    key: 'knee',
    heading: 'knee',
    unit: 'count',
    doc: 'Fewest ADCs of a pool with at most 1 % more cycles than without any waiting.',
  },
  {
    key: 'needed',
    heading: 'needed',
    unit: 'count',
    doc: 'Fewest ADCs that can convert all that dense reads ask, whatever the order: samples x conversion / period.',
  },
  {
    key: 'enough',
    heading: 'enough',
    unit: 'count',
    doc: 'ADCs with which dense reads in lockstep never wait to read: samples / floor(read / conversion), rounded up.',
  },
  { key: 'used', heading: 'ADC used', unit: 'share', doc: 'ADC utilisation at the knee.' },
  { key: 'wait', heading: 'mean wait', unit: 'cycle', doc: 'Mean wait of a sample at the knee.' },
  { key: 'waitP99', heading: 'p99 wait', unit: 'cycle', doc: 'Wait that 99 % do not exceed at the knee.' },
  { key: 'cycles', heading: 'cycles', unit: 'cycle', doc: 'Cycles of the run without any waiting.' },
];

const DRAWN = 'drawn matrix on 8 crossbars';
const { zeros, ...DENSE } = BASE;
const SPARSE_INPUTS = CURVES.map((curve) => inputsName(curve.zeros));
const base = { ...DENSE, inputs: inputsName(zeros) };

/** Curves that differ in one thing from the base; a list of all values where that is varied. */
function varied(key: keyof typeof base): StudyLinesPlot {
  const values = [...new Set(CURVES.map((curve) => (key === 'inputs' ? inputsName(curve.zeros) : curve[key])))];
  const what = CURVE_COLUMNS.find((column) => column.key === key)!.heading;
  return {
    name: `adc-contention-${NAMES[key]}`,
    title: `run time against ADCs of a pool, by ${TITLES[key]}`,
    subject: DRAWN,
    where: { ...base, [key]: values },
    x: 'perPool',
    numbers: 'logarithmic',
    y: 'slowdown',
    logarithmic: true,
    series: key,
    mark: 'knee',
    remark: `Rings: knees, the fewest ADCs within 1 % of the run without waiting, for each value of ${what}.`,
  };
}

const NAMES = {
  sharedBy: 'crossbars',
  bitlines: 'width',
  conversionCycles: 'conversion',
  banks: 'banks',
  inputs: 'sparsity',
} as const;
const TITLES = {
  sharedBy: 'crossbars that share it',
  bitlines: 'bitlines of the OU',
  conversionCycles: 'cycles of a conversion',
  banks: 'sample-and-hold banks',
  inputs: 'sparsity of the inputs',
} as const;

export const study: Study = {
  name: 'adc-contention',
  title: 'How many ADCs a pool needs',
  doc:
    'ADCs of a pool against run time, utilisation and waiting, by crossbars of the pool, width of the OU, conversion time, ' +
    'sample-and-hold banks and sparsity of the inputs, beside the closed forms of queueing theory; and a network on the chip.',
  source: 'no paper shows it; they multiply columns by the time of a conversion',
  columns: [
    ...CURVE_COLUMNS,
    PER_POOL,
    ...MEASURED_COLUMNS,
    {
      key: 'slowdown',
      heading: 'times the cycles without waiting',
      unit: 'ratio',
      doc: 'Cycles, over those of the run in which every sample has an ADC of its own.',
    },
    { key: 'knee', heading: 'knee', unit: 'name', doc: 'Named where the curve has its knee.' },
  ],
  detail: true,
  plots: [
    {
      name: 'adc-contention',
      title: 'cycles and ADC utilisation against ADCs of a pool',
      subject: DRAWN,
      where: base,
      x: 'perPool',
      numbers: 'logarithmic',
      y: 'cycles',
      right: 'used',
      logarithmic: true,
      references: ['denseCycles'],
      remark: 'Ring: the knee. Crosses: the closed form of dense reads (D/D/c), where it holds.',
      mark: 'knee',
    },
    ...(Object.keys(NAMES) as (keyof typeof base)[]).map(varied),
    {
      name: 'adc-contention-wait',
      title: 'mean wait of a sample against ADCs of a pool, and what queueing theory says',
      subject: DRAWN,
      where: { ...base, perPool: Array.from({ length: 64 }, (_, n) => n + 1).filter((adcs) => adcs >= 6) },
      x: 'perPool',
      numbers: 'logarithmic',
      y: 'wait',
      right: 'waitP99',
      references: ['denseWait', 'randomWait'],
      remark: 'Ring: the knee. Crosses: D/D/c, where it holds. Stars: M/D/c, up to a utilisation of 99 %.',
      mark: 'knee',
    },
    {
      name: 'adc-contention-sparse-wait',
      title: 'mean wait with sparse inputs, and if as many samples came at random',
      subject: DRAWN,
      where: { ...base, inputs: SPARSE_INPUTS, perPool: Array.from({ length: 55 }, (_, n) => n + 10) },
      x: 'perPool',
      numbers: 'logarithmic',
      y: 'wait',
      series: 'inputs',
      references: ['randomWait'],
      remark: 'Crosses: M/D/c with as many samples a cycle, up to a utilisation of 99 %.',
    },
    {
      name: 'adc-contention-layers',
      kind: 'bars',
      title: 'ADC utilisation of the busiest pool of each layer',
      table: 'layers',
      x: 'layer',
      series: 'adcs',
      parts: ['busiest'],
      remark: 'Share of the run in which the ADCs of the busiest pool of the layer convert.',
    },
    {
      name: 'adc-contention-lost',
      kind: 'bars',
      title: 'what each layer loses to waiting for ADCs',
      table: 'layers',
      x: 'layer',
      series: 'adcs',
      parts: ['lost'],
      remark: 'Of the time in which the crossbars of the layer read or wait for ADCs, the part in which they wait.',
    },
  ],
  points: contentionPoints,
  measure: measureContention,
  derive: (rows) => {
    const knees = kneesOf(rows);
    return rows.map((row) => {
      const free = isDrawn(row) ? freeRow(curveOf(rows, row)) : null;
      return {
        slowdown: free === null ? null : numberAt(row, 'cycles') / numberAt(free, 'cycles'),
        knee: knees.includes(row) ? `knee at ${row['perPool']} ADCs` : null,
      };
    });
  },
  tables: (rows) => [kneesTable(rows.map(({ values }) => values)), layersTable(rows)],
  notes,
};

function isDrawn(row: StudyValues): boolean {
  return SPARSE_INPUTS.includes(String(row['inputs']));
}

/** The rows of the same curve. */
function curveOf(rows: readonly StudyValues[], of: StudyValues): StudyValues[] {
  return rows.filter((row) => CURVE_KEYS.every((key) => row[key] === of[key]));
}

/** The row in which every sample that can be held has an ADC: the one with the most. */
function freeRow(curve: readonly StudyValues[]): StudyValues {
  return curve.reduce((most, row) => (numberAt(row, 'perPool') > numberAt(most, 'perPool') ? row : most));
}

/** The rows at the knees, in the order of the curves. */
function kneesOf(rows: readonly StudyValues[]): StudyValues[] {
  const drawn = rows.filter(isDrawn);
  const firsts = drawn.filter((row) => curveOf(drawn, row)[0] === row);
  return firsts.map((first) => {
    const curve = curveOf(drawn, first);
    const most = KNEE * numberAt(freeRow(curve), 'cycles');
    const within = curve.filter((row) => numberAt(row, 'cycles') <= most);
    return within.reduce((least, row) => (numberAt(row, 'perPool') < numberAt(least, 'perPool') ? row : least));
  });
}

function kneesTable(rows: readonly StudyValues[]): StudyTable {
  return {
    name: 'knees',
    title: 'Knees: the fewest ADCs of a pool within 1 % of the run without waiting',
    columns: KNEE_COLUMNS,
    rows: kneesOf(rows).map((row) => {
      const pool = {
        crossbars: numberAt(row, 'sharedBy'),
        bitlines: numberAt(row, 'bitlines'),
        conversionCycles: numberAt(row, 'conversionCycles'),
        banks: numberAt(row, 'banks'),
        readCycles: READ_CYCLES,
        operations: 1,
        latencyCycles: 0,
      };
      const ofCurve = Object.fromEntries(CURVE_KEYS.map((key) => [key, row[key]!]));
      return {
        ...ofCurve,
        knee: numberAt(row, 'perPool'),
        needed: adcsNeeded(pool),
        enough: adcsThatSuffice(pool),
        used: numberAt(row, 'used'),
        wait: numberAt(row, 'wait'),
        waitP99: numberAt(row, 'waitP99'),
        cycles: numberAt(freeRow(curveOf(rows, row)), 'cycles'),
      };
    }),
  };
}

function layersTable(rows: readonly MeasuredRow[]): StudyTable {
  return {
    name: 'layers',
    title: 'Pools of the network: four crossbars each',
    columns: [{ key: 'adcs', heading: 'ADCs', unit: 'name', doc: 'ADCs of a pool.' }, ...LAYER_COLUMNS],
    rows: rows.flatMap(({ values, parts }) =>
      (parts['layers'] ?? []).map((layer) => ({ adcs: `${values['perPool']} ADCs`, ...layer })),
    ),
  };
}

function notes(rows: readonly StudyValues[], tables: readonly StudyTable[]): StudyNote[] {
  const knees = tables[0]!.rows;
  const seen = (text: string): StudyNote => ({ published: null, seen: text });
  const percent = (value: number) => `${(100 * value).toFixed(1)} %`;
  const kneesBy = (key: keyof typeof base) =>
    knees.filter((knee) => Object.entries(base).every(([other, value]) => other === key || knee[other] === value));
  const listed = (key: keyof typeof base) =>
    kneesBy(key)
      .toSorted((a, b) => (typeof a[key] === 'number' ? numberAt(a, key) - numberAt(b, key) : 0))
      .map((knee) => `${knee[key]}: ${knee['knee']}`)
      .join(', ');
  const ofBase = knees.find((knee) => Object.entries(base).every(([key, value]) => knee[key] === value))!;
  const dense = curveOf(rows, ofBase);
  const at = (adcs: number) => dense.find((row) => row['perPool'] === adcs)!;
  const exact = dense.filter((row) => row['denseCycles'] !== null);
  const agreeing = exact.filter((row) => row['denseCycles'] === row['cycles']);
  const sparse = rows.filter((row) => isDrawn(row) && row['inputs'] !== base.inputs);
  const used = (row: StudyValues) => numberAt(row, 'used');
  const compared = [...dense, ...sparse].filter((row) => row['randomWait'] !== null && numberAt(row, 'wait') > 0);
  const above = compared.filter((row) => numberAt(row, 'wait') > numberAt(row, 'randomWait'));
  const below = compared.filter((row) => !above.includes(row));
  return [
    seen(
      `the knee of the base (${base.sharedBy} crossbars, OUs of ${base.bitlines} bitlines, ${base.conversionCycles} cycles a ` +
        `conversion, ${READ_CYCLES} a read, ${base.banks} banks, dense) is at ${ofBase['knee']} ADCs: there the ADCs convert ` +
        `${percent(numberAt(ofBase, 'used'))} of the time and a sample waits ${numberAt(ofBase, 'wait').toFixed(1)} cycles on ` +
        `the mean; ${ofBase['needed']} are needed for the samples, ${ofBase['enough']} are enough in lockstep`,
    ),
    seen(
      `half as many as are enough (${numberAt(ofBase, 'enough') / 2}) take ` +
        `${numberAt(at(numberAt(ofBase, 'enough') / 2), 'slowdown').toFixed(2)} times as long, one takes ` +
        `${numberAt(at(1), 'slowdown').toFixed(1)} times`,
    ),
    seen(
      `the closed form of dense reads holds at ${exact.length} of the ${dense.length} points of the base, and there ` +
        `${agreeing.length} of ${exact.length} agree to the cycle`,
    ),
    seen(`knee by crossbars of a pool: ${listed('sharedBy')}`),
    seen(`knee by bitlines of the OU: ${listed('bitlines')}`),
    seen(`knee by cycles of a conversion: ${listed('conversionCycles')}`),
    seen(`knee by sample-and-hold banks: ${listed('banks')}`),
    seen(`knee by inputs: ${listed('inputs')}`),
    ...(above.length === 0 || below.length === 0
      ? []
      : [
          seen(
            `of ${compared.length} points of these inputs at which somebody waits and the ADCs are used up to 99 %, M/D/c ` +
              `gives less than is simulated at ${above.length}, with ADCs used ${percent(Math.min(...above.map(used)))} to ` +
              `${percent(Math.max(...above.map(used)))}, and more at ${below.length}, used ` +
              `${percent(Math.min(...below.map(used)))} to ${percent(Math.max(...below.map(used)))}`,
          ),
        ]),
    ...networkNotes(rows, tables[1]!),
  ];
}

/** What limits the network with each number of ADCs. */
function networkNotes(rows: readonly StudyValues[], { rows: layers }: StudyTable): StudyNote[] {
  return rows
    .filter((row) => !isDrawn(row))
    .map((row) => {
      const own = layers.filter(({ adcs }) => adcs === `${row['perPool']} ADCs`);
      const pacing = own.find(({ pace }) => pace !== null);
      const limit =
        pacing === undefined
          ? 'none of its layers sets the pace'
          : `${pacing['layer']} sets the pace, limited by ${LIMITS[String(pacing['pace'])] ?? pacing['pace']}: its busiest pool, ` +
            `${pacing['pool']}, converts ${(100 * numberAt(pacing, 'busiest')).toFixed(1)} % of the run, its busiest crossbar reads ` +
            `${(100 * numberAt(pacing, 'reading')).toFixed(1)} %`;
      return {
        published: null,
        seen: `${row['inputs']} with ${row['perPool']} ADCs for four crossbars: ${numberAt(row, 'cycles').toLocaleString('en')} cycles; ${limit}`,
      };
    });
}

const LIMITS: Readonly<Record<string, string>> = { adc: 'its ADC pools', crossbar: 'crossbar reads' };
