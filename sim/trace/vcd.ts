import { pathParts } from './instance-path.js';
import { PartialFile } from './partial-file.js';
import { SortedRecords } from './sorted-records.js';
import type { TracedOperation, TrackId } from './trace.js';
import {
  NO_OPERATION,
  type TraceHeader,
  type TraceSummary,
  type TraceWriter,
  type WrittenSpan,
} from './trace-writer.js';

/** State: the name of a span. Operation, and a crossbar that is served: a number. Counter: a real number. */
type SignalKind = 'string' | 'integer' | 'real';

interface Signal {
  readonly track: TrackId;
  readonly name: string;
  readonly kind: SignalKind;
}

const BITS: Readonly<Record<SignalKind, number>> = { string: 1, integer: 64, real: 64 };
const UNKNOWN: Readonly<Record<SignalKind, string>> = { string: 's?', integer: 'bx', real: 'rNaN' };
/** Of two changes of a signal in one cycle the one with the higher precedence counts. */
const ENDS = 0;
const BEGINS = 1;
const PRECEDENCES = 2;

/** A module of the file: an instance, its signals and the instances in it. */
interface Scope {
  readonly names: Set<string>;
  readonly scopes: Map<string, { readonly name: string; readonly scope: Scope }>;
  readonly signals: number[];
}

/**
 * Value change dump (IEEE 1364-2005, 18.2) for GTKWave: one signal `state` per resource with spans, `operation` per crossbar,
 * `crossbar` and `operation` per ADC, and one signal per counter. One cycle is 1 us, as in the other formats.
 *
 * States are strings, `$var string` with value changes `s…`: an extension that GTKWave, Surfer and pyvcd share. White space
 * and unprintable characters in them are written as octal escapes. `operation` is the number of the operation that the
 * crossbar reads or stalls for, x without one; of an ADC that of the sample that it converts or whose code it holds, and
 * `crossbar` the index in the PE of the crossbar that this operation is of. A counter is 0 in
 * cycle 0 unless it changes there; in a window that begins later it is unknown, NaN, until its first change if none came
 * before. Instances are modules; characters that no Verilog identifier has become `_` (`Crossbar[3]` -> `Crossbar_3`), and
 * a comment in the header names each module's path.
 *
 * The format is in order of time: changes are sorted at the end (`SortedRecords`).
 */
export class VcdWriter implements TraceWriter {
  private readonly out: PartialFile;
  private readonly changes: SortedRecords;
  private readonly paths: string[] = [];
  private readonly signals: Signal[] = [];
  /** Of each track, by the signal's name. */
  private readonly signalsOf: Map<string, number>[] = [];
  private readonly states: string[] = [];
  private readonly stateNumber = new Map<string, number>();
  private readonly from: number;

  constructor(
    readonly file: string,
    private readonly header: TraceHeader,
  ) {
    this.out = new PartialFile(file);
    this.changes = new SortedRecords(3, file);
    this.from = header.window?.from ?? 0;
  }

  track(_: TrackId, path: string): void {
    this.paths.push(path);
    this.signalsOf.push(new Map());
  }

  span(track: TrackId, { name, start, end, wholeEnd, crossbar, operation }: WrittenSpan): void {
    let state = this.stateNumber.get(name);
    if (state === undefined) {
      state = this.states.push(name) - 1;
      this.stateNumber.set(name, state);
    }
    this.enter(start, this.signal(track, 'state', 'string'), BEGINS, state);
    if (crossbar === NO_OPERATION) return;
    const goesOn = wholeEnd > end;
    this.enterNumber(this.signal(track, 'crossbar', 'integer'), crossbar, start, end, goesOn);
    this.enterNumber(this.signal(track, 'operation', 'integer'), operation, start, end, goesOn);
  }

  counter(track: TrackId, name: string, at: number, value: number): void {
    this.enter(at, this.signal(track, name, 'real'), BEGINS, value);
  }

  operation(track: TrackId, { number, readEnd }: TracedOperation, start: number, end: number): void {
    if (readEnd <= this.from) return;
    this.enterNumber(this.signal(track, 'operation', 'integer'), number, start, readEnd, readEnd > end);
  }

  close({ end }: TraceSummary): void {
    this.writeHeader();
    this.writeChanges(Math.min(end, this.header.window?.to ?? end));
    this.changes.dispose();
    this.out.close();
  }

  abort(): void {
    this.changes.dispose();
    this.out.abort();
  }

  private signal(track: TrackId, name: string, kind: SignalKind): number {
    const known = this.signalsOf[track]!;
    let signal = known.get(name);
    if (signal === undefined) {
      signal = this.signals.push({ track, name, kind }) - 1;
      known.set(name, signal);
    }
    return signal;
  }

  /** A signal has this value from `start` to `end`, or behind the window too. */
  private enterNumber(signal: number, value: number, start: number, end: number, goesOn: boolean): void {
    this.enter(start, signal, BEGINS, value);
    if (!goesOn) this.enter(end, signal, ENDS, NO_OPERATION);
  }

  private enter(at: number, signal: number, precedence: number, value: number): void {
    this.changes.add([at, signal * PRECEDENCES + precedence, value]);
  }

