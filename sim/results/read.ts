import { readFileSync } from 'node:fs';
import { RESULT_SCHEMA_VERSION, type Result } from './result.js';

/** A file that is no result of this version. The message lists every problem with its path. */
export class ResultFileError extends Error {
  override readonly name = 'ResultFileError';
  constructor(
    readonly file: string,
    readonly problems: readonly string[],
    { kind = 'result', ...options }: ErrorOptions & { readonly kind?: 'result' | 'comparison' } = {},
  ) {
    super(`${file} is not a ${kind}: ${problems.join('; ')}`, options);
  }
}

type Shape = 'number' | 'string' | 'object' | 'array' | { readonly [key: string]: Shape };

const COUNTS: Shape = {
  ouOperations: 'number',
  skippedOperations: 'number',
  adcConversions: 'number',
  saturatedCodes: 'number',
  shiftAdds: 'number',
  inputLoads: 'number',
  wordlineDrives: 'number',
  cellReads: 'number',
};
const WORK: Shape = {
  dense: 'number',
  uncompressed: 'number',
  rowCompressed: 'number',
  valueSkipped: 'number',
  performed: 'number',
};
const TIME: Shape = {
  reads: 'number',
  adcWaiting: 'number',
  indexDecoding: 'number',
  detector: 'number',
  pixels: 'number',
  output: 'number',
  transfer: 'number',
  windowSharing: 'number',
  finishedEarlier: 'number',
  drain: 'number',
  finished: 'number',
  otherPasses: 'number',
};
const WAIT: Shape = { count: 'number', mean: 'number', p50: 'number', p95: 'number', p99: 'number', max: 'number' };
const ENERGY: Shape = { total_pJ: 'number', actions: 'object' };
const FOOTPRINT: Shape = {
  pes: 'number',
  crossbars: 'number',
  cellsUsed: 'number',
  cells: 'number',
  indexBits: 'number',
};
const RESULT: Shape = {
  scenario: {
    hash: 'string',
    scope: 'string',
    machine: 'object',
    mapping: 'object',
    workload: 'object',
    assumptions: 'array',
  },
  cycles: 'number',
  seconds: 'number',
  windows: 'number',
  counts: COUNTS,
  work: WORK,
  time: TIME,
  resources: 'object',
  energy: ENERGY,
  area: { total_um2: 'number', components: 'object' },
  footprint: FOOTPRINT,
  warnings: 'array',
};
const RESOURCE: Shape = { kind: 'string', ledger: 'object', utilisation: 'number' };
const CLASS_LEDGER: Shape = { instances: 'number', cycles: 'object' };
const BUSY: Shape = { path: 'string', shares: 'object' };
const LAYER: Shape = {
  name: 'string',
  op: 'string',
  windows: 'number',
  rows: 'number',
  outputs: 'number',
  footprint: FOOTPRINT,
  spareCrossbars: 'number',
  cycles: 'number',
  start_cycle: 'number',
  end_cycle: 'number',
  replicas: 'number',
  tiles: 'array',
  macs: 'number',
  waits: 'array',
  buffers: 'array',
  counts: COUNTS,
  work: WORK,
  time: TIME,
  crossbars: CLASS_LEDGER,
  adcs: CLASS_LEDGER,
  busiest: { crossbar: BUSY, adcPool: BUSY, shiftAdd: BUSY },
  adcUtilisation: 'number',
  wait: WAIT,
  'queue.mean': 'number',
  energy: ENERGY,
};
const IMAGE: Shape = { index: 'number', cycles: 'number', start_cycle: 'number', end_cycle: 'number' };
const CHIP: Shape = {
  pipeline: 'string',
  schedule: 'string',
  chips: 'number',
  tilesPerChip: 'number',
  tilesUsed: 'number',
  mesh: { columns: 'number', rows: 'number', tilesPerRouter: 'number' },
  passes: 'array',
  images: 'number',
  latency_cycles: 'number',
  latencyMean_cycles: 'number',
  latencyMax_cycles: 'number',
  throughput_imagesPerSecond: 'number',
  achieved_TOPS: 'number',
  power_mW: 'number',
  TOPSperW: 'number',
  peak: { TOPS: 'number', power_mW: 'number', TOPSperW: 'number', share: 'number' },
  utilisation: 'object',
  stages: 'array',
  waits: 'array',
  bottleneck: {
    layer: 'string',
    activity: 'string',
    share: 'number',
    resource: 'string',
    path: 'string',
    resourceShare: 'number',
    shares: 'object',
  },
  edram: 'object',
  floorPlan: 'array',
  notes: 'array',
};
const STAGE: Shape = {
  name: 'string',
  op: 'string',
  kind: 'string',
  windows: 'number',
  replicas: 'number',
  tiles: 'array',
  start_cycle: 'number',
  end_cycle: 'number',
  images: 'array',
  fetch: 'object',
  send: 'object',
};
const TILE: Shape = { tile: 'number', chip: 'number', x: 'number', y: 'number', parts: 'array' };

