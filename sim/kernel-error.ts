/** A broken kernel law: a programming error in an actor, never a user's mistake. */
export class KernelError extends Error {
  override readonly name: string = 'KernelError';
}

/** The queue is empty while work is outstanding (kernel law 6). The message lists who waits for whom. */
export class DeadlockError extends KernelError {
  override readonly name = 'DeadlockError';
  constructor(
    readonly cycle: number,
    readonly waiting: readonly string[],
  ) {
    super(
      `nothing is scheduled after cycle ${cycle}, but work is outstanding:\n` + waiting.map((w) => `  ${w}`).join('\n'),
    );
  }
}
