import { describe, expect, test } from 'vitest';
import { cosmetatos, erlangC, meanWaitOfMDc, meanWaitOfMMc } from '../../sim/statistics/queueing-theory.js';

describe('Erlang C', () => {
  // With one server P(wait) = load; with two load^2 / (2 + load) (L. Kleinrock, Queueing Systems I, 1975, section 3.4, solved).
  test.each([0.1, 0.5, 0.9])('one and two servers, load %d', (load) => {
    expect(erlangC(1, load)).toBeCloseTo(load, 12);
    expect(erlangC(2, 2 * load)).toBeCloseTo((2 * load) ** 2 / (2 + 2 * load), 12);
  });

  test('is the sum of its definition', () => {
    for (const [servers, load] of [
      [3, 2],
      [5, 4],
      [10, 8],
      [20, 13.5],
    ] as const) {
      let term = 1;
      let sum = 0;
      for (let n = 0; n < servers; n++) {
        sum += term;
        term *= load / (n + 1);
      }
      const waiting = (term * servers) / (servers - load);
      expect(erlangC(servers, load)).toBeCloseTo(waiting / (sum + waiting), 12);
    }
  });

  // As tables of Erlang C print them, to three digits.
  test.each([
    [3, 2, 0.444],
    [5, 4, 0.554],
    [10, 8, 0.409],
  ])('%i servers, %i erlangs', (servers, load, published) => {
    expect(erlangC(servers, load)).toBeCloseTo(published, 3);
  });
});

describe('M/D/c', () => {
  test.each([0.1, 0.5, 0.8, 0.99])('one server: Pollaczek-Khinchine, load %d', (load) => {
    expect(meanWaitOfMDc(1, load)).toBeCloseTo(load / (2 * (1 - load)), 12);
  });

  test.each([
    [2, 0.5],
    [2, 0.9],
    [4, 0.8],
    [7, 0.6],
    [16, 0.85],
  ])('%i servers at %d: what the steps from service time to service time give', (servers, used) => {
    expect(meanWaitOfMDc(servers, servers * used)).toBeCloseTo(waitByStepping(servers, servers * used), 8);
  });

  test('the approximation in heavy traffic joins on', () => {
    for (const servers of [2, 4, 8, 16, 32]) {
      const load = 0.9 * servers;
      expect(cosmetatos(servers, load) / meanWaitOfMDc(servers, load)).toBeCloseTo(1, 1.5);
      expect(cosmetatos(servers, 0.999 * servers) / meanWaitOfMMc(servers, 0.999 * servers)).toBeCloseTo(0.5, 3);
    }
  });

  test('nobody waits without customers, or with far more servers than load', () => {
    expect(meanWaitOfMDc(4, 0)).toBe(0);
    expect(meanWaitOfMDc(64, 1)).toBeLessThan(1e-12);
  });

  test.each([
    [2, 2],
    [0, 0],
    [1.5, 1],
    [2, -1],
    [2, Number.NaN],
  ])('%d servers and a load of %d are refused', (servers, load) => {
    for (const of of [erlangC, meanWaitOfMDc]) expect(() => of(servers, load)).toThrow(RangeError);
  });
});

/**
 * Customers present at t + s are those that waited at t and those that came since: the stationary distribution by repetition,
 * and the mean wait by Little's law.
 */
function waitByStepping(servers: number, load: number): number {
  // Beyond these the shares are below 1e-15 at the loads of this test.
  const states = servers + 200;
  const arrivals = [Math.exp(-load)];
  for (let n = 1; n < states; n++) arrivals.push((arrivals[n - 1]! * load) / n);
  let now: number[] = new Array<number>(states).fill(0);
  now[0] = 1;
  for (;;) {
    const next = new Array<number>(states).fill(0);
    now.forEach((share, present) => {
      const left = Math.max(0, present - servers);
      for (let n = 0; left + n < states; n++) next[left + n]! += share * arrivals[n]!;
    });
    const change = next.reduce((sum, share, n) => sum + Math.abs(share - now[n]!), 0);
    now = next;
    if (change < 1e-12) break;
  }
  const waiting = now.reduce((sum, share, n) => sum + Math.max(0, n - servers) * share, 0);
  return waiting / load;
}
