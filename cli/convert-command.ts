import { existsSync } from 'node:fs';
import { basename, dirname, extname, join, resolve } from 'node:path';
import { floatWeightsPath } from '../models/float-network.js';
import { matrixLayers } from '../models/matrix-layer.js';
import { isMatrixNode, type Network, type Shape } from '../models/network.js';
import { NetworkFormatError } from '../models/network-format-error.js';
import { decodeOnnx } from '../models/onnx/onnx-schema.js';
import { readFile } from '../models/read-file.js';
import { type NetworkFiles, saveNetwork } from '../models/save-network.js';
import { readTfliteModel } from '../models/tflite/tflite-model.js';
import { alignedTable, type Cell } from '../reports/aligned-table.js';
import { colours, wantsColours } from '../reports/colours.js';
import { grouped } from '../reports/format.js';
import { wrapped } from '../reports/wrapped-text.js';
import { Findings } from '../scenarios/findings.js';
import { type LoadedModel, readModel, tensorsOf } from '../scenarios/network-model.js';
import { type Problem, ScenarioError, shown } from '../scenarios/problem.js';
import { createFolder } from '../sim/results/create-folder.js';
import { replaceFiles } from '../sim/results/write.js';
import { allOf } from './mistakes.js';
import { outputFolderProblems, prepareOutputFolder } from './output-folder.js';
import type { Session } from './terminal.js';

export interface ConvertCommandOptions {
  readonly out: string;
  /** FILE or FILE:TENSOR. */
  readonly calibration?: string;
  /** Numbers with commas between them, one per channel. */
  readonly mean?: string;
  readonly std?: string;
}

const COMMAND_LINE = 'command line';

/** `ousim convert`: writes a TensorFlow Lite or ONNX model in ousim's own network format. */
export function convertCommand(file: string, options: ConvertCommandOptions, session: Session): void {
  const [model] = allOf(
    () => importModel(file, options),
    () => checkOut(options),
  );
  const floatWeights = model.floatWeights ?? null;
  const out = resolve(options.out);
  checkFloatWeights(out, options.out, floatWeights !== null);
  const files = filesOf(model, file);
  const written = [
    { file: tensorsOf(out), data: files.tensors },
    ...(files.floatWeights === null ? [] : [{ file: floatWeightsPath(out), data: files.floatWeights }]),
    { file: out, data: files.json },
  ];
  createFolder(dirname(out));
  prepareOutputFolder(dirname(out), session, 0);
  replaceFiles(written);
  const names = written.map((each) => join(dirname(options.out), basename(each.file)));
  process.stdout.write(`${summary(model, file, session)}\nwritten: ${names.reverse().join(', ')}\n`);
}

/** @throws ScenarioError with everything that keeps the model from being imported */
function importModel(file: string, { calibration, mean, std }: ConvertCommandOptions): LoadedModel {
  const findings = new Findings();
  const workload = {
    ...(calibration === undefined ? {} : { calibration: calibrationOf(calibration) }),
    ...(mean === undefined && std === undefined ? {} : { normalisation: { mean: numbers(mean), std: numbers(std) } }),
  };
  let model: LoadedModel | null = null;
  if (/\.(tflite|onnx)$/.test(file)) {
    model = readModel(file, process.cwd(), findings, workload);
  } else {
    findings.report({ path: 'workload.model', value: shown(file), allowed: 'the name of a .tflite or .onnx file' });
  }
  if (model !== null && findings.problems.length === 0) return model;
  throw new ScenarioError(findings.problems.map(onCommandLine), COMMAND_LINE);
}

/** A tensor's name has no separator of folders, so that "C:\images.npy" is a file. */
function calibrationOf(given: string): { readonly file: string; readonly tensor?: string } {
  const [, file, tensor] = /^(.+):([^:/\\]+)$/.exec(given) ?? [];
  return file === undefined ? { file: given } : { file, tensor: tensor! };
}

function numbers(given: string | undefined): unknown {
  return given?.split(',').map((text) => (text.trim() === '' ? text : Number(text)));
}

/** The problem of a workload's key, of which the command line has options. */
function onCommandLine(problem: Problem): Problem {
  const path = problem.path
    .replace(/^workload\.model\b/, 'model')
    .replace(/^workload\.calibration\b[.\w]*/, '--calibration')
    .replace(/^workload\.normalisation$/, '--mean, --std')
    .replace(/^workload\.normalisation\./, '--');
  const isMissing = path.endsWith(': calibration');
  return isMissing
    ? { ...problem, path, hint: '--calibration images.safetensors, or quantise the model first (QDQ)' }
    : { ...problem, path };
}

