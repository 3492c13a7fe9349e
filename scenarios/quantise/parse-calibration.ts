import { matrixShapeProblems } from '../../mapping/matrix-spec.js';
import { mappingScheme } from '../../mapping/schemes.js';
import { matrixLayers } from '../../models/matrix-layer.js';
import { CALIBRATION_SCHEMA_VERSION, type CalibrationRecord, type Measured } from '../../sim/results/calibration.js';
import { isSection, type Section } from '../findings.js';
import { listed, nearestName, type Problem, shown } from '../problem.js';
import { leastActivationBits, matrixShape, type PlanningTask } from './plan-network.js';

/** A file of decisions that does not fit; carries every problem. Paths are those inside the file, '' for the file itself. */
export class CalibrationFormatError extends Error {
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    const lines = problems.map(({ path, value, allowed }) => `  ${path}: got ${value}, allowed ${allowed}`);
    super(`the decisions do not fit (${problems.length})\n${lines.join('\n')}`);
    this.name = 'CalibrationFormatError';
    this.problems = problems;
  }
}

const MAX_ACTIVATION_BITS = 16;

/**
 * Bounds of `activationClip`. At 1 / 256 the range of an activation is less than one step of the 8-bit network; at 256 one
 * of 256 steps is more than the whole range that the 8-bit network has. Nothing is left of the activations beyond either.
 */
const LEAST_CLIP = 1 / 256;
const LARGEST_CLIP = 256;

const RECORD_KEYS = [
  'schemaVersion',
  'key',
  'model',
  'scheme',
  'mapping',
  'crossbar',
  'ou',
  'accuracyBudget_percent',
  'dataSet',
  'calibration',
  'test',
  'decision',
] as const satisfies readonly (keyof CalibrationRecord)[];
const MEASURED_KEYS = ['images', 'float', 'network', 'scheme'] as const satisfies readonly (keyof Measured)[];
const DECISION_KEYS = ['activationBits', 'activationClip', 'layers'] as const satisfies readonly (keyof Decision)[];

type Decision = CalibrationRecord['decision'];

/**
 * Reads decisions that were made elsewhere or earlier, which anybody may have edited: every key of the record, that there
 * is a decision about each layer of the network and no other, and each by the scheme.
 *
 * @param task whose scheme and machine are sound
 * @throws CalibrationFormatError with everything that is wrong
 */
export function parseCalibration(text: string, task: PlanningTask): CalibrationRecord {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new CalibrationFormatError([fileProblem(`not JSON: ${(error as Error).message}`, task)]);
  }
  if (!isSection(json)) throw new CalibrationFormatError([fileProblem('not a JSON object', task)]);
  const reader = new RecordReader();
  reader.keys('', json, RECORD_KEYS);
  readHeader(reader, json, task);
  readDecision(reader, json['decision'], task);
  if (reader.problems.length > 0) throw new CalibrationFormatError(reader.problems);
  return json as unknown as CalibrationRecord;
}

function fileProblem(value: string, { mapping }: PlanningTask): Problem {
  return { path: '', value, allowed: `decisions of the scheme ${mapping.scheme} about every layer of the network` };
}

/** Collects the problems of a record. A value that is missing is reported once, by `keys`. */
class RecordReader {
  readonly problems: Problem[] = [];

  require(holds: boolean, path: string, value: unknown, allowed: string): void {
    if (!holds && value !== undefined) this.problems.push({ path, value: shownInFile(value), allowed });
  }

  /** Exactly these keys. */
  keys(path: string, section: Section, keys: readonly string[], what = 'keys'): void {
    const at = (key: string) => (path === '' ? key : `${path}.${key}`);
    for (const key of Object.keys(section)) {
      if (keys.includes(key)) continue;
      const meant = nearestName(key, keys);
      const allowed = `one of the ${what} ${listed(keys)}`;
      const hint = meant === undefined ? {} : { hint: `did you mean \`${meant}\`?` };
      this.problems.push({ path: at(key === '' ? '""' : key), value: shownInFile(section[key]), allowed, ...hint });
    }
    for (const key of keys) {
      if (!Object.hasOwn(section, key)) this.problems.push({ path: at(key), value: 'missing', allowed: 'a value' });
    }
  }

  /** An object with exactly these keys; null, and reported, where it is something else. */
  section(path: string, value: unknown, keys: readonly string[], what?: string): Section | null {
    if (isSection(value)) {
      this.keys(path, value, keys, what);
      return value;
    }
    this.require(false, path, value, `an object with the ${what ?? 'keys'} ${listed(keys)}`);
    return null;
  }
}

