import { formatMax, formatMin, MAX_BITS, plainFormat } from './activation-format.js';
import type { JsonFields } from './json-fields.js';
import type { ActivationFormat } from './network.js';

const FORMAT_KEYS = ['bits', 'signed', 'zeroPoint'];

/** The format of activations at `key`; null, with problems, where it is none. */
export function readFormat(fields: JsonFields, key: string): ActivationFormat | null {
  const own = fields.section(key, FORMAT_KEYS);
  if (own === null) return null;
  own.onlyKeys(FORMAT_KEYS);
  const bits = own.integer('bits', 1, MAX_BITS);
  const signed = own.flag('signed');
  if (bits === null || signed === null) return null;
  const plain = plainFormat(bits, signed);
  const zeroPoint = own.integer('zeroPoint', formatMin(plain), formatMax(plain));
  return zeroPoint === null ? null : { ...plain, zeroPoint };
}

/** `min` and `max` of the outputs, each that of their format where it is left out; null where a problem hides them. */
export function readLimits(
  fields: JsonFields,
  format: ActivationFormat | null,
): { readonly min: number; readonly max: number } | null {
  if (format === null) return null;
  const [least, largest] = [formatMin(format), formatMax(format)];
  const min = fields.has('min') ? fields.integer('min', least, largest) : least;
  const max = fields.has('max') ? fields.integer('max', min ?? least, largest) : largest;
  return min === null || max === null ? null : { min, max };
}
