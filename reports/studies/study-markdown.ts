import type { StudyColumn, StudyPlot, StudyResult } from '../../sim/results/study.js';
import { escaped, markdownTable } from '../comparison/markdown-table.js';
import { furtherTable, headingText, studyTable } from './study-table.js';

/** `study.md`: the study in full, for a reader who has not seen the terminal. The charts are in the same folder. */
export function studyMarkdown(study: StudyResult): string {
  const { overrides, columns, notes, plots } = study;
  const blocks = [
    [`# ${escaped(study.title)}`],
    [escaped(study.doc)],
    [
      `- network: ${escaped(study.model)}`,
      `- source: ${escaped(study.source)}`,
      ...(overrides.length === 0 ? [] : [`- set for all points: ${overrides.map(code).join(', ')}`]),
    ],
    markdownTable(studyTable(study, { details: true })),
    columns.map(columnLine),
    ...study.tables.flatMap((table) => [
      [`## ${escaped(table.title)}`],
      markdownTable(furtherTable(table, { details: true })),
      table.columns.map(columnLine),
    ]),
    ...(notes.length === 0 ? [] : [['## What it shows']]),
    notes.flatMap(({ published, seen }) => [
      ...(published === null ? [] : [`- paper: ${escaped(published)}`]),
      `- here: ${escaped(seen)}`,
    ]),
    ...plots.map((plot) => [`![${escaped(pictureText(plot))}](${encodeURI(plot.name)}.png)`]),
  ];
  return `${blocks
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`;
}

function columnLine(column: StudyColumn): string {
  return `- **${escaped(headingText(column))}**: ${escaped(column.doc)}`;
}

function pictureText({ title }: StudyPlot): string {
  return `Chart: ${title}; its numbers are in the table above and in the .csv beside the picture`;
}

function code(text: string): string {
  return `\`${text.replaceAll('`', "'")}\``;
}
