import type { LayerResult } from '../../sim/results/result.js';
import { bottleneck } from '../bottleneck.js';
import { energy, grouped } from '../format.js';
import { batchSize, workloadName } from '../subject.js';
import { bar, legend } from './bar.js';
import { definition } from './definitions.js';
import { comparedNumbers, type Difference, difference, differingValues } from './differences.js';
import { Html, html, NOTHING } from './html.js';
import { COMPARED_TIMES_CAPTION, comparedTimes } from './layer-times.js';
import {
  EMPTY_CELL,
  numberCell,
  type PageCell,
  type PageColumn,
  type PageTable,
  pageTable,
  textCell,
} from './page-table.js';
import type { SavedRun } from './saved-run.js';
import { flattened } from './scenario-section.js';
import { faint, type Section } from './section.js';
import { cyclesText } from './short-number.js';

/** Two or more results side by side: all differences are from the first. */
export function differencesSection(runs: readonly SavedRun[], names: readonly string[]): Section {
  return {
    id: 'differences',
    title: `Differences from ${names[0]!}`,
    content: [
      faint(
        `All differences are from the first result, ${names[0]!}: absolute, and in per cent of it. ▲ is more, ▼ is less; ${
          sameWork(runs)
            ? 'better and worse are said in words.'
            : 'none is called better or worse, since the results are of different work.'
        }`,
      ),
      html`<ul>${runs.map(({ result }, r) => html`<li><strong>${names[r]!}</strong>: ${bottleneck(result)}.</li>`)}</ul>`,
      runTable(runs, names),
      timeBars(runs, names),
      layerTable(runs, names),
      scenarioTable(runs, names),
    ],
  };
}

/** Whether all results are of the same network or matrix and the same number of images. */
function sameWork(runs: readonly SavedRun[]): boolean {
  return new Set(runs.map(({ result }) => `${workloadName(result)}, ${batchSize(result)}`)).size === 1;
}

function runTable(runs: readonly SavedRun[], names: readonly string[]): Html {
  const numbers = comparedNumbers(runs.map(({ result }) => result));
  const comparable = sameWork(runs);
  const columns: PageColumn[] = [
    { heading: 'number', definition: 'Number of the whole run.', kind: 'text' },
    ...names.flatMap((name, r): PageColumn[] => [
      { heading: 'value', group: name, definition: `Of ${name}.`, kind: 'number', valueUnit: null },
      ...(r === 0 ? [] : differenceColumns(name, names[0]!)),
    ]),
  ];
  const rows = numbers.map(({ name, definition: words, values, text, amount, lessIsBetter }) => [
    { content: html`<span tabindex="0" title="${words}">${name}</span>`, value: name },
    ...values.flatMap((value, r): PageCell[] => {
      const cell = value === null ? EMPTY_CELL : numberCell(text(value), value);
      return r === 0
        ? [cell]
        : [cell, ...differenceCells(value, values[0]!, comparable ? lessIsBetter : null, text, amount)];
    }),
  ]);
  return pageTable({ caption: 'Whole runs', columns, rows, sortable: false });
}

function differenceColumns(name: string, first: string): PageColumn[] {
  return [
    { heading: 'difference', group: name, definition: `${name} less ${first}.`, kind: 'number', valueUnit: null },
    { heading: 'relative', unit: '%', group: name, definition: `The difference over ${first}.`, kind: 'number' },
  ];
}

function differenceCells(
  value: number | null,
  first: number | null,
  lessIsBetter: boolean | null,
  text: (value: number) => string,
  amount?: (value: number) => string,
): PageCell[] {
  if (value === null || first === null) return [EMPTY_CELL, EMPTY_CELL];
  const { absolute, relative } = difference(value, first);
  const amountText = (amount ?? text)(Math.abs(absolute));
  return [
    numberCell(absolute === 0 ? '0' : `${absolute > 0 ? '+' : '−'}${amountText}`, absolute),
    amount === undefined ? relativeCell({ absolute, relative }, lessIsBetter) : EMPTY_CELL,
  ];
}

function relativeCell({ absolute, relative }: Difference, lessIsBetter: boolean | null): PageCell {
  if (absolute === 0) return numberCell('=', 0);
  if (relative === null) return EMPTY_CELL;
  const sign = absolute > 0 ? '▲ +' : '▼ −';
  const text = `${sign}${(100 * Math.abs(relative)).toFixed(1)}`;
  const verdict = lessIsBetter === null ? '' : absolute < 0 === lessIsBetter ? 'better' : 'worse';
  return {
    content: verdict === '' ? text : html`${text} <small class="${verdict}">${verdict}</small>`,
    value: relative,
  };
}

