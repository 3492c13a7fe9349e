import { CHIP_ONLY, type MachineConfig } from '../components/machine.js';
import { matrixLayers } from '../models/matrix-layer.js';
import type { ResolvedScenario } from '../sim/results/result.js';
import { assumptionsOf } from './assumptions.js';
import { canonicalHash } from './canonical-json.js';
import { type ExecutionConfig, executionEcho, REPLICAS_KEY } from './execution.js';
import { Findings, isSection, readSection, type Section } from './findings.js';
import { checkMachine } from './machine-checks.js';
import { DECISIONS_KEY, type MappingConfig, mappingEcho } from './mapping-parameters.js';
import { type MatrixWorkload, resolveMatrixWorkload } from './matrix-workload.js';
import { type NetworkWorkload, resolveNetworkWorkload } from './network-workload.js';
import { applyOverride, parseOverride } from './overrides.js';
import type { RawScenario } from './parse-scenario.js';
import { SCENARIO_KEYS } from './paths.js';
import type { Preset } from './preset.js';
import { ScenarioError, shown, unknownName } from './problem.js';
import type { ParameterOrigin } from './provenance.js';
import { readReplicas } from './replicas.js';
import { type ResolvedSettings, resolveSettings } from './settings.js';
import { WORKLOAD_KEYS, WORKLOAD_KINDS, type WorkloadKind } from './workload-keys.js';

export { parseScenario, type RawScenario } from './parse-scenario.js';

export type Scope = 'pe' | 'chip';

/** A scenario with every value resolved, checked and loaded. */
export interface Scenario {
  readonly scope: Scope;
  /** The preset that the machine starts from; null where the scenario names none. */
  readonly preset: Preset | null;
  readonly machine: MachineConfig;
  readonly mapping: MappingConfig;
  /** How a network runs; nothing reads it for a matrix. */
  readonly execution: ExecutionConfig;
  readonly workload: MatrixWorkload | NetworkWorkload;
  /** Where each parameter's value comes from, by path: `machine.adc.bits`, `machine.rootClock`, `mapping.encoding`. */
  readonly provenance: ReadonlyMap<string, ParameterOrigin>;
  /** The scenario as `result.json` shows it. */
  readonly resolved: ResolvedScenario;
}

export interface ResolveOptions {
  /** Folder that file names of the scenario are relative to. */
  readonly baseDir: string;
  /** Values that the command line sets, `machine.adc.perPool=4`; later ones win. */
  readonly overrides?: readonly string[];
  /** How messages call the scenario. */
  readonly name?: string;
}

const SCOPE_OF: Readonly<Record<WorkloadKind, Scope>> = { matrix: 'pe', network: 'chip' };

/**
 * Resolves a raw scenario: overrides, preset and defaults applied, every value checked, files loaded.
 *
 * @throws ScenarioError with everything that is wrong, found in one pass
 */
export function resolveScenario(raw: RawScenario, { baseDir, overrides = [], name }: ResolveOptions): Scenario {
  const findings = new Findings();
  const set = overrides.flatMap((text) => parseOverride(text, findings) ?? []);
  const scenario = set.reduce<Section>(applyOverride, raw);

  readSection(scenario, '', SCENARIO_KEYS, findings);
  const paths = set.map(({ path }) => path);
  const sections = { machine: scenario['machine'], mapping: scenario['mapping'], execution: scenario['execution'] };
  const settings = resolveSettings(sections, paths, findings);
  checkMachine(settings, findings);
  const decisions = isSection(scenario['mapping']) ? scenario['mapping'][DECISIONS_KEY] : undefined;
  const resolvedWorkload = resolveWorkload(scenario['workload'], decisions, settings, baseDir, findings);
  const execution = resolveExecution(scenario, settings, resolvedWorkload?.workload ?? null, findings);
  const scope = resolveScope(scenario['scope'], kindOf(scenario['workload']), findings);
  if (findings.problems.length > 0 || resolvedWorkload === null || scope === null) {
    throw new ScenarioError(findings.problems, name);
  }

  const { preset, machine, mapping, origins } = settings;
  const { kind } = resolvedWorkload.workload;
  const content = {
    scope,
    machine: { ...(preset === null ? {} : { preset: preset.name }), ...machineEcho(machine, scope) },
    mapping: mappingEcho(mapping, kind),
    ...(kind === 'network' ? { execution: executionEcho(execution) } : {}),
    workload: resolvedWorkload.echo,
    assumptions: assumptionsOf({ machine, mapping, execution, workload: resolvedWorkload.workload }, origins),
  };
  return {
    scope,
    preset,
    machine,
    mapping,
    execution,
    workload: resolvedWorkload.workload,
    provenance: new Map([...origins, ...originsOfReplicas(execution, paths)]),
    resolved: { hash: canonicalHash(content), ...content },
  };
}

