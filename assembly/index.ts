// The ABI: what the host may call. Arguments are checked here a second time (the host's checks name the field), the
// work is done elsewhere. Counts come back as i32; a negative one is a refusal of limits.ts.
import { Column, address, areaCapacity, bidCapacity, lotCapacity, offerCapacity, reserve, workCapacity } from "./layout";
import { emptyOrder, outOfRange } from "./limits";
import { Side, Trades } from "./match/side";
import { matchByValue } from "./match/value";
import { clearingPrice, forgetClearingPrice, hasClearingPrice, matchByMerit } from "./match/merit";
import { areasRoom, matchByAreas, plant as plantTree } from "./area/match";
import { noOffer, poolOffers, sellLots } from "./match/pool";
import { Parties, recordBytes, writeAreaRecords, writePeerRecords, writeSaleRecords } from "./records";
import { stateBytes } from "./hash/sha256";
import { countLeft, hasEmpty, exceeds } from "./check";

export { reserve, address, hasClearingPrice, clearingPrice };
export { sha256, shaInit, shaUpdate, shaFinal } from "./hash/sha256";
export { leafHashes, merkleRoot, nodesRoot } from "./hash/merkle";
export { saltedHashes } from "./hash/salted";

/** `match`: the pricing of trades. */
const counterparty: u32 = 0;
const blended: u32 = 1;
const uniform: u32 = 2;
/** `match`: what ties do. */
const prorata: u32 = 1;

const offers = changetype<Side>(memory.data(offsetof<Side>(), 8));
const bids = changetype<Side>(memory.data(offsetof<Side>(), 8));
const lots = changetype<Side>(memory.data(offsetof<Side>(), 8));
const trades = changetype<Trades>(memory.data(offsetof<Trades>(), 8));
const sales = changetype<Trades>(memory.data(offsetof<Trades>(), 8));

/** Orders of the last `match`. The host forgets it when the columns move. */
let matchedOffers: u32 = 0;
let matchedBids: u32 = 0;
let lotCount: u32 = 0;

function prepare(): void {
  offers.quantity = address(Column.offerQuantity);
  offers.left = address(Column.offerLeft);
  offers.price = address(Column.offerPrice);
  offers.flip = 0;
  bids.quantity = address(Column.bidQuantity);
  bids.left = address(Column.bidLeft);
  bids.price = address(Column.bidPrice);
  bids.flip = -1;
  lots.quantity = address(Column.lotQuantity);
  lots.left = address(Column.lotUnsold);
  lots.price = address(Column.lotPrice);
  lots.flip = 0;
  // Lists of order indices at the beginning of the working memory, 64-byte aligned.
  let at = address(Column.work);
  const first = <usize>max(offerCapacity(), lotCapacity()) << 2;
  const second = <usize>bidCapacity() << 2;
  offers.list = lots.list = at;
  offers.rank = lots.rank = at += (first + 63) & ~63;
  bids.list = at += (first + 63) & ~63;
  bids.rank = at += (second + 63) & ~63;
  scratch = at + ((second + 63) & ~63);
}
let scratch: usize = 0;

/**
 * Scenario 1 over the first `offerCount` offers and `bidCount` bids of the order columns. `mechanism` 0 `value`, 1
 * `merit`; `pricing` 0 counterparty, 1 blend, 2 uniform; `ties` 0 arrival, 1 prorata. Sets both `left` columns and the
 * trade columns; returns the number of trades.
 */
