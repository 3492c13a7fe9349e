import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runScenario } from '../../scenarios/run/run-scenario.js';
import { parseScenario, resolveScenario } from '../../scenarios/scenario.js';
import { ROOT, readPage } from './markdown.js';
import { RunTrace } from './run-trace.js';

const CYCLES = 24;

test('the timeline of part 2 is what the trace of first-crossbar.yaml shows', () => {
  const file = join(ROOT, 'examples', 'first-crossbar.yaml');
  const scenario = resolveScenario(parseScenario(readFileSync(file, 'utf8'), file), { baseDir: ROOT });
  const trace = new RunTrace();
  runScenario(scenario, { trace });
  const lines = new Map<string, string[]>();
  const fill = (name: string, start: number, end: number, mark: string) => {
    const cells = lines.get(name) ?? new Array<string>(CYCLES).fill('.');
    lines.set(name, cells.fill(mark, Math.min(start, CYCLES), Math.min(end, CYCLES)));
  };
  for (const path of trace.paths) {
    let reads = 0;
    for (const { name, start, end } of trace.spansOf(path)) {
      const marks: Record<string, string> = { convert: 'c', 'stall.adc': 'a', read: String(reads) };
      if (name === 'read') reads++;
      if (name in marks) fill(path.slice(path.lastIndexOf('.') + 1), start, end, marks[name]!);
    }
  }
  for (const { name, at, value } of trace.counts) fill(name, at, CYCLES, String(value));

  const shown = readPage('docs/tutorial.md');
  for (const name of ['Crossbar[0]', 'Crossbar[1]', 'Adc[0]', 'queue']) {
    expect(shown).toContain(`\n${name.padEnd(13)}${lines.get(name)!.join(' ')}\n`);
  }
});
