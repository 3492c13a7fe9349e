import type { ChipResult } from '../../sim/results/chip-result.js';
import type { Result } from '../../sim/results/result.js';
import { percent, plural } from '../format.js';
import { shareOf, sum } from '../layers.js';

/** A tile of the floor plan. */
export interface PlannedTile {
  readonly tile: number;
  readonly chip: number;
  /** Column and row on its chip, in tiles. */
  readonly column: number;
  readonly row: number;
  /** Layers that stand there, in the order of execution; empty where the tile is free. */
  readonly layers: readonly string[];
  /** Crossbars that hold a part of the network. */
  readonly crossbars: number;
  /** Mean share of the run that these read. */
  readonly utilisation: number;
}

export interface FloorPlan {
  readonly chips: number;
  /** Of a chip, in tiles. */
  readonly columns: number;
  readonly rows: number;
  readonly tiles: readonly PlannedTile[];
  /** `crossbars` where the result lists all crossbars, else `layers`: every crossbar counts with the mean of its layer. */
  readonly readOff: 'crossbars' | 'layers';
}

/** A crossbar that the result lists. */
export interface PlannedCrossbar {
  readonly tile: number;
  readonly pe: number;
  readonly crossbar: number;
  readonly utilisation: number;
}

/** Where the layers stand on the chips, and how much the crossbars there read. */
export function floorPlanOf(result: Result, chip: ChipResult): FloorPlan {
  const { mesh, chips, tilesPerChip, floorPlan } = chip;
  const layerMeans = new Map(
    (result.layers ?? []).map(({ name, crossbars }) => [name, shareOf(crossbars.cycles, 'read')]),
  );
  const listed = crossbarsOf(result);
  const listsAll = listed.length >= result.footprint.crossbars;
  const reads = new Map<number, number>();
  for (const { tile, utilisation } of listed) reads.set(tile, (reads.get(tile) ?? 0) + utilisation);
  // The tiles of a router in a block as square as it goes.
  const wide = Math.ceil(Math.sqrt(mesh.tilesPerRouter));
  const high = Math.ceil(mesh.tilesPerRouter / wide);
  const used = new Map(floorPlan.map((tile) => [tile.tile, tile]));
  const tiles = Array.from({ length: chips * tilesPerChip }, (_, tile): PlannedTile => {
    const onChip = tile % tilesPerChip;
    const router = Math.floor(onChip / mesh.tilesPerRouter);
    const inRouter = onChip % mesh.tilesPerRouter;
    const parts = used.get(tile)?.parts ?? [];
    const crossbars = sum(parts.map((part) => part.crossbars));
    // Crossbars that hold nothing never read, so the sum over all of a tile is that over those that hold a part.
    const reading = listsAll
      ? (reads.get(tile) ?? 0)
      : sum(parts.map((part) => part.crossbars * (layerMeans.get(part.layer) ?? 0)));
    return {
      tile,
      chip: Math.floor(tile / tilesPerChip),
      column: (router % mesh.columns) * wide + (inRouter % wide),
      row: Math.floor(router / mesh.columns) * high + Math.floor(inRouter / wide),
      layers: [...new Set(parts.filter((part) => part.crossbars > 0).map((part) => part.layer))],
      crossbars,
      utilisation: crossbars === 0 ? 0 : reading / crossbars,
    };
  });
  return {
    chips,
    columns: mesh.columns * wide,
    rows: mesh.rows * high,
    tiles,
    readOff: listsAll ? 'crossbars' : 'layers',
  };
}

const CROSSBAR_PATH = /^Chip\.Tile\[(\d+)\]\.Pe\[(\d+)\]\.Crossbar\[(\d+)\]$/;

/** All crossbars that a result lists, by their paths. */
function crossbarsOf({ resources }: Result): PlannedCrossbar[] {
  return Object.entries(resources).flatMap(([path, { utilisation }]) => {
    const numbers = CROSSBAR_PATH.exec(path);
    if (numbers === null) return [];
    const [tile, pe, crossbar] = numbers.slice(1).map(Number);
    return [{ tile: tile!, pe: pe!, crossbar: crossbar!, utilisation }];
  });
}

