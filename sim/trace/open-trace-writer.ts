import { CsvWriter } from './csv.js';
import type { TraceFormat } from './formats.js';
import { KanataWriter } from './kanata.js';
import { PerfettoJsonWriter } from './perfetto-json.js';
import { PerfettoProtoWriter } from './perfetto-proto.js';
import type { TraceHeader, TraceWriter } from './trace-writer.js';
import { VcdWriter } from './vcd.js';

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
