/**
 * The real past under other rules: a ledger is executed as it is and, beside it, as it would have been, and what each
 * participant bears is compared (docs/replay.md). What comes of it is a calculation: the other market is neither signed
 * nor sealed, and has no blocks.
 */
import { needObject, onlyKeys } from "../../check.js";
import { type Engine, openEngine } from "../../core/engine.js";
import { fail, within } from "../../errors.js";
import type { Block } from "../../ledger/format/block.js";
import { type Blocks, checkBlocks } from "../../ledger/format/chain.js";
import { orderLayout, readingLayout, tradeLayout } from "../../ledger/format/records.js";
import type { Hasher } from "../../ledger/tree/hasher.js";
import { openHasher } from "../../ledger/tree/hashwasm.js";
import type { Positions } from "../../market/books/positions.js";
import { parseContract } from "../../market/contracts/kinds.js";
import { highestOf } from "../../market/contracts/tariffs.js";
import { carrierCount, type Terms } from "../../market/contracts/terms.js";
import type { PeriodOutcome } from "../../market/period/period.js";
import { openReplay } from "../../market/replay.js";
import { type Carrier, carriers } from "../../units.js";
import type { Summary } from "../balances.js";
import { checkedBlocks } from "../blocks.js";
import { contractsOf, type MarketTicks, marketTicks } from "../columns.js";
import { addCosts, type Cost, type CostOf } from "../cost.js";
import { ExactSums } from "../exact.js";
import { Indicators } from "../indicators.js";
import { Changes } from "./changes.js";
import { OtherMarket } from "./market.js";
import { MeterShifts } from "./meters.js";
import { checkWhatIf, type WhatIfRules } from "./rules.js";

/** What a participant came to under one set of rules; money in amount ticks, energy in quantity ticks. */
export interface MemberOutcome extends Cost {
  /** What its bids got, by trades, pool and grid, and what its offers sold, by carrier. */
  readonly served: { readonly [carrier in Carrier]: bigint };
  readonly sold: { readonly [carrier in Carrier]: bigint };
}

/** A participant under both. */
export interface MemberChange {
  readonly participant: string;
  /** Under the ledger's rules; null for a copy. */
  readonly before: MemberOutcome | null;
  /** Under the others; null for one who is taken out. */
  readonly after: MemberOutcome | null;
  /** What it bears less under the others (`with` before less after); null where one of the two is missing. */
  readonly gain: bigint | null;
  /** Its orders that the other rules did not take. */
  readonly refused: number;
}

/** A sum under both. */
export interface BeforeAfter {
  readonly before: bigint;
  readonly after: bigint;
}

/** Who gains what under other rules. */
export interface WhatIf {
  readonly ticks: MarketTicks;
  readonly currency: string;
  /** Blocks of the ledger, and orders in them. */
  readonly blocks: number;
  readonly orders: number;
  /** In the order of registration, copies last. */
  readonly members: readonly MemberChange[];
  /** Those who are there under both, together. */
  readonly together: { readonly before: Cost; readonly after: Cost; readonly gain: bigint };
  /** What the platform keeps: its income less what its own stores hold less. */
  readonly platform: BeforeAfter;
  /** What the retailer behind the grid connection got less what it paid, and what the grid's operator got. */
  readonly retailer: BeforeAfter;
  readonly operator: BeforeAfter;
  /** What all of it cost (docs/indicators.md). */
  readonly systemCost: BeforeAfter;
  /** What the other rules did not take. */
  readonly refused: {
    readonly orders: number;
    readonly readings: number;
    readonly contracts: number;
    /** Why the first was not taken; null: all were. */
    readonly first: string | null;
  };
}

/** Options of {@link replayWith}; whatever is left out is opened, and closed again. */
export interface WhatIfOptions {
  readonly engine?: Engine;
  /** Default: hash-wasm's. */
  readonly hasher?: Hasher;
  /** Called after every hundredth block and after the last, with the number of blocks done. */
  readonly progress?: (done: number) => void;
}

/**
 * Executes a ledger by its blocks, in order from genesis, under its own rules and under others, and compares. Throws
 * `corrupt` naming the first bad height, `state` naming a block whose records are withheld, and, with `rules` in front,
 * `invalid` or `limit` naming what of them is wrong or is about nothing in this ledger, and `refused` or `conflict`
 * naming a contract that the other market could not begin with.
 *
 * @example
 * const { members } = await replayWith(market.store.blocks(), { tariffs: { electricity: { retail: "0.4" } } });
 */
