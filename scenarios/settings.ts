import type { Parameter } from '../components/declaration.js';
import { COMPONENTS, type MachineConfig } from '../components/machine.js';
import { MAPPING_SCHEMES, mappingScheme } from '../mapping/schemes.js';
import { EXECUTION_PARAMETERS, type ExecutionConfig, REPLICAS_KEY } from './execution.js';
import { extend } from './extend.js';
import { type Findings, isSection, readSection, type Section } from './findings.js';
import { DECISIONS_KEY, MAPPING_PARAMETERS, type MappingConfig, SCHEME_SECTIONS } from './mapping-parameters.js';
import { readParameter } from './parameter.js';
import { MACHINE_KEYS } from './paths.js';
import type { Preset } from './preset.js';
import { findPreset, PRESET_NAMES } from './presets.js';
import { shown, unknownName } from './problem.js';
import type { ParameterOrigin, Provenanced } from './provenance.js';
import { type Decimal, isFault, parseFrequency } from './quantities.js';
import { ROOT_CLOCK } from './root-clock.js';

/** What is set for a parameter, and by whom; not yet read. */
interface Setting {
  readonly given: unknown;
  readonly from: ParameterOrigin['from'];
  readonly source?: string;
  readonly assumed?: string;
}

type Settings = Readonly<Record<string, Setting>>;

export interface ResolvedSettings {
  /** The preset that the scenario names; null where it names none. */
  readonly preset: Preset | null;
  readonly machine: MachineConfig;
  readonly mapping: MappingConfig;
  /** Without the replicas, which are read when the network is known. */
  readonly execution: Omit<ExecutionConfig, 'replicas'>;
  /** By path (`machine.adc.bits`, `machine.rootClock`, `mapping.encoding`). */
  readonly origins: ReadonlyMap<string, ParameterOrigin>;
}

interface DeclaredSection {
  readonly path: string;
  readonly parameters: Readonly<Record<string, Parameter>>;
  /** Keys that the section may have beside its parameters: sections inside it. */
  readonly sections: readonly string[];
}

/** Sections whose parameters are declared: every component's, `mapping`, inside it every scheme's, and `execution`. */
const DECLARED_SECTIONS: readonly DeclaredSection[] = [
  ...COMPONENTS.map(({ key, parameters }) => ({ path: `machine.${key}`, parameters, sections: [] })),
  { path: 'mapping', parameters: MAPPING_PARAMETERS, sections: [DECISIONS_KEY, ...SCHEME_SECTIONS] },
  ...MAPPING_SCHEMES.filter(({ name }) => SCHEME_SECTIONS.includes(name)).map(({ name, parameters }) => ({
    path: `mapping.${name}`,
    parameters,
    sections: [],
  })),
  { path: 'execution', parameters: EXECUTION_PARAMETERS, sections: [REPLICAS_KEY] },
];

const ROOT_CLOCK_PATH = 'machine.rootClock';
const UNSOURCED = 'default value; no source gives it';

/** Sections of a raw scenario whose parameters are declared. */
export interface GivenSections {
  readonly machine: unknown;
  readonly mapping: unknown;
  readonly execution: unknown;
}

/**
 * Resolves the sections `machine`, `mapping` and `execution`: declared defaults, over them the preset, over it what the scenario and
 * the command line say. Every problem goes to `findings`; where there is one, the parameter keeps its default.
 *
 * @param overridden paths that the command line set
 */
