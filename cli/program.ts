import { Command } from 'commander';
import { TRACE_FORMAT_NAMES } from '../sim/trace/formats.js';
import { TRACE_LEVELS } from '../sim/trace/trace-level.js';
import type { CalibrateCommandOptions } from './calibrate-command.js';
import type { CompareCommandOptions } from './compare-command.js';
import type { ConvertCommandOptions } from './convert-command.js';
import type { ExplainCommandOptions } from './explain-command.js';
import { DEFAULT_BASELINE, DEFAULT_STUDY_MODEL, GRANULARITIES } from './option-values.js';
import { packageVersion } from './package-info.js';
import type { ReportCommandOptions } from './report-command.js';
import type { RunCommandOptions } from './run-command.js';
import type { StudyCommandOptions } from './study-command.js';
import type { Session } from './terminal.js';
import type { TraceCommandOptions } from './trace-command.js';
import type { ValidateCommandOptions } from './validate-command.js';

const collect = (value: string, values: readonly string[] = []): string[] => [...values, value];

const TRACE_LEVEL = `how much it shows: ${TRACE_LEVELS.join(' | ')}, each more than the one before (default: sample)`;

const WORKERS = 'runs at the same time, each in a thread; the result is the same (default: one per processor)';

/**
 * The command line of `ousim`; to be parsed with `parseAsync`. Parsing throws commander's errors; commands throw their own.
 * A command is loaded when it is called.
 */
