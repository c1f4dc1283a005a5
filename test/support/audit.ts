// An auditor's reading of a ledger: from the blocks alone, with code of its own, it works out every balance, every
// state of charge, every limit and every sum, and complains at the first thing that does not hold. It reads like the
// rules in docs/market.md and shares with the market nothing but the layouts of records.
import { type Block, decodeItems } from "../../src/ledger/format/block.js";
import { decodeCanonical } from "../../src/ledger/format/canonical.js";
import { decodeRecords } from "../../src/ledger/format/layout.js";
import {
  type FlowRecord,
  flowLayout,
  type OrderRecord,
  orderLayout,
  type PostingRecord,
  postingLayout,
  type ReadingRecord,
  readingLayout,
  type TradeRecord,
  tradeLayout,
} from "../../src/ledger/format/records.js";
import type {
  AreaContract,
  ClearingContract,
  Contract,
  LimitContract,
  ParticipantContract,
  PaymentContract,
  StorageContract,
  SupplyContract,
  UseContract,
} from "../../src/market/contracts/contracts.js";
import { type Carrier, carriers } from "../../src/units.js";
import type { Deal } from "../oracle/deliveredmarket.js";
import { naivePrice } from "../oracle/tariff.js";
import { type PricedArea, type PricedOrder, unsupported } from "./areaprices.js";
import {
  communitiesOf,
  type FiledMeter,
  type Joint,
  type PairFlow,
  settleTogether,
  sidesOf,
} from "./auditmeters.js";

const nobody = 0xffff_ffff;
const million = 1_000_000n;
const big = BigInt;

/** Says what does not hold. */
function demand(holds: boolean, what: string): asserts holds {
  if (!holds) throw new Error(what);
}

/** What terms are filed under: those of everybody, or of one participant. */
const termsKey = ({ kind, carrier, participant }: SupplyContract | UseContract): string =>
  [kind, carrier, ...(participant === undefined ? [] : [participant])].join("/");

/** A reading with the period that it is about. */
type Metered = ReadingRecord & { readonly period: number };

/** Readings in order; of an estimate that takes several records, which add up, one of all. */
function wholeEstimates(readings: Metered[]): Metered[] {
  const whole: Metered[] = [];
  for (const reading of readings) {
    const last = whole.at(-1);
    const goesOn =
      last !== undefined &&
      (reading.flags & last.flags & 1) !== 0 &&
      (["participant", "carrier", "period"] as const).every((name) => reading[name] === last[name]);
    if (!goesOn) whole.push(reading);
    else
      whole[whole.length - 1] = {
        ...last,
        in: last.in + reading.in,
        out: last.out + reading.out,
        amount: last.amount + reading.amount,
      };
  }
  return whole;
}

/** One past period as an auditor files it. */
interface Filed {
  payment: PaymentContract;
  /**
   * By `participant carrier`: taken minus given under contracts, whether a reading is due, what stands now, what was
   * paid for.
   */
  meters: Map<string, FiledMeter>;
  /** Which carriers are shared. */
  shared: ReadonlySet<Carrier>;
  joint: Joint;
}

const unread = (): FiledMeter => ({
  in: 0n,
  out: 0n,
  traded: 0n,
  due: false,
  version: 0,
  said: null,
  paid: 0n,
  stood: 0n,
});
const pairKinds = ["shared", "unshared", "undelivered", "delivered"];

/** Reads blocks in order. */
export class Audit {
  /** By account number as records have it. */
  readonly balances = new Map<number, bigint>();
  /** By device number. */
  readonly charges = new Map<number, bigint>();
  readonly participants: { id: string; contract: ParticipantContract | null }[] = [];
  readonly devices: { id: string; contract: StorageContract | null; carrier: Carrier }[] = [];
  readonly #areas: { id: string; contract: AreaContract | null }[] = [];
  readonly #signals = new Map<string, LimitContract>();
  readonly #held = new Map<string, Contract>();
  #payment: PaymentContract | null = null;
  #priceTick = "0.000001";
  /** When the period at hand began: the timestamp of the block before. */
  #beganMs = 0;
  readonly #filed = new Map<number, Filed>();
  /** By `participant carrier`: what was read of the latest period of which anything was. */
  readonly #last = new Map<string, Metered>();
  #block = 0;
  /** How many flows two meters decided on, and how many prices of areas were supported. */
  pairs = 0;
  pricedAreas = 0;

  /** Takes the next block. */
  read(block: Block): void {
    const at = `height ${block.header.height}`;
    const flows = decodeRecords(flowLayout, block.sections.flows);
    const trades = decodeRecords(tradeLayout, block.sections.trades);
    const orders = decodeRecords(orderLayout, block.sections.orders);
    const readings = decodeRecords(readingLayout, block.sections.readings).map((reading) => ({
      ...reading,
      period: block.header.period - reading.age,
    }));
    const postings = decodeRecords(postingLayout, block.sections.postings);
    // What postings alone say is moved by contracts, before the trades, and by settlement, behind them.
    const before = new Map(this.balances);
    this.#contracts(block);
    const entered = new Map(this.balances);
    const live = this.#liveOrders(orders, at);
    this.#trades(trades, orders, live, at);
    this.#flows(flows, orders, at);
    this.#areaMoney(flows, trades, orders, at);
    this.#identities(block, flows, trades, orders, live, at);
    if (block.header.height > 0) this.#departures(flows, block.header.period, at);
    if (block.header.height > 0) this.#conversions(flows, trades, orders, live, at);
    if (block.header.height > 0) this.#areaLimits(flows, trades, orders, block.header.period, at);
    if (block.header.height > 0) this.#areaPrices(flows, trades, orders, live, block.header.period, at);
    if (block.header.height > 0 && this.#payment?.metering)
      this.#file(block.header.period, trades, flows, orders, live);
    for (const [account, balance] of this.balances)
      before.set(account, (before.get(account) ?? 0n) + balance - (entered.get(account) ?? 0n));
    for (const { participant, amount } of readings) {
      before.set(16 + participant, (before.get(16 + participant) ?? 0n) - amount);
      before.set(0, (before.get(0) ?? 0n) + amount);
    }
    const pairs = flows.filter(({ kind }) => pairKinds.includes(kind));
    for (const pair of pairs) {
      const [from, to] = sidesOf(pair);
      before.set(from, (before.get(from) ?? 0n) - pair.amount);
      before.set(to, (before.get(to) ?? 0n) + pair.amount);
    }
    const wanted = this.#settle(block.header.period, readings);
    const plain = ({ kind, carrier, party, order, quantity, price, amount, extra }: PairFlow): string =>
      [kind, carrier, party, order, quantity, price, amount, extra].join(" ");
    demand(
      pairs.map(plain).join() === wanted.map(plain).join(),
      `${at}: meters decide ${wanted.map(plain).join()}, written ${pairs.map(plain).join()}`,
    );
    this.pairs += pairs.length;
    this.#compare(before, postings, at);
    for (const [number, { id }] of this.participants.entries())
      demand(
        this.#balance(16 + number) >= -(this.#credit(number) ?? big(2) ** 127n),
        `${at}: ${id} is below its limit`,
      );
    let sum = 0n;
    for (const balance of this.balances.values()) sum += balance;
    demand(sum === 0n, `${at}: the balances sum to ${sum}`);
    this.#block += 1;
    this.#beganMs = block.header.timestampMs;
  }

  #balance(account: number): bigint {
    return this.balances.get(account) ?? 0n;
  }

