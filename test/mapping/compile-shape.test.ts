import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { OuProgram } from '../../mapping/ou-program.js';
import { MAPPING_SCHEMES } from '../../mapping/schemes.js';
import { arbitraryShape, withRandomWeights } from './arbitrary-matrix.js';

/** A program as far as its cells have no part in it. */
function structure({ crossbars, ...program }: OuProgram): unknown {
  const groups = crossbars.map((crossbar) => crossbar.groups.map(({ complement: _, ...group }) => group));
  return { ...program, groups };
}

const schemes = MAPPING_SCHEMES.filter(({ compileShape }) => compileShape !== undefined);

test.each(schemes.map((scheme) => [scheme.name, scheme] as const))(
  '%s: the shape alone gives the program of any weights but for the cells and what is complemented',
  (_, scheme) => {
    const values = Object.fromEntries(
      Object.entries(scheme.parameters).map(([name, parameter]) => [name, parameter.default]),
    );
    fc.assert(
      fc.property(arbitraryShape({ rows: 40, outputs: 9, wordlines: 12, bitlines: 24 }), ({ shape, seed }) => {
        const compiled = scheme.compile(withRandomWeights(shape, seed), scheme.given(values), values);
        expect(structure(scheme.compileShape!(shape, values))).toEqual(structure(compiled));
      }),
      { seed: 20261121, numRuns: 100 },
    );
  },
);

test('the dense mappings have it', () => {
  expect(schemes.map(({ name }) => name).sort()).toEqual(['dense', 'isaac']);
});
