import type { Command } from 'commander';
import type { ComponentDeclaration, Parameter, Unit } from '../components/declaration.js';
import { COMPONENTS } from '../components/machine.js';
import { ENCODINGS } from '../mapping/encoding.js';
import { LAYOUTS } from '../mapping/placement.js';
import { MAPPING_SCHEMES } from '../mapping/schemes.js';
import { BUNDLED_MODELS } from '../models/bundled.js';
import { wrapped } from '../reports/wrapped-text.js';
import { ADC_COST_LAWS } from '../scenarios/adc-cost.js';
import {
  EXECUTION_PARAMETERS,
  MAX_REPLICAS,
  OVERFLOWS,
  PIPELINE_ENTRIES,
  PLACEMENTS,
  REPLICAS_KEY,
  REPLICATIONS,
} from '../scenarios/execution.js';
import { type ExplainRow, explain } from '../scenarios/explain.js';
import { DECISIONS_KEY, MAPPING_PARAMETERS, QUANTISATIONS } from '../scenarios/mapping-parameters.js';
import { MATRIX_PARAMETERS } from '../scenarios/matrix-workload.js';
import { IMAGES_PARAMETERS } from '../scenarios/network-images.js';
import { PRESETS } from '../scenarios/presets.js';
import { ROOT_CLOCK } from '../scenarios/root-clock.js';
import { resolveScenario, scenarioFromOptions } from '../scenarios/scenario.js';
import {
  CALIBRATION_OBJECTS,
  CALIBRATION_SUMMARY,
  COMPARISON_OBJECTS,
  STUDY_OBJECTS,
} from '../sim/results/comparison-keys.js';
import { RESULT_OBJECTS, type ResultObject } from '../sim/results/result-keys.js';
import { TRACE_FORMAT_NAMES, TRACE_FORMATS } from '../sim/trace/formats.js';
import { EXIT } from './exit-codes.js';
import { program } from './program.js';

const LINE_WIDTH = 120;

const EXIT_CODES: Readonly<Record<keyof typeof EXIT, string>> = {
  fine: 'All went well.',
  bug: 'A bug of ousim; the message asks to report it.',
  mistake: 'A mistake in the input: all problems are listed and nothing was written.',
  interrupted: 'Ended by Ctrl-C; no half-written file is left.',
};

/** The reference documentation (`docs/reference.md`), from the declarations that the program itself reads. */
export function referenceText(): string {
  const sections = [
    title(),
    scenarioSection(),
    componentSection(),
    costLawSection(),
    mappingSection(),
    executionSection(),
    workloadSection(),
    presetSection(),
    resultSection(),
    traceSection(),
    commandSection(),
  ];
  return `${sections
    .flat()
    .join('\n')
    .replaceAll(/\n{3,}/g, '\n\n')
    .trimEnd()}\n`;
}

function title(): string[] {
  return [
    '# Reference',
    '',
    '<!-- Written by `npm run docs:reference` from the declarations in the code; a test compares. Do not edit. -->',
    '',
    ...paragraph(
      'Everything that a scenario can say, and everything that a result says. How these things work together in time ' +
        'is in [timing-model.md](timing-model.md); the terms are in [glossary.md](glossary.md).',
    ),
    '',
    ...[
      'Scenario file',
      'Components',
      'ADC cost laws',
      'Mapping',
      'Execution',
      'Workloads',
      'Presets',
      'Result files',
      'Trace',
      'Command line',
    ].map((name) => `- [${name}](#${name.toLowerCase().replaceAll(' ', '-')})`),
  ];
}

function scenarioSection(): string[] {
  return [
    ...heading('Scenario file'),
    ...paragraph(
      'YAML, or JSON. Unknown keys, wrong units and impossible values are reported all at once, each with its path. ' +
        'File names are relative to the scenario file.',
    ),
    '',
    ...item('`scope`', null, '`pe` (a matrix on one PE) or `chip` (a network); left out, the workload decides.'),
    ...item('`machine.preset`', null, 'Name of a preset; the rest of `machine` and `mapping` overrides it.'),
    ...item('`machine.rootClock`', `a frequency with its unit, default ${ROOT_CLOCK.default} GHz`, ROOT_CLOCK.doc),
    ...item('`machine.<component>.<parameter>`', null, 'See [components](#components).'),
    ...item('`mapping`', null, 'See [mapping](#mapping).'),
    ...item('`execution`', null, 'See [execution](#execution).'),
    ...item('`workload`', null, 'See [workloads](#workloads).'),
    '',
    ...paragraph(
      'A parameter in cycles also takes a time with its unit (`s`, `ms`, `us`, `ns`, `ps`), such as `100 ns`, which is ' +
        'rounded up to whole cycles of the root clock; `ousim explain` shows the rounding. Without a preset, what a ' +
        'scenario leaves out takes the default given below.',
    ),
  ];
}

