/**
 * The clearing of a carrier that has a price for each of its areas: one call of the engine, in which stores and the
 * grid connection stand beside the orders of participants (docs/areas.md, "In a market").
 */
import { copyOfArray } from "../../bytes.js";
import type { Area, AreaBook, AreaClearing, AreaOrderColumns } from "../../core/areas.js";
import { areaFault } from "../../core/certificate.js";
import { fail } from "../../errors.js";
import { none } from "../../ledger/format/records.js";
import { carriers, maxPrice, maxQuantity, minPrice, ppm } from "../../units.js";
import { account, accountOf } from "../books/accounts.js";
import { scaleDown } from "../books/amounts.js";
import { sumOf } from "../books/sums.js";
import { type AreaOutcome, tradeAcross } from "./across.js";
import { type CarrierBook, type Side, sidesOf } from "./book.js";
import { type Charger, chargersOf, committing, draw, grossOf, type Source } from "./charging.js";
import type { Round } from "./round.js";
import { discharge, dischargeLots, placeOfDevice } from "./storage.js";

/** One side as the engine takes it: orders, then stores, then the grid connection. */
interface Filled extends Required<AreaOrderColumns> {
  /** Number of the order or the store; none for the grid. */
  readonly number: Uint32Array;
  readonly account: Uint32Array;
  readonly parties: { readonly orders: number; readonly devices: number };
}

/** What stores offer or ask for. */
interface Stores {
  readonly device: readonly number[];
  readonly quantity: ArrayLike<number>;
  readonly price: ArrayLike<number>;
}

/** What stores ask for, each with what it has drawn. */
interface Asked extends Stores {
  readonly charger: readonly Charger[];
}

/** What the clearing came to. */
export interface AcrossAreas {
  readonly trades: number;
  readonly clearingPrice: number | null;
  /** By place in the tree; null where nothing was cleared. */
  readonly areas: Pick<AreaClearing["areas"], "price" | "priced" | "flow"> | null;
  /** Stores that are there, with what they drew. */
  readonly chargers: readonly Charger[];
}

/** Clears and books; the engine stays untouched where nobody but the grid has anything to trade. */
export function clearAreas(round: Round, book: CarrierBook): AcrossAreas {
  const { rules, offers, bids } = book;
  const lots = rules.discharge ? dischargeLots(round, book) : { device: [], quantity: [], price: [] };
  const chargers = rules.charge ? chargersOf(round, book, new Set()) : [];
  const asked = bidsOf(round, chargers, new Set(lots.device));
  if (offers.order.length + bids.order.length + lots.device.length + asked.device.length === 0)
    return { trades: 0, clearingPrice: null, areas: null, chargers };
  const total = (side: Side, stores: Stores): number => sumOf(side.quantity) + sumOf(stores.quantity);
  const { retail, feedIn } = book.tariff;
  const imports = rules.import ? { price: retail, most: total(bids, asked) + 1 } : null;
  // The grid buys for less than it sells for, so that it never trades with itself.
  const most = rules.import ? Math.min(feedIn, retail - 1) : feedIn;
  const exports = rules.export && most >= minPrice ? { price: most, most: total(offers, lots) + 1 } : null;
  const filled = {
    offers: fill(round, offers, lots, imports),
    bids: fill(round, bids, asked, exports),
  };
  const tree = round.terms.areas.list(book.carrier, round.period);
  const clearing = round.engine.clear(filled, {
    mechanism: "merit",
    pricing: "uniform",
    k: rules.k,
    areas: tree,
  });
  if (round.certify) certify(round, tree, filled, { carrier: book.carrier, clearing });
  const { trades, clearingPrice } = clearing;
  // Own columns: writing the records may move the engine's.
  const areas = {
    price: copyOfArray(clearing.areas.price),
    priced: copyOfArray(clearing.areas.priced),
    flow: copyOfArray(clearing.areas.flow),
  };
  const { price } = areas;
  const left = { offers: copyOfArray(clearing.remaining.offers), bids: copyOfArray(clearing.remaining.bids) };
  book.router.take(areas.flow);
  book.offersLeft.set(left.offers.subarray(0, offers.order.length));
  book.bidsLeft.set(left.bids.subarray(0, bids.order.length));
  const count = trades.count;
  bookTrades(round, book, filled, clearing);
  for (const [index, device] of lots.device.entries()) {
    const delivered = lots.quantity[index]! - left.offers[offers.order.length + index]!;
    if (delivered > 0)
      discharge(round, book.entries, device, delivered, price[placeOfDevice(round, device)]!);
  }
  for (const [index, each] of asked.charger.entries()) {
    const drawn = asked.quantity[index]! - left.bids[bids.order.length + index]!;
    if (drawn === 0) continue;
    each.drawn = drawn;
    const { number: device, contract } = each;
    const stored = scaleDown(drawn, contract.chargeEfficiency, ppm);
    const paid = price[placeOfDevice(round, device)]!;
    book.entries.charged({ device, drawn, stored, price: paid, imported: false });
  }
  return { trades: count, clearingPrice, areas, chargers };
}

/**
 * What stores ask for: as much as fits and their owners can pay. A store that would pay at least what it asks for may
 * only deliver, as it could do both at a price between; at one price, the others can't.
 */
