import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { noSkippedWork } from '../components/skipped-work.js';
import { writeChart } from '../reports/charts/chart.js';
import { chipCharts } from '../reports/charts/chip-charts.js';
import { colours, wantsColours } from '../reports/colours.js';
import { endScreen, type RunFiles } from '../reports/end-screen.js';
import { plural } from '../reports/format.js';
import { shellWords } from '../reports/page/command-line.js';
import { subjectOf } from '../reports/subject.js';
import { resultTables } from '../reports/tables.js';
import { IDEAL_NAMES } from '../scenarios/chip/ideal.js';
import { type Problem, ScenarioError, shown, unknownName } from '../scenarios/problem.js';
import { runScenario } from '../scenarios/run/run-scenario.js';
import type { Scenario } from '../scenarios/scenario.js';
import { RESULT_FILE, resultToJson, writeResult } from '../sim/results/write.js';
import type { TraceRecorder } from '../sim/trace/trace-recorder.js';
import { CHARTS_FOLDER, removeEarlierPictures, removeEarlierTraces } from './earlier-files.js';
import { allOf } from './mistakes.js';
import { GRANULARITIES } from './option-values.js';
import { outputFolderProblems, prepareOutputFolder } from './output-folder.js';
import { outputsText } from './outputs-text.js';
import { Progress } from './progress.js';
import { readScenario, type ScenarioOptions } from './read-scenario.js';
import { runInfo } from './run-info.js';
import type { Session } from './terminal.js';
import { describeTrace, openTrace, type TraceOptions, traceProblems } from './trace-options.js';
import { Watch } from './watch.js';

type GranularityOption = (typeof GRANULARITIES)[number];

export interface RunCommandOptions extends ScenarioOptions, TraceOptions {
  readonly out?: string;
  readonly granularity: string;
  readonly outputs?: boolean;
  readonly seed?: string;
  readonly ideal?: readonly string[];
  readonly charts: boolean;
  readonly json?: boolean;
  readonly watch?: boolean;
}

/** `ousim run`: simulates one scenario, prints what it found and, with --out, writes it. */
export function runCommand(file: string | undefined, options: RunCommandOptions, session: Session): void {
  const startedAt = new Date();
  const [{ granularity, seed }, scenario] = allOf(
    () => checkedOptions(options),
    () => readScenario(file, options),
  );
  checkIdeal(options, scenario);
  if (options.out !== undefined) prepareOutputFolder(options.out, session, 1);
  const trace = openTrace(options, options.out, scenario.machine.rootClock_GHz);
  const named = { scenario: scenario.resolved };

  const progress = options.watch
    ? new Watch(subjectOf(named), session.stderrIsTerminal, session.shows)
    : new Progress(session.stderrIsTerminal, 'simulating');
  const skipped = noSkippedWork();
  let result: ReturnType<typeof runScenario>;
  try {
    result = runScenario(scenario, {
      granularity,
      outputs: options.outputs ?? false,
      shuffleSeed: seed,
      trace,
      ideal: options.ideal ?? [],
      skipped,
      progress: progress.update,
    });
    trace?.close(result.cycles);
  } catch (error) {
    trace?.abort();
    throw error;
  } finally {
    progress.end();
  }

  const names: string[] = [];
  if (options.out !== undefined) {
    const info = {
      granularity: trace === null || granularity === 'fast' ? granularity : 'sampled',
      ...(granularity === 'fast' ? { skipped } : {}),
      ...(seed === undefined ? {} : { seed }),
      ...(trace === null ? {} : { traceEvents: trace.events, traceTracks: trace.tracks }),
    };
    const replaces = existsSync(join(options.out, RESULT_FILE));
    const files = writeResult(options.out, result, runInfo(startedAt, session, info));
    names.push(basename(files.result), basename(files.runInfo));
    const drawn = options.charts && result.chip !== undefined ? chipCharts(result) : [];
    const charts = drawn.map(({ name, chart }) => writeChart(join(options.out!, CHARTS_FOLDER), name, chart).png);
    if (charts.length > 0) names.push(`${CHARTS_FOLDER}/ (${plural(charts.length, 'picture')})`);
    const traces = trace?.files.map(({ file }) => file) ?? [];
    names.push(...traces.map((file) => basename(file)));
    if (replaces) {
      removeEarlierPictures(options.out, charts);
      removeEarlierTraces(options.out, traces);
    }
  }
  if (options.json) {
    process.stdout.write(resultToJson(result));
    return;
  }
  const view = {
    width: session.columns,
    colour: wantsColours({ isTTY: session.stdoutIsTerminal }, process.env),
  };
  const texts = [
    resultTables(result, view),
    ...(result.outputs === undefined ? [] : [`${outputsText(result, view.width, colours(view.colour))}\n`]),
    endScreen(result, runFiles(file ?? scenario.preset!.name, options, names, trace), view),
  ];
  process.stdout.write(texts.join('\n'));
}

function runFiles(
  subject: string,
  { out, set = [] }: RunCommandOptions,
  names: readonly string[],
  trace: TraceRecorder | null,
): RunFiles {
  const command = (words: readonly string[]) => shellWords(words).join(' ');
  const explain = ['explain', subject];
  return {
    folder: out === undefined ? null : out.replace(/(?<=.)[/\\]+$/, ''),
    names,
    trace: trace === null ? null : describeTrace(trace),
    explain: [command([...explain, ...set.flatMap((override) => ['--set', override])]), command(explain)],
    next: out === undefined ? null : command(['report', out]),
  };
}

/** @throws ScenarioError where a resource of a chip is to be ideal, and there is no chip */
function checkIdeal({ ideal = [] }: RunCommandOptions, { workload }: Scenario): void {
  if (ideal.length === 0 || workload.kind === 'network') return;
  const hint =
    'a matrix runs on a single PE; more ADCs or lanes are --set machine.adc.perPool=… or machine.shiftAdd.lanes=…';
  const problem: Problem = { path: '--ideal', value: shown(ideal.join(', ')), allowed: 'with a network only', hint };
  throw new ScenarioError([problem], 'command line');
}

/** @throws ScenarioError with everything that is wrong with the options, apart from those that name the scenario */
function checkedOptions(options: RunCommandOptions): { granularity: GranularityOption; seed: number | undefined } {
  const problems: Problem[] = [];
  const granularity = GRANULARITIES.find((name) => name === options.granularity);
  if (granularity === undefined) problems.push(unknownName('--granularity', options.granularity, GRANULARITIES));
  const seed = options.seed === undefined ? undefined : Number(options.seed);
  if (seed !== undefined && !(Number.isInteger(seed) && Math.abs(seed) < 2 ** 31 && options.seed!.trim() !== '')) {
    problems.push({ path: '--seed', value: shown(options.seed), allowed: 'a whole number of at most 31 bits' });
  }
  for (const name of options.ideal ?? []) {
    if (!IDEAL_NAMES.includes(name)) problems.push(unknownName('--ideal', name, IDEAL_NAMES));
  }
  if (options.out !== undefined) problems.push(...outputFolderProblems(options.out));
  problems.push(...traceProblems(options, options.out));
  if (problems.length > 0) throw new ScenarioError(problems, 'command line');
  return { granularity: granularity!, seed };
}
