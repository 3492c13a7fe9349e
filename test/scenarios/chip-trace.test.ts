import { isDeepStrictEqual } from 'node:util';
import { describe, expect, it } from 'vitest';
import { runScenario } from '../../scenarios/run/run-scenario.js';
import { resolveScenario } from '../../scenarios/scenario.js';
import { type RecordedSpan, RecordingTrace } from '../sim/recording-trace.js';

/** Whose samples the ADCs of a network's PEs convert: a fast run says it of PEs and pools that it has not simulated either. */

const CYCLES = 1000;

const scenario = resolveScenario(
  {
    machine: { preset: 'isaac' },
    mapping: { quantisation: 'network' },
    workload: { kind: 'network', model: 'lenet5-mnist', images: { count: 1 } },
  },
  { baseDir: '.', overrides: ['machine.adc.sharedBy=4', 'machine.adc.perPool=3'] },
);

/** Keeps the spans of ADCs that overlap a window of cycles. */
class AdcTrace extends RecordingTrace {
  offset = 0;

  override span(): void {}

  override service(track: number, name: string, start: number, end: number, crossbar: number, operation: number): void {
    if (start < this.to && end > this.from) super.service(track, name, start, end, crossbar, operation);
  }

  override counter(): void {}

  override operation(): void {}
}

function adcSpans(granularity: 'fast' | 'sampled', from: number): { spans: RecordedSpan[]; sharedOperations: number } {
  const trace = new AdcTrace(from, from + CYCLES);
  const skipped = { repeatedOperations: 0, repeatedCycles: 0, sharedOperations: 0 };
  runScenario(scenario, { granularity, trace, skipped });
  const key = ({ path, start }: RecordedSpan): string => `${path} ${String(start).padStart(9, '0')}`;
  const spans = trace.spans.sort((a, b) => (key(a) < key(b) ? -1 : 1));
  return { spans, sharedOperations: skipped.sharedOperations };
}

describe('the ADCs of LeNet-5 on a chip', () => {
  const { layers } = runScenario(scenario, {});
  const named = (name: string) => layers!.find((layer) => layer.name === name)!;

  /** Asserts that a fast and a sampled run say the same from cycle `from` on, and returns who is served in which pool. */
  function servedFrom(from: number): { served: Map<string, Set<number>>; operations: Set<number> } {
    const { spans, sharedOperations } = adcSpans('fast', from);
    expect(sharedOperations).toBeGreaterThan(0);
    const sampled = adcSpans('sampled', from).spans;
    if (!isDeepStrictEqual(spans, sampled)) expect(spans).toEqual(sampled);
    const served = new Map<string, Set<number>>();
    for (const { path, crossbar } of spans) {
      const pool = /Pe\[\d+\]\.AdcPool\[\d+\]/.exec(path)![0];
      served.set(pool, (served.get(pool) ?? new Set()).add(crossbar!));
    }
    return { served, operations: new Set(spans.map(({ operation }) => operation!)) };
  }

  it('of a layer on four PEs with equal work, each with two pools of equal crossbars', () => {
    // f1 has 400 rows, 4 row blocks; 120 outputs of 4 slices, 4 column blocks; two signs: 32 crossbars, 4 PEs from PE 2 on.
    const { served } = servedFrom(named('f1').start_cycle);
    const expected = [2, 3, 4, 5].flatMap((pe) => [
      [`Pe[${pe}].AdcPool[0]`, new Set([0, 1, 2, 3])] as const,
      [`Pe[${pe}].AdcPool[1]`, new Set([4, 5, 6, 7])] as const,
    ]);
    expect(served).toEqual(new Map(expected));
  });

  it('in the midst of a layer, after operations that have been repeated', () => {
    const { start_cycle, end_cycle } = named('c1');
    const { served, operations } = servedFrom(Math.floor((start_cycle + end_cycle) / 2));
    expect(served.get('Pe[0].AdcPool[0]')).toEqual(new Set([0]));
    // c1 has 784 windows of 8 bit-planes, an operation each.
    expect(Math.max(...operations)).toBeGreaterThan((784 * 8) / 3);
  });
});
