/** Per cent of the images classified right: `98.30`. */
export function top1Percent(right: number, images: number): string {
  return ((100 * right) / images).toFixed(2);
}

/** Percentage points by which a top-1 differs from the float network's, with their sign. */
export function pointsToFloat(right: number, float: number, images: number): string {
  const points = ((100 * (right - float)) / images).toFixed(2);
  return right > float ? `+${points}` : points;
}
