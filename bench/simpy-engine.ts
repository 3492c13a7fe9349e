import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { benchFolder } from './checkout.js';
import { foreignEngine } from './native-engine.js';
import type { Engine } from './rounds.js';

const PYTHON = 'python3';

/** Whether SimPy can be imported (Debian and Ubuntu: python3-simpy). Where it cannot, says so. */
export function findSimPy(): boolean {
  const isFound = spawnSync(PYTHON, ['-c', 'import simpy']).status === 0;
  if (!isFound) console.log('SimPy (python3-simpy) is not found: hold.py is left out');
  return isFound;
}

/** SimPy processes in a program of this folder. */
export function simPyEngine(source: string, args: readonly number[]): Engine {
  return foreignEngine('SimPy processes', PYTHON, [join(benchFolder, source), ...args.map(String)]);
}
