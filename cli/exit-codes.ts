/** What the exit code of `ousim` says. */
export const EXIT = {
  fine: 0,
  /** A bug of ousim. */
  bug: 1,
  /** A mistake of the user's. */
  mistake: 2,
  /** Ended by Ctrl-C (128 + SIGINT), as shells count it. */
  interrupted: 130,
} as const;
