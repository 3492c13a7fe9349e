import { MAX_REPLICAS, REPLICAS_KEY, type Replication } from './execution.js';
import { type Findings, isSection } from './findings.js';
import { shown, unknownName } from './problem.js';

const REPLICAS_PATH = `execution.${REPLICAS_KEY}`;

/**
 * The replicas that a scenario gives. Everything wrong with them goes to `findings`, one problem for each layer.
 *
 * @param layers names of the network's matrix layers; null where the network is not known, then names are not checked
 */
export function readReplicas(
  given: unknown,
  replication: Replication,
  layers: readonly string[] | null,
  findings: Findings,
): Readonly<Record<string, number>> {
  if (!findings.sound('execution.replication')) return {};
  const allowed = `a map from layers to whole numbers from 1 to ${MAX_REPLICAS}, such as { c1: 8 }`;
  if (given === undefined) {
    if (replication !== 'given') return {};
    findings.report({ path: REPLICAS_PATH, value: 'nothing', allowed: `${allowed}, with execution.replication given` });
    return {};
  }
  if (replication !== 'given') {
    findings.report({
      path: REPLICAS_PATH,
      value: shown(given),
      allowed: `left out with execution.replication ${replication}`,
      hint: 'set execution.replication to given to use it',
    });
    return {};
  }
  if (!isSection(given)) {
    findings.report({ path: REPLICAS_PATH, value: shown(given), allowed });
    return {};
  }
  const replicas: [string, number][] = [];
  for (const [layer, count] of Object.entries(given)) {
    if (layers !== null && !layers.includes(layer)) {
      findings.report(unknownName(`${REPLICAS_PATH}.${layer}`, layer, layers));
    } else if (!Number.isInteger(count) || (count as number) < 1 || (count as number) > MAX_REPLICAS) {
      const path = `${REPLICAS_PATH}.${layer}`;
      findings.report({ path, value: shown(count), allowed: `a whole number from 1 to ${MAX_REPLICAS}` });
    } else {
      replicas.push([layer, count as number]);
    }
  }
  return Object.fromEntries(replicas);
}
