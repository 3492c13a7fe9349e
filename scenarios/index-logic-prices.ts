// Prices of index decoders that several presets have in common, and the words that say where they come from.
//
// Anchors: the memory controllers of BWQ (IEEE TCAD 43(12), 2024, Table I) for the logic, the shift-and-add units and the
// input register of ISAAC (ISCA 2016, Table I) for area and for memory bits. BWQ gives its controllers of the chip together;
// the number of banks follows from the DACs: 0.36 W at ISAAC's 3.906 uW a DAC are 92,160 DACs, 9 a bank.

const banks = 10_240;
const controller_mW = 92.8 / banks;
const clock_GHz = 1.2;

/** BWQ's own words for its controller, and those of the systems that borrow its price. */
export const controllersOfBwq = `BWQ Table I: memory controllers 92.8 mW at 28 nm, over ${banks} banks (reconstructed: 92,160 DACs, 9 a bank)`;
export const likeController =
  'like a memory controller of BWQ Table I, 92.8 mW over 10,240 banks (reconstructed: 92,160 DACs, 9 a bank)';

/** Energy of an operation: the power of a controller during a cycle. */
export const duringCycle = 'during a cycle of 1.2 GHz as all components of ou-baseline';
export const controllerOperation_pJ = controller_mW / clock_GHz;

/** No area in BWQ's Table I. */
export const atAreaPerPower = "at the area per power of ISAAC's shift-and-add units, 0.00024 mm2 for 0.2 mW";
export const controller_um2 = controller_mW * (240 / 0.2);

/** A bit of the register: 1.24 mW during 100 ns for the 1024 bytes that are read, 0.0021 mm2 for 2048 bytes. */
export const likeInputRegister = "like a bit of ISAAC's 2 KB input register (Table I)";
export const registerBitRead_pJ = (1.24 * 100) / (8 * 1024);
export const registerBit_um2 = 2100 / (8 * 2048);
