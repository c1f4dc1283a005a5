/** What a service counts, for Prometheus. */
import { Counter, Gauge, Histogram, Registry } from "prom-client";
import { standingRevision } from "../ledger/format/records.js";
import type { LoggedMarket } from "../market/logged.js";

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
    help: "Requests that were not granted, by reason",
    labelNames: ["code"],
    registers: [this.registry],
  });
  readonly #orders = new Counter({
    name: "gridclear_orders_total",
    help: "Orders acknowledged",
    registers: [this.registry],
  });
  readonly #sealing = new Histogram({
    name: "gridclear_period_seconds",
    help: "Time from the closing of a period to its block on the disk",
    buckets: seconds,
    registers: [this.registry],
  });
  readonly #lag = new Gauge({
    name: "gridclear_gate_lag_seconds",
    help: "How long after gate closure the last block was on the disk",
    registers: [this.registry],
  });

  readonly #stop: (() => void)[] = [];

  constructor(market: LoggedMarket, now: () => number) {
    const gauge = (name: string, help: string, value: () => number): void => {
      new Gauge({
        name,
        help,
        registers: [this.registry],
        collect() {
          this.set(value());
        },
      });
    };
    gauge("gridclear_blocks", "Blocks on the disk", () => market.store.size);
    gauge("gridclear_period", "The open period", () => market.period);
    const ordered = ({ revision }: { readonly revision: number }): void => {
      // Nobody sent a standing order, so none was acknowledged.
      if (revision !== standingRevision) this.#orders.inc();
    };
    this.#stop.push(market.on("order", ordered));
    let closedAt = 0;
    let gate: number | null = null;
    const cleared = (): void => {
      closedAt = now();
      gate = market.gateClosureMs;
    };
    const sealed = (): void => {
      this.#sealing.observe((now() - closedAt) / 1000);
      if (gate !== null) this.#lag.set(Math.max(0, (now() - (gate - market.contract.periodMs)) / 1000));
    };
    this.#stop.push(market.on("cleared", cleared), market.on("sealed", sealed));
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
