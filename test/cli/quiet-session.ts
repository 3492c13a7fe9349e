import type { Session } from '../../cli/terminal.js';

/** What a command is given where there is no terminal and nobody to tell. */
export const QUIET_SESSION: Session = {
  commandLine: [],
  stdoutIsTerminal: false,
  stderrIsTerminal: false,
  columns: 100,
  usesFolder: () => {},
  shows: () => {},
};
