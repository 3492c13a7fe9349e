import type { JsonFields } from './json-fields.js';
import { didYouMean } from './problem.js';
import { type Dtype, describeTensor, type Tensor } from './tensor.js';

/** The tensors of a network's file, which its nodes name. */
export class NamedTensors {
  constructor(private readonly tensors: ReadonlyMap<string, Tensor>) {}

  /** The tensor that `key` names, checked for its dtype and number of dimensions; none of them may be 0. */
  read(fields: JsonFields, key: string, dtypes: readonly Dtype[], dimensions: readonly string[]): Tensor | null {
    const name = fields.text(key);
    if (name === null) return null;
    const wanted = `the name of a tensor ${dtypes.join(' or ')} [${dimensions.join(', ')}]`;
    const fits = ({ dtype, shape }: Tensor) =>
      dtypes.includes(dtype) && shape.length === dimensions.length && !shape.includes(0);
    const tensor = this.tensors.get(name);
    if (tensor === undefined) return fields.report(key, wanted, this.missingHint(name, fits));
    if (!fits(tensor)) return fields.report(key, wanted, `that tensor is ${describeTensor(tensor)}`);
    return tensor;
  }

  /**
   * The tensor that `key` names, of one value per output.
   *
   * @param outputs null where a problem hides how many there are
   * @param allowed what `fits` lets through: "finite values"
   */
  readPerOutput(
    fields: JsonFields,
    key: string,
    dtype: Dtype,
    outputs: number | null,
    fits: (value: number) => boolean,
    allowed: string,
  ): Tensor | null {
    const tensor = this.read(fields, key, [dtype], ['out']);
    if (tensor === null) return null;
    if (outputs !== null && tensor.shape[0] !== outputs) {
      return fields.report(key, `a tensor of ${outputs} values, one per output`, `its shape is [${tensor.shape[0]}]`);
    }
    const bad = tensor.data.findIndex((value) => !fits(value));
    if (bad < 0) return tensor;
    return fields.report(key, `a tensor of ${allowed}`, `element ${bad} is ${tensor.data[bad]}`);
  }

  private missingHint(name: string, fits: (tensor: Tensor) => boolean): string {
    const candidates = [...this.tensors].filter(([, tensor]) => fits(tensor)).map(([candidate]) => candidate);
    const nearest = didYouMean(name, candidates);
    return `the safetensors file has no such tensor${nearest === '' ? '' : `; ${nearest}`}`;
  }
}
