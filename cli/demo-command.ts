import { join } from 'node:path';
import { writeChart } from '../reports/charts/chart.js';
import { contentionCurveChart } from '../reports/charts/contention-curve.js';
import { wantsColours } from '../reports/colours.js';
import { comparisonText } from '../reports/comparison/text.js';
import { comparedScenarios } from '../scenarios/compare/compare-systems.js';
import { PRESETS } from '../scenarios/presets.js';
import { runScenario } from '../scenarios/run/run-scenario.js';
import { resolveScenario, scenarioFromOptions } from '../scenarios/scenario.js';
import { sweepAdcsPerPool } from '../scenarios/studies/adc-sweep.js';
import { TRACE_FORMATS } from '../sim/trace/formats.js';
import { TraceRecorder } from '../sim/trace/trace-recorder.js';
import { runComparison, writeComparisonFiles } from './comparison-run.js';
import { DEFAULT_BASELINE } from './option-values.js';
import { checkOutputFolder, prepareOutputFolder } from './output-folder.js';
import { Progress } from './progress.js';
import type { Session } from './terminal.js';
import { workersOf } from './workers.js';

const MODEL = 'lenet5-mnist';
/** Machine of the contention curve and of the trace. */
const SHARED_ADCS_PRESET = 'ou-baseline';
const ADCS_PER_POOL = [1, 2, 4, 8];
/** Few ADCs, so that the trace shows crossbars that wait for them. */
const TRACED_ADCS_PER_POOL = 2;
const TRACED_CYCLES = { from: 0, to: 4000 };

/** `ousim demo`: all systems on a trained network, side by side; the contention curve and a trace beside it. */
export async function demoCommand({ out }: { readonly out: string }, session: Session): Promise<void> {
  checkOutputFolder(out);
  prepareOutputFolder(out, session);
  const startedAt = new Date();
  const task = {
    systems: PRESETS.filter(({ compared }) => compared),
    baseline: DEFAULT_BASELINE,
    models: [MODEL],
    images: 1,
    overrides: [],
    freeOverheads: false,
    baseDir: process.cwd(),
  };
  const workers = workersOf(undefined);
  const comparison = await runComparison(task, comparedScenarios(task), workers, session);
  const colour = wantsColours({ isTTY: session.stdoutIsTerminal }, process.env);
  process.stdout.write(`${comparisonText(comparison, { width: session.columns, colour }).trimEnd()}\n\n`);

  const written: [file: string, what: string][] = writeComparisonFiles(
    out,
    comparison,
    { charts: true, startedAt, workers },
    session,
  ).map((file) => [file, file.endsWith('.png') ? 'chart; numbers in its .csv' : 'the comparison']);
  written.push([writeContentionCurve(out, session), `${SHARED_ADCS_PRESET}: cycles against ADCs per pool`]);
  written.push([writeTrace(out, session), traceText()]);
  const fileWidth = Math.max(...written.map(([file]) => file.length));
  const lines = written.map(([file, what]) => `  ${file.padEnd(fileWidth)}  ${what}`);
  process.stdout.write(`${['written:', ...lines].join('\n')}\n`);
}

function writeContentionCurve(out: string, session: Session): string {
  const progress = new Progress(session.stderrIsTerminal, 'ADC sweep');
  try {
    const raw = scenarioFromOptions({ preset: SHARED_ADCS_PRESET, model: MODEL });
    const sweep = sweepAdcsPerPool(raw, ADCS_PER_POOL, process.cwd(), () => ({ progress: progress.update }));
    return writeChart(join(out, 'charts'), 'adc-contention', contentionCurveChart(sweep)).png;
  } finally {
    progress.end();
  }
}

function writeTrace(out: string, session: Session): string {
  const overrides = [`machine.adc.perPool=${TRACED_ADCS_PER_POOL}`];
  const raw = scenarioFromOptions({ preset: SHARED_ADCS_PRESET, model: MODEL });
  const scenario = resolveScenario(raw, { baseDir: process.cwd(), overrides });
  const { rootClock_GHz } = scenario.machine;
  const file = join(out, TRACE_FORMATS.perfetto.file);
  const files = [{ format: 'perfetto', file } as const];
  const trace = new TraceRecorder({ files, rootClock_GHz, window: TRACED_CYCLES });
  const progress = new Progress(session.stderrIsTerminal, 'trace');
  try {
    const { cycles } = runScenario(scenario, { progress: progress.update, trace });
    trace.close(cycles);
  } catch (error) {
    trace.abort();
    throw error;
  } finally {
    progress.end();
  }
  return file;
}

function traceText(): string {
  return `first ${TRACED_CYCLES.to} cycles, ${TRACED_ADCS_PER_POOL} ADCs per pool; ui.perfetto.dev`;
}
