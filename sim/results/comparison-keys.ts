import type { CalibrationRecord, CalibrationSummary, Measured } from './calibration.js';
import type {
  CheckedClaim,
  ComparedNetwork,
  ComparedRun,
  ComparedSystem,
  Comparison,
  Overhead,
  Ratios,
  WaterfallStep,
} from './comparison.js';
import { resultObject as object, type ResultObject } from './result-keys.js';
import type {
  StudyBarsPlot,
  StudyColumn,
  StudyLinesPlot,
  StudyMatrixPlot,
  StudyNote,
  StudyResult,
  StudyRow,
  StudyTable,
} from './study.js';

/** The keys of `compare.json`, of `study.json` and of files of decisions, for the reference documentation. */

export const COMPARISON_OBJECTS: readonly ResultObject[] = [
  object<Comparison>('the file', {
    schemaVersion: 'Version of this shape, a whole number.',
    baseline: 'System that ratios are over.',
    freeOverheads: 'True where indices and detectors cost nothing (`--free-overheads`).',
    overrides: 'Values set for all systems (`--set`).',
    systems: 'A list, one object per system.',
    networks: 'A list, one object per network.',
  }),
  object<ComparedSystem>('systems[]', {
    name: 'Preset.',
    title: 'Its title.',
    publication: 'Title, venue and year of the paper; null where there is none.',
    claims: "A list: the paper's ratios, beside what was simulated.",
    ratios: 'Ratios over the baseline, geometric means over the networks.',
  }),
  object<CheckedClaim>('systems[].claims[]', {
    figure: 'The ratio that it stands beside.',
    over: 'System that the ratio is over.',
    value: 'What the paper reports.',
    to: 'Upper end, where it reports a range.',
    source: 'Paper, place, and what was measured there.',
    comparability: '`definition`, `re-simulated`, `other networks` or `upper bound`.',
    measured: 'Geometric mean over the networks of the simulated ratio over `over`; null where that was not run.',
    deviation: 'measured / value - 1; for a range from its nearer end, 0 inside; null where nothing was measured.',
  }),
  object<Ratios>('systems[].ratios, networks[].runs[].ratios', {
    speedup: 'Time of an image of the baseline over that of the system, each on the crossbars that it takes.',
    speedupPerCrossbar: 'The same with times multiplied by crossbars: throughput where freed crossbars hold copies.',
    energySaving: 'Energy of an image.',
    crossbarSaving: 'Crossbars that hold a part of the network.',
    storedBitsSaving: 'Bits of the cells used and of the indices beside them.',
    conversionSaving: 'ADC conversions of an image.',
  }),
  object<ComparedNetwork>('networks[]', {
    name: 'Bundled network, or the file as it was named.',
    images: 'Images that were run.',
    runs: 'A list, one object per system.',
  }),
  object<ComparedRun>('networks[].runs[]', {
    system: 'Preset.',
    scenarioHash: 'Hash of the resolved scenario.',
    rootClock_GHz: "The system's root clock.",
    cycles: 'Cycles of an image, the mean over the images; so all counts and energies here.',
    latency_ns: 'Time of an image.',
    energy_pJ: 'Energy of the counted actions.',
    area_um2: 'Area of the PEs.',
    pes: 'PEs.',
    crossbars: 'Crossbars that hold a part of the network.',
    cellBits: 'Bits of the cells used.',
    indexBits: 'Bits of row indices, masks, tables and shifts beside them.',
    ouOperations: 'OU operations performed.',
    adcConversions: 'Conversions.',
    saturatedCodes: 'Codes cut at the largest code.',
    adcUtilisation: "Share of the time of the layers' ADCs spent converting.",
    adcWait: "Waits of the samples for their conversions, in cycles of the system's clock: count, mean, max.",
    work: 'As in `result.json`.',
    time: 'As in `result.json`.',
    overhead: 'What a dense machine does not need, each with `energy_pJ` and `area_um2`.',
    calibration: 'As in `result.json`; null where nothing was decided on calibration images.',
    ratios: 'Ratios over the baseline.',
    waterfall: 'A list of steps from the ideal to the achieved speed-up.',
  }),
  object<Record<Overhead, unknown>>('networks[].runs[].overhead', {
    indexDecoder: 'Finding the wordlines and bitlines of operations.',
    indexMemory: 'Storing and fetching index bits.',
    detector: 'Scanning bit-planes.',
  }),
  object<WaterfallStep>('networks[].runs[].waterfall[]', {
    step: '`words`, `weights`, `indices`, `activations`, `planes` (the ideal), `parallelism`, `baseline`, `adcWaiting`, `indexDecoding`, `detector`, `imbalance`, `pixels`, `output`, `transfer`, `finished`.',
    speedup: 'Speed-up over the baseline if all later steps cost nothing; the last one is the achieved speed-up.',
  }),
];

