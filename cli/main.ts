#!/usr/bin/env node
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { CommanderError } from 'commander';
import { EXIT } from './exit-codes.js';
import { failureOf } from './failure.js';
import { removePartialFiles } from './output-folder.js';
import { program } from './program.js';
import { type Terminal, terminalOfProcess } from './terminal.js';

/** What the main thread hands to the worker that does the work. */
interface Task {
  readonly arguments: readonly string[];
  readonly terminal: Terminal;
}

/** What the worker tells the main thread. */
type Message = { readonly exitCode: number } | { readonly folder: string };

// The simulation runs in a worker, so that the main thread can answer Ctrl-C while it computes.
if (isMainThread) supervise({ arguments: process.argv.slice(2), terminal: terminalOfProcess() });
else tell({ exitCode: execute(workerData as Task) });

function tell(message: Message): void {
  parentPort!.postMessage(message);
}

/** Runs the command line; returns the exit code. */
function execute(task: Task): number {
  try {
    const session = { ...task.terminal, usesFolder: (folder: string) => tell({ folder }) };
    program(session).parse([...task.arguments], { from: 'user' });
    return EXIT.fine;
  } catch (error) {
    // Commander has printed its message already.
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.fine : EXIT.mistake;
    const { message, exitCode } = failureOf(error);
    process.stderr.write(`${message}\n`);
    return exitCode;
  }
}

function supervise(task: Task): void {
  let exitCode: number = EXIT.bug;
  let folder: string | null = null;
  const worker = new Worker(new URL(import.meta.url), { workerData: task });
  worker.on('message', (message: Message) => {
    if ('folder' in message) folder = message.folder;
    else exitCode = message.exitCode;
  });
  worker.on('error', (error) => {
    process.stderr.write(`${failureOf(error).message}\n`);
  });
  worker.on('exit', () => {
    process.exitCode = exitCode;
  });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, async () => {
      await worker.terminate();
      if (folder !== null) removePartialFiles(folder);
      process.exit(EXIT.interrupted);
    });
  }
}
