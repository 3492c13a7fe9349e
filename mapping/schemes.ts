import { loadDeclarations } from './load-declarations.js';
import { MappingError } from './mapping-error.js';
import type { AnyMappingScheme } from './scheme.js';

/** Every mapping scheme: what the files of `mapping/schemes/` export as `scheme`, by name. */
export const MAPPING_SCHEMES: readonly AnyMappingScheme[] = (
  await loadDeclarations<AnyMappingScheme>(new URL('./schemes/', import.meta.url), 'scheme')
).sort((a, b) => (a.name < b.name ? -1 : 1));

/** @throws MappingError where no scheme has this name. */
export function mappingScheme(name: string): AnyMappingScheme {
  const scheme = MAPPING_SCHEMES.find((candidate) => candidate.name === name);
  if (scheme === undefined) {
    const allowed = MAPPING_SCHEMES.map((candidate) => candidate.name).join(' | ');
    throw new MappingError([{ path: 'scheme', value: name, allowed, hint: 'choose one of the mapping schemes' }]);
  }
  return scheme;
}
