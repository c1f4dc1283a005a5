/**
 * How the storage devices of a carrier charge in a period: from what the pool could not sell, which is still the
 * sellers' own, and what is owed to whoever departs from the grid.
 */
import { ppm } from "../../units.js";
import { scaleDown, scaleUp } from "../books/amounts.js";
import type { StorageContract } from "../contracts/contracts.js";
import { type Device, nobody } from "../contracts/terms.js";
import { type CarrierBook, feederAt, floorAt } from "./book.js";
import type { PoolOutcome } from "./pool.js";
import type { Round } from "./round.js";
import { chargeOwed, stayIn } from "./storage.js";

/** A device that may charge in this period. */
interface Charger {
  readonly number: number;
  readonly device: Device;
  readonly contract: StorageContract;
  /** Charge that it has to have after this period. */
  readonly owed: number;
  /** What it has drawn in this period. */
  drawn: number;
}

/** Where a device draws from, and at which price. */
interface Source {
  readonly priceOf: (contract: StorageContract) => number;
  readonly imported: boolean;
  /** Brings as much of `wanted` to a device as there is and the feeders carry, and returns it. */
  readonly bring: (device: number, wanted: number, price: number) => number;
}

/**
 * Charges the devices of a carrier from unsold lots, in order of registration: first what is owed at departure and
 * can't wait, then whatever fits; then, if imports are allowed, what is still owed comes from the grid at the retail
 * tariff. Devices that delivered in this period don't charge.
 */
export function charge(round: Round, book: CarrierBook, pool: PoolOutcome): void {
  const present: Charger[] = [];
  for (const [number, device] of round.terms.devices.entries()) {
    const { contract } = device;
    if (contract === null || device.carrier !== book.carrier || pool.delivered.has(number)) continue;
    const stay = stayIn(contract, round.period);
    if (stay === undefined) continue;
    const owed = chargeOwed(contract, stay, round.period);
    present.push({ number, device, contract, owed, drawn: 0 });
  }
  if (present.length === 0) return;
  if (pool.joined.length > 0) {
    const lots = new UnsoldLots(round, book, pool.joined);
    const source: Source = {
      priceOf: ({ chargePrice }) => chargePrice,
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
    bring: (device, wanted) => round.router.carry(nobody, round.terms.devices[device]!.feeder, wanted),
  };
  for (const each of present) draw(round, book, grid, each, each.owed);
}

/** Lots of one feeder, or of all, from the lowest floor upwards; before `next` there is nothing more to be had. */
interface Queue {
  readonly places: readonly number[];
  next: number;
}

/**
 * What the pool has not sold. A store draws what its own feeder's members have first, which crosses nothing, then of
 * all: from the lowest floor upwards, at equal floors in sequence, up to the price that it pays.
 */
class UnsoldLots {
  readonly #round: Round;
  readonly #book: CarrierBook;
  readonly #all: Queue;
  readonly #byFeeder = new Map<number, Queue & { readonly places: number[] }>();

  constructor(round: Round, book: CarrierBook, joined: Uint32Array) {
    this.#round = round;
    this.#book = book;
    const places = Array.from(joined).filter((place) => book.offersLeft[place]! > 0);
    places.sort((a, b) => this.#floorOf(a) - this.#floorOf(b) || a - b);
    this.#all = { places, next: 0 };
    for (const place of places) {
      const feeder = this.#feederOf(place);
      if (feeder === nobody) continue;
      const queue = this.#byFeeder.get(feeder) ?? { places: [], next: 0 };
      queue.places.push(place);
      this.#byFeeder.set(feeder, queue);
    }
  }

  /** Brings up to `wanted` to a store that pays `price`, and books what each seller delivers. */
  bring(device: number, wanted: number, price: number): number {
    const near = this.#byFeeder.get(this.#round.terms.devices[device]!.feeder);
    const brought = near === undefined ? 0 : this.#bringFrom(near, device, wanted, price);
    return brought + this.#bringFrom(this.#all, device, wanted - brought, price);
  }

  #bringFrom(queue: Queue, device: number, wanted: number, price: number): number {
    const { offers, offersLeft, rules, entries } = this.#book;
    const { router, terms } = this.#round;
    const to = terms.devices[device]!.feeder;
    const paid = Math.min(rules.pool!.purchasePrice, price);
    let brought = 0;
    while (brought < wanted && queue.next < queue.places.length) {
      const place = queue.places[queue.next]!;
      if (this.#floorOf(place) > price) break;
      const from = this.#feederOf(place);
      const part = Math.min(offersLeft[place]!, wanted - brought);
      const carried = router.carry(from, to, part);
      if (carried > 0) {
        offersLeft[place]! -= carried;
        brought += carried;
        entries.stored(offers.order[place]!, device, carried, paid);
      }
      if (carried < part && router.bottleneck(from, to) === to) break;
      // What lies behind a feeder that lets nothing more out, stores of that feeder find in its own queue.
      if (carried < part || offersLeft[place] === 0) queue.next += 1;
    }
    return brought;
  }

  #feederOf(place: number): number {
    return feederAt(this.#round, this.#book, this.#book.offers, place);
  }

  #floorOf(place: number): number {
    return floorAt(this.#round, this.#book, place);
  }
}

/**
 * Draws towards a charge of `target` as far as source, limit, feeder and the owner's means allow. What a device draws
 * in one period is rounded as a whole, however many draws it comes in: of `q` in all it stores ⌊q × efficiency⌋.
 */
function draw(round: Round, book: CarrierBook, source: Source, each: Charger, target: number): void {
  const { number, device, contract, drawn: before } = each;
  const missing = target - round.charges[number]!;
  if (missing <= 0) return;
  const efficiency = contract.chargeEfficiency;
  const stored = scaleDown(before, efficiency, ppm);
  const needed = scaleUp(stored + missing, ppm, efficiency) - before;
  const wanted = Math.min(needed, contract.chargeLimit - before);
  const price = source.priceOf(contract);
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

/** How much of `wanted` an owner can pay at `price` beside what its orders lock. */
function affordable(round: Round, owner: number, price: number, wanted: number): number {
  if (owner === nobody || price <= 0) return wanted;
  const credit = round.terms.creditLimit(owner);
  if (credit === null) return wanted;
  const means = round.accounts.of(owner) + credit - round.orders.locked(owner);
  if (means <= 0n) return 0;
  const most = means / BigInt(price);
  return most >= BigInt(wanted) ? wanted : Number(most);
}
