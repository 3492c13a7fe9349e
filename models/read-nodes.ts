import { isJsonObject, JsonFields } from './json-fields.js';
import { NamedTensors } from './named-tensors.js';
import { type ActivationFormat, INPUT_NAME, type MatrixNode, type NetworkNode, type Shape } from './network.js';
import { NodeSources, type Source } from './node-sources.js';
import type { Problem } from './problem.js';
import { MATRIX_NODE_KEYS, MatrixNodeReader } from './read-matrix-node.js';
import { VECTOR_NODE_KEYS, VectorNodeReader } from './read-vector-node.js';
import type { Tensor } from './tensor.js';

const KEYS_OF_OP: Readonly<Record<NetworkNode['op'], readonly string[]>> = { ...MATRIX_NODE_KEYS, ...VECTOR_NODE_KEYS };
const OPS = Object.keys(KEYS_OF_OP) as NetworkNode['op'][];

/**
 * Reads and checks the list of nodes and works out every shape. Problems are added to `problems`.
 *
 * @param top the fields of the whole file
 * @param inputShape null, as the format, where a problem hides it
 * @returns the nodes; null if any of them has a problem
 */
export function readNodes(
  top: JsonFields,
  inputShape: Shape | null,
  inputFormat: ActivationFormat | null,
  tensors: ReadonlyMap<string, Tensor>,
  problems: Problem[],
): NetworkNode[] | null {
  const list = top.raw('nodes');
  if (!Array.isArray(list) || list.length === 0) return top.report('nodes', 'a list of at least one node');
  const input = { shape: inputShape, format: inputFormat, logits: false };
  return new NodeReader(list, new NamedTensors(tensors), problems, input).readAll();
}

class NodeReader {
  private readonly sources: NodeSources;
  private readonly matrixNodes: MatrixNodeReader;
  private readonly vectorNodes: VectorNodeReader;

  constructor(
    private readonly list: readonly unknown[],
    tensors: NamedTensors,
    private readonly problems: Problem[],
    input: Source,
  ) {
    this.sources = new NodeSources(list, input);
    this.matrixNodes = new MatrixNodeReader(tensors, this.sources);
    this.vectorNodes = new VectorNodeReader(this.sources);
  }

  readAll(): NetworkNode[] | null {
    const nodes = this.list.map((value, index) => this.readNode(value, index));
    const complete = nodes.filter((node) => node !== null);
    this.checkThatOutputsAreRead();
    return complete.length === nodes.length ? complete : null;
  }

  private readNode(value: unknown, index: number): NetworkNode | null {
    const path = `nodes[${index}]`;
    if (!isJsonObject(value)) {
      this.problems.push({ path, value, allowed: 'an object with op, name and input', hint: '' });
      return null;
    }
    const fields = new JsonFields(value, path, this.problems);
    const op = fields.oneOf('op', OPS);
    if (op !== null) fields.onlyKeys(KEYS_OF_OP[op]);
    const name = this.readName(fields);
    const source = op === 'concat' ? null : this.sources.take(fields, 'input', fields.text('input'));
    const node = op === null ? null : this.readOperation(fields, op, name ?? '', source, index);
    if (name !== null) {
      const { outputShape: shape = null, outputFormat: format = null } = node ?? {};
      this.sources.add(name, { shape, format, logits: isMatrixOp(op) && fields.raw('last') === true });
    }
    return name === null ? null : node;
  }

  private readName(fields: JsonFields): string | null {
    const name = fields.text('name');
    if (name === null) return null;
    if (name === INPUT_NAME) return fields.report('name', `any name but "${INPUT_NAME}", which is the network's input`);
    // It would move the cursor or break rows where it is printed.
    if (/\p{Cc}/u.test(name)) return fields.report('name', 'a name without control characters');
    if (this.sources.has(name)) return fields.report('name', 'a name that no earlier node has');
    return name;
  }

  private readOperation(
    fields: JsonFields,
    op: NetworkNode['op'],
    name: string,
    source: Source | null,
    index: number,
  ): NetworkNode | null {
    if (!isMatrixOp(op)) return this.vectorNodes.read(op, fields, name, source);
    const isFinal = index === this.list.length - 1;
    return this.matrixNodes.read(op, { fields, name, source, isFinal });
  }

  private checkThatOutputsAreRead(): void {
    this.list.forEach((value, index) => {
      if (index === this.list.length - 1 || !isJsonObject(value)) return;
      const name = value['name'];
      if (typeof name === 'string' && this.sources.has(name) && !this.sources.isRead(name)) {
        const allowed = 'a name that a later node reads';
        const hint = 'remove the node or connect it';
        this.problems.push({ path: `nodes[${index}].name`, value: name, allowed, hint });
      }
    });
  }
}

function isMatrixOp(op: NetworkNode['op'] | null): op is MatrixNode['op'] {
  return op === 'conv' || op === 'fc';
}
