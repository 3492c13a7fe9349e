import type { TimeBreakdown } from '../../sim/results/result.js';
import { definition } from './definitions.js';

/** A part of a crossbar's time: its key in `time`, its name, and its look (colour and pattern, `page.css`). */
export interface TimePart {
  readonly key: keyof TimeBreakdown;
  readonly name: string;
  readonly look: string;
  readonly definition: string;
}

const part = (key: keyof TimeBreakdown, name: string, look: string): TimePart => ({
  key,
  name,
  look,
  definition: definition('time', key),
});

/** All parts of the time of a crossbar, work first; in every result they sum to the cycles of the run. */
export const TIME_PARTS: readonly TimePart[] = [
  part('reads', 'reading', 'read'),
  part('adcWaiting', 'waiting for ADCs', 'adc'),
  part('indexDecoding', 'index decoding', 'index'),
  part('detector', 'detector', 'detector'),
  part('pixels', 'waiting for pixels', 'pixels'),
  part('output', 'no room for sums', 'output'),
  part('transfer', 'transfer of windows', 'transfer'),
  part('windowSharing', 'waiting for slower crossbars', 'sharing'),
  part('finishedEarlier', 'done before the layer', 'done'),
  part('drain', 'drain', 'done'),
  part('finished', 'layer done, others work', 'finished'),
  part('otherPasses', 'other passes', 'passes'),
];