/**
 * Reads a `result.json`.
 * @throws ResultFileError where the file cannot be read, is no JSON, is of another schema version or lacks a key.
 */
export function readResult(file: string): Result {
  const value = readJson(file);
  const version = isObject(value) ? value['schemaVersion'] : undefined;
  if (version !== RESULT_SCHEMA_VERSION) {
    throw new ResultFileError(file, [
      `schemaVersion: got ${JSON.stringify(version) ?? 'nothing'}; allowed is ${RESULT_SCHEMA_VERSION}` +
        (typeof version === 'number' && version > RESULT_SCHEMA_VERSION ? ' (written by a newer ousim)' : ''),
    ]);
  }
  const problems: string[] = [];
  check(value, RESULT, '', problems);
  const { resources, layers, images, chip } = value as Partial<Result>;
  if (isObject(resources)) {
    for (const [path, resource] of Object.entries(resources)) {
      check(resource, RESOURCE, `resources[${path}]`, problems);
      if (isObject(resource) && 'wait' in resource) check(resource.wait, WAIT, `resources[${path}].wait`, problems);
    }
  }
  if (layers !== undefined) checkEach(layers, LAYER, 'layers', problems);
  if (images !== undefined) checkEach(images, IMAGE, 'images', problems);
  if (chip !== undefined) {
    check(chip, CHIP, 'chip', problems);
    if (isObject(chip)) {
      checkEach(chip.stages, STAGE, 'chip.stages', problems);
      checkEach(chip.floorPlan, TILE, 'chip.floorPlan', problems);
    }
  }
  if (problems.length > 0) throw new ResultFileError(file, problems);
  return value as unknown as Result;
}

/** @throws ResultFileError where the file cannot be read or is no JSON. */
export function readJson(file: string): unknown {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new ResultFileError(file, [(error as Error).message], { cause: error });
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new ResultFileError(file, [`no JSON: ${(error as Error).message}`], { cause: error });
  }
}

function checkEach(value: unknown, shape: Shape, path: string, problems: string[]): void {
  check(value, 'array', path, problems);
  if (!Array.isArray(value)) return;
  for (const [i, item] of value.entries()) check(item, shape, `${path}[${i}]`, problems);
}

function check(value: unknown, shape: Shape, path: string, problems: string[]): void {
  const expected = typeof shape === 'string' ? shape : 'object';
  const got = typeOf(value);
  if (got !== expected) {
    problems.push(`${path === '' ? 'the file' : path}: got ${got}; allowed is ${expected}`);
    return;
  }
  if (typeof shape === 'string') return;
  for (const [key, member] of Object.entries(shape)) {
    check((value as Record<string, unknown>)[key], member, path === '' ? key : `${path}.${key}`, problems);
  }
}

function typeOf(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeOf(value) === 'object';
}
