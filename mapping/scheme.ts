import type { FloatMatrix, QuantisedMatrix } from './float-matrix.js';
import type { MappingProblem } from './mapping-error.js';
import type { MatrixShape, MatrixSpec } from './matrix-spec.js';
import type { OuProgram } from './ou-program.js';
import type { Parameters, ValuesOfParameters } from './parameter.js';

/**
 * Activation pruning in the windows of a layer: the rows of a row block are cut into groups of `groupRows` consecutive
 * rows; a group whose largest input is below the threshold is presented as zeros.
 */
export interface WindowPruning {
  /** Rows of a row block (wordlines of a crossbar); no group crosses a multiple of it. */
  readonly rowBlock: number;
  readonly groupRows: number;
  /** In units of the layer's input; inputs of a group are kept where one of them reaches it. */
  readonly threshold: number;
}

/** The integers that a scheme defines for a matrix: what its crossbars have to compute, bit for bit. */
export interface LayerPlan extends QuantisedMatrix {
  /** Null where the scheme leaves the activations alone. */
  readonly windowPruning: WindowPruning | null;
}

/** A matrix layer of the network that a scheme decides about. */
export interface NetworkLayer {
  readonly name: string;
  readonly matrix: FloatMatrix;
  readonly shape: MatrixShape;
  /** Windows per image. */
  readonly windows: number;
  /** True where the inputs are signed and presented with an offset (the first layer of the CIFAR networks). */
  readonly inputSigned: boolean;
  /** Mean square of each input on calibration images, in squares of the 8-bit network's step; [K]. */
  readonly inputPower: Float64Array;
}

/** What is decided for a whole network. `D` is a scheme's decision for one layer, plain JSON. */
export interface NetworkDecision<D> {
  /** Bits of the activations between the layers. */
  readonly activationBits: number;
  /** The range of every activation, as a share of the range of the 8-bit network. */
  readonly activationClip: number;
  /** By layer name. */
  readonly layers: Readonly<Record<string, D>>;
}

/** What a scheme may ask while it decides. */
export interface DecisionContext<D> {
  readonly layers: readonly NetworkLayer[];
  /** Top-1 accuracy of the float network on the calibration images, 0 to 1. */
  readonly reference: number;
  /** Lowest top-1 accuracy on the calibration images that the budget allows, 0 to 1. */
  readonly floor: number;
  /** Top-1 accuracy, 0 to 1, on the calibration images of the network that a decision defines. Takes seconds. */
  accuracy(decision: NetworkDecision<D>): number;
}

/**
 * A compiler from the weights of a network to OU programs. Each paper's mapping is one file in `mapping/schemes/`.
 *
 * Two steps, so that "exact" has a meaning: `plan` says which integers the scheme makes of the weights (its quantisation,
 * pruning, bit flips, and the pruning of activations); `compile` places these integers, and the outputs of the crossbars
 * must equal their product with the (pruned) windows.
 */
export interface MappingScheme<P extends Parameters, D> {
  /** Name in a scenario: `mapping.scheme`, and the section `mapping.<name>` of its parameters. */
  readonly name: string;
  /** One sentence; ends with a full stop. */
  readonly doc: string;
  readonly parameters: P;
  /** The decision that the parameters stand for, the same for each layer; used where nothing is calibrated. */
  given(values: ValuesOfParameters<P>): D;
  /**
   * Parameters that fields of a `given` decision come from, by field, where they have other names; so that a problem of
   * `decision.<field>` names what the user has set.
   */
  readonly parameterOfField?: Readonly<Record<string, keyof P & string>>;
  /**
   * Everything wrong with a decision from outside, a file that anybody may have edited, about a matrix of this shape; empty
   * where `plan` and `compile` take it. Decisions of `given` and of `calibration` are right without a check.
   *
   * @param decision any value of JSON
   * @param shape without `matrixShapeProblems`
   * @returns problems whose paths begin with `decision`, the decision itself: `decision.squeeze`
   */
  decisionProblems(decision: unknown, shape: MatrixShape): readonly MappingProblem[];
  /**
   * The integers of one matrix. A matrix on a grid keeps its scale, and integers that the scheme need not change.
   *
   * @throws MappingError
   */
  plan(matrix: FloatMatrix, shape: MatrixShape, decision: D, values: ValuesOfParameters<P>): LayerPlan;
  /**
   * Places the integers of a plan (`spec.weights`).
   *
   * @throws MappingError with every problem of the specification.
   */
  compile(spec: MatrixSpec, decision: D, values: ValuesOfParameters<P>): OuProgram;
  /**
   * The program without its cells, of schemes whose column groups and row lists do not depend on the weights: enough for
   * everything but the integers that come out. So the largest networks need no memory for cells.
   *
   * @throws MappingError with every problem of the shape.
   */
  compileShape?(shape: MatrixShape, values: ValuesOfParameters<P>): OuProgram;
  /**
   * Crossbars that the program of a specification has at least, in a small part of the time that `compile` takes: a matrix
   * far too large for its PE is refused by it. Left out where a scheme knows none, because it may store anything in
   * nothing; then `compile` has to tell.
   *
   * @throws MappingError where `compile` throws one
   */
  leastCrossbars?(spec: MatrixSpec, values: ValuesOfParameters<P>): number;
  /** Where the scheme has something to decide: how. Left out, every layer gets `given`. */
  readonly calibration?: SchemeCalibration<P, D>;
}

/** How a scheme decides about a network under an accuracy budget (`mapping/calibrate.ts`). */
export interface SchemeCalibration<P extends Parameters, D> {
  /**
   * The most compressed decision for a layer whose relative output noise (`relativeNoise`) stays within `noise`.
   * More noise must never give a less compressed decision.
   */
  decide(layer: NetworkLayer, noise: number, values: ValuesOfParameters<P>): D;
  /** A second step after the noise is found, for example activation bits or thresholds; keeps to the budget itself. */
  refine?(context: DecisionContext<D>, decision: NetworkDecision<D>, values: ValuesOfParameters<P>): NetworkDecision<D>;
}

/** The values of any scheme's parameters. */
export type Values = Readonly<Record<string, number | string>>;

/** A scheme whose parameter and decision types only it knows itself. */
export type AnyMappingScheme = MappingScheme<Parameters, unknown>;

/** Declares a scheme; keeps the types inside consistent and forgets them outside. */
export function defineScheme<const P extends Parameters, D>(scheme: MappingScheme<P, D>): AnyMappingScheme {
  return scheme as unknown as AnyMappingScheme;
}
