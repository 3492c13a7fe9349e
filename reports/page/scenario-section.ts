import type { Result } from '../../sim/results/result.js';
import { plural } from '../format.js';
import { definition } from './definitions.js';
import { html } from './html.js';
import { type PageColumn, pageTable, textCell } from './page-table.js';
import { faint, type Section } from './section.js';

/** What was assumed, and every value of the scenario. */
export function scenarioSection({ scenario }: Result): Section {
  const { assumptions, hash, machine, mapping, workload, execution } = scenario;
  const columns: PageColumn[] = [
    { heading: 'parameter', definition: definition('scenario.assumptions[]', 'path'), kind: 'text' },
    { heading: 'value', definition: definition('scenario.assumptions[]', 'value'), kind: 'text' },
    { heading: 'why this value', definition: definition('scenario.assumptions[]', 'note'), kind: 'text' },
  ];
  const values = flattened({ machine, mapping, ...(execution === undefined ? {} : { execution }), workload });
  return {
    id: 'assumptions',
    title: 'Assumed parameters',
    content: [
      assumptions.length === 0
        ? html`<p>Every value in effect has a source or was set by the scenario.</p>`
        : pageTable({
            caption: `${plural(assumptions.length, 'value')} that no source gives`,
            columns,
            rows: assumptions.map(({ path, value, note }) => [textCell(path), textCell(String(value)), textCell(note)]),
          }),
      html`<details><summary>The whole scenario: ${plural(values.length, 'value')}</summary>${pageTable({
        caption: 'Scenario with every default and preset value; times in cycles of the root clock',
        columns: [columns[0]!, columns[1]!],
        rows: values.map(([path, value]) => [textCell(path), textCell(value)]),
      })}</details>`,
      faint(`Hash of the scenario: ${hash}`),
    ],
  };
}

/** Longest list that is written out. */
const LONGEST_VALUE = 120;

/** Paths and values of a nested object, lists as JSON; a long list is cut, and says so. */
export function flattened(value: unknown, path = ''): [path: string, value: string][] {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return Object.entries(value).flatMap(([key, member]) => flattened(member, path === '' ? key : `${path}.${key}`));
  }
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return [[path, text.length <= LONGEST_VALUE ? text : `${text.slice(0, LONGEST_VALUE)}… (${text.length} characters)`]];
}
