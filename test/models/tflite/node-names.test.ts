import { describe, expect, it } from 'vitest';
import { nodeNames } from '../../../models/tflite/node-names.js';

function names(...tensors: string[]): string[] {
  return nodeNames(tensors.map((tensor) => ({ tensor, op: 'CONV_2D' })));
}

describe('names of nodes', () => {
  it('take the layer of the bias out of a fused name, without scope and operation', () => {
    expect(
      names(
        'model/activation/Relu;model/bn/FusedBatchNormV3;model/conv2d/BiasAdd/ReadVariableOp/resource;model/conv2d/BiasAdd;model/conv2d_2/Conv2D;model/conv2d/Conv2D1',
        'model/activation_2/Relu;model/add/add',
        'model/conv2d_5/BiasAdd;model/conv2d_5/Conv2D;model/conv2d_5/BiasAdd/ReadVariableOp/resource1',
        'model/average_pooling2d/AvgPool',
        'model/flatten/Reshape',
        'model/dense/MatMul;model/dense/BiasAdd',
      ),
    ).toEqual(['conv2d', 'add', 'conv2d_5', 'average_pooling2d', 'flatten', 'dense']);
  });

  it('keep the path inside the scope', () => {
    expect(
      names(
        'MobilenetV2/Conv/Relu6;MobilenetV2/Conv/add_fold;MobilenetV2/expanded_conv_5/project/Conv2D_Fold',
        'MobilenetV2/expanded_conv_1/expand/Relu6;MobilenetV2/expanded_conv_1/expand/add_fold',
        'MobilenetV2/expanded_conv_2/add',
      ),
    ).toEqual(['Conv', 'expanded_conv_1/expand', 'expanded_conv_2/add']);
  });

  it('are the last part where there is no bias', () => {
    expect(names('net/Conv1_relu/Relu6;net/bn_Conv1/FusedBatchNormV3;net/Conv1/Conv2D', 'net/other')).toEqual([
      'Conv1',
      'other',
    ]);
  });

  it('give way to the operator where they say nothing, and are unique', () => {
    expect(names('Identity', 'StatefulPartitionedCall:0', '', 'a/conv_2d', 'a/input')).toEqual([
      ...['conv_2d', 'conv_2d_2', 'conv_2d_3', 'conv_2d_4', 'input_2'],
    ]);
  });

  it('are short and made of plain characters', () => {
    const [name] = names(`very/long/${'scope/'.repeat(12)}layer name:0`);
    expect(name).toMatch(/^scope\/.*layer_name_0$/);
    expect(name!.length).toBeLessThanOrEqual(40);
  });
});
