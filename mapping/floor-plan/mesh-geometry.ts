/** The mesh of routers of one or more chips side by side (docs/timing-model.md, "Parts of a chip"). */
export interface MeshGeometry {
  /** Routers of a chip. */
  readonly columns: number;
  readonly rows: number;
  readonly tilesPerRouter: number;
}

export interface RouterPlace {
  readonly x: number;
  readonly y: number;
}

/** Number of the off-chip port where a tile is meant; it is at router 0. */
export const PORT_TILE = -1;

export function tilesPerChip({ columns, rows, tilesPerRouter }: MeshGeometry): number {
  return columns * rows * tilesPerRouter;
}

/** Where the router of a tile stands in the mesh of all chips. */
export function routerPlace(mesh: MeshGeometry, tile: number): RouterPlace {
  if (tile === PORT_TILE) return { x: 0, y: 0 };
  const router = Math.floor(tile / mesh.tilesPerRouter);
  const perChip = mesh.columns * mesh.rows;
  const onChip = router % perChip;
  return {
    x: Math.floor(router / perChip) * mesh.columns + (onChip % mesh.columns),
    y: Math.floor(onChip / mesh.columns),
  };
}

/** Links between routers that a packet crosses. */
export function hopsBetween(a: RouterPlace, b: RouterPlace): number {
  return Math.abs(a.x - b.x) + Math.abs(a.y - b.y);
}
