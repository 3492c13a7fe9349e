import type { SavedRun } from '../../../reports/page/saved-run.js';
import type { TraceView } from '../../../reports/page/trace-view.js';
import { type SampleOptions, sampleResult } from '../sample-result.js';

/** A run of the made-up network of the other reports' tests. */
export function sampleRun(name: string, options: SampleOptions = {}, trace: TraceView | null = null): SavedRun {
  const result = sampleResult(options);
  return { kind: 'run', name, folder: `out/${name}`, result, commandLine: null, trace, otherTraces: [] };
}

/** Cycles 100 to 200: a crossbar reads twice and stalls once, an ADC converts, a queue rises to 3. */
export const SMALL_TRACE: TraceView = {
  from: 100,
  to: 200,
  tracks: [
    {
      parent: 'Chip.Tile[0].Pe[0]',
      name: 'Crossbar[0]',
      spans: [
        { name: 'read', start: 100, end: 120 },
        { name: 'stall.adc', start: 120, end: 150 },
        { name: 'read', start: 150, end: 170 },
      ],
    },
    {
      parent: 'Chip.Tile[0].Pe[0].AdcPool[0]',
      name: 'Adc[0]',
      spans: [{ name: 'convert', start: 120, end: 200 }],
    },
  ],
  counters: [
    {
      path: 'Chip.Tile[0].Pe[0].AdcPool[0]',
      name: 'queue',
      changes: [
        { at: 120, value: 3 },
        { at: 140, value: 1 },
        { at: 180, value: 0 },
      ],
    },
  ],
  events: 7,
  eventsInFile: 7,
  runCycles: 1000,
};
