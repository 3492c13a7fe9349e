import type { NetworkRow } from './network-row.js';
import type { ScalingTable } from './scaling.js';
import type { ShownTable } from './shown-table.js';
import type { Table } from './table.js';
import type { TraceRow } from './trace-row.js';

const left = (heading: string) => ({ heading, align: 'left' as const });
const right = (heading: string) => ({ heading, align: 'right' as const });

/** Three significant digits; whole numbers from 100 on. */
export function figure(value: number): string {
  if (Math.abs(value) >= 99.95) return Math.round(value).toLocaleString('en-US');
  return value.toPrecision(3);
}

export function verdict(reached: boolean): string {
  return reached ? 'reached' : 'missed';
}

function atLeast(value: number, goal: number | undefined, unit = ''): string {
  return goal === undefined ? '' : `>= ${Number(goal.toPrecision(2))}${unit}: ${verdict(value >= goal)}`;
}

export function shownEngines({ title, unit, rows, notFound = [] }: Table): ShownTable {
  return {
    title,
    columns: [left('engine'), right(unit), left('goal'), right('ratio'), left('goal'), left('extrapolated from')],
    rows: rows.map(({ name, rate, rateGoal, ratio, ratioGoal, extrapolatedFrom = '' }) => [
      name,
      figure(rate),
      atLeast(rate, rateGoal),
      `${figure(ratio)}x`,
      atLeast(ratio, ratioGoal, 'x'),
      extrapolatedFrom,
    ]),
    note: notFound.length === 0 ? '' : `not found: ${notFound.join(', ')}`,
  };
}

/** What is demanded of a run and whether it does it; empty where nothing is. */
export function networkGoals({ wall_s, wallGoal_s, peakRss_MB, rssGoal_MB }: NetworkRow): string {
  const goals: string[] = [];
  if (wallGoal_s !== null) goals.push(`<= ${wallGoal_s} s: ${verdict(wall_s <= wallGoal_s)}`);
  if (rssGoal_MB !== null && peakRss_MB !== null) {
    goals.push(`< ${rssGoal_MB} MB: ${verdict(peakRss_MB < rssGoal_MB)}`);
  }
  return goals.join(', ');
}

export function operationsPerSecond({ operations, wall_s }: Pick<NetworkRow, 'operations' | 'wall_s'>): string {
  return figure(operations / 1e6 / wall_s);
}

export function shownNetworks(title: string, rows: readonly NetworkRow[]): ShownTable {
  const isPart = rows.some(({ extrapolatedFrom }) => extrapolatedFrom !== null);
  return {
    title,
    columns: [
      left('run'),
      right('wall s'),
      right('CPU s'),
      right('peak MB'),
      right('M OU operations'),
      right('M/s'),
      left('goal'),
      ...(isPart ? [left('extrapolated from')] : []),
    ],
    rows: rows.map((row) => [
      row.name,
      figure(row.wall_s),
      figure(row.cpu_s),
      row.peakRss_MB === null ? '' : figure(row.peakRss_MB),
      figure(row.operations / 1e6),
      operationsPerSecond(row),
      networkGoals(row),
      ...(isPart ? [row.extrapolatedFrom ?? ''] : []),
    ]),
    note: '',
  };
}

export function shownScaling({ title, measured, rows, logFit, fit, slopeGoal }: ScalingTable): ShownTable {
  const reached = verdict(logFit.slope <= slopeGoal);
  return {
    title,
    columns: [left('size'), right('M OU operations'), right(measured), right('M/s')],
    rows: rows.map(({ size, operations, seconds }) => [
      size,
      figure(operations / 1e6),
      figure(seconds),
      operationsPerSecond({ operations, wall_s: seconds }),
    ]),
    note:
      `slope of log(time) over log(operations) ${logFit.slope.toFixed(2)} (R² ${logFit.r2.toFixed(3)}), <= ${slopeGoal}: ${reached}; ` +
      `straight line: ${figure(fit.intercept)} s and ${figure(fit.slope * 1e9)} s per G operations (R² ${fit.r2.toFixed(3)})`,
  };
}

export function shownTraces(rows: readonly TraceRow[]): ShownTable {
  return {
    title: 'cost of a filtered trace',
    columns: [left('run'), right('CPU s'), right('slowdown'), right('records'), left('goal')],
    rows: rows.map(({ name, cpu_s, slowdown, events, slowdownGoal }) => [
      name,
      figure(cpu_s),
      `${slowdown.toFixed(2)}x`,
      events.toLocaleString('en-US'),
      slowdownGoal === null ? '' : `<= ${slowdownGoal}x: ${verdict(slowdown <= slowdownGoal)}`,
    ]),
    note: '',
  };
}
