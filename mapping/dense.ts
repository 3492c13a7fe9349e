import { sliceLevel, sliceSignificance, storedValue, type WeightFormat, weightFormat } from './encoding.js';
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

  const shape = placementShape(spec);
  const { format } = shape;
  const places = placeCrossbars(shape);
  return {
    inputs: spec.rows,
    outputs: spec.outputs,
    inputBits: spec.inputBits,
    bitsPerPlane: spec.bitsPerPlane,
    planes: Math.ceil(spec.inputBits / spec.bitsPerPlane),
    bitsPerCell: spec.crossbar.bitsPerCell,
    wordlines: spec.crossbar.wordlines,
    bitlines: spec.crossbar.bitlines,
    ouWordlines: spec.ou.wordlines,
    ouBitlines: spec.ou.bitlines,
    rowLists: rowListsOfBlocks(spec.rows, spec.crossbar.wordlines),
    crossbars: places.map((place) => programCrossbar(spec, format, place)),
    inputSumFactor: format.inputSumFactor === 0 ? null : new Float64Array(spec.outputs).fill(format.inputSumFactor),
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

function programCrossbar(spec: MatrixSpec, format: WeightFormat, place: CrossbarPlace): CrossbarProgram {
  return { levels: cellLevels(spec, format, place), groups: columnGroups(spec, format, place) };
}

function cellLevels(spec: MatrixSpec, format: WeightFormat, place: CrossbarPlace): Uint8Array {
  const { wordlines, bitlines } = spec.crossbar;
  const levels = new Uint8Array(wordlines * bitlines);
  for (let row = 0; row < place.rows; row++) {
    let cell = row * bitlines;
    for (let output = 0; output < place.outputs; output++) {
      const weight = spec.weights[(place.firstRow + row) * spec.outputs + place.firstOutput + output]!;
      const stored = storedValue(format, weight, place.sign);
      for (const slice of place.slices) levels[cell++] = sliceLevel(format, stored, slice);
    }
  }
  return levels;
}

/** Runs of `ou.bitlines` adjacent used bitlines, the last possibly narrower. */
function columnGroups(spec: MatrixSpec, format: WeightFormat, place: CrossbarPlace): ColumnGroup[] {
  const used = usedBitlines(place);
  const slices = place.slices.length;
  const groups: ColumnGroup[] = [];
  for (let first = 0; first < used; first += spec.ou.bitlines) {
    const length = Math.min(spec.ou.bitlines, used - first);
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
