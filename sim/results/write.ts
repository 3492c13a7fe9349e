import fs from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { createFolder } from './create-folder.js';
import type { Result } from './result.js';

/** What a run was on this machine (run time, host, versions): everything that is not deterministic. */
export type RunInfo = Readonly<Record<string, unknown>>;

export const RESULT_FILE = 'result.json';
export const RUN_INFO_FILE = 'run-info.json';

/** A value that `result.json` cannot hold, with the path at which it stands. */
export class ResultValueError extends Error {
  override readonly name = 'ResultValueError';
}

/** The order of the top-level keys; below them keys are sorted, so that equal results are equal bytes. */
const TOP_LEVEL_ORDER = Object.keys({
  schemaVersion: 0,
  scenario: 0,
  cycles: 0,
  seconds: 0,
  windows: 0,
  counts: 0,
  work: 0,
  time: 0,
  energy: 0,
  area: 0,
  footprint: 0,
  chip: 0,
  ideal: 0,
  images: 0,
  layers: 0,
  outputs: 0,
  calibration: 0,
  resources: 0,
  warnings: 0,
} satisfies Record<keyof Result, 0>);

/**
 * Writes `result.json` and `run-info.json` into `dir`, which is created where it is missing.
 *
 * Each file is written beside its final name, forced to the disk and renamed: whoever finds `result.json` finds all of
 * it, also after a crash or a kill. Neither file takes its name before both are on the disk, `result.json` last. Equal results give equal bytes, whatever the order in which
 * their keys were set.
 *
 * @returns the two files' paths.
 * @throws ResultValueError, with nothing written, where a number is not finite or a value is none of JSON's.
 */
export function writeResult(dir: string, result: Result, runInfo: RunInfo): { result: string; runInfo: string } {
  const files = { result: join(dir, RESULT_FILE), runInfo: join(dir, RUN_INFO_FILE) };
  const resultJson = resultToJson(result);
  const runInfoJson = valueToJson(runInfo, 'runInfo');
  createFolder(dir);
  replaceFiles([
    { file: files.runInfo, data: runInfoJson },
    { file: files.result, data: resultJson },
  ]);
  return files;
}

/**
 * The bytes of `result.json`: two spaces of indentation, arrays of plain values on one line.
 * @throws ResultValueError where a number is not finite or a value is none of JSON's.
 */
export function resultToJson(result: Result): string {
  return valueToJson(result, 'result', TOP_LEVEL_ORDER);
}

/** Replaces `file` by `data` in one step; on any failure `file` is what it was and nothing stays behind. */
export function writeFileAtomically(file: string, data: string | Uint8Array): void {
  replaceFiles([{ file, data }]);
}

/** Writes all files beside their names, forces them to the disk, then renames them in order. */
export function replaceFiles(files: readonly { file: string; data: string | Uint8Array }[]): void {
  const partialOf = (file: string) => join(dirname(file), `.${basename(file)}.${process.pid}.partial`);
  try {
    for (const { file, data } of files) writeThrough(partialOf(file), data);
    for (const { file } of files) fs.renameSync(partialOf(file), file);
  } catch (error) {
    for (const { file } of files) fs.rmSync(partialOf(file), { force: true });
    throw error;
  }
}

function writeThrough(file: string, data: string | Uint8Array): void {
  const bytes = typeof data === 'string' ? Buffer.from(data, 'utf8') : data;
  const descriptor = fs.openSync(file, 'w');
  try {
    for (let written = 0; written < bytes.length; ) written += fs.writeSync(descriptor, bytes, written);
    fs.fsyncSync(descriptor);
  } finally {
    fs.closeSync(descriptor);
  }
}

type KeyOrder = (object: object) => string[];

/**
 * Two spaces of indentation, arrays of plain values on one line, keys sorted, on the top level those of `order` first.
 *
 * @param name how errors call the value
 * @throws ResultValueError where a number is not finite or a value is none of JSON's.
 */
export function valueToJson(value: unknown, name: string, order: readonly string[] = []): string {
  const topLevelKeys = (object: object): string[] => [
    ...order.filter((key) => Object.hasOwn(object, key)),
    ...sortedKeys(object).filter((key) => !order.includes(key)),
  ];
  return toJson(value, name, '', topLevelKeys) + '\n';
}

function sortedKeys(object: object): string[] {
  return Object.keys(object).sort(byNameThenNumber);
}

/** `Adc[2]` before `Adc[10]`. Not `Intl.Collator`, whose order depends on the machine's version of the Unicode tables. */
function byNameThenNumber(a: string, b: string): number {
  const partsOfA = a.split(/(\d+)/);
  const partsOfB = b.split(/(\d+)/);
  for (let i = 0; i < partsOfA.length && i < partsOfB.length; i++) {
    const x = partsOfA[i]!;
    const y = partsOfB[i]!;
    // Every second part is a run of digits.
    const difference = i % 2 === 1 ? Number(x) - Number(y) : 0;
    if (difference !== 0) return difference;
    if (x !== y) return x < y ? -1 : 1;
  }
  return partsOfA.length - partsOfB.length;
}

function toJson(value: unknown, path: string, indent: string, keysOf: KeyOrder): string {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new ResultValueError(`${path}: got ${value}; allowed are finite numbers`);
    return JSON.stringify(value);
  }
  const deeper = `${indent}  `;
  if (Array.isArray(value)) {
    const items = Array.from(value, (item, i) => toJson(item, `${path}[${i}]`, deeper, sortedKeys));
    if (value.every((item) => item === null || typeof item !== 'object')) return `[${items.join(', ')}]`;
    return `[\n${items.map((item) => deeper + item).join(',\n')}\n${indent}]`;
  }
  if (typeof value === 'object' && isPlain(value)) {
    const entries = keysOf(value).map((key) => {
      const member = (value as Record<string, unknown>)[key];
      return `${deeper}${JSON.stringify(key)}: ${toJson(member, memberPath(path, key), deeper, sortedKeys)}`;
    });
    return entries.length === 0 ? '{}' : `{\n${entries.join(',\n')}\n${indent}}`;
  }
  const got = typeof value === 'object' ? value.constructor.name : typeof value;
  throw new ResultValueError(`${path}: got ${got}; allowed are numbers, strings, booleans, null, arrays and objects`);
}

function isPlain(value: object): boolean {
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function memberPath(path: string, key: string): string {
  return /^\w+$/.test(key) ? `${path}.${key}` : `${path}[${JSON.stringify(key)}]`;
}
