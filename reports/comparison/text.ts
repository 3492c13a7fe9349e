import type { ComparedNetwork, Comparison } from '../../sim/results/comparison.js';
import { alignedTable } from '../aligned-table.js';
import { type Colours, colours } from '../colours.js';
import { plural, shortened } from '../format.js';
import { modelName } from '../subject.js';
import { wrappedWithin } from '../wrapped-text.js';
import { tablesWithin } from './blocks.js';
import { claimsTable } from './claims-table.js';
import { accuracyBlock, costBlocks, meanBlocks, nameColumn } from './network-blocks.js';
import { markedName, rowsOf } from './rows.js';
import { subjectLines } from './subject-lines.js';
import { waterfallWords } from './waterfall-words.js';

export interface ComparisonTextOptions {
  /** Columns of the terminal. */
  readonly width: number;
  readonly colour: boolean;
}

/** All that a terminal should say about a comparison. */
export function comparisonText(comparison: Comparison, { width, colour }: ComparisonTextOptions): string {
  const paint = colours(colour);
  const sections = [
    subjectLines(comparison).map((line, l) => (l === 0 ? paint.heading(line) : line)),
    ...comparison.networks.map((network) => networkLines(comparison, network, width, paint)),
    ...(comparison.networks.length > 1 ? [meanLines(comparison, width, paint)] : []),
    claimLines(comparison, width, paint),
  ];
  return `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`;
}

function networkLines(comparison: Comparison, network: ComparedNetwork, width: number, paint: Colours): string[] {
  const { baseline } = comparison;
  const rows = rowsOf(comparison, network);
  const names = nameColumn(
    rows.map(({ system }) => system.name),
    baseline,
  );
  const blocks = [...costBlocks(rows, comparison, paint), accuracyBlock(rows, paint)];
  const tables = tablesWithin(width, names, blocks);
  const title = modelName(network.name);
  const legend = '* baseline of all ratios; index %: of the stored bits; wait: of a sample for its ADC';
  return [
    paint.heading(`${title}, ${plural(network.images, 'image')}`),
    ...tables.flatMap((table) => [...alignedTable(table, width, paint.heading), '']),
    paint.faint(legend),
    '',
    paint.heading(`${title}: from ideal to achieved speed-up`),
    ...rows.flatMap(({ run }) =>
      waterfallLines(markedName(run.system, baseline), waterfallWords(run.waterfall), width),
    ),
  ];
}

/** Columns of a system's name before the words of its waterfall. */
const NAME_WIDTH = 18;

function waterfallLines(name: string, words: readonly string[], width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of words) {
    if (line !== '' && NAME_WIDTH + line.length + 1 + word.length > width) {
      lines.push(line);
      line = '';
    }
    line += line === '' ? word : ` ${word}`;
  }
  lines.push(line);
  const head = shortened(name, NAME_WIDTH - 1).padEnd(NAME_WIDTH);
  return lines.map((text, l) => `${l === 0 ? head : ' '.repeat(NAME_WIDTH)}${text}`);
}

function meanLines(comparison: Comparison, width: number, paint: Colours): string[] {
  const names = nameColumn(
    comparison.systems.map(({ name }) => name),
    comparison.baseline,
  );
  const tables = tablesWithin(width, names, meanBlocks(comparison, 'short', paint));
  const lines = tables.flatMap((table, t) => [...(t > 0 ? [''] : []), ...alignedTable(table, width, paint.heading)]);
  const heading = `ratios over ${comparison.baseline}, geometric means over ${plural(comparison.networks.length, 'network')}`;
  return [paint.heading(heading), ...lines];
}

function claimLines(comparison: Comparison, width: number, paint: Colours): string[] {
  const { table, sources } = claimsTable(comparison, 'short');
  if (table.rows.length === 0) return [];
  return [
    paint.heading('against the papers'),
    ...alignedTable(table, width, paint.heading),
    ...sources.flatMap((source, s) => sourceLines(`[${s + 1}] `, source, width).map(paint.faint)),
  ];
}

/** A source in full; the lines after its first stand under its first word. */
function sourceLines(number: string, source: string, width: number): string[] {
  const lines = wrappedWithin(source, width - number.length);
  return lines.map((line, l) => `${l === 0 ? number : ' '.repeat(number.length)}${line}`);
}
