import type { GraphDescription } from './build-tflite.js';

/** Codes in the file: padding SAME 0, VALID 1; fused activation NONE 0, RELU 1, RELU6 3. */
const SAME = { b: 0 };
const VALID = { b: 1 };

/**
 * Float input, quantised; a 2 x 2 convolution; a depthwise one with two outputs per channel; their output added to itself;
 * flattened; fully connected; softmax; float output. All scales are powers of two, so that every number can be worked out by
 * hand: `tiny-network.test.ts` does.
 */
export const TINY_NETWORK: GraphDescription = {
  tensors: [
    { name: 'image', shape: [1, 2, 2, 1], type: 'FLOAT32' },
    { name: 'image_q', shape: [1, 2, 2, 1], type: 'INT8', scale: 1, zeroPoint: -1, signature: [-1, 2, 2, 1] },
    {
      name: 'conv/weights',
      shape: [2, 2, 2, 1],
      type: 'INT8',
      data: [2, 0, 0, 2, 0, 2, 2, 0],
      scale: 0.5,
    },
    { name: 'conv/bias', shape: [2], type: 'INT32', data: [4, -4], scale: 0.5 },
    { name: 'net/conv/Relu6;net/conv/BiasAdd', shape: [1, 2, 2, 2], type: 'INT8', scale: 0.5, zeroPoint: -10 },
    {
      name: 'dw/weights',
      shape: [1, 1, 1, 4],
      type: 'INT8',
      data: [1, -1, 2, 3],
      scale: [1, 2, 0.5, 1],
      zeroPoint: [0, 0, 0, 0],
      dimension: 3,
    },
    { name: 'net/dw/depthwise', shape: [1, 2, 2, 4], type: 'INT8', scale: 1, zeroPoint: 5 },
    { name: 'net/add/add', shape: [1, 2, 2, 4], type: 'INT8', scale: 2, zeroPoint: 0 },
    { name: 'new shape', shape: [2], type: 'INT32', data: [1, 16] },
    { name: 'net/flatten/Reshape', shape: [1, 16], type: 'INT8', scale: 2, zeroPoint: 0 },
    {
      name: 'fc/weights',
      shape: [2, 16],
      type: 'INT8',
      data: [
        ...Array.from({ length: 16 }, (_, k) => (k === 10 ? 1 : k === 7 ? 2 : 0)),
        ...new Array<number>(16).fill(1),
      ],
      scale: 0.5,
    },
    { name: 'fc/bias', shape: [2], type: 'INT32', data: [1, -9], scale: 1 },
    { name: 'net/dense/MatMul', shape: [1, 2], type: 'INT8', scale: 1, zeroPoint: 0 },
    { name: 'softmax', shape: [1, 2], type: 'INT8', scale: 1 / 256, zeroPoint: -128 },
    { name: 'Identity', shape: [1, 2], type: 'FLOAT32' },
  ],
  operators: [
    { op: 'QUANTIZE', inputs: ['image'], output: 'image_q' },
    {
      op: 'CONV_2D',
      inputs: ['image_q', 'conv/weights', 'conv/bias'],
      output: 'net/conv/Relu6;net/conv/BiasAdd',
      options: { 0: SAME, 1: { i: 1 }, 2: { i: 1 }, 3: { b: 3 } },
    },
    {
      op: 'DEPTHWISE_CONV_2D',
      inputs: ['net/conv/Relu6;net/conv/BiasAdd', 'dw/weights', null],
      output: 'net/dw/depthwise',
      options: { 0: VALID, 1: { i: 1 }, 2: { i: 1 }, 3: { i: 2 } },
    },
    { op: 'ADD', inputs: ['net/dw/depthwise', 'net/dw/depthwise'], output: 'net/add/add', options: { 0: { b: 1 } } },
    { op: 'RESHAPE', inputs: ['net/add/add', 'new shape'], output: 'net/flatten/Reshape' },
    { op: 'FULLY_CONNECTED', inputs: ['net/flatten/Reshape', 'fc/weights', 'fc/bias'], output: 'net/dense/MatMul' },
    { op: 'SOFTMAX', inputs: ['net/dense/MatMul'], output: 'softmax' },
    { op: 'DEQUANTIZE', inputs: ['softmax'], output: 'Identity' },
  ],
  inputs: ['image'],
  outputs: ['Identity'],
};
