/**
 * A run: the market of a simulated community, period after period, from its first block to its last. The commands, the
 * page and the tests all run communities through here.
 */
import { sameBytes } from "../bytes.js";
import { needMethods, onlyKeys } from "../check.js";
import { fail, type GridclearError } from "../errors.js";
import { type Block, decodeItems } from "../ledger/format/block.js";
import { encodeCanonical } from "../ledger/format/canonical.js";
import type { Store } from "../ledger/store/store.js";
import type { Hasher } from "../ledger/tree/hasher.js";
import type { Contract } from "../market/contracts/contracts.js";
import type { MatchingEngine } from "../market/engine.js";
import type { Reading } from "../market/intake/request.js";
import type { Market } from "../market/market.js";
import { type MarketOptions, openMarket } from "../market/open.js";
import type { PeriodResult } from "../market/result.js";
import type { Summary } from "../report/indicators.js";
import { carriers, formatTicks } from "../units.js";
import type { Community } from "./community.js";
import { type Deliveries, deliveriesOf } from "./deliveries.js";
import { History } from "./history.js";
import { checkKept, keepScenario } from "./keptscenario.js";
import type { Placed } from "./orders.js";
import { type ReadingColumns, readingWindow } from "./readings.js";
import type { SignedIntake, SignedRun } from "./signed.js";
import { checkedBlock, type MissingOrder, RunSums } from "./sums.js";

/** Options of {@link openSimulation}. */
export interface SimulationOptions {
  readonly engine: MatchingEngine;
  /** Where blocks go; one with blocks of the same scenario is resumed. Default: memory. */
  readonly store?: Store;
  /** How everything is signed, in a signed market (`signedRun`). */
  readonly signed?: SignedRun;
  /** After every so many blocks the state is kept in the store as a snapshot. Default: never. */
  readonly snapshotEvery?: number;
}

/** Orders of a run that its market did not take. They are in no block. */
export interface Refusals {
  /** How many, from the run's first period on. */
  readonly orders: number;
  /** The first of them; null when there is none. */
  readonly first: MissingOrder | null;
  /** Why the first since the run was opened was refused; null when none was since. */
  readonly why: GridclearError | null;
}

/** What goes into a period, made ahead. */
interface Prepared {
  readonly place: number;
  readonly placed: Placed;
  readonly readings: ReadingColumns;
}

/**
 * A community that trades: `for await (const result of simulation)` trades and seals a period each time round, until
 * the scenario's periods are over; leave the loop early, and a later one goes on. What the community does in a period
 * depends on the scenario and on the blocks before, not on how it came there: stopped anywhere and opened again on the
 * same store, it writes the same blocks.
 */
export class Simulation implements AsyncIterableIterator<PeriodResult, undefined> {
  readonly community: Community;
  readonly market: Market;
  readonly #sums: RunSums;
  readonly #delivered: Map<number, Deliveries>;
  readonly #history: History | null;
  readonly #intake: SignedIntake | null;
  #cleared: PeriodResult | null = null;
  #ahead: Prepared | null = null;
  #stepping = false;
  #firstRefusal: GridclearError | null = null;

  /** Use {@link openSimulation}. */
  constructor(community: Community, market: Market, past: Past, intake: SignedIntake | null) {
    this.community = community;
    this.market = market;
    this.#sums = past.sums;
    this.#delivered = past.delivered;
    this.#history = past.history;
    this.#intake = intake;
    market.on("cleared", (result) => {
      this.#cleared = result;
    });
  }

  /** Place of the open period in the run, from 0; the scenario's number of periods when the run is over. */
  get place(): number {
    return this.market.period - this.community.genesis - 1;
  }

  /** Whether every period of the scenario is sealed. */
  get done(): boolean {
    return this.place >= this.community.scenario.periods;
  }

