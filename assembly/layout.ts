/**
 * Where every column lies in the memory, as its capacities say: offsets follow from five numbers and nothing else, so
 * that TypeScript reads a column where the core wrote it.
 */
import { areaBytes, maxAreas, maxBytes, maxOrders, outOfMemory, outOfRange } from "./limits";

// The memory map. O, B, L, A, W: capacity for offers, bids, lots (offers + storage lots), areas and working bytes.
//
//   0 ┌──────────────────────────────────────────────┐
//     │ static data: histograms, sides, hash tables  │
//   a ├──────────────────────────────────────────────┤ a = __heap_base, rounded up
//     │ offers   quantity price left consent [O]     │ 4 + 4 + 4 + 1 bytes an offer,
//     │          pool limit                          │ 4
//     │ bids     quantity price left pool limit [B]  │ 4 + 4 + 4 + 4 bytes a bid
//     │ trades   offer bid quantity price [O + B]    │ 16 bytes: each trade exhausts an order
//   b ├──────────────────────────────────────────────┤ everything above keeps its place when only L, A or W grow
//     │ lots     offer quantity price unsold [L]     │ 16 bytes a lot
//     │ sales    lot bid quantity price [L + B]      │ 16 bytes: each sale exhausts a lot or a bid
//     │ rest     [B]                                 │ 4 bytes a bid
//     ├──────────────────────────────────────────────┤ nothing of what follows where A is 0
//     │ areas    of orders [O] [B], of trades the    │ 2 bytes an order, 4 a trade
//     │          bid's price [O + B]                 │
//     │          the tree [A], what came of it [A],  │ 24 + 13 + 12 bytes an area
//     │          states while clearing [A]           │ area/tree.ts
//   c ├──────────────────────────────────────────────┤
//     │ work     scratch of matching, and, when no   │ W
//     │          clearing runs, staging of hashing   │
//   d └──────────────────────────────────────────────┘
//
// Columns are 16-byte aligned and padded to whole 64 bytes, so SIMD may read (never write) past a count.

/** Columns the host may see, in the order of their numbers. */
export const enum Column {
  offerQuantity,
  offerPrice,
  offerLeft,
  offerConsent,
  offerPoolLimit,
  bidQuantity,
  bidPrice,
  bidLeft,
  bidPoolLimit,
  tradeOffer,
  tradeBid,
  tradeQuantity,
  tradePrice,
  lotOffer,
  lotQuantity,
  lotPrice,
  lotUnsold,
  saleLot,
  saleBid,
  saleQuantity,
  salePrice,
  rest,
  offerArea,
  bidArea,
  tradeUsePrice,
  areaParent,
  areaFee,
  areaExport,
  areaImport,
  areaPrice,
  areaPriced,
  areaFlow,
  areaPlace,
  areaSize,
  areaState,
  work,
  count,
}

const addresses = memory.data(Column.count * 4, 16);

let offerRoom: u32 = 0;
let bidRoom: u32 = 0;
let lotRoom: u32 = 0;
let areaRoom: u32 = 0;
let workRoom: u64 = 0;

export function offerCapacity(): u32 { return offerRoom; }
export function bidCapacity(): u32 { return bidRoom; }
export function lotCapacity(): u32 { return lotRoom; }
export function areaCapacity(): u32 { return areaRoom; }
export function workCapacity(): u64 { return workRoom; }

/** Where column number `column` begins; 0 for a number that is none. */
export function address(column: i32): usize {
  return <u32>column < <u32>Column.count ? <usize>load<u32>(addresses + (<usize>column << 2)) : 0;
}

/**
 * Scratch that matching needs: two lists of indices a side, and behind them, one after the other, at most 36 bytes an
 * order of the largest side for sorting (sort.ts), 9 for the tree in rank order (tree.ts), 44 for the one in Morton
 * order (morton.ts), which is made room for with some to spare.
 */
