import { Writable } from 'node:stream';
import type { Output } from './worker-protocol.js';

/**
 * Makes all that this worker prints reach the main thread at once and in order. A worker's own streams wait for an answer
 * after every write, which a worker that simulates does not hear: progress and tables would appear at the end.
 */
export function handOverOutput(tell: (output: Output) => void): void {
  for (const stream of ['stdout', 'stderr'] as const) {
    const handedOver = new Writable({
      decodeStrings: false,
      write(text, _encoding, written) {
        tell({ stream, text: String(text) });
        written();
      },
    });
    Object.defineProperty(process, stream, { value: handedOver, configurable: true });
  }
}