export function match(mechanism: u32, pricing: u32, ties: u32, k: u32, maxCycles: u32, offerCount: u32, bidCount: u32): i32 {
  if (offerCount > offerCapacity() || bidCount > bidCapacity() || k > 1_000_000 || mechanism > 1) return outOfRange;
  if (mechanism == 0 ? pricing > blended : pricing != blended && pricing != uniform) return outOfRange;
  if (ties > 1 || (ties == prorata && pricing != uniform)) return outOfRange;
  const offerQuantity = address(Column.offerQuantity);
  const bidQuantity = address(Column.bidQuantity);
  if (hasEmpty(offerQuantity, offerCount) || hasEmpty(bidQuantity, bidCount)) return emptyOrder;
  prepare();
  memory.copy(offers.left, offerQuantity, <usize>offerCount << 2);
  memory.copy(bids.left, bidQuantity, <usize>bidCount << 2);
  trades.offer = address(Column.tradeOffer);
  trades.bid = address(Column.tradeBid);
  trades.quantity = address(Column.tradeQuantity);
  trades.price = address(Column.tradePrice);
  trades.count = 0;
  trades.blended = u32(pricing != counterparty);
  trades.k = k;
  forgetClearingPrice();
  lotCount = 0;
  sales.count = 0;
  matchedOffers = offerCount;
  matchedBids = bidCount;
  if (mechanism == 0) matchByValue(offers, bids, offerCount, bidCount, trades, maxCycles, scratch);
  else matchByMerit(offers, bids, offerCount, bidCount, trades, pricing == uniform, ties == prorata, scratch);
  return <i32>trades.count;
}

/**
 * Makes the first `count` areas of the area columns the tree that `matchAreas` clears on. Returns how many pages of
 * 64 KiB of working memory that takes with so many orders, for `reserve`.
 */
export function plant(count: u32, offerCount: u32, bidCount: u32): i32 {
  planted = 0;
  if (count == 0 || count > areaCapacity() || offerCount > offerCapacity() || bidCount > bidCapacity()) return outOfRange;
  if (!plantTree(count)) return outOfRange;
  planted = count;
  return <i32>((areasRoom(offerCount, bidCount) + 0xffff) >> 16);
}
let planted: u32 = 0;

/**
 * Scenario 1 by `merit` with `uniform` prices on the areas that `plant` was given. Sets the `left`, trade and area
 * columns; returns the number of trades. There is no scenario 2 after it.
 */
export function matchAreas(k: u32, offerCount: u32, bidCount: u32): i32 {
  if (planted == 0 || k > 1_000_000 || offerCount > offerCapacity() || bidCount > bidCapacity()) return outOfRange;
  if (areasRoom(offerCount, bidCount) > workCapacity()) return outOfRange;
  if (hasEmpty(address(Column.offerQuantity), offerCount) || hasEmpty(address(Column.bidQuantity), bidCount)) return emptyOrder;
  forgetClearingPrice();
  lotCount = 0;
  sales.count = 0;
  trades.count = 0;
  const count = matchByAreas(offerCount, bidCount, k);
  if (count > 0) trades.count = <u32>count;
  // What follows sees no orders of an earlier match beside these trades.
  matchedOffers = count < 0 ? 0 : offerCount;
  matchedBids = count < 0 ? 0 : bidCount;
  // The tree lies in memory that moves when room is made.
  planted = 0;
  return count;
}

/** Orders of the last `match` that still want something. */
export function countOpen(): u32 {
  return countLeft(address(Column.offerLeft), matchedOffers) + countLeft(address(Column.bidLeft), matchedBids);
}

/**
 * Lots of scenario 2 from what offers have left at `poolPrice`; returns their number. Storage lots may be put behind
 * them. `limited`: an offer joins by its pool limit, otherwise by its price.
 */
export function pool(poolPrice: i32, limited: bool): i32 {
  // The host may have changed what is left; nothing may be left beyond the order's quantity.
  if (exceeds(address(Column.offerLeft), address(Column.offerQuantity), matchedOffers)) return outOfRange;
  if (exceeds(address(Column.bidLeft), address(Column.bidQuantity), matchedBids)) return outOfRange;
  lotCount = poolOffers(matchedOffers, poolPrice, address(limited ? Column.offerPoolLimit : Column.offerPrice));
  return <i32>lotCount;
}

/**
 * Scenario 2 over the lots that `pool` made and `storageLots` more that the host wrote behind them; returns the number
 * of sales. `limited`: a bid pays up to its pool limit, otherwise up to its price.
 */
