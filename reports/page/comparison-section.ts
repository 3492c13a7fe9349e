import {
  COMPARED_FIGURES,
  type ComparedNetwork,
  type Comparison,
  LAST_IDEAL_STEP,
} from '../../sim/results/comparison.js';
import type { AlignedTable } from '../aligned-table.js';
import { colours } from '../colours.js';
import { tableOf } from '../comparison/blocks.js';
import { claimsTable } from '../comparison/claims-table.js';
import { FIGURE_NAMES, STEP_NAMES } from '../comparison/names.js';
import { accuracyBlock, costBlocks, meanBlocks, nameColumn } from '../comparison/network-blocks.js';
import { markedName, rowsOf } from '../comparison/rows.js';
import { subjectLines } from '../comparison/subject-lines.js';
import { plural } from '../format.js';
import { modelName } from '../subject.js';
import { comparisonDefinition } from './definitions.js';
import { type Html, html, NOTHING } from './html.js';
import { numberCell, type PageColumn, pageTable, textCell } from './page-table.js';
import { ratioBars } from './ratio-bars.js';
import { faint, type Section } from './section.js';

const PLAIN = colours(false);

/** Definitions of the columns of the comparison tables, by heading; savings by the block that they stand in. */
const DEFINITIONS: Readonly<Record<string, string>> = {
  system: comparisonDefinition('networks[].runs[]', 'system'),
  'time/image': comparisonDefinition('networks[].runs[]', 'latency_ns'),
  'speed-up': comparisonDefinition('systems[].ratios', 'speedup'),
  'per crossbar': comparisonDefinition('systems[].ratios', 'speedupPerCrossbar'),
  'energy/image': comparisonDefinition('networks[].runs[]', 'energy_pJ'),
  crossbars: comparisonDefinition('networks[].runs[]', 'crossbars'),
  'stored bits': 'Bits of the cells used and of the indices beside them.',
  'index %': 'Indices, as a share of the stored bits.',
  conversions: comparisonDefinition('networks[].runs[]', 'adcConversions'),
  'ADC use %': comparisonDefinition('networks[].runs[]', 'adcUtilisation'),
  'mean wait': 'Mean wait of a sample for its conversion.',
  saving: "The baseline's number over the system's, above 1 in favour of the system; behind it what the papers claim.",
  'top-1 %': 'Test images classified right.',
  'to float': 'Percentage points of top-1 against the float network.',
};

/** The tables of `ousim compare`. */
export function comparisonSections(comparison: Comparison): Section[] {
  const [subject, ...remarks] = subjectLines(comparison);
  const { networks, baseline, systems } = comparison;
  const { table, sources } = claimsTable(comparison, 'short');
  return [
    {
      id: 'comparison',
      title: 'Comparison of systems',
      content: [
        html`<p class="subject">${subject!}</p>`,
        remarks.map((line) => html`<p>${line}</p>`),
        faint('* baseline of all ratios. Above 1 is in favour of the system.'),
        networks.length > 1
          ? ratioBars(
              systems.map((system) => ({ system, ratios: system.ratios })),
              comparison,
              `Speed-up and energy saving over ${baseline}: geometric means over ${plural(networks.length, 'network')}`,
            )
          : NOTHING,
        networks.length > 1
          ? alignedHtml(
              `Geometric means over ${plural(networks.length, 'network')}`,
              tableOf([
                nameColumn(
                  systems.map(({ name }) => name),
                  baseline,
                ),
                ...meanBlocks(comparison, 'whole', PLAIN).flatMap(({ columns }) => columns),
              ]),
            )
          : NOTHING,
      ],
    },
    ...networks.map((network, n) => networkSection(comparison, network, n)),
    ...(table.rows.length === 0
      ? []
      : [
          {
            id: 'claims',
            title: 'Against the papers',
            content: [
              alignedHtml('What papers claim, and what was simulated', table),
              html`<ol>${sources.map((source) => html`<li>${source}</li>`)}</ol>`,
            ],
          },
        ]),
  ];
}

function networkSection(comparison: Comparison, network: ComparedNetwork, n: number): Section {
  const rows = rowsOf(comparison, network);
  const names = nameColumn(
    rows.map(({ system }) => system.name),
    comparison.baseline,
  );
  const blocks = [...costBlocks(rows, comparison, PLAIN), accuracyBlock(rows, PLAIN)];
  return {
    id: `network-${n + 1}`,
    title: `${modelName(network.name)}, ${plural(network.images, 'image')}`,
    content: [
      ratioBars(
        rows.map(({ system, run: { ratios } }) => ({ system, ratios })),
        comparison,
        `Speed-up and energy saving over ${comparison.baseline}`,
      ),
      html`<div class="pair">${blocks.map(({ title, columns }) => alignedHtml(title, tableOf([names, ...columns])))}</div>`,
      waterfallTable(comparison, network),
      faint(
        `Steps down to ${STEP_NAMES[LAST_IDEAL_STEP].name}, in bold, are the ideal; the last line is what was achieved.`,
      ),
    ],
  };
}

/** A table of the terminal as one of the page. */
function alignedHtml(caption: string, { columns, rows }: AlignedTable): Html {
  return pageTable({
    caption,
    columns: columns.map(
      ({ heading, align, group }, c): PageColumn => ({
        heading,
        definition: DEFINITIONS[heading] ?? figureDefinition(heading) ?? `${heading}.`,
        kind: align === 'left' ? 'text' : 'number',
        ...(group === undefined || c === 0 ? {} : { group }),
      }),
    ),
    rows: rows.map((cells) => cells.map(({ text }) => textCell(text.trim()))),
    sortable: false,
  });
}

function figureDefinition(heading: string): string | undefined {
  const figure = COMPARED_FIGURES.find(
    (name) => FIGURE_NAMES[name].whole === heading || FIGURE_NAMES[name].short === heading,
  );
  return figure === undefined ? undefined : comparisonDefinition('systems[].ratios', figure);
}

/** From what the removed operations promise to what the run achieved: the speed-up after every step. */
function waterfallTable(comparison: Comparison, { runs }: ComparedNetwork): Html {
  const steps = runs[0]?.waterfall ?? [];
  return pageTable({
    caption: 'From ideal to achieved: speed-up over the baseline after each step',
    columns: [
      { heading: 'step', definition: comparisonDefinition('networks[].runs[].waterfall[]', 'step'), kind: 'text' },
      ...runs.map(
        ({ system }): PageColumn => ({
          heading: markedName(system, comparison.baseline),
          unit: '×',
          definition: comparisonDefinition('networks[].runs[].waterfall[]', 'speedup'),
          kind: 'number',
        }),
      ),
      { heading: 'what the step is', definition: 'What the step adds or takes away.', kind: 'text' },
    ],
    rows: steps.map(({ step }, s) => [
      { content: STEP_NAMES[step].name, value: STEP_NAMES[step].name, emphasised: step === LAST_IDEAL_STEP },
      ...runs.map(({ waterfall }) => numberCell(waterfall[s]!.speedup.toPrecision(3), waterfall[s]!.speedup)),
      textCell(STEP_NAMES[step].doc),
    ]),
    sortable: false,
  });
}
