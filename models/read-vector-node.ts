import type { JsonFields } from './json-fields.js';
import type {
  ActivationFormat,
  AddArithmetic,
  AvgpoolArithmetic,
  KernelGeometry,
  RescaleNode,
  Shape,
  VectorNode,
} from './network.js';
import type { NodeSources, Source } from './node-sources.js';
import { readFormat, readLimits } from './read-format.js';
import {
  fitsMemory,
  HEIGHT_WIDTH,
  imageShape,
  LARGEST_COUNT,
  paddedSize,
  positions,
  readPadding,
  readStride,
} from './read-geometry.js';
import { SHIFTS } from './read-requantiser.js';
import { elementsOf } from './tensor.js';

const NODE_KEYS = ['op', 'name', 'input'];
const ROUNDING_KEYS = ['arithmetic', 'min', 'max', 'outputFormat'];
const KERNEL_KEYS = ['kernel', 'stride', 'pad'];
export const VECTOR_NODE_KEYS = {
  maxpool: [...NODE_KEYS, 'k', ...KERNEL_KEYS],
  avgpool: [...NODE_KEYS, ...KERNEL_KEYS, ...ROUNDING_KEYS],
  gap: NODE_KEYS,
  flatten: NODE_KEYS,
  shortcutA: [...NODE_KEYS, 'padChannels'],
  add: [...NODE_KEYS, 'other', ...ROUNDING_KEYS],
  concat: ['op', 'name', 'inputs'],
  rescale: [...NODE_KEYS, ...ROUNDING_KEYS],
} as const satisfies Record<VectorNode['op'], readonly string[]>;

const FLOAT32_KEYS = ['kind', 'scale', 'outputScale'];
const ADD_FIXED_POINT_KEYS = [
  ...['kind', 'leftShift', 'multiplier', 'shift', 'otherMultiplier', 'otherShift', 'outputMultiplier', 'outputShift'],
];

/** What every vector node has. */
interface NodeStart {
  readonly name: string;
  readonly input: string;
  readonly inputFormat: ActivationFormat;
  readonly outputFormat: ActivationFormat;
}

/** Reads the nodes that are no matrix products, and works out their shapes. */
export class VectorNodeReader {
  constructor(private readonly sources: NodeSources) {}

  /**
   * Null, with problems, where it is none, or where an earlier problem hides what it reads.
   *
   * @param source what `input` names; null of a concat
   */
  read(op: VectorNode['op'], fields: JsonFields, name: string, source: Source | null): VectorNode | null {
    if (op === 'concat') return this.readConcat(fields, name);
    const shape = source?.shape ?? null;
    const format = source?.format ?? null;
    // Without a format nothing is made of the node, which is read for its problems.
    const start = format && { name, input: String(fields.raw('input')), inputFormat: format, outputFormat: format };
    switch (op) {
      case 'maxpool': {
        const image = imageShape(fields, shape, op);
        const geometry = fields.has('k') ? readBlock(fields, image) : readKernel(fields, image);
        const outputShape = image && geometry && pooledShape(fields, image, geometry);
        return (
          start && image && geometry && outputShape && { op, ...start, ...geometry, inputShape: image, outputShape }
        );
      }
      case 'avgpool':
        return this.readAvgpool(fields, start, shape);
      case 'gap': {
        const image = imageShape(fields, shape, op);
        return start && image && { op, ...start, inputShape: image, outputShape: [image[0]] };
      }
      case 'flatten':
        return start && shape && { op, ...start, inputShape: shape, outputShape: [elementsOf(shape)] };
      case 'shortcutA': {
        const padChannels = fields.integer('padChannels', 0, LARGEST_COUNT);
        const image = imageShape(fields, shape, op);
        if (padChannels === null || image === null) return null;
        const [channels, height, width] = image;
        const outputShape = [channels + 2 * padChannels, Math.ceil(height / 2), Math.ceil(width / 2)];
        if (!fitsMemory(fields, 'padChannels', outputShape)) return null;
        return start && { op, ...start, padChannels, inputShape: image, outputShape };
      }
      case 'add':
        return this.readAdd(fields, start, shape);
      case 'rescale': {
        const arithmetic = readRescaleArithmetic(fields);
        const rounded = start && readRounded(fields, start);
        return arithmetic && rounded && shape && { op, ...rounded, arithmetic, inputShape: shape, outputShape: shape };
      }
    }
  }

  private readAvgpool(fields: JsonFields, start: NodeStart | null, shape: Shape | null): VectorNode | null {
    const image = imageShape(fields, shape, 'avgpool');
    const geometry = readKernel(fields, image);
    const arithmetic = readAvgpoolArithmetic(fields);
    const rounded = start && readRounded(fields, start);
    const outputShape = image && geometry && pooledShape(fields, image, geometry);
    if (!rounded || !image || !geometry || !arithmetic || !outputShape) return null;
    if (arithmetic.kind === 'mean' && !sameFormat(rounded.inputFormat, rounded.outputFormat)) {
      return fields.report('outputFormat', 'the format of the input, which the arithmetic "mean" keeps');
    }
    return { op: 'avgpool', ...rounded, ...geometry, arithmetic, inputShape: image, outputShape };
  }

