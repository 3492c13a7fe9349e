import { encodingProblems, weightFormat } from '../mapping/encoding.js';
import type { MappingProblem } from '../mapping/mapping-error.js';
import type { Findings } from './findings.js';
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
export function reportMapping(problems: readonly MappingProblem[], workload: string, findings: Findings): void {
  for (const problem of problems) {
    findings.report({ ...problem, path: scenarioPath(problem.path, workload), value: shown(problem.value) });
  }
}

/** Where a scenario sets a field of the mapping's matrix specification. */
function scenarioPath(field: string, workload: string): string {
  if (field.startsWith('crossbar.') || field.startsWith('ou.')) return `machine.${field}`;
  if (field === 'bitsPerPlane') return 'machine.input.bitsPerPlane';
  if (field === 'encoding' || field === 'layout' || field === 'scheme') return `mapping.${field}`;
  return `${workload}.${field}`;
}
