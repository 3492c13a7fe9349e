import {
  type CheckedClaim,
  type Claim,
  COMPARISON_SCHEMA_VERSION,
  type ComparedNetwork,
  type ComparedRun,
  type ComparedSystem,
  type Comparison,
  OVERHEADS,
  type Overhead,
} from '../../sim/results/comparison.js';
import type { LayerResult, Result } from '../../sim/results/result.js';
import { linksByTraffic } from '../isaac-tile.js';
import type { Preset } from '../preset.js';
import type { ActionName } from '../pricing.js';
import { ScenarioError } from '../problem.js';
import type { RunOptions } from '../run/run-options.js';
import { runScenario } from '../run/run-scenario.js';
import { type RawScenario, resolveScenario, type Scenario } from '../scenario.js';
import { meanRatios, ratiosOver } from './ratios.js';
import { waterfall } from './waterfall.js';

export interface ComparisonTask {
  /** In the order of the table; the baseline is among them. */
  readonly systems: readonly Preset[];
  readonly baseline: string;
  /** Names of bundled models, or network files. */
  readonly models: readonly string[];
  readonly images: number;
  /** `path=value`, for all systems. */
  readonly overrides: readonly string[];
  readonly freeOverheads: boolean;
  readonly baseDir: string;
}

/** What makes indices and detectors cost nothing: no time, no energy, no area. */
const FREE_OVERHEADS = [
  'machine.indexDecoder.kind=none',
  'machine.detector.planeCycles=0',
  'machine.detector.scanEnergy_pJ=0',
  'machine.detector.area_um2=0',
];

/**
 * Routers and off-chip links are charged for what they carry, in all systems alike: a link that idles says nothing about a
 * mapping, and the static power of ISAAC's Table I would favour whatever runs for a shorter time.
 */
const LINKS_BY_TRAFFIC = { router: linksByTraffic.router, offChip: linksByTraffic.offChip };

/** A run before it is held against the baseline; plain data. */
export type Measured = Omit<ComparedRun, 'ratios' | 'waterfall'> & { readonly readCycles: number };

/**
 * The scenarios of a comparison, by network and system, all checked.
 *
 * Each system quantises the float weights itself, at its own words, under its own accuracy budget.
 *
 * @throws ScenarioError with everything that is wrong with any of them
 */
export function comparedScenarios(task: ComparisonTask): Map<string, Map<string, Scenario>> {
  const overrides = [...(task.freeOverheads ? FREE_OVERHEADS : []), ...task.overrides];
  return new Map(
    task.models.map((model) => [
      model,
      new Map(
        task.systems.map(({ name }) => {
          const raw: RawScenario = {
            machine: { preset: name, ...LINKS_BY_TRAFFIC },
            mapping: { quantisation: 'calibrated' },
            workload: { kind: 'network', model, images: { count: task.images } },
          };
          return [name, resolveScenario(raw, { baseDir: task.baseDir, overrides, name: `${name} on ${model}` })];
        }),
      ),
    ]),
  );
}

/**
 * Runs every system on every network and holds each against the baseline and against its paper.
 *
 * @throws ScenarioError where a system leaves nothing to compute, so that there are no ratios
 */
export function compareSystems(
  task: ComparisonTask,
  scenarios: ReadonlyMap<string, ReadonlyMap<string, Scenario>>,
  options: (system: string, model: string) => RunOptions,
): Comparison {
  const measured = Array.from(scenarios, ([model, ofSystems]) =>
    Array.from(ofSystems, ([system, scenario]) => measureSystem(system, scenario, options(system, model))),
  );
  return comparisonOf(task, measured.flat());
}

/**
 * The comparison of what was measured.
 *
 * @param measured by network, and for each network by system, both in the order of the task
 * @throws ScenarioError where a system leaves nothing to compute, so that there are no ratios
 */
export function comparisonOf(task: ComparisonTask, measured: readonly Measured[]): Comparison {
  const systems = task.systems.length;
  const networks = task.models.map((model, place): ComparedNetwork => {
    const runs = measured.slice(place * systems, (place + 1) * systems);
    checkWork(model, runs);
    const baseline = runs.find(({ system }) => system === task.baseline)!;
    return { name: model, images: task.images, runs: runs.map((run) => against(baseline, run)) };
  });
  return {
    schemaVersion: COMPARISON_SCHEMA_VERSION,
    baseline: task.baseline,
    freeOverheads: task.freeOverheads,
    overrides: task.overrides,
    systems: task.systems.map((preset) => comparedSystem(preset, networks)),
    networks,
  };
}