/** The time of a crossbar in each run, all to the scale of the longest. */
function timeBars(runs: readonly SavedRun[], names: readonly string[]): Html {
  const longest = Math.max(1, ...runs.map(({ result }) => result.cycles));
  const { parts } = comparedTimes(
    runs.map(({ result }) => result),
    names,
  );
  const columns: PageColumn[] = [
    { heading: 'result', definition: 'Name of the folder.', kind: 'text' },
    { heading: 'time', definition: 'Bar to the scale of the longest run; the mean over the crossbars.', kind: 'bar' },
    ...parts.map(
      ({ name, definition: words }): PageColumn => ({
        heading: name,
        unit: 'cycles',
        definition: words,
        kind: 'number',
      }),
    ),
    { heading: 'cycles', definition: definition('the file', 'cycles'), kind: 'number' },
  ];
  const rows = runs.map(({ result: { time, cycles } }, r) => [
    textCell(names[r]!),
    { content: bar(parts.map(({ key, look, name }) => ({ share: time[key] / longest, look, name }))) },
    ...parts.map(({ key }) => numberCell(grouped(time[key]), time[key])),
    numberCell(grouped(cycles), cycles),
  ]);
  return html`${legend(parts)}${pageTable({ caption: COMPARED_TIMES_CAPTION, columns, rows })}`;
}

interface LayerNumber {
  readonly heading: string;
  readonly definition: string;
  /** A value with its unit. */
  readonly text: (value: number) => string;
  readonly of: (layer: LayerResult) => number;
}

const LAYER_NUMBERS: readonly LayerNumber[] = [
  { heading: 'length', text: cyclesText, definition: definition('layers[]', 'cycles'), of: ({ cycles }) => cycles },
  {
    heading: 'waiting for ADCs',
    text: cyclesText,
    definition: definition('time', 'adcWaiting'),
    of: ({ time }) => time.adcWaiting,
  },
  {
    heading: 'mean ADC wait',
    text: cyclesText,
    definition: definition('layers[].wait', 'mean'),
    of: ({ wait }) => wait.mean,
  },
  {
    heading: 'energy',
    text: energy,
    definition: definition('layers[]', 'energy'),
    of: (layer) => layer.energy.total_pJ,
  },
];

/** Layers of the same name in all results. */
function layerTable(runs: readonly SavedRun[], names: readonly string[]): Html {
  const layersOf = runs.map(({ result }) => new Map((result.layers ?? []).map((layer) => [layer.name, layer])));
  const shared = [...layersOf[0]!.keys()].filter((name) => layersOf.every((layers) => layers.has(name)));
  const comparable = sameWork(runs);
  if (shared.length === 0) {
    return runs.some(({ result }) => result.layers !== undefined)
      ? faint('The results have no layer in common, so layers are not compared.')
      : NOTHING;
  }
  return html`${LAYER_NUMBERS.map(({ heading, text, definition: words, of }, n) => {
    const columns: PageColumn[] = [
      { heading: 'layer', definition: definition('layers[]', 'name'), kind: 'text' },
      ...names.flatMap((name, r): PageColumn[] => [
        { heading: 'value', group: name, definition: words, kind: 'number', valueUnit: null },
        ...(r === 0 ? [] : differenceColumns(name, names[0]!)),
      ]),
    ];
    const rows = shared.map((name) => {
      const values = layersOf.map((layers) => of(layers.get(name)!));
      return [
        textCell(name),
        ...values.flatMap((value, r): PageCell[] => {
          const cell = numberCell(text(value), value);
          return r === 0 ? [cell] : [cell, ...differenceCells(value, values[0]!, comparable ? true : null, text)];
        }),
      ];
    });
    const table: PageTable = { caption: `Layers: ${heading}`, columns, rows };
    return html`<details${n === 0 ? new Html(' open') : NOTHING}><summary>Layer by layer: ${heading}</summary>${pageTable(table)}</details>`;
  })}`;
}

function scenarioTable(runs: readonly SavedRun[], names: readonly string[]): Html {
  const differing = differingValues(
    runs.map(({ result: { scenario } }) => {
      const { machine, mapping, execution = {}, workload } = scenario;
      return flattened({ machine, mapping, execution, workload });
    }),
  );
  if (differing.length === 0) return faint('The scenarios are the same in every value.');
  return pageTable({
    caption: 'Values in which the scenarios differ',
    columns: [
      { heading: 'parameter', definition: definition('scenario.assumptions[]', 'path'), kind: 'text' },
      ...names.map((name): PageColumn => ({ heading: name, definition: `Value in ${name}.`, kind: 'text' })),
    ],
    rows: differing.map(({ path, values }) => [textCell(path), ...values.map(textCell)]),
  });
}
