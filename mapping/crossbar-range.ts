import type { OuProgram } from './ou-program.js';

/** Crossbars first .. first + count - 1 of a program: those that one PE holds. */
export interface CrossbarRange {
  readonly first: number;
  readonly count: number;
}

/** @throws RangeError where the range does not lie within the program's crossbars. */
export function checkCrossbarRange(program: OuProgram, { first, count }: CrossbarRange): void {
  const available = program.crossbars.length;
  const whole = Number.isInteger(first) && Number.isInteger(count);
  if (whole && first >= 0 && count >= 0 && first + count <= available) return;
  throw new RangeError(
    `crossbars: got first ${first}, count ${count}; allowed a range within the program's ${available} crossbars`,
  );
}
