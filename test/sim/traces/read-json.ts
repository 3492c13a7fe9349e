import type { RecordedOperation } from '../recording-trace.js';
import type { TraceContent } from './content.js';

interface TraceEvent {
  readonly ph: string;
  readonly pid: number;
  readonly tid?: number;
  readonly id?: string;
  readonly ts: number;
  readonly dur: number;
  readonly cat: string;
  readonly name: string;
  readonly args: Record<string, unknown>;
}

/** A trace in the Chrome JSON format ("Trace Event Format", its JSON object form), by the names that viewers show. */
export function readJson(text: string): TraceContent {
  const { traceEvents } = JSON.parse(text) as { traceEvents: TraceEvent[] };
  const processes = new Map<number, string>();
  const threads = new Map<string, string>();
  for (const { ph, pid, tid, name, args } of traceEvents) {
    if (ph !== 'M') continue;
    if (name === 'process_name') processes.set(pid, String(args['name']));
    if (name === 'thread_name') threads.set(`${pid} ${tid}`, String(args['name']));
  }
  const pathOf = ({ pid, tid }: TraceEvent): string => `${processes.get(pid)!}.${threads.get(`${pid} ${tid}`)!}`;
  const of = (ph: string): TraceEvent[] => traceEvents.filter((event) => event.ph === ph);
  const ends = new Map(of('e').map((event) => [`${event.pid} ${event.cat} ${event.id}`, event.ts]));
  return {
    spans: of('X').map((event) => {
      if ((event.cat === 'idle') !== (event.name === 'idle'))
        throw new Error('idle spans have a category of their own');
      const { wholeStart: _, wholeEnd: __, ...served } = event.args ?? {};
      return { path: pathOf(event), name: event.name, start: event.ts, end: event.ts + event.dur, ...served };
    }),
    counts: of('C').map(({ pid, name, ts, args }) => {
      return { path: processes.get(pid)!, name, at: ts, value: Number(args['value']) };
    }),
    operations: of('b').map((event) => {
      if (!(ends.get(`${event.pid} ${event.cat} ${event.id}`)! > event.ts)) throw new Error('an operation without end');
      return { path: pathOf(event), ...event.args } as unknown as RecordedOperation;
    }),
  };
}
