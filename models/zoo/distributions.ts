import { dirname, join } from 'node:path';
import { bundledFolder } from '../bundled.js';
import { readFile } from '../read-file.js';
import { TABLE_ENTRIES } from './drawn-numbers.js';
import { type InputPosition, QUARTERS, type WeightPosition } from './position.js';

/** A measured distribution of 8-bit integers, in counts that sum to 65,536. */
export interface Distribution {
  /** The measured layers or tensors, by network. */
  readonly of: string;
  /** The value of the first count; the others follow in steps of 1. */
  readonly from: number;
  readonly counts: readonly number[];
}

/** As in the file: the counts are a text, so that a distribution stands on one line. */
interface DistributionInFile {
  readonly of: string;
  readonly from: number;
  readonly counts: string;
}

/** `distributions.json`: by position; positions that none of the measured networks has are missing. */
export interface DistributionsFile {
  readonly weights: Readonly<Partial<Record<WeightPosition, DistributionInFile>>>;
  readonly inputs: Readonly<Partial<Record<InputPosition, DistributionInFile>>>;
}

let file: DistributionsFile | null = null;

/**
 * Distribution of the weights at a position, symmetric 8-bit integers, -127..127. Where the measured networks have none
 * there, that of the nearest quarter, the earlier one first.
 */
export function weightDistribution(position: WeightPosition): Distribution {
  return nearest(readDistributions().weights, position);
}

/** The same of the inputs: 0..255 after a ReLU, -128..127 of a layer without one. */
export function inputDistribution(position: InputPosition): Distribution {
  return nearest(readDistributions().inputs, position);
}

/** The file beside this one in the sources; it is not compiled. */
export function distributionsPath(): string {
  return join(dirname(bundledFolder()), 'zoo', 'distributions.json');
}

function readDistributions(): DistributionsFile {
  file ??= JSON.parse(new TextDecoder().decode(readFile(distributionsPath(), 'the measured distributions')));
  return file!;
}

function nearest<Position extends string>(
  measured: Readonly<Partial<Record<Position, DistributionInFile>>>,
  position: Position,
): Distribution {
  const own = measured[position];
  if (own !== undefined) return parsed(own);
  const [kind, quarter] = [position.slice(0, -2), Number(position.slice(-1))];
  const byDistance = [...QUARTERS].sort((a, b) => Math.abs(a - quarter) - Math.abs(b - quarter) || a - b);
  for (const other of byDistance) {
    const distribution = measured[`${kind}-${other}` as Position];
    if (distribution !== undefined) return parsed(distribution);
  }
  throw new RangeError(`no distribution measured for ${position}; there are ${Object.keys(measured).join(', ')}`);
}

function parsed({ of, from, counts }: DistributionInFile): Distribution {
  return { of, from, counts: counts.split(' ').map(Number) };
}

/** Every value as often as it counts, in ascending order. */
export function valuesOf({ from, counts }: Distribution): Int16Array {
  const values = new Int16Array(TABLE_ENTRIES);
  let filled = 0;
  for (const [i, count] of counts.entries()) {
    values.fill(from + i, filled, filled + count);
    filled += count;
  }
  if (filled !== TABLE_ENTRIES) throw new RangeError(`counts sum to ${filled}; needed: ${TABLE_ENTRIES}`);
  return values;
}
