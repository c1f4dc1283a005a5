/** The orders of the open period: what came, what still counts, and what money they lock. */
import { viewOf } from "../../bytes.js";
import { type ErrorCode, GridclearError } from "../../errors.js";
import { offsetsOf } from "../../ledger/format/layout.js";
import { orderLayout, sideCode } from "../../ledger/format/records.js";
import { carriers, ppm } from "../../units.js";
import type { Accounts } from "../books/accounts.js";
import { carrierCount, nobody, type Terms } from "../contracts/terms.js";
import { maxPeriodOrders, maxRevisions } from "./limits.js";

/** Sides of an order in columns. */
const offerSide: number = sideCode.offer;
export const bidSide: number = sideCode.bid;

const orderAt = /* @__PURE__ */ offsetsOf(orderLayout);

/**
 * The orders of the open period in arrival order, with what they lock. A later order of the same participant and
 * carrier replaces the earlier; only the last counts. What the live orders of a participant could cost at worst never
 * passes its balance and credit limit, so no trade can fail for lack of money.
 */
export class Orders {
  count = 0;
  participant: Uint32Array = new Uint32Array(256);
  carrier: Uint8Array = new Uint8Array(256);
  side: Uint8Array = new Uint8Array(256);
  quantity: Uint32Array = new Uint32Array(256);
  price: Int32Array = new Int32Array(256);
  /** Place of each among the orders of its participant and carrier, from 0. */
  revision: Uint8Array = new Uint8Array(256);
  /** Number of the order that each replaced or withdrew, or {@link nobody}. */
  replaced: Int32Array = new Int32Array(256);
  /** By (participant, carrier): number of the live order, or {@link nobody}. */
  readonly live: Int32Array;

  readonly #terms: Terms;
  readonly #revisions: Uint8Array;
  /** By (participant, carrier): what the live order locks, as a double for the quick check. */
  readonly #locked: Float64Array;
  /** By participant: balance and credit as a double, infinite without a limit; NaN until asked for. */
  readonly #means: Float64Array;
  readonly #accounts: Accounts;
  /** By carrier that has traded and then by participant: demand still open, which alone is locked of it. */
  readonly #open = new Map<number, Map<number, number>>();

  /** Begins to take the orders of a period; balances and contracts must stay as they are until it closes. */
  constructor(terms: Terms, accounts: Accounts) {
    this.#terms = terms;
    this.#accounts = accounts;
    const slots = terms.participants.length * carrierCount;
    this.live = new Int32Array(slots).fill(nobody);
    this.#revisions = new Uint8Array(slots);
    this.#locked = new Float64Array(slots);
    this.#means = new Float64Array(terms.participants.length).fill(Number.NaN);
  }

  /**
   * Takes an order, or says why not; nothing changes when refused. Numbers must be integers in the ranges of an order
   * record; a quantity of 0 withdraws the live order. A revision that is given has to be the next.
   */
  take(
    participant: number,
    carrier: number,
    side: number,
    quantity: number,
    price: number,
    revision?: number,
  ): GridclearError | null {
    if (this.count >= maxPeriodOrders)
      return refuse("limit", "order", `at most ${maxPeriodOrders} a period`, this.count);
    const slot = participant * carrierCount + carrier;
    const next = this.#revisions[slot] ?? 0;
    if (revision !== undefined && revision !== next)
      return refuse("refused", "order.revision", `${next}, the next`, revision);
    if (this.count === this.participant.length) this.#grow();
    // Written where the next order stands, it counts only once `count` says so.
    const number = this.count;
    this.participant[number] = participant;
    this.carrier[number] = carrier;
    this.side[number] = side;
    this.quantity[number] = quantity;
    this.price[number] = price;
    const refusal = this.#judge(number);
    if (refusal !== null) return refusal;
    this.replaced[number] = this.live[slot]!;
    this.revision[number] = this.#revisions[slot]!;
    this.count += 1;
    this.#revisions[slot]! += 1;
    this.live[slot] = quantity === 0 ? nobody : number;
    this.#locked[slot] = quantity === 0 ? 0 : this.#roughLock(number);
    return null;
  }

