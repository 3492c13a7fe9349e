import fc from 'fast-check';
import type { Actor, KernelStatistics } from '../../sim/kernel.js';

/** What the kernel and the naive kernel have in common. */
export interface AnyKernel {
  readonly now: number;
  readonly phase: number;
  readonly pendingEvents: number;
  readonly statistics: KernelStatistics;
  event(actor: Actor, kind: number, arg?: number): number;
  schedule(id: number, delay: number, phase: number): void;
  post(delay: number, actor: Actor, kind: number, arg: number, phase: number): void;
  cancel(id: number): boolean;
  isPending(id: number): boolean;
  stop(): void;
  step(): boolean;
  run(until?: number): void;
}

/** Something that an event does, or that is done from outside between runs. `event` numbers the permanent events. */
export type Action =
  | { readonly do: 'schedule'; readonly event: number; readonly delay: number; readonly phase: number }
  | { readonly do: 'post'; readonly delay: number; readonly phase: number; readonly kind: number; readonly arg: number }
  | { readonly do: 'cancel'; readonly event: number }
  | { readonly do: 'stop' };

/** How the outside lets the kernel work. */
export type Drive =
  | { readonly drive: 'step'; readonly times: number }
  | { readonly drive: 'run'; readonly cycles: number }
  | { readonly drive: 'act'; readonly action: Action };

export interface Program {
  readonly phases: number;
  readonly events: number;
  /** What the first, second, … event that fires does; those after the last do nothing. */
  readonly reactions: readonly (readonly Action[])[];
  readonly drives: readonly Drive[];
}

/** Runs a program and returns all that can be seen of it, line by line. */
export function observe(program: Program, kernel: AnyKernel): string[] {
  const log: string[] = [];
  let fired = 0;
  const act = (action: Action): void => {
    try {
      if (action.do === 'schedule') kernel.schedule(ids[action.event]!, action.delay, action.phase);
      else if (action.do === 'post') kernel.post(action.delay, poster, action.kind, action.arg, action.phase);
      else if (action.do === 'cancel') log.push(`cancel ${action.event}: ${kernel.cancel(ids[action.event]!)}`);
      else kernel.stop();
    } catch (error) {
      log.push(`refused: ${JSON.stringify(action)}`);
      if (error instanceof TypeError) throw error;
    }
  };
  const onEvent = (path: string, kind: number, arg: number): void => {
    log.push(`${kernel.now}/${kernel.phase} ${path} ${kind} ${arg}, ${kernel.pendingEvents} pending`);
    for (const action of program.reactions[fired++] ?? []) act(action);
  };
  const poster: Actor = { path: 'Poster', on: (kind, arg) => onEvent('Poster', kind, arg) };
  const ids = Array.from({ length: program.events }, (_, event) => {
    const path = `Actor[${event}]`;
    return kernel.event({ path, on: (kind, arg) => onEvent(path, kind, arg) }, -event, 7 * event);
  });
  for (const drive of program.drives) {
    if (drive.drive === 'act') act(drive.action);
    else if (drive.drive === 'run') kernel.run(kernel.now + drive.cycles);
    else for (let i = 0; i < drive.times; i++) log.push(`step: ${kernel.step()}`);
    log.push(`${kernel.now}/${kernel.phase}: ${ids.map((id) => (kernel.isPending(id) ? 1 : 0)).join('')}`);
  }
  // A stop ends only one run; every other one ends with the queue empty.
  while (kernel.pendingEvents > 0) kernel.run();
  log.push(JSON.stringify(kernel.statistics));
  return log;
}

/** Delays around all that matters: zero, the same few slots, the reach of the wheel, twice that, and far beyond. */
const delays = fc.oneof(
  { arbitrary: fc.integer({ min: 0, max: 3 }), weight: 6 },
  { arbitrary: fc.integer({ min: 0, max: 5000 }), weight: 4 },
  { arbitrary: fc.integer({ min: 1020, max: 1028 }), weight: 4 },
  { arbitrary: fc.integer({ min: 2044, max: 2052 }), weight: 2 },
  { arbitrary: fc.integer({ min: 0, max: 5 }).map((more) => 2 ** 40 + more), weight: 1 },
  { arbitrary: fc.integer({ min: 0, max: 5 }).map((more) => 2 ** 31 - 2 + more), weight: 1 },
  { arbitrary: fc.constantFrom(-1, 0.5, 2048.5, Number.NaN, Infinity, -Infinity, -(2 ** 40), 2 ** 53), weight: 1 },
);

const phases = (count: number) =>
  fc.oneof(
    { arbitrary: fc.integer({ min: 0, max: count - 1 }), weight: 20 },
    { arbitrary: fc.constantFrom(-1, count, 0.5, Number.NaN), weight: 1 },
  );

const actions = (events: number, phaseCount: number): fc.Arbitrary<Action> => {
  const event = fc.integer({ min: 0, max: events - 1 });
  const phase = phases(phaseCount);
  const number = fc.integer({ min: -5, max: 5 });
  return fc.oneof(
    { arbitrary: fc.record({ do: fc.constant('schedule' as const), event, delay: delays, phase }), weight: 8 },
    {
      arbitrary: fc.record({ do: fc.constant('post' as const), delay: delays, phase, kind: number, arg: number }),
      weight: 5,
    },
    { arbitrary: fc.record({ do: fc.constant('cancel' as const), event }), weight: 5 },
    { arbitrary: fc.constant({ do: 'stop' as const }), weight: 1 },
  );
};

/** Random programs that schedule, post, cancel and stop, from within events and from outside. */
export const programs: fc.Arbitrary<Program> = fc
  .record({ phases: fc.integer({ min: 1, max: 8 }), events: fc.integer({ min: 1, max: 8 }) })
  .chain(({ phases, events }) => {
    const action = actions(events, phases);
    return fc.record({
      phases: fc.constant(phases),
      events: fc.constant(events),
      reactions: fc.array(fc.array(action, { maxLength: 4 }), { maxLength: 60 }),
      drives: fc.array(
        fc.oneof(
          { arbitrary: fc.record({ drive: fc.constant('act' as const), action }), weight: 3 },
          {
            arbitrary: fc.record({ drive: fc.constant('step' as const), times: fc.integer({ min: 1, max: 5 }) }),
            weight: 1,
          },
          {
            arbitrary: fc.record({ drive: fc.constant('run' as const), cycles: delays.filter((d) => d >= 0) }),
            weight: 1,
          },
        ),
        { minLength: 1, maxLength: 25 },
      ),
    });
  });
