import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { PAGES, ROOT, readPage } from './markdown.js';

/** The page without its fenced blocks. */
function prose(page: string): string {
  return readPage(page).replaceAll(/^```[\s\S]*?^```$/gm, '');
}

/** Anchors of a page's headings, as GitHub forms them. */
function anchorsOf(page: string): string[] {
  return [...prose(page).matchAll(/^#+ (.*)$/gm)].map((match) =>
    match[1]!
      .toLowerCase()
      .replaceAll(/[^\w\- ]/g, '')
      .replaceAll(' ', '-'),
  );
}

describe.each([...PAGES, 'CHANGELOG.md'])('%s', (page) => {
  test('links lead to files and headings that exist', () => {
    const targets = [...prose(page).matchAll(/\]\(([^)]+)\)/g)].map((match) => match[1]!);
    const broken = targets
      .filter((target) => !/^https?:/.test(target))
      .filter((target) => {
        const [path, anchor] = target.split('#') as [string, string | undefined];
        const file = path === '' ? page : join(dirname(page), path);
        if (!existsSync(join(ROOT, file))) return true;
        return anchor !== undefined && !anchorsOf(file).includes(anchor);
      });
    expect(broken).toEqual([]);
  });

  test('pictures are small and described', () => {
    for (const [, description, file] of prose(page).matchAll(/!\[((?:[^\]]|\](?!\())*)\]\(([^)]+)\)/g)) {
      expect(existsSync(join(ROOT, dirname(page), file!)), file).toBe(true);
      expect(description!.length, file).toBeGreaterThan(40);
    }
  });
});

test('the glossary is in alphabetical order', () => {
  const terms = [...readPage('docs/glossary.md').matchAll(/^#### (.*)$/gm)].map((match) => match[1]!.toLowerCase());
  expect(terms.length).toBeGreaterThan(50);
  expect(terms).toEqual([...terms].sort((a, b) => (a < b ? -1 : 1)));
});
