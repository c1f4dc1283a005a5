/**
 * How the storage devices of a carrier charge in a period: from what the pool could not sell, which is still the
 * sellers' own, and what is owed to whoever departs from the grid.
 */
import { ppm } from "../../units.js";
import { scaleDown, scaleUp } from "../books/amounts.js";
import type { StorageContract } from "../contracts/contracts.js";
import { nobody } from "../contracts/register.js";
import type { Device } from "../contracts/terms.js";
import { type CarrierBook, floorAt } from "./book.js";
import type { PoolOutcome } from "./pool.js";
import type { Round } from "./round.js";
import { chargeOwed, placeOfDevice, stayIn } from "./storage.js";

/** A device that may charge in this period. */
export interface Charger {
  readonly number: number;
  readonly device: Device;
  readonly contract: StorageContract;
  /** Charge that it has to have after this period. */
  readonly owed: number;
  /** What it has drawn in this period. */
  drawn: number;
}

/** Where a device draws from, and at which price. */
export interface Source {
  readonly priceOf: (each: Charger) => number;
  readonly imported: boolean;
  /** Brings as much of `wanted` to a device as there is and the areas carry, and returns it. */
  readonly bring: (device: number, wanted: number, price: number) => number;
}

/**
 * Charges the devices of a carrier from unsold lots, in order of registration: first what is owed at departure and
 * can't wait, then whatever fits; then, if imports are allowed, what is still owed comes from the grid at the retail
 * tariff. Devices that delivered in this period don't charge.
 */
export function charge(round: Round, book: CarrierBook, pool: PoolOutcome): void {
  const present = chargersOf(round, book, pool.delivered);
  if (present.length === 0) return;
  if (pool.joined.length > 0) {
    const stores = present.map(({ number }) => number);
    const lots = new UnsoldLots(round, book, pool.joined, stores);
    const source: Source = {
      priceOf: ({ contract }) => contract.chargePrice,
      imported: false,
      bring: (device, wanted, price) => lots.bring(device, wanted, price),
    };
    for (const each of present) draw(round, book, source, each, each.owed);
    for (const each of present) draw(round, book, source, each, each.contract.capacity);
  }
  if (!book.rules.import) return;
  const grid: Source = {
    priceOf: () => book.tariff.retail,
    imported: true,
    bring: (device, wanted) => book.router.carry(0, placeOfDevice(round, device), wanted),
  };
  for (const each of present) draw(round, book, grid, each, each.owed);
}

/** The devices of a carrier that may charge in a period, in order of registration, but for those `resting`. */
export function chargersOf(round: Round, book: CarrierBook, resting: ReadonlySet<number>): Charger[] {
  const present: Charger[] = [];
  for (const [number, device] of round.terms.devices.entries()) {
    const { contract } = device;
    if (contract === null || device.carrier !== book.carrier || resting.has(number)) continue;
    const stay = stayIn(contract, round.period);
    if (stay === undefined) continue;
    const owed = chargeOwed(contract, stay, round.period);
    present.push({ number, device, contract, owed, drawn: 0 });
  }
  return present;
}

/** Lots within one area, from the lowest floor upwards; before `next` there is nothing more to be had. */
interface Queue {
  readonly places: number[];
  next: number;
}

/**
 * What the pool has not sold. A store draws what is to be had in its own area first, then in the area around that, and
 * so on up to the root: each time from the lowest floor upwards, at equal floors in sequence, up to the price that it
 * pays. So what is near crosses no edge that it need not.
 */
class UnsoldLots {
  readonly #round: Round;
  readonly #book: CarrierBook;
  /** By place of an area in the tree; those in which there are lots. */
  readonly #within = new Map<number, Queue>();

