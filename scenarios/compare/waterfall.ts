import type { ComparedRun, WaterfallStep } from '../../sim/results/comparison.js';

type Breakdown = Pick<ComparedRun, 'rootClock_GHz' | 'work' | 'time'> & { readonly readCycles: number };

/**
 * The waterfall of a run over a baseline (see `WaterfallStep`).
 *
 * The ideal steps compare operations x the time of a read, as if equally many crossbars read without a pause. Then, with
 * times that are means over the crossbars that work: `parallelism` compares the time of the reads alone, `baseline` gives
 * the baseline its own losses, and each loss of the run is added to its reads in turn. The last step is the achieved
 * speed-up: the parts of a run's time sum to it (`TimeBreakdown`).
 */
export function waterfall(baseline: Breakdown, run: Breakdown): WaterfallStep[] {
  const ns = (cycles: number, of: Breakdown) => cycles / of.rootClock_GHz;
  const reference = baseline.work.performed * ns(baseline.readCycles, baseline);
  const ideal = (operations: number) => reference / (operations * ns(run.readCycles, run));
  const { work, time } = run;

  const readsOfBaseline = ns(baseline.time.reads, baseline);
  const wholeBaseline = ns(sum(Object.values(baseline.time)), baseline);
  let spent = time.reads;
  const achieved = (loss: number) => {
    spent += loss;
    return wholeBaseline / ns(spent, run);
  };
  return [
    { step: 'words', speedup: ideal(work.dense) },
    { step: 'weights', speedup: ideal(work.uncompressed) },
    { step: 'indices', speedup: ideal(work.rowCompressed) },
    { step: 'activations', speedup: ideal(work.valueSkipped) },
    { step: 'planes', speedup: ideal(work.performed) },
    { step: 'parallelism', speedup: readsOfBaseline / ns(time.reads, run) },
    { step: 'baseline', speedup: achieved(0) },
    { step: 'adcWaiting', speedup: achieved(time.adcWaiting) },
    { step: 'indexDecoding', speedup: achieved(time.indexDecoding) },
    { step: 'detector', speedup: achieved(time.detector) },
    { step: 'imbalance', speedup: achieved(time.windowSharing + time.finishedEarlier) },
    { step: 'pixels', speedup: achieved(time.pixels) },
    { step: 'output', speedup: achieved(time.output) },
    { step: 'transfer', speedup: achieved(time.transfer) },
    { step: 'finished', speedup: achieved(time.drain + time.finished + time.otherPasses) },
  ];
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
