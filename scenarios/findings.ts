import { SCENARIO_PATHS } from './paths.js';
import { listed, nearestName, type Problem, shown } from './problem.js';

/**
 * What a pass over a scenario finds: the problems, and the paths whose values are in doubt because of them. A check that
 * compares several values asks first whether they are sound, so that one mistake is reported once.
 */
export class Findings {
  readonly problems: Problem[] = [];
  private readonly doubtful = new Set<string>();

  /** Records a problem; the value at its path, and at `others`, is in doubt from now on. */
  report(problem: Problem, ...others: string[]): void {
    this.problems.push(problem);
    this.doubt(problem.path, ...others);
  }

  doubt(...paths: string[]): void {
    for (const path of paths) this.doubtful.add(path);
  }

  /** True where no value at, above or below any of these paths is in doubt. */
  sound(...paths: string[]): boolean {
    return !paths.some((path) => {
      for (const doubtful of this.doubtful) {
        if (doubtful === path || doubtful.startsWith(`${path}.`) || path.startsWith(`${doubtful}.`)) return true;
      }
      return false;
    });
  }
}

export type Section = Readonly<Record<string, unknown>>;

export function isSection(value: unknown): value is Section {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * The value as a section (a YAML map) whose keys are all among `keys`; null, and reported, where it is none.
 *
 * @param hintAt of a key that is not among them, where more is known than the nearest name
 */
export function readSection(
  value: unknown,
  path: string,
  keys: readonly string[],
  findings: Findings,
  hintAt: (key: string) => string | undefined = () => undefined,
): Section | null {
  if (!isSection(value)) {
    findings.report({ path, value: shown(value), allowed: `a map with keys among ${listed(keys)}` });
    return null;
  }
  for (const key of Object.keys(value)) {
    if (!keys.includes(key)) reportUnknownKey(path, key, value[key], keys, findings, hintAt(key));
  }
  return value;
}

function reportUnknownKey(
  section: string,
  key: string,
  value: unknown,
  keys: readonly string[],
  findings: Findings,
  hint: string | undefined,
): void {
  const name = key === '' ? '""' : key;
  const path = section === '' ? name : `${section}.${name}`;
  const problem = { path, value: shown(value), allowed: `one of the keys ${listed(keys)}` };
  if (hint !== undefined) {
    findings.report({ ...problem, hint });
    return;
  }
  const sibling = nearestName(key, keys);
  const meant = sibling === undefined ? pathEndingIn(key, section) : section === '' ? sibling : `${section}.${sibling}`;
  if (meant === undefined) findings.report(problem);
  else findings.report({ ...problem, hint: `did you mean \`${meant}\`?` }, meant);
}

/** The known path whose last name is `key`, whatever its case; not in the section itself, which has no such key here. */
function pathEndingIn(key: string, section: string): string | undefined {
  const ending = `.${key.toLowerCase()}`;
  const here = `${section}${ending}`;
  return SCENARIO_PATHS.find(
    (path) => path.toLowerCase().endsWith(ending) && path.toLowerCase() !== here.toLowerCase(),
  );
}