/** `shown` calls null nothing, as a scenario means it; in a file it is a value. */
function shownInFile(value: unknown): string {
  return value === null ? 'null' : shown(value);
}

/** What the results repeat about the decisions. */
function readHeader(reader: RecordReader, json: Section, { mapping }: PlanningTask): void {
  const { schemaVersion, scheme, mapping: ofRecord, accuracyBudget_percent: budget } = json;
  const isVersion = schemaVersion === CALIBRATION_SCHEMA_VERSION;
  reader.require(isVersion, 'schemaVersion', schemaVersion, String(CALIBRATION_SCHEMA_VERSION));
  reader.require(scheme === mapping.scheme, 'scheme', scheme, `\`${mapping.scheme}\`, the scheme of the scenario`);
  for (const name of ['key', 'model', 'dataSet'] as const) {
    reader.require(typeof json[name] === 'string', name, json[name], 'a text');
  }
  reader.require(isSection(ofRecord), 'mapping', ofRecord, 'the section `mapping` of a scenario');
  const isBudget = typeof budget === 'number' && budget >= 0 && budget <= 100;
  reader.require(isBudget, 'accuracyBudget_percent', budget, 'a number from 0 to 100');
  readCounts(reader, 'crossbar', json['crossbar'], ['wordlines', 'bitlines', 'bitsPerCell'], 1);
  readCounts(reader, 'ou', json['ou'], ['wordlines', 'bitlines'], 1);
  for (const name of ['calibration', 'test'] as const) readMeasured(reader, name, json[name]);
}

function readCounts(reader: RecordReader, path: string, value: unknown, keys: readonly string[], min: number): void {
  const section = reader.section(path, value, keys);
  if (section === null) return;
  for (const key of keys) {
    const count = section[key];
    const isCount = Number.isSafeInteger(count) && (count as number) >= min;
    reader.require(isCount, `${path}.${key}`, count, `a whole number from ${min}`);
  }
}

function readMeasured(reader: RecordReader, path: string, value: unknown): void {
  const section = reader.section(path, value, MEASURED_KEYS);
  if (section === null) return;
  const { images } = section;
  const isImages = Number.isSafeInteger(images) && (images as number) >= 1;
  reader.require(isImages, `${path}.images`, images, 'a whole number from 1');
  const most = isImages ? (images as number) : Number.MAX_SAFE_INTEGER;
  for (const key of ['float', 'network', 'scheme'] as const) {
    const correct = section[key];
    const isCorrect = Number.isSafeInteger(correct) && (correct as number) >= 0 && (correct as number) <= most;
    reader.require(isCorrect, `${path}.${key}`, correct, `a whole number from 0 to ${isImages ? most : 'the images'}`);
  }
}

function readDecision(reader: RecordReader, value: unknown, task: PlanningTask): void {
  const decision = reader.section('decision', value, DECISION_KEYS);
  if (decision === null) return;
  const { activationBits, activationClip, layers } = decision;
  const least = leastActivationBits(task.network);
  const isBits =
    Number.isInteger(activationBits) &&
    (activationBits as number) >= least &&
    (activationBits as number) <= MAX_ACTIVATION_BITS;
  const bits = `a whole number from ${least} to ${MAX_ACTIVATION_BITS}`;
  reader.require(isBits, 'decision.activationBits', activationBits, bits);
  const isClip = typeof activationClip === 'number' && activationClip >= LEAST_CLIP && activationClip <= LARGEST_CLIP;
  const clip = `a number from ${LEAST_CLIP} to ${LARGEST_CLIP}`;
  reader.require(isClip, 'decision.activationClip', activationClip, clip);

  const ofNetwork = matrixLayers(task.network);
  const path = 'decision.layers';
  const section = reader.section(path, layers, [...ofNetwork.keys()], 'layers');
  if (section === null) return;
  const scheme = mappingScheme(task.mapping.scheme);
  for (const [name, layer] of ofNetwork) {
    if (!Object.hasOwn(section, name)) continue;
    const shape = matrixShape(layer, task, isBits ? (activationBits as number) : task.network.activationBits);
    // A shape that cannot be placed is a problem of the scenario, which says so itself.
    if (matrixShapeProblems(shape).length > 0) continue;
    for (const problem of scheme.decisionProblems(section[name], shape)) {
      const inside = problem.path.replace(/^decision/, `${path}.${name}`);
      reader.problems.push({ ...problem, path: inside, value: String(problem.value) });
    }
  }
}
