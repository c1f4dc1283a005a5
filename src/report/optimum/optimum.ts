/**
 * The optimum of a ledger's past, as a reference: the same orders, edges, stores and tariffs, with everything known in
 * advance. What the market reached is measured by the same formula from the records, so that it is never above.
 */
import { needMethods, onlyKeys } from "../../check.js";
import { openEngine } from "../../core/engine.js";
import { fail } from "../../errors.js";
import type { Block } from "../../ledger/format/block.js";
import { type Blocks, checkBlocks } from "../../ledger/format/chain.js";
import { decodeRecords } from "../../ledger/format/layout.js";
import {
  type FlowRecord,
  flowLayout,
  type OrderRecord,
  orderLayout,
  type TradeRecord,
  tradeLayout,
} from "../../ledger/format/records.js";
import type { Hasher } from "../../ledger/tree/hasher.js";
import { openHasher } from "../../ledger/tree/hashwasm.js";
import { carrierCount, type Terms } from "../../market/contracts/terms.js";
import type { MatchingEngine } from "../../market/engine.js";
import type { MarketState } from "../../market/period/state.js";
import { stayIn } from "../../market/period/storage.js";
import { openReplay } from "../../market/replay.js";
import { type Carrier, carriers } from "../../units.js";
import { checkedBlocks, type Stretch, stretchOf } from "../blocks.js";
import { type MarketTicks, marketTicks } from "../columns.js";
import { ordersOf } from "../left.js";
import { type Lots, type ProblemPeriod, type ProblemStore, type Solver, solveProblem } from "./problem.js";

/** What a carrier's market reached, and what it could have; welfare in amount ticks. */
export interface CarrierOptimum {
  readonly reached: bigint;
  /** Rounded up, by a billionth more than the solver says: it is a bound. */
  readonly best: bigint;
  /** By period of the stretch and area, root first: what one unit more would be worth, in price ticks. */
  readonly prices: readonly (readonly number[])[];
}

/** The optimum of a stretch of a ledger. */
export interface Optimum {
  readonly ticks: MarketTicks;
  readonly currency: string;
  /** Heights of the blocks, half-open. */
  readonly from: number;
  readonly to: number;
  readonly carriers: { readonly [carrier in Carrier]: CarrierOptimum };
}

/** Options of {@link optimum}. */
export interface OptimumOptions extends Partial<Pick<Stretch, "from" | "to">> {
  /** What `highs` gives when it is loaded: `await loadHighs()`. */
  readonly solver: Solver;
  /** Default: one is opened, and closed again. */
  readonly engine?: MatchingEngine;
  /** Default: hash-wasm's. */
  readonly hasher?: Hasher;
  /** Called after every hundredth block, and with the carrier that is being solved. */
  readonly progress?: (what: number | Carrier) => void;
}

/**
 * The optimum of the blocks of a ledger, given in order from genesis, from height `from` up to `to`, and what was
 * reached (docs/optimum.md). Each carrier is one linear program over all these periods. Throws `corrupt` naming the
 * first bad height, `state` naming a block whose records are withheld, `limit` when there are too many orders for one
 * program, `unsupported` when the solver fails.
 */
