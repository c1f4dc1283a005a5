import { none } from "../../ledger/format/records.js";
import { ppm } from "../../units.js";
import { account, accountOf } from "../books/accounts.js";
import { product, scaleDown, scaleUp } from "../books/amounts.js";
import { flowCode, postingCode } from "../books/journal.js";
import type { Stay, StorageContract } from "../contracts/contracts.js";
import { carrierCount, type Device, nobody } from "../contracts/terms.js";
import type { Round } from "./round.js";

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
  const { terms, charges, journal, period } = round;
  for (const [number, { contract, carrier }] of terms.devices.entries()) {
    if (contract === null) continue;
    const lost = scaleDown(charges[number]!, contract.selfDischarge, ppm);
    if (lost > 0) {
      charges[number]! -= lost;
      round.sums.add(carrier, "lost", lost);
      journal.flow(flowCode.selfDischarged, carrier, number, none, lost, lost, 0, 0, charges[number]!);
    }
    const stay = stayIn(contract, period);
    const used = stay?.plugIn === period ? Math.min(stay.used, charges[number]!) : 0;
    if (used > 0) {
      charges[number]! -= used;
      journal.flow(flowCode.used, carrier, number, none, used, 0, 0, 0, charges[number]!);
    }
  }
}

/** The lots in which the devices of a carrier offer what they can deliver, in order of registration. */
export interface StorageLots {
  readonly device: readonly number[];
  readonly quantity: Uint32Array;
  readonly price: Int32Array;
}

/** Builds the discharge lots of a carrier: what charge, limits, feeder and the charge owed leave. */
export function dischargeLots(round: Round, carrier: number): StorageLots {
  const device: number[] = [];
  const quantity: number[] = [];
  const price: number[] = [];
  for (const [number, entry] of round.terms.devices.entries()) {
    const { contract } = entry;
    const stay = contract === null || entry.carrier !== carrier ? undefined : stayIn(contract, round.period);
    if (contract === null || stay === undefined) continue;
    const free = Math.max(0, round.charges[number]! - chargeOwed(contract, stay, round.period));
    const room = entry.feeder === nobody ? contract.dischargeLimit : round.router.exportRoom[entry.feeder]!;
    const most = Math.min(contract.dischargeLimit, room, scaleDown(free, contract.dischargeEfficiency, ppm));
    if (most === 0) continue;
    device.push(number);
    quantity.push(most);
    price.push(contract.dischargePrice);
  }
  return { device, quantity: Uint32Array.from(quantity), price: Int32Array.from(price) };
}

/** Books what a device delivered in a period: its charge falls by the least that gives as much after losses. */
export function discharge(round: Round, number: number, delivered: number): void {
  const { contract, carrier, owner } = round.terms.devices[number]!;
  const { dischargeEfficiency, dischargePrice } = contract!;
  const drained = scaleUp(delivered, ppm, dischargeEfficiency);
  round.charges[number]! -= drained;
  round.sums.add(carrier, "discharged", delivered);
  round.sums.add(carrier, "lost", drained - delivered);
  const amount = product(delivered, dischargePrice);
  const flow = round.journal.flow(
    flowCode.discharged,
    carrier,
    number,
    none,
    delivered,
    drained - delivered,
    dischargePrice,
    amount,
    round.charges[number]!,
  );
  if (owner === nobody) return;
  round.positions.delivered[owner * carrierCount + carrier]! += delivered;
  round.journal.post(postingCode.storage, carrier, account.pool, accountOf(owner), flow, amount);
}

/** What charging may draw on. */
interface Source {
  /** Energy there is. */
  left: number;
  /** Who is paid: the pool or the grid. */
  readonly payee: number;
}

/**
 * Charges the devices of a carrier from unsold pool energy, in order of registration: first what is owed at departure
 * and can't wait, then whatever fits; then, if imports are allowed, what is still owed comes from the grid at the
 * retail tariff. Devices in `resting` delivered in this period and don't charge. Returns what the pool has left.
 */
export function charge(
  round: Round,
  carrier: number,
  unsold: number,
  resting: ReadonlySet<number>,
  retail: number | null,
): number {
  const pool: Source = { left: unsold, payee: account.pool };
  const present: { number: number; device: Device; contract: StorageContract; owed: number; room: number }[] =
    [];
  for (const [number, device] of round.terms.devices.entries()) {
    const { contract } = device;
    const stay = contract === null || device.carrier !== carrier ? undefined : stayIn(contract, round.period);
    if (contract === null || stay === undefined || resting.has(number)) continue;
    const owed = chargeOwed(contract, stay, round.period);
    present.push({ number, device, contract, owed, room: contract.chargeLimit });
  }
  for (const each of present)
    if (each.owed > round.charges[each.number]!)
      draw(round, pool, each, each.owed, each.contract.chargePrice);
  for (const each of present) draw(round, pool, each, each.contract.capacity, each.contract.chargePrice);
  if (retail === null) return pool.left;
  const grid: Source = { left: Number.POSITIVE_INFINITY, payee: account.grid };
  for (const each of present)
    if (each.owed > round.charges[each.number]!) draw(round, grid, each, each.owed, retail);
  return pool.left;
}

/** Draws towards a charge of `target` as far as source, limit, feeder and the owner's means allow. */
function draw(
  round: Round,
  source: Source,
  each: { number: number; device: Device; contract: StorageContract; room: number },
  target: number,
  price: number,
): void {
  const { number, device, contract } = each;
  const { carrier, owner, feeder } = device;
  const { charges, journal, sums } = round;
  const missing = Math.max(0, target - charges[number]!);
  const wanted = Math.min(scaleUp(missing, ppm, contract.chargeEfficiency), each.room, source.left);
  const payable = Math.min(wanted, affordable(round, owner, price, wanted));
  if (payable <= 0) return;
  const drawn = round.router.carry(nobody, feeder, payable);
  if (drawn === 0) return;
  const stored = scaleDown(drawn, contract.chargeEfficiency, ppm);
  source.left -= drawn;
  each.room -= drawn;
  charges[number]! += stored;
  const amount = product(drawn, price);
  if (source.payee === account.grid) {
    sums.add(carrier, "imported", drawn);
    journal.flow(flowCode.imported, carrier, number, none, drawn, 0, price, amount, importedFor.storage);
  }
  sums.add(carrier, "charged", drawn);
  sums.add(carrier, "lost", drawn - stored);
  const flow = journal.flow(
    flowCode.charged,
    carrier,
    number,
    none,
    drawn,
    drawn - stored,
    price,
    amount,
    charges[number]!,
  );
  if (owner !== nobody) round.positions.drawn[owner * carrierCount + carrier]! += drawn;
  const payer = owner === nobody ? account.pool : accountOf(owner);
  if (payer !== source.payee)
    journal.post(
      source.payee === account.grid ? postingCode.import : postingCode.storage,
      carrier,
      payer,
      source.payee,
      flow,
      amount,
    );
}

/** `extra` of an imported flow: for whom the energy came. */
export const importedFor: { readonly bid: 0; readonly storage: 1; readonly losses: 2 } = {
  bid: 0,
  storage: 1,
  losses: 2,
};

/** How much of `wanted` an owner can pay at `price` beside what its orders lock. */
function affordable(round: Round, owner: number, price: number, wanted: number): number {
  if (owner === nobody || price <= 0) return wanted;
  const means = round.accounts.of(owner) + round.terms.creditLimit(owner) - round.orders.locked(owner);
  if (means <= 0n) return 0;
  const most = means / BigInt(price);
  return most >= BigInt(wanted) ? wanted : Number(most);
}
