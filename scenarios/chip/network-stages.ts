import {
  kernelSpans,
  type PixelSpans,
  pixelBounds,
  samePixelSpans,
  wholeMapSpans,
} from '../../mapping/floor-plan/kernel-pixels.js';
import type { InputDescription, StageDescription } from '../../mapping/floor-plan/stage-description.js';
import type { OuProgram } from '../../mapping/ou-program.js';
import {
  type AvgpoolNode,
  type ConvNode,
  INPUT_NAME,
  type MaxpoolNode,
  type Network,
  type NetworkNode,
} from '../../models/network.js';
import { concatenated, flattened, stageView, subsampled, type TensorView } from './tensor-view.js';

/**
 * The stages of a network, the source first: its matrix nodes, and the others that compute something. `flatten`, `concat` and
 * `shortcutA` are none; whoever reads them reads what they are made of.
 *
 * @param programs OU programs of the matrix nodes, by name
 * @throws RangeError where a matrix node has no program
 */
export function networkStages(network: Network, programs: ReadonlyMap<string, OuProgram>): StageDescription[] {
  return new StageBuilder(network, programs).build();
}

/** Pixels of a shape: 1 of features. */
function pixelsOf([, height = 1, width = 1]: readonly number[]): number {
  return height * width;
}

class StageBuilder {
  private readonly stages: StageDescription[] = [];
  private readonly views = new Map<string, TensorView>();

  constructor(
    private readonly network: Network,
    private readonly programs: ReadonlyMap<string, OuProgram>,
  ) {}

  build(): StageDescription[] {
    const { nodes, inputShape } = this.network;
    const pixels = pixelsOf(inputShape);
    const source = { name: INPUT_NAME, op: 'source', windows: pixels, channels: inputShape[0], inputs: [] };
    this.add(INPUT_NAME, { ...source, kind: 'source', leaves: false });
    for (const node of nodes) this.addNode(node);
    const outputs = this.view(nodes.at(-1)!.name).segments.map(({ producer }) => producer);
    for (const output of outputs) this.stages[output] = { ...this.stages[output]!, leaves: true };
    return this.stages;
  }

  private add(name: string, stage: StageDescription): void {
    this.views.set(name, stageView(this.stages.length, stage.channels, stage.windows));
    this.stages.push(stage);
  }

  private view(name: string): TensorView {
    const view = this.views.get(name);
    if (view === undefined) throw new RangeError(`"${name}" is read before it is made`);
    return view;
  }

  private addNode(node: NetworkNode): void {
    const { name, op, outputShape } = node;
    const windows = pixelsOf(outputShape);
    const base = { name, op, windows, channels: outputShape[0]!, leaves: false };
    const operand = this.view(node.input);
    switch (node.op) {
      case 'conv':
      case 'fc': {
        const program = this.programs.get(name);
        if (program === undefined) throw new RangeError(`layer "${name}": no OU program`);
        const spans = node.op === 'conv' ? convSpans(node) : wholeMapSpans(1, operand.pixels);
        const rowsPerChannel = node.op === 'conv' ? node.kernelHeight * node.kernelWidth : 1;
        const { requantiser } = node;
        const residual = requantiser.kind === 'real' ? requantiser.residual : null;
        const inputs = [
          ...inputsFrom(operand, 0, 'start', spans, rowsPerChannel),
          ...(residual === null ? [] : inputsFrom(this.view(residual.node), 1, 'finish', samePixelSpans(windows), 1)),
        ];
        this.add(name, { ...base, kind: 'matrix', inputs, program, rowsPerChannel });
        return;
      }
      case 'maxpool':
      case 'avgpool': {
        const pixels = node.kernelHeight * node.kernelWidth;
        const inputs = inputsFrom(operand, 0, 'start', poolSpans(node), pixels);
        this.add(name, { ...base, kind: 'vector', inputs });
        return;
      }
      case 'gap': {
        const inputs = inputsFrom(operand, 0, 'start', wholeMapSpans(1, operand.pixels), operand.pixels);
        this.add(name, { ...base, kind: 'vector', inputs });
        return;
      }
      case 'rescale': {
        this.add(name, {
          ...base,
          kind: 'vector',
          inputs: inputsFrom(operand, 0, 'start', samePixelSpans(windows), 1),
        });
        return;
      }
      case 'add': {
        const inputs = [
          ...inputsFrom(operand, 0, 'start', samePixelSpans(windows), 1),
          ...inputsFrom(this.view(node.other), 1, 'start', samePixelSpans(windows), 1),
        ];
        this.add(name, { ...base, kind: 'vector', inputs });
        return;
      }
      case 'flatten':
        this.views.set(name, flattened(operand));
        return;
      case 'concat':
        this.views.set(name, concatenated(node.inputs.map((input) => this.view(input))));
        return;
      case 'shortcutA': {
        const [, height, width] = outputShape as [number, number, number];
        this.views.set(name, subsampled(operand, node.inputShape[2]!, height, width, node.padChannels));
        return;
      }
    }
  }
}

/** An input for each stage that an operand is made of. */
function inputsFrom(
  { segments }: TensorView,
  operand: number,
  role: 'start' | 'finish',
  spans: PixelSpans,
  pixelsPerWindow: number,
): InputDescription[] {
  return segments.map(({ origin, ...segment }) => ({
    ...segment,
    ...pixelBounds(spans, origin),
    operand,
    role,
    pixelsPerWindow,
  }));
}

function convSpans(node: ConvNode): PixelSpans {
  return kernelSpans({ ...node, ...sizesOf(node) });
}

function poolSpans(node: MaxpoolNode | AvgpoolNode): PixelSpans {
  return kernelSpans({ ...node, ...sizesOf(node), dilationHeight: 1, dilationWidth: 1 });
}

function sizesOf({ inputShape, outputShape }: ConvNode | MaxpoolNode | AvgpoolNode) {
  const [, inputHeight, inputWidth] = inputShape as [number, number, number];
  const [, outputHeight, outputWidth] = outputShape as [number, number, number];
  return { inputHeight, inputWidth, outputHeight, outputWidth };
}
