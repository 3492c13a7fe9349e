import { parentPort, workerData } from 'node:worker_threads';
import { CommanderError } from 'commander';
import { EXIT } from './exit-codes.js';
import { failureOf } from './failure.js';
import { program } from './program.js';
import type { UsedFolder } from './terminal.js';
import type { Watched } from './watch-protocol.js';
import { handOverOutput } from './worker-output.js';
import type { Message, Task } from './worker-protocol.js';

const tell = (message: Message): void => parentPort!.postMessage(message);

handOverOutput(tell);
tell({ exitCode: await execute(workerData as Task) });

/** Runs the command line; returns the exit code. */
async function execute(task: Task): Promise<number> {
  try {
    const session = {
      ...task.terminal,
      commandLine: task.arguments,
      usesFolder: (uses: UsedFolder) => tell({ uses }),
      shows: (watched: Watched | null) => tell({ watched }),
    };
    await program(session).parseAsync([...task.arguments], { from: 'user' });
    return EXIT.fine;
  } catch (error) {
    // Commander has printed its message already.
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.fine : EXIT.mistake;
    const { message, exitCode } = failureOf(error);
    process.stderr.write(`${message}\n`);
    return exitCode;
  }
}
