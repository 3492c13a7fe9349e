import { Kernel } from '../sim/kernel.js';
import { kernelEngine } from './hold-kernel.js';
import { lastCycle } from './hold-model.js';
import { kernelWithoutTrace } from './kernel-without-trace.js';

// One run of the hold model in a process of its own. Arguments: `with` or `without` trace code, events held, events fired.
// Prints CPU seconds and events/check, as hold.cpp does.

const [which, held, events] = process.argv.slice(2);
const Implementation = which === 'with' ? Kernel : await kernelWithoutTrace();
const engine = kernelEngine(which!, Implementation, Number(held), lastCycle(Number(events), Number(held)));
engine.run();
const { seconds, check } = engine.run();
console.log(`${seconds} ${check}`);
