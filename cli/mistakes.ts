import { type Problem, renderProblems, ScenarioError } from '../scenarios/problem.js';

/** Mistakes that several checks found: in the options, in the scenario. Its message is meant for the user. */
export class Mistakes extends Error {
  override readonly name = 'Mistakes';

  constructor(readonly errors: readonly ScenarioError[]) {
    const bySubject = new Map<string, Problem[]>();
    for (const { subject, problems } of errors) {
      bySubject.set(subject, [...(bySubject.get(subject) ?? []), ...problems]);
    }
    super([...bySubject].map(([subject, problems]) => renderProblems(problems, subject)).join('\n\n'));
  }
}

/**
 * Runs all checks, so that the user learns of all mistakes at once.
 *
 * @returns what the checks return
 * @throws Mistakes with all that the checks throw of ScenarioError and Mistakes; any other error passes through
 */
export function allOf<T extends readonly unknown[]>(...checks: { readonly [K in keyof T]: () => T[K] }): T {
  const errors: ScenarioError[] = [];
  const results = checks.map((check) => {
    try {
      return check();
    } catch (error) {
      if (error instanceof ScenarioError) errors.push(error);
      else if (error instanceof Mistakes) errors.push(...error.errors);
      else throw error;
      return null;
    }
  });
  if (errors.length > 0) throw new Mistakes(errors);
  return results as unknown as T;
}