function bidsOf(round: Round, chargers: readonly Charger[], offering: ReadonlySet<number>): Asked {
  const charger: Charger[] = [];
  const quantity: number[] = [];
  const price: number[] = [];
  const payable = committing(round);
  for (const each of chargers) {
    const { number, contract } = each;
    if (offering.has(number) && contract.chargePrice >= contract.dischargePrice) continue;
    const wanted = payable(each.device.owner, contract.chargePrice, grossOf(round, each, contract.capacity));
    if (wanted === 0) continue;
    charger.push(each);
    quantity.push(wanted);
    price.push(contract.chargePrice);
  }
  return { charger, device: charger.map(({ number }) => number), quantity, price };
}

/** A side with its stores and, in as many orders as it takes, the grid connection in the root. */
function fill(
  round: Round,
  side: Side,
  stores: Stores,
  grid: { readonly price: number; readonly most: number } | null,
): Filled {
  const orders = side.order.length;
  const devices = stores.device.length;
  const first = orders + devices;
  const length = first + (grid === null ? 0 : Math.ceil(grid.most / maxQuantity));
  const filled = {
    quantity: new Uint32Array(length),
    price: new Int32Array(length),
    area: new Uint16Array(length),
    number: new Uint32Array(length).fill(none),
    account: new Uint32Array(length).fill(account.grid),
    parties: { orders, devices },
  };
  filled.quantity.set(side.quantity);
  filled.price.set(side.price);
  filled.area.set(side.area);
  filled.number.set(side.order);
  for (let place = 0; place < orders; place += 1) filled.account[place] = accountOf(side.participant[place]!);
  filled.quantity.set(stores.quantity, orders);
  filled.price.set(stores.price, orders);
  filled.number.set(stores.device, orders);
  filled.account.fill(account.pool, orders, first);
  for (const [index, device] of stores.device.entries())
    filled.area[orders + index] = placeOfDevice(round, device);
  for (let place = first; place < length; place += 1) {
    filled.quantity[place] = Math.min(grid!.most - (place - first) * maxQuantity, maxQuantity);
    filled.price[place] = grid!.price;
  }
  return filled;
}

/** Throws `corrupt` unless the outcome is the best there is, and its prices support it. */
function certify(
  { terms }: Round,
  tree: readonly Area[],
  book: AreaBook,
  { carrier, clearing }: { readonly carrier: number; readonly clearing: AreaClearing },
): void {
  const fault = areaFault(tree, book, clearing);
  if (fault === null) return;
  const { numbers } = terms.areas.tree(carrier);
  const name = terms.areas.entries[numbers[fault.area]!]!.name;
  fail("corrupt", `${carriers[carrier]!}: area ${name}`, fault.wanted, fault.got);
}

/** What came of the areas in the clearing and after it: of those that took part, and whose edge was crossed. */
export function outcomesOf(round: Round, { router }: CarrierBook, { areas }: AcrossAreas): AreaOutcome[] {
  const { count, numbers, parents } = router.tree;
  const outcomes: AreaOutcome[] = [];
  for (let place = 0; place < count; place += 1) {
    const priced = areas !== null && areas.priced[place] === 1;
    const crossed = router.crossed[place]!;
    if (!priced && crossed === 0) continue;
    const { name, contract } = round.terms.areas.entries[numbers[place]!]!;
    const fee = contract!.fee ?? 0;
    const flow = priced ? Number(areas.flow[place]) : 0;
    const price = priced ? areas.price[place]! : null;
    const rent = flow === 0 ? 0 : Math.abs(areas!.price[parents[place]!]! - price!) - fee;
    outcomes.push({ area: numbers[place]!, name, price, flow, fee, rent, crossed });
  }
  return outcomes;
}

function bookTrades(
  round: Round,
  { carrier, tariff }: CarrierBook,
  { offers, bids }: { readonly offers: Filled; readonly bids: Filled },
  { trades }: AreaClearing,
): void {
  const sides = sidesOf(round.workspace, { sellers: offers.account, buyers: bids.account }, trades);
  const { bytes } = round.engine.tradeRecords({
    carrier,
    commission: tariff.commission,
    offers: offers.number,
    bids: bids.number,
    sellers: offers.parties,
    buyers: bids.parties,
    sales: 0,
  });
  tradeAcross(round, carrier, bytes, sides);
}

/** What stores that depart still need comes from the grid, if it may, at its tariff and what the way costs. */
export function chargeOwedOf(round: Round, book: CarrierBook, chargers: readonly Charger[]): void {
  const { across, router, rules } = book;
  if (across === null || !rules.import) return;
  const feeOf = (device: number): number => router.tree.pathFees[placeOfDevice(round, device)]!;
  const grid: Source = {
    priceOf: ({ number }) => book.tariff.retail + feeOf(number),
    // Where areas have prices, the trade says that it was imported.
    imported: false,
    bring: (device, wanted, price) => {
      // No record holds a higher price.
      const drawn = price > maxPrice ? 0 : router.carry(0, placeOfDevice(round, device), wanted);
      if (drawn > 0) across.buy("device", device, drawn, feeOf(device));
      return drawn;
    },
  };
  for (const each of chargers) draw(round, book, grid, each, each.owed);
  across.write();
}
