import type { MachineConfig } from '../components/machine.js';
import type { Assumption } from '../sim/results/result.js';
import { machineAdcCost } from './adc-cost.js';
import type { ParameterOrigin } from './provenance.js';

/** Every value in effect that no source gives, in the order of the declarations. */
export function assumptionsOf(machine: MachineConfig, origins: ReadonlyMap<string, ParameterOrigin>): Assumption[] {
  const law = machineAdcCost(machine).assumed;
  const assumptions: Assumption[] = [];
  for (const [path, { value, assumed }] of origins) {
    const notes = [assumed, path === 'machine.adc.costLaw' ? law : undefined].filter((note) => note !== undefined);
    if (notes.length > 0 && inEffect(path, machine)) assumptions.push({ path, value, note: notes.join('; ') });
  }
  return assumptions;
}

/** False for parameters that nothing reads in this machine. */
export function inEffect(path: string, { adc, detector }: MachineConfig): boolean {
  if (path === 'machine.adc.conversionEnergy_pJ' || path === 'machine.adc.area_um2') return adc.costLaw === 'fixed';
  if (path.startsWith('machine.detector.') && path !== 'machine.detector.kind') return detector.kind !== 'none';
  return true;
}
