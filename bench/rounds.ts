import { median } from './median.js';

/** One engine's share of a benchmark: does its workload once, from a fresh start. */
export interface Engine {
  readonly name: string;
  /**
   * The statistics that a run must give; left out: those of the first engine. Given where the workload is another than that of
   * the first engine, because an engine is too slow for the whole of it.
   */
  readonly expected?: string;
  /** `seconds`: CPU time of the simulation alone, without set-up. `check`: statistics that must equal those of the others. */
  run(): EngineRun;
}

export interface EngineRun {
  readonly seconds: number;
  readonly check: string;
}

export interface RoundsOptions {
  readonly rounds: number;
  /** CPU seconds for which an engine repeats the workload in a round. */
  readonly secondsPerRound: number;
}

/** CPU seconds that this process spends in `work`, all its threads counted. */
export function cpuSeconds(work: () => void): number {
  const start = process.cpuUsage();
  work();
  const spent = process.cpuUsage(start);
  return (spent.user + spent.system) / 1e6;
}

/**
 * Runs the engines in turn, round after round, so that a change of the machine's load meets all of them alike.
 * Returns, per engine, the median over the rounds of CPU seconds per workload. One workload each goes before, unmeasured.
 * @throws if an engine's statistics are not those that it must give.
 */
export function interleavedSeconds(engines: readonly Engine[], options: RoundsOptions): Map<string, number> {
  const ofFirst = engines[0]!.run().check;
  const verify = ({ name, expected = ofFirst }: Engine, check: string): void => {
    if (check !== expected) throw new Error(`${name} got statistics ${check}; expected ${expected}`);
  };
  for (const engine of engines) verify(engine, engine.run().check);

  const samples = new Map<string, number[]>(engines.map((engine) => [engine.name, []]));
  for (let round = 0; round < options.rounds; round++) {
    for (const engine of engines) {
      let seconds = 0;
      let runs = 0;
      while (seconds < options.secondsPerRound) {
        const run = engine.run();
        verify(engine, run.check);
        seconds += run.seconds;
        runs++;
      }
      samples.get(engine.name)!.push(seconds / runs);
    }
  }
  return new Map([...samples].map(([name, seconds]) => [name, median(seconds)]));
}
