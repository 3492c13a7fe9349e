import protobuf from 'protobufjs/light.js';

/**
 * The part of Perfetto's protobuf schema that a trace is written in, under the names and field numbers of
 * `protos/perfetto/trace/` of the Perfetto project: trace.proto, trace_packet.proto, track_event/track_event.proto,
 * track_event/track_descriptor.proto, track_event/counter_descriptor.proto, track_event/debug_annotation.proto and
 * interned_data/interned_data.proto. Enumerations stand as uint32, which is the same on the wire.
 */
const optional = (type: string, id: number) => ({ type, id });
const repeated = (type: string, id: number) => ({ rule: 'repeated', type, id });

/** The schema is of proto2: a field that is set is written, also where it is 0. */
const message = (fields: Record<string, { type: string; id: number }>) => ({ edition: 'proto2', fields });

const interned = message({ iid: optional('uint64', 1), name: optional('string', 2) });

const schema = protobuf.Root.fromJSON({
  nested: {
    Trace: message({ packet: repeated('TracePacket', 1) }),
    TracePacket: message({
      timestamp: optional('uint64', 8),
      trustedPacketSequenceId: optional('uint32', 10),
      trackEvent: optional('TrackEvent', 11),
      internedData: optional('InternedData', 12),
      sequenceFlags: optional('uint32', 13),
      trackDescriptor: optional('TrackDescriptor', 60),
    }),
    TrackDescriptor: message({
      uuid: optional('uint64', 1),
      name: optional('string', 2),
      parentUuid: optional('uint64', 5),
      counter: optional('CounterDescriptor', 8),
      childOrdering: optional('uint32', 11),
      siblingOrderRank: optional('int32', 12),
    }),
    CounterDescriptor: message({}),
    TrackEvent: message({
      categoryIids: repeated('uint64', 3),
      debugAnnotations: repeated('DebugAnnotation', 4),
      type: optional('uint32', 9),
      nameIid: optional('uint64', 10),
      trackUuid: optional('uint64', 11),
      doubleCounterValue: optional('double', 44),
    }),
    DebugAnnotation: message({
      nameIid: optional('uint64', 1),
      uintValue: optional('uint64', 3),
      doubleValue: optional('double', 5),
      stringValue: optional('string', 6),
    }),
    InternedData: message({
      eventCategories: repeated('EventCategory', 1),
      eventNames: repeated('EventName', 2),
      debugAnnotationNames: repeated('DebugAnnotationName', 3),
    }),
    EventCategory: interned,
    EventName: interned,
    DebugAnnotationName: interned,
  },
});

export interface TracePacket {
  /** Nanoseconds. */
  readonly timestamp?: number;
  readonly trustedPacketSequenceId?: number;
  readonly trackEvent?: TrackEvent;
  readonly internedData?: InternedData;
  readonly sequenceFlags?: number;
  readonly trackDescriptor?: TrackDescriptor;
}

export interface TrackDescriptor {
  readonly uuid: number;
  readonly name: string;
  readonly parentUuid?: number;
  readonly counter?: Record<string, never>;
  readonly childOrdering?: number;
  readonly siblingOrderRank?: number;
}

export interface TrackEvent {
  readonly type: number;
  readonly trackUuid: number;
  readonly nameIid?: number;
  readonly categoryIids?: readonly number[];
  readonly debugAnnotations?: readonly DebugAnnotation[];
  readonly doubleCounterValue?: number;
}

export interface DebugAnnotation {
  readonly nameIid: number;
  readonly uintValue?: number;
  readonly doubleValue?: number;
  readonly stringValue?: string;
}

interface Interned {
  readonly iid: number;
  readonly name: string;
}

export interface InternedData {
  readonly eventCategories?: readonly Interned[];
  readonly eventNames?: readonly Interned[];
  readonly debugAnnotationNames?: readonly Interned[];
}

/** TrackEvent.Type. */
export const TYPE_SLICE_BEGIN = 1;
export const TYPE_SLICE_END = 2;
export const TYPE_COUNTER = 4;
/** TracePacket.SequenceFlags. */
export const SEQ_INCREMENTAL_STATE_CLEARED = 1;
export const SEQ_NEEDS_INCREMENTAL_STATE = 2;
/** TrackDescriptor.ChildTracksOrdering: by `siblingOrderRank`. */
export const EXPLICIT = 3;

const traceType = schema.lookupType('Trace');

/** The bytes of a packet as a trace has them; a trace is nothing but its packets, one after the other. */
export function encodePacket(packet: TracePacket): Uint8Array {
  return traceType.encode({ packet: [packet] }).finish();
}
