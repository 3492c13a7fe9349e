import { type Problem, ScenarioError } from '../../scenarios/problem.js';
import { parseScenario, type ResolveOptions, resolveScenario, type Scenario } from '../../scenarios/scenario.js';

/** A scenario of one small matrix that resolves; tests change what they are about. */
export const SMALL = `
scope: pe
machine:
  rootClock: 1 GHz
  pe: { crossbars: 2 }
  crossbar: { wordlines: 4, bitlines: 4, bitsPerCell: 1, readCycles: 3 }
  ou: { wordlines: 2, bitlines: 2 }
mapping: { encoding: differential }
workload:
  kind: matrix
  weightBits: 3
  inputBits: 2
  weights: [[1, -2], [3, 0], [-1, 2], [0, 1]]
  inputs: [[1, 2, 3, 0], [3, 1, 0, 2]]
`;

export function resolveText(text: string, options: Partial<ResolveOptions> = {}): Scenario {
  return resolveScenario(parseScenario(text, 'scenario.yaml'), { baseDir: '.', ...options });
}

/** The problems of a scenario text; none where it resolves. */
export function problemsOf(text: string, options: Partial<ResolveOptions> = {}): readonly Problem[] {
  try {
    resolveText(text, options);
    return [];
  } catch (error) {
    if (error instanceof ScenarioError) return error.problems;
    throw error;
  }
}

/** The problems of SMALL with values set as the command line does. */
export function problemsOfSmallWith(...overrides: string[]): readonly Problem[] {
  return problemsOf(SMALL, { overrides });
}
