import { DROPPED, type TracedOperation, type TraceSink, type TrackId } from '../sim/trace/trace.js';

/** An operation some of whose codes have not been accepted. */
type OperationUnderWay = { -readonly [K in keyof TracedOperation]: TracedOperation[K] };

/**
 * Tells a trace what a sampled crossbar does: its reads and stalls as they come, and its operations, which it collects
 * sample by sample. Samples are converted, and their codes accepted, in the order of the operations.
 */
export class CrossbarTrace {
  /** Operations that have been read, or are being read, and of which a code has not been accepted; oldest first. */
  private readonly underWay: OperationUnderWay[] = [];
  /** How many of them have been converted completely. */
  private convertedOperations = 0;
  /** Conversions that have ended of the operation behind those, and acceptances of the oldest one. */
  private conversions = 0;
  private acceptances = 0;
  private operations = 0;
  /** The stall before the next read. */
  private stall: string | null = null;
  private stallStart = 0;

  private constructor(
    private readonly sink: TraceSink,
    private readonly track: TrackId,
    private readonly conversionCycles: number,
  ) {}

  /** The trace of the crossbar at `path`; null where the sink does not keep it. */
  static of(sink: TraceSink, path: string, conversionCycles: number): CrossbarTrace | null {
    const track = sink.track(path);
    return track === DROPPED ? null : new CrossbarTrace(sink, track, conversionCycles);
  }

  /** The next read has waited. */
  stalled(cause: string, start: number, end: number): void {
    this.stall = cause;
    this.stallStart = start;
    this.sink.span(this.track, cause, start, end);
  }

  read(start: number, end: number, samples: number): void {
    this.sink.span(this.track, 'read', start, end);
    this.underWay.push({
      number: this.operations++,
      stall: this.stall,
      stallStart: this.stall === null ? start : this.stallStart,
      readStart: start,
      readEnd: end,
      samples,
      firstConversion: 0,
      lastConversionEnd: 0,
      lastAcceptance: 0,
      leaves: 0,
    });
    this.stall = null;
  }

  /** The conversion of a sample ends. */
  converted(now: number): void {
    const operation = this.underWay[this.convertedOperations]!;
    if (this.conversions === 0) operation.firstConversion = now - this.conversionCycles;
    operation.lastConversionEnd = now;
    if (++this.conversions < operation.samples) return;
    this.conversions = 0;
    this.convertedOperations++;
  }

  /** A code is accepted, and leaves the shift-and-add unit at `leaves`. */
  accepted(now: number, leaves: number): void {
    const operation = this.underWay[0]!;
    if (++this.acceptances < operation.samples) return;
    this.acceptances = 0;
    this.convertedOperations--;
    this.underWay.shift();
    operation.lastAcceptance = now;
    operation.leaves = leaves;
    this.sink.operation(this.track, operation);
  }
}
