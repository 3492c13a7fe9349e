import { emptyDecisionProblems } from '../decision-fields.js';
import { compileDense, compileDenseShape, denseCrossbarCount } from '../dense.js';
import { flipColumns, withFlipBits } from '../flip-encoding/flip-columns.js';
import { quantiseUniform } from '../float-matrix.js';
import { defineScheme } from '../scheme.js';

/**
 * ISAAC (Shafiee et al., ISCA 2016): the dense mapping, with the flip encoding of `flip-columns.ts`. The weight bias of
 * the paper is the encoding `offset`.
 */
export const scheme = defineScheme({
  name: 'isaac',
  doc: 'ISAAC: the dense mapping, with columns stored flipped where that halves the range of their sums.',
  parameters: {
    flip: {
      type: 'choice',
      unit: '1',
      choices: ['yes', 'no'],
      default: 'yes',
      doc: 'Whether columns that could drive a sum above half of its range are stored flipped, which saves an ADC bit.',
    },
  },
  given: () => null,
  decisionProblems: emptyDecisionProblems,
  plan: (matrix, shape) => ({ ...quantiseUniform(matrix, shape.weightBits), windowPruning: null }),
  compile: (spec, _decision, { flip }) => {
    const dense = compileDense(spec);
    return flip === 'yes' ? flipColumns(dense) : dense;
  },
  compileShape: (shape, { flip }) => {
    const dense = compileDenseShape(shape);
    return flip === 'yes' ? withFlipBits(dense) : dense;
  },
  leastCrossbars: denseCrossbarCount,
});
