import { existsSync } from 'node:fs';
import type { ComponentDeclaration, Parameter } from '../components/declaration.js';
import { COMPONENTS } from '../components/machine.js';
import { type Colours, colours, wantsColours } from '../reports/colours.js';
import { wrapped } from '../reports/wrapped-text.js';
import { type ExplainRow, explain } from '../scenarios/explain.js';
import { findPreset, PRESET_NAMES } from '../scenarios/presets.js';
import { type Problem, ScenarioError, unknownName } from '../scenarios/problem.js';
import type { Scenario } from '../scenarios/scenario.js';
import { hangingRow } from './hanging-row.js';
import { peakText } from './peak-text.js';
import { readScenario, type ScenarioOptions } from './read-scenario.js';
import type { Terminal } from './terminal.js';

export interface ExplainCommandOptions extends ScenarioOptions {
  readonly json?: boolean;
}

const declarations: readonly ComponentDeclaration[] = COMPONENTS;

/** `ousim explain`: a component's declaration, or every value of a machine with where it comes from. */
export function explainCommand(subject: string | undefined, options: ExplainCommandOptions, terminal: Terminal): void {
  const component = declarations.find(({ key }) => key === subject);
  if (component !== undefined) {
    refuse(['preset', 'model', 'set'], options, 'a component', 'ousim explain ou-baseline --set machine.adc.bits=6');
    print(options, component, () => describeComponent(component, terminal));
    return;
  }
  const scenario = scenarioOf(subject, options);
  const rows = explain(scenario);
  print(options, rows, () => describeMachine(scenario, rows, terminal));
}

/** @throws ScenarioError where an option is given that would be ignored */
function refuse(
  names: readonly (keyof ScenarioOptions)[],
  options: ScenarioOptions,
  beside: string,
  hint: string,
): void {
  const given = names.filter((name) => options[name] !== undefined);
  if (given.length === 0) return;
  const problem = {
    path: given.map((name) => `--${name}`).join(', '),
    value: `given beside ${beside}`,
    allowed: `only without ${beside}`,
    hint,
  };
  throw new ScenarioError([problem], 'command line');
}

function print(options: ExplainCommandOptions, data: unknown, text: () => string): void {
  process.stdout.write(options.json ? `${JSON.stringify(data, null, 2)}\n` : `${text()}\n`);
}

/** A preset is explained by itself; it needs a workload only to be a whole scenario. */
function scenarioOf(subject: string | undefined, options: ExplainCommandOptions): Scenario {
  const withModel = { ...options, model: options.model ?? 'lenet5-mnist' };
  if (subject === undefined) return readScenario(undefined, withModel);
  if (findPreset(subject) !== undefined) {
    refuse(['preset'], options, `the preset ${subject}`, 'name one of the two');
    return readScenario(undefined, { ...withModel, preset: subject });
  }
  if (!/[./\\]/.test(subject) && !existsSync(subject))
    throw new ScenarioError([unknownSubject(subject)], 'command line');
  return readScenario(subject, options);
}

function unknownSubject(subject: string): Problem {
  const components = declarations.map(({ key }) => key);
  const problem = unknownName('subject', subject, [...PRESET_NAMES, ...components]);
  return {
    ...problem,
    allowed: `a preset (${PRESET_NAMES.join(', ')}), a component (${components.join(', ')}) or a scenario file`,
  };
}

function describeMachine(scenario: Scenario, rows: readonly ExplainRow[], terminal: Terminal): string {
  const paint = colours(wantsColours({ isTTY: terminal.stdoutIsTerminal }, process.env));
  const { preset } = scenario;
  const lines =
    preset === null
      ? ['no preset']
      : [paint.heading(`${preset.name}: ${preset.title}`), ...wrapped(preset.doc, terminal.columns)];
  let component = '';
  for (const row of rows) {
    if (row.component !== component) {
      component = row.component;
      const doc = declarations.find(({ key }) => key === component)?.doc;
      lines.push('', ...headed(component, doc ?? '', paint, terminal));
    }
    const value = `${shortNumber(row.value)}${row.unit === '1' ? '' : ` ${row.unit}`}`;
    lines.push(
      hangingRow(
        [
          [`  ${row.parameter}`, 23],
          [value, 16],
        ],
        originOf(row),
        terminal.columns,
      ),
    );
  }
  const assumed = scenario.resolved.assumptions.length;
  lines.push(
    ...peakText(scenario, paint, terminal),
    '',
    `${assumed} values in effect are assumed: no source gives them. Definitions: ousim explain <component>.`,
  );
  return lines.join('\n');
}

function originOf({ from, source, assumed, rounding, inEffect }: ExplainRow): string {
  const origin =
    assumed !== undefined
      ? `assumed: ${assumed}`
      : (source ??
        (from === 'default' ? 'declared default' : `set by the ${from === 'override' ? 'command line' : from}`));
  const parts = [source !== undefined && assumed !== undefined ? `${source}; ${origin}` : origin];
  if (rounding !== undefined) parts.push(`[${rounding}]`);
  if (!inEffect) parts.push('(not in effect here)');
  return parts.join(' ');
}

function shortNumber(value: number | string): string {
  return typeof value === 'string' ? value : String(Number(value.toPrecision(6)));
}

function describeComponent(component: ComponentDeclaration, terminal: Terminal): string {
  const paint = colours(wantsColours({ isTTY: terminal.stdoutIsTerminal }, process.env));
  const lines = headed(component.key, component.doc, paint, terminal);
  const section = (title: string, entries: (readonly [string, string, string])[]): void => {
    if (entries.length === 0) return;
    lines.push('', paint.heading(title));
    for (const [name, kind, doc] of entries)
      lines.push(
        hangingRow(
          [
            [`  ${name}`, 23],
            [kind, 22],
          ],
          doc,
          terminal.columns,
        ),
      );
  };
  section(
    `parameters (machine.${component.key}.…)`,
    Object.entries(component.parameters).map(([name, parameter]) => [
      name,
      allowedOf(parameter),
      `${parameter.doc} Default ${parameter.default}.`,
    ]),
  );
  section(
    'priced actions',
    Object.entries(component.actions).map(([name, { price, doc }]) => [name, price ?? 'by costLaw', doc]),
  );
  section(
    'statistics',
    Object.entries(component.statistics).map(([name, { unit, doc }]) => [name, unit === '1' ? '' : unit, doc]),
  );
  return lines.join('\n');
}

/** A component's name, and what it is. */
function headed(name: string, doc: string, paint: Colours, terminal: Terminal): string[] {
  const [first, ...rest] = wrapped(`${name}  ${doc}`.trimEnd(), terminal.columns);
  return [first!.replace(name, paint.heading(name)), ...rest];
}

function allowedOf(parameter: Parameter): string {
  if (parameter.type === 'choice') return parameter.choices.join(' | ');
  const unit = parameter.unit === '1' ? '' : ` ${parameter.unit}`;
  return `${parameter.min} .. ${parameter.max}${unit}`;
}
