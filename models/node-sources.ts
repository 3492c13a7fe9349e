import { isJsonObject, type JsonFields } from './json-fields.js';
import { type ActivationFormat, INPUT_NAME, type Shape } from './network.js';
import { didYouMean } from './problem.js';

/** What is known of a tensor that nodes may read; null where an earlier problem hides it. */
export interface Source {
  readonly shape: Shape | null;
  readonly format: ActivationFormat | null;
  readonly logits: boolean;
}

/** The network's input and the outputs of the nodes read so far, by name, while a list of nodes is read. */
export class NodeSources {
  private readonly sources: Map<string, Source>;
  private readonly namesInFile: ReadonlySet<string>;
  private readonly read = new Set<string>();

  constructor(list: readonly unknown[], input: Source) {
    this.sources = new Map([[INPUT_NAME, input]]);
    this.namesInFile = new Set(list.filter(isJsonObject).map((node) => String(node['name'])));
  }

  has(name: string): boolean {
    return this.sources.has(name);
  }

  add(name: string, source: Source): void {
    this.sources.set(name, source);
  }

  isRead(name: string): boolean {
    return this.read.has(name);
  }

  /**
   * The source of that name; null, with a problem at `key`, if no earlier node has it.
   *
   * @param name null: a problem has been reported already
   */
  take(fields: JsonFields, key: string, name: string | null): Source | null {
    if (name === null) return null;
    const source = this.sources.get(name);
    if (source === undefined) {
      const hint = this.namesInFile.has(name)
        ? 'that node comes later; nodes are listed in execution order'
        : didYouMean(name, this.sources.keys());
      return fields.report(key, `"${INPUT_NAME}" or the name of an earlier node`, hint, name);
    }
    this.read.add(name);
    if (!source.logits) return source;
    return fields.report(key, 'a node with integer outputs', 'the "last" node gives float64 logits', name);
  }
}
