import { CHIP_ONLY, type MachineConfig } from '../components/machine.js';
import type { Assumption } from '../sim/results/result.js';
import { machineAdcCost } from './adc-cost.js';
import type { ExecutionConfig } from './execution.js';
import { type MappingConfig, NETWORK_MAPPING_PARAMETERS } from './mapping-parameters.js';
import type { ParameterOrigin } from './provenance.js';
import type { WorkloadKind } from './workload-keys.js';

/** What decides which parameters are read. */
export interface Readers {
  readonly machine: MachineConfig;
  readonly mapping: MappingConfig;
  readonly execution: Omit<ExecutionConfig, 'replicas'>;
  readonly workload: { readonly kind: WorkloadKind };
}

/** Every value in effect that no source gives, in the order of the declarations. */
export function assumptionsOf(readers: Readers, origins: ReadonlyMap<string, ParameterOrigin>): Assumption[] {
  const law = machineAdcCost(readers.machine).assumed;
  const assumptions: Assumption[] = [];
  for (const [path, { value, assumed }] of origins) {
    const notes = [assumed, path === 'machine.adc.costLaw' ? law : undefined].filter((note) => note !== undefined);
    if (notes.length > 0 && inEffect(path, readers)) assumptions.push({ path, value, note: notes.join('; ') });
  }
  return assumptions;
}

/** False for parameters that nothing reads in this machine, with this mapping scheme or for this workload. */
export function inEffect(path: string, readers: Readers): boolean {
  const { machine, mapping, workload } = readers;
  const { adc, detector, indexDecoder } = machine;
  const ofScheme = /^mapping\.([^.]+)\./.exec(path);
  if (ofScheme !== null) return ofScheme[1] === mapping.scheme;
  if (NETWORK_MAPPING_PARAMETERS.some((name) => path === `mapping.${name}`)) {
    const decides = path !== 'mapping.accuracyBudget_percent' || mapping.quantisation === 'calibrated';
    return workload.kind === 'network' && decides;
  }
  if (path === 'machine.adc.conversionEnergy_pJ' || path === 'machine.adc.area_um2') return adc.costLaw === 'fixed';
  if (path.startsWith('machine.detector.') && path !== 'machine.detector.kind') return detector.kind !== 'none';
  if (path.startsWith('machine.indexDecoder.') && path !== 'machine.indexDecoder.kind') {
    return indexDecoder.kind !== 'none';
  }
  const isOfChip = path.startsWith('execution.') || CHIP_ONLY.has(path.replace(/^machine\./, ''));
  return !isOfChip || (workload.kind === 'network' && inEffectOnChip(path, readers));
}

/** Parameters that make transfers wait for each other, which a schedule fixed beforehand avoids. */
const CONTENTION = ['router.flitCycles', 'router.hopCycles', 'router.bufferPackets', 'offChip.flitCycles'];

function inEffectOnChip(path: string, { machine, execution }: Readers): boolean {
  if (path === 'machine.tile.stageCycles') return machine.tile.schedule === 'static';
  if (CONTENTION.some((name) => path === `machine.${name}`)) return machine.tile.schedule === 'contended';
  if (path === 'machine.crossbar.programCycles' || path === 'machine.crossbar.cellWriteEnergy_pJ') {
    return execution.overflow === 'passes';
  }
  if (path === 'execution.crossbarBudget') return execution.replication === 'balanced';
  return true;
}