  /** `stores`: the devices that will draw. */
  constructor(round: Round, book: CarrierBook, joined: Uint32Array, stores: readonly number[]) {
    this.#round = round;
    this.#book = book;
    const { parents, count } = book.router.tree;
    const drawn = new Uint8Array(count);
    for (const device of stores)
      for (let area = placeOfDevice(round, device); drawn[area] === 0; area = parents[area]!) drawn[area] = 1;
    const places = Array.from(joined).filter((place) => book.offersLeft[place]! > 0);
    places.sort((a, b) => this.#floorOf(a) - this.#floorOf(b) || a - b);
    for (const place of places) {
      let area = book.offers.area[place]!;
      for (;;) {
        if (drawn[area] === 1) {
          const queue = this.#within.get(area);
          if (queue === undefined) this.#within.set(area, { places: [place], next: 0 });
          else queue.places.push(place);
        }
        if (area === 0) break;
        area = parents[area]!;
      }
    }
  }

  /** Brings up to `wanted` to a store that pays `price`, and books what each seller delivers. */
  bring(device: number, wanted: number, price: number): number {
    const { parents } = this.#book.router.tree;
    let brought = 0;
    for (let area = placeOfDevice(this.#round, device); ; area = parents[area]!) {
      const queue = this.#within.get(area);
      if (queue !== undefined) brought += this.#bringFrom(queue, device, wanted - brought, price);
      if (area === 0) return brought;
    }
  }

  #bringFrom(queue: Queue, device: number, wanted: number, price: number): number {
    const { offers, offersLeft, rules, entries, router } = this.#book;
    const to = placeOfDevice(this.#round, device);
    const paid = Math.min(rules.pool!.purchasePrice, price);
    let brought = 0;
    while (brought < wanted && queue.next < queue.places.length) {
      const place = queue.places[queue.next]!;
      if (this.#floorOf(place) > price) break;
      const from = offers.area[place]!;
      const part = Math.min(offersLeft[place]!, wanted - brought);
      const carried = router.carry(from, to, part);
      if (carried > 0) {
        offersLeft[place]! -= carried;
        brought += carried;
        entries.stored(offers.order[place]!, device, carried, paid);
      }
      // Nothing more comes down to this store, from here or from further away.
      if (carried < part && !router.bottleneck(from, to).outward) break;
      // What an edge lets up no more, the stores below it find in the queues of their own areas.
      if (carried < part || offersLeft[place] === 0) queue.next += 1;
    }
    return brought;
  }

  #floorOf(place: number): number {
    return floorAt(this.#round, this.#book, place);
  }
}

/**
 * Draws towards a charge of `target` as far as source, limit, areas and the owner's means allow. What a device draws
 * in one period is rounded as a whole, however many draws it comes in: of `q` in all it stores ⌊q × efficiency⌋.
 */
export function draw(round: Round, book: CarrierBook, source: Source, each: Charger, target: number): void {
  const { number, device, contract, drawn: before } = each;
  const wanted = grossOf(round, each, target);
  if (wanted <= 0) return;
  const efficiency = contract.chargeEfficiency;
  const stored = scaleDown(before, efficiency, ppm);
  const price = source.priceOf(each);
  const payable = Math.min(wanted, affordable(round, device.owner, price, wanted));
  if (payable <= 0) return;
  const drawn = source.bring(number, payable, price);
  if (drawn === 0) return;
  each.drawn += drawn;
  book.entries.charged({
    device: number,
    drawn,
    stored: scaleDown(each.drawn, efficiency, ppm) - stored,
    price,
    imported: source.imported,
  });
}

/** The most that a device has to draw for a charge of `target`, within its limit, beside what it has drawn. */
export function grossOf(round: Round, { number, contract, drawn }: Charger, target: number): number {
  const missing = target - round.charges[number]!;
  if (missing <= 0) return 0;
  const stored = scaleDown(drawn, contract.chargeEfficiency, ppm);
  const needed = scaleUp(stored + missing, ppm, contract.chargeEfficiency) - drawn;
  return Math.min(needed, contract.chargeLimit - drawn);
}

/**
 * Gives how much of what an owner's devices want it can pay, each beside those before: nothing of it is paid yet.
 */
export function committing(round: Round): (owner: number, price: number, wanted: number) => number {
  const committed = new Map<number, bigint>();
  return (owner, price, wanted) => {
    const before = committed.get(owner) ?? 0n;
    const payable = wanted <= 0 ? 0 : Math.min(wanted, affordable(round, owner, price, wanted, before));
    if (payable > 0 && price > 0) committed.set(owner, before + BigInt(payable) * BigInt(price));
    return payable;
  };
}

/** How much of `wanted` an owner can pay at `price` beside what its orders lock, and what else it has promised. */
function affordable(round: Round, owner: number, price: number, wanted: number, promised = 0n): number {
  if (owner === nobody || price <= 0) return wanted;
  const credit = round.terms.creditLimit(owner);
  if (credit === null) return wanted;
  const means = round.accounts.of(owner) + credit - round.orders.locked(owner) - promised;
  if (means <= 0n) return 0;
  const most = means / BigInt(price);
  return most >= BigInt(wanted) ? wanted : Number(most);
}
