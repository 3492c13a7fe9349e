import { stripVTControlCharacters } from 'node:util';
import { colours, wantsColours } from '../reports/colours.js';
import { type RunSoFar, runSoFarLines } from '../reports/run-so-far.js';
import type { Watched } from './watch-protocol.js';

const ESCAPE = '\u001b';
const COLOUR = new RegExp(`(${ESCAPE}\\[[0-9;]*m)`);

/** Where the view is shown; stderr, but in tests. */
export interface WatchStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
  write(text: string): unknown;
}

const REDRAW_MILLISECONDS = 500;
/** Speeds are those of this last time. */
const SPEED_MILLISECONDS = 5_000;
const PLAIN_SIZE = { columns: 100, rows: 40 };
const USUAL_SIZE = { columns: 80, rows: 24 };
/** The view is made for at least so many columns, and cut where the terminal has fewer. */
const LEAST_COLUMNS = 20;

/**
 * The view of a run that is watched, at the end of what a terminal shows: drawn in place, twice a second, and taken away at the
 * end. The cursor stands below it and is not hidden, so that nothing has to be put right if the process is killed. Where the
 * stream is no terminal each snapshot is written as a block of text, without escape codes.
 */
export class WatchScreen {
  private watched: Watched | null = null;
  private timer: NodeJS.Timeout | null = null;
  /** What stands on the terminal. */
  private lines: readonly string[] = [];
  /** Snapshots of the pass that runs, of the last seconds. */
  private recent: { at: number; pass: string; cycles: number; windows: number }[] = [];

  constructor(
    private readonly stream: WatchStream,
    /** Milliseconds since the program was started. */
    private readonly clock: () => number = () => performance.now(),
    private readonly environment: Readonly<Record<string, string | undefined>> = process.env,
  ) {}

  show(watched: Watched): void {
    this.watched = watched;
    this.remember(watched);
    if (this.stream.isTTY !== true) {
      this.stream.write(`${this.view(PLAIN_SIZE).join('\n')}\n\n`);
      return;
    }
    if (this.timer !== null) return;
    this.draw();
    this.timer = setInterval(() => this.draw(), REDRAW_MILLISECONDS).unref();
  }

  /** Other text is about to be written: the view gives way, until it is drawn again. */
  giveWay(): void {
    if (this.lines.length === 0) return;
    this.stream.write(`${this.home()}${ESCAPE}[J`);
    this.lines = [];
  }

  end(): void {
    if (this.timer !== null) clearInterval(this.timer);
    this.timer = null;
    this.watched = null;
    this.giveWay();
  }

  private draw(): void {
    const { columns, rows } = this.size();
    // A full line would move the cursor to the next, and a full screen would scroll.
    const size = { columns: Math.max(LEAST_COLUMNS, columns - 1), rows: rows - 1 };
    const lines = this.view(size)
      .slice(0, rows - 1)
      .map((line) => within(line, columns - 1));
    this.stream.write(`${this.home()}${lines.map((line) => `${line}${ESCAPE}[K\n`).join('')}${ESCAPE}[J`);
    this.lines = lines;
  }

  /** Of the terminal; one that does not know its size says 0. */
  private size(): { columns: number; rows: number } {
    const { columns, rows } = this.stream;
    return { columns: columns || USUAL_SIZE.columns, rows: rows || USUAL_SIZE.rows };
  }

  private view(size: { columns: number; rows: number }): string[] {
    const run: RunSoFar = {
      ...this.watched!,
      elapsed_s: this.clock() / 1000,
      perSecond: this.speed(),
    };
    return runSoFarLines(run, size, colours(wantsColours(this.stream, this.environment)));
  }

  /** To the beginning of the view; a terminal that has become narrower has broken its lines. */
  private home(): string {
    const { columns } = this.size();
    const up = this.lines.reduce(
      (sum, line) => sum + Math.max(1, Math.ceil(stripVTControlCharacters(line).length / columns)),
      0,
    );
    return up === 0 ? '\r' : `\r${ESCAPE}[${up}A`;
  }

  private remember({ snapshot }: Watched): void {
    if (snapshot === null) return;
    const { ideal, pass, cycles, windows } = snapshot;
    const at = this.clock();
    const latest = { at, pass: `${ideal} ${pass}`, cycles, windows };
    const same = this.recent.filter((one) => one.pass === latest.pass);
    // The latest that is older than the time that speeds are of, and all since.
    const first = same.findLastIndex((one) => one.at <= at - SPEED_MILLISECONDS);
    this.recent = [...same.slice(Math.max(0, first)), latest];
  }

  private speed(): RunSoFar['perSecond'] {
    const first = this.recent[0];
    const last = this.recent.at(-1);
    if (first === undefined || last === undefined || last.at <= first.at) return null;
    const per = (count: number) => (1000 * count) / (last.at - first.at);
    return { cycles: per(last.cycles - first.cycles), windows: per(last.windows - first.windows) };
  }
}

/** The line, cut to so many columns; escape codes take none, and stay. */
function within(line: string, columns: number): string {
  let left = columns;
  return line
    .split(COLOUR)
    .map((piece) => {
      if (piece.startsWith(ESCAPE)) return piece;
      const shown = Array.from(piece).slice(0, left);
      left -= shown.length;
      return shown.join('');
    })
    .join('');
}