function componentSection(): string[] {
  const components: readonly ComponentDeclaration[] = COMPONENTS;
  return [
    ...heading('Components'),
    ...paragraph(
      'What is marked as "of a chip" only a whole chip has: a single PE reads, does and pays for none of it.',
    ),
    ...components.flatMap(({ key, kind, doc, scope, parameters, actions, statistics }) => [
      '',
      `### \`machine.${key}\``,
      '',
      ...paragraph(scope === 'chip' ? `${doc} Of a chip.` : doc),
      ...list(
        'Parameters',
        Object.entries(parameters).map(([name, parameter]) =>
          item(`\`${name}\``, rangeOf(parameter) + chipMark(parameter), parameter.doc),
        ),
      ),
      ...list(
        'Priced actions',
        Object.entries(actions).map(([name, action]) =>
          item(
            `\`${key}.${name}\``,
            (action.price === null ? 'price by the cost law' : priceOf(action.price, parameters)) + chipMark(action),
            action.doc,
          ),
        ),
      ),
      ...list(
        `Statistics (resources of kind \`${kind}\`)`,
        Object.entries(statistics).map(([name, statistic]) =>
          item(`\`${name}\``, statistic.unit === '1' ? null : statistic.unit, statistic.doc),
        ),
      ),
    ]),
  ];
}

/** Says of a parameter or an action of a PE that only a whole chip has it. */
function chipMark({ scope }: { readonly scope?: 'chip' }): string {
  return scope === 'chip' ? '; of a chip' : '';
}

function priceOf(name: string, parameters: Readonly<Record<string, Parameter>>): string {
  return parameters[name]!.unit === 'mW' ? `price \`${name}\` / \`machine.rootClock\`` : `price \`${name}\``;
}

