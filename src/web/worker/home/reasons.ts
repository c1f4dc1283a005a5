/**
 * Why each order of a member was or was not served in a period: facts out of the block, and limits with which it would
 * have been, found by clearing the period again.
 */
import { type Block, decodeBlock } from "../../../ledger/format/block.js";
import { decodeRecords } from "../../../ledger/format/layout.js";
import { orderLayout, tradeLayout } from "../../../ledger/format/records.js";
import { tariffsAt } from "../../../market/contracts/tariffs.js";
import { contractsOf } from "../../../report/columns.js";
import { type CountedOrders, ordersOf } from "../../../report/left.js";
import { type Carrier, carriers } from "../../../units.js";
import { poolLimits } from "../agreed.js";
import type { Run } from "../chain.js";
import { runOf } from "../day.js";
import { openNetwork } from "../network.js";
import type { Work } from "../work.js";
import { type Instead, insteadOf, stateBefore } from "./again.js";
import { type Fate, fateOf, inCommunity, orderNumber } from "./fate.js";

/** Whose orders of which period are asked about. */
export interface WhyInput {
  /** Key of the settings whose day it is. */
  readonly ledger: string;
  /** Number of the member. */
  readonly member: number;
  /** Place of the period in the day, from 0. */
  readonly place: number;
}

/**
 * Why not all of an order was traded directly. `nobody`: the other side had no order. `price`: none of its orders
 * agreed, and `best` is the limit that came nearest. `used`: so many did, and traded all they had with others. `line`:
 * a full line held it back. `place`: the price at its place is not within its limit. `other`: none of these.
 */
export type DirectWhy =
  | { readonly why: "nobody" | "other" }
  | { readonly why: "price"; readonly best: number }
  | { readonly why: "used"; readonly agreeing: number }
  | { readonly why: "line"; readonly area: string }
  | { readonly why: "place"; readonly area: string; readonly price: number };

/**
 * Why the pool did not take or serve what was left. `none`: there is none. `barred`: the contract keeps it out.
 * `limit`: the pool pays or asks `price`, the order's limit there is `limit`. `rest`: it took part and this was left.
 */
export type PoolWhy =
  | { readonly why: "none" }
  | { readonly why: "barred" }
  | { readonly why: "limit" | "rest"; readonly price: number; readonly limit: number };

/** One order of the member, what became of it, and why. */
export interface OrderWhy {
  readonly carrier: Carrier;
  readonly side: "offer" | "bid";
  readonly price: number;
  readonly fate: Fate;
  /** null: all of it was traded directly. */
  readonly direct: DirectWhy | null;
  /** null: nothing was left for the pool, or the pool took or served it all. */
  readonly pool: PoolWhy | null;
  /** The limit with which it would all have stayed in the community, or the furthest that makes sense; see again.ts. */
  readonly instead: Instead | null;
  /** What the grid asks and pays for a unit. */
  readonly retail: number;
  readonly feedIn: number;
}

/** An order of the block with what it counts for, and what direct trade left of it. */
interface Open {
  readonly side: "offer" | "bid";
  readonly price: number;
  readonly rest: number;
}

/** The orders of a carrier that count, with what direct trade left of each. */
function openOrders({ sections }: Block, { counted }: CountedOrders, carrier: Carrier): Open[] {
  const rest = Array.from(counted);
  for (const { kind, seller, buyer, offer, bid, quantity } of decodeRecords(tradeLayout, sections.trades)) {
    if ((kind !== "peer" && kind !== "area") || seller !== "order" || buyer !== "order") continue;
    rest[offer]! -= quantity;
    rest[bid]! -= quantity;
  }
  return decodeRecords(orderLayout, sections.orders).flatMap((order, number) =>
    order.carrier === carrier && counted[number]! > 0
      ? [{ side: order.side, price: order.price, rest: rest[number]! }]
      : [],
  );
}

/** What is said of an order: its side and limit, what became of it, and where it is. */
interface Told {
  readonly side: "offer" | "bid";
  readonly price: number;
  readonly fate: Fate;
}

