import type { NetworkRow } from './network-row.js';
import type { BenchmarkName, BenchResults, MachineDescription, Measured } from './results-file.js';
import type { ScalingTable } from './scaling.js';
import {
  figure,
  networkGoals,
  operationsPerSecond,
  shownEngines,
  shownNetworks,
  shownScaling,
  shownTraces,
  verdict,
} from './shown-results.js';
import { markdownTable, type ShownTable } from './shown-table.js';
import type { Table, TableRow } from './table.js';

/** Results with nothing missing. */
type Complete = Required<BenchResults>;

const BENCHMARKS = Object.keys({
  hold: 0,
  'trace-off': 0,
  'shared-adc': 0,
  pe: 0,
  'pe-scaling': 0,
  networks: 0,
  granularities: 0,
  'network-scaling': 0,
  'trace-on': 0,
} satisfies Record<BenchmarkName, 0>) as BenchmarkName[];

/** @throws RangeError with the names of the benchmarks that have not been run, or if machines differ */
export function complete(results: BenchResults): Complete {
  const missing = BENCHMARKS.filter((name) => results[name] === undefined);
  if (missing.length > 0) throw new RangeError(`bench/results.json: ${missing.join(', ')} missing; run them`);
  const machines = new Set(BENCHMARKS.map((name) => describe(results[name]!.machine)));
  if (machines.size > 1)
    throw new RangeError(`bench/results.json: got ${[...machines].join(' and ')}; allowed: one machine`);
  return results as Complete;
}

/** The table of README.md, and on what it was measured. */
export function summary(results: Complete): string {
  const left = (heading: string) => ({ heading, align: 'left' as const });
  const columns = [left('work'), left('measured'), left('goal')];
  const rows = [
    holdLine(results.hold),
    peLine(results.pe),
    ...results.networks.figures.map(networkLine),
    scalingLine(results['network-scaling']),
    traceLine(results),
  ];
  return `${measuredOn(together(results))}\n\n${markdownTable({ columns, rows })}`;
}

/** All tables, for docs/performance.md. */
export function allTables(results: Complete): string {
  const engines = (measured: Measured<Table>) => section(measured, measured.figures.map(shownEngines));
  const scaling = (measured: Measured<ScalingTable>) => section(measured, measured.figures.map(shownScaling));
  const { networks, granularities } = results;
  return [
    section(networks, [shownNetworks('networks, one image each', networks.figures)]),
    section(granularities, [shownNetworks('ways to simulate the same', granularities.figures)]),
    scaling(results['network-scaling']),
    section(results['trace-on'], [shownTraces(results['trace-on'].figures)]),
    engines(results.pe),
    scaling(results['pe-scaling']),
    engines(results.hold),
    engines(results['trace-off']),
    engines(results['shared-adc']),
  ].join('\n\n');
}

function section(measured: Measured<unknown>, tables: readonly ShownTable[]): string {
  const text = tables.map((table) => {
    const note = table.note === '' ? [] : [capital(table.note) + '.'];
    return [`### ${capital(table.title)}`, markdownTable(table), ...note].join('\n\n');
  });
  return [...text, measuredOn(measured)].join('\n\n');
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function measuredOn({ machine, date, rounds, quick }: Measured<unknown>): string {
  const how = quick
    ? 'A quick run, which shows only that all works'
    : rounds === 1
      ? 'One round'
      : `Medians of ${rounds} interleaved rounds`;
  return `${how}, on ${describe(machine)}, ${date.slice(0, 10)}.`;
}

/** What can be said of all benchmarks: the fewest rounds, the last day; quick if any is. */
function together(results: Complete): Measured<unknown> {
  const all = BENCHMARKS.map((name) => results[name]);
  return {
    machine: results.networks.machine,
    date: all
      .map(({ date }) => date)
      .sort()
      .at(-1)!,
    quick: all.some(({ quick }) => quick),
    rounds: Math.min(...all.map(({ rounds }) => rounds)),
    figures: [],
  };
}

function describe({ cpu, cores, memory_GiB, os, node }: MachineDescription): string {
  return `${cores} cores (${cpu}), ${memory_GiB} GiB, ${os}, Node ${node.slice(1)}`;
}

/** The kernel at 1 024 events held, and how many times faster it is than others. */
function holdLine({ figures }: Measured<Table>): string[] {
  const { rows } = figures.find(({ title }) => title.endsWith('= 1024'))!;
  const others = rows.filter(({ ratioGoal }) => ratioGoal !== undefined);
  return [
    'kernel, hold model, 1,024 events',
    [`${figure(rows[0]!.rate)} M events/s`, ...others.map(({ name, ratio }) => `${figure(ratio)}x ${name}`)].join(', '),
    others.map(({ ratio, ratioGoal }) => `${ratioGoal}x: ${verdict(ratio >= ratioGoal!)}`).join(', '),
  ];
}

/** `fast` on the PE that has a goal. */
function peLine({ figures }: Measured<Table>): string[] {
  const { title, rows } = figures.find((table) => table.rows.some(({ rateGoal }) => rateGoal !== undefined))!;
  const { rate, rateGoal } = rows.find((row) => row.rateGoal !== undefined) as TableRow & { rateGoal: number };
  const others = rows.slice(1).map(({ name, ratio }) => `${figure(ratio)}x ${name}`);
  return [
    title,
    [`${figure(rate)} M OU operations/s`, ...others].join(', '),
    `${rateGoal} M/s: ${verdict(rate >= rateGoal)}`,
  ];
}

function networkLine(row: NetworkRow): string[] {
  const memory = row.peakRss_MB === null ? '' : `, ${figure(row.peakRss_MB)} MB`;
  const work = `${figure(row.operations / 1e6)} M OU operations`;
  return [row.name, `${figure(row.wall_s)} s${memory}; ${work}, ${operationsPerSecond(row)} M/s`, networkGoals(row)];
}

function scalingLine({ figures }: Measured<ScalingTable>): string[] {
  return [
    'resnet18 at several input sizes: time against OU operations',
    `slope ${figures.map(({ logFit, title }) => `${logFit.slope.toFixed(2)} (${title.split(', ').at(-1)})`).join(', ')}`,
    figures.map(({ logFit, slopeGoal }) => `<= ${slopeGoal}: ${verdict(logFit.slope <= slopeGoal)}`).join(', '),
  ];
}

function traceLine({ 'trace-off': off, 'trace-on': on }: Complete): string[] {
  const untraced = off.figures[0]!.rows.find(({ ratioGoal }) => ratioGoal !== undefined)!;
  const filtered = on.figures.find(({ slowdownGoal }) => slowdownGoal !== null)!;
  const slower = (of: number) => `${Math.round(100 * (of - 1))} %`;
  const goal = (of: number, atMost: number) => `<= ${slower(atMost)}: ${verdict(of <= atMost)}`;
  const slowdownOff = 1 / untraced.ratio;
  return [
    'slower by a trace: off (kernel), and on with a filter',
    `${slower(slowdownOff)}, ${slower(filtered.slowdown)}`,
    [goal(slowdownOff, 1 / untraced.ratioGoal!), goal(filtered.slowdown, filtered.slowdownGoal!)].join(', '),
  ];
}
