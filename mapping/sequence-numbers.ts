const FIRST_SLOTS = 64;
const FIRST_VALUES = 256;
const FREE = -1;

/** Numbers sequences of 32-bit integers 0, 1, .. in the order in which they first come; equal sequences share a number. */
export class SequenceNumbers {
  /** Distinct sequences so far. */
  count = 0;

  /** All distinct sequences, one after the other; that of number n begins at `starts[n]` and ends at `starts[n + 1]`. */
  private values: Int32Array = new Int32Array(FIRST_VALUES);
  private starts: Int32Array = new Int32Array(FIRST_SLOTS);
  private hashes: Int32Array = new Int32Array(FIRST_SLOTS);
  /** Open addressing with linear probing: numbers, or FREE; at most half of the slots are taken. */
  private slots: Int32Array = new Int32Array(FIRST_SLOTS).fill(FREE);

  /** The number of the sequence that is the first `length` entries of `sequence`. */
  numberOf(sequence: Int32Array, length: number = sequence.length): number {
    let hash = length;
    for (let i = 0; i < length; i++) {
      hash = Math.imul(hash ^ sequence[i]!, 0x9e3779b1);
      hash ^= hash >>> 15;
    }
    const mask = this.slots.length - 1;
    let slot = hash & mask;
    for (; this.slots[slot] !== FREE; slot = (slot + 1) & mask) {
      const number = this.slots[slot]!;
      if (this.hashes[number] === hash && this.equals(number, sequence, length)) return number;
    }
    return this.add(slot, hash, sequence, length);
  }

  /** The sequence of a number; valid until the next call of `numberOf`. */
  sequence(number: number): Int32Array {
    return this.values.subarray(this.starts[number]!, this.starts[number + 1]!);
  }

  private equals(number: number, sequence: Int32Array, length: number): boolean {
    const start = this.starts[number]!;
    if (this.starts[number + 1]! - start !== length) return false;
    for (let i = 0; i < length; i++) if (this.values[start + i] !== sequence[i]) return false;
    return true;
  }

  private add(slot: number, hash: number, sequence: Int32Array, length: number): number {
    const number = this.count++;
    const start = this.starts[number]!;
    if (start + length > this.values.length) this.values = grown(this.values, 2 * (start + length));
    if (number + 2 > this.starts.length) {
      this.starts = grown(this.starts, 2 * this.starts.length);
      this.hashes = grown(this.hashes, this.starts.length);
    }
    for (let i = 0; i < length; i++) this.values[start + i] = sequence[i]!;
    this.starts[number + 1] = start + length;
    this.hashes[number] = hash;
    this.slots[slot] = number;
    if (2 * this.count > this.slots.length) this.spread();
    return number;
  }

  private spread(): void {
    this.slots = new Int32Array(2 * this.slots.length).fill(FREE);
    const mask = this.slots.length - 1;
    for (let number = 0; number < this.count; number++) {
      let slot = this.hashes[number]! & mask;
      while (this.slots[slot] !== FREE) slot = (slot + 1) & mask;
      this.slots[slot] = number;
    }
  }
}

function grown(array: Int32Array, length: number): Int32Array {
  const larger = new Int32Array(length);
  larger.set(array);
  return larger;
}