  /** As {@link take}, of record `index` among well-formed records end to end. */
  takeRecord(records: Uint8Array, index: number): GridclearError | null {
    const view = viewOf(records);
    const at = index * orderLayout.bytes;
    return this.take(
      view.getUint32(at + orderAt.participant, true),
      view.getUint8(at + orderAt.carrier),
      view.getUint8(at + orderAt.side),
      view.getUint32(at + orderAt.quantity, true),
      view.getInt32(at + orderAt.price, true),
      view.getUint16(at + orderAt.revision, true),
    );
  }

  /** How many orders of this participant and carrier were taken: the revision of the next. */
  revisions(participant: number, carrier: number): number {
    return this.#revisions[participant * carrierCount + carrier] ?? 0;
  }

  /** Forgets the orders from `count` on, as if they had never come. */
  truncate(count: number): void {
    while (this.count > count) {
      this.count -= 1;
      const slot = this.#slot(this.count);
      const before = this.replaced[this.count]!;
      this.#revisions[slot]! -= 1;
      this.live[slot] = before;
      this.#locked[slot] = before < 0 ? 0 : this.#roughLock(before);
    }
  }

  /**
   * Releases what the orders of a carrier locked, since it has traded, but for what bids still open may import. Both
   * columns are the bids' own: order numbers, and what each still wants.
   */
  release(carrier: number, bids: Uint32Array, left: Uint32Array): void {
    const open = new Map<number, number>();
    for (let index = 0; index < bids.length; index += 1)
      if (left[index]! > 0) open.set(this.participant[bids[index]!]!, left[index]!);
    this.#open.set(carrier, open);
  }

  /** What a participant's live orders can still cost at worst, in amount ticks. */
  locked(participant: number): bigint {
    let sum = 0n;
    for (let carrier = 0; carrier < carrierCount; carrier += 1) {
      const slot = participant * carrierCount + carrier;
      const open = this.#open.get(carrier);
      if (open !== undefined) {
        const retail = Math.max(0, this.#retail(carrier, slot));
        sum += BigInt(open.get(participant) ?? 0) * BigInt(retail);
        continue;
      }
      sum += this.#lockOfLive(slot);
    }
    return sum;
  }

  /** The section of the block. */
  encode(): Uint8Array {
    const bytes = new Uint8Array(this.count * orderLayout.bytes);
    const view = new DataView(bytes.buffer);
    for (let number = 0, at = 0; number < this.count; number += 1, at += orderLayout.bytes) {
      view.setUint32(at + orderAt.participant, this.participant[number]!, true);
      view.setUint8(at + orderAt.carrier, this.carrier[number]!);
      view.setUint8(at + orderAt.side, this.side[number]!);
      view.setUint16(at + orderAt.revision, this.revision[number]!, true);
      view.setUint32(at + orderAt.quantity, this.quantity[number]!, true);
      view.setInt32(at + orderAt.price, this.price[number]!, true);
    }
    return bytes;
  }

  #slot(number: number): number {
    return this.participant[number]! * carrierCount + this.carrier[number]!;
  }