const PLOT = {
  name: 'File name without ending.',
  title: 'Its title.',
  table: 'Name of a table whose rows are drawn; left out, the points of the sweep.',
  where: 'Key of a column -> the value, or a list of values, that rows must have to be drawn.',
  subject: 'What the rows are of; left out, the network of the study.',
  remark: 'What a reader has to know to read it.',
} as const;

export const STUDY_OBJECTS: readonly ResultObject[] = [
  object<StudyResult>('the file', {
    schemaVersion: 'Version of this shape, a whole number.',
    study: 'Its name.',
    title: 'Its title.',
    doc: 'What it sweeps.',
    source: 'Paper and place that shows this sweep.',
    model: 'Bundled network, or the file as it was named.',
    overrides: 'Values set for all points (`--set`).',
    columns: 'A list, one object per column.',
    rows: 'A list, one object per point.',
    detail: 'True where a terminal has no room for the rows.',
    tables: 'A list, one object per further table.',
    plots: 'A list, one object per chart.',
    notes: 'A list: what the paper says, and what the rows show.',
  }),
  object<StudyColumn>('columns[]', {
    key: 'Key of its values.',
    heading: 'Heading in tables.',
    unit: '`name`, `count`, `bit`, `ratio`, `share` (0 to 1), `cycle`, `ns`, `pJ` or `um2`.',
    doc: 'What it is.',
    detail: 'True where a terminal has no room for it.',
  }),
  object<StudyRow>('rows[]', {
    scenarioHash: 'Hash of the resolved scenario.',
    values: 'Key of a column -> number, name, or null where nothing could be measured.',
  }),
  object<StudyTable>('tables[]', {
    name: 'As plots name it.',
    title: 'Its title.',
    columns: 'As above.',
    rows: 'Key of a column -> number, name, or null where nothing could be measured.',
    detail: 'True where a terminal has no room for it.',
  }),
  object<StudyLinesPlot>('plots[]', {
    ...PLOT,
    kind: '`lines`, or left out.',
    x: 'Key of a column.',
    y: 'Key of a column.',
    right: 'Key of a column against the right axis, if any.',
    series: 'Key of the column whose values are joined by lines of their own.',
    logarithmic: 'True for a logarithmic axis of `y`.',
    numbers: '`linear` or `logarithmic`: `x` stands where its value is.',
    references: 'Keys of columns drawn beside `y`: what a theory says.',
    mark: 'Key of the column with texts for points that are ringed.',
  }),
  object<StudyBarsPlot>('plots[] of bars', {
    ...PLOT,
    kind: '`bars`.',
    x: 'Key of the column with a group of bars for each value.',
    series: 'Key of the column with a bar for each value in a group.',
    parts: 'Keys of columns that are stacked.',
  }),
  object<StudyMatrixPlot>('plots[] of coloured cells', {
    ...PLOT,
    kind: '`matrix`.',
    row: 'Key of the column with the names at the left.',
    column: 'Key of the column with the names at the top.',
    value: 'Key of the column with the shares.',
  }),
  object<StudyNote>('notes[]', {
    published: 'What the paper says; null for a remark of ours.',
    seen: 'What the rows show.',
  }),
];

const RECORD: Readonly<Record<keyof Omit<CalibrationRecord, 'decision'>, string>> = {
  schemaVersion: 'Version of this shape, a whole number.',
  key: 'SHA-256 over all that the decisions depend on; equal keys have equal decisions.',
  model: 'Bundled network, or the file as it was named.',
  scheme: 'Mapping scheme.',
  mapping: 'The section `mapping` of the scenario.',
  crossbar: 'Crossbar that the decisions were made for.',
  ou: 'OU that they were made for.',
  accuracyBudget_percent: 'Percentage points of top-1 that could be lost against the float network.',
  dataSet: '`MNIST` or `CIFAR-10`.',
  calibration: 'Top-1 counts on the calibration images, which the decisions saw.',
  test: 'Top-1 counts on 1000 test images, which they did not see.',
};

export const CALIBRATION_OBJECTS: readonly ResultObject[] = [
  object<CalibrationRecord>('the file', {
    ...RECORD,
    decision: '`activationBits`, `activationClip` and `layers`: layer -> the decision of the scheme (docs/systems).',
  }),
  object<Measured>('calibration, test', {
    images: 'Images.',
    float: 'Classified right by the float network.',
    network: "Classified right by the network's own 8-bit integers.",
    scheme: 'Classified right by the integers of the scheme.',
  }),
];

export const CALIBRATION_SUMMARY: ResultObject = object<CalibrationSummary>('calibration', {
  ...RECORD,
  activationBits: 'Bits of the activations between the layers.',
  activationClip: 'Range of the activations, as a share of that of the 8-bit network.',
});
