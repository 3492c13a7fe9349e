import type { Colours } from '../reports/colours.js';
import type { Result } from '../sim/results/result.js';

const ROWS_SHOWN = 10;

/** The outputs of a run for the terminal: a line for each window or image, cut where they do not fit. */
export function outputsText({ outputs = [], images }: Result, width: number, paint: Colours): string {
  const row = images === undefined ? 'window' : 'image';
  const lines = outputs
    .slice(0, ROWS_SHOWN)
    .map((values, i) => outputLine(`  ${row} ${images?.[i]?.index ?? i}: `, values.map(shortNumber), width));
  const more = outputs.length - lines.length;
  if (more > 0) lines.push(`  and ${more} ${row}${more === 1 ? '' : 's'} more`);
  return [paint.heading('outputs'), ...lines].join('\n');
}

function outputLine(head: string, values: readonly string[], width: number): string {
  for (let shown = values.length; shown > 0; shown--) {
    const rest = shown === values.length ? '' : `, and ${values.length - shown} more`;
    const line = `${head}${values.slice(0, shown).join(', ')}${rest}`;
    if (line.length <= width) return line;
  }
  return `${head}${values.length} outputs`;
}

function shortNumber(value: number): string {
  return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(6)));
}