export function resolveSettings(
  sections: GivenSections,
  overridden: readonly string[],
  findings: Findings,
): ResolvedSettings {
  const machineSection =
    sections.machine === undefined ? {} : readSection(sections.machine, 'machine', MACHINE_KEYS, findings);
  const preset = readPreset(machineSection, findings);
  const isOverridden = (path: string) => overridden.some((set) => set === path || path.startsWith(`${set}.`));
  const given = {
    ...givenParameters({ ...sections, machine: machineSection }, isOverridden, findings),
    ...givenRootClock(machineSection, isOverridden),
  };
  // With a preset that cannot be found, what the scenario does not say itself is unknown.
  const known = machineSection !== null && findings.sound('machine.preset');
  const base = preset === null ? defaultSettings() : presetSettings(preset);
  if (!known) findings.doubt(...Object.keys(base).filter((path) => !Object.hasOwn(given, path)));
  const settings = extend(base, (draft) => {
    Object.assign(draft, given);
  });

  const origins = new Map<string, ParameterOrigin>();
  const clock = readRootClock(settings, origins, findings);
  for (const { path, parameters } of DECLARED_SECTIONS) {
    for (const [name, parameter] of Object.entries(parameters)) {
      readSetting(`${path}.${name}`, parameter, settings, clock.hertz, origins, findings);
    }
  }
  return {
    preset,
    machine: machineOf(clock.gigahertz, origins),
    mapping: mappingOf(origins),
    execution: executionOf(origins),
    origins,
  };
}

function readPreset(machine: Section | null, findings: Findings): Preset | null {
  const name = machine?.['preset'];
  if (name === undefined) return null;
  const preset = typeof name === 'string' ? findPreset(name) : undefined;
  if (preset === undefined) findings.report(unknownName('machine.preset', name, PRESET_NAMES));
  return preset ?? null;
}

function givenParameters(given: GivenSections, isOverridden: (path: string) => boolean, findings: Findings): Settings {
  const settings: Record<string, Setting> = {};
  for (const { path, parameters, sections } of DECLARED_SECTIONS) {
    const value = givenSection(path, given);
    if (value === undefined) continue;
    const section = readSection(value, path, [...Object.keys(parameters), ...sections], findings);
    for (const name of Object.keys(parameters)) {
      if (section === null || !Object.hasOwn(section, name)) continue;
      const parameterPath = `${path}.${name}`;
      settings[parameterPath] = { given: section[name], from: isOverridden(parameterPath) ? 'override' : 'scenario' };
    }
  }
  return settings;
}

/** What a scenario gives for `mapping`, `execution`, `mapping.<scheme>` or `machine.<component>`. */
function givenSection(path: string, given: GivenSections): unknown {
  const [name, key] = path.split('.') as [keyof GivenSections, string | undefined];
  const section = given[name];
  if (key === undefined) return section;
  return isSection(section) ? section[key] : undefined;
}

function givenRootClock(machine: Section | null, isOverridden: (path: string) => boolean): Settings {
  if (!isSection(machine) || !Object.hasOwn(machine, 'rootClock')) return {};
  const from = isOverridden(ROOT_CLOCK_PATH) ? 'override' : 'scenario';
  return { [ROOT_CLOCK_PATH]: { given: machine['rootClock'], from } };
}

function defaultSettings(): Settings {
  const settings: Record<string, Setting> = {
    [ROOT_CLOCK_PATH]: { given: `${ROOT_CLOCK.default} ${ROOT_CLOCK.unit}`, from: 'default', assumed: UNSOURCED },
  };
  for (const { path, parameters } of DECLARED_SECTIONS) {
    for (const [name, parameter] of Object.entries(parameters)) {
      // How a network is run is for the user to choose; there is nothing that a source could say about it.
      const origin = path === 'execution' ? {} : { assumed: UNSOURCED };
      settings[`${path}.${name}`] = { given: parameter.default, from: 'default', ...origin };
    }
  }
  return settings;
}

/** The preset's values over the defaults, which remain for the schemes that the preset does not use. */
function presetSettings(preset: Preset): Settings {
  const settings: Record<string, Setting> = { ...defaultSettings() };
  for (const [path, provenanced] of presetParameters(preset)) {
    const { value: given, ...origin } = provenanced;
    settings[path] = { given, from: 'preset', ...origin };
  }
  return settings;
}

