import type { MachineConfig } from '../../components/machine.js';
import type { Network } from '../../models/network.js';
import type { Tensor } from '../../models/tensor.js';
import type { ExecutionConfig } from '../execution.js';
import type { MappingConfig } from '../mapping-parameters.js';
import type { CompiledLayer } from '../quantise/compile-network.js';

/** A network that is mapped, and the images that it runs on. */
export interface NetworkRun {
  readonly machine: MachineConfig;
  readonly mapping: MappingConfig;
  readonly execution: ExecutionConfig;
  /** What the crossbars have to compute. */
  readonly network: Network;
  /** Its matrix layers, in the order of execution. */
  readonly compiled: ReadonlyMap<string, CompiledLayer>;
  /** Number of images; with the network's inputs where it is not synthetic. */
  readonly imageCount: number;
  readonly images: readonly Tensor[];
  /** Index of the first image in its file or set. */
  readonly firstImage: number;
  readonly labels: readonly number[] | null;
}
