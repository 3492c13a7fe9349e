import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** The checkout, whose Markdown the site shows as it is. */
export const ROOT = resolve(import.meta.dirname, '..', '..');

const OUTSIDE_DOCS: Readonly<Record<string, string>> = {
  'README.md': 'index.md',
  'CHANGELOG.md': 'changes.md',
  'models/bundled/LICENSES.md': 'licences.md',
};

/** Where a Markdown file of the checkout stands in the site: `docs/systems/isaac.md` as `systems/isaac.md`. */
export function siteFileOf(source: string): string {
  return OUTSIDE_DOCS[source] ?? source.replace(/^docs\//, '');
}

function markdownIn(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.md'))
    .map((entry) => `${folder}/${entry.name}`);
}

function foldersIn(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
    .map((entry) => `${folder}/${entry.name}`);
}

/** Every Markdown file that is a page, by path from the root of the checkout. */
export function sourcesOfPages(): string[] {
  const docs = ['docs', ...foldersIn('docs')].flatMap(markdownIn);
  return [...Object.keys(OUTSIDE_DOCS), ...docs].sort();
}

/** Texts of a page's headings of one level, fenced blocks left out, code spans without their backticks. */
export function headingsOf(source: string, level: number): string[] {
  const prose = readFileSync(join(ROOT, source), 'utf8').replaceAll(/^```[\s\S]*?^```$/gm, '');
  const lines = [...prose.matchAll(/^(#+) (.*)$/gm)].filter((match) => match[1]!.length === level);
  return lines.map((match) => match[2]!.replaceAll('`', ''));
}

/** What ousim does, in the words of README.md: its first sentence up to the colon or full stop. */
export function tagline(): string {
  const opening = readFileSync(join(ROOT, 'README.md'), 'utf8').match(/^# .*\n\n([^:.]+)[:.]/);
  if (opening === null)
    throw new Error('README.md: a title and then a sentence, which describes the site, are expected');
  return opening[1]!.replaceAll('\n', ' ');
}

/** Anchor of a heading, as GitHub forms it: lower case, without punctuation, hyphens for spaces. */
export function anchorOf(heading: string): string {
  return heading
    .trim()
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{M}\p{N}\p{Pc}\- ]/gu, '')
    .replaceAll(' ', '-');
}
