import type { NaiveChipMachine } from './chip-scenario.js';
import { Link } from './chip-servers.js';

/** The off-chip port, as the end of a path. */
export const PORT = -1;

/** The mesh of the naive chip: links are made when a path first takes them. */
export class Mesh {
  readonly links: Link[] = [];

  constructor(
    private readonly machine: NaiveChipMachine,
    private readonly chips: number,
    private readonly tilesPerChip: number,
  ) {}

  /** Rule 13: X first, then Y, between two tiles or a tile and the port. */
  route(from: number, to: number): Link[] {
    const columns = this.machine.chip.columns * this.chips;
    const [fromRow, fromColumn] = this.placeOf(from);
    const [toRow, toColumn] = this.placeOf(to);
    const links = [this.link(from === PORT ? 'Chip.Port.Out' : `Chip.Tile[${from}].Out`, true, false)];
    let row = fromRow;
    let column = fromColumn;
    const step = (side: string, isBetweenChips: boolean) => {
      links.push(this.link(`Chip.Router[${row * columns + column}].${side}`, true, isBetweenChips));
    };
    while (column !== toColumn) {
      const ahead = column < toColumn ? column + 1 : column - 1;
      const chipOf = (place: number) => Math.floor(place / this.machine.chip.columns);
      step(ahead > column ? 'East' : 'West', chipOf(ahead) !== chipOf(column));
      column = ahead;
    }
    while (row !== toRow) {
      const ahead = row < toRow ? row + 1 : row - 1;
      step(ahead > row ? 'South' : 'North', false);
      row = ahead;
    }
    links.push(this.link(to === PORT ? 'Chip.Port.In' : `Chip.Tile[${to}].In`, false, false));
    return links;
  }

  private placeOf(tile: number): [row: number, column: number] {
    if (tile === PORT) return [0, 0];
    const { columns } = this.machine.chip;
    const chip = Math.floor(tile / this.tilesPerChip);
    const router = Math.floor((tile % this.tilesPerChip) / this.machine.router.tiles);
    return [Math.floor(router / columns), chip * columns + (router % columns)];
  }

  private link(path: string, leadsToRouter: boolean, isBetweenChips: boolean): Link {
    const made = this.links.find((link) => link.path === path);
    if (made !== undefined) return made;
    const { router, offChip } = this.machine;
    const flitCycles = isBetweenChips ? offChip.flitCycles : router.flitCycles;
    const room = leadsToRouter ? router.bufferPackets : Infinity;
    const link = new Link(path, isBetweenChips, flitCycles, router.hopCycles, room);
    this.links.push(link);
    return link;
  }
}
