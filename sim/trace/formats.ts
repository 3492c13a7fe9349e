import { CsvWriter } from './csv.js';
import { KanataWriter } from './kanata.js';
import { PerfettoJsonWriter } from './perfetto-json.js';
import { PerfettoProtoWriter } from './perfetto-proto.js';
import type { TraceHeader, TraceWriter } from './trace-writer.js';
import { VcdWriter } from './vcd.js';

export type TraceFormat = 'perfetto' | 'perfetto-proto' | 'vcd' | 'konata' | 'csv';

interface FormatInfo {
  /** Name of the file that a run writes. */
  readonly file: string;
  /** What reads it. */
  readonly viewer: string;
  /** What of a trace it carries. */
  readonly content: string;
}

const EVERYTHING = 'spans, counters, operations';

export const TRACE_FORMATS: Readonly<Record<TraceFormat, FormatInfo>> = {
  perfetto: { file: 'trace.perfetto.json', viewer: 'ui.perfetto.dev, chrome://tracing', content: EVERYTHING },
  'perfetto-proto': { file: 'trace.perfetto-trace', viewer: 'ui.perfetto.dev, trace_processor', content: EVERYTHING },
  vcd: {
    file: 'trace.vcd',
    viewer: 'GTKWave, Surfer',
    content: "signals: a resource's state, the operation that a crossbar is at, counters",
  },
  konata: { file: 'trace.kanata.log', viewer: 'Konata', content: 'operations, as instructions' },
  csv: { file: 'trace.csv', viewer: 'spreadsheets, scripts', content: EVERYTHING },
};

export const TRACE_FORMAT_NAMES = Object.keys(TRACE_FORMATS) as TraceFormat[];

export function openTraceWriter(format: TraceFormat, file: string, header: TraceHeader): TraceWriter {
  switch (format) {
    case 'perfetto':
      return new PerfettoJsonWriter(file, header);
    case 'perfetto-proto':
      return new PerfettoProtoWriter(file, header);
    case 'vcd':
      return new VcdWriter(file, header);
    case 'konata':
      return new KanataWriter(file, header);
    case 'csv':
      return new CsvWriter(file, header);
  }
}
