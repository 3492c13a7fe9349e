import { wrapped } from '../reports/wrapped-text.js';

/** Cells side by side; the last one is wrapped and keeps its column, if need be on the next line. */
export function hangingRow(
  cells: readonly (readonly [text: string, width: number])[],
  last: string,
  width: number,
): string {
  const head = cells.map(([text, cellWidth]) => text.padEnd(cellWidth)).join(' ');
  const indent = ' '.repeat(cells.reduce((sum, [, cellWidth]) => sum + cellWidth + 1, 0));
  const lines = wrapped(last, Math.max(20, width - indent.length));
  if (head.length >= indent.length) return [head.trimEnd(), ...lines.map((line) => indent + line)].join('\n');
  const [first, ...rest] = lines;
  return [`${head} ${first}`.trimEnd(), ...rest.map((line) => indent + line)].join('\n');
}
