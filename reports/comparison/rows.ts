import type {
  CheckedClaim,
  ComparedFigure,
  ComparedNetwork,
  ComparedRun,
  ComparedSystem,
  Comparison,
} from '../../sim/results/comparison.js';
import { claimed } from './ratio-text.js';

/** A row of a network's tables. */
export interface Row {
  readonly system: ComparedSystem;
  readonly run: ComparedRun;
  readonly isBaseline: boolean;
}

/** The runs of a network in the order of the comparison's systems. */
export function rowsOf(comparison: Comparison, network: ComparedNetwork): Row[] {
  return network.runs.map((run) => ({
    run,
    system: comparison.systems.find(({ name }) => name === run.system)!,
    isBaseline: run.system === comparison.baseline,
  }));
}

/** What stands behind a name in the tables. */
export function markedName(name: string, baseline: string): string {
  return name === baseline ? `${name} *` : name;
}

/**
 * What papers claim of a system's figure over the baseline: `paper 6.1x`; of several claims what they span, `papers
 * 1.37-42.3x`; empty where they claim nothing.
 */
export function paperClaims(claims: readonly CheckedClaim[], figure: ComparedFigure, baseline: string): string {
  const [first, ...more] = claims.filter((claim) => claim.figure === figure && claim.over === baseline);
  if (first === undefined) return '';
  if (more.length === 0) return `paper ${claimed(first)}`;
  const ends = [first, ...more].flatMap(({ value, to = value }) => [value, to]);
  return `papers ${claimed({ value: Math.min(...ends), to: Math.max(...ends) })}`;
}

export function storedBits({ cellBits, indexBits }: ComparedRun): number {
  return cellBits + indexBits;
}

/** Mean wait of a sample for its conversion. */
export function meanWait_ns({ adcWait, rootClock_GHz }: ComparedRun): number {
  return adcWait.mean / rootClock_GHz;
}
