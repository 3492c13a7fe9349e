import { PartialFile } from './partial-file.js';
import type { TracedOperation, TrackId } from './trace.js';
import {
  isCut,
  NO_OPERATION,
  type TraceHeader,
  type TraceSummary,
  type TraceWriter,
  type WrittenSpan,
} from './trace-writer.js';

/** The columns of a trace in CSV; those that a row has no use for stay empty. Times are cycles. */
export const CSV_COLUMNS = [
  'kind',
  'track',
  'name',
  'start',
  'end',
  'value',
  'wholeStart',
  'wholeEnd',
  'crossbar',
  'operation',
  'number',
  'stall',
  'stallStart',
  'readStart',
  'readEnd',
  'samples',
  'firstConversion',
  'lastConversionEnd',
  'lastAcceptance',
  'leaves',
] as const;

/** The commas behind `value` where nothing follows it. */
const EMPTY_BEHIND_VALUE = ','.repeat(CSV_COLUMNS.length - 1 - CSV_COLUMNS.indexOf('value'));
const EMPTY_BEHIND_OPERATION = ','.repeat(CSV_COLUMNS.length - 1 - CSV_COLUMNS.indexOf('operation'));

/**
 * One table (RFC 4180) for all that a trace holds, a row each; `kind` says what it is:
 *
 * - `trace`: what the trace says of itself: `name` (`rootClock_GHz`, `filter`, `level`, `end` of the run) and `value`; for
 *   `window` the cycles in `start` and `end`
 * - `track`: an instance, in the order in which they are opened
 * - `span`: `name`, `start`, `end`; where the window cuts it, its whole extent in `wholeStart` and `wholeEnd`; on an ADC,
 *   whose sample it is: the `crossbar` by its index in the PE, and the number of that crossbar's `operation`
 * - `counter`: the `value` of `name` from `start` on
 * - `operation`: `start` and `end` as far as the window shows them, and the columns from `number` on
 *
 * Rows of one track come in order of time, those of different tracks do not.
 */
export class CsvWriter implements TraceWriter {
  private readonly out: PartialFile;
  private readonly tracks: string[] = [];

  constructor(
    readonly file: string,
    { rootClock_GHz, window, filter, level }: TraceHeader,
  ) {
    this.out = new PartialFile(file);
    this.out.write(`${CSV_COLUMNS.join(',')}\r\n`);
    this.row(`trace,,rootClock_GHz,,,${rootClock_GHz}${EMPTY_BEHIND_VALUE}`);
    if (window !== null) this.row(`trace,,window,${window.from},${window.to},${EMPTY_BEHIND_VALUE}`);
    if (filter !== null) this.row(`trace,,filter,,,${field(filter)}${EMPTY_BEHIND_VALUE}`);
    this.row(`trace,,level,,,${level}${EMPTY_BEHIND_VALUE}`);
  }

  track(_: TrackId, path: string): void {
    const written = field(path);
    this.tracks.push(written);
    this.row(`track,${written},,,,${EMPTY_BEHIND_VALUE}`);
  }

  span(track: TrackId, span: WrittenSpan): void {
    const { name, start, end, wholeStart, wholeEnd, crossbar, operation } = span;
    const whole = isCut(span) ? `${wholeStart},${wholeEnd}` : ',';
    const of = crossbar === NO_OPERATION ? ',' : `${crossbar},${operation}`;
    this.row(`span,${this.tracks[track]!},${field(name)},${start},${end},,${whole},${of}${EMPTY_BEHIND_OPERATION}`);
  }

  counter(track: TrackId, name: string, at: number, value: number): void {
    this.row(`counter,${this.tracks[track]!},${field(name)},${at},,${value}${EMPTY_BEHIND_VALUE}`);
  }

  operation(track: TrackId, of: TracedOperation, start: number, end: number): void {
    this.row(
      `operation,${this.tracks[track]!},,${start},${end},,,,,,${of.number},${field(of.stall ?? '')},${of.stallStart},` +
        `${of.readStart},${of.readEnd},${of.samples},${of.firstConversion},${of.lastConversionEnd},` +
        `${of.lastAcceptance},${of.leaves}`,
    );
  }

  close({ end }: TraceSummary): void {
    this.row(`trace,,end,,,${end}${EMPTY_BEHIND_VALUE}`);
    this.out.close();
  }

  abort(): void {
    this.out.abort();
  }

  private row(text: string): void {
    this.out.write(`${text}\r\n`);
  }
}

function field(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
