import { spawn, spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { stripVTControlCharacters } from 'node:util';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { PLAIN_SNAPSHOT_MILLISECONDS, SNAPSHOT_MILLISECONDS, Watch } from '../../cli/watch.js';
import type { Watched } from '../../cli/watch-protocol.js';
import { WatchScreen } from '../../cli/watch-screen.js';
import type { RunSnapshot } from '../../sim/results/run-snapshot.js';
import { folderWith, MAIN, ousim, ROOT } from './ousim.js';

const ESCAPE = '\u001b';

const snapshotAt = (cycles: number, windows: number, pass = 1): RunSnapshot => ({
  ideal: null,
  pass,
  passes: 2,
  passStart_cycle: 0,
  cycles,
  images: 0,
  allImages: 1,
  windows,
  allWindows: 1000,
  stages: [],
});

const watchedAt = (cycles: number, windows: number, pass?: number): Watched => ({
  subject: 'net on machine',
  step: { name: 'c1', done: windows, total: 1000 },
  snapshot: snapshotAt(cycles, windows, pass),
});

describe('when snapshots are taken', () => {
  /** A run that reports its progress every 10 ms of a clock of its own; a snapshot takes `cost` ms. */
  function watchFor(milliseconds: number, redrawn: boolean, cost = 0): number[] {
    let now = 0;
    const taken: number[] = [];
    const watch = new Watch(
      'net',
      redrawn,
      () => {},
      () => now,
    );
    while (now < milliseconds) {
      watch.update(0, 1, 'c1', () => {
        taken.push(now);
        now += cost;
        return snapshotAt(0, 0);
      });
      now += 10;
    }
    return taken;
  }

  test('for a terminal at once, and twice a second', () => {
    expect(SNAPSHOT_MILLISECONDS).toBe(500);
    expect(watchFor(2_001, true)).toEqual([0, 500, 1000, 1500, 2000]);
  });

  test('as plain text every 10 s', () => {
    expect(PLAIN_SNAPSHOT_MILLISECONDS).toBe(10_000);
    expect(watchFor(30_001, false)).toEqual([10_000, 20_000, 30_000]);
  });

  test('less often where they take long: at most a hundredth of the time', () => {
    const cost = 40;
    const taken = watchFor(60_000, true, cost);
    expect(taken.length).toBeGreaterThan(10);
    expect(taken.length * cost).toBeLessThanOrEqual(0.01 * 60_000 + cost);
  });

  test('steps before the simulation are told by their names, and the end of the run', () => {
    const told: (Watched | null)[] = [];
    const watch = new Watch(
      'net on machine',
      true,
      (watched) => told.push(watched),
      () => 0,
    );
    watch.update(1, 5, 'integers of the first image, layer c2');
    watch.end();
    const step = { name: 'integers of the first image, layer c2', done: 1, total: 5 };
    expect(told).toEqual([{ subject: 'net on machine', step, snapshot: null }, null]);
  });
});

/** What stands on a terminal that has received a text: its lines, and where the cursor is. */
function terminal(text: string, columns: number, rows: number): { lines: string[]; row: number; column: number } {
  const screen = Array.from({ length: rows }, () => '');
  let row = 0;
  let column = 0;
  const pieces = text.match(new RegExp(`${ESCAPE}\\[\\??[0-9]*[a-zA-Z]|\\r|\\n|[^${ESCAPE}\\r\\n]+`, 'g')) ?? [];
  for (const piece of pieces) {
    const code = piece.startsWith(ESCAPE) ? piece.at(-1) : piece;
    if (code === 'A') row = Math.max(0, row - Number(piece.slice(2, -1)));
    else if (code === 'K') screen[row] = screen[row]!.slice(0, column);
    else if (code === 'J') {
      screen[row] = screen[row]!.slice(0, column);
      screen.fill('', row + 1);
    } else if (code === '\r') column = 0;
    else if (code === '\n') {
      column = 0;
      if (++row === rows) {
        screen.push('');
        screen.shift();
        row--;
      }
    } else if (code !== 'm') {
      // The view never fills a line.
      expect(column + piece.length).toBeLessThan(columns);
      screen[row] = screen[row]!.padEnd(column).slice(0, column) + piece;
      column += piece.length;
    }
  }
  return { lines: screen, row, column };
}

describe('the view', () => {
  let now = 0;
  let written = '';
  const stream = { isTTY: true, columns: 80, rows: 24, write: (text: string) => (written += text) };
  const shown = () => terminal(written, stream.columns, stream.rows);
  const screenOf = (environment: Record<string, string> = { NO_COLOR: '1' }) =>
    new WatchScreen(stream, () => now, environment);

  beforeEach(() => {
    now = 0;
    written = 'prompt\r\n';
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  test('is redrawn in place twice a second, with the time that has gone by, and taken away at the end', () => {
    const screen = screenOf();
    now = 2_000;
    screen.show(watchedAt(100, 10));
    expect(shown().lines.slice(0, 4)).toEqual([
      'prompt',
      'net on machine: simulating, pass 1 of 2',
      '[........................] 1.0%: 10 of 1\u202f000 windows, 0 of 1 image',
      'cycle 100, 2 s elapsed',
    ]);
    const drawn = written;
    now = 3_000;
    screen.show(watchedAt(600, 60));
    expect(written).toBe(drawn);
    vi.advanceTimersByTime(500);
    // 500 cycles and 50 windows in a second.
    expect(shown().lines[3]).toBe('cycle 600, 3 s elapsed, 500 cycles/s, 50.0 windows/s');
    expect(shown().lines.filter((line) => line.startsWith('net on machine'))).toHaveLength(1);
    now = 4_000;
    vi.advanceTimersByTime(500);
    expect(shown().lines[3]).toContain('4 s elapsed');

    screen.end();
    expect(shown()).toEqual({ lines: ['prompt', ...Array(23).fill('')], row: 1, column: 0 });
    const atEnd = written;
    vi.advanceTimersByTime(5_000);
    expect(written).toBe(atEnd);
    // The cursor was never hidden.
    expect(written).not.toContain('?25');
  });

  test.each([0, 1, 2, 3, 8, 12, 15, 20, 30])('is drawn on a terminal of %d columns, whatever its rows', (columns) => {
    const usual = { columns: stream.columns, rows: stream.rows };
    try {
      for (const rows of [0, 1, 2, 3, 24]) {
        Object.assign(stream, { columns, rows });
        written = '';
        now = 0;
        const screen = screenOf();
        screen.show(watchedAt(100, 10));
        const lines = written.split('\n').slice(0, -1);
        expect(lines.length).toBeLessThan(rows || 25);
        for (const line of lines) {
          expect(stripVTControlCharacters(line).replace('\r', '').length).toBeLessThan(columns || 80);
        }
        screen.end();
        expect(written).not.toContain('NaN');
      }
    } finally {
      Object.assign(stream, usual);
    }
  });

  test('gives way to other text, and comes back below it', () => {
    const screen = screenOf();
    screen.show(watchedAt(100, 10));
    screen.giveWay();
    stream.write('note\r\n');
    expect(shown().lines.slice(0, 3)).toEqual(['prompt', 'note', '']);
    vi.advanceTimersByTime(500);
    expect(shown().lines.slice(0, 3)).toEqual(['prompt', 'note', 'net on machine: simulating, pass 1 of 2']);
    screen.end();
    expect(shown().lines.slice(0, 3)).toEqual(['prompt', 'note', '']);
  });

  test('speeds are those of the last seconds, and of one pass', () => {
    const screen = screenOf();
    const speedAt = (seconds: number, cycles: number, pass?: number) => {
      now = seconds * 1000;
      screen.show(watchedAt(cycles, 0, pass));
      vi.advanceTimersByTime(500);
      return /(\S+) cycles\/s/.exec(shown().lines[3]!)?.[1];
    };
    expect(speedAt(0, 0)).toBeUndefined();
    expect(speedAt(5, 1000)).toBe('200');
    // 2000 cycles since 5 s.
    expect(speedAt(10, 3000)).toBe('400');
    expect(speedAt(11, 3100)).toBe('350');
    expect(speedAt(12, 0, 2)).toBeUndefined();
    expect(speedAt(14, 700, 2)).toBe('350');
    screen.end();
  });

  test('colours, which NO_COLOR turns off; a line is cut where the terminal is narrow, and its colour ends', () => {
    stream.columns = 30;
    const screen = screenOf({});
    screen.show(watchedAt(100, 10));
    expect(written).toContain(`${ESCAPE}[1m`);
    expect(shown().lines[1]).toBe('net on machine: simulating, …'.slice(0, 29));
    expect(written).toContain(`${ESCAPE}[22m`);
    screen.end();
    stream.columns = 80;
    written = '';
    const plain = screenOf({ NO_COLOR: '1' });
    plain.show(watchedAt(100, 10));
    plain.end();
    expect(written).not.toContain(`${ESCAPE}[1m`);
  });

  test('where there is no terminal each snapshot is a block of text, without escape codes', () => {
    const text: string[] = [];
    const screen = new WatchScreen({ write: (block: string) => text.push(block) }, () => 1000, {});
    screen.show(watchedAt(100, 10));
    screen.giveWay();
    screen.show(watchedAt(200, 20));
    screen.end();
    vi.advanceTimersByTime(60_000);
    expect(text).toHaveLength(2);
    expect(text.join('')).not.toMatch(new RegExp(`${ESCAPE}|\\r`));
    expect(text[0]).toMatch(/^net on machine: simulating, pass 1 of 2\n(.*\n)*\n$/);
    expect(text[0]).toContain('\ncycle 100, 1 s elapsed\n');
  });
});

const RUN = ['run', '--model', 'lenet5-mnist', '--preset', 'isaac', '--images', '2'];

describe('ousim run --watch', () => {
  test.concurrent.each(['fast', 'booked'])('%s: prints the same bytes', async (granularity) => {
    const args = [...RUN, '--json', '--granularity', granularity];
    const [watched, unwatched] = await Promise.all([ousim([...args, '--watch']), ousim(args)]);
    // Too short for a block of text.
    expect(watched).toEqual(unwatched);
    expect(watched).toMatchObject({ code: 0, stderr: '' });
  });

  test.concurrent('a PE as well', async () => {
    const args = ['run', 'examples/matrix-pe.yaml'];
    expect(await ousim([...args, '--watch'])).toEqual(await ousim(args));
  });
});

describe.skipIf(spawnSync('script', ['--version']).error !== undefined)(
  'on a terminal (needs the command script)',
  () => {
    /** Runs a command line on a pseudo-terminal; what it receives, and the exit code. Types Ctrl-C when a text is shown. */
    function onTerminal(command: string, interruptAt: string | null = null): Promise<{ text: string; code: number }> {
      const { NO_COLOR: _, FORCE_COLOR: __, ...inherited } = process.env;
      const line = `stty cols 100 rows 40; exec ${command}`;
      const child = spawn('script', ['-qec', line, '/dev/null'], {
        cwd: ROOT,
        env: { ...inherited, TERM: 'xterm', SHELL: '/bin/bash' },
        stdio: ['pipe', 'pipe', 'inherit'],
      });
      let typed = false;
      return new Promise((done, failed) => {
        let text = '';
        child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
          text += chunk;
          if (typed || interruptAt === null || !text.includes(interruptAt)) return;
          typed = true;
          child.stdin.write('\u0003');
        });
        child.on('error', failed);
        child.on('close', (code) => done({ text, code: code! }));
      });
    }
    const node = `'${process.execPath}' '${MAIN}'`;

    test.concurrent('the view names the steps, shows the layers, and gives way to the result', async () => {
      const { text, code } = await onTerminal(`${node} ${RUN.join(' ')} --granularity sampled --watch`);
      expect(code).toBe(0);
      expect(text).toContain('lenet5-mnist on isaac');
      expect(text).toContain('integers of the first image, layer c1');
      expect(text).toContain('lenet5-mnist on isaac: simulating');
      expect(text).toMatch(/so far c[12] sets the pace/);
      expect(text).toMatch(/waits so far {2}1\. \w+: crossbars wait for/);
      // What follows the last time that the view is cleared is the result alone.
      const after = text.slice(text.lastIndexOf(`${ESCAPE}[J`));
      expect(after).not.toContain('simulating');
      expect(after).not.toContain('so far');
      expect(after).toContain('2 of 2 images classified right');
    });

    test.concurrent('Ctrl-C takes the view away; no half file stays', async () => {
      const folder = folderWith();
      const run = `${node} run --model lenet5-mnist --images 50 --granularity sampled --watch --out '${folder}'`;
      // Typed when the view shows the simulation.
      const { text, code } = await onTerminal(run, ': simulating');
      expect(code).toBe(130);
      const after = text.slice(text.lastIndexOf(`${ESCAPE}[J`));
      expect(after).toMatch(/interrupted\r\n$/);
      expect(after).not.toContain('simulating');
      expect(text).not.toContain('?25l');
      expect(readdirSync(folder)).toEqual([]);
    });
  },
);
