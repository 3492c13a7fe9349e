import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { SortedRecords } from '../../../sim/trace/sorted-records.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ousim-sorted-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Numbers of 0 .. 2^31, the same each time. */
function* pseudoRandom(): Generator<number> {
  for (let state = 12345; ; ) {
    state = (Math.imul(state, 1103515245) + 12345) >>> 1;
    yield state;
  }
}

// 65,536 records are sorted at a time: in memory, a run and a part, and several runs of which some end early.
test.each([0, 1, 1000, 65_536, 65_537, 300_000])('%d records come out sorted, equal ones as they went in', (count) => {
  const records = new SortedRecords(3, join(folder, 'trace.vcd'));
  const random = pseudoRandom();
  const expected: [number, number, number][] = [];
  for (let index = 0; index < count; index++) {
    const record: [number, number, number] = [random.next().value! % 5000, random.next().value! % 3, index];
    expected.push(record);
    records.add(record);
  }
  // Array.prototype.sort is stable.
  expected.sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  let at = 0;
  let differing = 0;
  for (const record of records.sorted()) {
    const wanted = expected[at++]!;
    if (record[0] !== wanted[0] || record[1] !== wanted[1] || record[2] !== wanted[2]) differing++;
  }
  expect([at, differing]).toEqual([count, 0]);
  expect(readdirSync(folder)).toHaveLength(count > 65_536 ? 1 : 0);
  records.dispose();
  records.dispose();
  expect(readdirSync(folder)).toEqual([]);
});
