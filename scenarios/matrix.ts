import { createHash } from 'node:crypto';
import { resolve } from 'node:path';
import { FileFormatError } from '../models/file-format-error.js';
import { parseNpy } from '../models/npy.js';
import { readFile } from '../models/read-file.js';
import { fileLabel } from './file-label.js';
import { type Findings, isSection, readSection } from './findings.js';
import { shown } from './problem.js';
import { MATRIX_FILE_KEYS } from './workload-keys.js';

/** A matrix of integers, shape [rows][columns] row-major. */
export interface IntegerMatrix {
  readonly rows: number;
  readonly columns: number;
  readonly values: Int32Array;
}

/** The words for one of the two matrices of a workload. */
export interface MatrixRole {
  readonly path: string;
  /** What the matrix is, for messages: "K rows of M signed integers". */
  readonly form: string;
  /** What one row is: "row", "window". */
  readonly row: string;
}

/** The integers that may stand in a matrix; null where that is not known because of another problem. */
export interface EntryRange {
  readonly min: number;
  readonly max: number;
  /** Why this range, in brackets: "weightBits 8, encoding offset". */
  readonly because: string;
}

/** A matrix and how the resolved scenario shows it: inline as given, or its file with hash and shape. */
export interface GivenMatrix {
  readonly matrix: IntegerMatrix;
  readonly echo: unknown;
}

const LISTED = 3;

/**
 * Reads a matrix, inline or `{ file: x.npy }` relative to `baseDir`. Everything wrong with it goes to `findings`; null
 * where it cannot be used.
 */
export function readMatrix(
  given: unknown,
  role: MatrixRole,
  range: EntryRange | null,
  baseDir: string,
  findings: Findings,
): GivenMatrix | null {
  const allowed = `${role.form}, or { file: x.npy }`;
  if (Array.isArray(given)) {
    const rows = checkRows(given, role, findings);
    if (rows === null) return null;
    const columns = rows[0]!.length;
    const matrix = checkEntries(rows.flat(), rows.length, columns, role, range, findings);
    return matrix === null ? null : { matrix, echo: given };
  }
  if (isSection(given)) return readFileMatrix(given, role, range, baseDir, findings);
  findings.report({ path: role.path, value: shown(given), allowed });
  return null;
}

function checkRows(given: readonly unknown[], role: MatrixRole, findings: Findings): unknown[][] | null {
  const { path, form, row } = role;
  const report = (value: string, hint?: string): null => {
    findings.report({ path, value, allowed: form, ...(hint === undefined ? {} : { hint }) });
    return null;
  };
  if (given.length === 0) return report('[], an empty list', `at least one ${row} is needed`);
  const strangers = given.flatMap((item, index) => (Array.isArray(item) ? [] : [`[${index}] = ${shown(item)}`]));
  if (strangers.length > 0) {
    const flat = strangers.length === given.length;
    return report(firstOf(strangers), flat ? `a list of one ${row} is [[...]]` : `every ${row} is a list`);
  }
  const rows = given as unknown[][];
  const columns = rows[0]!.length;
  const ragged = rows.flatMap(({ length }, index) =>
    length === columns ? [] : [`[${index}] has ${length} ${length === 1 ? 'entry' : 'entries'}`],
  );
  if (ragged.length > 0) {
    const first = `${columns} ${columns === 1 ? 'entry' : 'entries'}`;
    return report(firstOf(ragged), `every ${row} must be as long as the first, which has ${first}`);
  }
  return columns === 0 ? report(`${rows.length} x 0 entries`, `a ${row} needs at least one entry`) : rows;
}

function checkEntries(
  entries: ArrayLike<unknown>,
  rows: number,
  columns: number,
  role: MatrixRole,
  range: EntryRange | null,
  findings: Findings,
): IntegerMatrix | null {
  const values = new Int32Array(rows * columns);
  const wrong: string[] = [];
  let more = 0;
  const { min, max } = range ?? { min: -(2 ** 31), max: 2 ** 31 - 1 };
  for (let i = 0; i < values.length; i++) {
    const entry = entries[i];
    if (Number.isInteger(entry) && (entry as number) >= min && (entry as number) <= max) {
      values[i] = entry as number;
    } else if (wrong.length < LISTED) {
      wrong.push(`[${Math.floor(i / columns)}][${i % columns}] = ${shown(entry)}`);
    } else {
      more++;
    }
  }
  if (wrong.length === 0) return { rows, columns, values };
  const because = range === null ? '' : ` (${range.because})`;
  findings.report({
    path: role.path,
    value: withMore(wrong, more),
    allowed: `integers from ${min} to ${max}${because}`,
  });
  return null;
}

function readFileMatrix(
  given: Readonly<Record<string, unknown>>,
  role: MatrixRole,
  range: EntryRange | null,
  baseDir: string,
  findings: Findings,
): GivenMatrix | null {
  const path = `${role.path}.file`;
  const file = readSection(given, role.path, MATRIX_FILE_KEYS, findings)?.['file'];
  if (typeof file !== 'string' || file === '') {
    findings.report({ path, value: shown(file), allowed: 'the name of a .npy file, relative to the scenario file' });
    return null;
  }
  try {
    const full = resolve(baseDir, file);
    const bytes = readFile(full, 'a .npy file');
    const { shape, data } = parseNpy(bytes, full);
    const [rows, columns] = shape;
    if (shape.length !== 2 || rows === undefined || columns === undefined || rows === 0 || columns === 0) {
      findings.report(
        { path, value: `${shown(file)}, an array of shape (${shape.join(', ')})`, allowed: role.form },
        role.path,
      );
      return null;
    }
    const matrix = checkEntries(data, rows, columns, role, range, findings);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    return matrix === null ? null : { matrix, echo: { file: fileLabel(file), sha256, shape: [rows, columns] } };
  } catch (error) {
    if (!(error instanceof FileFormatError)) throw error;
    const value = `${shown(file)}: ${error.problem}`;
    findings.report({ path, value, allowed: 'a .npy file of integers', hint: error.hint }, role.path);
    return null;
  }
}

function firstOf(all: readonly string[]): string {
  return withMore(all.slice(0, LISTED), Math.max(all.length - LISTED, 0));
}

function withMore(first: readonly string[], more: number): string {
  return more === 0 ? first.join(', ') : `${first.join(', ')} and ${more} more`;
}