  /** Says why an order does not count, if it does not. */
  #judge(number: number): GridclearError | null {
    const terms = this.#terms;
    const participant = this.participant[number]!;
    const quantity = this.quantity[number]!;
    const registered = terms.participants[participant];
    if (participant >= this.#means.length || registered === undefined || registered.contract === null)
      return refuse("refused", "order.participant", "a participant under contract", participant);
    const slot = this.#slot(number);
    if (this.#revisions[slot]! >= maxRevisions)
      return refuse("limit", "order", `at most ${maxRevisions} a period and carrier`, maxRevisions + 1);
    if (quantity === 0) return this.#judgeWithdrawal(number, registered.name);
    const carrier = this.carrier[number]!;
    if (terms.clearing[carrier] === null)
      return refuse("refused", "order.carrier", "a carrier with a clearing contract", carriers[carrier]);
    const supplies = this.side[number] === offerSide;
    const contract = supplies ? terms.supply.of(slot) : terms.use.of(slot);
    if (contract === null)
      return refuse(
        "refused",
        "order.participant",
        `${supplies ? "supply" : "use"} terms for ${carriers[carrier]}, its own or standard`,
        registered.name,
      );
    if (quantity > contract.limit)
      return refuse("refused", "order.quantity", `at most ${contract.limit} ticks by contract`, quantity);
    return this.#judgeMeans(number);
  }

  #judgeWithdrawal(number: number, name: string): GridclearError | null {
    const held = this.live[this.#slot(number)]!;
    if (held < 0) return refuse("refused", "order.quantity", "an order to withdraw", `none of ${name}`);
    const [side, price] = [this.side[number]!, this.price[number]!];
    return price === 0 && side === this.side[held]!
      ? null
      : refuse("invalid", "order", "the side of what is withdrawn and price 0", `side ${side}, ${price}`);
  }

  /** Whether the participant could pay for this order and its others at worst. */
  #judgeMeans(number: number): GridclearError | null {
    const participant = this.participant[number]!;
    const slot = this.#slot(number);
    const first = participant * carrierCount;
    let rough = this.#roughLock(number);
    if (rough === 0) return null;
    for (let other = first; other < first + carrierCount; other += 1)
      if (other !== slot) rough += this.#locked[other]!;
    if (Number.isNaN(this.#means[participant]!))
      this.#means[participant] = Number(this.#exactMeans(participant) ?? Number.POSITIVE_INFINITY);
    // A handful of roundings of 2⁻⁵³ each: what is clearly enough in doubles is enough. All else is worked out exactly.
    if (rough * (1 + 1e-12) + 1 <= this.#means[participant]!) return null;
    const means = this.#exactMeans(participant);
    const wanted = this.locked(participant) - this.#lockOfLive(slot) + this.#lock(number);
    if (means === null || wanted <= means) return null;
    return refuse("refused", "order", `a worst case of at most ${means} amount ticks`, wanted);
  }

  /** Balance and credit in amount ticks; null without a limit. */
  #exactMeans(participant: number): bigint | null {
    const credit = this.#terms.creditLimit(participant);
    return credit === null ? null : this.#accounts.of(participant) + credit;
  }

  #lockOfLive(slot: number): bigint {
    const number = this.live[slot]!;
    return number < 0 ? 0n : this.#lock(number);
  }

  /** The price at which an order costs its participant most: 0 when it can only earn. */
  #worstPrice(number: number): number {
    const price = this.price[number]!;
    if (this.side[number] === offerSide) return price < 0 ? -price : 0;
    return Math.max(0, price, this.#retail(this.carrier[number]!, this.#slot(number)));
  }

  /** What a unit of open demand costs from the grid; 0 where nothing is imported. */
  #retail(carrier: number, slot: number): number {
    const terms = this.#terms;
    const imports = terms.clearing[carrier]?.import === true && terms.use.of(slot)?.import === true;
    return imports ? (terms.payment?.tariffs[carriers[carrier]!].retail ?? 0) : 0;
  }

  /** The highest rate of commission that an order may have to pay. */
  #worstRate(number: number): number {
    let rate = 0;
    const supplies = this.side[number] === offerSide;
    const tiers = this.#terms.payment?.tariffs[carriers[this.carrier[number]!]!].commission ?? [];
    for (const tier of tiers) rate = Math.max(rate, supplies ? tier.supply : tier.use);
    return rate;
  }

  #roughLock(number: number): number {
    const amount = this.quantity[number]! * this.#worstPrice(number);
    return amount * (1 + this.#worstRate(number) / ppm);
  }

  /** What an order costs at worst, in amount ticks. */
  #lock(number: number): bigint {
    const amount = BigInt(this.quantity[number]!) * BigInt(this.#worstPrice(number));
    return amount + (amount * BigInt(this.#worstRate(number))) / BigInt(ppm);
  }

  #grow(): void {
    const size = 4 * this.count;
    const grown = <T extends Uint8Array | Uint32Array | Int32Array>(column: T, into: T): T => {
      into.set(column);
      return into;
    };
    this.participant = grown(this.participant, new Uint32Array(size));
    this.carrier = grown(this.carrier, new Uint8Array(size));
    this.side = grown(this.side, new Uint8Array(size));
    this.quantity = grown(this.quantity, new Uint32Array(size));
    this.price = grown(this.price, new Int32Array(size));
    this.revision = grown(this.revision, new Uint8Array(size));
    this.replaced = grown(this.replaced, new Int32Array(size));
  }
}

const refuse = (code: ErrorCode, field: string, wanted: string, got: unknown): GridclearError =>
  new GridclearError(code, { field, wanted, got });
