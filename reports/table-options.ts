import { type Colours, colours } from './colours.js';

export interface TableOptions {
  /** Columns of the terminal; default 100, which every result fits. */
  readonly width?: number;
  /** Colours, for a terminal (`wantsColours`); default false. */
  readonly colour?: boolean;
}

const DEFAULT_WIDTH = 100;

export function settled({ width = DEFAULT_WIDTH, colour = false }: TableOptions): { width: number; paint: Colours } {
  return { width, paint: colours(colour) };
}
