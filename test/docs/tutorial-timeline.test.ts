import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runScenario } from '../../scenarios/run/run-scenario.js';
import { parseScenario, resolveScenario } from '../../scenarios/scenario.js';
import { ROOT, readPage } from './markdown.js';

const CYCLES = 24;

/** A track's line of the tutorial's timeline, a character a cycle. */
class Line {
  readonly cells = new Array<string>(CYCLES).fill('.');
  reads = 0;

  fill(start: number, end: number, mark: string): void {
    this.cells.fill(mark, Math.min(start, CYCLES), Math.min(end, CYCLES));
  }
}

test("the tutorial's timeline is what the trace of first-crossbar.yaml shows", () => {
  const file = join(ROOT, 'examples', 'first-crossbar.yaml');
  const scenario = resolveScenario(parseScenario(readFileSync(file, 'utf8'), file), { baseDir: ROOT });
  const names: string[] = [];
  const lines = new Map<string, Line>();
  const lineOf = (name: string): Line => {
    const line = lines.get(name) ?? new Line();
    lines.set(name, line);
    return line;
  };
  const nameOf = (track: number): string => names[track]!.slice(names[track]!.lastIndexOf('.') + 1);
  runScenario(scenario, {
    trace: {
      offset: 0,
      from: 0,
      to: Number.POSITIVE_INFINITY,
      track: (path) => names.push(path) - 1,
      span(track, name, start, end) {
        const line = lineOf(nameOf(track));
        const marks: Record<string, string> = { convert: 'c', 'stall.adc': 'a', read: String(line.reads) };
        if (name === 'read') line.reads++;
        if (name in marks) line.fill(start, end, marks[name]!);
      },
      service(track, name, start, end) {
        this.span(track, name, start, end);
      },
      counter(_track, name, at, value) {
        lineOf(name).fill(at, CYCLES, String(value));
      },
      operation() {},
    },
  });

  const shown = readPage('docs/tutorial.md');
  for (const name of ['Crossbar[0]', 'Crossbar[1]', 'Adc[0]', 'queue']) {
    const expected = `${name.padEnd(13)}${lines.get(name)!.cells.join(' ')}`;
    expect(shown).toContain(`\n${expected}\n`);
  }
});
