import type { LedgerCycles } from '../../sim/results/result.js';
import { sum, withIdle } from '../run/resources.js';
import { fetchingParts, type PlacedPart, type PlacedStage, sendingParts, tilePath } from './placed-stage.js';

/** The path of what a part does with its time, as traces have it. */
export function fetchPath({ part, number }: PlacedPart): string {
  return `${tilePath(part.tile)}.Part[${number}].Fetch`;
}

export function sendPath({ part, number }: PlacedPart): string {
  return part.tile < 0 ? `${tilePath(part.tile)}.Source` : `${tilePath(part.tile)}.Part[${number}].Home`;
}

/**
 * What a part did while it was fetching windows (docs/timing-model.md, "Ledgers of parts"), over a run of `cycles`.
 *
 * @throws KernelError where the states do not sum to them
 */
export function fetchLedger(placed: PlacedPart, cycles: number): LedgerCycles {
  const { fetch, stallOutput, stallPe, stallServer, stallPixels } = placed.statistics;
  return withIdle(
    fetchPath(placed),
    {
      fetch,
      'stall.pixels': sum(stallPixels),
      'stall.output': stallOutput,
      'stall.pe': stallPe,
      'stall.server': stallServer,
    },
    cycles,
  );
}

/** The same of the home of a share of the channels, while it was sending them. */
export function sendLedger(placed: PlacedPart, cycles: number): LedgerCycles {
  const { activate, send, stallFinish, stallSpace } = placed.statistics;
  return withIdle(
    sendPath(placed),
    { activate, send, 'stall.pixels': sum(stallFinish), 'stall.space': sum(stallSpace) },
    cycles,
  );
}

/** The ledgers of a stage's parts, summed. Empty without such parts. */
export function stageLedgers(stage: PlacedStage, cycles: number): { fetch: LedgerCycles; send: LedgerCycles } {
  return {
    fetch: summed(fetchingParts(stage).map((part) => fetchLedger(part, cycles))),
    send: summed(sendingParts(stage).map((part) => sendLedger(part, cycles))),
  };
}

function summed(ledgers: readonly LedgerCycles[]): LedgerCycles {
  const total: LedgerCycles = {};
  for (const ledger of ledgers) {
    for (const [state, time] of Object.entries(ledger)) total[state] = (total[state] ?? 0) + time;
  }
  return total;
}
