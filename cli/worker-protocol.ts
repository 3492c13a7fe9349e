import type { Terminal, UsedFolder } from './terminal.js';
import type { Watched } from './watch-protocol.js';

/** What the main thread hands to the worker. */
export interface Task {
  readonly arguments: readonly string[];
  readonly terminal: Terminal;
}

/** Text that the worker prints. */
export interface Output {
  readonly stream: 'stdout' | 'stderr';
  readonly text: string;
}

/** What the worker tells the main thread. */
export type Message =
  | { readonly exitCode: number }
  | { readonly uses: UsedFolder }
  | { readonly watched: Watched | null }
  | Output;
