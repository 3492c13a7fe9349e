import { compileNative, nativeEngine } from './native-engine.js';
import { interleavedSeconds, type RoundsOptions } from './rounds.js';
import { heapJsEngine } from './shared-adc-heap-js.js';
import { bookedEngine, sampledEngine } from './shared-adc-kernel.js';
import { CROSSBARS, SAMPLES } from './shared-adc-model.js';
import type { Table } from './table.js';

const READS_PER_CROSSBAR = 256;

/** Goals of the kernel, sampled, against the engines that also have an event per sample. */
const SAMPLED_GOALS: Record<string, number> = { 'heap-js objects': 5, 'C++ priority_queue': 1.5 };
/** Goal of the kernel, booked, against the kernel, sampled. */
const BOOKED_GOAL = 4;

export function sharedAdcBenchmark(options: RoundsOptions): Table[] {
  const engines = [
    sampledEngine(READS_PER_CROSSBAR),
    bookedEngine(READS_PER_CROSSBAR),
    heapJsEngine(READS_PER_CROSSBAR),
  ];
  const native = compileNative('shared-adc.cpp');
  if (native !== undefined) engines.push(nativeEngine(native, [READS_PER_CROSSBAR]));
  const seconds = interleavedSeconds(engines, options);
  const conversions = CROSSBARS * READS_PER_CROSSBAR * SAMPLES;
  const table = (underTest: string, goals: Record<string, number>): Table => ({
    title: `shared ADC, ${underTest} against the others`,
    unit: 'M conversions/s',
    notFound: native === undefined ? ['C++ priority_queue (g++)'] : [],
    rows: [...seconds].map(([name, s]) => ({
      name,
      rate: conversions / 1e6 / s,
      ratio: s / seconds.get(underTest)!,
      ratioGoal: goals[name],
    })),
  });
  return [table('kernel, sampled', SAMPLED_GOALS), table('kernel, booked', { 'kernel, sampled': BOOKED_GOAL })];
}