export async function replayWith(
  blocks: Blocks,
  rules: WhatIfRules,
  options: WhatIfOptions = {},
): Promise<WhatIf> {
  checkBlocks(blocks);
  needObject(rules, "rules");
  onlyKeys(options, "options", ["engine", "hasher", "progress"]);
  const hasher = options.hasher ?? (await openHasher());
  const engine = options.engine ?? (await openEngine());
  const { progress = () => {} } = options;
  let comparison: Comparison | null = null;
  let done = 0;
  try {
    for await (const { block } of checkedBlocks(blocks, hasher)) {
      comparison ??= new Comparison(engine, block, rules);
      comparison.add(block);
      done += 1;
      if (done % 100 === 0) progress(done);
    }
    if (comparison === null) return fail("invalid", "blocks", "a ledger with blocks", "none");
    if (done % 100 !== 0) progress(done);
    return comparison.result();
  } finally {
    if (options.engine === undefined) engine.close();
  }
}

/** The ticks in which a ledger counts. Throws `corrupt` unless its first block begins with a market contract. */
export function ticksOf(genesis: Block): MarketTicks {
  const market = within(0, () => parseContract(contractsOf(genesis)[0], "contract 0"));
  return market.kind === "market"
    ? marketTicks(market)
    : fail("corrupt", "block 0", "the market contract first", market.kind);
}

/** Both markets, block by block. */
class Comparison {
  readonly #ticks: MarketTicks;
  readonly #changes: Changes;
  readonly #replay: ReturnType<typeof openReplay>;
  readonly #other: OtherMarket;
  readonly #shifts = new MeterShifts();
  readonly #before: Indicators = new Indicators();
  readonly #after: Indicators;
  readonly #energy = { before: new EnergySums(), after: new EnergySums() };
  /** By place of participant and carrier: what a unit costs by the ledger's contracts, and what converters make. */
  readonly #costs = new Map<number, number>();
  readonly #converted = new Set<number>();

  constructor(engine: Engine, genesis: Block, rules: WhatIfRules) {
    this.#ticks = ticksOf(genesis);
    this.#changes = new Changes(within("rules", () => checkWhatIf(rules, this.#ticks)));
    this.#replay = openReplay(engine);
    this.#other = new OtherMarket(engine, this.#changes);
    // Who makes energy anyway and who has to pay for it does not change with the tariff.
    const costOf: CostOf = (id, carrier) => {
      const number = this.#other.origins[this.#other.state.terms.numberOf(id)!]!;
      return this.#costs.get(number * carrierCount + carriers.indexOf(carrier)) ?? null;
    };
    this.#after = new Indicators({ costOf });
  }

  add(block: Block): void {
    const contracts = contractsOf(block);
    const { state } = this.#replay;
    this.#replay.replay(block);
    const { terms } = state;
    const { period, height } = block.header;
    // No verdict on the block: the rules are to be mended.
    const outcome = within(`rules: block ${height}`, () =>
      this.#other.execute(block, contracts, terms, this.#shifts.of),
    );
    this.#before.add(block);
    this.#after.add(asBlock(block, outcome));
    this.#energy.before.add(state.positions);
    this.#energy.after.add(this.#other.state.positions);
    if (contracts.length > 0) this.#readTerms(terms);
    if (state.books.size === 0) return;
    const { origins } = this.#other;
    const origin = (slot: number): number =>
      origins[Math.floor(slot / carrierCount)]! * carrierCount + (slot % carrierCount);
    const follows = (slot: number): boolean => this.#converted.has(slot) || this.#costs.has(slot);
    this.#shifts.note(
      period,
      { ledger: state.positions, other: this.#other.state.positions },
      origin,
      follows,
    );
    this.#shifts.keep((each) => state.books.has(each));
  }

