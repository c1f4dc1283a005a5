import { fail } from "../errors.js";
import { decodeBlock, decodeItems } from "../ledger/block.js";
import { sameBytes } from "../ledger/bytes.js";
import { encodeCanonical } from "../ledger/canonical.js";
import type { Store } from "../ledger/store/store.js";
import { type Market, type OrderBatch, openMarket } from "../market/market.js";
import type { PeriodResult } from "../market/result.js";
import type { MatchingEngine } from "../market/round.js";
import { carriers, formatTicks, microTick } from "../units.js";
import type { Community } from "./community.js";
import { type Deliveries, deliveriesOf } from "./deliveries.js";
import { Indicators, type Summary } from "./indicators.js";
import { type ReadingColumns, readingWindow } from "./readings.js";

/** What {@link openSimulation} is told. */
export interface SimulationOptions {
  readonly engine: MatchingEngine;
  /** Where blocks go; one with blocks of the same scenario is resumed. Default: memory. */
  readonly store?: Store;
}

/** What goes into a period, made ahead. */
interface Prepared {
  readonly place: number;
  readonly orders: OrderBatch;
  readonly readings: ReadingColumns;
}

/**
 * A community that trades, one period a step. What it does in a period depends on the scenario and on the blocks
 * before, not on how it came there: stopped anywhere and opened again on the same store, it writes the same blocks.
 */
export class Simulation {
  readonly community: Community;
  readonly market: Market;
  readonly #indicators: Indicators;
  readonly #delivered: Map<number, Deliveries>;
  #cleared: PeriodResult | null = null;
  #next: Prepared | null = null;

  /** Use {@link openSimulation}. */
  constructor(
    community: Community,
    market: Market,
    indicators: Indicators,
    delivered: Map<number, Deliveries>,
  ) {
    this.community = community;
    this.market = market;
    this.#indicators = indicators;
    this.#delivered = delivered;
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

  /** Trades and seals the open period; resolves when its block is on the store. Throws `state` when the run is over. */
  async step(): Promise<PeriodResult> {
    const { community, market, place } = this;
    if (this.done) return fail("state", "step", `one of ${community.scenario.periods} periods`, place);
    const { orders, readings } = this.#next?.place === place ? this.#next : this.#prepare(place);
    for (let index = 0; index < readings.in.length; index++)
      market.report({
        participant: community.members[readings.participant[index]!]!.id,
        carrier: carriers[readings.carrier[index]!]!,
        period: community.genesis + 1 + readings.place[index]!,
        version: readings.version[index]!,
        in: formatTicks(readings.in[index]!, microTick),
        out: formatTicks(readings.out[index]!, microTick),
      });
    market.submitColumns(orders);
    for (const contract of community.contracts(place + 1)) market.propose(contract);
    this.#cleared = null;
    const sealing = market.clearPeriod(community.timeOf(place + 1));
    // The period is cleared by now; while its block is on the way to the store the next is prepared.
    const block = (this.#cleared as PeriodResult | null)?.block;
    if (block !== undefined) {
      this.#indicators.add(block);
      const deliveries = deliveriesOf(block, community.members.length, community.owners);
      keep(this.#delivered, place, deliveries);
      this.#next = this.done ? null : this.#prepare(place + 1);
    }
    return sealing;
  }

  #prepare(place: number): Prepared {
    return {
      place,
      orders: this.community.orders(place),
      readings: this.community.readings(place, (about) => this.#delivered.get(about)),
    };
  }

  /** What the blocks so far came to. */
  summary(): Summary {
    return this.#indicators.summary();
  }
}

function keep(delivered: Map<number, Deliveries>, place: number, deliveries: Deliveries): void {
  delivered.set(place, deliveries);
  delivered.delete(place - readingWindow);
}

/**
 * Opens a run: a new one, whose genesis is sealed at once, or the one in `store`, which is executed again and goes on.
 * Throws `conflict` when the store holds another scenario, `corrupt` when its ledger does not hold.
 */
export async function openSimulation(community: Community, options: SimulationOptions): Promise<Simulation> {
  const { engine, store } = options;
  if (store !== undefined && store.size > 0) await checkSame(community, store);
  const market = await openMarket({
    engine,
    ...(store === undefined ? {} : { store }),
    contracts: community.contracts(-1),
    due: (period) => community.contracts(period - community.genesis - 1),
    clock: { now: () => community.timeOf(0), setTimer: () => null, clearTimer: () => {} },
  });
  const indicators = new Indicators();
  const delivered = new Map<number, Deliveries>();
  let place = -1;
  for await (const bytes of market.store.blocks()) {
    const block = decodeBlock(bytes);
    indicators.add(block);
    if (place >= 0 && place >= market.store.size - 1 - readingWindow)
      keep(delivered, place, deliveriesOf(block, community.members.length, community.owners));
    place += 1;
  }
  return new Simulation(community, market, indicators, delivered);
}

/** Throws unless genesis agreed to exactly what this community agrees to. */
async function checkSame(community: Community, store: Store): Promise<void> {
  const bytes = await store.get(0);
  const found = bytes === null ? [] : decodeItems(decodeBlock(bytes).sections.contracts);
  const wanted = community.contracts(-1).map((contract) => encodeCanonical(contract));
  const same =
    found.length === wanted.length && found.every((item, index) => sameBytes(item, wanted[index]!));
  if (!same)
    fail("conflict", "ledger", `one of scenario ${community.scenario.name}`, "one with other contracts");
}
