import { node, type TestModel, type TestNode, type TestTensor, tensor } from './onnx-builder.js';

/** Numbers from 0 up to 1, the same for the same seed (xorshift32). */
export function randomNumbers(seed: number): () => number {
  let state = (seed * 2654435761 + 1) >>> 0 || 1;
  return () => {
    state ^= state << 13;
    state >>>= 0;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state / 2 ** 32;
  };
}

interface Format {
  readonly type: 'uint8' | 'int8';
  readonly scale: number;
  readonly zeroPoint: number;
}

/**
 * A network with every kind of layer that QDQ graphs have, of random weights, scales and zero points, twice: with
 * QuantizeLinear and DequantizeLinear, and with the operators QLinearConv, QLinearAdd, QLinearConcat,
 * QLinearGlobalAveragePool, QLinearAveragePool and QGemm, which ONNX and onnxruntime define to be the same.
 *
 * image [1, 2, 7, 6] -> conv a (3 x 3, asymmetric padding) -> depthwise conv b (stride 2 x 1, ReLU in QDQ only where the format
 * does it) -> conv c (1 x 1, 2 groups) + b -> sum; sum and c joined; max pool; average pool; global average; Gemm.
 */
export function randomModels(seed: number): { readonly qdq: TestModel; readonly qlinear: TestModel } {
  const next = randomNumbers(seed);
  const within = (min: number, max: number) => min + Math.floor(next() * (max - min + 1));
  const format = (scale: number): Format => {
    const type = next() < 0.5 ? 'uint8' : 'int8';
    return { type, scale: scale * (0.5 + next()), zeroPoint: type === 'uint8' ? within(0, 255) : within(-128, 127) };
  };
  const constants: TestTensor[] = [];
  const qdqNodes: TestNode[] = [];
  const qlinearNodes: TestNode[] = [];
  const formats = new Map<string, Format>();
  const parameters = (name: string): [string, string] => [`${name}.s`, `${name}.z`];
  const declare = (name: string, scale: number): void => {
    const given = format(scale);
    formats.set(name, given);
    constants.push(
      tensor(`${name}.s`, 'float32', [], [given.scale]),
      tensor(`${name}.z`, given.type, [], [given.zeroPoint]),
    );
  };
  const quantise = (name: string, from: string): void => {
    qdqNodes.push(node('QuantizeLinear', `${name}.q`, [from, ...parameters(name)]));
    qdqNodes.push(node('DequantizeLinear', `${name}.dq`, [`${name}.q`, ...parameters(name)]));
  };
  const matrix = (
    name: string,
    op: string,
    input: string,
    dims: number[],
    attributes: TestNode['attributes'],
  ): void => {
    const outputs = dims[0]!;
    const isPerChannel = op === 'Conv' && next() < 0.7;
    const type = !isPerChannel && next() < 0.5 ? 'uint8' : 'int8';
    const zeroPoint = type === 'uint8' ? within(100, 150) : 0;
    const count = isPerChannel ? outputs : 1;
    const size = dims.reduce((a, b) => a * b, 1);
    const values = Array.from({ length: size }, () => (type === 'uint8' ? within(0, 255) : within(-127, 127)));
    const scales = Float32Array.from({ length: count }, () => 0.002 + 0.004 * next());
    const inputScale = Math.fround(formats.get(input)!.scale);
    const shape = isPerChannel ? [outputs] : [];
    constants.push(
      tensor(`${name}.w`, type, dims, values),
      tensor(`${name}.ws`, 'float32', shape, scales),
      tensor(`${name}.wz`, type, shape, new Array(count).fill(zeroPoint)),
      tensor(
        `${name}.b`,
        'int32',
        [outputs],
        Array.from({ length: outputs }, () => within(-3000, 3000)),
      ),
      tensor(
        `${name}.bs`,
        'float32',
        shape,
        scales.map((scale) => scale * inputScale),
      ),
      tensor(`${name}.bz`, 'int32', shape, new Array(count).fill(0)),
    );
    declare(name, 0.05);
    const axis = { axis: 0 };
    qdqNodes.push(node('DequantizeLinear', `${name}.wdq`, [`${name}.w`, `${name}.ws`, `${name}.wz`], axis));
    qdqNodes.push(node('DequantizeLinear', `${name}.bdq`, [`${name}.b`, `${name}.bs`, `${name}.bz`], axis));
    qdqNodes.push(node(op, name, [`${input}.dq`, `${name}.wdq`, `${name}.bdq`], attributes));
    quantise(name, name);
    const x = [`${input}.q`, ...parameters(input)];
    const w = [`${name}.w`, `${name}.ws`, `${name}.wz`];
    const q =
      op === 'Conv' ? [...x, ...w, ...parameters(name), `${name}.b`] : [...x, ...w, `${name}.b`, ...parameters(name)];
    qlinearNodes.push({ ...node(`QLinear${op}`, name, q, attributes), outputs: [`${name}.q`] });
    if (op === 'Gemm') qlinearNodes.push({ ...qlinearNodes.pop()!, op: 'QGemm', domain: 'com.microsoft' });
  };
  const both = (
    name: string,
    op: string,
    inputs: readonly string[],
    scale: number,
    attributes: TestNode['attributes'],
  ) => {
    declare(name, scale);
    qdqNodes.push(
      node(
        op,
        name,
        inputs.map((input) => `${input}.dq`),
        attributes,
      ),
    );
    quantise(name, name);
    const operands = inputs.flatMap((input) => [`${input}.q`, ...parameters(input)]);
    const list = op === 'Concat' ? [...parameters(name), ...operands] : [...operands, ...parameters(name)];
    qlinearNodes.push({ ...node(`QLinear${op}`, name, list, attributes, 'com.microsoft'), outputs: [`${name}.q`] });
  };

  declare('image', 0.02);
  quantise('image', 'image');
  qlinearNodes.push(node('QuantizeLinear', 'image.q', ['image', ...parameters('image')]));
  matrix('a', 'Conv', 'image', [4, 2, 3, 3], { pads: [1, 0, 2, 1] });
  matrix('b', 'Conv', 'a', [4, 1, 3, 3], { pads: [1, 1, 1, 1], strides: [2, 1], group: 4 });
  matrix('c', 'Conv', 'b', [4, 2, 1, 1], { group: 2 });
  both('sum', 'Add', ['c', 'b'], 0.08, {});
  both('joined', 'Concat', ['sum', 'c'], 0.08, { axis: 1 });
  // Of shape [8, 4, 5]; pooling keeps the format, in both forms.
  qdqNodes.push(node('MaxPool', 'pooled.dq', ['joined.dq'], { kernel_shape: [2, 2], strides: [1, 1] }));
  qlinearNodes.push(node('MaxPool', 'pooled.q', ['joined.q'], { kernel_shape: [2, 2], strides: [1, 1] }));
  for (const [name, value] of formats) if (name === 'joined') formats.set('pooled', value);
  constants.push(
    { ...constants.find(({ name }) => name === 'joined.s')!, name: 'pooled.s' },
    { ...constants.find(({ name }) => name === 'joined.z')!, name: 'pooled.z' },
  );
  both('mean', 'AveragePool', ['pooled'], 0.05, { kernel_shape: [2, 2], strides: [1, 2] });
  both('global', 'GlobalAveragePool', ['mean'], 0.03, {});
  qdqNodes.push(node('Flatten', 'features.dq', ['global.dq']));
  qlinearNodes.push(node('Flatten', 'features.q', ['global.q']));
  formats.set('features', formats.get('global')!);
  constants.push(
    { ...constants.find(({ name }) => name === 'global.s')!, name: 'features.s' },
    { ...constants.find(({ name }) => name === 'global.z')!, name: 'features.z' },
  );
  matrix('logits', 'Gemm', 'features', [5, 8], { transB: 1 });
  const input = { name: 'image', dims: [1, 2, 7, 6] };
  return {
    qdq: { input, output: 'logits.dq', nodes: qdqNodes, constants },
    qlinear: { input, output: 'logits.q', nodes: qlinearNodes, constants },
  };
}
