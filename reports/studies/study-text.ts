import type { StudyColumn, StudyNote, StudyResult } from '../../sim/results/study.js';
import { alignedTable } from '../aligned-table.js';
import { type Colours, colours } from '../colours.js';
import { wrapped } from '../wrapped-text.js';
import { furtherTable, headingText, studyTable } from './study-table.js';

export interface StudyTextOptions {
  /** Columns of the terminal. */
  readonly width: number;
  readonly colour: boolean;
}

/** All that a terminal should say about a study. */
export function studyText(study: StudyResult, { width, colour }: StudyTextOptions): string {
  const paint = colours(colour);
  const { overrides, columns } = study;
  const sections = [
    [
      paint.heading(`${study.title}: ${study.model}`),
      ...wrapped(study.doc, width),
      ...wrapped(`source: ${study.source}`, width).map(paint.faint),
      ...(overrides.length === 0 ? [] : wrapped(`set for all points: ${overrides.join(', ')}`, width)),
    ],
    ...(study.detail
      ? []
      : [
          alignedTable(studyTable(study, { details: false }), width, paint.heading),
          columnLines(columns, width, paint),
        ]),
    ...study.tables
      .filter(({ detail = false }) => !detail)
      .flatMap((table) => [
        [
          ...wrapped(table.title, width).map(paint.heading),
          ...alignedTable(furtherTable(table, { details: false }), width, paint.heading),
        ],
        columnLines(table.columns, width, paint),
      ]),
    study.notes.flatMap((note) => noteLines(note, width, paint)),
  ];
  return `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`;
}

/** What the columns of numbers are. */
function columnLines(columns: readonly StudyColumn[], width: number, paint: Colours): string[] {
  return columns
    .filter(({ detail = false, unit }) => !detail && unit !== 'name')
    .flatMap((column) => hanging(`${headingText(column)}: `, column.doc, width))
    .map(paint.faint);
}

function noteLines({ published, seen }: StudyNote, width: number, paint: Colours): string[] {
  return [
    ...(published === null ? [] : hanging('paper: ', published, width).map(paint.faint)),
    ...hanging('here:  ', seen, width),
  ];
}

/** Wrapped text behind a word, under which nothing else stands. */
function hanging(head: string, text: string, width: number): string[] {
  const indent = ' '.repeat(Math.min(head.length, 8));
  return wrapped(head + text, width - indent.length).map((line, l) => (l === 0 ? line : indent + line));
}
