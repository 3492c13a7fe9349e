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

/** What papers claim of a system's figure over the baseline: `paper 6.1x`; empty where they claim nothing. */
export function paperClaims(claims: readonly CheckedClaim[], figure: ComparedFigure, baseline: string): string {
  const values = claims.filter((claim) => claim.figure === figure && claim.over === baseline).map(claimed);
  if (values.length === 0) return '';
  return `${values.length === 1 ? 'paper' : 'papers'} ${values.join(', ')}`;
}

export function storedBits({ cellBits, indexBits }: ComparedRun): number {
  return cellBits + indexBits;
}

/** Mean wait of a sample for its conversion. */
export function meanWait_ns({ adcWait, rootClock_GHz }: ComparedRun): number {
  return adcWait.mean / rootClock_GHz;
}
