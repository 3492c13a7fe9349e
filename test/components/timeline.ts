import type { RecordedSpan } from '../sim/recording-trace.js';

/** The letter of each span name; the first cycle of a span is upper case, so that neighbours can be told apart. */
const LETTERS: Readonly<Record<string, string>> = {
  read: 'r',
  convert: 'c',
  'stall.adc': 'a',
  'stall.input': 'i',
  'stall.index': 'd',
  'stall.shiftAdd': 's',
};

/**
 * What a resource does in each of the first `cycles` cycles, a letter per cycle:
 * `R`ead, `C`onvert, stalled for the `A`DC, the `I`nput, the index `D`ecoder or the `S`hift-and-add, `.` idle. "RrrAaR" is a read at 0-3, a
 * stall at 3-5 and a read at 5-6: the second read does not run at 4 and runs at 5.
 */
export function timeline(spans: readonly RecordedSpan[], cycles: number): string {
  const letters = new Array<string>(cycles).fill('.');
  for (const { path, name, start, end } of spans) {
    const letter = LETTERS[name];
    if (letter === undefined) throw new Error(`${path}: span "${name}" has no letter`);
    if (end > cycles) throw new Error(`${path}: ${name} from ${start} to ${end} outlasts the run of ${cycles} cycles`);
    for (let t = start; t < end; t++) letters[t] = t === start ? letter.toUpperCase() : letter;
  }
  return letters.join('');
}

/** Cycles by span name, and `idle`, as a timeline shows them. */
export function ledgerOf(line: string, states: readonly string[]): Record<string, number> {
  const ledger: Record<string, number> = {};
  for (const state of states) {
    const letter = state === 'idle' ? '.' : LETTERS[state]!;
    ledger[state] = [...line.toLowerCase()].filter((found) => found === letter).length;
  }
  return ledger;
}
