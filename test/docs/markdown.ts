import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

export const ROOT = resolve(import.meta.dirname, '..', '..');

/** Folders with pages; not .vitepress, in which files come and go while the site is built. */
const FOLDERS = readdirSync(join(ROOT, 'docs'), { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
  .map((entry) => join('docs', entry.name));

/** README.md and the pages in docs/ and its folders, by path from the root. */
export const PAGES: readonly string[] = [
  'README.md',
  ...['docs', ...FOLDERS].flatMap((folder) =>
    readdirSync(join(ROOT, folder))
      .filter((name) => name.endsWith('.md'))
      .sort()
      .map((name) => join(folder, name)),
  ),
];

export function readPage(page: string): string {
  return readFileSync(join(ROOT, page), 'utf8');
}

/** A fenced block of a page. */
export interface Block {
  /** `sh`, `yaml`, `text`, `ts`; empty where the fence names none. */
  readonly language: string;
  readonly text: string;
  /** Where its first line stands: `docs/tutorial.md:12`. */
  readonly at: string;
}

export function blocksOf(page: string): Block[] {
  const markdown = readPage(page);
  return [...markdown.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)].map((match) => ({
    language: match[1]!,
    text: match[2]!,
    at: `${page}:${markdown.slice(0, match.index).split('\n').length + 1}`,
  }));
}
