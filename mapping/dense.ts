import { sliceSignificance, storedValue, type WeightFormat, weightFormat, writeSlices } from './encoding.js';
import { requireNone } from './mapping-error.js';
import { type MatrixShape, type MatrixSpec, matrixShapeProblems, matrixSpecProblems } from './matrix-spec.js';
import type { ColumnGroup, CrossbarProgram, OuProgram, RowList } from './ou-program.js';
import { type CrossbarPlace, countCrossbars, type PlacementShape, placeCrossbars } from './placement.js';

/**
 * The mapping without compression: all rows of a row block and all columns of the placed outputs are used, whatever their
 * cells hold (docs/timing-model.md, "Placement of a matrix").
 *
 * Row list b holds the rows of row block b; every column group of that block walks it.
 *
 * @throws MappingError with every problem of the specification.
 */
export function compileDense(spec: MatrixSpec): OuProgram {
  requireNone(matrixSpecProblems(spec));
  const { format } = placementShape(spec);
  return denseProgram(spec, (place) => cellLevels(spec, format, place));
}

/**
 * The same without cells, which is enough for everything but the integers that come out; weights have no influence on the
 * column groups of the dense mapping.
 *
 * @throws MappingError with every problem of the shape.
 */
export function compileDenseShape(shape: MatrixShape): OuProgram {
  requireNone(matrixShapeProblems(shape));
  const noCells = new Uint8Array(0);
  return denseProgram(shape, () => noCells);
}

function denseProgram(shape: MatrixShape, levelsOf: (place: CrossbarPlace) => Uint8Array): OuProgram {
  const placement = placementShape(shape);
  const { format } = placement;
  const places = placeCrossbars(placement);
  const groupsOf = groupMaker(shape, format);
  return {
    inputs: shape.rows,
    outputs: shape.outputs,
    inputBits: shape.inputBits,
    bitsPerPlane: shape.bitsPerPlane,
    planes: Math.ceil(shape.inputBits / shape.bitsPerPlane),
    bitsPerCell: shape.crossbar.bitsPerCell,
    wordlines: shape.crossbar.wordlines,
    bitlines: shape.crossbar.bitlines,
    ouWordlines: shape.ou.wordlines,
    ouBitlines: shape.ou.bitlines,
    rowLists: rowListsOfBlocks(shape.rows, shape.crossbar.wordlines),
    crossbars: places.map((place): CrossbarProgram => ({ levels: levelsOf(place), groups: groupsOf(place) })),
    inputSumFactor: format.inputSumFactor === 0 ? null : new Float64Array(shape.outputs).fill(format.inputSumFactor),
    cellsUsed: places.reduce((cells, place) => cells + place.rows * usedBitlines(place), 0),
    indexBits: 0,
  };
}

/**
 * Crossbars that `compileDense` would take, without building anything.
 *
 * @throws MappingError with every problem of the shape.
 */
export function denseCrossbarCount(shape: MatrixShape): number {
  requireNone(matrixShapeProblems(shape));
  return countCrossbars(placementShape(shape));
}

/**
 * OU operations of a window that `compileDense` would give, without a detector and without building anything: what a
 * mapping that saves operations is measured against.
 *
 * @throws MappingError with every problem of the shape.
 */
export function denseOperations(shape: MatrixShape): number {
  requireNone(matrixShapeProblems(shape));
  const planes = Math.ceil(shape.inputBits / shape.bitsPerPlane);
  const operations = (place: CrossbarPlace) =>
    Math.ceil(place.rows / shape.ou.wordlines) * Math.ceil(usedBitlines(place) / shape.ou.bitlines);
  return placeCrossbars(placementShape(shape)).reduce((sum, place) => sum + planes * operations(place), 0);
}

function placementShape({ rows, outputs, layout, encoding, weightBits, crossbar }: MatrixShape): PlacementShape {
  const format = weightFormat(encoding, weightBits, crossbar.bitsPerCell);
  return { rows, outputs, layout, format, wordlines: crossbar.wordlines, bitlines: crossbar.bitlines };
}

function usedBitlines(place: CrossbarPlace): number {
  return place.outputs * place.slices.length;
}

function rowListsOfBlocks(rows: number, wordlines: number): RowList[] {
  const lists: RowList[] = [];
  for (let firstRow = 0; firstRow < rows; firstRow += wordlines) {
    const length = Math.min(wordlines, rows - firstRow);
    lists.push({
      wordlines: Int32Array.from({ length }, (_, row) => row),
      inputs: Int32Array.from({ length }, (_, row) => firstRow + row),
      shifts: new Uint8Array(length),
      span: length,
    });
  }
  return lists;
}

function cellLevels(spec: MatrixSpec, format: WeightFormat, place: CrossbarPlace): Uint8Array {
  const { wordlines, bitlines } = spec.crossbar;
  const levels = new Uint8Array(wordlines * bitlines);
  for (let row = 0; row < place.rows; row++) {
    let cell = row * bitlines;
    for (let output = 0; output < place.outputs; output++, cell += place.slices.length) {
      const weight = spec.weights[(place.firstRow + row) * spec.outputs + place.firstOutput + output]!;
      writeSlices(format, storedValue(format, weight, place.sign), place.slices, levels, cell);
    }
  }
  return levels;
}

/** Makes the column groups of crossbars; those of one column block differ only in their row list, and share their arrays. */
function groupMaker(shape: MatrixShape, format: WeightFormat): (place: CrossbarPlace) => ColumnGroup[] {
  const known = new Map<string, ColumnGroup[]>();
  return (place) => {
    const key = `${place.firstOutput} ${place.outputs} ${place.sign} ${place.slices.join()}`;
    let groups = known.get(key);
    if (groups === undefined) {
      groups = columnGroups(shape, format, place);
      known.set(key, groups);
    }
    return groups.map((group) => ({ ...group, rowList: place.rowBlock }));
  };
}

/** Runs of `ou.bitlines` adjacent used bitlines, the last possibly narrower. */
function columnGroups(shape: MatrixShape, format: WeightFormat, place: CrossbarPlace): ColumnGroup[] {
  const used = usedBitlines(place);
  const slices = place.slices.length;
  const groups: ColumnGroup[] = [];
  for (let first = 0; first < used; first += shape.ou.bitlines) {
    const length = Math.min(shape.ou.bitlines, used - first);
    const bitlines = Int32Array.from({ length }, (_, i) => first + i);
    groups.push({
      rowList: place.rowBlock,
      bitlines,
      outputs: bitlines.map((bitline) => place.firstOutput + Math.floor(bitline / slices)),
      significance: Float64Array.from(bitlines, (bitline) =>
        sliceSignificance(format, place.slices[bitline % slices]!, place.sign),
      ),
      complement: new Uint8Array(length),
      indexBits: 0,
    });
  }
  return groups;
}
