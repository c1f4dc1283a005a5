/** What a service counts, for Prometheus. */
import { Counter, Gauge, Histogram, Registry } from "prom-client";
import { standingRevision } from "../ledger/format/records.js";
import type { LoggedMarket } from "../market/logged.js";
import { onPeriodTimes, type PeriodTimes } from "./periodtimes.js";

const seconds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** Counters of one service, in a registry of their own. */
export class Metrics {
  readonly registry: Registry = new Registry();
  readonly #requests = new Histogram({
    name: "gridclear_request_seconds",
    help: "Time from a request to its answer",
    labelNames: ["route", "status"],
    buckets: seconds,
    registers: [this.registry],
  });
  readonly #refused = new Counter({
    name: "gridclear_refused_total",
    help: "Requests that were not granted, by the code of the problem",
    labelNames: ["code"],
    registers: [this.registry],
  });
  readonly #orders = new Counter({
    name: "gridclear_orders_total",
    help: "Orders acknowledged",
    registers: [this.registry],
  });
  readonly #clearing = new Histogram({
    name: "gridclear_clearing_seconds",
    help: "Time from the closure of a gate until the period is cleared and the next is open",
    buckets: seconds,
    registers: [this.registry],
  });
  readonly #sealing = new Histogram({
    name: "gridclear_sealing_seconds",
    help: "Time from a period being cleared to its block on the disk",
    buckets: seconds,
    registers: [this.registry],
  });
  readonly #period = new Histogram({
    name: "gridclear_period_seconds",
    help: "Time from the closure of a gate to the block of its period on the disk",
    buckets: seconds,
    registers: [this.registry],
  });
  readonly #lag = new Gauge({
    name: "gridclear_gate_lag_seconds",
    help: "How long after gate closure the last block was on the disk",
    registers: [this.registry],
  });

  readonly #stop: (() => void)[] = [];

  constructor(market: LoggedMarket, now: () => number, storeBytes: (() => Promise<number>) | null) {
    const gauge = (name: string, help: string, value: () => number | Promise<number>): void => {
      new Gauge({
        name,
        help,
        registers: [this.registry],
        async collect() {
          this.set(await value());
        },
      });
    };
    gauge("gridclear_blocks", "Blocks on the disk", () => market.store.size);
    gauge("gridclear_period", "The open period", () => market.period);
    if (storeBytes !== null)
      gauge("gridclear_store_bytes", "Bytes of the ledger and what is kept beside it", storeBytes);
    const ordered = ({ revision }: { readonly revision: number }): void => {
      // Nobody sent a standing order, so none was acknowledged.
      if (revision !== standingRevision) this.#orders.inc();
    };
    this.#stop.push(market.on("order", ordered));
    const timed = ({ clearingMs, sealingMs }: PeriodTimes): void => {
      this.#sealing.observe(sealingMs / 1000);
      if (clearingMs === null) return;
      this.#clearing.observe(clearingMs / 1000);
      this.#period.observe((clearingMs + sealingMs) / 1000);
      this.#lag.set((clearingMs + sealingMs) / 1000);
    };
    this.#stop.push(onPeriodTimes(market, now, timed));
  }

  /** Counts what the market does no more. */
  close(): void {
    for (const stop of this.#stop) stop();
  }

  /** A request was answered. */
  answered(route: string, status: number, ms: number): void {
    this.#requests.observe({ route, status: String(status) }, ms / 1000);
  }

  /** A request was not granted. */
  refused(code: string): void {
    this.#refused.inc({ code });
  }
}
