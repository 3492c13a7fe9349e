import { Command, Option } from 'commander';
import { GRANULARITIES } from '../cli/option-values.js';
import type { Granularity } from '../components/pe.js';
import { RESNET18_BLOCKS, RESNET50_BLOCKS, type ResNetShape, resnet } from '../models/zoo/resnet.js';
import { syntheticNetwork } from '../models/zoo/synthetic-network.js';
import { runScenario } from '../scenarios/run/run-scenario.js';
import { resolveScenario } from '../scenarios/scenario.js';
import { writeResult } from '../sim/results/write.js';

// A ResNet of the shape zoo at an input size of one's choice: the same layers on the same crossbars, with fewer windows.
// The scenario in result.json names the network at its own size.

const SHAPES: Record<string, ResNetShape> = {
  resnet18: { blocks: RESNET18_BLOCKS, block: 'basic', stem: 'imagenet' },
  resnet50: { blocks: RESNET50_BLOCKS, block: 'bottleneck', stem: 'imagenet' },
};

interface Options {
  readonly model: string;
  readonly preset: string;
  readonly input: string;
  readonly granularity: Granularity;
  readonly set: string[];
  readonly out: string;
}

const { model, preset, input, granularity, set, out } = new Command('resized-run')
  .addOption(new Option('--model <name>').choices(Object.keys(SHAPES)).makeOptionMandatory())
  .requiredOption('--preset <name>')
  .requiredOption('--input <pixels>', 'height and width of the input')
  .addOption(new Option('--granularity <how>').choices(GRANULARITIES).default('fast'))
  .option('--set <path=value...>', 'override values', [])
  .requiredOption('--out <folder>')
  .parse()
  .opts<Options>();

const raw = { machine: { preset }, workload: { kind: 'network', model } };
const scenario = resolveScenario(raw, { baseDir: '.', overrides: set });
const { workload } = scenario;
if (workload.kind !== 'network') throw new Error(`${model} is no network`);
const size = Number(input);
const network = syntheticNetwork(`${model} at ${size}x${size}`, [3, size, size], (graph) =>
  resnet(graph, SHAPES[model]!, 1000),
);
const result = runScenario({ ...scenario, workload: { ...workload, network } }, { granularity });
writeResult(out, result, { granularity, input: size });