function costLawSection(): string[] {
  return [
    ...heading('ADC cost laws'),
    ...paragraph(
      '`machine.adc.costLaw` says how the energy of a conversion and the area of an ADC follow from its bits.',
    ),
    '',
    ...ADC_COST_LAWS.flatMap(({ name, doc, bits }) => item(`\`${name}\``, `bits: ${bits.replaceAll('`', '')}`, doc)),
  ];
}

function mappingSection(): string[] {
  const entries = { scheme: MAPPING_SCHEMES, encoding: ENCODINGS, layout: LAYOUTS, quantisation: QUANTISATIONS };
  const { weightBits, activationBits, accuracyBudget_percent } = MAPPING_PARAMETERS;
  return [
    ...heading('Mapping'),
    ...paragraph('How a matrix becomes an OU program. Each system has a page in `docs/systems`.'),
    ...(Object.keys(entries) as (keyof typeof entries)[]).flatMap((name) => {
      const parameter = MAPPING_PARAMETERS[name];
      return [
        '',
        ...paragraph(`\`mapping.${name}\` (default \`${parameter.default}\`): ${parameter.doc}`),
        '',
        ...entries[name].flatMap((entry) => item(`\`${entry.name}\``, null, entry.doc)),
      ];
    }),
    '',
    ...paragraph('For networks; a matrix brings its own bits:'),
    '',
    ...Object.entries({ weightBits, activationBits, accuracyBudget_percent }).flatMap(([name, parameter]) =>
      item(`\`mapping.${name}\``, rangeOf(parameter), parameter.doc),
    ),
    ...item(
      `\`mapping.${DECISIONS_KEY}\``,
      null,
      'A file of decisions, as `ousim calibrate` writes it, instead of deciding; with `quantisation: calibrated`.',
    ),
    ...MAPPING_SCHEMES.filter(({ parameters: ofScheme }) => Object.keys(ofScheme).length > 0).flatMap(
      ({ name, parameters: ofScheme }) => [
        '',
        `### \`mapping.${name}\``,
        '',
        ...Object.entries(ofScheme).flatMap(([key, parameter]) =>
          item(`\`${key}\``, rangeOf(parameter), parameter.doc),
        ),
      ],
    ),
  ];
}

function executionSection(): string[] {
  const entries = {
    pipeline: PIPELINE_ENTRIES,
    replication: REPLICATIONS,
    placement: PLACEMENTS,
    overflow: OVERFLOWS,
  };
  const { crossbarBudget } = EXECUTION_PARAMETERS;
  return [
    ...heading('Execution'),
    ...paragraph('How a network runs on the chip; a matrix on a single PE has no such section.'),
    ...(Object.keys(entries) as (keyof typeof entries)[]).flatMap((name) => {
      const parameter = EXECUTION_PARAMETERS[name];
      return [
        '',
        ...paragraph(`\`execution.${name}\` (default \`${parameter.default}\`): ${parameter.doc}`),
        '',
        ...entries[name].flatMap((entry) => item(`\`${entry.name}\``, null, entry.doc)),
      ];
    }),
    '',
    ...paragraph('Of replication:'),
    '',
    ...item('`execution.crossbarBudget`', rangeOf(crossbarBudget), crossbarBudget.doc),
    ...item(
      `\`execution.${REPLICAS_KEY}\``,
      `a map from matrix layers to whole numbers, 1 to ${MAX_REPLICAS}`,
      'Replicas, with replication `given`, such as `{ c1: 8 }`; layers that are not named have one.',
    ),
  ];
}

function workloadSection(): string[] {
  const parameters = (declared: Readonly<Record<string, Parameter>>, prefix = '') =>
    Object.entries(declared).flatMap(([name, parameter]) =>
      item(`\`${prefix}${name}\``, rangeOf(parameter), parameter.doc),
    );
  const required = (declared: Readonly<Record<string, Parameter>>) =>
    Object.entries(declared).flatMap(([name, parameter]) =>
      item(`\`${name}\``, `${allowedOf(parameter)}; required`, parameter.doc),
    );
  return [
    ...heading('Workloads'),
    '### `kind: matrix` (scope `pe`)',
    '',
    ...required(MATRIX_PARAMETERS),
    ...item('`weights`', null, 'K rows of M signed integers, or `{ file: w.npy }`.'),
    ...item('`inputs`', null, 'Windows of K unsigned integers, or `{ file: x.npy }`.'),
    '',
    '### `kind: network` (scope `chip`)',
    '',
    ...item(
      '`model`',
      null,
      'Name of a bundled network, or the `.json` file of a network in the [quantised format](network-format.md).',
    ),
    ...item(
      '`images.file`',
      null,
      'A `.safetensors` or `.npy` file of raw 8-bit pixels; left out, the bundled images.',
    ),
    ...item('`images.tensor`', null, 'Name of a tensor in the file; default `images`.'),
    ...parameters(IMAGES_PARAMETERS, 'images.'),
    ...list(
      'Bundled networks',
      BUNDLED_MODELS.map(({ name, title: doc, images }) => item(`\`${name}\``, null, `${doc}. Images: ${images}.`)),
    ),
  ];
}

function presetSection(): string[] {
  const columns = PRESETS.map(({ name }) => rowsOf(name));
  const paths = [...new Set(columns.flatMap((rows) => [...rows.keys()]))];
  return [
    ...heading('Presets'),
    ...paragraph(
      'All values, with (a) where no source gives the value and (-) where nothing reads it. Below, where the values of each ' +
        `preset come from; what is as in \`${PRESETS[0]!.name}\` is told there only.`,
    ),
    '',
    `| parameter | ${PRESETS.map(({ name }) => name).join(' | ')} |`,
    `| --- | ${PRESETS.map(() => '---').join(' | ')} |`,
    ...paths.map((path) => `| \`${path}\` | ${columns.map((rows) => cellOf(rows.get(path))).join(' | ')} |`),
    ...PRESETS.flatMap(({ name, title: subject, doc }, i) => [
      '',
      `### \`${name}\``,
      '',
      ...paragraph(`${subject}. ${doc}`),
      '',
      ...[...columns[i]!.values()]
        .filter((row) => row.inEffect && (i === 0 || !isAlike(row, columns[0]!.get(row.path))))
        .flatMap((row) => item(`\`${row.path}\``, null, originOf(row))),
    ]),
  ];
}

function rowsOf(preset: string): Map<string, ExplainRow> {
  const raw = scenarioFromOptions({ preset, model: BUNDLED_MODELS[0].name });
  return new Map(explain(resolveScenario(raw, { baseDir: '.' })).map((row) => [row.path, row]));
}

/** Whether two presets have the same value for the same reason. */
function isAlike(row: ExplainRow, other: ExplainRow | undefined): boolean {
  return other?.inEffect === true && other.value === row.value && originOf(other) === originOf(row);
}

function shownValue({ value, unit }: ExplainRow): string {
  return typeof value === 'string' ? value : withUnit(Number(value.toPrecision(6)), unit);
}

function cellOf(row: ExplainRow | undefined): string {
  if (row === undefined) return '';
  const mark = !row.inEffect ? ' (-)' : row.assumed === undefined ? '' : ' (a)';
  return shownValue(row) + mark;
}

function originOf({ source, assumed, rounding }: ExplainRow): string {
  const origins = [
    ...(source === undefined ? [] : [source]),
    ...(assumed === undefined ? [] : [`assumed: ${assumed}`]),
  ];
  return `${origins.join('; ')}${rounding === undefined ? '' : ` (${rounding})`}.`;
}

function resultSection(): string[] {
  return [
    ...heading('Result files'),
    ...paragraph(
      '`ousim run --out <folder>` writes two files. `result.json` depends on the scenario and on `--outputs` alone: ' +
        'the same bytes on every machine, in every granularity, with every seed. `run-info.json` holds what may ' +
        'differ: command line, version, processor, run time, granularity, seed, workers, and what was not simulated one by one (`skipped`).',
    ),
    '',
    ...paragraph(
      'Paths of instances look like `Chip.Tile[0].Pe[1].Crossbar[3]`, `Chip.Tile[0].Pe[1].AdcPool[0].Adc[2]`, ' +
        '`….AdcPool[0].ShiftAdd`, `….Detector` (only where there is one) and `….InputRegister`.',
    ),
    ...objects('result.json', [...RESULT_OBJECTS, CALIBRATION_SUMMARY]),
    '',
    ...paragraph('`ousim compare --out <folder>` writes `compare.json`, its report `compare.md` and charts.'),
    ...objects('compare.json', COMPARISON_OBJECTS),
    '',
    ...paragraph('`ousim study <name> --out <folder>` writes `study.json`, its report `study.md` and charts.'),
    ...objects('study.json', STUDY_OBJECTS),
    '',
    ...paragraph('`ousim calibrate --out <file>` writes decisions, which `mapping.decisions` loads.'),
    ...objects('decisions', CALIBRATION_OBJECTS),
  ];
}

/** The keys of a file's objects. */
function objects(file: string, of: readonly ResultObject[]): string[] {
  return of.flatMap(({ path, keys }) => [
    '',
    `### \`${file}\`: ${path === 'the file' ? path : `\`${path.replaceAll(', ', '`, `')}\``}`,
    '',
    ...Object.entries(keys).flatMap(([key, doc]) => item(`\`${key}\``, null, doc)),
  ]);
}

