import { distance } from 'fastest-levenshtein';

/** One thing that is wrong in what the user gave. All problems of an input are collected and reported together. */
export interface Problem {
  /** Where: "nodes[3].stride". */
  readonly path: string;
  /** The value found there; undefined where something is missing. */
  readonly value: unknown;
  /** What may stand there. */
  readonly allowed: string;
  /** What to do about it; empty where `allowed` already says it. */
  readonly hint: string;
}

/** "nodes[3].stride: got 0; allowed: a whole number >= 1" */
export function describeProblem({ path, value, allowed, hint }: Problem): string {
  const text = value === undefined ? 'nothing' : (JSON.stringify(value) ?? String(value));
  const got = text.length > 80 ? `${text.slice(0, 77)}...` : text;
  return `${path}: got ${got}; allowed: ${allowed}${hint === '' ? '' : `; ${hint}`}`;
}

/** A hint that names the candidate nearest to `name`; empty where none is near enough to be meant. */
export function didYouMean(name: string, candidates: Iterable<string>): string {
  let nearest = '';
  let least = Math.max(2, Math.floor(name.length / 2)) + 1;
  for (const candidate of candidates) {
    const edits = distance(name, candidate);
    if (edits < least) {
      nearest = candidate;
      least = edits;
    }
  }
  return nearest === '' ? '' : `did you mean "${nearest}"?`;
}
