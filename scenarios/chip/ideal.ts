import type { MachineConfig } from '../../components/machine.js';
import { extend } from '../extend.js';

/** More than any chip needs: bytes, values or sums in a cycle; windows or packets. */
const PLENTY = 2 ** 40;
const MANY_WINDOWS = 256;
const MANY_PACKETS = 2 ** 20;

type Change = (machine: MachineConfig) => void;

interface IdealResource {
  readonly name: string;
  /** What is ideal about it; ends with a full stop. */
  readonly doc: string;
  readonly change: Change;
}

/**
 * Resources that a run can have ideal, to see what removing a bottleneck would give. The machine is changed and run again,
 * exactly; nothing is estimated. Durations cannot be below the cycle that a step takes at least.
 */
export const IDEAL_RESOURCES: readonly IdealResource[] = [
  {
    name: 'adc',
    doc: 'An ADC for every sample that can be held, a conversion in one cycle, and shift-and-add lanes for all of them.',
    change: ({ adc, sampleHold, ou, shiftAdd }) => {
      adc.perPool = adc.sharedBy * sampleHold.banks * ou.bitlines;
      adc.conversionCycles = 1;
      shiftAdd.lanes = adc.perPool;
    },
  },
  {
    name: 'sample-and-hold',
    doc: 'Banks for as many reads as a crossbar makes while the pool is behind.',
    change: ({ sampleHold }) => {
      sampleHold.banks = MANY_WINDOWS;
    },
  },
  {
    name: 'crossbar',
    doc: 'A read in one cycle.',
    change: ({ crossbar }) => {
      crossbar.readCycles = 1;
    },
  },
  {
    name: 'detector',
    doc: 'Bit-planes are scanned in no time.',
    change: ({ detector }) => {
      detector.planeCycles = 0;
    },
  },
  {
    name: 'index-decoder',
    doc: 'Indices are decoded in no time.',
    change: ({ indexDecoder }) => {
      indexDecoder.operationCycles = 0;
    },
  },
  {
    name: 'registers',
    doc: `Input and output registers of PEs and output registers of tiles for ${MANY_WINDOWS} windows.`,
    change: ({ inputRegister, outputRegister, tileOutputRegister }) => {
      inputRegister.windows = MANY_WINDOWS;
      outputRegister.windows = MANY_WINDOWS;
      tileOutputRegister.windows = MANY_WINDOWS;
    },
  },
  {
    name: 'edram',
    doc: 'Any number of bytes in one cycle of a bank; with a static schedule, every step of it in one cycle.',
    change: ({ edram, tile }) => {
      edram.bytesPerCycle = PLENTY;
      tile.stageCycles = 1;
    },
  },
  {
    name: 'buffer',
    doc: 'Room for all pixels in every buffer.',
    change: ({ edram }) => {
      edram.bytes = PLENTY;
    },
  },
  {
    name: 'bus',
    doc: 'Any number of bytes in one cycle.',
    change: ({ bus }) => {
      bus.bytesPerCycle = PLENTY;
    },
  },
  {
    name: 'tile-units',
    doc: 'Shift-and-add, activation and pooling units of tiles take any number of values in one cycle.',
    change: ({ tileShiftAdd, activation, pooling }) => {
      tileShiftAdd.addsPerCycle = PLENTY;
      activation.valuesPerCycle = PLENTY;
      pooling.valuesPerCycle = PLENTY;
    },
  },
  {
    name: 'network',
    doc: 'Any packet in one flit, one cycle for a flit and for a hop, and buffers without end.',
    change: ({ router, offChip }) => {
      router.flitBytes = PLENTY;
      router.flitCycles = 1;
      router.hopCycles = 1;
      router.bufferPackets = MANY_PACKETS;
      offChip.flitCycles = 1;
      offChip.bytesPerCycle = PLENTY;
    },
  },
];

export const IDEAL_NAMES: readonly string[] = IDEAL_RESOURCES.map(({ name }) => name);

/** The machine with one resource ideal. */
export function idealMachine(machine: MachineConfig, resource: string): MachineConfig {
  const ideal = IDEAL_RESOURCES.find(({ name }) => name === resource);
  if (ideal === undefined) throw new RangeError(`no resource "${resource}"; there are ${IDEAL_NAMES.join(', ')}`);
  return extend(machine, (draft) => {
    ideal.change(draft as MachineConfig);
  });
}
