import type { Watched } from './watch-protocol.js';

/** What the process knows about the terminal it talks to; in a worker the streams do not know it themselves. */
export interface Terminal {
  readonly stdoutIsTerminal: boolean;
  readonly stderrIsTerminal: boolean;
  /** Characters in a line of output. */
  readonly columns: number;
}

/** A folder that a command writes into. */
export interface UsedFolder {
  readonly folder: string;
  /** Levels of folders in it that the command writes into as well. */
  readonly levels: number;
}

/** What a command is given beside its options. */
export interface Session extends Terminal {
  /** What the user wrote after `ousim`. */
  readonly commandLine: readonly string[];
  /** The command writes there from now on; half-written files are removed if it is interrupted. */
  usesFolder(folder: UsedFolder): void;
  /** Where a run stands that is watched; null: it has ended. */
  shows(watched: Watched | null): void;
}

/** Tables fit this width; a narrower terminal wraps them, and prose is set for it down to a readable width. */
const WIDEST = 100;
const NARROWEST = 60;

export function terminalOfProcess(): Terminal {
  return {
    stdoutIsTerminal: process.stdout.isTTY === true,
    stderrIsTerminal: process.stderr.isTTY === true,
    // A terminal that does not know its size says 0.
    columns: Math.max(NARROWEST, Math.min(process.stdout.columns || WIDEST, WIDEST)),
  };
}