  private readAdd(fields: JsonFields, start: NodeStart | null, shape: Shape | null): VectorNode | null {
    const other = fields.text('other');
    const source = this.sources.take(fields, 'other', other);
    const arithmetic = readAddArithmetic(fields);
    const rounded = start && readRounded(fields, start);
    const otherShape = source?.shape ?? null;
    if (shape !== null && otherShape !== null && shape.join() !== otherShape.join()) {
      const hint = `the outputs of "${other}" are [${otherShape.join(', ')}]`;
      return fields.report('other', `a node with outputs [${shape.join(', ')}], as "${start?.input}" has`, hint);
    }
    if (!other || !source?.format || !otherShape || !arithmetic || !rounded || !shape) return null;
    const operand = { other, otherFormat: source.format };
    return { op: 'add', ...rounded, ...operand, arithmetic, inputShape: shape, outputShape: shape };
  }

  private readConcat(fields: JsonFields, name: string): VectorNode | null {
    const names = fields.raw('inputs');
    if (!Array.isArray(names) || names.length === 0 || !names.every((item) => typeof item === 'string')) {
      return fields.report('inputs', 'a list of names, at least one');
    }
    const parts = names.map((part, i) => this.sources.take(fields, `inputs[${i}]`, part));
    const shapes = parts.flatMap((part) => (part?.shape ? [part.shape] : []));
    const formats = parts.flatMap((part) => (part?.format ? [part.format] : []));
    const [shape] = shapes;
    const [format] = formats;
    if (shape === undefined || format === undefined) return null;
    if (shapes.length < names.length || formats.length < names.length) return null;
    const others = shapes.findIndex(
      (each) => each.slice(1).join() !== shape.slice(1).join() || each.length !== shape.length,
    );
    if (others >= 0) {
      const allowed = `a node with outputs of the height and width of [${shape.join(', ')}], those of "${names[0]}"`;
      return fields.report(
        `inputs[${others}]`,
        allowed,
        `its outputs are [${shapes[others]!.join(', ')}]`,
        names[others],
      );
    }
    const differs = formats.findIndex((each) => !sameFormat(each, format));
    if (differs >= 0) {
      const allowed = `a node with outputs in the format of "${names[0]}", ${JSON.stringify(format)}`;
      const hint = `its outputs are in ${JSON.stringify(formats[differs])}; put a rescale node between`;
      return fields.report(`inputs[${differs}]`, allowed, hint, names[differs]);
    }
    const outputShape = [shapes.reduce((sum, each) => sum + each[0]!, 0), ...shape.slice(1)];
    if (!fitsMemory(fields, 'inputs', outputShape)) return null;
    const edge = { name, input: names[0] as string, inputFormat: format, outputFormat: format };
    return { op: 'concat', ...edge, inputShape: shape, inputs: names, inputShapes: shapes, outputShape };
  }
}

function sameFormat(a: ActivationFormat, b: ActivationFormat): boolean {
  return a.bits === b.bits && a.signed === b.signed && a.zeroPoint === b.zeroPoint;
}

/** `k`: blocks of k x k that fill the image. */
function readBlock(fields: JsonFields, image: Shape | null): KernelGeometry | null {
  for (const key of KERNEL_KEYS) {
    if (fields.has(key)) fields.report(key, 'left out beside k');
  }
  const k = fields.integer('k', 1, LARGEST_COUNT);
  if (k === null || image === null) return null;
  const [, height, width] = image as [number, number, number];
  if (height % k !== 0 || width % k !== 0) {
    return fields.report('k', `a divisor of height and width of the input, ${height} x ${width}`);
  }
  return {
    ...{ kernelHeight: k, kernelWidth: k, strideHeight: k, strideWidth: k },
    ...{ padTop: 0, padLeft: 0, padBottom: 0, padRight: 0 },
  };
}

/** `kernel`, `stride` and `pad`; no position of the kernel may stand on padding alone. */
function readKernel(fields: JsonFields, image: Shape | null): KernelGeometry | null {
  const kernel = fields.sides('kernel', HEIGHT_WIDTH, 1, LARGEST_COUNT);
  const stride = readStride(fields);
  const padding = readPadding(fields, LARGEST_COUNT);
  if (kernel === null || stride === null || padding === null) return null;
  const [kernelHeight, kernelWidth] = kernel as [number, number];
  const { padTop, padLeft, padBottom, padRight } = padding;
  if (Math.max(padTop, padBottom) >= kernelHeight || Math.max(padLeft, padRight) >= kernelWidth) {
    return fields.report('pad', `less than the kernel on every side, ${kernelHeight} x ${kernelWidth}`);
  }
  const [height, width] = image === null ? [Infinity, Infinity] : paddedSize(image, padding);
  if (kernelHeight > height || kernelWidth > width) {
    return fields.report('kernel', `a kernel no larger than the padded input, ${height} x ${width}`);
  }
  return { kernelHeight, kernelWidth, ...stride, ...padding };
}

