/** How often an address may ask: a bucket of requests that fills again by the second. */
import { answerProblem, problem } from "./problems.js";
import type { ServiceLimits } from "./settings.js";

/** Buckets by address; of the addresses the last used are remembered. */
export class Rates {
  readonly #limits: ServiceLimits;
  readonly #now: () => number;
  readonly #buckets = new Map<string, { left: number; atMs: number }>();

  constructor(limits: ServiceLimits, now: () => number) {
    this.#limits = limits;
    this.#now = now;
  }

  /** Takes a request out of the bucket of an address: 0, or the seconds to wait where it is empty. */
  take(from: string): number {
    const address = networkOf(from);
    const { burst, perSecond, addresses } = this.#limits;
    const nowMs = this.#now();
    const known = this.#buckets.get(address);
    // A clock that is set back has nobody wait for what it says again.
    const filled =
      known === undefined ? burst : known.left + (Math.max(0, nowMs - known.atMs) / 1000) * perSecond;
    const left = Math.min(burst, filled);
    // The map goes by insertion: whoever asks moves to its end.
    this.#buckets.delete(address);
    this.#buckets.set(address, { left: left >= 1 ? left - 1 : left, atMs: nowMs });
    if (this.#buckets.size > addresses) this.#buckets.delete(this.#buckets.keys().next().value!);
    return left >= 1 ? 0 : Math.ceil((1 - left) / perSecond);
  }
}

/** Milliseconds that who asks too often waits for its refusal, and how many at most are kept waiting. */
const refusalMs = 1_000;
const mostWaiting = 1_000;

/**
 * Refusals of addresses that ask too often: an answer, or null for whoever may ask. A refusal takes its time: whoever
 * asks again as soon as it is answered, which is what a flood does, otherwise costs as much as if it had been granted.
 */
export function refusals(limits: ServiceLimits, rates: Rates): (address: string) => Promise<Response | null> {
  let waiting = 0;
  return async (address) => {
    const wait = rates.take(address);
    if (wait === 0) return null;
    if (waiting < mostWaiting) {
      waiting += 1;
      await new Promise((go) => setTimeout(go, refusalMs));
      waiting -= 1;
    }
    const wanted = `at most ${limits.perSecond} requests a second`;
    return answerProblem(problem(429, "limit", "requests", wanted, "more"), { "retry-after": `${wait}` });
  };
}

/**
 * What counts as one address: of IPv6 the first 64 bits, as whoever has one such address has all of its network; of
 * IPv4, also where it comes as IPv6, all of it.
 */
export function networkOf(address: string): string {
  if (!address.includes(":")) return address;
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined) return mapped;
  const [head = "", tail] = address.split("::");
  const groups = (text: string): string[] =>
    text
      .split(":")
      .filter((group) => group !== "")
      .map((group) => Number.parseInt(group, 16).toString(16));
  const [first, last] = [groups(head), groups(tail ?? "")];
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - first.length - last.length);
  return [...first, ...new Array<string>(zeros).fill("0"), ...last].slice(0, 4).join(":");
}
