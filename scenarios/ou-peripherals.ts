import type { MachineConfig } from '../components/machine.js';
import { exactAdcBits } from '../mapping/operation-sum.js';

export interface OuSize {
  readonly wordlines: number;
  readonly bitlines: number;
}

/** Read time of an OU per ADC bit: 15.6 ns at 3 bits in 65 nm (Chen, ISSCC 2018), scaled to 32 nm (PP_sim). */
const READ_NS_PER_BIT = ((15.6 / 3) * 32) / 65;
/** Conversion time: (bits + 2) / 1.2 GS/s (SRE, as a public ADC model quotes it). */
const CONVERSION_RATE_GSPS = 1.2;
const CONVERSION_EXTRA_BITS = 2;

/**
 * Peripherals that an OU of another size needs, as `path=value`: ADCs that are just exact, an ADC for each bitline of the
 * OU (BWQ) with a lane of the shift-and-add, and times that follow the resolution as those of the presets with 9 x 8 OUs.
 */
export function ouPeripherals(machine: MachineConfig, { wordlines, bitlines }: OuSize): string[] {
  const bits = exactAdcBits(wordlines, machine.crossbar.bitsPerCell, machine.input.bitsPerPlane);
  const cycles = (time_ns: number) => wholeCycles(time_ns * machine.rootClock_GHz);
  return [
    `machine.ou.wordlines=${wordlines}`,
    `machine.ou.bitlines=${bitlines}`,
    `machine.adc.bits=${bits}`,
    `machine.adc.perPool=${bitlines}`,
    'machine.adc.sharedBy=1',
    `machine.shiftAdd.lanes=${bitlines}`,
    `machine.crossbar.readCycles=${cycles(READ_NS_PER_BIT * bits)}`,
    `machine.adc.conversionCycles=${cycles((bits + CONVERSION_EXTRA_BITS) / CONVERSION_RATE_GSPS)}`,
  ];
}

/** Rounded up, but not by the last digits of a product that is whole, such as (3 + 2) / 1.2 ns x 1.2 GHz. */
function wholeCycles(cycles: number): number {
  return Math.ceil(cycles - 1e-9);
}