  /**
   * Trades and seals the open period; resolves when its block is on the store, or with `done` when the run is over.
   * Throws `state` while a period is still being sealed, and what the market throws.
   */
  async next(): Promise<IteratorResult<PeriodResult, undefined>> {
    if (this.#stepping) return fail("state", "next", "one period at a time", "a period being sealed");
    if (this.done) return { done: true, value: undefined };
    this.#stepping = true;
    try {
      return { done: false, value: await this.#step() };
    } finally {
      this.#stepping = false;
    }
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async #step(): Promise<PeriodResult> {
    const { community, market, place } = this;
    const { placed, readings } = this.#ahead?.place === place ? this.#ahead : this.#prepare(place);
    const { orders } = placed;
    const contracts = community.contracts(place + 1, this.#history);
    if (this.#intake === null) {
      for (let index = 0; index < readings.in.length; index++) market.report(this.#reading(readings, index));
      this.#firstRefusal ??= market.submitColumns(orders).refused[0]?.error ?? null;
      for (const contract of contracts) market.propose(contract);
    } else {
      const named = Array.from(readings.in, (_, index) => this.#reading(readings, index));
      const refusal = await this.#intake.take(named, orders, contracts);
      this.#firstRefusal ??= refusal;
    }
    this.#cleared = null;
    const sealing = market.clearPeriod(community.timeOf(place + 1));
    // The period is cleared by now; while its block is on the way to the store the next is prepared.
    const block = (this.#cleared as PeriodResult | null)?.block;
    if (block !== undefined) {
      this.#sums.follow(block, orders);
      this.#history?.add(block, place);
      keep(this.#delivered, place, deliveriesIn(community, block, placed));
      this.#ahead = this.done ? null : this.#prepare(place + 1);
    }
    const result = await sealing;
    await this.#intake?.settled();
    return result;
  }

  #reading(readings: ReadingColumns, index: number): Reading {
    return {
      participant: this.community.members[readings.participant[index]!]!.id,
      carrier: carriers[readings.carrier[index]!]!,
      period: this.community.genesis + 1 + readings.place[index]!,
      version: readings.version[index]!,
      in: formatTicks(readings.in[index]!, this.community.quantityTick),
      out: formatTicks(readings.out[index]!, this.community.quantityTick),
    };
  }

  #prepare(place: number): Prepared {
    return {
      place,
      placed: this.community.placed(place, this.#history),
      readings: this.community.readings(place, (about) => this.#delivered.get(about)),
    };
  }

  /**
   * Orders that the market refused, such as those beyond their owner's means. The first call of a run that goes on
   * reads the blocks before; throws `corrupt` naming one that does not hold.
   */
  async refused(): Promise<Refusals> {
    await this.#sums.catchUp(this.market.store);
    return { ...this.#sums.refused, why: this.#firstRefusal };
  }

  /**
   * What the blocks so far came to. The first call of a run that goes on reads the blocks before; throws `corrupt`
   * naming one that does not hold.
   */
  async summary(): Promise<Summary> {
    await this.#sums.catchUp(this.market.store);
    return this.#sums.summary();
  }
}

function keep(delivered: Map<number, Deliveries>, place: number, deliveries: Deliveries): void {
  delivered.set(place, deliveries);
  delivered.delete(place - readingWindow);
}

/**
 * Opens a run: a new one, whose genesis is sealed at once, or the one in `store`, which goes on from the newest
 * snapshot that holds, executed again from there.
 * Throws `conflict` when the store holds another scenario, naming what has changed, `corrupt` when its ledger does not
 * hold.
 */
export async function openSimulation(community: Community, options: SimulationOptions): Promise<Simulation> {
  needMethods(community, "community", "a community, as `openCommunity` gives it", ["contracts", "orders"]);
  onlyKeys(options, "options", ["engine", "store", "signed", "snapshotEvery"]);
  const { engine, store, signed, snapshotEvery } = options;
  if (store !== undefined) {
    await checkKept(store, community, engine);
    if (store.size > 0) await checkSame(community, store, engine);
  }
  const parts: MarketOptions = {
    engine,
    ...(store === undefined ? {} : { store }),
    ...(snapshotEvery === undefined ? {} : { snapshotEvery }),
    contracts: community.contracts(-1),
    // The market's own loop never runs: a period ends when the simulation says so.
    clock: { now: () => community.timeOf(0), setTimer: () => null, clearTimer: () => {} },
  };
  const past = await readPast(community, store ?? null, engine);
  const logged =
    signed &&
    (await openMarket({
      ...parts,
      log: true,
      signatures: signed.signatures,
      sign: (contract, id) => signed.sign(contract, id),
    }));
  // What a signed run proposed is in its log; an unsigned one keeps none.
  const market = logged ?? (await openMarket({ ...parts, due: () => past.due }));
  // After genesis: values without blocks would look like a ledger that lost them.
  await keepScenario(market.store, community, engine);
  const intake = logged === undefined ? null : await signed!.open(logged);
  return new Simulation(community, market, past, intake);
}

/** What a run that goes on knows of the blocks before. */
interface Past {
  readonly sums: RunSums;
  readonly delivered: Map<number, Deliveries>;
  readonly history: History | null;
  /** What was proposed for the open period. */
  readonly due: readonly Contract[];
}

/** What a community remembers, of nothing yet; null when nobody in it does. */
const openHistory = ({ memory, members, scenario }: Community): History | null =>
  memory > 0 ? new History(scenario, members.length) : null;

const deliveriesIn = ({ members, owners, follows }: Community, block: Block, { meant }: Placed): Deliveries =>
  deliveriesOf(block, members.length, owners, { meant, follows });

/**
 * Reads the blocks whose deliveries may still be metered, and those that are remembered then; the sums are left to
 * whoever asks for them.
 */
async function readPast(community: Community, store: Store | null, hasher: Hasher): Promise<Past> {
  const delivered = new Map<number, Deliveries>();
  const history = openHistory(community);
  let due: readonly Contract[] = [];
  const metered = (store?.size ?? 0) - readingWindow;
  let height = Math.max(1, metered - community.memory);
  if (store !== null)
    for await (const bytes of store.blocks(height)) {
      const block = checkedBlock(bytes, height, hasher);
      const place = height - 1;
      if (height >= metered)
        keep(delivered, place, deliveriesIn(community, block, community.placed(place, history)));
      // Proposed while this block's period was open, by the blocks before it.
      due = community.contracts(place + 1, history);
      history?.add(block, place);
      height += 1;
    }
  return { sums: new RunSums(community, hasher, openHistory(community)), delivered, history, due };
}

/** Throws unless genesis agreed to exactly what this community agrees to. */
async function checkSame(community: Community, store: Store, hasher: Hasher): Promise<void> {
  const bytes = await store.get(0);
  const found = bytes === null ? [] : decodeItems(checkedBlock(bytes, 0, hasher).sections.contracts);
  const wanted = community.contracts(-1).map((contract) => encodeCanonical(contract));
  const same =
    found.length === wanted.length && found.every((item, index) => sameBytes(item, wanted[index]!));
  if (!same)
    fail("conflict", "ledger", `one of scenario ${community.scenario.name}`, "one with other contracts");
}
