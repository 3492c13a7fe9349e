import { expect, test } from 'vitest';
import { COMPONENTS } from '../../components/machine.js';
import { TIME_PARTS } from '../../reports/page/states.js';
import type { OffsetTrace } from '../../scenarios/run/run-options.js';
import { runScenario } from '../../scenarios/run/run-scenario.js';
import { resolveScenario, scenarioFromOptions } from '../../scenarios/scenario.js';
import type { TrackId } from '../../sim/trace/trace.js';
import { TRACE_LEVELS } from '../../sim/trace/trace-level.js';
import { readPage } from './markdown.js';

// Whatever a ledger, a trace or the page may call the time of a resource has an entry, or is named in one.

const GLOSSARY = readPage('docs/glossary.md');
const ENTRIES = GLOSSARY.split(/^#### /m).slice(1);

/** Runs that between them have every kind of resource: crossbars that wait, detectors, index decoders, both schedules. */
const RUNS = [
  { preset: 'ou-baseline', machine: { adc: { perPool: 2 }, shiftAdd: { lanes: 1 } }, execution: {} },
  { preset: 'sre', machine: {}, execution: {} },
  { preset: 'isaac', machine: {}, execution: {} },
  {
    preset: 'isaac-ou',
    machine: { tile: { pes: 2 }, router: { bufferPackets: 1 } },
    execution: { replication: 'balanced', crossbarBudget: 512 },
  },
];

/** Names of ledger states, spans and counters, each with where it was met; and of tracks, without number and layer. */
function namesOfRuns(): { names: Map<string, string>; tracks: Set<string> } {
  const names = new Map<string, string>();
  const tracks = new Set<string>();
  for (const { preset, machine, execution } of RUNS) {
    const raw = scenarioFromOptions({ preset, model: 'lenet5-mnist' }) as { machine: Record<string, unknown> };
    const scenario = resolveScenario({ ...raw, machine: { ...raw.machine, ...machine }, execution }, { baseDir: '.' });
    const paths: string[] = [];
    const note = (track: TrackId, name: string): void => {
      if (!names.has(name)) names.set(name, `trace of ${paths[track]}`);
    };
    const trace: OffsetTrace = {
      offset: 0,
      from: 0,
      to: 30_000,
      track: (path) => paths.push(path) - 1,
      span: note,
      service: note,
      counter: note,
      operation() {},
    };
    const { resources } = runScenario(scenario, { trace });
    for (const path of paths) tracks.add(/(\w+)(?:\[[^\]]*\])?(?: \S+)?$/.exec(path)![1]!);
    for (const { kind, ledger } of Object.values(resources)) {
      for (const state of Object.keys(ledger)) names.set(state, `ledger of a resource of kind ${kind}`);
    }
  }
  return { names, tracks };
}

/** Whether an entry is headed by the name, or shows it as code. */
function isExplained(name: string): boolean {
  return ENTRIES.some(
    (entry) => entry.split('\n')[0]!.toLowerCase() === name.toLowerCase() || entry.includes(`\`${name}\``),
  );
}

test('every state of a ledger, and every span, counter and track of a trace is in the glossary', {
  timeout: 60_000,
}, () => {
  const { names, tracks } = namesOfRuns();
  for (const { key, statistics } of COMPONENTS) {
    for (const name of Object.keys(statistics)) {
      if (name.startsWith('stall.')) names.set(name, `statistics of machine.${key}`);
    }
  }
  // The runs reach what they are there for.
  for (const name of ['stall.adc', 'stall.index', 'stall.shiftAdd', 'stall.buffer', 'stall.space', 'scan', 'packet']) {
    expect([...names.keys()]).toContain(name);
  }
  const missing = [...names].filter(([name]) => !isExplained(name)).map(([name, where]) => `${name} (${where})`);
  expect(missing).toEqual([]);
  expect([...tracks]).toEqual(expect.arrayContaining(['Crossbar', 'Adc', 'Home', 'Fetch', 'Bank', 'East', 'In']));
  expect([...tracks].filter((track) => !isExplained(track))).toEqual([]);
});

test("every part of a crossbar's time, as the page calls it, is in the glossary", () => {
  expect(TIME_PARTS.filter(({ name }) => !isExplained(name)).map(({ name }) => name)).toEqual([]);
});

test('every level of a trace is in the glossary', () => {
  expect(TRACE_LEVELS.filter((level) => !isExplained(level))).toEqual([]);
});
