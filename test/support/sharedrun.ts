// Random markets whose carriers are shared, block by block beside an oracle: late, missing and corrected readings,
// members of several communities, and members who can't pay.
import { expect } from "vitest";
import type { Engine } from "../../src/core/engine.js";
import { openMemoryStore } from "../../src/ledger/store/memory.js";
import type { Contract } from "../../src/market/contracts/contracts.js";
import { openMarket } from "../../src/market/open.js";
import type { NamedSharingKey } from "../../src/sharing/namedkey.js";
import { sharingKeys } from "../../src/sharing/share.js";
import { Random } from "../core/markets.js";
import {
  movements,
  type Pairs,
  pairsByTheBook,
  type Said,
  type SharedCommunity,
  type SharedFlow,
} from "../oracle/sharedmarket.js";
import type { OracleKey } from "../oracle/sharing.js";

const none: Said = { in: 0n, out: 0n };
const metering = { window: 2, corrections: 3 } as const;
const dated = { version: 1, from: 0 } as const;

/** A random market with two carriers that are shared, and what has to come of it, worked out by the oracle. */
class Run {
  readonly random: Random;
  readonly missing: "traded" | "zero" | "last";
  readonly ids: string[];
  readonly credit: (bigint | null)[];
  readonly contracts: Contract[] = [];
  communities: SharedCommunity[] = [];
  /** By period: the communities of the period. */
  readonly held = new Map<number, SharedCommunity[]>();
  /** By `period carrier who`: what the meter said last. */
  readonly said = new Map<string, Said>();
  readonly versions = new Map<string, number>();
  readonly last = new Map<string, { period: number; said: Said }>();
  readonly settled = new Set<number>();
  /** By `period community`: what was shared by now. */
  readonly shared = new Map<string, Pairs>();
  readonly balance: bigint[];
  readonly stood = new Map<string, bigint>();
  defaults = 0n;

  constructor(seed: number) {
    const random = new Random(seed);
    this.random = random;
    this.missing = random.of("traded", "zero", "last");
    this.ids = Array.from({ length: random.between(2, 6) }, (_, at) => `m${at}`);
    this.credit = this.ids.map(() => (random.between(0, 2) > 0 ? null : BigInt(random.between(0, 400))));
    this.balance = this.ids.map(() => 0n);
    for (const [at, id] of this.ids.entries())
      this.contracts.push({
        kind: "participant",
        ...dated,
        id,
        creditLimit: this.credit[at] === null ? null : `${this.credit[at]}`,
      });
    for (const carrier of ["electricity", "heat"] as const) this.#found(carrier);
  }