function traceSection(): string[] {
  return [
    ...heading('Trace'),
    ...paragraph(
      '`--trace FORMAT` writes a trace of the run into the folder of `--out`; several formats with commas between them are ' +
        'written in one run. `ousim trace` writes a saved trace (perfetto or csv) in another format. All formats have the ' +
        'same window, filter and level, and count time in cycles of the root clock: where a format counts microseconds, ' +
        'one is one cycle.',
    ),
    '',
    '| format | file | holds | opens in |',
    '|---|---|---|---|',
    ...TRACE_FORMAT_NAMES.map((name) => {
      const { file, content, viewer } = TRACE_FORMATS[name];
      return `| \`${name}\` | \`${file}\` | ${content} | ${viewer} |`;
    }),
    '',
    ...paragraph(
      '*Spans*: crossbars have `read`, `stall.adc`, `stall.input` and `stall.index`; ADCs `convert` and `stall.shiftAdd`, ' +
        'with the `crossbar` whose sample it is, by its index in the PE, and the number of the `operation` of that crossbar; ' +
        'tile services, links and the port what they serve; parts of layers `fetch`, `activate`, `send` and their stalls. ' +
        'Every gap between them is a span `idle`, in a category of its own. Servers of a run in lockstep follow a ' +
        'schedule: they have no spans, and no `idle` either. *Counters*: `queue` of a pool, the samples that wait. ' +
        '*Operations*: one record for each OU operation: its number on its crossbar, the stall before it, its read, its ' +
        'samples, its first and last conversion, the acceptance of its last code and the cycle in which that leaves.',
    ),
    '',
    ...paragraph(
      '`--trace-window` keeps what overlaps its cycles. A span that crosses its border is cut and, in the formats with ' +
        'all content, carries its whole extent as `wholeStart` and `wholeEnd`; the numbers of an operation are never cut. ' +
        'In `--trace-filter` a `*` stands for any characters and a comma separates alternatives; the pattern must match ' +
        'the whole path. `--trace-level window` shows parts of layers, tile services, links and the port; `operation` also ' +
        'crossbars; `sample` also ADCs and pools.',
    ),
    '',
    ...paragraph(
      'Perfetto: a stall has the category `stall`; operations are asynchronous events of the PE, in the protobuf form tracks ' +
        'below their crossbar. VCD: `state` is a string (an extension that GTKWave and Surfer share), `operation` the number ' +
        'of the operation that a crossbar reads or stalls for; an ADC has `crossbar` and `operation`, unknown (x) while it ' +
        'has no sample; a counter is 0 in cycle 0, and unknown (NaN) in a later window until it changes, if it has not ' +
        'changed before. Konata: an operation is an instruction and its crossbar the ' +
        'thread; stages are `Rd` (read), `Hd` (held until the first conversion), `Cv` (conversions), `Sa` (until the last ' +
        'code has left the shift-and-add unit), and `St`, on a lane of its own, the stall before the read. CSV: one table; ' +
        '`kind` says what a row is: `trace` (clock, window, filter, level, end of the run), `track`, `span`, `counter` or ' +
        '`operation`.',
    ),
  ];
}

