/**
 * Storage devices in a period: what they lose by standing, what they can deliver, and with what those that come and go
 * leave; how they charge stands in charging.ts. What is booked of it, `Entries` writes.
 */
import { carriers, ppm } from "../../units.js";
import { scaleDown, scaleUp } from "../books/amounts.js";
import type { Stay, StorageContract } from "../contracts/contracts.js";
import type { CarrierBook } from "./book.js";
import { Entries } from "./entries.js";
import type { Round } from "./round.js";

/** Where a device hangs in the tree of its carrier. */
export const placeOfDevice = ({ terms }: Pick<Round, "terms">, device: number): number =>
  terms.areas.placeOf(terms.devices[device]!.area);

/** The stay of a device in a period: undefined when it is away, null when it never leaves. */
export function stayIn(contract: StorageContract, period: number): Stay | null | undefined {
  const stays = contract.stays;
  if (stays === undefined) return null;
  let low = 0;
  let high = stays.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (stays[middle]!.plugOut <= period) low = middle + 1;
    else high = middle;
  }
  const stay = stays[low];
  return stay !== undefined && stay.plugIn <= period ? stay : undefined;
}

/** Periods before departure from which on a device that loses charge by standing plans no further ahead. */
const horizon = 4096;

/** Least charge after `period` from which what is owed at departure can still be reached. */
export function chargeOwed(contract: StorageContract, stay: Stay | null, period: number): number {
  if (stay === null) return 0;
  const gain = scaleDown(contract.chargeLimit, contract.chargeEfficiency, ppm);
  const kept = ppm - contract.selfDischarge;
  let owed = Math.min(stay.required, contract.capacity);
  if (gain === 0 || kept === 0) return owed;
  if (kept === ppm) return Math.max(0, owed - (stay.plugOut - 1 - period) * gain);
  for (let left = Math.min(stay.plugOut - 1 - period, horizon); left > 0 && owed > 0; left -= 1) {
    const before = owed;
    owed = Math.min(contract.capacity, scaleUp(Math.max(0, owed - gain), ppm, kept));
    if (owed === before) break;
  }
  return owed;
}

/** The first step of a period: what devices lost by standing, and what those that arrive used on the way. */
export function selfDischarge(round: Round): void {
  const { terms, charges, period } = round;
  const entries = carriers.map((_, carrier) => new Entries(round, carrier));
  for (const [number, { contract, carrier }] of terms.devices.entries()) {
    if (contract === null) continue;
    const lost = scaleDown(charges[number]!, contract.selfDischarge, ppm);
    if (lost > 0) entries[carrier]!.stood(number, lost);
    const stay = stayIn(contract, period);
    const used = stay?.plugIn === period ? Math.min(stay.used, charges[number]!) : 0;
    if (used > 0) entries[carrier]!.used(number, used);
  }
}

/** The last step of a period: devices that leave with less than their stay required are marked. */
export function markDepartures(round: Round): void {
  const { terms, charges, period } = round;
  const entries = carriers.map((_, carrier) => new Entries(round, carrier));
  for (const [number, { contract, carrier }] of terms.devices.entries()) {
    const stay = contract === null ? undefined : stayIn(contract, period);
    if (stay?.plugOut !== period + 1) continue;
    const missing = stay.required - charges[number]!;
    if (missing > 0) entries[carrier]!.undercharged(number, missing);
  }
}

/** The lots in which the devices of a carrier offer what they can deliver, in order of registration. */
export interface StorageLots {
  readonly device: readonly number[];
  readonly quantity: Uint32Array;
  readonly price: Int32Array;
}

/** Builds the discharge lots of a carrier: what charge, limits, area and the charge owed leave. */
export function dischargeLots(round: Round, { carrier, router, across }: CarrierBook): StorageLots {
  const device: number[] = [];
  const quantity: number[] = [];
  const price: number[] = [];
  for (const [number, entry] of round.terms.devices.entries()) {
    const { contract } = entry;
    const stay = contract === null || entry.carrier !== carrier ? undefined : stayIn(contract, round.period);
    if (contract === null || stay === undefined) continue;
    const free = Math.max(0, round.charges[number]! - chargeOwed(contract, stay, round.period));
    const area = placeOfDevice(round, number);
    // Where areas have prices, what crosses their edges is the clearing's to decide.
    const room = area === 0 || across !== null ? contract.dischargeLimit : router.exportRoom[area]!;
    const most = Math.min(contract.dischargeLimit, room, scaleDown(free, contract.dischargeEfficiency, ppm));
    if (most === 0) continue;
    device.push(number);
    quantity.push(most);
    price.push(contract.dischargePrice);
  }
  return { device, quantity: Uint32Array.from(quantity), price: Int32Array.from(price) };
}

/**
 * Books what a device delivered in a period, at `price` a unit: its charge falls by the least that gives as much after
 * losses.
 */
export function discharge(
  round: Round,
  entries: Entries,
  number: number,
  delivered: number,
  price?: number,
): void {
  const { dischargeEfficiency, dischargePrice } = round.terms.devices[number]!.contract!;
  const drained = scaleUp(delivered, ppm, dischargeEfficiency);
  entries.discharged(number, { delivered, drained, price: price ?? dischargePrice });
}
