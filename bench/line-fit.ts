/** A straight line through points, by least squares. */
export interface LineFit {
  readonly slope: number;
  /** Height at x = 0. */
  readonly intercept: number;
  /** Share of the variance of y that the line explains; 1 where y does not vary. */
  readonly r2: number;
}

/**
 * @param x finite, not all equal
 * @param y finite, as many
 * @throws RangeError for other numbers
 */
export function lineFit(x: readonly number[], y: readonly number[]): LineFit {
  if (x.length !== y.length) throw new RangeError(`lineFit: got ${x.length} x and ${y.length} y; allowed: as many`);
  const bad = [...x, ...y].find((value) => !Number.isFinite(value));
  if (bad !== undefined) throw new RangeError(`lineFit: got ${bad}; allowed: finite numbers`);
  if (new Set(x).size < 2) throw new RangeError('lineFit: got fewer than two different x; allowed: two or more');
  const [meanX, meanY] = [mean(x), mean(y)];
  const [dx, dy] = [x.map((value) => value - meanX), y.map((value) => value - meanY)];
  const [xx, xy, yy] = [dot(dx, dx), dot(dx, dy), dot(dy, dy)];
  return { slope: xy / xx, intercept: meanY - (xy / xx) * meanX, r2: yy === 0 ? 1 : (xy * xy) / (xx * yy) };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, i) => sum + value * b[i]!, 0);
}
