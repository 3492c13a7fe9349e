/** What a shell leaves as it is: nothing in it is expanded, and no word ends in it. */
const PLAIN = /^[A-Za-z0-9_./:,@%+-][A-Za-z0-9_./:=,@%+-]*$/;

/** An argument as a POSIX shell (bash, zsh) reads it back: in single quotes where it holds anything special. */
export function shellQuoted(argument: string): string {
  return PLAIN.test(argument) ? argument : `'${argument.replaceAll("'", "'\\''")}'`;
}

/** Options of `ousim run` that the command of a trace sets itself; each takes a value. */
const REPLACED = ['--out', '--trace', '--trace-window', '--trace-filter', '--trace-level'];

/** What is traced, and where the trace goes. */
export interface TraceRequest {
  readonly folder: string;
  /** Cycles [from, to). */
  readonly window: { readonly from: number; readonly to: number };
  /** Pattern of instance paths; null: all of them. */
  readonly filter: string | null;
}

/**
 * The arguments of a run, once more with a trace: the same, but for its output folder and its trace, which the request
 * replaces.
 *
 * @param commandLine what stood behind `ousim`
 * @returns null where it was no `ousim run`
 */
export function tracedRun(commandLine: readonly string[], { folder, window, filter }: TraceRequest): string[] | null {
  if (commandLine[0] !== 'run') return null;
  const kept: string[] = [];
  // Behind `--` nothing is an option.
  const end = commandLine.includes('--') ? commandLine.indexOf('--') : commandLine.length;
  for (let at = 0; at < end; at++) {
    const word = commandLine[at]!;
    if (REPLACED.includes(word)) at++;
    else if (!REPLACED.some((option) => word.startsWith(`${option}=`))) kept.push(word);
  }
  const added = ['--out', folder, '--trace', 'perfetto', '--trace-window', `${window.from}:${window.to}`];
  if (filter !== null) added.push('--trace-filter', filter);
  return [...kept, ...added, ...commandLine.slice(end)];
}

/** The words of a line for the shell that calls the ousim of the project. */
export function shellWords(words: readonly string[]): string[] {
  return ['npx', 'ousim', ...words].map(shellQuoted);
}
