/** What the process knows about the terminal it talks to; in a worker the streams do not know it themselves. */
export interface Terminal {
  readonly stdoutIsTerminal: boolean;
  readonly stderrIsTerminal: boolean;
  /** Characters in a line of output. */
  readonly columns: number;
}

/** What a command is given beside its options. */
export interface Session extends Terminal {
  /** The command writes into this folder from now on; half-written files there are removed if it is interrupted. */
  usesFolder(folder: string): void;
}

const DEFAULT_COLUMNS = 100;

export function terminalOfProcess(): Terminal {
  return {
    stdoutIsTerminal: process.stdout.isTTY === true,
    stderrIsTerminal: process.stderr.isTTY === true,
    columns: Math.max(60, Math.min(process.stdout.columns ?? DEFAULT_COLUMNS, DEFAULT_COLUMNS)),
  };
}
