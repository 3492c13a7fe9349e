import type { RunProgress } from '../scenarios/run/run-options.js';
import type { Watched } from './watch-protocol.js';

/** Time between two snapshots: where the view is redrawn, and where it is written as plain text. */
export const SNAPSHOT_MILLISECONDS = 500;
export const PLAIN_SNAPSHOT_MILLISECONDS = 10_000;
/** At most this part of the run's time goes into snapshots. */
const SHARE_OF_TIME = 0.01;

/** Tells where a run stands, now and then. Between two snapshots a run that is watched costs a look at the clock. */
export class Watch {
  /** Milliseconds between two snapshots, at least. */
  private readonly interval: number;
  private nextAt: number;

  /** @param redrawn on a terminal the first snapshot is shown at once; as plain text after as long as between two */
  constructor(
    private readonly subject: string,
    redrawn: boolean,
    private readonly tell: (watched: Watched | null) => void,
    private readonly clock: () => number = () => performance.now(),
  ) {
    this.interval = redrawn ? SNAPSHOT_MILLISECONDS : PLAIN_SNAPSHOT_MILLISECONDS;
    this.nextAt = redrawn ? 0 : clock() + this.interval;
  }

  readonly update: RunProgress = (done, total, name, look) => {
    const now = this.clock();
    if (now < this.nextAt) return;
    this.tell({ subject: this.subject, step: { name, done, total }, snapshot: look?.() ?? null });
    this.nextAt = now + Math.max(this.interval, (this.clock() - now) / SHARE_OF_TIME);
  };

  end(): void {
    this.tell(null);
  }
}
