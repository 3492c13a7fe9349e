import type { Result } from '../sim/results/result.js';
import type { Colours } from './colours.js';
import { plural } from './format.js';
import { limitRows, outcomeRows, remarkRows, type SummaryRow, subject } from './summary.js';
import { settled, type TableOptions } from './table-options.js';
import { wrapped, wrappedWithin } from './wrapped-text.js';

/** What a run left behind, and the commands that show more of it. */
export interface RunFiles {
  /** As the user wrote it; null where nothing was written. */
  readonly folder: string | null;
  /** What was written into the folder: "result.json", "charts/ (3 pictures)". */
  readonly names: readonly string[];
  /** What the trace holds and what reads it; null without one. */
  readonly trace: string | null;
  /** The commands that show where each value of the scenario comes from, the most exact first. */
  readonly explain: readonly string[];
  /** The command that shows more of what was written; null where nothing was. */
  readonly next: string | null;
}

/** With a line for the prompt, and one for the command, it stands on a terminal of 24 lines. */
const LINES = 20;
const LABEL_WIDTH = 12;
const INDENT = '  ';

/**
 * The last of what a run prints, to be read in ten seconds: what came out, what limits it, what to mind, where the files are.
 * Groups stand apart where there is room.
 */
export function endScreen(result: Result, files: RunFiles, options: TableOptions = {}): string {
  const { width, paint } = settled(options);
  const groups = [outcomeRows(result), limitRows(result), remarkRows(result), fileRows(result, files)]
    .map((rows) => rows.flatMap((row) => rowLines(row, width, paint)))
    .filter((lines) => lines.length > 0);
  const head = [paint.faint('═'.repeat(width)), ...wrappedWithin(subject(result), width).map(paint.heading)];
  const lines = head.length + groups.flat().length + groups.length - 1;
  const gap = lines <= LINES ? '\n\n' : '\n';
  return `${[...head, groups.map((group) => group.join('\n')).join(gap)].join('\n')}\n`;
}

function fileRows(result: Result, files: RunFiles): SummaryRow[] {
  const { folder, names, trace, next } = files;
  const kept =
    folder === null
      ? 'nothing written: name a folder with --out to keep the result'
      : `${folder}/  ${names.join(', ')}`;
  return [
    ...assumedRows(result, files),
    { label: 'files', wordings: [[kept]], whole: 'words' } as const,
    ...(trace === null ? [] : [{ label: 'trace', wordings: [[trace]] }]),
    ...(next === null ? [] : [{ label: 'next', wordings: [[next]], lead: next, whole: 'line' } as const]),
  ];
}

/** How many values no source gives, and where they are listed. */
function assumedRows({ scenario }: Result, { folder, explain }: RunFiles): SummaryRow[] {
  const count = scenario.assumptions.length;
  if (count === 0) return [];
  const what = `${plural(count, 'value')} without a source, listed`;
  const shorter = folder === null ? [] : [`${what} in result.json and on the page`];
  const inFile = folder === null ? '' : ' in result.json and';
  const wordings = [...explain.map((command) => `${what}${inFile} by ${command}`), ...shorter];
  return [{ label: 'assumed', wordings: wordings.map((text) => [text]), tone: 'faint' }];
}

function rowLines({ label, wordings, tone, lead = '', whole }: SummaryRow, width: number, paint: Colours): string[] {
  const room = width - INDENT.length - LABEL_WIDTH;
  const linesOf = (text: string): string[] => {
    if (whole === 'line') return [text];
    return whole === 'words' ? wrapped(text, room) : wrappedWithin(text, room);
  };
  const lines = wordings
    .map((paragraphs) => paragraphs.flatMap(linesOf))
    .reduce((best, next) => (next.length < best.length ? next : best));
  const painted = tone === undefined ? (text: string) => text : paint[tone];
  return lines.map((line, l) => {
    const text = l === 0 ? paint.heading(lead) + painted(line.slice(lead.length)) : painted(line);
    const name = (l === 0 ? label : '').padEnd(LABEL_WIDTH);
    return `${INDENT}${paint.faint(name)}${text}`;
  });
}