/** @throws ScenarioError with what keeps the files from being written */
function checkOut({ out, calibration }: ConvertCommandOptions): void {
  const problem = (allowed: string, hint?: string): Problem => ({
    path: '--out',
    value: shown(out),
    allowed,
    ...(hint === undefined ? {} : { hint }),
  });
  if (extname(out) !== '.json') {
    throw new ScenarioError(
      [problem('the name of a .json file', 'for instance --out networks/mine.json')],
      COMMAND_LINE,
    );
  }
  const files = [out, tensorsOf(out), floatWeightsPath(out)];
  const problems = outputFolderProblems(
    dirname(out),
    files.map((file) => basename(file)),
  );
  if (resolve(tensorsOf(out)) === resolve(floatWeightsPath(out))) {
    problems.push(problem('any name but fp32.json', 'fp32.safetensors is the file of float weights'));
  }
  if (calibration !== undefined && files.some((file) => resolve(file) === resolve(calibrationOf(calibration).file))) {
    problems.push(problem('a name that does not overwrite the calibration inputs'));
  }
  if (problems.length > 0) throw new ScenarioError(problems, COMMAND_LINE);
}

/**
 * Float weights beside a network are read as its own, so those of another must not stand there.
 *
 * @throws ScenarioError
 */
function checkFloatWeights(out: string, given: string, hasOwn: boolean): void {
  if (!existsSync(floatWeightsPath(out)) || (hasOwn && existsSync(out))) return;
  const problem = {
    path: '--out',
    value: shown(given),
    allowed: 'a folder without the float weights of another network, fp32.safetensors',
    hint: 'name a folder of its own',
  };
  throw new ScenarioError([problem], COMMAND_LINE);
}

/** @throws ScenarioError where the format does not allow what was imported */
function filesOf({ network, floatWeights }: LoadedModel, file: string): NetworkFiles {
  try {
    return saveNetwork(network, floatWeights ?? null);
  } catch (error) {
    if (!(error instanceof NetworkFormatError)) throw error;
    const problems = error.problems.map(({ path, value, allowed, hint }) => ({
      path: `model (${file}), as written: ${path}`,
      value: shown(value),
      allowed,
      ...(hint === '' ? {} : { hint }),
    }));
    throw new ScenarioError(problems, COMMAND_LINE);
  }
}

function summary({ network }: LoadedModel, file: string, { columns, stdoutIsTerminal }: Session): string {
  const paint = colours(wantsColours({ isTTY: stdoutIsTerminal }, process.env));
  const operators = operatorsOf(file);
  const nodes = network.nodes.map(({ op }) => op);
  const list = (title: string, names: readonly string[]) => wrapped(`${title}: ${counted(names)}`, columns);
  return [
    paint.heading(`${basename(file)}: ${operators.length} operators became ${nodes.length} nodes`),
    ...list('operators', operators),
    ...list('nodes', nodes),
    ...wrapped('Operators without a node are folded into others, or left out at the beginning or the end.', columns),
    '',
    ...layerTable(network, columns, paint.heading),
  ].join('\n');
}

/** The operator of each node of the file. */
function operatorsOf(file: string): string[] {
  const bytes = readFile(file, 'a model');
  if (file.endsWith('.tflite')) return readTfliteModel(bytes, file).operators.map(({ op }) => op);
  return decodeOnnx(bytes, file).graph.node.map(({ opType }) => opType ?? '');
}

/** "9 CONV_2D, 3 ADD": the most frequent first. */
function counted(names: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  const sorted = [...counts].sort(([, a], [, b]) => b - a);
  return sorted.map(([name, count]) => `${count} ${name}`).join(', ');
}

/** Layers on crossbars, with their weights and the multiplications of an image. */
function layerTable(network: Network, width: number, heading: (text: string) => string): string[] {
  const layers = matrixLayers(network);
  const rows = network.nodes.filter(isMatrixNode).map((node) => {
    const weights = node.weights.length;
    const { op, name, inputShape, outputShape } = node;
    return { name, op, inputShape, outputShape, weights, macs: weights * layers.get(name)!.windows };
  });
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
  const cells = (...texts: readonly string[]): Cell[] => texts.map((text) => ({ text }));
  const shape = (extents: Shape) => extents.join(' x ');
  return alignedTable(
    {
      columns: [
        { heading: 'layer', align: 'left' },
        { heading: 'op', align: 'left' },
        { heading: 'input', align: 'right' },
        { heading: 'output', align: 'right' },
        { heading: 'weights', align: 'right' },
        { heading: 'MACs', align: 'right' },
      ],
      rows: rows.map(({ name, op, inputShape, outputShape, weights, macs }) =>
        cells(name, op, shape(inputShape), shape(outputShape), grouped(weights), grouped(macs)),
      ),
      totals: [
        cells(
          `${rows.length} layers`,
          ...['', '', ''],
          grouped(sum(rows.map(({ weights }) => weights))),
          grouped(sum(rows.map(({ macs }) => macs))),
        ),
      ],
    },
    width,
    heading,
  );
}