export async function optimum(blocks: Blocks, options: OptimumOptions): Promise<Optimum> {
  checkBlocks(blocks);
  onlyKeys(options, "options", ["solver", "engine", "hasher", "from", "to", "progress"]);
  const { solver, engine: given, from: first, to: last, progress = () => {} } = options;
  needMethods(solver, "solver", "a solver, as the package highs gives one", ["solve"]);
  const { from, to } = stretchOf({
    ...(first === undefined ? {} : { from: first }),
    ...(last === undefined ? {} : { to: last }),
  });
  const hasher = options.hasher ?? (await openHasher());
  const opened = given === undefined ? await openEngine() : null;
  try {
    const replay = openReplay(given ?? opened!);
    const past = new Past(replay.state);
    let height = 0;
    for await (const { block } of checkedBlocks(blocks, hasher)) {
      if (height >= to) break;
      past.before();
      replay.replay(block);
      // Genesis has no orders.
      if (height >= Math.max(from, 1)) past.add(block);
      height += 1;
      if (height % 100 === 0) progress(height);
    }
    if (past.periods === 0) fail("invalid", "from", "a stretch with periods", from);
    const { terms } = replay.state;
    const market = terms.market!;
    return {
      ticks: marketTicks(market),
      currency: terms.payment?.currency ?? market.currency,
      from: Math.max(from, 1),
      to: height,
      carriers: Object.fromEntries(
        carriers.map((carrier, code) => {
          progress(carrier);
          return [carrier, past.solve(code, solver)];
        }),
      ) as Record<Carrier, CarrierOptimum>,
    };
  } finally {
    opened?.close();
  }
}

/** What a ledger's periods were, by carrier, as far as an optimum must know them. */
class Past {
  readonly #state: MarketState;
  readonly #problems: ProblemPeriod[][] = carriers.map(() => []);
  readonly #reached: bigint[] = carriers.map(() => 0n);
  /** Charges before the period at hand. */
  #before: readonly number[] = [];
  /** Charges after the last period, for the end of the stretch. */
  #after: readonly number[] = [];
  /** Devices that were in the period before, whose charge is carried over. */
  #known = new Set<number>();

  constructor(state: MarketState) {
    this.#state = state;
  }

  get periods(): number {
    return this.#problems[0]!.length;
  }

  /** Notes how full stores are before the next block is executed. */
  before(): void {
    this.#before = [...this.#state.charges];
  }

