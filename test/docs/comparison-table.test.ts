import { expect, test } from 'vitest';
import { comparedScenarios, compareSystems } from '../../scenarios/compare/compare-systems.js';
import { PRESETS } from '../../scenarios/presets.js';
import type { ComparedFigure, ComparedSystem, Comparison } from '../../sim/results/comparison.js';
import { readPage } from './markdown.js';

// The table of README.md is what `ousim compare` gives on both bundled networks.

const BASELINE = 'isaac-ou';
const FIGURES: readonly ComparedFigure[] = ['speedup', 'energySaving', 'crossbarSaving', 'storedBitsSaving'];

function compareAll(): Comparison {
  const task = {
    systems: PRESETS.filter(({ compared }) => compared),
    baseline: BASELINE,
    models: ['lenet5-mnist', 'vgg10m-cifar10'],
    images: 1,
    overrides: [],
    freeOverheads: false,
    baseDir: '.',
  };
  return compareSystems(task, comparedScenarios(task), () => ({}));
}

const ratio = (value: number) => `${value >= 9.995 ? value.toFixed(1) : value.toFixed(2)}x`;

/** What the papers claim over the baseline: one figure, or from the least to the most. */
function claimed({ claims }: ComparedSystem, figure: ComparedFigure): string {
  const values = claims
    .filter((claim) => claim.figure === figure && claim.over === BASELINE)
    .flatMap(({ value, to = value }) => [value, to]);
  if (values.length === 0) return '–';
  const [least, most] = [Math.min(...values), Math.max(...values)].map((value) => String(Number(value.toPrecision(4))));
  return least === most ? `${least}x` : `${least}-${most}x`;
}

function rowOf(system: ComparedSystem, { networks }: Comparison): string {
  const losses = networks.map(({ runs }) => {
    const { test: measured } = runs.find((run) => run.system === system.name)!.calibration!;
    const points = (100 * (measured.scheme - measured.float)) / measured.images;
    return `${points > 0 ? '+' : ''}${points.toFixed(1)}`;
  });
  const figures = FIGURES.flatMap((figure) => [ratio(system.ratios[figure]), claimed(system, figure)]);
  return `| ${[`\`${system.name}\``, ...figures, losses.join(' / ')].join(' | ')} |`;
}

test("the comparison of README is that of the bundled networks, with the papers' figures", { timeout: 240_000 }, () => {
  const comparison = compareAll();
  const rows = comparison.systems.map((system) => rowOf(system, comparison));
  const stated = readPage('README.md')
    .split('\n')
    .filter((line) => /^\| `[\w-]+` \|.* \/ /.test(line));
  expect(stated).toEqual(rows);
});
