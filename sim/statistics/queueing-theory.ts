/**
 * Closed forms of queueing theory: c equal servers, customers that arrive one by one at random (Poisson), first come, first
 * served. They are references to hold simulations against, not what the simulator computes with.
 *
 * In all of them `load` is arrivals per unit of time x the mean time of a service, in erlangs; the share of the time in
 * which a server works is load / servers.
 */

/**
 * Erlang's second formula (A. K. Erlang, 1917): the share of customers that have to wait in M/M/c.
 *
 * @throws RangeError unless 0 <= load < servers
 */
export function erlangC(servers: number, load: number): number {
  check(servers, load);
  // Erlang's first formula by its recurrence, which does not overflow; the second follows from it.
  let blocked = 1;
  for (let n = 1; n <= servers; n++) blocked = (load * blocked) / (n + load * blocked);
  return blocked / (1 - (load / servers) * (1 - blocked));
}

/** Mean wait in M/M/c, in mean service times. */
export function meanWaitOfMMc(servers: number, load: number): number {
  return erlangC(servers, load) / (servers - load);
}

/** Above this utilisation the exact series takes too many terms. */
const EXACT_UP_TO = 0.9;

/**
 * Mean wait in M/D/c, in service times: exact up to a utilisation of 0.9 (C. D. Crommelin, "Delay probability formulae",
 * P.O. Electrical Engineers' Journal 25, 1932), above by the approximation of G. P. Cosmetatos (INFOR 13, 1975), half of the
 * wait in M/M/c with a correction that vanishes in heavy traffic. With one server both are load / (2 (1 - load)).
 *
 * @throws RangeError unless 0 <= load < servers
 */
export function meanWaitOfMDc(servers: number, load: number): number {
  check(servers, load);
  if (load === 0) return 0;
  if (servers === 1) return load / (2 * (1 - load));
  return load / servers <= EXACT_UP_TO ? crommelin(servers, load) : cosmetatos(servers, load);
}

/**
 * The sum over k = 1, 2, ... of P(X >= k c) - (c / a) P(X >= k c + 1), where X is Poisson with mean k a: by the k-th service
 * time from now so many arrive that not all have begun.
 */
function crommelin(servers: number, load: number): number {
  let wait = 0;
  for (let k = 1; ; k++) {
    const { at, above } = poissonTail(k * load, k * servers);
    const term = at + above - (servers / load) * above;
    wait += term;
    if (term <= 1e-13 * wait || at === 0) return wait;
  }
}

/** P(X = n) and P(X > n) for Poisson X of this mean, n at least the mean. */
function poissonTail(mean: number, n: number): { at: number; above: number } {
  const at = Math.exp(n * Math.log(mean) - mean - logFactorial(n));
  let above = 0;
  let term = at;
  for (let j = n + 1; term > 1e-17 * at && term > 0; j++) {
    term *= mean / j;
    above += term;
  }
  return { at, above };
}

/** Stirling's series; below 16 the product itself. */
function logFactorial(n: number): number {
  if (n < 16) {
    let product = 1;
    for (let i = 2; i <= n; i++) product *= i;
    return Math.log(product);
  }
  return n * Math.log(n) - n + Math.log(2 * Math.PI * n) / 2 + 1 / (12 * n) - 1 / (360 * n ** 3) + 1 / (1260 * n ** 5);
}

export function cosmetatos(servers: number, load: number): number {
  const used = load / servers;
  const correction = ((1 - used) * (servers - 1) * (Math.sqrt(4 + 5 * servers) - 2)) / (16 * used * servers);
  return (meanWaitOfMMc(servers, load) / 2) * (1 + correction);
}

function check(servers: number, load: number): void {
  if (Number.isInteger(servers) && servers >= 1 && load >= 0 && load < servers) return;
  throw new RangeError(
    `queue: got ${servers} servers and a load of ${load}; allowed are 1 or more and 0 up to below that`,
  );
}