/** What the figure of a chip, and that of a tile or of a single PE, is called. */
export function chipCaption({ chips, tiles }: FloorPlan, chip: number): string {
  const members = tiles.filter((tile) => tile.chip === chip);
  const used = members.filter(({ crossbars }) => crossbars > 0).length;
  return `${chips === 1 ? 'The chip' : `Chip ${chip}`}: ${used} of ${plural(members.length, 'tile')} used`;
}

/** Tiles whose crossbars are drawn one by one. */
const TILES_SHOWN = 24;

/** The crossbars of a tile, or of a single PE, one by one. */
export interface CrossbarGrid {
  readonly caption: string;
  /** What the caption says apart from the utilisation. */
  readonly words: string;
  readonly members: readonly PlannedCrossbar[];
}

export interface TileGrid extends CrossbarGrid {
  readonly tile: number;
  /** Layers that stand there. */
  readonly layers: readonly string[];
  /** Largest share of the run that one of its crossbars reads. */
  readonly most: number;
}

export interface CrossbarGrids {
  readonly shown: readonly TileGrid[];
  /** Tiles that are used and left out. */
  readonly unlisted: number;
}

/** Crossbar by crossbar the tiles that read most, the busiest first; none where the result lists not all crossbars. */
export function tileGrids(result: Result, { tiles, readOff }: FloorPlan): CrossbarGrids {
  if (readOff !== 'crossbars') return { shown: [], unlisted: 0 };
  const used = tiles.filter(({ crossbars }) => crossbars > 0);
  const busiest = [...used].sort((a, b) => b.utilisation - a.utilisation || a.tile - b.tile).slice(0, TILES_SHOWN);
  const crossbars = new Map<number, PlannedCrossbar[]>();
  for (const crossbar of crossbarsOf(result)) {
    const members = crossbars.get(crossbar.tile);
    if (members === undefined) crossbars.set(crossbar.tile, [crossbar]);
    else members.push(crossbar);
  }
  const shown = busiest.map(({ tile, layers }): TileGrid => {
    const members = crossbars.get(tile) ?? [];
    const most = Math.max(...members.map(({ utilisation }) => utilisation));
    const words = `Tile ${tile}: ${layers.join(', ')}`;
    return { caption: `${words}; at most ${percent(most)}%`, words, members, tile, layers, most };
  });
  return { shown, unlisted: used.length - shown.length };
}

/** All crossbars of a single PE. */
export function peGrid({ resources }: Result): CrossbarGrid {
  const members = Object.values(resources)
    .filter(({ kind }) => kind === 'crossbar')
    .map(({ utilisation }, crossbar) => ({ tile: 0, pe: 0, crossbar, utilisation }));
  return { caption: 'The PE', words: 'The PE', members };
}

/** Crossbars of a PE that stand beside each other in the picture of a tile. */
const CROSSBARS_IN_ROW = 16;

/** Where the crossbars of a tile stand in its picture: a PE begins a new row. */
export function gridPlaces(members: readonly PlannedCrossbar[]): {
  readonly columns: number;
  readonly rows: number;
  readonly places: readonly { readonly column: number; readonly row: number; readonly utilisation: number }[];
} {
  const perPe = Math.max(...members.map(({ crossbar }) => crossbar)) + 1;
  const columns = Math.min(perPe, CROSSBARS_IN_ROW);
  const rowsOfPe = Math.ceil(perPe / columns);
  const pes = [...new Set(members.map(({ pe }) => pe))].sort((a, b) => a - b);
  return {
    columns,
    rows: pes.length * rowsOfPe,
    places: members.map(({ pe, crossbar, utilisation }) => ({
      column: crossbar % columns,
      row: pes.indexOf(pe) * rowsOfPe + Math.floor(crossbar / columns),
      utilisation,
    })),
  };
}

/** Upper ends of the classes of a heat map, shares of the run: most crossbars read rarely, so the low ones are narrow. */
export const HEAT_CLASSES = [0, 0.01, 0.03, 0.1, 0.2, 0.4, 0.7, 1] as const;

/** Number of the class of a share, 0 where nothing is read. */
export function heatClass(share: number): number {
  const found = HEAT_CLASSES.findIndex((end) => share <= end);
  return found < 0 ? HEAT_CLASSES.length - 1 : found;
}

/** A class as the legend says it. */
export function heatWords(heat: number): string {
  return heat === 0 ? 'none' : `to ${Math.round(100 * HEAT_CLASSES[heat]!)}%`;
}
