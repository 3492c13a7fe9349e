#!/usr/bin/env node
import { Worker } from 'node:worker_threads';
import { EXIT } from './exit-codes.js';
import { failureOf } from './failure.js';
import { removePartialFiles } from './partial-files.js';
import { terminalOfProcess, type UsedFolder } from './terminal.js';
import type { Watched } from './watch-protocol.js';
import { WatchScreen } from './watch-screen.js';
import type { Message, Task } from './worker-protocol.js';

// The commands run in a worker, so that this thread can answer Ctrl-C while it simulates.
const task: Task = { arguments: process.argv.slice(2), terminal: terminalOfProcess() };
const worker = new Worker(new URL('./worker.js', import.meta.url), { workerData: task });
let exitCode: number = EXIT.bug;
let outputFault: number = EXIT.fine;
let uses: UsedFolder | null = null;
let watch: WatchScreen | null = null;

worker.on('message', (message: Message) => {
  if ('text' in message) {
    watch?.giveWay();
    process[message.stream].write(message.text);
  } else if ('watched' in message) showWatched(message.watched);
  else if ('uses' in message) uses = message.uses;
  else exitCode = message.exitCode;
});
worker.on('error', (error) => {
  watch?.end();
  exitCode = fail(error);
});
worker.on('exit', () => {
  process.exitCode = exitCode === EXIT.fine ? outputFault : exitCode;
});

process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  // A reader that has seen enough, as `head` has, is no fault; the run goes on for the files that it writes.
  if (error.code === 'EPIPE') return;
  outputFault = fail(error);
  process.exitCode ||= outputFault;
});
// There is nowhere left to tell of it.
process.stderr.on('error', () => {});

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.once(signal, async () => {
    await worker.terminate();
    watch?.end();
    if (uses !== null) removePartialFiles(uses);
    // The line may show progress.
    process.stderr.write(`${task.terminal.stderrIsTerminal ? '\r\x1b[K' : ''}interrupted\n`);
    process.exit(EXIT.interrupted);
  });
}

function showWatched(watched: Watched | null): void {
  if (watched === null) {
    watch?.end();
    watch = null;
  } else {
    watch ??= new WatchScreen(process.stderr);
    watch.show(watched);
  }
}

/** Tells the user of an error; returns the exit code. */
function fail(error: Error): number {
  const failure = failureOf(error);
  process.stderr.write(`${failure.message}\n`);
  return failure.exitCode;
}
