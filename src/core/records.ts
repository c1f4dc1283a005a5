/**
 * Trades and sales of a clearing as records of the ledger, written by the core.
 */
import { integer, needObject } from "../check.js";
import { fail } from "../errors.js";
import { maxPrice, minPrice } from "../units.js";
import type { AreaClearing } from "./areas.js";
import { type LimitedColumns, type OfferColumns, takeColumn } from "./columns.js";
import { merkleRoom } from "./hashing.js";
import type { CoreExports } from "./load.js";
import type { CoreMemory } from "./memory.js";
import { type CommissionTier, checkCommission, tierRanges } from "./rules.js";

/** Length of a trade record (docs/ledger-format.md, section 3). */
export const tradeRecordBytes = 40;

/** How many orders, and behind them stores, one side of a clearing on areas has; the rest is the grid connection. */
export interface Parties {
  readonly orders: number;
  readonly devices: number;
}

/** How indices become the ledger's numbers. */
export interface RecordOptions {
  /** Carrier code, 0 … 255. */
  readonly carrier: number;
  /** Order number of each offer and of each bid; without one the index stands. */
  readonly offers?: Uint32Array;
  readonly bids?: Uint32Array;
  /** Device number of each storage lot. */
  readonly devices?: Uint32Array;
  /**
   * Of a clearing on areas: how many of its offers, and of its bids, are orders, and how many behind them stores; the
   * others are the grid connection. Without it all are orders. `offers` and `bids` number all of them.
   */
  readonly sellers?: Parties;
  readonly buyers?: Parties;
  /** What the sellers of pool trades get for each unit; without it the price of the lot. */
  readonly purchasePrice?: number;
  /** Tiers that peer-to-peer trades pay; none without it. */
  readonly commission?: readonly CommissionTier[];
  /**
   * Only the first so many peer-to-peer trades, or sales: a caller that drops some moves the others up in the columns,
   * and one that needs one kind alone asks for 0 of the other.
   */
  readonly peers?: number;
  readonly sales?: number;
}

/**
 * Records of a clearing, 40 bytes each: `peers` peer-to-peer trades, then `sales` pool trades, both in order of
 * execution.
 */
export interface TradeRecords {
  readonly peers: number;
  readonly sales: number;
  /** A view of the core's memory, valid until the next call other than `merkleRoot` of this very view. */
  readonly bytes: Uint8Array;
}

/** What the core holds of the last match: counts, and which sides came with pool limits. */
export interface Matched {
  readonly offers: number;
  readonly bids: number;
  /** 1 where the side has pool limits; 0 where its prices are its limits in the pool too. */
  readonly offersLimited: number;
  readonly bidsLimited: number;
  readonly trades: number;
  /** Whether it was a clearing on areas, which has no pool. */
  readonly onAreas: boolean;
  storageLots: number;
  sales: number;
}

/** The match that scenario 2 goes on from; throws `state` naming the call without one, or after a clearing on areas. */
export const goOn = (matched: Matched | null, call: string): Matched =>
  matched?.onAreas === false ? matched : fail("state", call, "a match to go on from", "none");

/** What the core holds of a match that made so many trades. */
export const matchedOf = (offers: OfferColumns, bids: LimitedColumns, trades: number): Matched => ({
  offers: offers.quantity.length,
  bids: bids.quantity.length,
  offersLimited: Number(offers.poolLimit !== undefined),
  bidsLimited: Number(bids.poolLimit !== undefined),
  trades,
  onAreas: false,
  storageLots: 0,
  sales: 0,
});

/** What the core holds of a clearing on areas. */
export const matchedOnAreas = ({ remaining, trades }: AreaClearing): Matched => ({
  offers: remaining.offers.length,
  bids: remaining.bids.length,
  offersLimited: 0,
  bidsLimited: 0,
  trades: trades.count,
  onAreas: true,
  storageLots: 0,
  sales: 0,
});

/** Writes the records of the last clearing, fees included, into the core's staging memory. */
export function tradeRecords(
  core: CoreExports,
  memory: CoreMemory,
  matched: Readonly<Matched>,
  options: RecordOptions,
): TradeRecords {
  const carrier = integer(0, 255)(options.carrier, "carrier");
  const counted = (wanted: number | undefined, most: number, field: string): number =>
    wanted === undefined ? most : integer(0, most)(wanted, field);
  const peers = counted(options.peers, matched.trades, "peers");
  const sales = counted(options.sales, matched.sales, "sales");
  const bought =
    options.purchasePrice === undefined ? undefined : priceTicks(options.purchasePrice, "purchasePrice");
  const own = memory.bytes.buffer;
  const names = [
    takeNames(options.offers, "offers", matched.offers, own),
    takeNames(options.bids, "bids", matched.bids, own),
    takeNames(options.devices, "devices", matched.storageLots, own),
  ];
  const recordsBytes = (peers + sales) * tradeRecordBytes;
  const nameBytes = names.reduce((sum, column) => sum + pad((column?.length ?? 0) * 4), 0);
  // Records lie first and room for their Merkle root's hashes behind them, so that hashing them grows nothing: rows of
  // a power of two of records make the same pieces as single ones.
  const namesAt = pad(recordsBytes);
  memory.reserve(0, 0, 0, namesAt + Math.max(nameBytes, merkleRoom(recordsBytes, tradeRecordBytes)));
  const work = memory.address("work");
  let at = work + namesAt;
  const pointers = names.map((column) => {
    if (column === undefined) return 0;
    const pointer = at;
    memory.bytes.set(new Uint8Array(column.buffer, column.byteOffset, column.byteLength), pointer);
    at += pad(column.length * 4);
    return pointer;
  });
  const [offers = 0, bids = 0, devices = 0] = pointers;
  const tiers = options.commission === undefined ? [] : checkCommission(options.commission, "commission");
  const ranges =
    tiers.length === 0 ? [{ tier: { supply: 0, use: 0 }, first: 0, end: peers }] : tierRanges(tiers, peers);
  if (matched.onAreas) placeParties(core, matched, options);
  const write = matched.onAreas ? core.areaRecords : core.peerRecords;
  for (const { tier, first, end } of ranges)
    write(carrier, first, end - first, offers, bids, tier.supply, tier.use, work + first * tradeRecordBytes);
  core.saleRecords(
    carrier,
    sales,
    bought !== undefined,
    bought ?? 0,
    offers,
    bids,
    devices,
    work + peers * tradeRecordBytes,
  );
  return { peers, sales, bytes: memory.bytes.subarray(work, work + recordsBytes) };
}

function placeParties(
  core: CoreExports,
  matched: Readonly<Matched>,
  { sellers, buyers }: RecordOptions,
): void {
  const taken = (parties: Parties | undefined, most: number, field: string): [number, number] => {
    if (parties === undefined) return [most, 0];
    const orders = integer(0, most)(needObject(parties, field).orders, `${field}.orders`);
    return [orders, integer(0, most - orders)(parties.devices, `${field}.devices`)];
  };
  core.parties(...taken(sellers, matched.offers, "sellers"), ...taken(buyers, matched.bids, "buyers"));
}

const priceTicks = integer(minPrice, maxPrice);
const pad = (bytes: number): number => Math.ceil(bytes / 64) * 64;

function takeNames(
  names: unknown,
  field: string,
  least: number,
  own: ArrayBufferLike,
): Uint32Array | undefined {
  if (names === undefined) return undefined;
  const taken = takeColumn(names, field, "Uint32Array", own);
  return taken.length < least ? fail("invalid", field, `a number for each of ${least}`, taken.length) : taken;
}
