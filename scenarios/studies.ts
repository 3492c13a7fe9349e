import { loadDeclarations } from '../mapping/load-declarations.js';
import type { Study } from './study.js';

/** Every study: what the files of `scenarios/studies/` export as `study`, by name. */
export const STUDIES: readonly Study[] = (
  await loadDeclarations<Study>(new URL('./studies/', import.meta.url), 'study')
).sort((a, b) => (a.name < b.name ? -1 : 1));

export const STUDY_NAMES: readonly string[] = STUDIES.map(({ name }) => name);

export function findStudy(name: string): Study | undefined {
  return STUDIES.find((study) => study.name === name);
}
