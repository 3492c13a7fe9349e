import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Kernel } from '../../sim/kernel.js';
import { FifoServer } from '../../sim/resources/fifo-server.js';

const PHASES = { settle: 0, start: 1 };

interface Asked {
  readonly at: number;
  readonly rank: number;
  readonly cycles: number;
}

interface Served {
  readonly tag: number;
  readonly asked: number;
  readonly begun: number;
  readonly ended: number;
}

function serve(requests: readonly Asked[], shuffleSeed?: number): { served: Served[]; server: FifoServer } {
  const kernel = new Kernel({ phases: ['settle', 'start'], shuffleSeed });
  const server = new FifoServer(kernel, 'Server', PHASES, null, 'serve');
  const served: Served[] = [];
  const client = {
    served: (tag: number, asked: number, begun: number) => served.push({ tag, asked, begun, ended: kernel.now }),
  };
  const source = {
    path: 'Source',
    on: (tag: number) => server.request(requests[tag]!.rank, requests[tag]!.cycles, client, tag),
  };
  requests.forEach(({ at }, tag) => {
    kernel.post(at, source, tag, 0, PHASES.settle);
  });
  kernel.run();
  return { served, server };
}

/** Sorts all requests by (cycle, rank) and serves one after the other. */
function naive(requests: readonly Asked[]): Served[] {
  const order = requests.map((_, tag) => tag);
  order.sort((a, b) => requests[a]!.at - requests[b]!.at || requests[a]!.rank - requests[b]!.rank);
  let free = 0;
  return order.map((tag) => {
    const { at, cycles } = requests[tag]!;
    const begun = Math.max(at, free);
    free = begun + cycles;
    return { tag, asked: at, begun, ended: free };
  });
}

/** Up to 40 requests, often in the same cycle, each with a rank of its own. */
const requests = fc
  .array(fc.record({ at: fc.integer({ min: 0, max: 30 }), cycles: fc.integer({ min: 1, max: 6 }) }), { maxLength: 40 })
  .chain((asked) =>
    fc
      .shuffledSubarray(
        asked.map((_, i) => i),
        { minLength: asked.length },
      )
      .map((ranks) => asked.map((request, i) => ({ ...request, rank: ranks[i]! }))),
  );

test('requests are served one at a time, in the order (cycle asked, rank), whatever the order of events', () => {
  fc.assert(
    fc.property(requests, fc.integer(), (asked, seed) => {
      const { served, server } = serve(asked, seed);
      expect(served).toEqual(naive(asked));
      const waits = served.map(({ asked: at, begun }) => begun - at);
      expect(server.requests).toBe(asked.length);
      expect(server.busy).toBe(asked.reduce((sum, { cycles }) => sum + cycles, 0));
      expect(server.wait).toBe(waits.reduce((sum, wait) => sum + wait, 0));
      expect(server.waitMax).toBe(Math.max(0, ...waits));
    }),
    { seed: 20261121 },
  );
});

test('requests of equal rank in one cycle are served in the order asked', () => {
  const asked = [7, 7, 3, 7].map((rank) => ({ at: 5, rank, cycles: 2 }));
  expect(serve(asked).served.map(({ tag, begun }) => [tag, begun])).toEqual([
    [2, 5],
    [0, 7],
    [1, 9],
    [3, 11],
  ]);
});
