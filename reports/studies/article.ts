import type { StudyResult } from '../../sim/results/study.js';
import { escaped, markdownTable } from '../comparison/markdown-table.js';
import { furtherTable, studyTable } from './study-table.js';

const BLOCK = /^<!-- study: ([^\n]+) -->\n([\s\S]*?)^<!-- end of study -->$/gm;

/**
 * The page with its blocks written anew from the study. A block stands between `<!-- study: name -->` and
 * `<!-- end of study -->`, lines of their own; its name is `findings`, `points`, or that of a table.
 *
 * @throws RangeError where the page has no block, or one of another name
 */
export function withStudyBlocks(page: string, study: StudyResult): string {
  let blocks = 0;
  const written = page.replaceAll(BLOCK, (_, name: string) => {
    blocks++;
    return `<!-- study: ${name} -->\n\n${blockText(study, name)}\n\n<!-- end of study -->`;
  });
  if (blocks === 0)
    throw new RangeError(`article on ${study.study}: got no line "<!-- study: ... -->"; needed: one or more`);
  return written;
}

function blockText(study: StudyResult, name: string): string {
  if (name === 'findings') return study.notes.map(({ seen }) => `- ${escaped(seen)}`).join('\n');
  if (name === 'points') return markdownTable(studyTable(study, { details: false })).join('\n');
  const table = study.tables.find((candidate) => candidate.name === name);
  if (table !== undefined) return markdownTable(furtherTable(table, { details: false })).join('\n');
  const allowed = ['findings', 'points', ...study.tables.map((other) => other.name)].join(', ');
  throw new RangeError(`article on ${study.study}: got a block "${name}"; allowed are ${allowed}`);
}

/** Names of the plots whose pictures a page shows. */
export function shownPlots(page: string, study: StudyResult): string[] {
  return study.plots.map(({ name }) => name).filter((name) => page.includes(`/${name}.png)`));
}