  #pay(from: number, to: number, amount: bigint): void {
    this.balances.set(from, this.#balance(from) - amount);
    this.balances.set(to, this.#balance(to) + amount);
  }

  /** How far a participant may owe; null: without limit. */
  #credit(participant: number): bigint | null {
    const own = this.participants[participant]!.contract?.creditLimit;
    const limit = own === undefined ? this.#payment?.creditLimit : own;
    return limit === null ? null : big(limit ?? "0");
  }

  #number(id: string): number {
    return this.participants.findIndex((each) => each.id === id);
  }

  #contracts(block: Block): void {
    for (const item of decodeItems(block.sections.contracts)) {
      const contract = decodeCanonical(item) as unknown as Contract;
      demand(contract.from === block.header.period, "a contract stands in the block of another period");
      this.#enter(contract);
    }
  }

  #enter(contract: Contract): void {
    switch (contract.kind) {
      case "participant": {
        const known = this.#number(contract.id);
        if (known < 0) this.participants.push({ id: contract.id, contract });
        else this.participants[known]!.contract = contract;
        break;
      }
      case "storage": {
        const known = this.devices.findIndex((each) => each.id === contract.device);
        if (known < 0) {
          this.devices.push({ id: contract.device, contract, carrier: contract.carrier });
          this.charges.set(this.devices.length - 1, big(contract.charge));
        } else this.devices[known]!.contract = contract;
        break;
      }
      case "area": {
        const known = this.#areas.findIndex((each) => each.id === contract.area);
        if (known < 0) this.#areas.push({ id: contract.area, contract });
        else this.#areas[known]!.contract = contract;
        break;
      }
      case "limit":
        this.#signals.set(contract.area, contract);
        break;
      case "supply": {
        const key = termsKey(contract);
        const had = big((this.#held.get(key) as SupplyContract | undefined)?.collateral ?? "0");
        this.#collateral(contract, big(contract.collateral) - had);
        this.#held.set(key, contract);
        break;
      }
      case "use":
        this.#held.set(termsKey(contract), contract);
        break;
      case "clearing":
        this.#held.set(`clearing/${contract.carrier}`, contract);
        break;
      case "converter":
        this.#held.set(`converter/${contract.device}`, contract);
        break;
      case "community":
        this.#held.set(`community/${contract.community}`, contract);
        break;
      case "member":
        this.#held.set(`member/${contract.community}/${contract.participant}`, contract);
        break;
      case "market":
        this.#priceTick = contract.priceTick;
        break;
      case "payment":
        this.#payment = contract;
        break;
      case "deposit":
        this.#pay(5, 16 + this.#number(contract.participant), big(contract.amount));
        break;
      case "withdrawal":
        this.#pay(16 + this.#number(contract.participant), 5, big(contract.amount));
        break;
      case "end":
        this.#end(contract.contract);
        break;
      default:
    }
  }

  #end(key: string): void {
    const [kind, name] = [key.slice(0, key.indexOf("/")), key.slice(key.indexOf("/") + 1)];
    const held = this.#held.get(key);
    if (held?.kind === "supply") this.#collateral(held, -big(held.collateral));
    this.#held.delete(key);
    if (kind === "participant") this.participants[this.#number(name)]!.contract = null;
    if (kind === "storage") this.devices.find((each) => each.id === name)!.contract = null;
    if (kind === "area") this.#areas.find((each) => each.id === name)!.contract = null;
    if (kind === "limit") this.#signals.delete(name);
  }

  /** Collateral goes back only as far as it is still there. */
  #collateral({ participant }: SupplyContract, more: bigint): void {
    if (participant === undefined) {
      demand(more === 0n, "standard terms hold collateral");
      return;
    }
    const number = this.#number(participant);
    const account = 0x8000_0000 + number;
    const moved = more < 0n && -more > this.#balance(account) ? -this.#balance(account) : more;
    this.#pay(16 + number, account, moved);
  }

  /**
   * The last order of each participant and carrier, by number; withdrawals fall away. Whoever ordered could pay for all
   * of its own at worst, each time.
   */
  #liveOrders(orders: OrderRecord[], at: string): Set<number> {
    const last = new Map<string, number>();
    const counts = new Map<string, number>();
    const locked = new Map<number, Map<Carrier, bigint>>();
    for (const [number, order] of orders.entries()) {
      const place = counts.get(`${order.participant} ${order.carrier}`) ?? 0;
      const stands = order.revision === 0xffff && place === 0;
      demand(
        stands || order.revision === place,
        `${at}: order ${number} is revision ${order.revision}, not ${place}`,
      );
      counts.set(`${order.participant} ${order.carrier}`, place + 1);
      last.set(`${order.participant} ${order.carrier}`, number);
      const contract = this.#termsOf(order);
      if (order.quantity > 0)
        demand(order.quantity <= (contract?.limit ?? 0), `${at}: order ${number} over contract`);
      const own = locked.get(order.participant) ?? new Map<Carrier, bigint>();
      locked.set(order.participant, own);
      const lock = order.quantity === 0 ? 0n : this.#lockOf(order);
      own.set(order.carrier, lock);
      const credit = this.#credit(order.participant);
      if (lock === 0n || credit === null) continue;
      const [means, all] = [this.#balance(16 + order.participant) + credit, [...own.values()]];
      const sum = all.reduce((whole, each) => whole + each, 0n);
      demand(sum <= means, `${at}: order ${number} may cost ${sum} in all, of ${means}`);
    }
    return new Set([...last.values()].filter((number) => orders[number]!.quantity > 0));
  }

  /** What an order may cost at worst (docs/market.md, "Locks"). */
  #lockOf(order: OrderRecord): bigint {
    const { participant, carrier, side, quantity, price } = order;
    const payment = this.#payment!;
    const rates = payment.tariffs[carrier].commission.map((tier) =>
      side === "offer" ? tier.supply : tier.use,
    );
    const worst = Math.max(0, ...(side === "offer" ? [-price, -this.#floor(order)] : [price]));
    const costs = [worst];
    if (side === "bid") {
      const { poolLimit, import: isImported } = this.#termsOf(order) as UseContract;
      const { retail } = this.#outside(carrier);
      if (isImported || poolLimit !== undefined) costs.push(Math.min(poolLimit ?? retail, retail));
      const way =
        retail + this.#feeOf(this.#path(this.participants[participant]!.contract?.areas?.[carrier]));
      const rules = this.#held.get(`clearing/${carrier}`) as ClearingContract;
      if (isImported && rules.import && way < 2 ** 31) costs.push(way);
    }
    const amount = big(quantity) * big(Math.max(...costs));
    return amount + (amount * big(Math.max(0, ...rates))) / million;
  }

  /** The terms under which an order stands. */
  #termsOf({ participant, side, carrier }: OrderRecord): SupplyContract | UseContract | undefined {
    const { id } = this.participants[participant]!;
    const standard = `${side === "offer" ? "supply" : "use"}/${carrier}`;
    return (this.#held.get(`${standard}/${id}`) ?? this.#held.get(standard)) as
      | SupplyContract
      | UseContract
      | undefined;
  }

  /** What a carrier costs outside the market in the period at hand. */
  #outside(carrier: Carrier): { readonly retail: number; readonly feedIn: number } {
    const payment = this.#payment!;
    const priceOf = (name: "retail" | "feedIn"): number => {
      const given = payment.tariffs[carrier][name];
      if (typeof given === "number") return given;
      const by = { name, zone: payment.zone?.name ?? "UTC", priceTick: this.#priceTick };
      return naivePrice(given, by, this.#beganMs);
    };
    return { retail: priceOf("retail"), feedIn: priceOf("feedIn") };
  }

  /** The least that a seller gets outside scenario 1. */
  #floor(offer: OrderRecord): number {
    const { pool } = this.#termsOf(offer) as SupplyContract;
    return pool === false ? Number.POSITIVE_INFINITY : (pool?.floor ?? offer.price);
  }

  /** The most that a buyer pays in the pool. */
  #poolLimit(bid: OrderRecord): number {
    const { retail } = this.#outside(bid.carrier);
    const use = this.#termsOf(bid) as UseContract;
    const agreed = use.poolLimit ?? (use.import ? retail : bid.price);
    return Math.max(bid.price, Math.min(agreed, retail));
  }

  #trades(trades: TradeRecord[], orders: OrderRecord[], live: Set<number>, at: string): void {
    for (const [index, trade] of trades.entries()) {
      if (trade.kind === "area" || trade.kind === "grid") {
        this.#across(trade, orders, live, `${at}: trade ${index}`);
        continue;
      }
      const bid = orders[trade.bid]!;
      const buyer = 16 + bid.participant;
      const amount = big(trade.quantity) * big(trade.usePrice);
      const name = `${at}: trade ${index}`;
      demand(live.has(trade.bid) && bid.side === "bid" && bid.carrier === trade.carrier, `${name}: bid`);
      const most = trade.kind === "peer" ? bid.price : this.#poolLimit(bid);
      demand(trade.usePrice <= most, `${name}: above the bid`);
      demand(trade.buyer === "order", `${name}: buyer`);
      demand(trade.quantity > 0, `${name}: nothing traded`);
      if (trade.kind === "storage") {
        const device = this.devices[trade.offer]!;
        demand(device.carrier === trade.carrier, `${name}: carrier of the device`);
        const { dischargePrice } = device.contract!;
        demand(trade.seller === "device", `${name}: seller`);
        demand(trade.usePrice === dischargePrice && trade.supplyPrice === dischargePrice, `${name}: price`);
        this.#pay(buyer, 1, amount);
        continue;
      }
      const offer = orders[trade.offer]!;
      demand(trade.seller === "order", `${name}: seller`);
      demand(
        live.has(trade.offer) && offer.side === "offer" && offer.carrier === trade.carrier,
        `${name}: offer`,
      );
      if (trade.kind === "pool") {
        const { pool } = this.#held.get(`clearing/${trade.carrier}`) as ClearingContract;
        demand(this.#floor(offer) <= pool!.purchasePrice, `${name}: below the floor`);
        demand(trade.supplyPrice === pool!.purchasePrice, `${name}: purchase price`);
        demand(trade.usePrice === pool!.price, `${name}: pool price`);
        this.#pay(buyer, 1, amount);
        this.#pay(1, 16 + offer.participant, big(trade.quantity) * big(pool!.purchasePrice));
      } else {
        demand(trade.usePrice >= offer.price, `${name}: below the offer`);
        demand(trade.usePrice === trade.supplyPrice, `${name}: two prices`);
        demand(offer.participant !== bid.participant, `${name}: with itself`);
        this.#pay(buyer, 16 + offer.participant, amount);
        this.#pay(16 + offer.participant, 2, trade.supplyFee);
        this.#pay(buyer, 2, trade.useFee);
      }
    }
    for (const carrier of carriers)
      for (const kind of ["peer", "area"] as const)
        this.#fees(
          trades.filter((each) => each.kind === kind && each.carrier === carrier),
          at,
        );
  }

  /** Where one side of a trade on areas is. */
  #areaOf(party: TradeRecord["seller"], number: number, carrier: Carrier, orders: OrderRecord[]) {
    if (party === "grid") return undefined;
    if (party === "device") return this.devices[number]!.contract!.area;
    return this.participants[orders[number]!.participant]!.contract?.areas?.[carrier];
  }

  /** What a unit pays at the edges between the two sides. */
  #wayFee(trade: TradeRecord, orders: OrderRecord[]): number {
    const up = this.#path(this.#areaOf(trade.seller, trade.offer, trade.carrier, orders));
    const down = this.#path(this.#areaOf(trade.buyer, trade.bid, trade.carrier, orders));
    return this.#feeOf([
      ...up.filter((edge) => !down.includes(edge)),
      ...down.filter((edge) => !up.includes(edge)),
    ]);
  }

  /** What a unit pays at some edges. */
  #feeOf(edges: readonly string[]): number {
    return edges
      .map((edge) => this.#areas.find(({ id }) => id === edge)!.contract!.fee ?? 0)
      .reduce((sum, fee) => sum + fee, 0);
  }

  /** A trade where areas have prices: within what each side agreed to, and the way is paid for. */
  #across(trade: TradeRecord, orders: OrderRecord[], live: Set<number>, name: string): void {
    const { kind, carrier, supplyPrice, usePrice } = trade;
    const { retail, feedIn } = this.#outside(carrier);
    const way = this.#wayFee(trade, orders);
    const across = usePrice - supplyPrice;
    demand(kind === "area" ? across >= way : across === way, `${name}: pays ${across} for a way of ${way}`);
    demand((trade.seller === "grid") !== (trade.buyer === "grid") || kind === "area", `${name}: sides`);
    demand(trade.seller !== "grid" || trade.buyer !== "grid", `${name}: the grid with itself`);
    const isLive = (number: number, side: OrderRecord["side"]): OrderRecord => {
      const order = orders[number]!;
      demand(live.has(number) && order.side === side && order.carrier === carrier, `${name}: ${side}`);
      return order;
    };
    if (trade.seller === "grid")
      demand(kind === "area" ? supplyPrice >= retail : supplyPrice === retail, `${name}: retail`);
    else if (trade.seller === "device") {
      const { contract, carrier: own } = this.devices[trade.offer]!;
      demand(own === carrier && supplyPrice >= contract!.dischargePrice, `${name}: discharge price`);
    } else {
      const offer = isLive(trade.offer, "offer");
      const least = kind === "area" ? offer.price : this.#floor(offer);
      demand(supplyPrice >= least, `${name}: below the offer`);
    }
    if (trade.buyer === "grid")
      demand(kind === "area" ? usePrice <= feedIn : usePrice === feedIn, `${name}: feed-in`);
    else if (trade.buyer === "device") {
      const { contract, carrier: own } = this.devices[trade.bid]!;
      demand(own === carrier, `${name}: carrier of the device`);
      demand(kind === "grid" || usePrice <= contract!.chargePrice, `${name}: charge price`);
    } else {
      const bid = isLive(trade.bid, "bid");
      if (kind === "area") demand(usePrice <= bid.price, `${name}: above the bid`);
      else demand((this.#termsOf(bid) as UseContract).import, `${name}: no import agreed`);
    }
    const account = (party: TradeRecord["seller"], number: number): number => {
      if (party === "order") return 16 + orders[number]!.participant;
      return party === "device" ? 1 : 3;
    };
    const [seller, buyer] = [account(trade.seller, trade.offer), account(trade.buyer, trade.bid)];
    this.#pay(buyer, seller, big(trade.quantity) * big(supplyPrice));
    this.#pay(buyer, 0, big(trade.quantity) * big(across));
    this.#pay(seller, 2, trade.supplyFee);
    this.#pay(buyer, 2, trade.useFee);
  }

  /** One price in every area, fees and rent of every edge for just what crossed it; and nothing else is kept. */
  #areaMoney(flows: FlowRecord[], trades: TradeRecord[], orders: OrderRecord[], at: string): void {
    let kept = 0n;
    const wanted = new Map<number, { fees: bigint; rent: bigint; net: bigint }>();
    const prices = new Map<string, number>();
    for (const flow of flows)
      if (flow.kind === "areaUp" || flow.kind === "areaDown")
        prices.set(this.#areas[flow.party]!.id, flow.price);
    const root = (carrier: Carrier) =>
      this.#areas.find(({ contract }) => contract?.carrier === carrier && contract.parent === undefined)!.id;
    for (const trade of trades) {
      if (trade.kind !== "area" && trade.kind !== "grid") continue;
      const { carrier, quantity } = trade;
      kept += big(quantity) * big(trade.usePrice - trade.supplyPrice);
      const from = this.#areaOf(trade.seller, trade.offer, carrier, orders) ?? root(carrier);
      const to = this.#areaOf(trade.buyer, trade.bid, carrier, orders) ?? root(carrier);
      if (trade.kind === "area")
        demand(
          prices.get(from) === trade.supplyPrice && prices.get(to) === trade.usePrice,
          `${at}: a trade from ${from} to ${to} at other prices than theirs`,
        );
      const [up, down] = [this.#path(from), this.#path(to)];
      for (const [edges, others, sign] of [
        [up, down, 1n],
        [down, up, -1n],
      ] as const)
        for (const edge of edges) {
          if (others.includes(edge)) continue;
          const number = this.#areas.findIndex(({ id }) => id === edge);
          const { fee = 0, parent } = this.#areas[number]!.contract!;
          const sums = wanted.get(number) ?? { fees: 0n, rent: 0n, net: 0n };
          wanted.set(number, sums);
          sums.fees += big(quantity) * big(fee);
          if (trade.kind !== "area") continue;
          sums.net += sign * big(quantity);
          sums.rent += big(quantity) * big(Math.abs(prices.get(parent!)! - prices.get(edge)!) - fee);
        }
    }
    for (const flow of flows) {
      const sums = wanted.get(flow.party) ?? { fees: 0n, rent: 0n, net: 0n };
      const paid = flow.extra * big(flow.price);
      const name = `${at}: area ${this.#areas[flow.party]?.id}`;
      if (flow.kind === "areaUp") demand(sums.net >= 0n && flow.extra === sums.net, `${name}: handed up`);
      if (flow.kind === "areaDown") demand(sums.net < 0n && flow.extra === -sums.net, `${name}: taken`);
      if (flow.kind !== "areaFee" && flow.kind !== "areaRent") continue;
      if (flow.kind === "areaFee") sums.fees -= paid;
      else sums.rent -= paid;
      kept -= paid;
      this.#pay(0, flow.kind === "areaFee" ? 6 : 7, paid);
    }
    demand(
      [...wanted.values()].every(({ fees, rent }) => fees === 0n && rent === 0n),
      `${at}: fees or rent of an edge are not what crossed it`,
    );
    demand(kept === 0n, `${at}: ${kept} of what was paid for ways is nobody's`);
  }

  #fees(trades: TradeRecord[], at: string): void {
    for (const [place, trade] of trades.entries()) {
      const tiers = this.#payment!.tariffs[trade.carrier].commission;
      let cumulated = 0;
      const tier = tiers.find((each) => {
        cumulated += each.share;
        return cumulated * trades.length > place * 1_000_000;
      })!;
      // Stores and the grid pay no commission, nor does who trades with them.
      const pays = trade.seller === "order" && trade.buyer === "order";
      const of = (price: number, rate: number): bigint => {
        const amount = big(trade.quantity) * big(price);
        return pays ? ((amount < 0n ? -amount : amount) * big(rate)) / million : 0n;
      };
      demand(trade.supplyFee === of(trade.supplyPrice, tier.supply), `${at}: supply fee`);
      demand(trade.useFee === of(trade.usePrice, tier.use), `${at}: use fee`);
    }
  }

  #flows(flows: FlowRecord[], orders: OrderRecord[], at: string): void {
    const drawn = new Map<number, number>();
    for (const [index, flow] of flows.entries()) {
      if (pairKinds.includes(flow.kind)) continue;
      const name = `${at}: flow ${index} (${flow.kind})`;
      const amount = big(flow.quantity) * big(flow.price);
      if (flow.kind.startsWith("area") && flow.kind !== "areaLoss" && flow.kind !== "areaCurtailed") continue;
      if (!["selfDischarged", "used", "areaCurtailed"].includes(flow.kind))
        demand(flow.amount === amount, `${name}: amount`);
      if (flow.order !== nobody && flow.kind !== "areaCurtailed")
        demand(orders[flow.order]!.participant === flow.party, `${name}: party`);
      const own = 16 + flow.party;
      const device = this.devices[flow.party];
      const owner = device?.contract?.owner;
      const ownerAccount = owner === undefined ? 1 : 16 + this.#number(owner);
      const rules = this.#held.get(`clearing/${flow.carrier}`) as ClearingContract;
      switch (flow.kind) {
        case "stored":
          demand(this.#floor(orders[flow.order]!) <= flow.price, `${name}: below the floor`);
          this.#pay(1, own, amount);
          break;
        case "interrupted": {
          const use = this.#termsOf(orders[flow.order]!) as UseContract;
          demand(rules.interrupt && flow.price === use.interruptionPrice, `${name}: price`);
          this.#pay(0, own, amount);
          break;
        }
        case "exported":
          demand(rules.export && flow.price === this.#outside(flow.carrier).feedIn, `${name}: feed-in`);
          demand(this.#floor(orders[flow.order]!) <= flow.price, `${name}: below the floor`);
          this.#pay(3, own, amount);
          break;
        case "imported":
          demand(flow.price === this.#outside(flow.carrier).retail, `${name}: retail`);
          demand(rules.import, `${name}: no imports`);
          if (flow.order !== nobody)
            demand((this.#termsOf(orders[flow.order]!) as UseContract).import, `${name}: no import agreed`);
          this.#pay(own, 3, amount);
          break;
        case "areaLoss":
          demand(flow.price === this.#outside(flow.carrier).retail, `${name}: retail`);
          this.#pay(0, 3, amount);
          break;
        case "gridCharged":
        case "charged": {
          const contract = device!.contract!;
          const grid = flow.kind === "gridCharged";
          const wanted = grid ? this.#outside(flow.carrier).retail : contract.chargePrice;
          // Where areas have prices, the device's trades say what it paid.
          const has = this.#areas.some((each) => each.contract?.carrier === flow.carrier);
          if (!has || rules.mechanism !== "merit" || rules.pricing !== "uniform")
            demand(flow.price === wanted, `${name}: price`);
          this.#pay(ownerAccount, grid ? 3 : 1, amount);
          // All that a device draws in a period is rounded at once.
          const already = drawn.get(flow.party) ?? 0;
          drawn.set(flow.party, already + flow.quantity);
          demand(already + flow.quantity <= contract.chargeLimit, `${name}: over the charge limit`);
          const storedOf = (quantity: number): bigint =>
            (big(quantity) * big(contract.chargeEfficiency)) / million;
          const stored = storedOf(already + flow.quantity) - storedOf(already);
          demand(big(flow.lost) === big(flow.quantity) - stored, `${name}: loss`);
          this.#charge(flow, stored, name);
          break;
        }
        case "discharged": {
          const contract = device!.contract!;
          demand(flow.quantity <= contract.dischargeLimit, `${name}: over the discharge limit`);
          const drained = big(flow.quantity) + big(flow.lost);
          demand(
            (drained * big(contract.dischargeEfficiency)) / million >= big(flow.quantity),
            `${name}: loss`,
          );
          this.#charge(flow, -drained, name);
          if (owner !== undefined) this.#pay(1, ownerAccount, amount);
          break;
        }
        case "selfDischarged":
          demand(
            big(flow.quantity) ===
              (this.charges.get(flow.party)! * big(device!.contract!.selfDischarge)) / million,
            `${name}: loss`,
          );
          this.#charge(flow, -big(flow.quantity), name);
          break;
        case "used":
          this.#charge(flow, -big(flow.quantity), name);
          break;
        case "undercharged":
          demand(flow.extra === this.charges.get(flow.party), `${name}: charge`);
          break;
        default:
      }
    }
  }

  #charge(flow: FlowRecord, change: bigint, name: string): void {
    const charge = this.charges.get(flow.party)! + change;
    this.charges.set(flow.party, charge);
    demand(flow.extra === charge, `${name}: charge ${charge}, written ${flow.extra}`);
    demand(charge >= 0n, `${name}: charge below nothing`);
    const capacity = this.devices[flow.party]!.contract?.capacity ?? 0;
    demand(charge <= big(capacity) || change < 0n, `${name}: over capacity`);
  }

  /** The equations of docs/market.md, per carrier, and the header's totals. */
  #identities(
    block: Block,
    flows: FlowRecord[],
    trades: TradeRecord[],
    orders: OrderRecord[],
    live: Set<number>,
    at: string,
  ): void {
    const filled = new Map<number, bigint>();
    const fill = (order: number, quantity: number): void => {
      filled.set(order, (filled.get(order) ?? 0n) + big(quantity));
    };
    for (const trade of trades) {
      if (trade.buyer === "order") fill(trade.bid, trade.quantity);
      if (trade.seller === "order") fill(trade.offer, trade.quantity);
    }
    for (const flow of flows)
      if (["stored", "exported", "interrupted", "imported"].includes(flow.kind))
        fill(flow.order, flow.quantity);
    const made = new Map(
      flows
        .filter(({ kind }) => kind === "converted" || kind === "linked")
        .map(({ order, quantity }) => [order, quantity]),
    );
    const wanted = (number: number): bigint => big(made.get(number) ?? orders[number]!.quantity);
    if (block.header.height > 0)
      for (const number of live)
        if (this.#held.has(`clearing/${orders[number]!.carrier}`))
          demand(
            (filled.get(number) ?? 0n) <= wanted(number),
            `${at}: order ${number} got more than it is for`,
          );
    const interrupted = new Map<number, bigint>();
    for (const { kind, order, quantity } of flows)
      if (kind === "interrupted") interrupted.set(order, (interrupted.get(order) ?? 0n) + big(quantity));
    for (const [order, quantity] of interrupted) {
      const { interruptible } = this.#termsOf(orders[order]!) as UseContract;
      const most = (wanted(order) * big(interruptible)) / million;
      demand(quantity <= most, `${at}: order ${order} is interrupted by ${quantity}, at most ${most}`);
    }
    for (const carrier of carriers) {
      const flow = (kind: FlowRecord["kind"]): bigint =>
        flows
          .filter((each) => each.kind === kind && each.carrier === carrier)
          .reduce((sum, each) => sum + big(each.quantity), 0n);
      const trade = (kind: TradeRecord["kind"]): bigint =>
        trades
          .filter((each) => each.kind === kind && each.carrier === carrier)
          .reduce((sum, each) => sum + big(each.quantity), 0n);
      const asked = (side: OrderRecord["side"]): bigint =>
        [...live]
          .filter((number) => orders[number]!.carrier === carrier && orders[number]!.side === side)
          .reduce((sum, number) => sum + wanted(number), 0n);
      const left = (side: OrderRecord["side"]): bigint =>
        [...live]
          .filter((number) => orders[number]!.carrier === carrier && orders[number]!.side === side)
          .reduce((sum, number) => sum + wanted(number) - (filled.get(number) ?? 0n), 0n);
      const lost = flows
        .filter((each) => each.carrier === carrier)
        .reduce((sum, each) => sum + big(each.lost), 0n);
      const across = (seller: TradeRecord["seller"], buyer: TradeRecord["buyer"]): bigint =>
        trades
          .filter((each) => each.kind === "area" || each.kind === "grid")
          .filter((each) => each.carrier === carrier && each.seller === seller && each.buyer === buyer)
          .reduce((sum, each) => sum + big(each.quantity), 0n);
      const traded = trade("peer") + across("order", "order");
      const sold = trade("pool") + trade("storage") + across("device", "order");
      const between = across("device", "device");
      demand(
        flow("discharged") ===
          trade("storage") + across("device", "order") + across("device", "grid") + between,
        `${at}: ${carrier}: discharged`,
      );
      demand(
        flow("charged") === flow("stored") + across("order", "device") + across("grid", "device") + between,
        `${at}: ${carrier}: charged`,
      );
      const open = this.#held.has(`clearing/${carrier}`) && block.header.height > 0;
      const expected = {
        offered: open ? asked("offer") : 0n,
        asked: open ? asked("bid") : 0n,
        traded,
        pooled: trade("pool") + flow("stored") + across("order", "device"),
        sold,
        charged: flow("charged") + flow("gridCharged"),
        discharged: flow("discharged"),
        exported: flow("exported") + across("order", "grid") + across("device", "grid"),
        imported:
          flow("imported") +
          flow("gridCharged") +
          flow("areaLoss") +
          across("grid", "order") +
          across("grid", "device"),
        interrupted: flow("interrupted"),
        unserved: open ? left("bid") : 0n,
        lost,
      };
      const { totals } = block.header;
      for (const [name, value] of Object.entries(expected))
        demand(
          totals[carrier][name as keyof typeof expected] === value,
          `${at}: totals.${carrier}.${name}: ${value}, header ${totals[carrier][name as keyof typeof expected]}`,
        );
      demand(
        expected.offered ===
          traded +
            expected.pooled +
            expected.exported -
            across("device", "grid") +
            (open ? left("offer") : 0n),
        `${at}: ${carrier}: offered`,
      );
      demand(
        expected.asked ===
          traded +
            sold +
            expected.interrupted +
            flow("imported") +
            across("grid", "order") +
            expected.unserved,
        `${at}: ${carrier}: asked`,
      );
    }
  }

  /** A device that leaves with less than its stay requires is marked, and no other. */
  #departures(flows: FlowRecord[], period: number, at: string): void {
    const marked = new Map(
      flows.filter(({ kind }) => kind === "undercharged").map(({ party, quantity }) => [party, quantity]),
    );
    for (const [number, { contract }] of this.devices.entries()) {
      const stay = contract?.stays?.find(({ plugOut }) => plugOut === period + 1);
      const missing = stay === undefined ? 0n : big(stay.required) - this.charges.get(number)!;
      demand(
        big(marked.get(number) ?? 0) === (missing > 0n ? missing : 0n),
        `${at}: device ${number} leaves without ${missing}`,
      );
    }
  }

  /** Whoever converts offers no more than what it bought makes, each input in the best converter it has for it. */
  #conversions(
    flows: FlowRecord[],
    trades: TradeRecord[],
    orders: OrderRecord[],
    live: Set<number>,
    at: string,
  ): void {
    for (const number of live) {
      const { participant, carrier, side, quantity } = orders[number]!;
      if (side !== "offer" || !this.#held.has(`clearing/${carrier}`)) continue;
      const { id } = this.participants[participant]!;
      let most = 0n;
      let input = 0n;
      let converts = false;
      for (const from of carriers) {
        const ratios = [...this.#held.values()].flatMap((each) =>
          each.kind === "converter" &&
          each.participant === id &&
          each.output === carrier &&
          each.input === from
            ? [each.ratio]
            : [],
        );
        if (ratios.length === 0) continue;
        converts = true;
        let bought = 0n;
        for (const trade of trades)
          if (
            trade.carrier === from &&
            trade.buyer === "order" &&
            orders[trade.bid]!.participant === participant
          )
            bought += big(trade.quantity);
        for (const flow of flows)
          if (flow.kind === "imported" && flow.carrier === from && flow.party === participant)
            bought += big(flow.quantity);
        input += bought;
        most += (bought * big(Math.max(...ratios))) / million;
      }
      const found = flows.filter((flow) => flow.kind === "converted" && flow.order === number);
      demand(found.length === (converts ? 1 : 0), `${at}: order ${number}: conversions`);
      if (!converts) continue;
      const wanted = most < big(quantity) ? most : big(quantity);
      demand(big(found[0]!.quantity) === wanted, `${at}: order ${number} converts ${wanted}`);
      demand(found[0]!.extra === input, `${at}: order ${number} is made of ${input}`);
    }
  }

  /** The areas from one that somebody names up to the root, without the root. */
  #path(name: string | undefined): string[] {
    const parent = this.#areas.find((each) => each.id === name)?.contract?.parent;
    return parent === undefined ? [] : [name!, ...this.#path(parent)];
  }

  /** What the edge of an area lets through in a period. */
  #limitsOf(contract: AreaContract, period: number): Pick<AreaContract, "exportLimit" | "importLimit"> {
    const step = contract.limits?.filter(({ from }) => from <= period).at(-1);
    const signal = this.#signals.get(contract.area);
    const said = signal !== undefined && signal.from <= period && period < signal.until ? signal : {};
    return { ...contract, ...step, ...said };
  }

  /** What trades where areas have prices is the best there is, and the prices of the block support it. */
  #areaPrices(
    flows: FlowRecord[],
    trades: TradeRecord[],
    orders: OrderRecord[],
    live: Set<number>,
    period: number,
    at: string,
  ): void {
    for (const carrier of carriers) {
      const rules = this.#held.get(`clearing/${carrier}`) as ClearingContract | undefined;
      const all = this.#areas.flatMap(({ contract }) => (contract?.carrier === carrier ? [contract] : []));
      // An order of a converter stands in the clearing as it was cut, which no record says.
      const converts = [...this.#held.values()].some(
        (each) => each.kind === "converter" && (each.input === carrier || each.output === carrier),
      );
      if (rules?.mechanism !== "merit" || rules.pricing !== "uniform" || all.length === 0 || converts)
        continue;
      const rootName = all.find(({ parent }) => parent === undefined)!.area;
      const said = flows.filter(
        (flow) => (flow.kind === "areaUp" || flow.kind === "areaDown") && flow.carrier === carrier,
      );
      const areas = new Map(
        all.map((contract) => {
          const flow = said.find(({ party }) => this.#areas[party]!.id === contract.area);
          const { exportLimit = null, importLimit = null } = this.#limitsOf(contract, period);
          const area: PricedArea = {
            parent: contract.parent ?? null,
            fee: big(contract.fee ?? 0),
            exportLimit: exportLimit === null ? null : big(exportLimit),
            importLimit: importLimit === null ? null : big(importLimit),
            flow: flow === undefined ? 0n : flow.kind === "areaUp" ? flow.extra : -flow.extra,
            price: flow === undefined ? null : big(flow.price),
          };
          return [contract.area, area] as const;
        }),
      );
      const book = [...live].flatMap((number): PricedOrder[] => {
        const order = orders[number]!;
        if (order.carrier !== carrier) return [];
        const side = order.side === "offer" ? "seller" : "buyer";
        const traded = trades
          .filter((each) => each.kind === "area" && each[side] === "order" && each[order.side] === number)
          .reduce((sum, { quantity }) => sum + big(quantity), 0n);
        const area = this.participants[order.participant]!.contract?.areas?.[carrier] ?? rootName;
        return [
          {
            area,
            isBid: order.side === "bid",
            price: big(order.price),
            quantity: big(order.quantity),
            traded,
          },
        ];
      });
      const { retail, feedIn } = this.#outside(carrier);
      const endless = { area: rootName, quantity: 2n ** 64n, traded: 0n };
      if (rules.import) book.push({ ...endless, isBid: false, price: big(retail) });
      if (rules.export)
        book.push({
          ...endless,
          isBid: true,
          price: big(rules.import ? Math.min(feedIn, retail - 1) : feedIn),
        });
      const fault = unsupported(areas, book);
      demand(fault === null, `${at}: ${carrier}: ${fault}`);
      this.pricedAreas += said.length;
    }
  }

  /** No edge carries more than its limits of the period, counting what crosses it one way and the other. */
  #areaLimits(
    flows: FlowRecord[],
    trades: TradeRecord[],
    orders: OrderRecord[],
    period: number,
    at: string,
  ): void {
    const into = new Map<string, number>();
    const out = new Map<string, number>();
    const area = (participant: number, carrier: Carrier) =>
      this.participants[participant]!.contract?.areas?.[carrier];
    const cross = (from: string | undefined, to: string | undefined, quantity: number): void => {
      const [up, down] = [this.#path(from), this.#path(to)];
      for (const edge of up) if (!down.includes(edge)) out.set(edge, (out.get(edge) ?? 0) + quantity);
      for (const edge of down) if (!up.includes(edge)) into.set(edge, (into.get(edge) ?? 0) + quantity);
    };
    for (const { carrier, seller, buyer, offer, bid, quantity } of trades)
      cross(
        this.#areaOf(seller, offer, carrier, orders),
        this.#areaOf(buyer, bid, carrier, orders),
        quantity,
      );
    for (const { kind, carrier, party, order, quantity, extra } of flows) {
      if (kind === "exported") cross(area(party, carrier), undefined, quantity);
      if (kind === "stored")
        cross(area(party, carrier), this.devices[Number(extra)]!.contract!.area, quantity);
      if (kind === "imported" && order !== nobody) cross(undefined, area(party, carrier), quantity);
      if (kind === "gridCharged") cross(undefined, this.devices[party]!.contract!.area, quantity);
    }
    for (const [number, { id, contract }] of this.#areas.entries()) {
      const [imported, exported] = [into.get(id) ?? 0, out.get(id) ?? 0];
      if (contract === null) continue;
      const most = this.#limitsOf(contract, period);
      demand(imported <= (most.importLimit ?? 2 ** 53), `${at}: ${id} imports ${imported}`);
      demand(exported <= (most.exportLimit ?? 2 ** 53), `${at}: ${id} exports ${exported}`);
      const loss = flows.find((each) => each.kind === "areaLoss" && each.party === number);
      const wanted = (big(imported + exported) * big(contract.loss ?? 0)) / million;
      demand(big(loss?.lost ?? 0) === wanted, `${at}: ${id} loses ${wanted}`);
    }
  }

  #file(
    period: number,
    trades: TradeRecord[],
    flows: FlowRecord[],
    orders: OrderRecord[],
    live: Set<number>,
  ): void {
    const meters: Filed["meters"] = new Map();
    const meter = (participant: number, carrier: Carrier) => {
      const key = `${participant} ${carrier}`;
      const found = meters.get(key) ?? unread();
      meters.set(key, found);
      return found;
    };
    const move = (participant: number, carrier: Carrier, taken: bigint, given: bigint): void => {
      const found = meter(participant, carrier);
      found.in += taken;
      found.out += given;
      found.traded += taken - given;
      found.due = true;
    };
    for (const number of live) meter(orders[number]!.participant, orders[number]!.carrier).due = true;
    for (const trade of trades) {
      if (trade.buyer === "order")
        move(orders[trade.bid]!.participant, trade.carrier, big(trade.quantity), 0n);
      if (trade.seller === "order")
        move(orders[trade.offer]!.participant, trade.carrier, 0n, big(trade.quantity));
    }
    for (const flow of flows) {
      const owner = this.devices[flow.party]?.contract?.owner;
      const quantity = big(flow.quantity);
      if (["stored", "exported"].includes(flow.kind)) move(flow.party, flow.carrier, 0n, quantity);
      if (flow.kind === "imported") move(flow.party, flow.carrier, quantity, 0n);
      if ((flow.kind === "charged" || flow.kind === "gridCharged") && owner !== undefined)
        move(this.#number(owner), flow.carrier, quantity, 0n);
      if (flow.kind === "discharged" && owner !== undefined)
        move(this.#number(owner), flow.carrier, 0n, quantity);
    }
    const shared = new Set(
      carriers.filter(
        (carrier) =>
          (this.#held.get(`clearing/${carrier}`) as ClearingContract | undefined)?.mechanism ===
          ("share" as never),
      ),
    );
    const communities = communitiesOf(
      this.#held.values(),
      (carrier) => shared.has(carrier),
      (id) => this.#number(id),
    );
    for (const { carrier, members } of communities)
      for (const { who } of members) meter(who, carrier as Carrier).due = true;
    const deals = new Map<Carrier, Deal[]>();
    for (const carrier of carriers) if (!shared.has(carrier)) deals.set(carrier, []);
    // Carriers clear in the order of the market contract, and so do their trades settle.
    for (const carrier of new Set(trades.map((trade) => trade.carrier))) {
      deals.delete(carrier);
      deals.set(carrier, []);
    }
    for (const trade of trades)
      if (trade.kind !== "pool" && trade.seller === "order" && trade.buyer === "order")
        deals.get(trade.carrier)!.push({
          seller: orders[trade.offer]!.participant,
          buyer: orders[trade.bid]!.participant,
          quantity: big(trade.quantity),
          price: big(trade.supplyPrice),
        });
    const rule = this.#payment!.metering!.delivered ?? null;
    const joint = { communities, rule, deals, pairs: new Map(), missing: new Map() };
    this.#filed.set(period, { payment: this.#payment!, meters, shared, joint });
  }

  /** Settlement: every reading in its turn, and what is not read in time is estimated. */
  #settle(period: number, readings: Metered[]): PairFlow[] {
    for (const reading of wholeEstimates(readings)) {
      const filed = this.#filed.get(reading.period);
      demand(
        filed !== undefined && reading.period < period,
        `period ${period}: a reading of ${reading.period}`,
      );
      const key = `${reading.participant} ${reading.carrier}`;
      const meter = filed.meters.get(key) ?? unread();
      const corrects = (reading.flags & 2) !== 0;
      demand(corrects === (meter.said !== null), `period ${period}: flags of a reading`);
      if ((reading.flags & 1) !== 0) {
        demand(meter.said === null && meter.due, `period ${period}: an estimate too many`);
        const { window, missing } = filed.payment.metering!;
        demand(period >= reading.period + window, `period ${period}: an estimate too early`);
        const [taken, given] = {
          traded: [meter.in, meter.out],
          zero: [0n, 0n],
          last: [big(this.#last.get(key)?.in ?? 0), big(this.#last.get(key)?.out ?? 0)],
        }[missing] as [bigint, bigint];
        const [said, wanted] = [`${reading.in} and ${reading.out}`, `${taken} and ${given}`];
        demand(said === wanted, `period ${period}: an estimate of ${said}, by the rule ${wanted}`);
        demand(reading.version === 0, `period ${period}: an estimate of version ${reading.version}`);
      } else {
        meter.version += 1;
        demand(
          reading.version === meter.version,
          `period ${period}: version ${reading.version} of a reading, next is ${meter.version}`,
        );
        const last = this.#last.get(key);
        if (last === undefined || last.period <= reading.period) this.#last.set(key, reading);
      }
      meter.said = { in: big(reading.in), out: big(reading.out) };
      filed.meters.set(key, meter);
      if (filed.joint.rule !== null || filed.shared.has(reading.carrier))
        demand(reading.amount === 0n, `period ${period}: a reading pays before its period settles`);
      else this.#imbalance(reading, filed.payment.tariffs[reading.carrier], meter, `period ${period}`);
    }
    const books = {
      balance: (account: number) => this.#balance(account),
      pay: (from: number, to: number, amount: bigint) => this.#pay(from, to, amount),
      credit: (participant: number) => this.#credit(participant),
    };
    const flows: PairFlow[] = [];
    for (const [past, filed] of this.#filed) {
      if (past >= period) continue;
      const { window, corrections } = filed.payment.metering!;
      const complete = [...filed.meters.values()].every((meter) => !meter.due || meter.said !== null);
      if (complete) flows.push(...settleTogether(past, filed.joint, filed.payment, filed.meters, books));
      if (period >= past + window) demand(complete, `period ${period}: ${past} is not complete`);
      if (period >= past + window + corrections) this.#filed.delete(past);
    }
    return flows;
  }

  #imbalance(
    { participant, amount, in: taken, out }: ReadingRecord,
    tariff: PaymentContract["tariffs"][Carrier],
    meter: { traded: bigint; paid: bigint; stood: bigint },
    at: string,
  ): void {
    const imbalance = big(taken) - big(out) - meter.traded;
    const cost = imbalance * big(imbalance > 0n ? tariff.shortagePrice : tariff.surplusPrice);
    const due = cost - meter.paid;
    demand(amount === due, `${at}: a reading pays ${amount}, not ${due}`);
    meter.paid = cost;
    const own = 16 + participant;
    const least = (a: bigint, b: bigint): bigint => (a < b ? a : b);
    if (due <= 0n) {
      // What the default account stood in for comes back to it first.
      const back = least(-due, meter.stood);
      meter.stood -= back;
      this.#pay(0, 4, back);
      this.#pay(0, own, -due - back);
      return;
    }
    const credit = this.#credit(participant);
    const means = credit === null ? due : this.#balance(own) + credit;
    const first = least(due, means > 0n ? means : 0n);
    const second = least(due - first, this.#balance(0x8000_0000 + participant));
    this.#pay(own, 0, first);
    this.#pay(0x8000_0000 + participant, 0, second);
    this.#pay(4, 0, due - first - second);
    meter.stood += due - first - second;
  }

  /**
   * Beside trades, flows and readings, whose money is in `before`, the postings of the block move what contracts and
   * settlement do, account by account.
   */
  #compare(before: Map<number, bigint>, postings: PostingRecord[], at: string): void {
    const posted = new Map(before);
    const add = (account: number, amount: bigint): void => {
      posted.set(account, (posted.get(account) ?? 0n) + amount);
    };
    for (const { debit, credit, amount } of postings) {
      demand(amount > 0n, `${at}: an empty posting`);
      add(debit, amount);
      add(credit, -amount);
    }
    for (const account of new Set([...posted.keys(), ...this.balances.keys()]))
      demand(
        (posted.get(account) ?? 0n) === this.#balance(account),
        `${at}: account ${account}: ${this.#balance(account)} by the records, ${posted.get(account) ?? 0n} by the postings`,
      );
  }
}
