import { encodingProblems, weightFormat } from '../mapping/encoding.js';
import type { MappingProblem } from '../mapping/mapping-error.js';
import { mappingScheme } from '../mapping/schemes.js';
import type { Findings } from './findings.js';
import type { MappingConfig } from './mapping-parameters.js';
import { shown } from './problem.js';
import type { ResolvedSettings } from './settings.js';

/** Every encoding has weights of so many bits. */
const ANY_WEIGHT_BITS = 8;

/**
 * Reports where weights of these bits cannot stand in the machine's cells: encoding against bits per cell, and layout
 * `adjacent` against the crossbar's bitlines.
 *
 * @param weightBits null where they are not known; then only encoding and cells are compared
 * @param weightBitsPath where `weightBits` comes from
 */
export function reportEncoding(
  { machine, mapping }: ResolvedSettings,
  weightBits: number | null,
  weightBitsPath: string,
  findings: Findings,
): void {
  const { bitsPerCell, bitlines } = machine.crossbar;
  if (!findings.sound('mapping.encoding', 'machine.crossbar.bitsPerCell')) return;
  const problems = encodingProblems(mapping.encoding, weightBits ?? ANY_WEIGHT_BITS, bitsPerCell);
  for (const problem of problems) {
    const path = problem.path === 'weightBits' ? weightBitsPath : scenarioPath(problem.path, '');
    findings.report({ ...problem, path, value: shown(problem.value) });
  }
  if (weightBits === null || problems.length > 0 || mapping.layout !== 'adjacent') return;
  if (!findings.sound('mapping.layout', 'machine.crossbar.bitlines')) return;
  const { slices } = weightFormat(mapping.encoding, weightBits, bitsPerCell);
  if (slices <= bitlines) return;
  findings.report({
    path: 'machine.crossbar.bitlines',
    value: String(bitlines),
    allowed: `at least ${slices} in layout adjacent, one for each bit-slice of a weight`,
    hint: 'use layout planar, more bits per cell or fewer weight bits',
  });
}

/** Reports what a mapping scheme refuses, by the paths of a scenario. */
export function reportMapping(
  problems: readonly MappingProblem[],
  mapping: MappingConfig,
  workload: string,
  findings: Findings,
): void {
  for (const problem of problems) {
    const path = parameterPath(problem.path, mapping) ?? scenarioPath(problem.path, workload);
    findings.report({ ...problem, path, value: shown(problem.value) });
  }
}

/**
 * Where a scenario sets the parameter of the scheme that a problem is about: named itself, or as the field of a decision,
 * which only parameters can have got wrong, since decisions from a file are checked when it is read. Undefined for others.
 */
function parameterPath(field: string, { scheme }: MappingConfig): string | undefined {
  const { parameters, parameterOfField = {} } = mappingScheme(scheme);
  const name = field.replace(/^decision\./, '');
  const parameter = parameterOfField[name] ?? name;
  return Object.hasOwn(parameters, parameter) ? `mapping.${scheme}.${parameter}` : undefined;
}

/** Where a scenario sets a field of the mapping's matrix specification. */
function scenarioPath(field: string, workload: string): string {
  if (field.startsWith('crossbar.') || field.startsWith('ou.')) return `machine.${field}`;
  if (field === 'bitsPerPlane') return 'machine.input.bitsPerPlane';
  if (field === 'encoding' || field === 'layout' || field === 'scheme') return `mapping.${field}`;
  return `${workload}.${field}`;
}
