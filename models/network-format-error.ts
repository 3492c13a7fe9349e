import { describeProblem, type Problem } from './problem.js';

/** A quantised network whose parts do not make a network; carries every problem found. */
export class NetworkFormatError extends Error {
  /**
   * @param path the network's JSON file
   * @param problems at least one; paths are those inside the JSON file
   */
  constructor(
    readonly path: string,
    readonly problems: readonly Problem[],
  ) {
    super(`${path}: ${problems.map(describeProblem).join('\n  ')}`);
    this.name = 'NetworkFormatError';
  }
}
