import { availableParallelism } from 'node:os';
import { type Problem, shown } from '../scenarios/problem.js';

/** Threads that run jobs; a command that leaves `--workers` out uses what the machine can run at once. */
export function workersOf(given: string | undefined): number {
  return given === undefined ? availableParallelism() : Number(given);
}

export function workersProblems(given: string | undefined): Problem[] {
  if (given === undefined || /^[1-9]\d{0,2}$/.test(given)) return [];
  const hint = `left out: ${availableParallelism()}, as many as this machine runs at once`;
  return [{ path: '--workers', value: shown(given), allowed: 'a whole number from 1 to 999', hint }];
}
