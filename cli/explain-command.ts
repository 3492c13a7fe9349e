import type { ComponentDeclaration, Parameter } from '../components/declaration.js';
import { COMPONENTS } from '../components/machine.js';
import { colours, wantsColours } from '../reports/colours.js';
import { type ExplainRow, explain } from '../scenarios/explain.js';
import { PRESETS } from '../scenarios/presets/index.js';
import { resolveScenario, type Scenario, scenarioFromOptions } from '../scenarios/scenario.js';
import { readScenario, type ScenarioOptions } from './read-scenario.js';
import type { Terminal } from './terminal.js';
import { hangingRow, wrapped } from './wrap.js';

export interface ExplainCommandOptions extends ScenarioOptions {
  readonly json?: boolean;
}

const declarations: readonly ComponentDeclaration[] = COMPONENTS;

/** `ousim explain`: a component's declaration, or every value of a machine with where it comes from. */
export function explainCommand(subject: string | undefined, options: ExplainCommandOptions, terminal: Terminal): void {
  const component = declarations.find(({ key }) => key === subject);
  if (component !== undefined) {
    print(options, component, () => describeComponent(component, terminal));
    return;
  }
  const scenario = scenarioOf(subject, options);
  const rows = explain(scenario);
  print(options, rows, () => describeMachine(scenario, rows, terminal));
}

function print(options: ExplainCommandOptions, data: unknown, text: () => string): void {
  process.stdout.write(options.json ? `${JSON.stringify(data, null, 2)}\n` : `${text()}\n`);
}

/** A preset is explained by itself; it needs a workload only to be a whole scenario. */
function scenarioOf(subject: string | undefined, options: ExplainCommandOptions): Scenario {
  const preset = options.preset ?? PRESETS.find(({ name }) => name === subject)?.name;
  const namesScenario = (subject !== undefined && subject !== preset) || options.model !== undefined;
  if (namesScenario) return readScenario(subject === preset ? undefined : subject, options);
  const raw = scenarioFromOptions({ ...(preset === undefined ? {} : { preset }), model: 'lenet5-mnist' });
  return resolveScenario(raw, { baseDir: process.cwd(), overrides: options.set, name: 'command line' });
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
      lines.push('', paint.heading(component) + (doc === undefined ? '' : `  ${doc}`));
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
  const lines = [`${paint.heading(component.key)}  ${component.doc}`];
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

function allowedOf(parameter: Parameter): string {
  if (parameter.type === 'choice') return parameter.choices.join(' | ');
  const unit = parameter.unit === '1' ? '' : ` ${parameter.unit}`;
  return `${parameter.min} .. ${parameter.max}${unit}`;
}
