import type { ResourceResult, Result } from '../sim/results/result.js';
import { alignedTable, type Cell, type Column } from './aligned-table.js';
import { chipLayerLines, stallMatrixLines } from './chip-tables.js';
import type { Colours } from './colours.js';
import { compact, meanCycles, NONE, percent, plural } from './format.js';
import { shareOf } from './layers.js';
import { settled, type TableOptions } from './table-options.js';

/** Instances listed for each kind of resource; the rest is counted. */
const RESOURCES_SHOWN = 16;

/** The tables of a result: of the layers and stages of a network, or of the resources of its PE. */
export function resultTables(result: Result, options: TableOptions = {}): string {
  return result.chip === undefined ? peTable(result, options) : chipTables(result, options);
}

/** One row per layer, and one for the whole run; then the stall matrix of all stages. */
export function chipTables(result: Result, options: TableOptions = {}): string {
  const { width, paint } = settled(options);
  return text([...chipLayerLines(result, width, paint), '', ...stallMatrixLines(result.chip!, width, paint)]);
}

/** The instances of a run, a table for each kind: utilisation, ledger in per cent, and the waits of pools. */
export function peTable(result: Result, options: TableOptions = {}): string {
  const { width, paint } = settled(options);
  const kinds = new Map<string, [string, ResourceResult][]>();
  for (const entry of Object.entries(result.resources)) {
    const members = kinds.get(entry[1].kind);
    if (members === undefined) kinds.set(entry[1].kind, [entry]);
    else members.push(entry);
  }
  const tables = [...kinds].map(([kind, members]) => kindTable(kind, members, width, paint));
  return tables.join('\n');
}

function kindTable(kind: string, members: readonly [string, ResourceResult][], width: number, paint: Colours): string {
  const states = [...new Set(members.flatMap(([, { ledger }]) => Object.keys(ledger)))];
  const hasWaits = members.some(([, { wait }]) => wait !== undefined);
  const shown = members.slice(0, RESOURCES_SHOWN);
  const right = (heading: string, group?: string): Column =>
    group === undefined ? { heading, align: 'right' } : { heading, group, align: 'right' };
  const columns: Column[] = [
    { heading: kind, align: 'left' },
    right('use %'),
    ...states.map((state) => right(state, 'share of cycles %')),
    ...(hasWaits ? [right('waits')] : []),
    ...(hasWaits ? ['mean', 'p95', 'p99', 'max'].map((heading) => right(heading, 'wait in cycles')) : []),
    ...(hasWaits ? [right('queue')] : []),
  ];
  const rows = shown.map(([path, resource]): Cell[] => [
    { text: path },
    { text: percent(resource.utilisation) },
    ...states.map((state) => ({ text: percent(shareOf(resource.ledger, state)) })),
    ...(hasWaits ? waitCells(resource) : []),
  ]);
  const lines = alignedTable({ columns, rows }, width, paint.heading);
  const unlisted = members.length - shown.length;
  if (unlisted > 0) lines.push(paint.faint(`and ${plural(unlisted, `${kind} more`, `${kind} more`)} in result.json`));
  return text(lines);
}

function waitCells({ wait, 'queue.mean': queue }: ResourceResult): Cell[] {
  if (wait === undefined) return Array.from({ length: 6 }, () => ({ text: NONE }));
  const { count, mean, p95, p99, max } = wait;
  const cells = [compact(count), meanCycles(mean), compact(p95), compact(p99), compact(max), meanCycles(queue ?? 0)];
  return cells.map((cell) => ({ text: cell }));
}

function text(lines: readonly string[]): string {
  return `${lines.join('\n')}\n`;
}
