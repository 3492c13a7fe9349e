import { INPUT_NAME, type NetworkNode, type Shape } from '../network.js';
import type { Problem } from '../problem.js';
import {
  ACTIVATION_FUNCTIONS,
  activationProblem,
  type Clamp,
  isClamp,
  type Quantisation,
  quantisationOf,
  shapeOf,
} from './activation.js';
import type { TfliteModel, TfliteOperator, TfliteTensor } from './tflite-model.js';

/** An activation as the network's nodes give it. */
export interface Value extends Quantisation {
  /** Name of the node whose output it is. */
  readonly node: string;
  /** [channels, height, width] or [features]. */
  readonly shape: Shape;
  /**
   * Of features that stand here channel slowest and in the file channel fastest: their [channels, height, width]. Null
   * where both orders are the same.
   */
  readonly flattened: Shape | null;
}

/** Pixels that a PAD adds around its input. */
export interface Padding {
  readonly top: number;
  readonly bottom: number;
  readonly left: number;
  readonly right: number;
}

export const NO_PADDING: Padding = { top: 0, bottom: 0, left: 0, right: 0 };

/** Ends the conversion of one operator whose problems are reported. */
export class OperatorRefused extends Error {}

/** The network while its operators are converted one after the other, and all that is wrong with them. */
export class TfliteGraph {
  readonly nodes: NetworkNode[] = [];
  readonly problems: Problem[] = [];
  private readonly values = new Map<number, Value>();
  private readonly paddings = new Map<number, Padding>();
  private readonly readers: number[];

  /** @param names of the nodes, by the index of their output tensor */
  constructor(
    private readonly model: TfliteModel,
    private readonly names: ReadonlyMap<number, string>,
  ) {
    this.readers = model.tensors.map(() => 0);
    for (const index of [...model.operators.flatMap(({ inputs }) => inputs), ...model.outputs]) {
      if (index >= 0) this.readers[index]!++;
    }
  }

  /** The network's input, [features] as that many channels of one pixel; null where the tensor cannot be it. */
  addInput(tensor: TfliteTensor): Value | null {
    if (activationProblem(tensor) !== null) return null;
    const shape = shapeOf(tensor)!;
    const value: Value = {
      ...quantisationOf(tensor),
      node: INPUT_NAME,
      shape: shape.length === 3 ? shape : [shape[0]!, 1, 1],
      flattened: null,
    };
    this.values.set(tensor.index, value);
    return value;
  }

  report(operator: TfliteOperator, value: unknown, allowed: string, hint = ''): void {
    this.problems.push({ path: this.pathOf(operator), value, allowed, hint });
  }

  refuse(operator: TfliteOperator, value: unknown, allowed: string, hint = ''): never {
    this.report(operator, value, allowed, hint);
    throw new OperatorRefused();
  }

  /** operators[3] CONV_2D "model/conv2d/BiasAdd" */
  pathOf({ index, op, outputs }: TfliteOperator): string {
    const name = this.model.tensors[outputs[0] ?? -1]?.name ?? '';
    return `operators[${index}] ${op} "${name.length > 60 ? `${name.slice(0, 57)}...` : name}"`;
  }

  tensor(operator: TfliteOperator, position: number): TfliteTensor {
    const index = operator.inputs[position] ?? -1;
    const tensor = this.model.tensors[index];
    return tensor ?? this.refuse(operator, `${operator.inputs.length} inputs`, `an input ${position}`);
  }

  /** The tensor of an optional input; null where it is left out. */
  optionalTensor(operator: TfliteOperator, position: number): TfliteTensor | null {
    return this.model.tensors[operator.inputs[position] ?? -1] ?? null;
  }

  /** The only output of the operator. */
  outputTensor(operator: TfliteOperator): TfliteTensor {
    if (operator.outputs.length !== 1) this.refuse(operator, `${operator.outputs.length} outputs`, 'one output');
    return this.model.tensors[operator.outputs[0]!]!;
  }

  /** Name for the node that gives that output. */
  nameOf(tensor: TfliteTensor): string {
    return this.names.get(tensor.index)!;
  }

  /** Format and shape of a tensor that must be an 8-bit activation. */
  activation(operator: TfliteOperator, tensor: TfliteTensor): Quantisation & { readonly shape: Shape } {
    const problem = activationProblem(tensor);
    if (problem === null) return { ...quantisationOf(tensor), shape: shapeOf(tensor)! };
    this.report(operator, problem.value, problem.allowed, problem.hint);
    throw new OperatorRefused();
  }

