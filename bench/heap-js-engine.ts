import { Heap } from 'heap-js';

/** What the events of `HeapJsEngine` happen to. */
export interface HeapJsActor {
  on(kind: number, arg: number): void;
}

interface Event {
  readonly time: number;
  readonly sequence: number;
  readonly actor: HeapJsActor;
  readonly kind: number;
  readonly arg: number;
}

/** The event loop that most simulators in JavaScript have: event objects on a heap-js heap by (time, sequence). */
export class HeapJsEngine {
  now = 0;
  private sequence = 0;
  private readonly heap = new Heap<Event>((a, b) => a.time - b.time || a.sequence - b.sequence);

  post(delay: number, actor: HeapJsActor, kind: number, arg: number): void {
    this.heap.add({ time: this.now + delay, sequence: this.sequence++, actor, kind, arg });
  }

  /** Fires events up to and including cycle `until`. */
  run(until = Number.POSITIVE_INFINITY): void {
    const { heap } = this;
    for (let event = heap.peek(); event !== undefined && event.time <= until; event = heap.peek()) {
      heap.pop();
      this.now = event.time;
      event.actor.on(event.kind, event.arg);
    }
  }
}