export function program(session: Session): Command {
  const ousim = new Command('ousim')
    .description('Event-driven, cycle-level simulator of ReRAM PIM accelerators at operation-unit (OU) granularity.')
    .version(packageVersion())
    .configureHelp({ helpWidth: session.columns, showGlobalOptions: false })
    .showHelpAfterError('(ousim --help lists the commands)')
    .exitOverride()
    .addHelpText(
      'after',
      `
Examples:
  ousim run --model lenet5-mnist --preset isaac      a trained network on a preset
  ousim run examples/matrix-pe.yaml --out out/pe     a scenario file; results into a folder
  ousim explain ou-baseline                          every number of a preset with its source

Exit codes: 0 fine, 1 a bug of ousim, 2 a mistake in the input, 130 interrupted.`,
    );

  const command = (name: string): Command =>
    ousim.command(name).showHelpAfterError(`(ousim ${name} --help lists the options)`);
  const scenarioOptions = (of: Command): Command =>
    of
      .option('--preset <name>', 'preset, instead of a scenario file; default ou-baseline (ousim list)')
      .option(
        '--model <name>',
        'bundled network, shape, or a .tflite, .onnx or .json file, instead of a scenario file',
      );
  const setOption = (of: Command): Command =>
    of.option('--set <path=value>', 'override one value; may be repeated', collect);

  setOption(scenarioOptions(command('run').argument('[scenario]', 'scenario file, .yaml or .json')))
    .description('Simulate a scenario and report where the cycles go.')
    .option('--images <count>', 'number of images, with --model (default: 1)')
    .option('--out <folder>', 'write result.json and run-info.json there, and the charts of a network')
    .option('--no-charts', 'write no charts')
    .option('--granularity <how>', `${GRANULARITIES.join(' | ')}; the result is the same`, 'fast')
    .option('--outputs', 'put the outputs into the result')
    .option(
      '--ideal <resource>',
      'also run with this resource ideal, to see what it would give (ousim list); may be repeated',
      collect,
    )
    .option('--trace <formats>', `write a trace into --out: ${TRACE_FORMAT_NAMES.join(' | ')}; several with commas`)
    .option('--trace-window <from:to>', 'keep only these cycles in the trace')
    .option('--trace-filter <pattern>', 'keep only matching instances in the trace, for instance "*.AdcPool[0]*"')
    .option('--trace-level <level>', TRACE_LEVEL)
    .option(
      '--watch',
      'redraw on stderr, while the run goes on, how far it is, what works and what waits; no terminal: a block of text every 10 s',
    )
    .option('--seed <number>', 'shuffle the order of simultaneous events; the result must not change')
    .option('--json', 'print result.json instead of tables')
    .addHelpText(
      'after',
      `
Examples:
  ousim run --model lenet5-mnist --preset ou-baseline --images 10 --out out/lenet
  ousim run --model lenet5-mnist --set machine.adc.perPool=2
  ousim run --model lenet5-mnist --images 64 --set execution.replication=balanced
  ousim run --model lenet5-mnist --ideal adc --ideal bus
  ousim run examples/first-crossbar.yaml --outputs --json
  ousim run examples/matrix-pe.yaml --out out/pe --trace perfetto --trace-window 0:2000`,
    )
    .action(async (file: string | undefined, options: RunCommandOptions) =>
      (await import('./run-command.js')).runCommand(file, options, session),
    );

  command('report')
    .argument('<folders...>', 'folders with a result.json or a compare.json')
    .description(
      'Make one page, a self-contained HTML file, of saved results, and its charts as PNG and CSV; several results are set side by side.',
    )
    .option(
      '--out <file>',
      'the page, a name that ends in .html or .htm; of one folder it stands in the folder as index.html',
    )
    .option('--no-charts', 'do not write the charts of the page as files beside it')
    .addHelpText(
      'after',
      `
Examples:
  ousim report out/lenet
  ousim report out/two-adcs out/eight-adcs --out out/differences.html
  ousim report out/compare`,
    )
    .action(async (folders: readonly string[], options: ReportCommandOptions) =>
      (await import('./report-command.js')).reportCommand(folders, options),
    );

  setOption(command('compare').argument('[systems...]', 'presets; default: the systems of the papers (ousim list)'))
    .description('Run systems side by side on the same networks, against a baseline and against their papers.')
    .option('--models <names>', 'networks, with commas between them; may be repeated (default: lenet5-mnist)', collect)
    .option('--baseline <system>', 'system that the ratios are over', DEFAULT_BASELINE)
    .option('--images <count>', 'number of images of each network', '1')
    .option('--free-overheads', 'let indices and detectors cost no time, energy or area')
    .option('--workers <count>', WORKERS)
    .option('--out <folder>', 'write compare.json, compare.md, charts and run-info.json there')
    .option('--no-charts', 'write no charts')
    .option('--json', 'print compare.json instead of tables')
    .addHelpText(
      'after',
      `
Examples:
  ousim compare --out out/compare
  ousim compare sre bwq --baseline isaac --models lenet5-mnist,vgg10m-cifar10
  ousim compare --free-overheads --set machine.adc.perPool=2`,
    )
    .action(async (systems: readonly string[], options: CompareCommandOptions) =>
      (await import('./compare-command.js')).compareCommand(systems, options, session),
    );

  setOption(command('study').argument('[name]', 'study; left out: the studies are listed'))
    .description('Run a sweep that a paper shows, with its table, its charts and what the paper says.')
    .option(
      '--model <name>',
      `bundled network or the file of one, of MNIST or CIFAR-10 (default: ${DEFAULT_STUDY_MODEL})`,
    )
    .option('--workers <count>', WORKERS)
    .option('--out <folder>', 'write study.json, study.md and the charts there')
    .option('--json', 'print study.json instead of tables')
    .addHelpText(
      'after',
      `
Examples:
  ousim study
  ousim study ou-size --out out/ou-size
  ousim study sme-squeeze --set mapping.sme.window=4`,
    )
    .action(async (name: string | undefined, options: StudyCommandOptions) =>
      (await import('./study-command.js')).studyCommand(name, options, session),
    );

  setOption(
    scenarioOptions(command('explain').argument('[subject]', 'scenario file, preset, or component (adc, crossbar, …)')),
  )
    .description('Show every value of a machine with its unit and source, or what a component declares.')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      `
Examples:
  ousim explain isaac
  ousim explain adc
  ousim explain examples/matrix-pe.yaml --set machine.adc.bits=6`,
    )
    .action(async (subject: string | undefined, options: ExplainCommandOptions) =>
      (await import('./explain-command.js')).explainCommand(subject, options, session),
    );

  command('list')
    .description(
      'List presets, models, shapes, mapping schemes, encodings, layouts, studies, ideal resources and components.',
    )
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  ousim list')
    .action(async (options: { readonly json?: boolean }) =>
      (await import('./list-command.js')).listCommand(options, session),
    );

  setOption(command('validate').argument('<scenario>', 'scenario file, .yaml or .json'))
    .description('Check a scenario without running it: all problems at once.')
    .option('--json', 'print the resolved scenario')
    .addHelpText(
      'after',
      `
Examples:
  ousim validate examples/matrix-pe.yaml
  ousim validate examples/matrix-pe.yaml --set machine.ou.wordlines=16 --json`,
    )
    .action(async (file: string, options: ValidateCommandOptions) =>
      (await import('./validate-command.js')).validateCommand(file, options),
    );

  setOption(command('calibrate'))
    .description('Let a mapping scheme decide about a network on calibration images; keep the decisions in a file.')
    .requiredOption('--model <name>', 'bundled network or the file of one, of MNIST or CIFAR-10')
    .option('--preset <name>', 'system whose scheme decides; default ou-baseline (ousim list)')
    .option('--out <file>', 'write the decisions there (.json); left out: to standard output')
    .addHelpText(
      'after',
      `
The file can be edited and used with --set mapping.decisions=FILE
(and --set mapping.quantisation=calibrated).

Example:
  ousim calibrate --preset sme --model lenet5-mnist --out out/sme.json`,
    )
    .action(async (options: CalibrateCommandOptions) =>
      (await import('./calibrate-command.js')).calibrateCommand(options, session),
    );

  command('convert')
    .argument('<model>', 'a .tflite or .onnx file')
    .description("Write a TensorFlow Lite or ONNX model in ousim's own network format (docs/network-format.md).")
    .requiredOption('--out <file>', 'write the network there (.json), and its tensors beside it (.safetensors)')
    .option('--calibration <file[:tensor]>', 'inputs to quantise a float .onnx model with, .safetensors or .npy')
    .option('--mean <numbers>', 'mean of the pixels / 255 of each channel, with commas between them (.onnx)')
    .option('--std <numbers>', 'their standard deviation (.onnx)')
    .addHelpText(
      'after',
      `
Examples:
  ousim convert resnet8.tflite --out networks/resnet8.json
  ousim convert mine.onnx --out mine.json --calibration train.npy --mean 0.1307 --std 0.3081
  ousim run --model networks/resnet8.json --preset isaac`,
    )
    .action(async (file: string, options: ConvertCommandOptions) =>
      (await import('./convert-command.js')).convertCommand(file, options, session),
    );

  command('trace')
    .argument('<file>', 'a trace in the format perfetto (JSON) or csv')
    .description('Write a saved trace, or a part of it, in another format.')
    .requiredOption('--to <format>', TRACE_FORMAT_NAMES.join(' | '))
    .requiredOption('--out <file>', 'write it there')
    .option('--window <from:to>', 'keep only these cycles')
    .option('--filter <pattern>', 'keep only matching instances, for instance "*.AdcPool[0]*"')
    .option('--level <level>', `how much it shows: ${TRACE_LEVELS.join(' | ')} (default: that of the trace)`)
    .addHelpText(
      'after',
      `
Examples:
  ousim trace out/pe/trace.perfetto.json --to vcd --out out/pe/trace.vcd
  ousim trace out/pe/trace.csv --to konata --out out/x.log --window 0:500 --filter '*.Crossbar[0]'`,
    )
    .action(async (file: string, options: TraceCommandOptions) =>
      (await import('./trace-command.js')).traceCommand(file, options, session),
    );

  command('demo')
    .description('Compare all systems on the trained LeNet-5; tables, charts, the contention curve and a trace.')
    .option('--out <folder>', 'folder of the results', 'out')
    .addHelpText('after', '\nExample:\n  ousim demo --out out')
    .action(async (options: { readonly out: string }) =>
      (await import('./demo-command.js')).demoCommand(options, session),
    );

  return ousim;
}