  /** An input that is an activation. */
  input(operator: TfliteOperator, position: number): Value {
    const tensor = this.tensor(operator, position);
    if (this.paddings.has(tensor.index)) {
      const allowed = 'PAD only before CONV_2D, DEPTHWISE_CONV_2D, or MAX_POOL_2D of values without lower ones';
      this.refuse(operator, `the padded input "${tensor.name}"`, allowed);
    }
    return this.valueOf(operator, tensor);
  }

  /** An input that is an activation, and the padding that a PAD before puts around it. */
  paddedInput(operator: TfliteOperator, position: number): { value: Value; padding: Padding } {
    const tensor = this.tensor(operator, position);
    return { value: this.valueOf(operator, tensor), padding: this.paddings.get(tensor.index) ?? NO_PADDING };
  }

  private valueOf(operator: TfliteOperator, tensor: TfliteTensor): Value {
    if (tensor.data !== null) {
      this.refuse(operator, `the constant "${tensor.name}" as an input`, 'activations');
    }
    this.activation(operator, tensor);
    const value = this.values.get(tensor.index);
    return value ?? this.refuse(operator, `input "${tensor.name}"`, 'the output of an operator before');
  }

  /** The activation function that the operator ends with; `field` is its number in the operator's options. */
  fusedActivation(operator: TfliteOperator, field: number): Clamp {
    const code = operator.options?.int8(field) ?? 0;
    const name = ACTIVATION_FUNCTIONS[code];
    if (isClamp(name)) return name;
    const allowed = 'the fused activation NONE, RELU, RELU_N1_TO_1 or RELU6';
    this.report(operator, name ?? `fused activation ${code}`, allowed);
    return 'NONE';
  }

  /** Refuses an output whose shape in the file is not the one that follows from the inputs. */
  checkShape(operator: TfliteOperator, got: Shape, expected: Shape): void {
    if (got.join() === expected.join()) return;
    const hint = 'the file is damaged, or its shapes change from call to call';
    this.refuse(operator, `output shape ${shown(got)}`, `${shown(expected)}, which follows from its inputs`, hint);
  }

  /** Adds a node and gives its output as a value; it stands for `tensor` where one is named. */
  add(node: NetworkNode, scale: number, flattened: Shape | null, tensor: TfliteTensor | null): Value {
    this.nodes.push(node);
    const value: Value = { node: node.name, shape: node.outputShape, format: node.outputFormat, scale, flattened };
    if (tensor !== null) this.values.set(tensor.index, value);
    return value;
  }

  /** Lets a tensor stand for a value that there is already. */
  alias(tensor: TfliteTensor, value: Value, padding: Padding | null = null): void {
    this.values.set(tensor.index, value);
    if (padding !== null) this.paddings.set(tensor.index, padding);
  }

  /** The node whose output an input of the operator is, if nothing else reads that output; else null. */
  ownNode(operator: TfliteOperator, position: number): NetworkNode | null {
    const index = operator.inputs[position]!;
    const name = this.values.get(index)?.node;
    const standing = [...this.values.values()].filter(({ node }) => node === name).length;
    if (this.readers[index] !== 1 || standing !== 1) return null;
    return this.nodes.find((node) => node.name === name) ?? null;
  }

  /** Puts a new version of a node in place of it; its output stands for `target` instead of the operator's input. */
  replace(node: NetworkNode, operator: TfliteOperator, position: number, target: TfliteTensor): void {
    this.nodes[this.nodes.findIndex(({ name }) => name === node.name)] = node;
    const index = operator.inputs[position]!;
    this.values.set(target.index, this.values.get(index)!);
    this.values.delete(index);
  }

  /** Lets the operators behind one that is refused be checked all the same. */
  standIn(operator: TfliteOperator): void {
    for (const index of operator.outputs) {
      const tensor = this.model.tensors[index]!;
      if (activationProblem(tensor) !== null) continue;
      this.alias(tensor, { ...quantisationOf(tensor), node: '', shape: shapeOf(tensor)!, flattened: null });
    }
  }

  /** Node of each tensor that stands for the output of one, for comparison with other tools. */
  nodeOfTensor(): Map<number, string> {
    const unpadded = [...this.values].filter(([index]) => !this.paddings.has(index));
    return new Map(unpadded.map(([index, { node }]) => [index, node]));
  }
}

/** A shape as the file has it. */
function shown(shape: Shape): string {
  return shape.length === 3 ? `[1, ${shape[1]}, ${shape[2]}, ${shape[0]}]` : `[1, ${shape.join(', ')}]`;
}