function pooledShape(fields: JsonFields, image: Shape, geometry: KernelGeometry): Shape | null {
  const [height, width] = paddedSize(image, geometry);
  const shape = [
    image[0]!,
    positions(height, geometry.kernelHeight, geometry.strideHeight),
    positions(width, geometry.kernelWidth, geometry.strideWidth),
  ];
  return fitsMemory(fields, fields.has('k') ? 'k' : 'kernel', shape) ? shape : null;
}

/** The node with the format of its outputs, that of its input where it says no other, and their limits. */
function readRounded(
  fields: JsonFields,
  start: NodeStart,
): (NodeStart & { readonly min: number; readonly max: number }) | null {
  const outputFormat = fields.has('outputFormat') ? readFormat(fields, 'outputFormat') : start.outputFormat;
  const limits = readLimits(fields, outputFormat);
  return outputFormat && limits && { ...start, outputFormat, ...limits };
}

/** Fields and kind of `arithmetic`; null, with a problem, where there is none. */
function readKind<K extends string>(
  fields: JsonFields,
  kinds: readonly K[],
): { readonly own: JsonFields; readonly kind: K } | null {
  const own = fields.section('arithmetic', ['kind', '...']);
  const kind = own?.oneOf('kind', kinds) ?? null;
  return own && kind && { own, kind };
}

const readMultiplier = (own: JsonFields, key: string) => own.integer(key, -(2 ** 31), 2 ** 31 - 1);
const readShift = (own: JsonFields, key: string) => own.integer(key, SHIFTS.double.min, SHIFTS.double.max);

function readScales(own: JsonFields) {
  const scale = own.positiveNumber('scale');
  const outputScale = own.positiveNumber('outputScale');
  return scale && outputScale && { kind: 'float32' as const, scale, outputScale };
}

function readAvgpoolArithmetic(fields: JsonFields): AvgpoolArithmetic | null {
  const given = readKind(fields, ['mean', 'fixed-point', 'float32']);
  if (given === null) return null;
  const { own, kind } = given;
  if (kind === 'mean') {
    own.onlyKeys(['kind']);
    return { kind };
  }
  if (kind === 'float32') {
    own.onlyKeys(FLOAT32_KEYS);
    return readScales(own) || null;
  }
  own.onlyKeys(['kind', 'multiplier', 'shift', 'divides']);
  const multiplier = readMultiplier(own, 'multiplier');
  const shift = readShift(own, 'shift');
  const divides = own.flag('divides');
  return multiplier === null || shift === null || divides === null ? null : { kind, multiplier, shift, divides };
}

function readRescaleArithmetic(fields: JsonFields): RescaleNode['arithmetic'] | null {
  const given = readKind(fields, ['fixed-point', 'float32']);
  if (given === null) return null;
  const { own, kind } = given;
  if (kind === 'float32') {
    own.onlyKeys(FLOAT32_KEYS);
    return readScales(own) || null;
  }
  own.onlyKeys(['kind', 'multiplier', 'shift']);
  const multiplier = readMultiplier(own, 'multiplier');
  const shift = readShift(own, 'shift');
  return multiplier === null || shift === null ? null : { kind, multiplier, shift };
}

function readAddArithmetic(fields: JsonFields): AddArithmetic | null {
  const given = readKind(fields, ['fixed-point', 'float32']);
  if (given === null) return null;
  const { own, kind } = given;
  if (kind === 'float32') {
    own.onlyKeys([...FLOAT32_KEYS, 'otherScale']);
    const otherScale = own.positiveNumber('otherScale');
    const scales = readScales(own);
    return scales && otherScale ? { ...scales, otherScale } : null;
  }
  own.onlyKeys(ADD_FIXED_POINT_KEYS);
  const leftShift = own.integer('leftShift', 0, SHIFTS.double.max);
  const factor = (multiplierKey: string, shiftKey: string) => {
    const multiplier = readMultiplier(own, multiplierKey);
    const shift = readShift(own, shiftKey);
    return multiplier === null || shift === null ? null : { multiplier, shift };
  };
  const first = factor('multiplier', 'shift');
  const second = factor('otherMultiplier', 'otherShift');
  const sum = factor('outputMultiplier', 'outputShift');
  if (leftShift === null || first === null || second === null || sum === null) return null;
  return {
    ...{ kind, leftShift, multiplier: first.multiplier, shift: first.shift },
    ...{ otherMultiplier: second.multiplier, otherShift: second.shift },
    ...{ outputMultiplier: sum.multiplier, outputShift: sum.shift },
  };
}
