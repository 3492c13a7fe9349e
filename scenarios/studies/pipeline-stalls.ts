import type { StudyColumn, StudyNote, StudyTable, StudyValues } from '../../sim/results/study.js';
import { measurePipeline, PIPELINE_COLUMNS, STAGE_COLUMNS, WAIT_COLUMNS } from '../pipeline-figures.js';
import { type MeasuredRow, networkPoint, numberAt, type Study } from '../study.js';

const PRESET = 'ou-baseline';
/** So that the distance between images can be measured. */
const IMAGES = 3;

const REPLICATED = ['execution.replication=balanced', 'execution.crossbarBudget=768'];
/** Windows that registers hold: 2 in the preset. */
const registers = (windows: number) =>
  ['inputRegister', 'outputRegister', 'tileOutputRegister'].map((name) => `machine.${name}.windows=${windows}`);
const SINGLE = registers(1);
const REGISTERS = registers(8);
/** 64 KB in the preset. */
const BUFFERS = ['machine.edram.bytes=262144'];
const MORE_REPLICAS = ['execution.replication=balanced', 'execution.crossbarBudget=1536'];

/** Each step keeps what the one before it has changed, but the second, which shows the registers of the preset at work. */
const STEPS: readonly { readonly step: string; readonly set: readonly string[] }[] = [
  { step: 'one copy each', set: [] },
  { step: 'single registers', set: [...REPLICATED, ...SINGLE] },
  { step: 'replicas', set: REPLICATED },
  { step: 'deeper registers', set: [...REPLICATED, ...REGISTERS] },
  { step: 'larger buffers', set: [...REPLICATED, ...REGISTERS, ...BUFFERS] },
  { step: 'more replicas', set: [...MORE_REPLICAS, ...REGISTERS, ...BUFFERS] },
];
const [BEFORE, AFTER, LAST] = [STEPS[0]!.step, STEPS[2]!.step, STEPS.at(-1)!.step];
const BUFFERED = STEPS[4]!.step;

const STEP: StudyColumn = {
  key: 'step',
  heading: 'step',
  unit: 'name',
  doc: 'What was changed; earlier changes stay.',
};
const STAGE_PARTS = ['reads', 'adc', 'pixels', 'output', 'other', 'done'];

export const study: Study = {
  name: 'pipeline-stalls',
  title: 'Who waits for whom on the chip',
  doc:
    'A network on the OU baseline, layers and images overlapping: with one copy of each layer, with balanced replicas, once ' +
    'with registers of a single window and once with the 2 of the preset, then ' +
    'with registers of 8 windows instead of 2, with 256 KB of eDRAM a tile instead of 64, and with twice the crossbars.',
  source: 'no paper shows it; ISAAC (ISCA 2016) replicates layers so that each keeps pace with the next',
  columns: [STEP, ...PIPELINE_COLUMNS],
  plots: [
    {
      name: 'pipeline-stalls',
      title: 'cycles between images and of one image',
      x: 'step',
      y: 'interval',
      references: ['latency'],
      remark: 'Crosses: cycles of the first image.',
      logarithmic: true,
    },
    {
      name: 'pipeline-stalls-stages',
      kind: 'bars',
      title: 'where the time of the crossbars of each layer goes',
      table: 'stages',
      where: { step: [BEFORE, AFTER, BUFFERED] },
      x: 'layer',
      series: 'step',
      parts: STAGE_PARTS,
    },
    ...[BEFORE, AFTER, BUFFERED, LAST].map((step, n) => ({
      name: `pipeline-stalls-matrix-${n + 1}`,
      kind: 'matrix' as const,
      title: `who waits for whom: ${step}`,
      table: 'waits',
      where: { step },
      row: 'stage',
      column: 'of',
      value: 'share',
    })),
  ],
  points: (task) =>
    STEPS.map(({ step, set }) =>
      networkPoint(task, {
        name: step,
        preset: PRESET,
        set: [`workload.images.count=${IMAGES}`, ...set],
        coordinates: { step },
      }),
    ),
  measure: measurePipeline,
  derive: (rows) =>
    rows.map((row) => {
      const speedup = numberAt(rows[0]!, 'interval') / numberAt(row, 'interval');
      // A single image has no interval.
      return { speedup: Number.isNaN(speedup) ? null : speedup };
    }),
  tables: (rows) => [
    tableOf('stages', 'Time of the crossbars of each layer', STAGE_COLUMNS, rows),
    tableOf('waits', 'Who waits for whom', WAIT_COLUMNS, rows),
  ],
  notes,
};

function tableOf(
  name: string,
  title: string,
  columns: readonly StudyColumn[],
  rows: readonly MeasuredRow[],
): StudyTable {
  return {
    name,
    title,
    columns: [STEP, ...columns],
    rows: rows.flatMap(({ values, parts }) => (parts[name] ?? []).map((part) => ({ step: values['step']!, ...part }))),
    detail: true,
  };
}

function notes(rows: readonly StudyValues[], tables: readonly StudyTable[]): StudyNote[] {
  const waits = tables[1]!.rows;
  const ofStep = (of: readonly StudyValues[], row: StudyValues) => of.filter(({ step }) => step === row['step']);
  return rows.map((row, r) => {
    const before = rows[r - 1];
    const faster =
      before === undefined
        ? ''
        : `, ${(numberAt(before, 'interval') / numberAt(row, 'interval')).toFixed(3)} times the pace of the step before`;
    const pace =
      `${row['layer']} sets the pace: it ${ACTIVITIES[String(row['activity'])]} ${percent(numberAt(row, 'busy'))} of the run, ` +
      `limited by ${RESOURCES[String(row['limit'])] ?? row['limit']}`;
    const waiting = ofStep(waits, row)
      .filter(({ stage, of, share }) => of === row['layer'] && stage !== of && Number(share) >= 0.005)
      .map(({ stage, share }) => `${stage} ${percent(Number(share))}`);
    return {
      published: null,
      seen:
        `${row['step']}: an image every ${Math.round(numberAt(row, 'interval')).toLocaleString('en')} cycles on ${row['crossbars']} crossbars${faster}; ` +
        `${pace}; waiting for it: ${waiting.length === 0 ? 'nobody' : waiting.join(', ')}`,
    };
  });
}

const ACTIVITIES: Readonly<Record<string, string>> = {
  process: 'has windows in its PEs',
  fetch: 'fetches windows',
  send: 'finishes and sends windows',
  pool: 'pools windows',
};
const RESOURCES: Readonly<Record<string, string>> = {
  crossbar: 'crossbar reads',
  adc: 'ADCs',
  shiftAdd: 'shift-and-add',
  detector: 'the detector',
  bank: 'the eDRAM',
  bus: 'the bus of its tile',
  activation: 'the activation unit',
  pooling: 'the pooling unit',
  port: 'the off-chip port',
  link: 'a link of the network',
  network: 'the network',
};

function percent(share: number): string {
  return `${(100 * share).toFixed(0)} %`;
}
