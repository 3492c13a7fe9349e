import { pathParts } from './instance-path.js';
import { PartialFile } from './partial-file.js';
import {
  type DebugAnnotation,
  EXPLICIT,
  encodePacket,
  SEQ_INCREMENTAL_STATE_CLEARED,
  SEQ_NEEDS_INCREMENTAL_STATE,
  type TracePacket,
  TYPE_COUNTER,
  TYPE_SLICE_BEGIN,
  TYPE_SLICE_END,
} from './perfetto-schema.js';
import type { TracedOperation, TrackId } from './trace.js';
import {
  categoryOf,
  isCut,
  NO_OPERATION,
  type TraceHeader,
  type TraceSummary,
  type TraceWriter,
  type WrittenSpan,
} from './trace-writer.js';

/** Perfetto counts nanoseconds; a cycle is 1 us, as in the other formats. */
const NANOSECONDS_PER_CYCLE = 1000;
/** All packets are of one writer. */
const SEQUENCE = 1;
const ROOT = '';

/** Places of a track's operations, which overlap: a row for each that goes on at the same time. */
interface Rows {
  readonly uuids: number[];
  /** When each is free. */
  readonly freeAt: number[];
}

interface Track {
  readonly uuid: number;
  readonly counters: Map<string, number>;
  readonly operations: Rows;
}

/** Strings that stand in the trace once and are then referred to by number. */
class Interned {
  private readonly numbers = new Map<string, number>();

  /** The string's number, and whether it is new. */
  of(text: string): readonly [iid: number, isNew: boolean] {
    const known = this.numbers.get(text);
    if (known !== undefined) return [known, false];
    this.numbers.set(text, this.numbers.size + 1);
    return [this.numbers.size, true];
  }
}

/**
 * Perfetto's native protobuf form (perfetto-schema.ts names the schema), for traces too large as JSON. Instances stand in a
 * tree, in the order in which tracks are opened; a counter and the operations of a crossbar stand below their
 * instance. Operations that go on at the same time lie on rows of the same name, which the viewer draws as one track.
 * What the trace says of itself is in the arguments of a slice of the track `trace`. One cycle is 1 us on the time axis.
 *
 * A span or operation that the window cuts carries its whole extent in its arguments; a span of an ADC, whose sample it is.
 */
export class PerfettoProtoWriter implements TraceWriter {
  private readonly out: PartialFile;
  private readonly tracks: Track[] = [];
  /** By instance path. */
  private readonly uuidOf = new Map<string, number>();
  private readonly names = new Interned();
  private readonly categories = new Interned();
  private readonly arguments = new Interned();
  private uuids = 0;
  private cleared = false;

  constructor(
    readonly file: string,
    private readonly header: TraceHeader,
  ) {
    this.out = new PartialFile(file);
  }

  track(_: TrackId, path: string): void {
    this.tracks.push({ uuid: this.instance(path), counters: new Map(), operations: { uuids: [], freeAt: [] } });
  }

  span(track: TrackId, span: WrittenSpan): void {
    const { name, start, end, wholeStart, wholeEnd, crossbar, operation } = span;
    const args = {
      ...(crossbar === NO_OPERATION ? {} : { crossbar, operation }),
      ...(isCut(span) ? { wholeStart, wholeEnd } : {}),
    };
    this.slice(this.tracks[track]!.uuid, categoryOf(name), name, start, end, args);
  }

  counter(track: TrackId, name: string, at: number, value: number): void {
    const { uuid, counters } = this.tracks[track]!;
    let trackUuid = counters.get(name);
    if (trackUuid === undefined) {
      trackUuid = this.describe(name, uuid, { counter: {} });
      counters.set(name, trackUuid);
    }
    this.event(at, { type: TYPE_COUNTER, trackUuid, doubleCounterValue: value });
  }

  operation(track: TrackId, operation: TracedOperation, start: number, end: number): void {
    const { uuid, operations } = this.tracks[track]!;
    let row = operations.freeAt.findIndex((free) => free <= start);
    if (row < 0) row = operations.uuids.push(this.describe('operations', uuid, {})) - 1;
    operations.freeAt[row] = end;
    this.slice(operations.uuids[row]!, 'operation', 'operation', start, end, operation);
  }

  close(summary: TraceSummary): void {
    const { window, ...header } = this.header;
    const args = { timeAxis: '1 us is 1 cycle of the root clock', ...header, ...window, ...summary };
    this.slice(this.describe('trace', 0, {}), 'trace', 'ousim', window?.from ?? 0, window?.from ?? 0, args);
    this.out.close();
  }

  abort(): void {
    this.out.abort();
  }

  /** The track of an instance; describes it and those around it where that has not been done. */
  private instance(path: string): number {
    let parent = 0;
    let around = ROOT;
    for (const part of pathParts(path)) {
      around = around === ROOT ? part : `${around}.${part}`;
      let uuid = this.uuidOf.get(around);
      if (uuid === undefined) {
        uuid = this.describe(part, parent, { childOrdering: EXPLICIT, siblingOrderRank: this.uuidOf.size });
        this.uuidOf.set(around, uuid);
      }
      parent = uuid;
    }
    return parent;
  }

  private describe(
    name: string,
    parent: number,
    more: { counter?: Record<string, never>; childOrdering?: number; siblingOrderRank?: number },
  ): number {
    const uuid = ++this.uuids;
    this.packet({ trackDescriptor: { uuid, name, ...(parent === 0 ? {} : { parentUuid: parent }), ...more } });
    return uuid;
  }

  private slice(uuid: number, category: string, name: string, start: number, end: number, args: object): void {
    const [categoryIid, newCategory] = this.categories.of(category);
    const [nameIid, newName] = this.names.of(name);
    if (newCategory || newName) {
      this.packet({
        internedData: {
          ...(newCategory ? { eventCategories: [{ iid: categoryIid, name: category }] } : {}),
          ...(newName ? { eventNames: [{ iid: nameIid, name }] } : {}),
        },
      });
    }
    const debugAnnotations = this.annotations(args);
    this.event(start, {
      type: TYPE_SLICE_BEGIN,
      trackUuid: uuid,
      nameIid,
      categoryIids: [categoryIid],
      ...(debugAnnotations.length === 0 ? {} : { debugAnnotations }),
    });
    this.event(end, { type: TYPE_SLICE_END, trackUuid: uuid });
  }

  private annotations(args: object): DebugAnnotation[] {
    const annotations: DebugAnnotation[] = [];
    for (const [name, value] of Object.entries(args) as [string, string | number | null][]) {
      if (value === null) continue;
      const [nameIid, isNew] = this.arguments.of(name);
      if (isNew) this.packet({ internedData: { debugAnnotationNames: [{ iid: nameIid, name }] } });
      if (typeof value === 'string') annotations.push({ nameIid, stringValue: value });
      else if (Number.isSafeInteger(value) && value >= 0) annotations.push({ nameIid, uintValue: value });
      else annotations.push({ nameIid, doubleValue: value });
    }
    return annotations;
  }

  private event(at: number, trackEvent: NonNullable<TracePacket['trackEvent']>): void {
    this.packet({ timestamp: at * NANOSECONDS_PER_CYCLE, trackEvent });
  }

  private packet(packet: TracePacket): void {
    const sequenceFlags = this.cleared ? SEQ_NEEDS_INCREMENTAL_STATE : SEQ_INCREMENTAL_STATE_CLEARED;
    this.cleared = true;
    this.out.writeBytes(encodePacket({ ...packet, trustedPacketSequenceId: SEQUENCE, sequenceFlags }));
  }
}
