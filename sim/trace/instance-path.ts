/**
 * The parts of an instance path, outermost first: `Chip.Tile[0].Part[2].Fetch conv.1` -> `Chip`, `Tile[0]`, `Part[2]`,
 * `Fetch conv.1`. What follows a space is a layer's name, whose dots separate nothing.
 */
export function pathParts(path: string): string[] {
  const space = path.indexOf(' ');
  const parts = (space < 0 ? path : path.slice(0, space)).split('.');
  if (space >= 0) parts[parts.length - 1] += path.slice(space);
  return parts;
}

/** The instance that contains the one at `path`; the path itself where nothing contains it. */
export function parentOf(path: string): string {
  const parts = pathParts(path);
  return parts.length === 1 ? path : parts.slice(0, -1).join('.');
}

export function lastPartOf(path: string): string {
  return pathParts(path).at(-1)!;
}
