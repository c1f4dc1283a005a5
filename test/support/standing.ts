// Random markets whose members let orders stand, and what those have to come to: worked out by hand from all that was
// ever reported and agreed, without anything that the market keeps.
import type { Engine } from "../../src/core/engine.js";
import { openMemoryStore } from "../../src/ledger/store/memory.js";
import type { Store } from "../../src/ledger/store/store.js";
import type { SupplyContract, UseContract } from "../../src/market/contracts/contracts.js";
import { contractKey } from "../../src/market/contracts/kinds.js";
import type { StandingOrder } from "../../src/market/contracts/standingorder.js";
import type { Market } from "../../src/market/market.js";
import { openMarket } from "../../src/market/open.js";
import { type Carrier, carriers } from "../../src/units.js";
import { random } from "./scenario.js";

type SideContract = SupplyContract | UseContract;

/** A standing order as a block has to hold it. */
export interface Expected {
  readonly participant: number;
  readonly carrier: Carrier;
  readonly side: "offer" | "bid";
  readonly revision: 65535;
  readonly quantity: number;
  readonly price: number;
}

/** Six hours a period, so that a day is four. */
export const perDay = 4;
const periodMs = 86_400_000 / perDay;
const traded: readonly Carrier[] = ["electricity", "heat"];

/** Everything that was agreed and reported, from which a period's standing orders follow. */
class Memory {
  readonly contracts: SideContract[] = [];
  /** Ends of contracts: key and the period from which on it is gone. */
  readonly ends: { readonly key: string; readonly from: number }[] = [];
  readonly readings: {
    readonly block: number;
    readonly id: string;
    readonly carrier: Carrier;
    readonly period: number;
    readonly in: number;
    readonly out: number;
  }[] = [];

  held(key: string, period: number): SideContract | undefined {
    const found = this.contracts.findLast((each) => contractKey(each) === key && each.from <= period);
    const gone = this.ends.some(
      (end) => end.key === key && end.from <= period && end.from > (found?.from ?? 0),
    );
    return gone ? undefined : found;
  }

  /** Whether readings of a day are asked for in a period. */
  #asks(id: string, carrier: Carrier, period: number): boolean {
    return ["supply", "use"].some(
      (kind) => this.held(`${kind}/${carrier}/${id}`, period)?.standing?.quantity.rule === "dayBefore",
    );
  }

  #said(contract: SideContract, id: string, period: number): { in: number; out: number } | undefined {
    const { carrier } = contract;
    const known = this.readings.filter((each) => each.id === id && each.carrier === carrier);
    // Of the latest metered period, and of that what was said last.
    const lastBefore = (block: number) =>
      known
        .filter((each) => each.block < block)
        .reduce<(typeof known)[number] | undefined>(
          (last, each) => (last === undefined || each.period >= last.period ? each : last),
          undefined,
        );
    if (contract.standing!.quantity.rule === "last") return lastBefore(period);
    let since = period;
    while (since > 0 && this.#asks(id, carrier, since - 1)) since -= 1;
    const first = lastBefore(since);
    return known.findLast(
      (each) =>
        each.period === period - perDay && each.block < period && (each.block >= since || each === first),
    );
  }

  #quantity(contract: SideContract | undefined, id: string, period: number): number {
    const quantity = contract?.standing?.quantity;
    if (contract === undefined || quantity === undefined) return 0;
    if (quantity.rule === "fixed") return quantity.amount;
    const said = this.#said(contract, id, period);
    if (said === undefined) return 0;
    const net = contract.kind === "use" ? said.in - said.out : said.out - said.in;
    return Math.min(Math.max(net, 0), quantity.most ?? 0xffff_ffff, contract.limit);
  }

  /** The standing orders of a period in which `ordered` (id/carrier) sent something. */
  orders(ids: readonly string[], period: number, ordered: ReadonlySet<string>): Expected[] {
    const found: Expected[] = [];
    for (const [participant, id] of ids.entries())
      for (const carrier of carriers) {
        if (ordered.has(`${id}/${carrier}`)) continue;
        const supply = this.held(`supply/${carrier}/${id}`, period);
        const use = this.held(`use/${carrier}/${id}`, period);
        const net = this.#quantity(supply, id, period) - this.#quantity(use, id, period);
        const common = { participant, carrier, revision: 65535 } as const;
        if (net > 0) found.push({ ...common, side: "offer", quantity: net, price: supply!.standing!.price });
        if (net < 0) found.push({ ...common, side: "bid", quantity: -net, price: use!.standing!.price });
      }
    return found;
  }
}

