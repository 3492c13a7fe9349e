/** Numbers of jobs, handed out in order to any thread that asks. */
export class JobQueue {
  private readonly next: Int32Array;

  /** @param memory what other threads open the same queue with; left out: a new queue */
  constructor(
    private readonly jobs: number,
    readonly memory = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT),
  ) {
    this.next = new Int32Array(memory);
  }

  /** The next job; null where none is left. */
  take(): number | null {
    const job = Atomics.add(this.next, 0, 1);
    return job < this.jobs ? job : null;
  }

  /** Hands out no more jobs. */
  close(): void {
    Atomics.store(this.next, 0, this.jobs);
  }
}
