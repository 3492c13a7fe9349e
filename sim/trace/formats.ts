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
    content: "signals: a resource's state, the operation that a crossbar or an ADC is at, counters",
  },
  konata: { file: 'trace.kanata.log', viewer: 'Konata', content: 'operations, as instructions' },
  csv: { file: 'trace.csv', viewer: 'spreadsheets, scripts', content: EVERYTHING },
};

export const TRACE_FORMAT_NAMES = Object.keys(TRACE_FORMATS) as TraceFormat[];

/** Names of the files of traces in a folder of results. */
export const TRACE_FILES: readonly string[] = Object.values(TRACE_FORMATS).map(({ file }) => file);
