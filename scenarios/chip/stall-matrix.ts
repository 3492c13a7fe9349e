import type { StageInput } from '../../mapping/chip-program.js';
import type { StageWait } from '../../sim/results/chip-result.js';
import { share } from '../run/resources.js';
import { fetchingParts, type PlacedPart, type PlacedStage, sendingParts } from './placed-stage.js';

/**
 * What the parts of a stage waited for, and for whom: one entry for each state, cause and other stage, in that order, with
 * the cycles summed over the parts. Only what is not 0.
 *
 * @param cycles of the run
 */
export function stageWaits(placed: PlacedStage, cycles: number): StageWait[] {
  const { stage, pass } = placed;
  const { stages } = pass.program;
  const inputs: readonly StageInput[] = stage.kind === 'source' ? [] : stage.inputs;
  const producerOf = (input: number) => stages[inputs[input]!.producer]!.name;
  const waits = new Map<string, StageWait>();

  const book = (
    state: StageWait['state'],
    cause: StageWait['cause'],
    of: string | null,
    time: number,
    parts: number,
  ) => {
    if (time === 0) return;
    const key = `${state} ${cause} ${of}`;
    const wait = waits.get(key) ?? { layer: stage.name, state, cause, of, cycles: 0, share: 0 };
    wait.cycles += time;
    wait.share = share(wait.cycles, parts * cycles);
    waits.set(key, wait);
  };

  const fetching = fetchingParts(placed);
  const eachFetch = (cause: StageWait['cause'], of: string | null, timeOf: (part: PlacedPart) => number) => {
    for (const part of fetching) book('fetch', cause, of, timeOf(part), fetching.length);
  };
  inputs.forEach((_, k) => {
    eachFetch('pixels', producerOf(k), ({ statistics }) => statistics.stallPixels[k]!);
  });
  eachFetch('output', null, ({ statistics }) => statistics.stallOutput);
  eachFetch('pe', null, ({ statistics }) => statistics.stallPe);
  eachFetch('server', null, ({ statistics }) => statistics.stallServer);

  const sending = sendingParts(placed);
  for (const { statistics } of sending) {
    inputs.forEach((_, k) => {
      book('send', 'pixels', producerOf(k), statistics.stallFinish[k]!, sending.length);
    });
  }
  for (const { part, statistics } of sending) {
    part.destinations.forEach((destination, d) => {
      const consumer = destination.kind === 'port' ? 'port' : stages[destination.stage]!.name;
      book('send', 'space', consumer, statistics.stallSpace[d]!, sending.length);
    });
  }
  return [...waits.values()];
}
