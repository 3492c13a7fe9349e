import { closeSync, openSync, renameSync, rmSync, statSync, writeSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { createFolder } from '../results/create-folder.js';
import { TraceError } from './trace-error.js';

/** Bytes gathered before they are written: the bound of a stream's memory, whatever the length of the trace. */
const BUFFER_BYTES = 64 * 1024;

/** The name that the bytes of `file` have until they are whole; what a killed run leaves is known by it and removed. */
export function partialName(file: string): string {
  return join(dirname(file), `.${basename(file)}.${process.pid}.partial`);
}

/**
 * A file written as a stream, which stands beside its place under another name until it is whole: `close` puts it under its
 * name, `abort` removes what was written. At most 64 KiB, and one write, wait in memory.
 *
 * @throws TraceError where the file cannot be created
 */
export class PartialFile {
  private readonly partial: string;
  private readonly buffer = Buffer.alloc(BUFFER_BYTES);
  private filled = 0;
  private descriptor: number | null;

  constructor(readonly file: string) {
    this.partial = partialName(file);
    try {
      if (statSync(file, { throwIfNoEntry: false })?.isDirectory()) throw new Error('it is a directory');
      createFolder(dirname(file));
      this.descriptor = openSync(this.partial, 'w');
    } catch (error) {
      throw new TraceError(`trace file ${file}: cannot be created: ${(error as Error).message}`, { cause: error });
    }
  }

  write(text: string): void {
    // A UTF-16 unit takes at most three bytes.
    if (text.length * 3 <= BUFFER_BYTES - this.filled) this.filled += this.buffer.write(text, this.filled);
    else this.writeBytes(Buffer.from(text));
  }

  writeBytes(bytes: Uint8Array): void {
    if (bytes.length > BUFFER_BYTES - this.filled) this.flush();
    if (bytes.length > BUFFER_BYTES) this.writeOut(bytes);
    else {
      this.buffer.set(bytes, this.filled);
      this.filled += bytes.length;
    }
  }

  close(): void {
    this.flush();
    closeSync(this.open());
    this.descriptor = null;
    renameSync(this.partial, this.file);
  }

  /** Does nothing after `close`. */
  abort(): void {
    if (this.descriptor === null) return;
    closeSync(this.descriptor);
    this.descriptor = null;
    rmSync(this.partial, { force: true });
  }

  private flush(): void {
    this.writeOut(this.buffer.subarray(0, this.filled));
    this.filled = 0;
  }

  private writeOut(bytes: Uint8Array): void {
    const descriptor = this.open();
    for (let written = 0; written < bytes.length; ) written += writeSync(descriptor, bytes, written);
  }

  private open(): number {
    if (this.descriptor === null) throw new RangeError(`trace ${this.file}: already closed`);
    return this.descriptor;
  }
}
