/** Trades as the records of a block, written where the columns lie, so that the market copies bytes and no numbers. */
import { fee } from "./commission";
import { Column, address } from "./layout";
import { noOffer } from "./match/pool";

// A trade record, 40 bytes, little-endian (docs/ledger-format.md):
//
//   0 kind u8 │ 1 carrier u8 │ 2 seller u8 │ 3 buyer u8 │ 4 offer u32 │ 8 bid u32 │ 12 quantity u32
//   16 supply price i32 │ 20 use price i32 │ 24 supply fee i64 │ 32 use fee i64
export const recordBytes: u32 = 40;

const peerTrade: u32 = 1;
const offerLotSale: u32 = 2;
const storageLotSale: u32 = 3;
const areaTrade: u32 = 4;

/** What the sides are, as the third and the fourth byte of a record. */
const orderSells: u32 = 1 << 16;
const deviceSells: u32 = 2 << 16;
const orderBuys: u32 = 1 << 24;

/** Entry `index` of a column of numbers; without one (address 0) the index itself. */
// @ts-ignore: decorator
@inline
function named(names: usize, index: u32): u32 {
  return names == 0 ? index : load<u32>(names + (<usize>index << 2));
}

// @ts-ignore: decorator
@inline
function write(out: usize, head: u32, offer: u32, bid: u32, quantity: u32, supplyPrice: i32, usePrice: i32, supplyFee: u64, useFee: u64): void {
  store<u32>(out, head);
  store<u32>(out, offer, 4);
  store<u32>(out, bid, 8);
  store<u32>(out, quantity, 12);
  store<i32>(out, supplyPrice, 16);
  store<i32>(out, usePrice, 20);
  store<u64>(out, supplyFee, 24);
  store<u64>(out, useFee, 32);
}

/** Records of peer trades `first` … `first + count`; names (or 0) turn indices into the ledger's order numbers. */
export function writePeerRecords(
  carrier: u32, first: u32, count: u32, offerNames: usize, bidNames: usize, supplyRate: u32, useRate: u32, out: usize,
): void {
  const head = peerTrade | (carrier << 8) | orderSells | orderBuys;
  for (let i = first; i < first + count; i++, out += recordBytes) {
    const at = <usize>i << 2;
    const quantity = load<u32>(address(Column.tradeQuantity) + at);
    const price = load<i32>(address(Column.tradePrice) + at);
    write(
      out, head, named(offerNames, load<u32>(address(Column.tradeOffer) + at)), named(bidNames, load<u32>(address(Column.tradeBid) + at)),
      quantity, price, price,
      supplyRate == 0 ? 0 : fee(quantity, price, supplyRate), useRate == 0 ? 0 : fee(quantity, price, useRate),
    );
  }
}

/** Which of the offers, or bids, of a clearing on areas are what: orders, then stores, then the grid connection. */
@unmanaged
export class Parties {
  orders: u32;
  devices: u32;
}

// @ts-ignore: decorator
@inline
function partyOf(parties: Parties, index: u32): u32 {
  if (index < parties.orders) return 1;
  return index - parties.orders < parties.devices ? 2 : 3;
}

/** Records of the trades of a clearing on areas, likewise; commission is taken where both sides are orders. */
export function writeAreaRecords(
  carrier: u32, first: u32, count: u32, offerNames: usize, bidNames: usize, sellers: Parties, buyers: Parties,
  supplyRate: u32, useRate: u32, out: usize,
): void {
  for (let i = first; i < first + count; i++, out += recordBytes) {
    const at = <usize>i << 2;
    const offer = load<u32>(address(Column.tradeOffer) + at);
    const bid = load<u32>(address(Column.tradeBid) + at);
    const quantity = load<u32>(address(Column.tradeQuantity) + at);
    const supplyPrice = load<i32>(address(Column.tradePrice) + at);
    const usePrice = load<i32>(address(Column.tradeUsePrice) + at);
    const seller = partyOf(sellers, offer);
    const buyer = partyOf(buyers, bid);
    const peers = seller == 1 && buyer == 1;
    write(
      out, areaTrade | (carrier << 8) | (seller << 16) | (buyer << 24), named(offerNames, offer), named(bidNames, bid),
      quantity, supplyPrice, usePrice,
      peers && supplyRate != 0 ? fee(quantity, supplyPrice, supplyRate) : 0,
      peers && useRate != 0 ? fee(quantity, usePrice, useRate) : 0,
    );
  }
}

/**
 * Records of the first `count` sales; a storage lot is named by `deviceNames[lot − lots of offers]`. An offer's seller
 * gets `purchasePrice` if there is one, a store the price of its lot. Sales bear no fee.
 */
export function writeSaleRecords(
  carrier: u32, count: u32, lotCount: u32, hasPurchasePrice: bool, purchasePrice: i32,
  offerNames: usize, bidNames: usize, deviceNames: usize, out: usize,
): void {
  const lotOffer = address(Column.lotOffer);
  // Storage lots stand last.
  let offerLots = lotCount;
  while (offerLots > 0 && load<u32>(lotOffer + (<usize>(offerLots - 1) << 2)) == noOffer) offerLots--;
  for (let i: u32 = 0; i < count; i++, out += recordBytes) {
    const at = <usize>i << 2;
    const lot = load<u32>(address(Column.saleLot) + at);
    const stored = lot >= offerLots;
    const seller = stored ? named(deviceNames, lot - offerLots) : named(offerNames, load<u32>(lotOffer + (<usize>lot << 2)));
    const price = load<i32>(address(Column.salePrice) + at);
    const head = stored ? storageLotSale | deviceSells : offerLotSale | orderSells;
    write(
      out, head | (carrier << 8) | orderBuys, seller, named(bidNames, load<u32>(address(Column.saleBid) + at)),
      load<u32>(address(Column.saleQuantity) + at), stored || !hasPurchasePrice ? price : purchasePrice, price, 0, 0,
    );
  }
}
