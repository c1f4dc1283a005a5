/** Makes the orders of one period: those of a simulated community, or many more that are like them. */
import { type Community, openCommunity } from "../../simulation/community.js";
import { createRandom } from "../../simulation/world/random.js";
import { carriers, maxQuantity, ppm } from "../../units.js";
import { t } from "../say.js";
import { participantsOf } from "../settings/effects.js";
import type { Settings } from "../settings/settings.js";
import { poolLimits } from "./agreed.js";
import type { Drawn, Lot, Market, Owner, Placed } from "./market.js";
import { ownerOfStore, wordsOf } from "./owners.js";
import { scenarioOf } from "./scenario.js";

/** What a community brings to a period. */
interface Brought {
  readonly community: Community;
  /** Place of the period in the community's run. */
  readonly place: number;
  /** Orders of the carrier, in arrival order. */
  readonly placed: readonly Placed[];
  readonly lots: readonly Lot[];
}

/** The orders that a community of `size` members places in the period and carrier of the settings, in arrival order. */
function drawnFrom(
  settings: Settings,
  size: number,
): Pick<Brought, "community" | "place"> & { readonly drawn: readonly Drawn[] } {
  const community = openCommunity(scenarioOf(settings, size));
  const { members } = community;
  const place = Math.floor(settings.time / settings.minutes);
  const batch = community.orders(place);
  const code = carriers.indexOf(settings.carrier);
  const drawn: Drawn[] = [];
  for (let index = 0; index < batch.carrier.length; index++) {
    if (batch.carrier[index] !== code) continue;
    drawn.push({
      member: members[batch.participant[index]!]!,
      sells: batch.side[index] === 0,
      quantity: batch.quantity[index]!,
      price: batch.price[index]!,
    });
  }
  return { community, place, drawn };
}

/** What the stores of a community offer through the pool. */
function lotsOf(community: Community, settings: Settings): Lot[] {
  const lots: Lot[] = [];
  for (const contract of community.contracts(-1)) {
    if (contract.kind !== "storage" || contract.carrier !== settings.carrier || contract.stays) continue;
    const member = community.members.find(({ id }) => contract.device.startsWith(`${id}-`));
    // What a store holds in the midst of a day follows from the periods before, which nobody cleared: half of its room.
    const held = Math.floor(contract.capacity / 2);
    const quantity = Math.min(
      contract.dischargeLimit,
      Math.floor((held * contract.dischargeEfficiency) / ppm),
    );
    if (member !== undefined && quantity > 0) lots.push({ member, quantity, price: contract.dischargePrice });
  }
  return lots;
}

/** The orders of the settings' community, as large as a day can have it, and the lots of its stores. */
function bringOrders(settings: Settings): Brought {
  const { community, place, drawn } = drawnFrom(settings, participantsOf(settings));
  const limitOf = poolLimits(community, settings.carrier, place);
  const placed = drawn.map((order): Placed => {
    const { member, sells, price } = order;
    return { ...order, ...limitOf({ participant: member.number, sells, price }) };
  });
  return { community, place, placed, lots: lotsOf(community, settings) };
}

/**
 * The orders of a region that has more members than can be simulated for a day: of each of them as many as of the
 * members of a community that is simulated, every one like one of theirs.
 */
export function makeMarket(settings: Settings): Market {
  const { placed, lots } = bringOrders(settings);
  const size = Math.round((settings.members / participantsOf(settings)) * placed.length);
  return multiplied(placed, lots, size, settings.seed);
}

/** A market of many more: each order like one of the community’s, with a quantity and a price of its own. */
function multiplied(placed: readonly Placed[], lots: readonly Lot[], size: number, seed: number): Market {
  const offers = placed.filter((order) => order.sells);
  const bids = placed.filter((order) => !order.sells);
  const random = createRandom(seed);
  const offerCount = placed.length === 0 ? 0 : Math.round((size * offers.length) / placed.length);
  const lotCount = placed.length === 0 ? 0 : Math.round((size * lots.length) / placed.length);
  const spread = <T extends Lot>(from: readonly T[], many: number) => {
    const quantity = new Uint32Array(many);
    const price = new Int32Array(many);
    for (let index = 0; index < many; index++) {
      const like = from[index % from.length]!;
      const factor = (random.next() + 0x2000_0000) / 0xa000_0000; // 0.2 to 1.8
      quantity[index] = Math.min(Math.max(Math.round(like.quantity * factor), 1), maxQuantity);
      price[index] = like.price + (random.next() % 20_001) - 10_000;
    }
    return { quantity, price };
  };
  const sold = spread(offers, offerCount);
  const asked = spread(bids, size - offerCount);
  // The contract is that of the order it is like; a bid pays what it pays among peers in the pool as well.
  const floor = sold.price.map((_, index) => offers[index % offers.length]!.poolLimit);
  const most = asked.price.map((price, index) => Math.max(price, bids[index % bids.length]!.poolLimit));
  const consent = Uint8Array.from(sold.price, (_, index) => (offers[index % offers.length]!.consent ? 1 : 0));
  const owner =
    (from: readonly Lot[]) =>
    (index: number): Owner => {
      const { name, kind } = wordsOf(from[index % from.length]!.member);
      const street = Math.floor(index / from.length);
      return { name: street === 0 ? name : t`${name}, district ${street + 1}`, kind };
    };
  return {
    offers: { ...sold, poolLimit: floor, consent },
    bids: { ...asked, poolLimit: most },
    lots: spread(lots, lotCount),
    offerOwner: (index) =>
      index < offerCount
        ? owner(offers)(index)
        : ownerOfStore(lots[(index - offerCount) % lots.length]!.member),
    bidOwner: owner(bids),
  };
}
