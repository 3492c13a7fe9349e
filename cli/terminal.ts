import type { UsedFolder } from './output-folder.js';

/** What the process knows about the terminal it talks to; in a worker the streams do not know it themselves. */
export interface Terminal {
  readonly stdoutIsTerminal: boolean;
  readonly stderrIsTerminal: boolean;
  /** Characters in a line of output. */
  readonly columns: number;
}

/** What a command is given beside its options. */
export interface Session extends Terminal {
  /** The command writes there from now on; half-written files are removed if it is interrupted. */
  usesFolder(folder: UsedFolder): void;
}

/** The tables of a result need them all; a terminal that has fewer wraps the lines. */
const COLUMNS = 100;

export function terminalOfProcess(): Terminal {
  return {
    stdoutIsTerminal: process.stdout.isTTY === true,
    stderrIsTerminal: process.stderr.isTTY === true,
    columns: COLUMNS,
  };
}