  /** Takes the period of a block that was executed. */
  add({ header, sections }: Block): void {
    const orders = decodeRecords(orderLayout, sections.orders);
    const trades = decodeRecords(tradeLayout, sections.trades);
    const flows = decodeRecords(flowLayout, sections.flows);
    const { counted, left } = ordersOf(sections);
    const interrupted = new Map<number, number>();
    for (const { kind, order, quantity } of flows)
      if (kind === "interrupted") interrupted.set(order, quantity);
    const got = Array.from(counted, (all, number) => all - left[number]! - (interrupted.get(number) ?? 0));
    this.#after = [...this.#state.charges];
    const known = new Set<number>();
    for (const [code, carrier] of carriers.entries()) {
      const { terms } = this.#state;
      const tariff = terms.tariffs?.[carrier] ?? null;
      const own = new Lookup(terms, code, orders);
      const grid = tariff === null ? null : { retail: tariff.retail, feedIn: tariff.feedIn };
      this.#problems[code]!.push({
        offers: own.lots("offer", counted),
        bids: own.lots("bid", counted),
        areas: terms.areas.list(code, header.period).map((area) => ({
          parent: area.parent ?? 0,
          fee: area.fee ?? 0,
          exportLimit: area.exportLimit ?? null,
          importLimit: area.importLimit ?? null,
        })),
        grid,
        stores: this.#stores(code, header.period, flows, known),
      });
      const mine = <R extends TradeRecord | FlowRecord>(records: readonly R[]): R[] =>
        records.filter((record) => record.carrier === carrier);
      this.#reached[code]! += reachedOf(
        { orders: own.numbers, all: orders, got },
        mine(trades),
        mine(flows),
        grid,
      );
    }
    this.#known = known;
  }

  #stores(code: number, period: number, flows: readonly FlowRecord[], known: Set<number>): ProblemStore[] {
    const { terms, charges } = this.#state;
    return terms.devices.flatMap(({ contract, carrier, area }, device): ProblemStore[] => {
      if (contract === null || carrier !== code) return [];
      const stay = stayIn(contract, period);
      const used = flows.find(({ kind, party }) => kind === "used" && party === device)?.quantity ?? 0;
      const isHere = stay !== undefined;
      known.add(device);
      return [
        {
          device,
          area: terms.areas.placeOf(area),
          before: this.#known.has(device) ? null : (this.#before[device] ?? contract.charge),
          capacity: contract.capacity,
          chargeLimit: isHere ? contract.chargeLimit : 0,
          dischargeLimit: isHere ? contract.dischargeLimit : 0,
          chargeEfficiency: contract.chargeEfficiency,
          dischargeEfficiency: contract.dischargeEfficiency,
          selfDischarge: contract.selfDischarge,
          used,
          // Whoever leaves is as full as it wanted, or as it was.
          least: stay?.plugOut === period + 1 ? Math.min(stay.required, charges[device]!) : 0,
        },
      ];
    });
  }

  solve(code: number, solver: Solver): CarrierOptimum {
    const periods = this.#problems[code]!;
    const end = periods.length - 1;
    const problem = periods.map((each, period) =>
      period < end
        ? each
        : // What is left in stores at the end is at least what was left.
          { ...each, stores: each.stores.map((store) => ({ ...store, least: this.#after[store.device]! })) },
    );
    const { welfare, prices } = solveProblem(problem, solver);
    const best = BigInt(Math.ceil(welfare + Math.abs(welfare) * 1e-9));
    return { reached: this.#reached[code]!, best, prices };
  }
}

/** The orders of a carrier in a period, and where they are. */
class Lookup {
  readonly #terms: Terms;
  readonly #code: number;
  readonly #orders: readonly OrderRecord[];
  /** Numbers of the carrier's orders. */
  readonly numbers: readonly number[];

  constructor(terms: Terms, code: number, orders: readonly OrderRecord[]) {
    this.#terms = terms;
    this.#code = code;
    this.#orders = orders;
    this.numbers = orders.flatMap(({ carrier }, number) => (carrier === carriers[code] ? [number] : []));
  }

  /** What orders of a side counted for; those of one limit in one area are one lot. */
  lots(side: OrderRecord["side"], counted: Uint32Array): Lots {
    const lots: Lots = { price: [], quantity: [], area: [] };
    const places = new Map<string, number>();
    for (const number of this.numbers) {
      const order = this.#orders[number]!;
      const quantity = counted[number]!;
      if (order.side !== side || quantity === 0) continue;
      const slot = order.participant * carrierCount + this.#code;
      const area = this.#terms.areas.placeOf(this.#terms.areaOf[slot]!);
      const key = `${order.price} ${area}`;
      const place = places.get(key);
      if (place !== undefined) lots.quantity[place]! += quantity;
      else {
        places.set(key, lots.price.push(order.price) - 1);
        lots.quantity.push(quantity);
        lots.area.push(area);
      }
    }
    return lots;
  }
}

/** What a carrier's period came to, in amount ticks, by the formula of the optimum. */
function reachedOf(
  { orders, all, got }: { orders: readonly number[]; all: readonly OrderRecord[]; got: readonly number[] },
  trades: readonly TradeRecord[],
  flows: readonly FlowRecord[],
  grid: ProblemPeriod["grid"],
): bigint {
  let sum = 0n;
  for (const number of orders) {
    const { side, price } = all[number]!;
    sum += BigInt(side === "bid" ? got[number]! : -got[number]!) * BigInt(price);
  }
  const { retail = 0, feedIn = 0 } = grid ?? {};
  for (const { seller, buyer, quantity } of trades) {
    if (seller === "grid") sum -= BigInt(quantity) * BigInt(retail);
    if (buyer === "grid") sum += BigInt(quantity) * BigInt(feedIn);
  }
  for (const { kind, quantity, price, extra } of flows) {
    if (kind === "imported" || kind === "gridCharged") sum -= BigInt(quantity) * BigInt(retail);
    else if (kind === "exported") sum += BigInt(quantity) * BigInt(feedIn);
    else if (kind === "areaFee") sum -= extra * BigInt(price);
  }
  return sum;
}
