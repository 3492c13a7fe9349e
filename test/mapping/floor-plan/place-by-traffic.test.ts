import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { MeshGeometry } from '../../../mapping/floor-plan/mesh-geometry.js';
import { routerPlace, tilesPerChip } from '../../../mapping/floor-plan/mesh-geometry.js';
import { placeByTraffic } from '../../../mapping/floor-plan/place-by-traffic.js';
import { byteHops, type Flow } from '../../../mapping/floor-plan/traffic.js';

const MESH: MeshGeometry = { columns: 3, rows: 2, tilesPerRouter: 2 };

const flowsAmong = (tiles: number) =>
  fc.array(
    fc.record({
      from: fc.integer({ min: -1, max: tiles - 1 }),
      to: fc.integer({ min: -1, max: tiles - 1 }),
      bytes: fc.integer({ min: 1, max: 1000 }),
    }),
    { maxLength: 20 },
  );

describe('placement by traffic', () => {
  it('knows where tiles stand, on one chip and on the next', () => {
    expect(tilesPerChip(MESH)).toBe(12);
    // Tile 9 is at router 4 (of 3 columns), tile 12 at router 0 of the second chip.
    expect([0, 1, 2, 9, 12, 23].map((tile) => routerPlace(MESH, tile))).toEqual([
      { x: 0, y: 0 },
      { x: 0, y: 0 },
      { x: 1, y: 0 },
      { x: 1, y: 1 },
      { x: 3, y: 0 },
      { x: 5, y: 1 },
    ]);
  });

  it('brings together what exchanges most', () => {
    const line: MeshGeometry = { columns: 5, rows: 1, tilesPerRouter: 1 };
    // Tiles 0 and 4 exchange most, and 4 sends to the port at router 0: best they stand at routers 0 and 1.
    const flows: Flow[] = [
      { from: 0, to: 4, bytes: 100 },
      { from: 4, to: -1, bytes: 50 },
      { from: 1, to: 2, bytes: 1 },
    ];
    expect(byteHops(flows, line)).toBe(100 * 4 + 50 * 4 + 1);
    const tileAt = placeByTraffic(flows, 5, 5, line);
    expect(tileAt[4]).toBe(0);
    expect(tileAt[0]).toBe(1);
    expect(byteHops(flows, line, tileAt)).toBe(100 + 1);
  });

  it('gives every tile a place of its own, and never a worse sum than in order', () => {
    fc.assert(
      fc.property(flowsAmong(4), (flows) => {
        const tileAt = placeByTraffic(flows, 4, 12, MESH);
        expect(new Set(tileAt).size).toBe(4);
        expect(tileAt.every((place) => place >= 0 && place < 12)).toBe(true);
        const sum = byteHops(flows, MESH, tileAt);
        expect(sum).toBeLessThanOrEqual(byteHops(flows, MESH));
      }),
      { seed: 20261121, numRuns: 40 },
    );
  });

  it('cannot be bettered by exchanging two tiles when it has steps enough', () => {
    fc.assert(
      fc.property(flowsAmong(7), (flows) => {
        const tileAt = placeByTraffic(flows, 7, 12, MESH);
        const sum = byteHops(flows, MESH, tileAt);
        for (let a = 0; a < 7; a++) {
          for (let b = 0; b < a; b++) {
            const exchanged = [...tileAt];
            [exchanged[a], exchanged[b]] = [tileAt[b]!, tileAt[a]!];
            expect(byteHops(flows, MESH, exchanged)).toBeGreaterThanOrEqual(sum);
          }
        }
      }),
      { seed: 20261121, numRuns: 100 },
    );
  });

  it('is no worse than in order with no steps at all', () => {
    const flows = [{ from: 0, to: 5, bytes: 3 }];
    expect(byteHops(flows, MESH, placeByTraffic(flows, 6, 12, MESH, 0))).toBeLessThanOrEqual(byteHops(flows, MESH));
  });
});
