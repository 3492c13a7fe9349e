import { compact, grouped } from '../format.js';

/** A number of any size in a table: whole ones with all their digits, others with four significant ones. */
export function shortNumber(value: number): string {
  if (Number.isInteger(value)) return grouped(value);
  return Math.abs(value) >= 10_000 ? compact(value) : String(Number(value.toPrecision(4)));
}

export function cyclesText(value: number): string {
  return `${shortNumber(value)} cycles`;
}
