import { join } from 'node:path';
import { named, writeChart } from '../reports/charts/chart.js';
import { contentionCurveChart } from '../reports/charts/contention-curve.js';
import { stallBreakdownChart } from '../reports/charts/stall-breakdown.js';
import { utilisationAndWaitChart } from '../reports/charts/utilisation-and-wait.js';
import { wantsColours } from '../reports/colours.js';
import { reportText } from '../reports/tables.js';
import { runScenario } from '../scenarios/run/run-scenario.js';
import { type RawScenario, resolveScenario, scenarioFromOptions } from '../scenarios/scenario.js';
import { sweepAdcsPerPool } from '../scenarios/studies/adc-sweep.js';
import type { Result } from '../sim/results/result.js';
import { writeResult } from '../sim/results/write.js';
import { PerfettoTrace } from '../sim/trace/perfetto.js';
import { checkOutputFolder, prepareOutputFolder } from './output-folder.js';
import { Progress } from './progress.js';
import { runInfo } from './run-info.js';
import type { Session } from './terminal.js';
import { TRACE_FILE } from './trace-options.js';

const MODEL = 'lenet5-mnist';
const DIGITS = 10;
const PRESETS = ['ou-baseline', 'isaac'] as const;
const SWEEP_PRESET = 'ou-baseline';
const ADCS_PER_POOL = [1, 2, 4, 8];
/** Few ADCs, so that the trace shows crossbars that wait for them. */
const TRACED_ADCS_PER_POOL = 2;
const TRACED_CYCLES = { from: 0, to: 4000 };

/** `ousim demo`: a trained network on two accelerators, with tables, charts, the contention curve and a trace. */
export function demoCommand({ out }: { readonly out: string }, session: Session): void {
  checkOutputFolder(out);
  prepareOutputFolder(out, session);
  const startedAt = new Date();
  const colour = wantsColours({ isTTY: session.stdoutIsTerminal }, process.env);
  const written: [file: string, what: string][] = [];
  const print = (text: string): void => {
    process.stdout.write(`${text}\n\n`);
  };
  const scenario = (preset: string, count: number): RawScenario =>
    scenarioFromOptions({ preset, model: MODEL, images: { count } });
  const run = (title: string, raw: RawScenario, overrides: readonly string[], trace: PerfettoTrace | null): Result => {
    const progress = new Progress(session.stderrIsTerminal, title);
    try {
      const resolved = resolveScenario(raw, { baseDir: process.cwd(), overrides });
      return runScenario(resolved, { progress: progress.update, trace });
    } finally {
      progress.end();
    }
  };
  const save = (folder: string, result: Result, what: string): void => {
    const files = writeResult(join(out, folder), result, runInfo(startedAt, {}));
    written.push([files.result, what]);
  };

  const results = PRESETS.map((preset) => {
    const result = run(preset, scenario(preset, DIGITS), [], null);
    print(reportText(result, { width: session.columns, colour }));
    save(preset, result, `${DIGITS} digits on ${preset}`);
    return result;
  });

  const progress = new Progress(session.stderrIsTerminal, 'ADC sweep');
  const sweep = sweepAdcsPerPool(scenario(SWEEP_PRESET, 1), ADCS_PER_POOL, process.cwd(), () => ({
    progress: progress.update,
  }));
  progress.end();
  for (const { x, result } of sweep) save(join('adc-sweep', `per-pool-${x}`), result, `1 digit, ADCs per pool: ${x}`);

  const charts = join(out, 'charts');
  const addChart = (name: string, chart: Parameters<typeof writeChart>[2], what: string): void => {
    written.push([writeChart(charts, name, chart).png, `${what}; numbers in its .csv`]);
  };
  addChart('adc-utilisation-and-wait', utilisationAndWaitChart(named(results)), 'ADC utilisation and wait per layer');
  addChart('stall-breakdown', stallBreakdownChart(named(results)), 'where crossbar time goes per layer');
  addChart('adc-contention', contentionCurveChart(sweep), 'cycles against ADCs per pool');

  written.push([
    writeTrace(out, (trace, overrides) => run('trace', scenario(SWEEP_PRESET, 1), overrides, trace)),
    traceText(),
  ]);

  print(verdict(results));
  const fileWidth = Math.max(...written.map(([file]) => file.length));
  print(['written:', ...written.map(([file, what]) => `  ${file.padEnd(fileWidth)}  ${what}`)].join('\n'));
}

function writeTrace(out: string, run: (trace: PerfettoTrace, overrides: readonly string[]) => Result): string {
  const overrides = [`machine.adc.perPool=${TRACED_ADCS_PER_POOL}`];
  const raw = scenarioFromOptions({ preset: SWEEP_PRESET, model: MODEL });
  const { rootClock_GHz } = resolveScenario(raw, { baseDir: process.cwd(), overrides }).machine;
  const trace = new PerfettoTrace({ file: join(out, TRACE_FILE), rootClock_GHz, window: TRACED_CYCLES });
  try {
    run(trace, overrides);
    trace.close();
  } catch (error) {
    trace.abort();
    throw error;
  }
  return trace.file;
}

function traceText(): string {
  return `the first ${TRACED_CYCLES.to} cycles with ${TRACED_ADCS_PER_POOL} ADCs per pool, for ui.perfetto.dev`;
}

/** Whether the digits were classified right, on every machine. */
function verdict(results: readonly Result[]): string {
  const lines = results.map((result, i) => {
    const images = result.images!;
    const right = images.filter(({ prediction, label }) => prediction === label).length;
    const digits = images.map(({ prediction }) => prediction).join(' ');
    return `  ${PRESETS[i]}: read ${digits}; ${right} of ${images.length} digits right`;
  });
  return ['classification, by the integers that left the crossbars:', ...lines].join('\n');
}
