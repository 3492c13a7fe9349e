import type { RecordedCount, RecordedOperation, RecordedSpan } from '../recording-trace.js';
import type { TraceContent } from './content.js';

/** A message on the wire (protobuf.dev, "Encoding"): the values of its fields, by field number. */
type Message = Map<number, (number | Uint8Array)[]>;

function varint(bytes: Uint8Array, at: number): [value: number, next: number] {
  let value = 0;
  for (let place = 1; ; place *= 128) {
    const byte = bytes[at++]!;
    value += (byte & 127) * place;
    if (byte < 128) return [value, at];
  }
}

function parse(bytes: Uint8Array): Message {
  const message: Message = new Map();
  for (let at = 0; at < bytes.length; ) {
    let key: number;
    let value: number | Uint8Array;
    [key, at] = varint(bytes, at);
    const wire = key % 8;
    if (wire === 0) [value, at] = varint(bytes, at);
    else if (wire === 1) {
      value = new DataView(bytes.buffer, bytes.byteOffset + at).getFloat64(0, true);
      at += 8;
    } else if (wire === 2) {
      const [length, begin] = varint(bytes, at);
      at = begin + length;
      if (at > bytes.length) throw new Error('a field is longer than its message');
      value = bytes.subarray(begin, at);
    } else throw new Error(`wire type ${wire}`);
    const field = Math.floor(key / 8);
    message.set(field, [...(message.get(field) ?? []), value]);
  }
  return message;
}

const number = (message: Message, field: number): number | undefined => message.get(field)?.[0] as number | undefined;
const text = (message: Message, field: number): string =>
  new TextDecoder().decode(message.get(field)![0] as Uint8Array);
const messages = (message: Message, field: number): Message[] =>
  (message.get(field) ?? []).map((bytes) => parse(bytes as Uint8Array));

/** Field numbers of trace_packet.proto, track_descriptor.proto, track_event.proto, debug_annotation.proto of Perfetto. */
const PACKET = { timestamp: 8, sequence: 10, event: 11, interned: 12, flags: 13, descriptor: 60 };
const DESCRIPTOR = { uuid: 1, name: 2, parent: 5, counter: 8 };
const EVENT = { categories: 3, annotations: 4, type: 9, nameIid: 10, track: 11, value: 44 };
const ANNOTATION = { nameIid: 1, uint: 3, double: 5, string: 6 };

interface Opened {
  readonly name: string;
  readonly category: string;
  readonly start: number;
  readonly args: Record<string, unknown>;
}

/** A trace in Perfetto's protobuf form, read as its trace processor would: packet by packet, names by their numbers. */
export function readProto(bytes: Uint8Array): TraceContent {
  const spans: RecordedSpan[] = [];
  const counts: RecordedCount[] = [];
  const operations: RecordedOperation[] = [];
  const tracks = new Map<number, { name: string; parent: number | undefined; counter: boolean; open: Opened | null }>();
  const interned = [1, 2, 3].map(() => new Map<number, string>());
  const pathOf = (uuid: number): string => {
    const { name, parent } = tracks.get(uuid)!;
    return parent === undefined ? name : `${pathOf(parent)}.${name}`;
  };
  messages(parse(bytes), 1).forEach((packet, index) => {
    // SEQ_INCREMENTAL_STATE_CLEARED, then SEQ_NEEDS_INCREMENTAL_STATE.
    if (number(packet, PACKET.flags) !== (index === 0 ? 1 : 2)) throw new Error(`flags of packet ${index}`);
    if (number(packet, PACKET.sequence) !== 1) throw new Error(`sequence of packet ${index}`);
    for (const data of messages(packet, PACKET.interned)) {
      interned.forEach((names, kind) => {
        for (const entry of messages(data, kind + 1)) names.set(number(entry, 1)!, text(entry, 2));
      });
    }
    for (const descriptor of messages(packet, PACKET.descriptor)) {
      tracks.set(number(descriptor, DESCRIPTOR.uuid)!, {
        name: text(descriptor, DESCRIPTOR.name),
        parent: number(descriptor, DESCRIPTOR.parent),
        counter: descriptor.has(DESCRIPTOR.counter),
        open: null,
      });
    }
    for (const event of messages(packet, PACKET.event)) {
      const at = number(packet, PACKET.timestamp)! / 1000;
      const uuid = number(event, EVENT.track)!;
      const track = tracks.get(uuid)!;
      const type = number(event, EVENT.type);
      if (track.counter !== (type === 4)) throw new Error(`an event of type ${type} on ${pathOf(uuid)}`);
      if (type === 4) {
        counts.push({ path: pathOf(track.parent!), name: track.name, at, value: number(event, EVENT.value)! });
      } else if (type === 1) {
        if (track.open !== null) throw new Error(`two slices at a time on ${pathOf(uuid)}`);
        const args = messages(event, EVENT.annotations).map((annotation) => [
          interned[2]!.get(number(annotation, ANNOTATION.nameIid)!)!,
          annotation.has(ANNOTATION.string)
            ? text(annotation, ANNOTATION.string)
            : (number(annotation, ANNOTATION.uint) ?? number(annotation, ANNOTATION.double)),
        ]);
        track.open = {
          name: interned[1]!.get(number(event, EVENT.nameIid)!)!,
          category: interned[0]!.get(number(event, EVENT.categories)!)!,
          start: at,
          args: Object.fromEntries(args),
        };
      } else if (type === 2) {
        const { name, category, start, args } = track.open!;
        track.open = null;
        if (category === 'operation') {
          operations.push({ path: pathOf(track.parent!), stall: null, ...args } as unknown as RecordedOperation);
        } else if (category !== 'trace') {
          const { wholeStart: _, wholeEnd: __, ...served } = args;
          spans.push({ path: pathOf(uuid), name, start, end: at, ...served });
        }
      } else throw new Error(`type ${type}`);
    }
  });
  return { spans, counts, operations };
}