  /** Takes over what the ledger's contracts say of the cost of energy (docs/indicators.md). */
  #readTerms({ supply, payment, market, participants, converters }: Terms): void {
    this.#costs.clear();
    this.#converted.clear();
    const feedIns = carriers.map((carrier) => payment && highestOf(payment, market!, carrier, "feedIn"));
    for (let slot = 0; slot < participants.length * carrierCount; slot += 1) {
      const pool = supply.own[slot]?.pool;
      const floor = pool === undefined || pool === false ? undefined : pool.floor;
      const feedIn = feedIns[slot % carrierCount]!;
      if (floor !== undefined && feedIn !== null && floor > feedIn) this.#costs.set(slot, floor);
    }
    for (const { contract, participant, output } of converters)
      if (contract !== null) this.#converted.add(participant * carrierCount + output);
  }

  result(): WhatIf {
    within("rules", () => this.#changes.checkMet());
    const [before, after] = [this.#before.summary(), this.#after.summary()];
    const members = this.#members(before, after);
    const both = members.flatMap(({ before: one, after: other }) =>
      one === null || other === null ? [] : [{ one, other }],
    );
    const sums = {
      before: addCosts(both.map(({ one }) => one)),
      after: addCosts(both.map(({ other }) => other)),
    };
    const { orders, readings, contracts, first } = this.#other.refused;
    const change = (of: (summary: Summary) => bigint): BeforeAfter => ({
      before: of(before),
      after: of(after),
    });
    return {
      ticks: this.#ticks,
      currency: this.#replay.state.terms.market!.currency,
      blocks: before.blocks,
      orders: before.orders,
      members,
      together: { ...sums, gain: sums.before.with - sums.after.with },
      platform: change(({ savings }) => savings.platform.income - savings.platform.drained),
      retailer: change(({ savings }) => savings.retailer),
      operator: change(({ savings }) => savings.operator),
      systemCost: change(({ savings }) => savings.systemCost),
      refused: {
        orders: [...orders.values()].reduce((sum, count) => sum + count, 0),
        readings,
        contracts,
        first,
      },
    };
  }

  #members(before: Summary, after: Summary): MemberChange[] {
    const { orders } = this.#other.refused;
    const { terms } = this.#other.state;
    const found = after.savings.participants;
    const members = before.savings.participants.map(({ participant, ...cost }, number): MemberChange => {
      const one = { ...cost, ...this.#energy.before.of(number) };
      const place = terms.numberOf(participant);
      const other =
        place === undefined || this.#changes.leaves(participant) ? null : this.#outcome(found[place]!, place);
      const gain = other === null ? null : one.with - other.with;
      return { participant, before: one, after: other, gain, refused: orders.get(participant) ?? 0 };
    });
    const known = new Set(members.map(({ participant }) => participant));
    for (const [place, cost] of found.entries()) {
      const { participant } = cost;
      if (known.has(participant)) continue;
      const refused = orders.get(participant) ?? 0;
      members.push({ participant, before: null, after: this.#outcome(cost, place), gain: null, refused });
    }
    return members;
  }

  #outcome(
    { participant: _, ...cost }: Cost & { readonly participant: string },
    place: number,
  ): MemberOutcome {
    return { ...cost, ...this.#energy.after.of(place) };
  }
}

/** What a period came to as the block that nobody seals: its links, roots and evidence are none of its own. */
function asBlock({ header }: Block, { sections, totals }: PeriodOutcome): Block {
  const counted = (name: "orders" | "trades" | "readings", layout: { readonly bytes: number }) => ({
    ...header.sections[name],
    count: sections[name].length / layout.bytes,
  });
  return {
    header: {
      ...header,
      totals,
      sections: {
        ...header.sections,
        orders: counted("orders", orderLayout),
        trades: counted("trades", tradeLayout),
        readings: counted("readings", readingLayout),
      },
    },
    sections: { ...sections, evidence: new Uint8Array(0) },
    secret: null,
  };
}

/** What orders got and sold over many periods, by participant and carrier. */
class EnergySums {
  readonly #bought = new ExactSums();
  readonly #sold = new ExactSums();

  add({ bought, sold }: Positions): void {
    this.#bought.grow(bought.length);
    this.#sold.grow(sold.length);
    for (let slot = 0; slot < bought.length; slot += 1) {
      if (bought[slot] !== 0) this.#bought.add(slot, bought[slot]!);
      if (sold[slot] !== 0) this.#sold.add(slot, sold[slot]!);
    }
  }

  of(participant: number): Pick<MemberOutcome, "served" | "sold"> {
    const by = (sums: ExactSums) =>
      Object.fromEntries(
        carriers.map((carrier, code) => [carrier, sums.get(participant * carrierCount + code)]),
      ) as { [carrier in Carrier]: bigint };
    return { served: by(this.#bought), sold: by(this.#sold) };
  }
}