  private writeHeader(): void {
    const { rootClock_GHz, window, filter, level } = this.header;
    const cycles = window === null ? 'all cycles' : `cycles ${window.from} to ${window.to}`;
    const instances = filter === null ? 'all instances' : `instances ${filter}`;
    this.out.write('$version ousim $end\n$timescale 1 us $end\n');
    this.out.write(`$comment 1 us is 1 cycle of the root clock, ${rootClock_GHz} GHz $end\n`);
    this.out.write(`$comment ${cycles}, ${instances}, level ${level} $end\n`);
    const top: Scope = { names: new Set(), scopes: new Map(), signals: [] };
    const modules = this.paths.map((path, track) => this.place(top, path, track));
    this.paths.forEach((path, track) => {
      if (this.signalsOf[track]!.size > 0) this.out.write(`$comment ${modules[track]!} is ${oneLine(path)} $end\n`);
    });
    this.writeScope(top);
    this.out.write('$enddefinitions $end\n');
  }

  /** Finds or makes the modules of a track with signals; returns their path. */
  private place(top: Scope, path: string, track: TrackId): string {
    if (this.signalsOf[track]!.size === 0) return '';
    let scope = top;
    const names = pathParts(path).map((part) => {
      let inner = scope.scopes.get(part);
      if (inner === undefined) {
        inner = {
          name: newName(scope.names, identifier(part)),
          scope: { names: new Set(), scopes: new Map(), signals: [] },
        };
        scope.scopes.set(part, inner);
      }
      scope = inner.scope;
      return inner.name;
    });
    scope.signals.push(...this.signalsOf[track]!.values());
    return names.join('.');
  }

  private writeScope({ names, scopes, signals }: Scope): void {
    for (const signal of signals) {
      const { kind, name } = this.signals[signal]!;
      const reference = newName(names, identifier(name));
      this.out.write(`$var ${kind} ${BITS[kind]} ${identifierCode(signal)} ${reference} $end\n`);
    }
    for (const { name, scope } of scopes.values()) {
      this.out.write(`$scope module ${name} $end\n`);
      this.writeScope(scope);
      this.out.write('$upscope $end\n');
    }
  }

  /** The values in the first cycle, unknown where nothing says them, and what changes after it. */
  private writeChanges(end: number): void {
    const initial = new Map<number, number>();
    let cycle = this.from;
    for (const { at, signal, value } of this.changesThatCount()) {
      if (at === this.from) {
        initial.set(signal, value);
        continue;
      }
      if (cycle === this.from) this.dump(initial);
      if (at > cycle) this.out.write(`#${at}\n`);
      cycle = at;
      this.out.write(this.change(signal, value));
    }
    if (cycle === this.from) this.dump(initial);
    if (end > cycle) this.out.write(`#${end}\n`);
  }

  /** Changes in order of time; of those of one signal in one cycle the last. A number that stays is no change. */
  private *changesThatCount(): Generator<{ at: number; signal: number; value: number }> {
    let last: { at: number; signal: number; value: number } | null = null;
    const numbers = new Map<number, number>();
    const counts = ({ signal, value }: { signal: number; value: number }): boolean => {
      if (this.signals[signal]!.kind !== 'integer') return true;
      if (numbers.get(signal) === value) return false;
      numbers.set(signal, value);
      return true;
    };
    for (const [at, key, value] of this.changes.sorted()) {
      const signal = Math.floor(key! / PRECEDENCES);
      if (last !== null && (last.at !== at || last.signal !== signal) && counts(last)) yield last;
      last = { at: at!, signal, value: value! };
    }
    if (last !== null && counts(last)) yield last;
  }

  private dump(initial: ReadonlyMap<number, number>): void {
    // Runs begin with empty queues.
    const counted = this.from === 0 ? 0 : undefined;
    this.out.write(`#${this.from}\n$dumpvars\n`);
    this.signals.forEach(({ kind }, signal) => {
      const value = initial.get(signal) ?? (kind === 'real' ? counted : undefined);
      if (value !== undefined) this.out.write(this.change(signal, value));
      else this.out.write(`${UNKNOWN[kind]} ${identifierCode(signal)}\n`);
    });
    this.out.write('$end\n');
  }

  private change(signal: number, value: number): string {
    return `${this.valueText(this.signals[signal]!.kind, value)} ${identifierCode(signal)}\n`;
  }

  private valueText(kind: SignalKind, value: number): string {
    if (kind === 'string') return `s${escaped(this.states[value]!)}`;
    if (kind === 'real') return `r${value}`;
    return value === NO_OPERATION ? UNKNOWN.integer : `b${value.toString(2)}`;
  }
}

/** Code of signal `number`: the printable ASCII characters as digits, as many as it takes. */
function identifierCode(number: number): string {
  let code = '';
  for (let left = number + 1; left > 0; left = Math.floor((left - 1) / 94)) {
    code += String.fromCharCode(33 + ((left - 1) % 94));
  }
  return code;
}

/** A Verilog identifier that resembles `text`. */
function identifier(text: string): string {
  const name = text.replace(/\[(\d+)\]/g, '_$1').replace(/[^A-Za-z0-9_$]/g, '_');
  return /^[A-Za-z_]/.test(name) ? name : `_${name}`;
}

/** `name`, with a number behind it where its scope has it already; enters it there. */
function newName(names: Set<string>, name: string): string {
  let free = name;
  for (let copy = 2; names.has(free); copy++) free = `${name}_${copy}`;
  names.add(free);
  return free;
}

/** Without white space and unprintable characters, each byte of which becomes a backslash and three octal digits. */
function escaped(text: string): string {
  return text.replace(/[^!-[\]-~]/gu, (character) =>
    [...Buffer.from(character)].map((byte) => `\\${byte.toString(8).padStart(3, '0')}`).join(''),
  );
}

/** A comment of the header must not end before its end. */
function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').replaceAll('$end', '$ end');
}
