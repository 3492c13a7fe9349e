import { join } from 'node:path';
import type { ChartConfiguration } from 'chart.js';
import { createFolder } from '../../sim/results/create-folder.js';
import { writeFileAtomically } from '../../sim/results/write.js';
import { type ChartSize, FONT_SIZE, PADDING, renderPng, TITLE_SIZE, USUAL_SIZE } from './canvas.js';
import { type DataTable, toCsv } from './csv.js';
import { wrapped } from './paper/text.js';
import { withResolution } from './png-resolution.js';

/** A chart that is ready to be drawn, and the numbers that it shows. */
export interface Chart {
  readonly configuration: ChartConfiguration;
  readonly data: DataTable;
  /** `USUAL_SIZE` where there is none. */
  readonly size?: ChartSize;
}

/** The chart as a PNG (`renderPng`) that says how large it is on paper. */
export function toPng({ configuration, size = USUAL_SIZE }: Chart): Buffer {
  const png = renderPng(withWrappedTitles(configuration, size.width), size);
  return withResolution(png, size.pixelsPerUnit * size.unitsPerInch);
}

/** With title and subtitle in lines that the picture has room for, which chart.js would cut off. */
function withWrappedTitles(configuration: ChartConfiguration, width: number): ChartConfiguration {
  const { title, subtitle } = configuration.options?.plugins ?? {};
  const room = width - PADDING.left - PADDING.right;
  const lines = (text: unknown, size: number, bold: boolean): string[] =>
    ([text ?? []].flat() as string[]).flatMap((paragraph) => wrapped(paragraph, room, size, bold));
  const plugins = {
    ...configuration.options?.plugins,
    title: { ...title, text: lines(title?.text, TITLE_SIZE, true) },
    subtitle: { ...subtitle, text: lines(subtitle?.text, FONT_SIZE, false) },
  };
  return { ...configuration, options: { ...configuration.options, plugins } };
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
