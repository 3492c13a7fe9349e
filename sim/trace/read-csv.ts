import { CSV_COLUMNS } from './csv.js';
import type { TracedOperation } from './trace.js';
import type { TraceEntry, TraceLine } from './trace-entry.js';

type Column = (typeof CSV_COLUMNS)[number];
type Row = (column: Column) => string;

/** Columns that older traces do not have. */
const LATER_COLUMNS: readonly Column[] = ['crossbar', 'operation'];

/**
 * The entries of a trace in CSV, as `CsvWriter` writes it; the columns may stand in another order.
 *
 * @param heading the first line
 * @param lines those after it
 */
export function* readCsvTrace(heading: string, lines: Iterable<string>): Generator<TraceLine> {
  const columns = fieldsOf(heading.replace(/\r$/, '')) ?? [];
  const missing = CSV_COLUMNS.filter((column) => !columns.includes(column) && !LATER_COLUMNS.includes(column));
  if (missing.length > 0) {
    yield { line: 1, got: `no column ${missing.join(', ')}`, allowed: `the columns ${CSV_COLUMNS.join(', ')}` };
    return;
  }
  const placeOf = new Map(columns.map((column, place) => [column, place]));
  for (const { line, text } of rowsOf(lines)) {
    const fields = fieldsOf(text);
    if (fields === null || fields.length !== columns.length) {
      const got = fields === null ? 'a quoted field that does not end' : `${fields.length} fields`;
      yield { line, got, allowed: `${columns.length} fields, as the first line has` };
      continue;
    }
    const entry = entryOf((column) => {
      const place = placeOf.get(column);
      return place === undefined ? '' : fields[place]!;
    });
    if (entry !== null) yield { line, entry };
    else {
      const got = JSON.stringify(fields[placeOf.get('kind')!]);
      yield { line, got, allowed: 'a kind: trace, track, span, counter or operation' };
    }
  }
}

function entryOf(row: Row): TraceEntry | null {
  const path = row('track');
  const name = row('name');
  switch (row('kind')) {
    case 'trace':
      return { kind: 'header', name, value: headerValue(name, row) };
    case 'track':
      return { kind: 'track', path };
    case 'span': {
      const cut = row('wholeStart') !== '';
      const start = number(row(cut ? 'wholeStart' : 'start'));
      return {
        kind: 'span',
        path,
        name,
        start,
        end: number(row(cut ? 'wholeEnd' : 'end')),
        crossbar: numberOrNull(row('crossbar')),
        operation: numberOrNull(row('operation')),
      };
    }
    case 'counter':
      return { kind: 'counter', path, name, at: number(row('start')), value: number(row('value')) };
    case 'operation':
      return { kind: 'operation', path, operation: operationOf(row) };
    default:
      return null;
  }
}

function operationOf(row: Row): TracedOperation {
  return {
    number: number(row('number')),
    stall: row('stall') === '' ? null : row('stall'),
    stallStart: number(row('stallStart')),
    readStart: number(row('readStart')),
    readEnd: number(row('readEnd')),
    samples: number(row('samples')),
    firstConversion: number(row('firstConversion')),
    lastConversionEnd: number(row('lastConversionEnd')),
    lastAcceptance: number(row('lastAcceptance')),
    leaves: number(row('leaves')),
  };
}

function headerValue(name: string, row: Row): unknown {
  if (name === 'window') return { from: number(row('start')), to: number(row('end')) };
  return name === 'rootClock_GHz' || name === 'end' ? number(row('value')) : row('value');
}

/** NaN, which no check passes, where the field is empty. */
function number(text: string): number {
  return text.trim() === '' ? Number.NaN : Number(text);
}

function numberOrNull(text: string): number | null {
  return text === '' ? null : number(text);
}

/** Rows with the numbers of their first lines; quoted fields may hold line breaks. */
function* rowsOf(lines: Iterable<string>): Generator<{ line: number; text: string }> {
  let row = '';
  let start = 2;
  let next = 2;
  for (const written of lines) {
    row += row === '' ? written : `\n${written}`;
    next++;
    if (((row.match(/"/g) ?? []).length & 1) === 1) continue;
    const text = row.replace(/\r$/, '');
    if (text !== '') yield { line: start, text };
    row = '';
    start = next;
  }
  if (row !== '') yield { line: start, text: row };
}

/** The fields of a row (RFC 4180); null where a quoted one does not end. */
function fieldsOf(row: string): string[] | null {
  if (!row.includes('"')) return row.split(',');
  const fields: string[] = [];
  let at = 0;
  for (;;) {
    if (row[at] === '"') {
      const quoted = /"((?:[^"]|"")*)"(?=,|$)/y;
      quoted.lastIndex = at;
      const match = quoted.exec(row);
      if (match === null) return null;
      fields.push(match[1]!.replaceAll('""', '"'));
      at = quoted.lastIndex;
    } else {
      const end = row.indexOf(',', at);
      fields.push(row.slice(at, end < 0 ? row.length : end));
      at = end < 0 ? row.length : end;
    }
    if (at >= row.length) return fields;
    at++;
  }
}