  #found(carrier: "electricity" | "heat"): void {
    const { random, ids } = this;
    const left = ids.map(() => 1_000_000);
    const communities: (SharedCommunity & { named: NamedSharingKey })[] = [];
    for (let number = random.between(0, 3); number > 0; number -= 1) {
      const name = `${carrier} ${number}`;
      const order = ids.map((_, who) => ({ who, rank: random.word() })).sort((a, b) => a.rank - b.rank);
      const members = order.flatMap(({ who }) => {
        if (random.between(0, 3) === 0 || left[who] === 0) return [];
        const factor = random.between(0, 1) === 0 ? left[who]! : random.between(1, left[who]!);
        left[who]! -= factor;
        return [{ who, factor: BigInt(factor), before: BigInt(1_000_000 - left[who]! - factor) }];
      });
      communities.push({
        name,
        carrier,
        price: BigInt(random.of(0, 1, random.between(2, 50), 2 ** 31 - 1)),
        members,
        before: members.map(({ before }) => before),
        ...this.#key(members.map(({ who }) => who)),
      });
    }
    for (const { name, price, named, members } of communities) {
      this.contracts.push({
        kind: "community",
        ...dated,
        community: name,
        carrier,
        price: Number(price),
        key: named,
      });
      for (const { who, factor } of members)
        this.contracts.push({
          kind: "member",
          ...dated,
          community: name,
          participant: ids[who]!,
          factor: Number(factor),
        });
    }
    this.communities.push(...communities);
  }

  /** A key by names, some of whom are no members, and the same by places of members for the oracle. */
  #key(members: readonly number[]): { named: NamedSharingKey; key: OracleKey } {
    const { random } = this;
    const everybody = [...this.ids.keys(), this.ids.length];
    const nameOf = (who: number): string => this.ids[who] ?? "nobody";
    const classes = (): number[][] => {
      const found: number[][] = [[], [], []];
      for (const who of everybody) found[random.between(0, 3)]?.push(who);
      return found.filter((each) => each.length > 0);
    };
    const placed = (of: number[][]): number[][] =>
      of.map((each) => each.map((who) => members.indexOf(who)).filter((place) => place >= 0));
    const key = sharingKeys[random.between(0, 4)]!;
    const ranks = classes();
    const supply = random.between(0, 2) === 0 ? classes() : undefined;
    let left = 1_000_000;
    const shares = everybody.map(() => {
      const part = random.between(0, Math.ceil(left / 2));
      left -= part;
      return part;
    });
    const hasShares = key === "static" || key === "cascade";
    return {
      named: {
        key,
        ...(hasShares
          ? { shares: Object.fromEntries(everybody.map((who) => [nameOf(who), shares[who]!])) }
          : {}),
        ...(key === "priority" ? { classes: ranks.map((each) => each.map(nameOf)) } : {}),
        ...(supply === undefined
          ? {}
          : { supply: "priority", supplyClasses: supply.map((each) => each.map(nameOf)) }),
      },
      key: {
        key,
        ...(hasShares ? { shares: members.map((who) => BigInt(shares[who]!)) } : {}),
        ...(key === "priority" ? { classes: placed(ranks) } : {}),
        ...(supply === undefined ? {} : { supplyClasses: placed(supply) }),
      },
    };
  }

  /** The meters that have to be read for a period to be complete. */
  due(period: number): { carrier: string; who: number }[] {
    const found = new Map<string, { carrier: string; who: number }>();
    for (const { carrier, members } of this.held.get(period) ?? [])
      for (const { who } of members) found.set(`${carrier} ${who}`, { carrier, who });
    return [...found.values()];
  }

  /** What a block of `now` has to share: settles what is complete or over, and every correction. */
  close(now: number): SharedFlow[] {
    const flows: SharedFlow[] = [];
    for (const period of this.held.keys()) {
      if (period >= now) continue;
      if (!this.settled.has(period)) {
        const missing = this.due(period).filter(
          ({ carrier, who }) => !this.said.has(`${period} ${carrier} ${who}`),
        );
        if (missing.length > 0 && now < period + metering.window) continue;
        for (const { carrier, who } of missing) {
          const known = this.last.get(`${carrier} ${who}`)?.said;
          this.said.set(`${period} ${carrier} ${who}`, this.missing === "last" ? (known ?? none) : none);
        }
        this.settled.add(period);
      }
      const net = new Map<string, bigint>();
      const start = [...this.balance];
      for (const community of this.held.get(period)!) {
        const key = `${period} ${community.name}`;
        const is = pairsByTheBook(
          community,
          (who) => this.said.get(`${period} ${community.carrier} ${who}`) ?? none,
        );
        const moved = movements(community, period, this.shared.get(key) ?? new Map(), is);
        this.shared.set(key, is);
        flows.push(...moved);
        for (const { kind, supplier, receiver, quantity, price } of moved) {
          const paid = quantity * price * (kind === "shared" ? 1n : -1n);
          for (const [who, sum] of [
            [receiver, paid],
            [supplier, -paid],
          ] as const) {
            const slot = `${who} ${["electricity", "heat"].indexOf(community.carrier)}`;
            net.set(slot, (net.get(slot) ?? 0n) + sum);
          }
        }
      }
      this.#collect(period, net, start);
    }
    return flows;
  }

  /** Everybody pays in turn, as far as it has, and the platform stands in for the rest. */
  #collect(period: number, net: ReadonlyMap<string, bigint>, start: bigint[]): void {
    const slots = [...net.keys()].sort((a, b) => {
      const [one, other] = [a, b].map((slot) => slot.split(" ").map(Number) as [number, number]);
      return one![0] - other![0] || one![1] - other![1];
    });
    for (const slot of slots) {
      const who = Number(slot.split(" ")[0]);
      const owes = net.get(slot)!;
      const stood = this.stood.get(`${period} ${slot}`) ?? 0n;
      if (owes <= 0n) {
        const back = -owes < stood ? -owes : stood;
        this.defaults += back;
        this.stood.set(`${period} ${slot}`, stood - back);
        start[who]! += -owes - back;
        continue;
      }
      const credit = this.credit[who]!;
      const has = credit === null ? owes : start[who]! + credit;
      const pays = has < 0n ? 0n : has < owes ? has : owes;
      start[who]! -= pays;
      this.defaults -= owes - pays;
      this.stood.set(`${period} ${slot}`, stood + owes - pays);
    }
    for (const [who, sum] of start.entries()) this.balance[who] = sum;
  }
}

