import { AccuracyMeter } from '../../models/accuracy.js';
import { dataSetOf } from '../../models/data-sets.js';
import type { Scenario } from '../scenario.js';
import { quantiseNetwork } from './quantise-network.js';

/** Top-1 results on the test images. */
export interface TestAccuracy {
  readonly correct: number;
  readonly images: number;
}

/**
 * Top-1 of the integer network that a scenario's mapping defines, on 1000 test images of the network's data set; null for
 * a matrix, and where no data set is known.
 *
 * @throws MappingError where the scheme cannot map a layer
 */
export function testAccuracy({ machine, mapping, workload }: Scenario): TestAccuracy | null {
  if (workload.kind !== 'network') return null;
  const dataSet = dataSetOf(workload.network);
  if (dataSet === null) return null;
  const { planned, record } = quantiseNetwork({ ...workload, machine, mapping });
  if (record !== null) return { correct: record.test.scheme, images: record.test.images };
  const { correct, count } = new AccuracyMeter(dataSet.test()).measure(planned.network);
  return { correct, images: count };
}
