import { fail, GridclearError } from "../errors.js";
import type { Store } from "../ledger/store/store.js";
import { Gate, type GateParts } from "./gate.js";
import { type Clock, Loop } from "./loop.js";
import { OpenPeriod } from "./period/period.js";
import type { PeriodResult } from "./result.js";
import { seal } from "./sealing.js";

/** What `openMarket` has put together. */
export interface MarketParts extends GateParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly timestampMs: number;
}

/**
 * A market that collects orders, clears, settles and seals a period at a time.
 *
 * ```ts
 * const market = await openMarket({ engine, participants: ["ann", "bob"] });
 * market.submit({ participant: "ann", carrier: "electricity", side: "offer", quantity: "2.5", price: "0.08" });
 * market.submit({ participant: "bob", carrier: "electricity", side: "bid", quantity: "1", price: "0.3" });
 * const { carriers } = await market.clearPeriod(0);
 * carriers[0]?.counters.num1; // 1
 * ```
 */
export class Market extends Gate {
  readonly store: Store;
  /** Result of the last sealed period; null when nothing was sealed since opening. */
  last: PeriodResult | null = null;
  readonly #loop: Loop;
  #timestampMs: number;
  #sealing: Promise<PeriodResult> | null = null;

  /** Use `openMarket`. */
  constructor(parts: MarketParts) {
    super(parts);
    this.store = parts.store;
    this.#timestampMs = parts.timestampMs;
    this.#loop = new Loop(parts.clock, this.contract.periodMs, (now) => this.#tick(now));
  }

  /** When the open period closes, in the clock's milliseconds; null while the loop is stopped. */
  get gateClosureMs(): number | null {
    return this.#loop.running ? this.#loop.gateClosureMs : null;
  }

  /**
   * Closes the open period, clears, settles and seals it; orders go to the next from here on. Resolves when the block
   * is on the store. Throws `state` while another is being sealed; `storage` (and the market stops) when the store
   * failed.
   */
  async clearPeriod(nowMs: number): Promise<PeriodResult> {
    this.usable();
    if (this.#sealing !== null) fail("state", "clearPeriod", "one period at a time", "a period being sealed");
    if (!Number.isSafeInteger(nowMs) || nowMs < 0) fail("invalid", "nowMs", "whole milliseconds", nowMs);
    try {
      this.#sealing = this.#seal(nowMs);
      return await this.#sealing;
    } catch (error) {
      this.failure = error;
      this.#loop.stop();
      throw error;
    } finally {
      this.#sealing = null;
    }
  }

  /** Starts the period loop: the open period closes one period from now by the clock, and so on. */
  start(): void {
    this.usable();
    this.#loop.start();
  }

  /** Stops the loop; resolves when a period being sealed is on the store. Orders stay in the open period. */
  async stop(): Promise<void> {
    this.#loop.stop();
    await this.#sealing?.catch(() => undefined);
  }

  async #tick(nowMs: number): Promise<void> {
    // A period that somebody cleared by hand may still be on its way to the store; its failure is its caller's to hear.
    while (this.#sealing !== null) await this.#sealing.catch(() => undefined);
    if (!this.#loop.running) return;
    try {
      await this.clearPeriod(nowMs);
    } catch (error) {
      this.#loop.stop();
      this.events.emit("failed", { error });
    }
  }

  async #seal(nowMs: number): Promise<PeriodResult> {
    const closing = this.open;
    this.#timestampMs = Math.max(this.#timestampMs, nowMs);
    const outcome = closing.close();
    const evidence = this.signing?.take() ?? new Uint8Array(0);
    const sealed = seal(
      {
        engine: this.engine,
        store: this.store,
        contract: this.contract,
        marketId: this.id,
        period: closing.period,
        timestampMs: this.#timestampMs,
        evidence,
      },
      outcome,
    );
    this.#openNext(closing.period + 1);
    this.events.emit("cleared", sealed);
    await this.store.append(sealed.bytes, sealed.height);
    this.last = sealed;
    this.events.emit("sealed", sealed);
    for (const period of sealed.settled) this.events.emit("settled", { period });
    return sealed;
  }

  #openNext(period: number): void {
    const open = new OpenPeriod(this.state, this.engine, period);
    let index = 0;
    for (const contract of this.takeDue(period))
      try {
        this.signing?.recheck(contract);
        open.enter(contract);
        this.signing?.enter(contract, index);
        index += 1;
        this.events.emit("contract", { contract });
      } catch (error) {
        if (!(error instanceof GridclearError)) throw error;
        this.events.emit("refused", { what: "contract", error });
      }
    open.start();
    this.open = open;
  }
}