const sum = (values: readonly bigint[]): bigint => values.reduce((all, one) => all + one, 0n);

/** Plays nine periods, each held against the oracle, and says how much of what matters was met. */
export async function playShared(engine: Engine, seed: number, isPrivate = false) {
  const run = new Run(seed);
  const { random, ids } = run;
  const store = await openMemoryStore();
  const market = await openMarket({
    engine,
    store,
    clearing: { electricity: { mechanism: "share" }, heat: { mechanism: "share" } },
    ...(isPrivate ? { privacy: "private" as const } : {}),
    quantityTick: "1",
    priceTick: "1",
    // What is shared does not depend on them; what it is worth does.
    tariffs: { electricity: { retail: 31, feedIn: 7 }, heat: { retail: 11, feedIn: -3 } },
    metering: { ...metering, missing: run.missing },
    contracts: run.contracts,
  });
  const seen = { flows: 0, taken: 0, stood: 0 };
  for (let block = 1; block <= 9; block += 1) {
    const now = market.period;
    run.held.set(now, run.communities);
    for (let period = Math.max(1, now - metering.window - metering.corrections); period < now; period += 1)
      for (const [who, participant] of ids.entries())
        for (const carrier of ["electricity", "heat"] as const) {
          if (random.between(0, 2) === 0) continue;
          const most = random.of(0, 1, 10, 10, 1000, 2 ** 32 - 1);
          const said = { in: random.between(0, most), out: random.between(0, random.of(0, most)) };
          const key = `${period} ${carrier} ${who}`;
          const isKnown = run.said.has(key);
          const version = (run.versions.get(key) ?? 0) + 1;
          const answer = market.report({
            participant,
            carrier,
            period,
            version,
            in: `${said.in}`,
            out: `${said.out}`,
          });
          // A first reading comes in its window; who is in no community is never estimated.
          if (answer.status === "refused") {
            expect(!isKnown && now > period + metering.window, answer.error.message).toBe(true);
            continue;
          }
          run.versions.set(key, version);
          const known: Said = { in: BigInt(said.in), out: BigInt(said.out) };
          run.said.set(key, known);
          if (period >= (run.last.get(`${carrier} ${who}`)?.period ?? 0))
            run.last.set(`${carrier} ${who}`, { period, said: known });
        }
    const result = await market.clearPeriod();
    const wanted = run.close(now);
    const found = result.flows().map((flow): SharedFlow => {
      expect(flow.amount).toBe(BigInt(flow.quantity) * BigInt(flow.price));
      expect(flow.lost).toBe(0);
      return {
        kind: flow.kind as "shared",
        carrier: flow.carrier,
        supplier: flow.order,
        receiver: flow.party,
        quantity: BigInt(flow.quantity),
        price: BigInt(flow.price),
        about: Number(flow.extra),
      };
    });
    expect(found, `seed ${seed}, block ${block}`).toEqual(wanted);
    expect(result.readings().every(({ amount }) => amount === 0n)).toBe(true);
    const balances = ids.map((id) => market.balance(id));
    expect(balances, `seed ${seed}, block ${block}: balances`).toEqual(run.balance);
    // Nobody but the members and who stands in for them has moved anything.
    expect(sum(balances) + run.defaults).toBe(0n);
    seen.flows += found.length;
    seen.taken += found.filter(({ kind }) => kind === "unshared").length;
    if (run.defaults !== 0n) seen.stood += 1;
  }
  return { run, store, market, seen };
}
