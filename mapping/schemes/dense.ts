import { emptyDecisionProblems } from '../decision-fields.js';
import { compileDense, compileDenseShape, denseCrossbarCount } from '../dense.js';
import { quantiseUniform } from '../float-matrix.js';
import { defineScheme } from '../scheme.js';

export const scheme = defineScheme({
  name: 'dense',
  doc: 'No compression: all rows and all columns of the placed outputs are used, whatever their cells hold.',
  parameters: {},
  given: () => null,
  decisionProblems: emptyDecisionProblems,
  plan: (matrix, shape) => ({ ...quantiseUniform(matrix, shape.weightBits), windowPruning: null }),
  compile: compileDense,
  compileShape: compileDenseShape,
  leastCrossbars: denseCrossbarCount,
});
