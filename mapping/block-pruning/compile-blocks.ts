import { sliceSignificance, storedValue, weightFormat, writeSlices } from '../encoding.js';
import { requireNone } from '../mapping-error.js';
import { type MatrixSpec, matrixSpecProblems } from '../matrix-spec.js';
import type { OuProgram } from '../ou-program.js';
import { type CrossbarBuilder, ProgramBuilder } from '../program-builder.js';
import { blockIndexBits } from './block-index.js';
import { type CrossbarContent, compactBlock, cutIntoBlocks, prunedEncodingProblems } from './blocks.js';
import { type PlacedBlock, placeBlocks } from './place-blocks.js';

/**
 * Places a matrix block by block: the rows and columns of a block that hold nothing but zeros are left out, what remains
 * moves together, and with `repack` blocks share crossbars. Every block has a row list of its own, and no column group
 * reaches over two blocks. A crossbar walks its blocks one after the other; the first column group of a block fetches the
 * block's index, which the decoder keeps for the others.
 *
 * A matrix without any non-zero weight keeps one empty crossbar, so that its windows have somewhere to go.
 *
 * @throws MappingError with every problem of the specification; encoding `offset` is one
 */
export function compileBlocks(spec: MatrixSpec, repack: boolean): OuProgram {
  requireNone([...matrixSpecProblems(spec), ...prunedEncodingProblems(spec)]);

  const { crossbar } = spec;
  const { blocks, contents } = cutIntoBlocks(spec);
  const placed = placeBlocks(
    blocks.map((block) => compactBlock(spec, block)),
    { bitlinesPerOutput: contents[0]!.slices.length, crossbar, repack },
  );
  const builder = new ProgramBuilder(spec);
  /** Of each bin, its crossbars: one for each content. */
  const bins: CrossbarBuilder[][] = [];
  let indexBits = 0;
  for (const block of placed) {
    while (bins.length <= block.bin) bins.push(contents.map(() => builder.addCrossbar()));
    const rowList = builder.addRowList({
      wordlines: block.inputs.map((_, row) => block.firstWordline + row),
      inputs: block.inputs,
      span: block.block.rows,
    });
    const blockBits = blockIndexBits(block, { blocks, crossbar, repack }).length;
    contents.forEach((content, i) => {
      addBlock(bins[block.bin]![i]!, { spec, block, content, rowList, indexBits: blockBits });
      indexBits += blockBits;
    });
  }
  return builder.build({ indexBits });
}

interface BlockInCrossbar {
  readonly spec: MatrixSpec;
  readonly block: PlacedBlock;
  readonly content: CrossbarContent;
  readonly rowList: number;
  readonly indexBits: number;
}

/** Writes the cells of a block and appends its column groups. */
function addBlock(crossbar: CrossbarBuilder, { spec, block, content, rowList, indexBits }: BlockInCrossbar): void {
  const { inputs, outputs, firstWordline, firstBitline } = block;
  const { slices, sign } = content;
  const format = weightFormat(spec.encoding, spec.weightBits, spec.crossbar.bitsPerCell);
  for (let row = 0; row < inputs.length; row++) {
    let cell = (firstWordline + row) * spec.crossbar.bitlines + firstBitline;
    for (let column = 0; column < outputs.length; column++, cell += slices.length) {
      const weight = spec.weights[inputs[row]! * spec.outputs + outputs[column]!]!;
      writeSlices(format, storedValue(format, weight, sign), slices, crossbar.levels, cell);
    }
  }

  const used = outputs.length * slices.length;
  for (let first = 0; first < used; first += spec.ou.bitlines) {
    const columns = Array.from({ length: Math.min(spec.ou.bitlines, used - first) }, (_, i) => first + i);
    crossbar.addGroup({
      rowList,
      bitlines: columns.map((column) => firstBitline + column),
      outputs: columns.map((column) => outputs[Math.floor(column / slices.length)]!),
      significance: columns.map((column) => sliceSignificance(format, slices[column % slices.length]!, sign)),
      indexBits: first === 0 ? indexBits : 0,
    });
  }
}
