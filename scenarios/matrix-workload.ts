import type { IntegerParameter } from '../components/declaration.js';
import { denseOperations } from '../mapping/dense.js';
import { encodingProblems, MAX_WEIGHT_BITS, weightFormat } from '../mapping/encoding.js';
import { MappingError } from '../mapping/mapping-error.js';
import type { MatrixSpec } from '../mapping/matrix-spec.js';
import type { OuProgram } from '../mapping/ou-program.js';
import type { WindowPruning } from '../mapping/scheme.js';
import { mappingScheme } from '../mapping/schemes.js';
import { reportEncoding, reportMapping } from './encoding-checks.js';
import type { Findings, Section } from './findings.js';
import { type EntryRange, type IntegerMatrix, readMatrix } from './matrix.js';
import { readParameter } from './parameter.js';
import { shown } from './problem.js';
import { isFault } from './quantities.js';
import type { ResolvedSettings } from './settings.js';

/** One matrix, and the windows that are multiplied with it. */
export interface MatrixWorkload {
  readonly kind: 'matrix';
  readonly weightBits: number;
  readonly inputBits: number;
  /** K rows of M signed weights. */
  readonly weights: IntegerMatrix;
  /** Windows of K unsigned inputs. */
  readonly inputs: IntegerMatrix;
  /** The weights, mapped as the scenario says; no more crossbars than the PE has. */
  readonly program: OuProgram;
  /** OU operations of a window in the dense mapping. */
  readonly denseOperations: number;
  /** Activation pruning that the mapping scheme does; null for none. */
  readonly windowPruning: WindowPruning | null;
}

const bits = (doc: string): IntegerParameter => ({ type: 'integer', unit: 'bit', min: 1, max: 16, default: 8, doc });

export const MATRIX_PARAMETERS = {
  weightBits: { ...bits('Bits of a weight, its sign included.'), max: MAX_WEIGHT_BITS },
  inputBits: bits('Bits of an unsigned input.'),
} as const;

const WEIGHTS_ROLE = { path: 'workload.weights', form: 'K rows of M signed integers', row: 'row' };
const INPUTS_ROLE = { path: 'workload.inputs', form: 'windows of K unsigned integers', row: 'window' };

/** A workload and how the resolved scenario shows it. */
export interface ResolvedMatrixWorkload {
  readonly workload: MatrixWorkload;
  readonly echo: Record<string, unknown>;
}

/** Reads a workload of kind `matrix`. Everything wrong with it goes to `findings`; null where it cannot be used. */
export function resolveMatrixWorkload(
  section: Section,
  settings: ResolvedSettings,
  baseDir: string,
  findings: Findings,
): ResolvedMatrixWorkload | null {
  const weightBits = readBits(section, 'weightBits', findings);
  const inputBits = readBits(section, 'inputBits', findings);
  reportEncoding(settings, weightBits, 'workload.weightBits', findings);

  const weightRange = weightBits === null ? null : rangeOfWeights(settings, weightBits, findings);
  const inputRange =
    inputBits === null ? null : { min: 0, max: 2 ** inputBits - 1, because: `unsigned, inputBits ${inputBits}` };
  const weights = readMatrix(section['weights'], WEIGHTS_ROLE, weightRange, baseDir, findings);
  const inputs = readMatrix(section['inputs'], INPUTS_ROLE, inputRange, baseDir, findings);
  if (weights !== null && inputs !== null && inputs.matrix.columns !== weights.matrix.rows) {
    findings.report({
      path: 'workload.inputs',
      value: `windows of ${inputs.matrix.columns} inputs`,
      allowed: `windows of ${weights.matrix.rows} inputs, one for each row of the weights`,
    });
  }
  if (weightBits === null || inputBits === null || weights === null) return null;

  const { machine, mapping } = settings;
  const spec: MatrixSpec = {
    rows: weights.matrix.rows,
    outputs: weights.matrix.columns,
    weightBits,
    inputBits,
    bitsPerPlane: machine.input.bitsPerPlane,
    encoding: mapping.encoding,
    layout: mapping.layout,
    crossbar: machine.crossbar,
    ou: machine.ou,
    weights: weights.matrix.values,
  };
  const mapped = mapToPe(spec, settings, findings);
  if (mapped === null || inputs === null) return null;
  return {
    workload: { kind: 'matrix', weightBits, inputBits, weights: weights.matrix, inputs: inputs.matrix, ...mapped },
    echo: { kind: 'matrix', weightBits, inputBits, weights: weights.echo, inputs: inputs.echo },
  };
}

function readBits(section: Section, name: keyof typeof MATRIX_PARAMETERS, findings: Findings): number | null {
  const read = readParameter(MATRIX_PARAMETERS[name], section[name], null);
  if (!isFault(read)) return read.value as number;
  findings.report({ path: `workload.${name}`, value: shown(section[name]), ...read });
  return null;
}

/** The weights that the encoding has; where the encoding is in doubt, those that any encoding has. */
function rangeOfWeights({ mapping }: ResolvedSettings, weightBits: number, findings: Findings): EntryRange {
  // The range does not depend on the cells, so that one bit a cell stands in for any.
  if (!findings.sound('mapping.encoding') || encodingProblems(mapping.encoding, weightBits, 1).length > 0) {
    const half = 2 ** (weightBits - 1);
    return { min: -half, max: half - 1, because: `weightBits ${weightBits}` };
  }
  const { minWeight, maxWeight } = weightFormat(mapping.encoding, weightBits, 1);
  return { min: minWeight, max: maxWeight, because: `weightBits ${weightBits}, encoding ${mapping.encoding}` };
}

/** Maps the weights where everything that the mapping reads is sound; null, and reported, where they do not fit. */
function mapToPe(
  spec: MatrixSpec,
  { machine, mapping }: ResolvedSettings,
  findings: Findings,
): Pick<MatrixWorkload, 'program' | 'denseOperations' | 'windowPruning'> | null {
  const read = ['mapping', 'machine.crossbar', 'machine.ou', 'machine.input.bitsPerPlane', 'machine.pe.crossbars'];
  if (!findings.sound(...read, 'workload.weights', 'workload.weightBits', 'workload.inputBits')) return null;
  const fits = (needed: number): boolean => {
    if (needed <= machine.pe.crossbars) return true;
    findings.report({
      path: 'machine.pe.crossbars',
      value: String(machine.pe.crossbars),
      allowed: `at least ${needed}, which the ${spec.rows} x ${spec.outputs} weights take`,
      hint: 'more crossbars, larger ones, or more bits per cell',
    });
    return false;
  };
  try {
    const scheme = mappingScheme(mapping.scheme);
    const { weights, weightBits, rows, outputs } = spec;
    const matrix = { rows, outputs, weights: Float64Array.from(weights), grid: { scale: 1, weightBits } };
    const decision = scheme.given(mapping.parameters);
    const plan = scheme.plan(matrix, spec, decision, mapping.parameters);
    // Counted before anything is built, so that a matrix far too large is a message and not an exhausted memory. A scheme
    // without a bound, and a matrix between the bound and what it takes, are counted when they are compiled.
    if (!fits(scheme.leastCrossbars?.({ ...spec, ...plan }, mapping.parameters) ?? 0)) return null;
    const program = scheme.compile({ ...spec, ...plan }, decision, mapping.parameters);
    if (!fits(program.crossbars.length)) return null;
    return { program, denseOperations: denseOperations(spec), windowPruning: plan.windowPruning };
  } catch (error) {
    if (!(error instanceof MappingError)) throw error;
    reportMapping(error.problems, mapping, 'workload', findings);
    return null;
  }
}
