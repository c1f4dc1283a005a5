/** How often an address may ask: a bucket of requests that fills again by the second. */
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
  take(address: string): number {
    const { burst, perSecond, addresses } = this.#limits;
    const nowMs = this.#now();
    const known = this.#buckets.get(address);
    const filled = known === undefined ? burst : known.left + ((nowMs - known.atMs) / 1000) * perSecond;
    const left = Math.min(burst, Math.max(0, filled));
    // The map goes by insertion: whoever asks moves to its end.
    this.#buckets.delete(address);
    this.#buckets.set(address, { left: left >= 1 ? left - 1 : left, atMs: nowMs });
    if (this.#buckets.size > addresses) this.#buckets.delete(this.#buckets.keys().next().value!);
    return left >= 1 ? 0 : Math.ceil((1 - left) / perSecond);
  }
}