/** Every parameter of a preset with its provenance, by path. */
export function presetParameters(preset: Preset): Map<string, Provenanced<number | string>> {
  const parameters = new Map<string, Provenanced<number | string>>();
  const { rootClock, ...components } = preset.machine;
  parameters.set(ROOT_CLOCK_PATH, rootClock);
  for (const [key, component] of Object.entries(components)) {
    for (const [name, value] of Object.entries<Provenanced<number | string>>(component)) {
      parameters.set(`machine.${key}.${name}`, value);
    }
  }
  const { parameters: ofScheme, ...mapping } = preset.mapping;
  for (const [name, value] of Object.entries<Provenanced<number | string>>(mapping)) {
    parameters.set(`mapping.${name}`, value);
  }
  for (const [name, value] of Object.entries(ofScheme)) {
    parameters.set(`mapping.${preset.mapping.scheme.value}.${name}`, value);
  }
  return parameters;
}

/** The root clock exactly (for converting times) and as a number; null hertz where it is not known. */
function readRootClock(
  settings: Settings,
  origins: Map<string, ParameterOrigin>,
  findings: Findings,
): { hertz: Decimal | null; gigahertz: number } {
  const { given, ...origin } = settings[ROOT_CLOCK_PATH]!;
  const frequency = parseFrequency(given);
  const { min, max, unit } = ROOT_CLOCK;
  const inRange = !isFault(frequency) && frequency.gigahertz >= min && frequency.gigahertz <= max;
  if (!inRange) {
    const fault = isFault(frequency) ? frequency : { allowed: `from ${min} to ${max} ${unit}` };
    findings.report({ path: ROOT_CLOCK_PATH, value: shown(given), ...fault });
  }
  const known = inRange && findings.sound(ROOT_CLOCK_PATH);
  const gigahertz = inRange ? frequency.gigahertz : ROOT_CLOCK.default;
  origins.set(ROOT_CLOCK_PATH, { value: gigahertz, ...origin, given: String(given) });
  return { hertz: known ? frequency.hertz : null, gigahertz };
}

function readSetting(
  path: string,
  parameter: Parameter,
  settings: Settings,
  clock_Hz: Decimal | null,
  origins: Map<string, ParameterOrigin>,
  findings: Findings,
): void {
  const { given, ...origin } = settings[path]!;
  const read = readParameter(parameter, given, clock_Hz);
  let value: number | string = parameter.default;
  if (isFault(read)) findings.report({ path, value: shown(given), ...read });
  else if (Number.isNaN(read.value)) findings.doubt(path);
  else value = read.value;
  const exactCycles = isFault(read) ? undefined : read.exactCycles;
  const quantity = exactCycles === undefined ? {} : { given: String(given).trim(), exactCycles };
  origins.set(path, { value, ...origin, ...quantity });
}

function machineOf(rootClock_GHz: number, origins: ReadonlyMap<string, ParameterOrigin>): MachineConfig {
  const components = COMPONENTS.map(({ key, parameters }) => {
    const values = Object.keys(parameters).map((name) => [name, origins.get(`machine.${key}.${name}`)!.value]);
    return [key, Object.fromEntries(values)];
  });
  // The declarations that MachineConfig is typed by are those that were just walked.
  return { rootClock_GHz, ...Object.fromEntries(components) } as MachineConfig;
}

function mappingOf(origins: ReadonlyMap<string, ParameterOrigin>): MappingConfig {
  const valuesAt = (path: string, names: readonly string[]) =>
    Object.fromEntries(names.map((name) => [name, origins.get(`${path}.${name}`)!.value]));
  const mapping = valuesAt('mapping', Object.keys(MAPPING_PARAMETERS));
  const { name, parameters } = mappingScheme(mapping['scheme'] as string);
  // The declarations that MappingConfig is typed by are those that were just walked.
  return { ...mapping, parameters: valuesAt(`mapping.${name}`, Object.keys(parameters)) } as unknown as MappingConfig;
}

function executionOf(origins: ReadonlyMap<string, ParameterOrigin>): ResolvedSettings['execution'] {
  const values = Object.keys(EXECUTION_PARAMETERS).map((name) => [name, origins.get(`execution.${name}`)!.value]);
  // The declarations that ExecutionConfig is typed by are those that were just walked.
  return Object.fromEntries(values) as ResolvedSettings['execution'];
}
