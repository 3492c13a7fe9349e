import { type ComparedNetwork, type Comparison, WATERFALL_STEPS } from '../../sim/results/comparison.js';
import { colours } from '../colours.js';
import { plural } from '../format.js';
import { modelName } from '../subject.js';
import { accuracyTable } from './accuracy-table.js';
import { tableOf } from './blocks.js';
import { claimsTable } from './claims-table.js';
import { escaped, markdownTable } from './markdown-table.js';
import { COMPARABILITY_DOCS, STEP_NAMES } from './names.js';
import { costBlocks, meanBlocks, nameColumn } from './network-blocks.js';
import { overheadTable } from './overhead-table.js';
import { type Row, rowsOf } from './rows.js';
import { subjectLines } from './subject-lines.js';
import { waterfallTable } from './waterfall-table.js';

/** A chart that the report shows. */
export interface ShownChart {
  readonly title: string;
  /** Of the picture, relative to the report. */
  readonly file: string;
}

const PLAIN = colours(false);

/** `compare.md`: the comparison in full, for a reader who has not seen the terminal. */
export function comparisonMarkdown(comparison: Comparison, charts: readonly ShownChart[] = []): string {
  const { networks } = comparison;
  const blocks = [
    ['# Systems side by side'],
    subjectLines(comparison).map(escaped).join('  \n').split('\n'),
    systemList(comparison),
    ...readingGuide(comparison),
    ...networks.flatMap((network) => networkSections(comparison, network)),
    ...(networks.length > 1 ? meanSections(comparison) : []),
    ...claimSections(comparison),
    ...(charts.length === 0 ? [] : [['## Charts']]),
    ...charts.map(({ title, file }) => [`![${escaped(title)}](${encodeURI(file)})`]),
  ];
  return `${blocks.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

function systemList({ systems }: Comparison): string[] {
  return systems.map(({ name, title, publication }) => {
    const paper = publication === null ? '' : ` (${publication.title}, ${publication.venue} ${publication.year})`;
    return `- **${escaped(name)}**: ${escaped(`${title}${paper}`)}`;
  });
}

function readingGuide({ baseline }: Comparison): string[][] {
  return [
    ['## How to read it'],
    [
      `Every ratio is over \`${baseline}\`, marked with an asterisk, on the same network and the same images; above 1 is in`,
      'favour of the system. Time, energy and conversions are those of one image, the mean over the images that were run.',
    ],
    [
      '- **speed-up**: time of an image, each system on the crossbars that its mapping takes.',
      '- **per crossbar**: time of an image x crossbars, that is throughput where freed crossbars hold copies of the weights.',
      '- **savings**: energy, crossbars, ADC conversions, and stored bits: those of the cells used and those of the indices,',
      '  masks and tables beside them (index %).',
      '- **ADC use**: share of the time of the ADCs spent converting; **mean wait**: from the end of a read to the beginning',
      '  of the conversion.',
      '- **top-1**: of the integers that the system computes, on test images that no decision saw; *to float* is its',
      '  difference to the float network in percentage points.',
      '- *(paper 6.1x)* behind a ratio: what the paper claims over the same baseline; of several claims, what they span.',
    ],
    [
      'Each system quantises the same float weights at its own word widths. Dense baselines of 8 and of 16 bits are systems',
      'like the others; part of the ratio over a 16-bit baseline comes from the shorter words alone.',
    ],
    [
      'The steps from ideal to achieved speed-up, each with all steps before it at work: *ideal* compares the operations that',
      'are left, and from there on the time that crossbars spend on them.',
    ],
    WATERFALL_STEPS.map((step) => `- **${STEP_NAMES[step].name}**: ${STEP_NAMES[step].doc}.`),
  ];
}

function networkSections(comparison: Comparison, network: ComparedNetwork): string[][] {
  const { baseline } = comparison;
  const rows = rowsOf(comparison, network);
  const names = nameColumn(
    rows.map(({ system }) => system.name),
    baseline,
  );
  const blocks = costBlocks(rows, comparison, PLAIN);
  return [
    [`## ${escaped(modelName(network.name))}, ${plural(network.images, 'image')}`],
    ...blocks.flatMap(({ title, columns }) => [[`### ${title}`], markdownTable(tableOf([names, ...columns]))]),
    ...accuracySections(rows, baseline),
    ['### Overhead'],
    ['Index decoder, index memory and detector: what the system needs beside the dense machine.'],
    markdownTable(overheadTable(rows, baseline)),
    ['### From ideal to achieved speed-up'],
    ['The speed-up after each step, and in brackets the factor of the step.'],
    markdownTable(waterfallTable(rows, baseline)),
  ];
}

/** In full, where the tables of the terminal have two columns. */
function accuracySections(rows: readonly Row[], baseline: string): string[][] {
  if (rows.every(({ run }) => run.calibration === null)) {
    return [['### Accuracy'], ['Not measured: there is no data set of calibration and test images for this network.']];
  }
  return [
    ['### Accuracy'],
    [
      'Top-1 in %, its difference to float and the budget in percentage points. Calibration images decide; test images are',
      'only looked at.',
    ],
    markdownTable(accuracyTable(rows, baseline)),
  ];
}

function meanSections(comparison: Comparison): string[][] {
  const names = nameColumn(
    comparison.systems.map(({ name }) => name),
    comparison.baseline,
  );
  const columns = meanBlocks(comparison, 'whole', PLAIN).flatMap((block) => block.columns);
  return [
    [`## Geometric means over ${plural(comparison.networks.length, 'network')}`],
    markdownTable(tableOf([names, ...columns])),
  ];
}

function claimSections(comparison: Comparison): string[][] {
  const { table, sources } = claimsTable(comparison, 'whole');
  if (table.rows.length === 0) return [];
  const used = new Set(comparison.systems.flatMap(({ claims }) => claims.map(({ comparability }) => comparability)));
  return [
    ['## Against the papers'],
    [
      'What each paper claims and what was simulated here, geometric mean over the networks; *off by* is how far that is from',
      'the claim, of a range from its nearer end. Nothing was tuned to match.',
    ],
    markdownTable(table),
    [...used].map((name) => `- **${name}**: ${COMPARABILITY_DOCS[name]}.`),
    ['Sources:'],
    sources.map((source, s) => `- \\[${s + 1}\\] ${escaped(source)}`),
  ];
}
