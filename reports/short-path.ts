/** The path of an instance without the chip: `Tile[3].Pe[1].AdcPool[0]` of `Chip.Tile[3].Pe[1].AdcPool[0]`. */
export function shortPath(path: string): string {
  return path.replace(/^Chip\./, '');
}
