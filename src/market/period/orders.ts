import { type ErrorCode, GridclearError } from "../../errors.js";
import { orderLayout } from "../../ledger/format/records.js";
import { carriers, ppm } from "../../units.js";
import type { Accounts } from "../books/accounts.js";
import { carrierCount, type Terms } from "../contracts/terms.js";

/** Sides of an order in columns. */
export const offerSide = 0;
export const bidSide = 1;
/** Most orders taken in one period, replaced ones included: so many of the largest quantity sum to no more than 2⁵³. */
export const maxPeriodOrders: number = 1 << 21;
/** Most orders of one participant and carrier in one period: the first and 254 replacements. */
export const maxRevisions = 255;

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
  /** Number of the order that each replaced or withdrew, or −1. */
  replaced: Int32Array = new Int32Array(256);
  /** By (participant, carrier): number of the live order, or −1. */
  readonly live: Int32Array;

  readonly #terms: Terms;
  readonly #revisions: Uint8Array;
  /** By (participant, carrier): what the live order locks, as a double for the quick check. */
  readonly #locked: Float64Array;
  /** By participant: free balance and credit as a double; NaN until asked for. */
  readonly #means: Float64Array;
  readonly #accounts: Accounts;
  /** By carrier that has traded and then by participant: demand still open. */
  readonly #drawn = new Map<number, Map<number, number>>();

  /** Opens the desk of a period: balances and contracts must stay as they are until it closes. */
  constructor(terms: Terms, accounts: Accounts) {
    this.#terms = terms;
    this.#accounts = accounts;
    const slots = terms.participants.length * carrierCount;
    this.live = new Int32Array(slots).fill(-1);
    this.#revisions = new Uint8Array(slots);
    this.#locked = new Float64Array(slots);
    this.#means = new Float64Array(terms.participants.length).fill(Number.NaN);
  }

  /**
   * Takes an order, or says why not; nothing changes when refused. Numbers must be integers in the ranges of an order
   * record; a quantity of 0 withdraws the live order.
   */
  take(
    participant: number,
    carrier: number,
    side: number,
    quantity: number,
    price: number,
  ): GridclearError | null {
    const slot = participant * carrierCount + carrier;
    const refusal = this.#judge(participant, carrier, side, quantity, price, slot);
    if (refusal !== null) return refusal;
    if (this.count === this.participant.length) this.#grow();
    const number = this.count;
    this.participant[number] = participant;
    this.carrier[number] = carrier;
    this.side[number] = side;
    this.quantity[number] = quantity;
    this.price[number] = price;
    this.replaced[number] = this.live[slot]!;
    this.count += 1;
    this.#revisions[slot]! += 1;
    this.live[slot] = quantity === 0 ? -1 : number;
    this.#locked[slot] = quantity === 0 ? 0 : this.#roughLock(carrier, side, quantity, price, slot);
    return null;
  }

  /** Forgets the orders from `count` on, as if they had never come. */
  truncate(count: number): void {
    while (this.count > count) {
      this.count -= 1;
      const carrier = this.carrier[this.count]!;
      const slot = this.participant[this.count]! * carrierCount + carrier;
      const before = this.replaced[this.count]!;
      this.#revisions[slot]! -= 1;
      this.live[slot] = before;
      this.#locked[slot] =
        before < 0
          ? 0
          : this.#roughLock(carrier, this.side[before]!, this.quantity[before]!, this.price[before]!, slot);
    }
  }

  /**
   * A carrier has traded: what its orders locked is drawn or free, but for what bids still open may import. Both columns
   * are the bids' own: order numbers, and what each still wants.
   */
  draw(carrier: number, bids: Uint32Array, left: Uint32Array): void {
    const open = new Map<number, number>();
    for (let index = 0; index < bids.length; index += 1)
      if (left[index]! > 0) open.set(this.participant[bids[index]!]!, left[index]!);
    this.#drawn.set(carrier, open);
  }

  /** What a participant's live orders can still cost at worst, in amount ticks. */
  locked(participant: number): bigint {
    let sum = 0n;
    for (let carrier = 0; carrier < carrierCount; carrier += 1) {
      const open = this.#drawn.get(carrier);
      if (open !== undefined) {
        const retail = this.#retail(carrier, participant * carrierCount + carrier);
        sum += BigInt(open.get(participant) ?? 0) * BigInt(Math.max(0, retail));
        continue;
      }
      const number = this.live[participant * carrierCount + carrier]!;
      if (number >= 0)
        sum += this.#lock(
          carrier,
          this.side[number]!,
          this.quantity[number]!,
          this.price[number]!,
          participant * carrierCount + carrier,
        );
    }
    return sum;
  }

  /** The section of the block: 16 bytes an order. */
  encode(): Uint8Array {
    const bytes = new Uint8Array(this.count * orderLayout.bytes);
    const view = new DataView(bytes.buffer);
    for (let number = 0, at = 0; number < this.count; number += 1, at += orderLayout.bytes) {
      view.setUint32(at, this.participant[number]!, true);
      bytes[at + 4] = this.carrier[number]!;
      bytes[at + 5] = this.side[number]!;
      view.setUint32(at + 8, this.quantity[number]!, true);
      view.setInt32(at + 12, this.price[number]!, true);
    }
    return bytes;
  }

  #judge(
    participant: number,
    carrier: number,
    side: number,
    quantity: number,
    price: number,
    slot: number,
  ): GridclearError | null {
    const terms = this.#terms;
    const registered = terms.participants[participant];
    if (participant >= this.#means.length || registered === undefined || registered.contract === null)
      return refuse("refused", "order.participant", "a participant under contract", participant);
    if (this.count >= maxPeriodOrders)
      return refuse("limit", "order", `at most ${maxPeriodOrders} a period`, this.count);
    if (this.#revisions[slot]! >= maxRevisions)
      return refuse("limit", "order", `at most ${maxRevisions} a period and carrier`, maxRevisions + 1);
    if (quantity === 0) {
      if (this.live[slot]! < 0)
        return refuse("refused", "order.quantity", "an order to withdraw", `none of ${registered.name}`);
      return price === 0 && side === this.side[this.live[slot]!]!
        ? null
        : refuse("invalid", "order", "the side of what is withdrawn and price 0", `side ${side}, ${price}`);
    }
    if (terms.clearing[carrier] === null)
      return refuse("refused", "order.carrier", "a carrier with a clearing contract", carriers[carrier]);
    const contract = side === offerSide ? terms.supply[slot] : terms.use[slot];
    if (contract === null || contract === undefined)
      return refuse(
        "refused",
        "order.participant",
        `a ${side === offerSide ? "supply" : "use"} contract for ${carriers[carrier]}`,
        registered.name,
      );
    if (quantity > contract.limit)
      return refuse("refused", "order.quantity", `at most ${contract.limit} ticks by contract`, quantity);
    return this.#judgeMeans(participant, carrier, side, quantity, price, slot);
  }

  /** Whether the participant could pay for this order and its others at worst. */
  #judgeMeans(
    participant: number,
    carrier: number,
    side: number,
    quantity: number,
    price: number,
    slot: number,
  ): GridclearError | null {
    const first = participant * carrierCount;
    let rough = this.#roughLock(carrier, side, quantity, price, slot);
    if (rough === 0) return null;
    for (let other = first; other < first + carrierCount; other += 1)
      if (other !== slot) rough += this.#locked[other]!;
    if (Number.isNaN(this.#means[participant]!))
      this.#means[participant] = Number(this.#exactMeans(participant));
    // A handful of roundings of 2⁻⁵³ each: what is clearly enough in doubles is enough. All else is worked out exactly.
    if (rough * (1 + 1e-12) + 1 <= this.#means[participant]!) return null;
    const means = this.#exactMeans(participant);
    const wanted =
      this.locked(participant) -
      this.#lockOfLive(participant, carrier) +
      this.#lock(carrier, side, quantity, price, slot);
    if (wanted <= means) return null;
    return refuse("refused", "order", `a worst case of at most ${means} amount ticks`, wanted);
  }

  #exactMeans(participant: number): bigint {
    return this.#accounts.of(participant) + this.#terms.creditLimit(participant);
  }

  #lockOfLive(participant: number, carrier: number): bigint {
    const slot = participant * carrierCount + carrier;
    const number = this.live[slot]!;
    if (number < 0) return 0n;
    return this.#lock(carrier, this.side[number]!, this.quantity[number]!, this.price[number]!, slot);
  }

  /** The price at which an order costs its participant most: 0 when it can only earn. */
  #worstPrice(carrier: number, side: number, price: number, slot: number): number {
    if (side === offerSide) return price < 0 ? -price : 0;
    return Math.max(0, price, this.#retail(carrier, slot));
  }

  /** What a unit of open demand costs from the grid; 0 where nothing is imported. */
  #retail(carrier: number, slot: number): number {
    const terms = this.#terms;
    const imports = terms.clearing[carrier]?.import === true && terms.use[slot]?.import === true;
    return imports ? (terms.payment?.tariffs[carriers[carrier]!].retail ?? 0) : 0;
  }

  #worstRate(carrier: number, side: number): number {
    let rate = 0;
    const tiers = this.#terms.payment?.tariffs[carriers[carrier]!].commission ?? [];
    for (const tier of tiers) rate = Math.max(rate, side === offerSide ? tier.supply : tier.use);
    return rate;
  }

  #roughLock(carrier: number, side: number, quantity: number, price: number, slot: number): number {
    const amount = quantity * this.#worstPrice(carrier, side, price, slot);
    return amount * (1 + this.#worstRate(carrier, side) / ppm);
  }

  #lock(carrier: number, side: number, quantity: number, price: number, slot: number): bigint {
    const amount = BigInt(quantity) * BigInt(this.#worstPrice(carrier, side, price, slot));
    return amount + (amount * BigInt(this.#worstRate(carrier, side))) / BigInt(ppm);
  }

  #grow(): void {
    const size = 4 * this.count;
    const grown = <T extends Uint8Array | Uint32Array | Int32Array>(column: T, into: T): T => {
      into.set(column as never);
      return into;
    };
    this.participant = grown(this.participant, new Uint32Array(size));
    this.carrier = grown(this.carrier, new Uint8Array(size));
    this.side = grown(this.side, new Uint8Array(size));
    this.quantity = grown(this.quantity, new Uint32Array(size));
    this.price = grown(this.price, new Int32Array(size));
    this.replaced = grown(this.replaced, new Int32Array(size));
  }
}

const refuse = (code: ErrorCode, field: string, wanted: string, got: unknown): GridclearError =>
  new GridclearError(code, { field, wanted, got });