/** The raw scenario that `--preset`, `--model` and the choice of images stand for. */
export function scenarioFromOptions(options: {
  readonly preset?: string;
  readonly model: string;
  readonly images?: {
    readonly file?: string;
    readonly tensor?: string;
    readonly first?: number;
    readonly count?: number;
  };
}): RawScenario {
  return {
    scope: 'chip',
    machine: { preset: options.preset ?? 'ou-baseline' },
    workload: {
      kind: 'network',
      model: options.model,
      ...(options.images === undefined ? {} : { images: options.images }),
    },
  };
}

/** The workload's kind, where it is one. */
function kindOf(workload: unknown): WorkloadKind | null {
  const kind = typeof workload === 'object' && workload !== null ? (workload as Section)['kind'] : undefined;
  return WORKLOAD_KINDS.find((known) => known === kind) ?? null;
}

/** To a key that another kind of workload has. */
function hintOfKind(key: string): string | undefined {
  const kind = WORKLOAD_KINDS.find((name) => WORKLOAD_KEYS[name].some((known) => known === key));
  return kind === undefined ? undefined : `only a workload of kind ${kind} has \`${key}\``;
}

function resolveWorkload(
  given: unknown,
  decisions: unknown,
  settings: ResolvedSettings,
  baseDir: string,
  findings: Findings,
): { workload: MatrixWorkload | NetworkWorkload; echo: Record<string, unknown> } | null {
  const kind = kindOf(given);
  const keys = kind === null ? [...new Set(Object.values(WORKLOAD_KEYS).flat())] : WORKLOAD_KEYS[kind];
  const section = readSection(given, 'workload', keys, findings, hintOfKind);
  if (section === null) return null;
  if (kind === null) {
    findings.report(unknownName('workload.kind', section['kind'], WORKLOAD_KINDS));
    return null;
  }
  if (kind === 'network') return resolveNetworkWorkload(section, decisions, settings, baseDir, findings);
  const workload = resolveMatrixWorkload(section, settings, baseDir, findings);
  if (decisions !== undefined) {
    const hint = 'decisions are about the layers of a network';
    const allowed = 'left out with a workload of kind matrix';
    findings.report({ path: `mapping.${DECISIONS_KEY}`, value: shown(decisions), allowed, hint });
  }
  return workload;
}

/** How the network runs; a matrix has no such section. */
function resolveExecution(
  scenario: Section,
  { execution }: ResolvedSettings,
  workload: MatrixWorkload | NetworkWorkload | null,
  findings: Findings,
): ExecutionConfig {
  const given = scenario['execution'];
  if (kindOf(scenario['workload']) === 'matrix') {
    if (given !== undefined) {
      const allowed = 'left out with a workload of kind matrix';
      findings.report({
        path: 'execution',
        value: shown(given),
        allowed,
        hint: 'it says how a network runs on a chip',
      });
    }
    return { ...execution, replicas: {} };
  }
  const sound = findings.sound('execution.crossbarBudget', 'execution.replication');
  if (sound && execution.crossbarBudget > 0 && execution.replication !== 'balanced') {
    findings.report({
      path: 'execution.crossbarBudget',
      value: shown(execution.crossbarBudget),
      allowed: `left out with execution.replication ${execution.replication}`,
      hint: 'set execution.replication to balanced to use it',
    });
  }
  const layers = workload?.kind === 'network' ? [...matrixLayers(workload.network).keys()] : null;
  const replicas = isSection(given) ? given[REPLICAS_KEY] : undefined;
  return { ...execution, replicas: readReplicas(replicas, execution.replication, layers, findings) };
}

function originsOfReplicas({ replicas }: ExecutionConfig, overridden: readonly string[]): [string, ParameterOrigin][] {
  return Object.entries(replicas).map(([layer, value]) => {
    const path = `execution.${REPLICAS_KEY}.${layer}`;
    const isOverridden = overridden.some((set) => set === path || path.startsWith(`${set}.`));
    return [path, { value, from: isOverridden ? 'override' : 'scenario' }];
  });
}

/** The machine as a scenario would say it: of a single PE without what only a chip reads. */
function machineEcho({ rootClock_GHz, ...components }: MachineConfig, scope: Scope): Record<string, unknown> {
  const read = Object.entries(components).flatMap(([key, values]) => {
    const ofScope = Object.entries(values).filter(([name]) => scope === 'chip' || !CHIP_ONLY.has(`${key}.${name}`));
    return ofScope.length === 0 ? [] : [[key, Object.fromEntries(ofScope)]];
  });
  return { rootClock_GHz, ...Object.fromEntries(read) };
}

/** The scope; left out, it follows from the workload. Null where it is not known. */
function resolveScope(given: unknown, kind: WorkloadKind | null, findings: Findings): Scope | null {
  if (given !== undefined && given !== 'pe' && given !== 'chip') {
    findings.report(unknownName('scope', given, ['pe', 'chip']));
    return null;
  }
  if (kind === null) return null;
  const scope = SCOPE_OF[kind];
  if (given === undefined || given === scope) return scope;
  findings.report({ path: 'scope', value: shown(given), allowed: `\`${scope}\` with a workload of kind ${kind}` });
  return null;
}
