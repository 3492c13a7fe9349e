import { activationDtype, FILE_BITS, formatMax, formatMin, newActivations } from '../activation-format.js';
import { type ActivationFormat, isMatrixNode, type MatrixNode, type Network, type SyntheticData } from '../network.js';
import { elementsOf, type Tensor } from '../tensor.js';
import { inputDistribution, valuesOf, weightDistribution } from './distributions.js';
import { draw, type LookupTable, TABLE_ENTRIES } from './drawn-numbers.js';
import { keepSpread } from './keep-spread.js';
import { type InputPosition, inputPositions, type WeightPosition, weightPositions } from './position.js';
import { ShapeBuilder, UNSIGNED_8 } from './shape-builder.js';

/** What every result and picture of a run with drawn numbers says. */
export const SYNTHETIC_LABEL = 'synthetic weights, real shapes';

/** Seed of a shape that is named without one. */
export const DEFAULT_SEED = 1;

/**
 * A network of a real shape whose weights and inputs are drawn from the measured distributions of its positions, each
 * value on its own: neither the order of channels nor neighbourhood in an image is modelled. Weights are drawn anew
 * whenever they are read and never kept; they depend on the seed and the node's name alone, and inputs on the seed, the
 * image and the name of the tensor, so that two layers that read one tensor see the same values.
 *
 * @param build adds the layers
 * @param seed a whole number of 32 bits
 */
export function syntheticNetwork(
  title: string,
  inputShape: readonly [channels: number, height: number, width: number],
  build: (graph: ShapeBuilder) => void,
  seed: number = DEFAULT_SEED,
): Network {
  const graph = new ShapeBuilder(inputShape, (name, count) => {
    const weights = new Int8Array(count);
    draw(weightTable(positions.get(name)!), seed, `weights/${name}`, weights);
    return weights;
  });
  build(graph);
  const positions = weightPositions(graph.nodes);
  for (const node of graph.nodes.filter(isMatrixNode)) keepSpread(node, weightDistribution(positions.get(node.name)!));
  return {
    title: `${title} (${SYNTHETIC_LABEL})`,
    inputShape,
    inputFormat: UNSIGNED_8,
    activationBits: UNSIGNED_8.bits,
    inputScale: 1 / 255,
    preprocess: { kind: 'raw' },
    nodes: graph.nodes,
    synthetic: new DrawnInputs(seed, inputPositions(graph.nodes)),
  };
}

class DrawnInputs implements SyntheticData {
  constructor(
    readonly seed: number,
    private readonly positions: ReadonlyMap<string, InputPosition>,
  ) {}

  drawInput({ name, input, inputShape, inputFormat }: MatrixNode, image: number): Tensor {
    const position = this.positions.get(input);
    if (position === undefined)
      throw new RangeError(`layer "${name}" reads "${input}", which no layer of the network reads`);
    const data = newActivations(inputFormat, elementsOf(inputShape));
    draw(inputTable(position, inputFormat), this.seed, `image ${image}/${input}`, data);
    return { dtype: activationDtype(inputFormat), shape: inputShape, data };
  }
}

const weightTables = new Map<WeightPosition, Int8Array>();

function weightTable(position: WeightPosition): Int8Array {
  let table = weightTables.get(position);
  if (table === undefined) {
    table = Int8Array.from(valuesOf(weightDistribution(position)));
    weightTables.set(position, table);
  }
  return table;
}

const inputTables = new Map<string, LookupTable>();

/** Of formats other than 8 bits the measured values are brought to the same share of the format's range. */
function inputTable(position: InputPosition, format: ActivationFormat): LookupTable {
  const key = `${position} ${format.bits} ${format.signed}`;
  let table = inputTables.get(key);
  if (table === undefined) {
    const { from, ...measured } = inputDistribution(position);
    const isSigned = from < 0;
    if (isSigned !== format.signed || format.zeroPoint !== 0) {
      throw new RangeError(
        `inputs at ${position} are ${isSigned ? 'signed' : 'unsigned'}; ` +
          `asked for: ${format.signed ? 'signed' : 'unsigned'} with zero point ${format.zeroPoint}`,
      );
    }
    const factor = formatMax(format) / formatMax({ ...format, bits: FILE_BITS });
    const least = formatMin(format);
    table = newActivations(format, TABLE_ENTRIES);
    const values = valuesOf({ from, ...measured });
    for (let i = 0; i < table.length; i++) table[i] = Math.max(least, Math.floor(values[i]! * factor + 0.5));
    inputTables.set(key, table);
  }
  return table;
}
