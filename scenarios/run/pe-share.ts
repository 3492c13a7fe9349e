import { BYTES_PER_SUM } from '../../mapping/chip-program.js';
import type { CrossbarRange } from '../../mapping/crossbar-range.js';
import type { OuProgram } from '../../mapping/ou-program.js';
import { ProgramReader } from '../../mapping/program-reader.js';

/** The part of an OU program that stands in one PE. */
export interface PeShare {
  readonly path: string;
  readonly crossbars: CrossbarRange;
  /** Bytes written into the input register, and into the output register, for one window. */
  readonly inputBytesPerWindow: number;
  readonly outputBytesPerWindow: number;
}

/**
 * A whole program as the share of a single PE, for scope `pe`.
 *
 * @throws RangeError for a program without crossbars: whatever a scheme leaves out, it keeps one (docs/decisions.md)
 */
export function shareOfOnePe(program: OuProgram): PeShare {
  const { length } = program.crossbars;
  if (length === 0) throw new RangeError('OU program: got no crossbars; allowed at least one, which may be empty');
  const crossbars = { first: 0, count: length };
  const { inputs, outputs } = new ProgramReader(program).read(crossbars);
  return {
    path: 'Chip.Tile[0].Pe[0]',
    crossbars,
    inputBytesPerWindow: Math.ceil((inputs.length * program.inputBits) / 8),
    outputBytesPerWindow: outputs.length * BYTES_PER_SUM,
  };
}
