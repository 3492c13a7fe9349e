/** One thing wrong with what a mapping was asked to place. */
export interface MappingProblem {
  /** Field of the matrix specification: `weightBits`, `crossbar.bitlines`, `weights[3][2]`. */
  readonly path: string;
  /** What was given. */
  readonly value: string | number;
  /** What would have been accepted there. */
  readonly allowed: string;
  /** What the user can do about it. */
  readonly hint: string;
}

/** @throws MappingError where there is a problem. */
export function requireNone(problems: readonly MappingProblem[]): void {
  if (problems.length > 0) throw new MappingError(problems);
}

/** A matrix cannot be placed as specified. Carries every problem that was found, never only the first. */
export class MappingError extends Error {
  readonly problems: readonly MappingProblem[];

  constructor(problems: readonly MappingProblem[]) {
    const lines = problems.map(
      ({ path, value, allowed, hint }) => `  ${path}: got ${value}, allowed ${allowed}; ${hint}`,
    );
    super(
      `the matrix cannot be mapped (${problems.length} ${problems.length === 1 ? 'problem' : 'problems'})\n${lines.join('\n')}`,
    );
    this.name = 'MappingError';
    this.problems = problems;
  }
}
