import type { MappingProblem } from '../mapping-error.js';

/** A network finds no place on the chips. Carries every problem that was found, never only the first. */
export class FloorPlanError extends Error {
  constructor(readonly problems: readonly MappingProblem[]) {
    const lines = problems.map(
      ({ path, value, allowed, hint }) => `  ${path}: got ${value}, allowed ${allowed}; ${hint}`,
    );
    super(`the network finds no place (${problems.length})\n${lines.join('\n')}`);
    this.name = 'FloorPlanError';
  }
}
