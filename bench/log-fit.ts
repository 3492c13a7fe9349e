/** A straight line through log(time) over log(work). */
export interface LogFit {
  /** 1: time is proportional to work; less: it grows more slowly. */
  readonly slope: number;
  /** Share of the variance of log(time) that the line explains; 1 where times do not vary. */
  readonly r2: number;
}

/**
 * Least squares.
 *
 * @param work more than 0, not all equal
 * @param time more than 0, as many
 * @throws RangeError for other numbers
 */
export function logFit(work: readonly number[], time: readonly number[]): LogFit {
  if (work.length !== time.length) throw new RangeError(`logFit: got ${work.length} works and ${time.length} times`);
  const bad = [...work, ...time].find((value) => !(value > 0 && Number.isFinite(value)));
  if (bad !== undefined) throw new RangeError(`logFit: got ${bad}; allowed: finite numbers above 0`);
  if (new Set(work).size < 2) throw new RangeError('logFit: got fewer than two different works');
  const x = centred(work.map(Math.log));
  const y = centred(time.map(Math.log));
  const [xx, xy, yy] = [dot(x, x), dot(x, y), dot(y, y)];
  return { slope: xy / xx, r2: yy === 0 ? 1 : (xy * xy) / (xx * yy) };
}

function centred(values: readonly number[]): number[] {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return values.map((value) => value - mean);
}

function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, i) => sum + value * b[i]!, 0);
}
