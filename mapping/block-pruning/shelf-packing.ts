export interface Rectangle {
  readonly height: number;
  readonly width: number;
}

/** Where a rectangle stands: the number of its bin and its upper left corner there. */
export interface PackedPlace {
  readonly bin: number;
  readonly top: number;
  readonly left: number;
}

interface Shelf {
  readonly bin: number;
  readonly top: number;
  readonly height: number;
  used: number;
}

/**
 * Packs rectangles into as few bins as first fit by decreasing height finds: shelves as high as their first rectangle,
 * each rectangle on the first shelf that has room for it, a new shelf in the first bin that has room for one (hybrid
 * first fit; Chung, Garey and Johnson, 1982). No rectangle is turned.
 *
 * @returns a place for each rectangle, in their order
 * @throws RangeError for a rectangle that is empty or larger than a bin
 */
export function packOnShelves(rectangles: readonly Rectangle[], bin: Rectangle): PackedPlace[] {
  for (const { height, width } of rectangles) {
    if (height >= 1 && height <= bin.height && width >= 1 && width <= bin.width) continue;
    throw new RangeError(`rectangle: got ${height} x ${width}; allowed 1 x 1 .. ${bin.height} x ${bin.width}`);
  }
  const decreasing = rectangles
    .map((_, index) => index)
    .sort(
      (a, b) => rectangles[b]!.height - rectangles[a]!.height || rectangles[b]!.width - rectangles[a]!.width || a - b,
    );
  const shelves: Shelf[] = [];
  /** Height that the shelves of each bin take. */
  const filled: number[] = [];
  const places = new Array<PackedPlace>(rectangles.length);
  for (const index of decreasing) {
    const { height, width } = rectangles[index]!;
    let shelf = shelves.find(({ used }) => used + width <= bin.width);
    if (shelf === undefined) {
      let number = filled.findIndex((taken) => taken + height <= bin.height);
      if (number === -1) number = filled.push(0) - 1;
      shelf = { bin: number, top: filled[number]!, height, used: 0 };
      filled[number]! += height;
      shelves.push(shelf);
    }
    places[index] = { bin: shelf.bin, top: shelf.top, left: shelf.used };
    shelf.used += width;
  }
  return places;
}