function checkWork(model: string, runs: readonly Measured[]): void {
  const idle = runs.filter(({ ouOperations }) => ouOperations === 0);
  if (idle.length === 0) return;
  const problems = idle.map(({ system }) => ({
    path: system,
    value: `performs no operation on ${model}`,
    allowed: 'a mapping that leaves something to compute',
    hint: 'prune less',
  }));
  throw new ScenarioError(problems, 'comparison');
}

/** Runs one system on one network. */
export function measureSystem(system: string, scenario: Scenario, options: RunOptions): Measured {
  const result = runScenario(scenario, options);
  const { rootClock_GHz, crossbar } = scenario.machine;
  const images = result.images!.length;
  const perImage = (count: number) => count / images;
  return {
    system,
    scenarioHash: result.scenario.hash,
    rootClock_GHz,
    readCycles: crossbar.readCycles,
    cycles: perImage(result.cycles),
    latency_ns: perImage(result.cycles) / rootClock_GHz,
    energy_pJ: perImage(result.energy.total_pJ),
    area_um2: result.area.total_um2,
    pes: result.footprint.pes,
    crossbars: result.footprint.crossbars,
    cellBits: result.footprint.cellsUsed * crossbar.bitsPerCell,
    indexBits: result.footprint.indexBits,
    ouOperations: perImage(result.counts.ouOperations),
    adcConversions: perImage(result.counts.adcConversions),
    saturatedCodes: perImage(result.counts.saturatedCodes),
    ...adcFigures(result.layers!),
    work: mapValues(result.work, perImage),
    time: mapValues(result.time, perImage),
    overhead: overheadOf(result, perImage),
    calibration: result.calibration ?? null,
  };
}

function adcFigures(layers: readonly LayerResult[]): Pick<ComparedRun, 'adcUtilisation' | 'adcWait'> {
  let converting = 0;
  let available = 0;
  let count = 0;
  let sum = 0;
  let max = 0;
  for (const { adcs, wait } of layers) {
    converting += adcs.cycles['convert']!;
    // The states of a ledger sum to the time of all instances.
    for (const cycles of Object.values(adcs.cycles)) available += cycles;
    count += wait.count;
    sum += wait.count * wait.mean;
    max = Math.max(max, wait.max);
  }
  return { adcUtilisation: converting / available, adcWait: { count, mean: count === 0 ? 0 : sum / count, max } };
}

function mapValues<T extends Record<keyof T, number>>(values: T, change: (value: number) => number): T {
  return Object.fromEntries(Object.entries<number>(values).map(([key, value]) => [key, change(value)])) as T;
}

/** The priced actions of each overhead. */
const OVERHEAD_ACTIONS: Readonly<Record<Overhead, ActionName>> = {
  indexDecoder: 'indexDecoder.operation',
  indexMemory: 'indexDecoder.bitRead',
  detector: 'detector.scan',
};

function overheadOf({ energy, area }: Result, perImage: (count: number) => number): ComparedRun['overhead'] {
  const of = (overhead: Overhead) => ({
    energy_pJ: perImage(energy.actions[OVERHEAD_ACTIONS[overhead]]!.energy_pJ),
    area_um2: area.components[overhead]!.area_um2,
  });
  return Object.fromEntries(OVERHEADS.map((overhead) => [overhead, of(overhead)])) as ComparedRun['overhead'];
}

function against(baseline: Measured, run: Measured): ComparedRun {
  const { readCycles: _, ...figures } = run;
  return { ...figures, ratios: ratiosOver(baseline, run), waterfall: waterfall(baseline, run) };
}

function comparedSystem(
  { name, title, publication, claims }: Preset,
  networks: readonly ComparedNetwork[],
): ComparedSystem {
  const runOf = (network: ComparedNetwork, system: string) => network.runs.find((run) => run.system === system);
  return {
    name,
    title,
    publication,
    claims: claims.map((claim) => checkedClaim(claim, name, networks, runOf)),
    ratios: meanRatios(networks.map((network) => runOf(network, name)!.ratios)),
  };
}

function checkedClaim(
  claim: Claim,
  system: string,
  networks: readonly ComparedNetwork[],
  runOf: (network: ComparedNetwork, system: string) => ComparedRun | undefined,
): CheckedClaim {
  const ratios = networks.flatMap((network) => {
    const over = runOf(network, claim.over);
    return over === undefined ? [] : [ratiosOver(over, runOf(network, system)!)];
  });
  if (ratios.length === 0) return { ...claim, measured: null, deviation: null };
  const measured = meanRatios(ratios)[claim.figure];
  return { ...claim, measured, deviation: deviationOf(measured, claim) };
}

/** How far a ratio lies from a published one, as a share of it: from the nearer end of a range, 0 inside. */
function deviationOf(measured: number, { value, to = value }: Claim): number {
  if (measured < value) return measured / value - 1;
  return measured > to ? measured / to - 1 : 0;
}
