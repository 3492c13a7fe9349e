import { progressBar } from '../reports/progress-bar.js';

/** Time between two pictures of the line. */
export const REDRAW_MILLISECONDS = 100;
/** A longer line would wrap on a usual terminal, and a wrapped line cannot be taken back. */
const LINE_CHARACTERS = 79;

/** A line on stderr that shows how far a run is; silent where stderr is no terminal. */
export class Progress {
  private lastDrawn = 0;
  private visible = false;

  constructor(
    private readonly enabled: boolean,
    private readonly title: string,
  ) {}

  readonly update = (done: number, total: number, next: string): void => {
    const now = Date.now();
    if (!this.enabled || (now - this.lastDrawn < REDRAW_MILLISECONDS && this.visible)) return;
    this.lastDrawn = now;
    this.visible = true;
    const bar = progressBar(total === 0 ? 0 : done / total);
    process.stderr.write(`\r\x1b[K${`${this.title} ${bar} ${next}`.slice(0, LINE_CHARACTERS)}`);
  };

  /** Takes the line away. */
  end(): void {
    if (this.visible) process.stderr.write('\r\x1b[K');
    this.visible = false;
  }
}