export function sell(storageLots: u32, divisible: bool, limited: bool): i32 {
  if (storageLots > lotCapacity() - lotCount) return outOfRange;
  if (hasEmpty(address(Column.lotQuantity) + (<usize>lotCount << 2), storageLots)) return emptyOrder;
  prepare();
  for (let i: u32 = 0; i < storageLots; i++) store<u32>(address(Column.lotOffer) + (<usize>(lotCount + i) << 2), noOffer);
  lotCount += storageLots;
  bids.left = address(Column.rest);
  if (limited) bids.price = address(Column.bidPoolLimit);
  sales.offer = address(Column.saleLot);
  sales.bid = address(Column.saleBid);
  sales.quantity = address(Column.saleQuantity);
  sales.price = address(Column.salePrice);
  sales.count = 0;
  sales.blended = 0;
  sellLots(lots, bids, lotCount, matchedBids, sales, divisible, scratch);
  return <i32>sales.count;
}

/** Bids of the last `sell` that still lack something. */
export function countRest(): u32 {
  return countLeft(address(Column.rest), matchedBids);
}

/** Trade records of peer trades `first` … `first + count`, at `out` in the working memory. Returns `count`. */
export function peerRecords(carrier: u32, first: u32, count: u32, offerNames: usize, bidNames: usize, supplyRate: u32, useRate: u32, out: usize): i32 {
  if (first > trades.count || count > trades.count - first || carrier > 255 || supplyRate > 1_000_000 || useRate > 1_000_000) return outOfRange;
  if (!insideWork(out, <u64>count * recordBytes)) return outOfRange;
  writePeerRecords(carrier, first, count, offerNames, bidNames, supplyRate, useRate, out);
  return <i32>count;
}

const sellers = changetype<Parties>(memory.data(offsetof<Parties>(), 8));
const buyers = changetype<Parties>(memory.data(offsetof<Parties>(), 8));

/**
 * Says what the offers and bids of a clearing on areas are, for `areaRecords`: so many orders first, then so many
 * stores, all others are the grid.
 */
export function parties(orderOffers: u32, deviceOffers: u32, orderBids: u32, deviceBids: u32): void {
  sellers.orders = orderOffers;
  sellers.devices = deviceOffers;
  buyers.orders = orderBids;
  buyers.devices = deviceBids;
}

/** As `peerRecords`, of the trades of a clearing on areas, the sides being what `parties` was told. */
export function areaRecords(carrier: u32, first: u32, count: u32, offerNames: usize, bidNames: usize, supplyRate: u32, useRate: u32, out: usize): i32 {
  if (first > trades.count || count > trades.count - first || carrier > 255 || supplyRate > 1_000_000 || useRate > 1_000_000) return outOfRange;
  if (areaCapacity() == 0 || !insideWork(out, <u64>count * recordBytes)) return outOfRange;
  writeAreaRecords(carrier, first, count, offerNames, bidNames, sellers, buyers, supplyRate, useRate, out);
  return <i32>count;
}

/**
 * Trade records of the first `count` sales, at `out` in the working memory; their sellers get `purchasePrice`, or
 * without one the price of the lot. Returns `count`.
 */
export function saleRecords(carrier: u32, count: u32, hasPurchasePrice: bool, purchasePrice: i32, offerNames: usize, bidNames: usize, deviceNames: usize, out: usize): i32 {
  if (carrier > 255 || count > sales.count || !insideWork(out, <u64>count * recordBytes)) return outOfRange;
  writeSaleRecords(carrier, count, lotCount, hasPurchasePrice, purchasePrice, offerNames, bidNames, deviceNames, out);
  return <i32>count;
}

function insideWork(at: usize, bytes: u64): bool {
  const work = address(Column.work);
  return at >= work && <u64>(at - work) + bytes <= workCapacity();
}

const streamState = memory.data(stateBytes, 16);
/** Where the one stream that is being fed keeps its state; the host keeps the states of the others. */
export function shaState(): usize {
  return streamState;
}