/** Why direct trade left some of an order. */
function directWhy(
  { side, price, fate }: Told,
  all: readonly Open[],
  area: (number: number) => string,
  place: { readonly name: string; readonly price: number } | null,
): DirectWhy | null {
  if (fate.direct.quantity === fate.quantity) return null;
  const sells = side === "offer";
  const others = all.filter((other) => other.side !== side);
  if (others.length === 0) return { why: "nobody" };
  const agreeing = others.filter((other) => (sells ? other.price >= price : other.price <= price));
  const limits = others.map((other) => other.price);
  if (agreeing.length === 0) return { why: "price", best: sells ? Math.max(...limits) : Math.min(...limits) };
  if (fate.heldBy !== null) return { why: "line", area: area(fate.heldBy) };
  // Where places have prices, whoever is served is who agrees with that of its own place.
  if (place !== null)
    return (sells ? place.price <= price : place.price >= price)
      ? { why: "place", area: place.name, price: place.price }
      : { why: "other" };
  return agreeing.every(({ rest }) => rest === 0)
    ? { why: "used", agreeing: agreeing.length }
    : { why: "other" };
}

/** Why the pool left some of what direct trade did. */
function poolWhy(
  { side, fate }: Told,
  pool: { readonly price: number; readonly purchasePrice: number } | null,
  { poolLimit, consent }: { readonly poolLimit: number; readonly consent: boolean },
): PoolWhy | null {
  if (inCommunity(fate) === fate.quantity) return null;
  if (pool === null) return { why: "none" };
  if (!consent) return { why: "barred" };
  const price = side === "offer" ? pool.purchasePrice : pool.price;
  const agrees = side === "offer" ? poolLimit <= price : poolLimit >= price;
  return { why: agrees ? "rest" : "limit", price, limit: poolLimit };
}

/** The rules of a carrier that the day began with, and what it cost outside the market in the period at a place. */
function rulesIn(run: Run, carrier: Carrier, place: number) {
  const contracts = contractsOf(decodeBlock(run.blocks[0]!));
  const clearing = contracts.find((each) => each.kind === "clearing" && each.carrier === carrier);
  const payment = contracts.find((each) => each.kind === "payment")!;
  const market = contracts.find((each) => each.kind === "market")!;
  const before = decodeBlock(run.blocks[place]!);
  return {
    pool: clearing?.kind === "clearing" && clearing.mechanism !== "share" ? clearing.pool : null,
    tariff: tariffsAt(payment, market, before.header.timestampMs)[carrier],
    areas: contracts.flatMap((each) => (each.kind === "area" ? [each.area] : [])),
    areaOf: (id: string): string | undefined => {
      const own = contracts.find((each) => each.kind === "participant" && each.id === id);
      return own?.kind === "participant" ? own.areas?.[carrier] : undefined;
    },
  };
}

/** Why each order of a member in a period was or was not served. */
export async function why(work: Work, { ledger, member, place }: WhyInput): Promise<readonly OrderWhy[]> {
  const run = runOf(ledger);
  const block = decodeBlock(run.blocks[place + 1]!);
  const counted = ordersOf(block.sections);
  const networks = openNetwork(run.community)(block);
  const found: OrderWhy[] = [];
  for (const carrier of carriers) {
    const number = orderNumber(block.sections, counted, member, carrier);
    if (number < 0) continue;
    const { side, price } = decodeRecords(orderLayout, block.sections.orders)[number]!;
    const { pool, tariff, areas, areaOf } = rulesIn(run, carrier, place);
    const fate = fateOf(block.sections, number, counted);
    const told = { side, price, fate };
    const own = areaOf(run.community.members[member]!.id);
    const at = networks[carrier].find(({ name }) => name === own) ?? networks[carrier][0];
    const priced = at === undefined || at.price === null ? null : { name: at.name, price: at.price };
    const limit = poolLimits(
      run.community,
      carrier,
      place,
    )({ participant: member, sells: side === "offer", price });
    const { retail, feedIn } = tariff;
    const furthest = side === "offer" ? Math.min(price, feedIn) : Math.max(price, retail);
    const instead =
      inCommunity(fate) === fate.quantity
        ? null
        : insteadOf(work, await stateBefore(work, run, place + 1), block, { number, price, furthest });
    found.push({
      carrier,
      ...told,
      direct: directWhy(told, openOrders(block, counted, carrier), (area) => areas[area]!, priced),
      pool: poolWhy(told, pool, limit),
      instead,
      retail,
      feedIn,
    });
  }
  return found;
}
