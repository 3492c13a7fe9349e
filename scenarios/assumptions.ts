import type { MachineConfig } from '../components/machine.js';
import type { Assumption } from '../sim/results/result.js';
import { machineAdcCost } from './adc-cost.js';
import type { ParameterOrigin } from './provenance.js';

/** Every value in effect that no source gives, in the order of the declarations. */
export function assumptionsOf(
  machine: MachineConfig,
  scheme: string,
  origins: ReadonlyMap<string, ParameterOrigin>,
): Assumption[] {
  const law = machineAdcCost(machine).assumed;
  const assumptions: Assumption[] = [];
  for (const [path, { value, assumed }] of origins) {
    const notes = [assumed, path === 'machine.adc.costLaw' ? law : undefined].filter((note) => note !== undefined);
    if (notes.length > 0 && inEffect(path, machine, scheme)) assumptions.push({ path, value, note: notes.join('; ') });
  }
  return assumptions;
}

/** False for parameters that nothing reads in this machine, or with this mapping scheme. */
export function inEffect(path: string, { adc, detector, indexDecoder }: MachineConfig, scheme: string): boolean {
  const ofScheme = /^mapping\.([^.]+)\./.exec(path);
  if (ofScheme !== null) return ofScheme[1] === scheme;
  if (path === 'machine.adc.conversionEnergy_pJ' || path === 'machine.adc.area_um2') return adc.costLaw === 'fixed';
  if (path.startsWith('machine.detector.') && path !== 'machine.detector.kind') return detector.kind !== 'none';
  if (path.startsWith('machine.indexDecoder.') && path !== 'machine.indexDecoder.kind')
    return indexDecoder.kind !== 'none';
  return true;
}
