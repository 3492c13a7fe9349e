import type { RunSoFar } from '../reports/run-so-far.js';

/** What the worker tells of a run that is watched; the main thread adds the time. */
export type Watched = Pick<RunSoFar, 'subject' | 'step' | 'snapshot'>;
