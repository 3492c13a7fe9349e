import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { benchFolder } from './checkout.js';
import type { Engine } from './rounds.js';

/** Compiles a C++ program of this folder. Returns undefined, and says so, where g++ is not found. */
export function compileNative(source: string): string | undefined {
  if (spawnSync('g++', ['--version']).status !== 0) {
    console.log(`g++ is not found: ${source} is left out`);
    return undefined;
  }
  const folder = mkdtempSync(join(tmpdir(), 'ousim-bench-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  const program = join(folder, 'engine');
  execFileSync('g++', ['-O2', '-std=c++17', '-o', program, join(benchFolder, source)]);
  return program;
}

/** `std::priority_queue` in a compiled program. */
export function nativeEngine(program: string, args: readonly number[]): Engine {
  return foreignEngine('C++ priority_queue', program, args.map(String));
}

/** An engine in a process of its own, which prints its CPU seconds and statistics on one line. */
export function foreignEngine(name: string, program: string, args: readonly string[]): Engine {
  return {
    name,
    run() {
      const [seconds, check] = execFileSync(program, args, { encoding: 'utf8' }).trim().split(' ');
      return { seconds: Number(seconds), check: check! };
    },
  };
}
