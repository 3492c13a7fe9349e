import type { TimeBreakdown } from '../../sim/results/result.js';
import type { LookName } from '../charts/paper/looks.js';
import { definition } from './definitions.js';

/** A part of a crossbar's time: its key in `time`, its name, and its look (colour and pattern, `page.css`). */
export interface TimePart {
  readonly key: keyof TimeBreakdown;
  readonly name: string;
  readonly look: LookName;
  readonly definition: string;
  /** True of what holds work up; false of work itself, and of time without any left. */
  readonly isWait: boolean;
}

const part = (key: keyof TimeBreakdown, name: string, look: LookName, isWait: boolean): TimePart => ({
  key,
  name,
  look,
  definition: definition('time', key),
  isWait,
});

/** All parts of the time of a crossbar, work first; in every result they sum to the cycles of the run. */
export const TIME_PARTS: readonly TimePart[] = [
  part('reads', 'reading', 'read', false),
  part('adcWaiting', 'waiting for ADCs', 'adc', true),
  part('indexDecoding', 'index decoding', 'index', true),
  part('detector', 'detector', 'detector', true),
  part('pixels', 'waiting for pixels', 'pixels', true),
  part('output', 'no room for sums', 'output', true),
  part('transfer', 'transfer of windows', 'transfer', true),
  part('windowSharing', 'waiting for slower crossbars', 'sharing', true),
  part('finishedEarlier', 'done before the layer', 'done', false),
  part('drain', 'drain', 'done', false),
  part('finished', 'layer done, others work', 'finished', false),
  part('otherPasses', 'other passes', 'passes', false),
];

/** Into which parts of the time `stall.input` is told apart on a chip, of which it is the sum. */
const INPUT_WAITS: readonly (keyof TimeBreakdown)[] = ['pixels', 'output', 'transfer', 'windowSharing', 'detector'];

/** What `stall.input` holds on a chip, by the names of its parts. */
export function inputWaitWords(): string {
  return TIME_PARTS.filter(({ key }) => INPUT_WAITS.includes(key))
    .map(({ name }) => name)
    .join(', ');
}
