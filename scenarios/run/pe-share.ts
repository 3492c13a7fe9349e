import type { MachineConfig } from '../../components/machine.js';
import type { CrossbarRange } from '../../mapping/crossbar-range.js';
import type { OuProgram } from '../../mapping/ou-program.js';

/** Bytes of one sum in an output register: 32-bit accumulators, as the integer networks need. */
const BYTES_PER_SUM = 4;

/** The part of an OU program that stands in one PE. */
export interface PeShare {
  readonly path: string;
  readonly crossbars: CrossbarRange;
  /** Bytes written into the input register, and into the output register, for one window. */
  readonly inputBytesPerWindow: number;
  readonly outputBytesPerWindow: number;
}

/**
 * Cuts a program into PEs in crossbar order; `firstPe` is the number of the first of them.
 *
 * @returns at least one
 * @throws RangeError for a program without crossbars: whatever a scheme leaves out, it keeps one (docs/decisions.md)
 */
export function sharesOf(program: OuProgram, machine: MachineConfig, firstPe: number): PeShare[] {
  const shares: PeShare[] = [];
  const total = program.crossbars.length;
  if (total === 0) throw new RangeError('OU program: got no crossbars; allowed at least one, which may be empty');
  for (let first = 0; first < total; first += machine.pe.crossbars) {
    const crossbars = { first, count: Math.min(machine.pe.crossbars, total - first) };
    const inputs = new Set<number>();
    const outputs = new Set<number>();
    const rowLists = new Set<number>();
    for (const { groups } of program.crossbars.slice(first, first + crossbars.count)) {
      for (const group of groups) {
        rowLists.add(group.rowList);
        for (const output of group.outputs) outputs.add(output);
      }
    }
    for (const rowList of rowLists) for (const input of program.rowLists[rowList]!.inputs) inputs.add(input);
    shares.push({
      path: pePath(firstPe + shares.length),
      crossbars,
      inputBytesPerWindow: Math.ceil((inputs.size * program.inputBits) / 8),
      outputBytesPerWindow: outputs.size * BYTES_PER_SUM,
    });
  }
  return shares;
}

/** Until chips have tiles, all PEs stand in tile 0. */
export function pePath(pe: number): string {
  return `Chip.Tile[0].Pe[${pe}]`;
}
