import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { COMPONENTS } from '../../components/machine.js';
import { MAPPING_SCHEMES, mappingScheme } from '../../mapping/schemes.js';
import { MAPPING_PARAMETERS } from '../../scenarios/mapping-parameters.js';
import { PRESETS } from '../../scenarios/presets.js';
import { STUDIES } from '../../scenarios/studies.js';
import { PAGES, readPage } from './markdown.js';

const SYSTEMS = PRESETS.filter(({ compared }) => compared);
const systemPages = PAGES.filter((page) => page.startsWith(join('docs', 'systems')));

/** The pages that begin by naming the preset. */
function pagesOf(preset: string): string[] {
  return systemPages.filter((page) => readPage(page).split('\n## ')[0]!.includes(`\`${preset}\``));
}

describe.each(SYSTEMS)('the system $name', ({ name, mapping }) => {
  test('has a page', () => {
    expect(pagesOf(name).length).toBeGreaterThanOrEqual(1);
  });

  test('names every parameter of its scheme there', () => {
    const scheme = String(mapping.scheme.value);
    const page = pagesOf(name).map(readPage).join('\n');
    for (const parameter of Object.keys(mappingScheme(scheme).parameters)) {
      expect(page, parameter).toMatch(new RegExp(`\\\`(mapping\\.${scheme}\\.)?${parameter}\\\``));
    }
  });
});

test('every study stands on the page of the studies', () => {
  const page = readPage(join('docs', 'studies.md'));
  for (const { name } of STUDIES) expect(page).toContain(`ousim study ${name}`);
});

test.each(PAGES)('%s: parameters that it names exist', (page) => {
  const known = new Set([
    ...COMPONENTS.flatMap(({ key, parameters }) => Object.keys(parameters).map((name) => `machine.${key}.${name}`)),
    ...COMPONENTS.map(({ key }) => `machine.${key}`),
    ...MAPPING_SCHEMES.flatMap(({ name, parameters }) => [
      `mapping.${name}`,
      ...Object.keys(parameters).map((parameter) => `mapping.${name}.${parameter}`),
    ]),
    ...Object.keys(MAPPING_PARAMETERS).map((name) => `mapping.${name}`),
    ...['mapping.decisions', 'machine.preset', 'machine.rootClock'],
  ]);
  const named = [...readPage(page).matchAll(/(?<![\w./])(?:machine|mapping)\.[\w-]+(?:\.\w+)?/g)].map(([path]) => path);
  expect([...new Set(named)].filter((path) => !known.has(path))).toEqual([]);
});