function commandSection(): string[] {
  const ousim = program({
    commandLine: [],
    stdoutIsTerminal: false,
    stderrIsTerminal: false,
    columns: LINE_WIDTH,
    usesFolder: () => {},
    shows: () => {},
  });
  return [
    ...heading('Command line'),
    ...ousim.commands.flatMap((command) => [
      `### \`ousim ${usageOf(command)}\``,
      '',
      ...paragraph(command.description()),
      '',
      ...command.registeredArguments.flatMap((argument) =>
        item(`\`${argument.name()}\``, argument.required ? null : 'may be left out', `${argument.description}.`),
      ),
      ...command.options.flatMap(({ flags, description, defaultValue }) =>
        item(
          `\`${flags}\``,
          typeof defaultValue === 'string' ? `default \`${defaultValue}\`` : null,
          `${description.replaceAll('*', '\\*')}.`,
        ),
      ),
      '',
    ]),
    '### Exit codes',
    '',
    ...(Object.keys(EXIT_CODES) as (keyof typeof EXIT)[]).flatMap((name) =>
      item(`\`${EXIT[name]}\``, null, EXIT_CODES[name]),
    ),
  ];
}

function usageOf(command: Command): string {
  const names = command.registeredArguments.map((argument) =>
    argument.required ? `<${argument.name()}>` : `[${argument.name()}]`,
  );
  return [command.name(), ...names].join(' ');
}

/** What a parameter takes, and its default. */
function rangeOf(parameter: Parameter): string {
  const byDefault =
    parameter.type === 'choice' ? `\`${parameter.default}\`` : withUnit(parameter.default, parameter.unit);
  return `${allowedOf(parameter)}; default ${byDefault}`;
}

function allowedOf(parameter: Parameter): string {
  if (parameter.type === 'choice') return parameter.choices.map((choice) => `\`${choice}\``).join(', ');
  const kind = parameter.type === 'integer' ? 'whole number' : 'number';
  return `${kind}, ${parameter.min} to ${withUnit(parameter.max, parameter.unit)}`;
}

/** `3 bits`, `1 cycle`, `1e9 um2`, `8`. */
function withUnit(value: number, unit: Unit): string {
  const shown = value >= 1e6 ? value.toExponential().replace('+', '') : String(value);
  if (unit === '1') return shown;
  const isCounted = unit === 'bit' || unit === 'cycle';
  return `${shown} ${unit}${isCounted && value !== 1 ? 's' : ''}`;
}

function heading(text: string): string[] {
  return ['', `## ${text}`, ''];
}

function paragraph(text: string): string[] {
  return wrapped(text, LINE_WIDTH);
}

function item(name: string, aside: string | null, doc: string): string[] {
  const text = `${name}${aside === null ? '' : ` (${aside})`}: ${doc}`;
  return wrapped(text, LINE_WIDTH - 2).map((line, i) => (i === 0 ? `- ${line}` : `  ${line}`));
}

/** Items under a line of their own; nothing where there are none. */
function list(name: string, items: readonly string[][]): string[] {
  return items.length === 0 ? [] : ['', `${name}:`, '', ...items.flat()];
}
