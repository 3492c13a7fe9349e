import { DROPPED, type TracedOperation, type TrackId } from '../../sim/trace/trace.js';
import { RecordingTrace } from '../sim/recording-trace.js';

/** What a run tells of the instances below one path. */
export class RunTrace extends RecordingTrace {
  offset = 0;

  /** @param below begin of the paths that are kept; the cycles are a hint for the run, not a filter */
  constructor(
    private readonly below = '',
    from = 0,
    to = Number.POSITIVE_INFINITY,
  ) {
    super(from, to);
  }

  override track(path: string): TrackId {
    return path.startsWith(this.below) ? super.track(path) : DROPPED;
  }

  override span(track: TrackId, name: string, start: number, end: number): void {
    if (track !== DROPPED) super.span(track, name, start, end);
  }

  override service(track: TrackId, name: string, start: number, end: number, crossbar: number, number: number): void {
    if (track !== DROPPED) super.service(track, name, start, end, crossbar, number);
  }

  override counter(track: TrackId, name: string, at: number, value: number): void {
    if (track !== DROPPED) super.counter(track, name, at, value);
  }

  override operation(track: TrackId, operation: TracedOperation): void {
    if (track !== DROPPED) super.operation(track, operation);
  }
}
