import type { Result } from '../../sim/results/result.js';
import { grouped, percent } from '../format.js';
import { bar, legend } from './bar.js';
import { definition } from './definitions.js';
import { type Html, html, NOTHING } from './html.js';
import { IDEAL_CAPTION, LAYER_TIMES_CAPTION, layerTimes, type NamedTime } from './layer-times.js';
import { numberCell, type PageColumn, pageTable, textCell } from './page-table.js';
import { faint, type Section } from './section.js';
import { type NamedWaterfall, waterfallsOf } from './time-waterfall.js';

const CYCLES = 'cycles';

/** From the cycles of crossbars that only read to those of the run: of the whole run, of every layer, and of ideal re-runs. */
export function timeSection(result: Result): Section {
  return {
    id: 'time',
    title: 'From ideal to actual cycles',
    content: [
      faint(
        'Ideal are the cycles in which a crossbar reads. Every step adds what held it up; the last bar ends at the cycles of ' +
          'the run. Means over the crossbars, as each of them lived through the whole run.',
      ),
      ...waterfallsOf(result).map((waterfall) => waterfallTable(waterfall, result.cycles)),
      layerTable(result),
      ...(result.ideal === undefined ? [] : [idealTable(result)]),
    ],
  };
}

function waterfallTable({ caption, steps, sum }: NamedWaterfall, cycles: number): Html {
  const columns: PageColumn[] = [
    { heading: 'step', definition: 'What crossbars did, or what held them up.', kind: 'text' },
    {
      heading: 'where in the run',
      definition: 'Each bar begins where the one above ends; its length is the share.',
      kind: 'bar',
    },
    { heading: CYCLES, definition: 'Cycles of a crossbar, the mean over the crossbars.', kind: 'number' },
    { heading: 'share', unit: '%', definition: 'Share of the cycles of the run.', kind: 'number' },
    { heading: 'sum', unit: CYCLES, definition: 'Cycles of this step and all above.', kind: 'number' },
  ];
  const rows = steps.map(({ part, cycles: spent, before, share }) => [
    { content: html`<span tabindex="0" title="${part.definition}">${part.name}</span>`, value: part.name },
    {
      content: bar([{ share, look: part.look, name: part.name }], cycles === 0 ? 0 : before / cycles),
    },
    numberCell(grouped(spent), spent),
    numberCell(percent(share), share),
    numberCell(grouped(before + spent), before + spent),
  ]);
  const whole = cycles === 0 ? 0 : sum / cycles;
  const totals = [
    [
      textCell('the run'),
      { content: bar([{ share: 1, look: 'total', name: 'the run' }]) },
      numberCell(grouped(cycles), cycles),
      numberCell(percent(whole), whole),
      numberCell(grouped(sum), sum),
    ],
  ];
  return pageTable({ caption, columns, rows, totals, sortable: false });
}

/** The time of every layer, side by side; each row sums to the cycles of the run. */
function layerTable(result: Result): Html {
  const times = layerTimes(result);
  if (times === null) return NOTHING;
  const { cycles } = result;
  const { parts, rows, network } = times;
  const columns: PageColumn[] = [
    { heading: 'layer', definition: definition('layers[]', 'name'), kind: 'text' },
    {
      heading: 'time',
      definition: 'The parts of the row one after another, from 0 to the cycles of the run.',
      kind: 'bar',
    },
    ...parts.map(({ name, definition }): PageColumn => ({ heading: name, unit: CYCLES, definition, kind: 'number' })),
    { heading: 'sum', unit: CYCLES, definition: 'Of all parts: the cycles of the run.', kind: 'number' },
  ];
  const row = ({ name, time: of }: NamedTime) => {
    const values = parts.map(({ key }) => of[key]);
    const most = Math.max(...parts.map(({ key, isWait }) => (isWait ? of[key] : 0)));
    const sum = values.reduce((total, value) => total + value, 0);
    return [
      textCell(name),
      {
        content: bar(
          parts.map(({ key, look, name: of_ }) => ({ share: cycles === 0 ? 0 : of[key] / cycles, look, name: of_ })),
        ),
      },
      ...values.map((value, p) => ({
        ...numberCell(grouped(value), value),
        emphasised: value > 0 && value === most && parts[p]!.isWait,
      })),
      numberCell(grouped(sum), sum),
    ];
  };
  return html`${legend(parts)}${pageTable({
    caption: LAYER_TIMES_CAPTION,
    columns,
    rows: rows.map(row),
    totals: [row(network)],
  })}`;
}

function idealTable({ ideal = [], cycles }: Result): Html {
  const columns: PageColumn[] = [
    { heading: 'ideal resource', definition: definition('ideal[]', 'resource'), kind: 'text' },
    { heading: 'length of the run', definition: 'Bar from 0 to the cycles of the real run.', kind: 'bar' },
    { heading: CYCLES, definition: definition('ideal[]', 'cycles'), kind: 'number' },
    { heading: 'saved', unit: CYCLES, definition: 'Cycles of the real run less these.', kind: 'number' },
    { heading: 'speed-up', unit: '×', definition: definition('ideal[]', 'speedup'), kind: 'number' },
    { heading: 'first image', unit: CYCLES, definition: definition('ideal[]', 'latency_cycles'), kind: 'number' },
  ];
  const rows = ideal.map(({ resource, cycles: with_, speedup, latency_cycles }) => [
    textCell(resource),
    { content: bar([{ share: cycles === 0 ? 0 : Math.min(1, with_ / cycles), look: 'total', name: resource }]) },
    numberCell(grouped(with_), with_),
    numberCell(grouped(cycles - with_), cycles - with_),
    numberCell(speedup.toFixed(2), speedup),
    numberCell(grouped(latency_cycles), latency_cycles),
  ]);
  return pageTable({ caption: IDEAL_CAPTION, columns, rows });
}