/** A market that ran, and the standing orders of each of its periods. */
export interface StandingRun {
  readonly market: Market;
  readonly store: Store;
  readonly expected: ReadonlyMap<number, readonly Expected[]>;
}

/** Runs a random market of so many periods. Everybody has credit without limit. */
export async function runStanding(engine: Engine, seed: number, periods: number): Promise<StandingRun> {
  const below = random(seed);
  const chance = (percent: number): boolean => below(100) < percent;
  const ids = Array.from({ length: 2 + below(5) }, (_, index) => `m${index}`);
  const memory = new Memory();
  const expected = new Map<number, readonly Expected[]>();
  const standing = (limit: number): { standing?: StandingOrder } => {
    if (chance(15)) return {};
    const most = chance(50) ? {} : { most: 1 + below(limit) };
    const quantity = chance(30)
      ? ({ rule: "fixed", amount: 1 + below(limit) } as const)
      : ({ rule: chance(30) ? "last" : "dayBefore", ...most } as const);
    return { standing: { price: below(300_000) - 20_000, quantity } };
  };
  const terms = (
    kind: "supply" | "use",
    participant: string,
    carrier: Carrier,
    from: number,
  ): SideContract => {
    const limit = 10 + below(2_000);
    const common = { version: 1, from, participant, carrier, limit, ...standing(limit) };
    if (kind === "supply") return { kind, ...common, collateral: "0" };
    return { kind, ...common, interruptible: 0, interruptionPrice: 0, import: chance(50) };
  };
  for (const id of ids)
    for (const carrier of traded)
      for (const kind of ["supply", "use"] as const)
        if (chance(60)) memory.contracts.push(terms(kind, id, carrier, 0));
  const store = await openMemoryStore({ hasher: engine });
  const market = await openMarket({
    engine,
    store,
    startMs: 0,
    periodMs,
    participants: ids,
    metering: { window: 2, corrections: 2, missing: "last" },
    contracts: [...memory.contracts],
  });
  /** Members change their minds: a new contract, or the end of one. */
  const agree = (): void => {
    const [id, carrier] = [ids[below(ids.length)]!, traded[below(2)]!];
    const kind = chance(50) ? "supply" : "use";
    const [key, from] = [`${kind}/${carrier}/${id}`, market.period + 1];
    if (memory.held(key, from)?.from === from) return;
    if (chance(30)) {
      const end = { kind: "end", version: market.nextVersion(`end/${key}`), from, contract: key } as const;
      if (memory.held(key, from) === undefined || market.propose(end).status !== "accepted") return;
      memory.ends.push({ key, from });
      return;
    }
    if (memory.ends.some((end) => end.key === key && end.from === from)) return;
    const contract = { ...terms(kind, id, carrier, from), version: market.nextVersion(key) };
    if (market.propose(contract).status === "accepted") memory.contracts.push(contract);
  };
  const report = (): void => {
    const [id, carrier] = [ids[below(ids.length)]!, traded[below(2)]!];
    const period = Math.max(1, market.period - 1 - below(4));
    const [taken, given] = [below(3_000), below(3_000)];
    const decimal = (ticks: number): string => (ticks / 1e6).toFixed(6);
    for (let version = 1; version < 4; version += 1) {
      const reading = { participant: id, carrier, period, version, in: decimal(taken), out: decimal(given) };
      if (market.report(reading).status !== "accepted") continue;
      memory.readings.push({ block: market.period, id, carrier, period, in: taken, out: given });
      return;
    }
  };
  while (market.period <= periods) {
    const { period } = market;
    const ordered = new Set<string>();
    for (const id of ids)
      for (const carrier of traded) {
        if (!chance(25)) continue;
        const side = chance(50) ? "offer" : "bid";
        const answer = chance(40)
          ? market.withdraw(id, carrier)
          : market.submit({ participant: id, carrier, side, quantity: "0.000010", price: "0.1" });
        if (answer.status !== "accepted") continue;
        ordered.add(`${id}/${carrier}`);
        if (chance(20)) market.withdraw(id, carrier);
      }
    for (let index = 0; index < 3 * ids.length; index += 1) report();
    if (chance(60)) agree();
    expected.set(period, memory.orders(ids, period, ordered));
    await market.clearPeriod(period * periodMs);
  }
  return { market, store, expected };
}