function scratchBytes(offers: u32, bids: u32, lots: u32): u64 {
  const largest = <u64>max(max(offers, bids), lots);
  return (<u64>max(offers, lots) + bids) * 8 + largest * 48 + 16384;
}

let cursor: u64 = 0;

function place(column: i32, count: u64, bytesEach: u32): void {
  // Past 4 GiB the address is cut off; `reserve` refuses before it is used.
  store<u32>(addresses + (<usize>column << 2), <u32>cursor);
  cursor = (cursor + count * bytesEach + 63) & ~63;
}

/**
 * Makes room for `offers`, `bids`, `lots` (offers and storage lots together), `areas` (0: clearings without) and
 * `bytes` of working memory; the only function that grows memory. Nothing shrinks. Contents of order and trade columns
 * survive when neither `offers` nor `bids` grow. Returns 0, `outOfRange` or `outOfMemory`; after a refusal the old
 * layout still holds.
 */
export function reserve(offers: u32, bids: u32, lots: u32, areas: u32, bytes: u32): i32 {
  if (offers > maxOrders || bids > maxOrders || lots > maxOrders * 2 || areas > maxAreas) return outOfRange;
  offers = max(offers, offerRoom);
  bids = max(bids, bidRoom);
  lots = max(max(lots, lotRoom), offers);
  areas = max(areas, areaRoom);
  const work = max(max(<u64>bytes, workRoom), scratchBytes(offers, bids, lots));
  const same = offers == offerRoom && bids == bidRoom && lots == lotRoom && areas == areaRoom && work == workRoom;
  if (same) return 0;

  lay(offers, bids, lots, areas, work);
  const pagesNow = <u64>memory.size();
  const pagesWanted = (cursor + 0xffff) >> 16;
  if (cursor > maxBytes || (pagesWanted > pagesNow && memory.grow(<i32>(pagesWanted - pagesNow)) < 0)) {
    lay(offerRoom, bidRoom, lotRoom, areaRoom, workRoom);
    return outOfMemory;
  }
  offerRoom = offers;
  bidRoom = bids;
  lotRoom = lots;
  areaRoom = areas;
  workRoom = work;
  return 0;
}

function lay(offers: u32, bids: u32, lots: u32, areas: u32, work: u64): void {
  const trades = <u64>offers + bids;
  const sales = <u64>lots + bids;
  cursor = (<u64>__heap_base + 63) & ~63;
  place(Column.offerQuantity, offers, 4);
  place(Column.offerPrice, offers, 4);
  place(Column.offerLeft, offers, 4);
  place(Column.offerConsent, offers, 1);
  place(Column.offerPoolLimit, offers, 4);
  place(Column.bidQuantity, bids, 4);
  place(Column.bidPrice, bids, 4);
  place(Column.bidLeft, bids, 4);
  place(Column.bidPoolLimit, bids, 4);
  for (let column: i32 = Column.tradeOffer; column <= Column.tradePrice; column++) place(column, trades, 4);
  for (let column: i32 = Column.lotOffer; column <= Column.lotUnsold; column++) place(column, lots, 4);
  for (let column: i32 = Column.saleLot; column <= Column.salePrice; column++) place(column, sales, 4);
  place(Column.rest, bids, 4);
  place(Column.offerArea, areas == 0 ? 0 : offers, 2);
  place(Column.bidArea, areas == 0 ? 0 : bids, 2);
  place(Column.tradeUsePrice, areas == 0 ? 0 : trades, 4);
  place(Column.areaParent, areas, 4);
  place(Column.areaFee, areas, 4);
  place(Column.areaExport, areas, 8);
  place(Column.areaImport, areas, 8);
  place(Column.areaPrice, areas, 4);
  place(Column.areaPriced, areas, 1);
  place(Column.areaFlow, areas, 8);
  place(Column.areaPlace, areas, 4);
  place(Column.areaSize, areas, 4);
  place(Column.areaState, areas, areaBytes);
  place(Column.work, work, 1);
}
