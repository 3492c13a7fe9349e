import type { Actor, KernelStatistics } from '../../sim/kernel.js';

interface Entry {
  readonly cycle: number;
  readonly phase: number;
  readonly sequence: number;
  /** Number of the permanent event; -1 for a one-shot. */
  readonly id: number;
  readonly actor: Actor;
  readonly kind: number;
  readonly arg: number;
}

/**
 * The kernel's contract in the plainest form: one list of entries, of which the least by (cycle, phase, sequence) fires.
 * It shares no code with the kernel. A call that the contract forbids throws a `RangeError`.
 */
export class NaiveKernel {
  now = 0;
  phase = 0;
  readonly statistics: KernelStatistics = {
    fired: 0,
    scheduled: 0,
    cancelled: 0,
    maxPending: 0,
    farEvents: 0,
    cyclesWithWork: 0,
  };
  private entries: Entry[] = [];
  private readonly events: { actor: Actor; kind: number; arg: number }[] = [];
  private sequence = 0;
  private lastWorked = -1;
  private stopped = false;

  constructor(private readonly phases: number) {}

  get pendingEvents(): number {
    return this.entries.length;
  }

  event(actor: Actor, kind: number, arg = 0): number {
    return this.events.push({ actor, kind, arg }) - 1;
  }

  schedule(id: number, delay: number, phase: number): void {
    if (this.isPending(id)) throw new RangeError('pending');
    this.insert(id, this.events[id]!, delay, phase);
  }

  post(delay: number, actor: Actor, kind: number, arg: number, phase: number): void {
    this.insert(-1, { actor, kind, arg }, delay, phase);
  }

  cancel(id: number): boolean {
    const left = this.entries.filter((entry) => entry.id !== id);
    const wasPending = left.length < this.entries.length;
    this.entries = left;
    if (wasPending) this.statistics.cancelled++;
    return wasPending;
  }

  isPending(id: number): boolean {
    return this.entries.some((entry) => entry.id === id);
  }

  stop(): void {
    this.stopped = true;
  }

  step(): boolean {
    return this.fireNext(Number.POSITIVE_INFINITY);
  }

  run(until = Number.POSITIVE_INFINITY): void {
    this.stopped = false;
    while (!this.stopped && this.fireNext(until));
  }

  private insert(id: number, event: { actor: Actor; kind: number; arg: number }, delay: number, phase: number): void {
    const cycle = this.now + delay;
    if (!Number.isInteger(delay) || delay < 0 || delay >= 2 ** 53 || cycle >= 2 ** 53) throw new RangeError('delay');
    if (!Number.isInteger(phase) || phase < 0 || phase >= this.phases) throw new RangeError('phase');
    if (cycle === this.now && phase < this.phase) throw new RangeError('passed');
    this.entries.push({ cycle, phase, sequence: this.sequence++, id, ...event });
    this.statistics.scheduled++;
    this.statistics.maxPending = Math.max(this.statistics.maxPending, this.entries.length);
    if (delay >= 1024) this.statistics.farEvents++;
  }

  private fireNext(until: number): boolean {
    const next = this.entries.toSorted((a, b) => a.cycle - b.cycle || a.phase - b.phase || a.sequence - b.sequence)[0];
    if (next === undefined || next.cycle > until) return false;
    this.entries = this.entries.filter((entry) => entry !== next);
    this.now = next.cycle;
    this.phase = next.phase;
    this.statistics.fired++;
    if (next.cycle !== this.lastWorked) this.statistics.cyclesWithWork++;
    this.lastWorked = next.cycle;
    next.actor.on(next.kind, next.arg);
    return true;
  }
}
