import { nearestName } from '../mapping/nearest-name.js';

export { nearestName };

/** One mistake of the user's: what stands where, and what may stand there. */
export interface Problem {
  /** Where: a path in the scenario (`machine.adc.bits`), a position in its text (`a.yaml:3:5`), or an option. */
  readonly path: string;
  /** What was given, as `shown` writes it, or a description of it. */
  readonly value: string;
  /** What may stand there. */
  readonly allowed: string;
  /** What the user may have meant, or how to mend it. */
  readonly hint?: string;
}

/** Everything that is wrong with a scenario, found in one pass. Its message is meant for the user; exit code 2. */
export class ScenarioError extends Error {
  readonly problems: readonly Problem[];
  /** What the problems are in: the scenario's file name, or the word 'scenario'. */
  readonly subject: string;

  constructor(problems: readonly Problem[], subject = 'scenario') {
    super(renderProblems(problems, subject));
    this.name = 'ScenarioError';
    this.problems = problems;
    this.subject = subject;
  }
}

/** One block of lines per problem. */
export function renderProblems(problems: readonly Problem[], subject = 'scenario'): string {
  const count = problems.length === 1 ? '1 problem' : `${problems.length} problems`;
  const blocks = problems.map(({ path, value, allowed, hint }) => {
    const lines = [path, `  got:     ${value}`, `  allowed: ${allowed}`];
    if (hint !== undefined) lines.push(`  hint:    ${hint}`);
    return lines.join('\n');
  });
  return [`${subject}: ${count}`, ...blocks].join('\n\n');
}

const SHOWN_LENGTH = 60;

/** A given value as a message shows it: JSON, with the numbers that JSON lacks, at most 60 characters long. */
export function shown(value: unknown): string {
  if (value === undefined || value === null) return 'nothing';
  if (typeof value === 'number' || typeof value === 'bigint') return String(value);
  const text = jsonOf(value);
  return text.length <= SHOWN_LENGTH ? text : `${text.slice(0, SHOWN_LENGTH - 3)}...`;
}

function jsonOf(value: unknown): string {
  try {
    return JSON.stringify(value, (_key, item: unknown) =>
      typeof item === 'number' && !Number.isFinite(item) ? String(item) : item,
    );
  } catch {
    return 'a value that contains itself'; // YAML's aliases can make one
  }
}

/** `a`, `b` or `c`. */
export function listed(names: Iterable<string>): string {
  const quoted = [...names].map((name) => `\`${name}\``);
  const last = quoted.pop();
  if (last === undefined) return 'nothing';
  return quoted.length === 0 ? last : `${quoted.join(', ')} or ${last}`;
}

/** The problem of a name that is not one of `candidates`; hints at the nearest. */
export function unknownName(path: string, value: unknown, candidates: readonly string[]): Problem {
  const nearest = typeof value === 'string' ? nearestName(value, candidates) : undefined;
  return {
    path,
    value: shown(value),
    allowed: listed(candidates),
    ...(nearest === undefined ? {} : { hint: `did you mean \`${nearest}\`?` }),
  };
}
