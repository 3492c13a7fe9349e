import { compileDense } from './dense.js';
import { MappingError } from './mapping-error.js';
import type { MatrixSpec } from './matrix-spec.js';
import type { OuProgram } from './ou-program.js';

/** A compiler from a weight matrix to an OU program. Each paper's mapping is one file and one entry below. */
export interface MappingScheme {
  /** Name in a scenario: `mapping.scheme`. */
  readonly name: string;
  /** One sentence; ends with a full stop. */
  readonly doc: string;
  /** @throws MappingError with every problem of the specification. */
  readonly compile: (spec: MatrixSpec) => OuProgram;
}

export const MAPPING_SCHEMES: readonly MappingScheme[] = [
  {
    name: 'dense',
    doc: 'No compression: all rows and all columns of the placed outputs are used, whatever their cells hold.',
    compile: compileDense,
  },
];

/** @throws MappingError where no scheme has this name. */
export function mappingScheme(name: string): MappingScheme {
  const scheme = MAPPING_SCHEMES.find((candidate) => candidate.name === name);
  if (scheme === undefined) {
    const allowed = MAPPING_SCHEMES.map((candidate) => candidate.name).join(' | ');
    throw new MappingError([{ path: 'scheme', value: name, allowed, hint: 'choose one of the mapping schemes' }]);
  }
  return scheme;
}
