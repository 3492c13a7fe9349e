import { COMPARISON_OBJECTS } from '../../sim/results/comparison-keys.js';
import { RESULT_OBJECTS, type ResultObject } from '../../sim/results/result-keys.js';

/**
 * What a number of a result means, in the words of the reference.
 *
 * @param path where its object stands, one of those that the reference names: `layers[]`, `resources[].wait`
 * @throws Error where the reference has no such key
 */
export function definition(path: string, key: string): string {
  return wordsOf(RESULT_OBJECTS, path, key);
}

/** The same of `compare.json`. */
export function comparisonDefinition(path: string, key: string): string {
  return wordsOf(COMPARISON_OBJECTS, path, key);
}

function wordsOf(objects: readonly ResultObject[], path: string, key: string): string {
  const object = objects.find((candidate) => candidate.path.split(', ').includes(path));
  const words = object?.keys[key];
  if (words === undefined) throw new Error(`definition of ${path} ${key}: the reference has none`);
  return words.replaceAll('`', '');
}
