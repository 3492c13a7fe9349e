import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = resolve(import.meta.dirname, '..');

/** Folders of ours that each folder may import from, beside itself (docs/decisions.md). */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  sim: [],
  mapping: [],
  models: [],
  components: ['sim', 'mapping'],
  scenarios: ['sim', 'components', 'mapping', 'models'],
  reports: ['sim'],
  cli: ['sim', 'components', 'mapping', 'models', 'scenarios', 'reports'],
  // The naive machine of the tests is one of the engines that are compared.
  bench: ['sim', 'components', 'mapping', 'models', 'scenarios', 'reports', 'cli', 'test'],
};

/** The part of `sim` that a report may read: saved results, and how files are written. */
const REPORTS_MAY_IMPORT = /^sim\/results\//;

function sources(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => join(folder, file));
}

/** Files of ours that a file imports, relative to the root. */
function importsOf(file: string): string[] {
  const text = readFileSync(join(ROOT, file), 'utf8');
  return [...text.matchAll(/(?:from|import)\s*\(?\s*'(\.{1,2}\/[^']+)'/g)].map((match) =>
    relative(ROOT, resolve(ROOT, dirname(file), match[1]!)),
  );
}

describe('dependency direction', () => {
  it.each(Object.keys(ALLOWED))('%s imports only what it may', (folder) => {
    const files = sources(folder);
    expect(files.length).toBeGreaterThan(0);
    const broken = files.flatMap((file) =>
      importsOf(file)
        .filter((imported) => {
          const target = imported.split('/')[0]!;
          return target !== folder && !ALLOWED[folder]!.includes(target);
        })
        .map((imported) => `${file} imports ${imported}`),
    );
    expect(broken).toEqual([]);
  });

  it('reports read saved results only', () => {
    const broken = sources('reports').flatMap((file) =>
      importsOf(file).filter((imported) => imported.startsWith('sim/') && !REPORTS_MAY_IMPORT.test(imported)),
    );
    expect(broken).toEqual([]);
  });

  it('the kernel, the servers and the statistics know nothing of ReRAM', () => {
    const words = /\b(adc|crossbar|wordline|bitline|reram)\b/i;
    const about = sources('sim').filter((file) => !/^sim\/(results|trace)\//.test(file));
    const broken = about.filter((file) => words.test(readFileSync(join(ROOT, file), 'utf8')));
    expect(broken).toEqual([]);
  });
});
