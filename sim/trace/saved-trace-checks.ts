import { isCycle } from './is-cycle.js';
import type { TraceEntry, TraceLine } from './trace-entry.js';
import { isTraceLevel, type TraceLevel } from './trace-level.js';
import { inOrder } from './trace-recorder.js';
import type { TraceWindow } from './trace-writer.js';

/** What is wrong with a line of a trace file. */
export interface TraceFault {
  readonly line: number;
  readonly got: string;
  readonly allowed: string;
}

/** Faults that are kept; of the others only the number is. */
const FAULTS_KEPT = 20;

/** Checks the lines of a saved trace against what a trace may hold, and gathers what it says of itself. */
export class SavedTraceChecks {
  readonly faults: TraceFault[] = [];
  moreFaults = 0;
  private lines = 0;
  /** End of the last span of each track. */
  private readonly spanEnd = new Map<string, number>();
  private readonly said = new Map<string, unknown>();

  check(line: TraceLine): void {
    this.lines = line.line;
    if (!('entry' in line)) this.fault(line);
    else if (line.entry.kind === 'header') this.said.set(line.entry.name, line.entry.value);
    else this.checkEntry(line.line, line.entry);
  }

  /** What the trace says of itself, once it has been read through. */
  header(): {
    rootClock_GHz: number;
    window: TraceWindow | null;
    filter: string | null;
    level: TraceLevel;
    end: number;
  } {
    const { said } = this;
    const rootClock_GHz = said.get('rootClock_GHz');
    const window = said.get('window') ?? null;
    const filter = said.get('filter') ?? null;
    const level = said.get('level');
    const end = said.get('end');
    // A file that is no trace at all has been told to be none.
    if (this.lines > 1 || this.faults.length === 0) {
      this.expect(isPositive(rootClock_GHz), 'rootClock_GHz', rootClock_GHz, 'a number above 0');
      this.expect(window === null || isWindow(window), 'window', window, 'whole cycles from < to, or nothing');
      this.expect(filter === null || typeof filter === 'string', 'filter', filter, 'a pattern, or nothing');
      this.expect(isTraceLevel(level), 'level', level, 'window, operation or sample');
      this.expect(
        isCycle(end),
        'end',
        end,
        'the cycle in which the run ended, which stands at the end of a whole trace',
      );
    }
    return { rootClock_GHz, window, filter, level, end } as ReturnType<SavedTraceChecks['header']>;
  }

  private checkEntry(line: number, entry: Exclude<TraceEntry, { kind: 'header' }>): void {
    if (entry.path === '') this.fault({ line, got: 'no track', allowed: 'the path of an instance' });
    if (entry.kind === 'span') {
      const { path, start, end, crossbar, operation } = entry;
      if (!(isCycle(start) && isCycle(end) && start < end)) {
        this.fault({ line, got: `a span from ${start} to ${end}`, allowed: 'whole cycles, start < end' });
        return;
      }
      if (!((crossbar === null && operation === null) || (isCycle(crossbar) && isCycle(operation)))) {
        const got = `a span of crossbar ${crossbar}, operation ${operation}`;
        this.fault({ line, got, allowed: 'whole numbers for both, or nothing' });
      }
      const busyUntil = this.spanEnd.get(path) ?? 0;
      if (start < busyUntil) {
        const allowed = `spans of ${path} in order of time: from ${busyUntil} on`;
        this.fault({ line, got: `a span from ${start} to ${end}`, allowed });
      }
      this.spanEnd.set(path, Math.max(busyUntil, end));
    } else if (entry.kind === 'counter') {
      const { at, value } = entry;
      if (!(isCycle(at) && Number.isFinite(value))) {
        this.fault({ line, got: `a value ${value} at ${at}`, allowed: 'a number at a whole cycle' });
      }
    } else if (entry.kind === 'operation') {
      const { stall, ...numbers } = entry.operation;
      if (!(Object.values(numbers).every(isCycle) && (stall === null || typeof stall === 'string'))) {
        this.fault({ line, got: JSON.stringify(entry.operation), allowed: 'an operation with whole numbers' });
      } else if (!inOrder(entry.operation)) {
        this.fault({ line, got: JSON.stringify(numbers), allowed: 'times of an operation that follow one another' });
      }
    }
  }

  private expect(holds: boolean, name: string, value: unknown, allowed: string): void {
    const got = value === undefined || value === null ? `no ${name}` : `${name} ${JSON.stringify(value)}`;
    if (!holds) this.fault({ line: this.lines, got, allowed });
  }

  private fault({ line, got, allowed }: TraceFault): void {
    if (this.faults.length < FAULTS_KEPT) this.faults.push({ line, got, allowed });
    else this.moreFaults++;
  }
}

function isPositive(value: unknown): boolean {
  return typeof value === 'number' && value > 0 && Number.isFinite(value);
}

function isWindow(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { from, to } = value as Partial<TraceWindow>;
  return isCycle(from) && isCycle(to) && from < to;
}
