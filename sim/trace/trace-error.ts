/** A trace that cannot be written as asked: a bad option or an unusable file. The message names what and why. */
export class TraceError extends Error {
  override readonly name: string = 'TraceError';
}
