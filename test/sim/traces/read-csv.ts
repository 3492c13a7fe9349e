import type { RecordedOperation } from '../recording-trace.js';
import type { TraceContent } from './content.js';

/** Records of a CSV text, character by character after the grammar of RFC 4180. */
export function parseCsv(text: string): string[][] {
  const records: string[][] = [];
  let at = 0;
  while (at < text.length) {
    const record: string[] = [];
    for (;;) {
      let field = '';
      if (text[at] === '"') {
        for (at++; text[at] !== '"' || text[at + 1] === '"'; at++) {
          if (at >= text.length) throw new Error('a quoted field does not end');
          if (text[at] === '"') at++;
          field += text[at];
        }
        at++;
      } else {
        while (at < text.length && text[at] !== ',' && text[at] !== '\r') {
          if (text[at] === '"' || text[at] === '\n') throw new Error(`${JSON.stringify(text[at])} in a plain field`);
          field += text[at++];
        }
      }
      record.push(field);
      if (text[at] !== ',') break;
      at++;
    }
    if (text.slice(at, at + 2) !== '\r\n')
      throw new Error(`a record ends with ${JSON.stringify(text.slice(at, at + 2))}`);
    at += 2;
    records.push(record);
  }
  return records;
}

export function readCsv(text: string): TraceContent {
  const [columns, ...records] = parseCsv(text);
  const rows = records.map((record) => {
    if (record.length !== columns!.length) throw new Error(`${record.length} fields in ${record.join()}`);
    return Object.fromEntries(record.map((field, i) => [columns![i]!, field]));
  });
  const of = (kind: string): Record<string, string>[] => rows.filter((row) => row['kind'] === kind);
  const opened = new Set(of('track').map((row) => row['track']));
  if (rows.some(({ kind, track }) => kind !== 'trace' && !opened.has(track!)))
    throw new Error('a track was not opened');
  return {
    spans: of('span').map(({ track, name, start, end, crossbar, operation }) => {
      if ((crossbar === '') !== (operation === '')) throw new Error('a crossbar and its operation stand together');
      const served = crossbar === '' ? {} : { crossbar: Number(crossbar), operation: Number(operation) };
      return { path: track!, name: name!, start: Number(start), end: Number(end), ...served };
    }),
    counts: of('counter').map(({ track, name, start, value }) => {
      return { path: track!, name: name!, at: Number(start), value: Number(value) };
    }),
    operations: of('operation').map((row) => {
      const columnsOf = Object.entries(row).slice(columns!.indexOf('number'));
      const numbers = columnsOf
        .filter(([column]) => column !== 'stall')
        .map(([column, field]) => [column, Number(field)]);
      return { path: row['track']!, ...Object.fromEntries(numbers), stall: row['stall'] || null } as RecordedOperation;
    }),
  };
}
