import { join } from 'node:path';
import type { ChartConfiguration } from 'chart.js';
import { createFolder } from '../../sim/results/create-folder.js';
import type { Result } from '../../sim/results/result.js';
import { writeFileAtomically } from '../../sim/results/write.js';
import { machineName, workloadName } from '../subject.js';
import { type ChartSize, renderPng } from './canvas.js';
import { type DataTable, toCsv } from './csv.js';
import { withResolution } from './png-resolution.js';

/** A chart that is ready to be drawn, and the numbers that it shows. */
export interface Chart {
  readonly configuration: ChartConfiguration;
  readonly data: DataTable;
  /** Where it is not the usual size of a chart; its unit then is a point, 1/72 inch, and the PNG says so. */
  readonly size?: ChartSize;
}

/** A result under the name that a chart gives it. */
export interface NamedResult {
  readonly name: string;
  readonly result: Result;
}

/** Names each result by its preset, and by its network too where the presets are not enough to tell them apart. */
export function named(results: readonly Result[]): NamedResult[] {
  const presets = new Set(results.map(machineName));
  return results.map((result) => ({
    name: presets.size === results.length ? machineName(result) : `${workloadName(result)} on ${machineName(result)}`,
    result,
  }));
}

const POINTS_PER_INCH = 72;

/** The chart as a PNG (`renderPng`). */
export function toPng({ configuration, size }: Chart): Buffer {
  if (size === undefined) return renderPng(configuration);
  return withResolution(renderPng(configuration, size), size.pixelsPerUnit * POINTS_PER_INCH);
}

/** Writes `<name>.png` and, beside it, the chart's numbers as `<name>.csv`; creates `dir` where it is missing. */
export function writeChart(dir: string, name: string, chart: Chart): { png: string; csv: string } {
  const files = { png: join(dir, `${name}.png`), csv: join(dir, `${name}.csv`) };
  const png = toPng(chart);
  createFolder(dir);
  writeFileAtomically(files.csv, toCsv(chart.data));
  writeFileAtomically(files.png, png);
  return files;
}
