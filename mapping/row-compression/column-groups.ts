import { type Sign, type WeightFormat, weightFormat } from '../encoding.js';
import { requireNone } from '../mapping-error.js';
import { type MatrixShape, matrixShapeProblems } from '../matrix-spec.js';
import { type CrossbarPlace, type PlacementShape, placeCrossbars } from '../placement.js';

/**
 * Where column groups stand before rows are left out.
 *
 * A column group holds whole weights, as many as the OU is wide, or, where a weight has more cells than the OU has
 * bitlines, a part of one weight: a group that began within a weight would keep a row for each of two weights. So the OUs
 * of a weight of 7 cells are 7 wide where the dense mapping has runs of 8 across weights. The places themselves are those
 * of the dense mapping.
 */
export interface PlacedColumnGroup {
  /** Number of the crossbar in the dense placement, and the group's first bitline there. */
  readonly crossbar: number;
  readonly firstBitline: number;
  readonly rowBlock: number;
  readonly firstRow: number;
  /** Rows of the row block. */
  readonly rows: number;
  readonly sign: Sign;
  /** Which outputs the group holds cells of: a number of `outputGroups`. */
  readonly outputGroup: number;
  /** Slices of each of these outputs, most significant first; output by output on the bitlines. */
  readonly slices: readonly number[];
}

/** Neighbouring places of outputs whose weights share OU rows. */
export interface OutputGroup {
  readonly first: number;
  readonly count: number;
}

export function placementShape({ rows, outputs, layout, encoding, weightBits, crossbar }: MatrixShape): PlacementShape {
  const format = weightFormat(encoding, weightBits, crossbar.bitsPerCell);
  return { rows, outputs, layout, format, wordlines: crossbar.wordlines, bitlines: crossbar.bitlines };
}

/** f: weights of a full OU row. */
function weightsPerOuRow({ layout, ou }: MatrixShape, { slices }: WeightFormat): number {
  return layout === 'planar' ? ou.bitlines : Math.max(1, Math.floor(ou.bitlines / slices));
}

/**
 * The places of outputs in runs of f, the last of each column block possibly shorter; ascending, each place once.
 *
 * @throws MappingError with every problem of the shape
 */
export function outputGroups(shape: MatrixShape): OutputGroup[] {
  requireNone(matrixShapeProblems(shape));
  const placement = placementShape(shape);
  const [{ rowBlock, sign, slices }] = placeCrossbars(placement) as [CrossbarPlace];
  const most = weightsPerOuRow(shape, placement.format);
  const groups: OutputGroup[] = [];
  for (const place of placeCrossbars(placement)) {
    if (place.rowBlock !== rowBlock || place.sign !== sign || place.slices[0] !== slices[0]) continue;
    const end = place.firstOutput + place.outputs;
    for (let first = place.firstOutput; first < end; first += most) {
      groups.push({ first, count: Math.min(most, end - first) });
    }
  }
  return groups;
}

/** Every column group of a matrix, by crossbar and bitline. */
export function placedColumnGroups(shape: MatrixShape, groups: readonly OutputGroup[]): PlacedColumnGroup[] {
  const placed: PlacedColumnGroup[] = [];
  placeCrossbars(placementShape(shape)).forEach((place, crossbar) => {
    const { rowBlock, firstRow, rows, sign } = place;
    groups.forEach(({ first }, outputGroup) => {
      const position = first - place.firstOutput;
      if (position < 0 || position >= place.outputs) return;
      for (let from = 0; from < place.slices.length; from += shape.ou.bitlines) {
        placed.push({
          crossbar,
          firstBitline: position * place.slices.length + from,
          rowBlock,
          firstRow,
          rows,
          sign,
          outputGroup,
          // Where several weights share an OU row, all of their slices fit into it: this takes them all.
          slices: place.slices.slice(from, from + shape.ou.bitlines),
        });
      }
    });
  });
  return placed;
}
