import { describe, expect, it } from 'vitest';
import { catalogue } from '../../../cli/list-command.js';
import { SHAPES } from '../../../models/zoo/shapes.js';
import { SYNTHETIC_LABEL } from '../../../models/zoo/synthetic-network.js';
import { Findings } from '../../../scenarios/findings.js';
import { readModel } from '../../../scenarios/network-model.js';

describe('a shape as the model of a workload', () => {
  it('is named as the bundled networks are', () => {
    const findings = new Findings();
    const model = readModel('vgg16', '.', findings)!;
    expect(findings.problems).toEqual([]);
    expect([model.name, model.network.nodes.length]).toEqual(['vgg16', 16 + 5 + 1]);
    expect(model.network.synthetic).not.toBeNull();
    expect(model.sha256).toMatch(/^[0-9a-f]{64}$/);
    expect(readModel('vgg19', '.', findings)!.sha256).not.toBe(model.sha256);
    expect(readModel('vgg16', '.', findings)!.sha256).toBe(model.sha256);
  });

  it('is suggested where a name is nearly right', () => {
    const findings = new Findings();
    expect(readModel('resnet5', '.', findings)).toBeNull();
    expect(findings.problems).toEqual([
      expect.objectContaining({
        path: 'workload.model',
        allowed: expect.stringContaining('a shape such as `vgg16`'),
        hint: 'did you mean `resnet50`?',
      }),
    ]);
  });

  it('is listed with its size and that it is synthetic', () => {
    const { shapes } = catalogue();
    expect(shapes!.map(({ name }) => name)).toEqual(SHAPES.map(({ name }) => name));
    expect(shapes!.find(({ name }) => name === 'vgg16')!.doc).toBe(
      `VGG-16; 16 matrix layers, 15.47 GMAC, 138.3 M weights; ${SYNTHETIC_LABEL}`,
    );
    expect(shapes!.every(({ doc }) => doc.endsWith(SYNTHETIC_LABEL))).toBe(true);
  });
});
