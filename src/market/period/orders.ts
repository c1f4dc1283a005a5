/** The orders of the open period: what came, what still counts, and what money they lock. */
import { copyOf, sameBytes, viewOf } from "../../bytes.js";
import type { GridclearError } from "../../errors.js";
import { orderLayout, sideCode, standingRevision } from "../../ledger/format/records.js";
import { carriers } from "../../units.js";
import type { Accounts } from "../books/accounts.js";
import { Numbers, type Workspace } from "../books/workspace.js";
import { nobody } from "../contracts/register.js";
import { carrierCount, type Terms } from "../contracts/terms.js";
import { maxPeriodOrders, maxRevisions } from "./limits.js";
import { lockOf, roughLock } from "./locks.js";
import { beyondContract, beyondMeans, otherWithdrawal, refuse } from "./orderrefusals.js";
import { nextRevision, type OrderRow, orderAt, orderRow, readRow, writeRow } from "./orderrow.js";
import type { ResolvedTerms } from "./resolved.js";

/** Side of a bid in numbers. */
export const bidSide: number = sideCode.bid;

/** What the orders of a period are held against, and where they are written. */
export interface OrdersParts {
  readonly workspace: Workspace;
  readonly terms: Terms;
  readonly resolved: ResolvedTerms;
  readonly accounts: Accounts;
  /** By (participant, carrier), in that order: what is made of contracts where nobody orders; empty by default. */
  readonly standing?: ReadonlyMap<number, OrderRow>;
}

/** Orders that there is room for at first. */
const leastRoom = 64;

/**
 * The orders of the open period in arrival order, with what they lock. A later order of the same participant and
 * carrier replaces the earlier; only the last counts. What the live orders of a participant could cost at worst never
 * passes its balance and credit limit, so no trade can fail for lack of money.
 *
 * An order is written down once, as the record that its block will hold, and parted by carrier as it comes.
 */
export class Orders {
  count = 0;
  /** Number of the order that each replaced or withdrew, or {@link nobody}. */
  replaced: Int32Array;
  /** By (participant, carrier): number of the live order, or {@link nobody}. */
  readonly live: Int32Array;

  readonly #workspace: Workspace;
  readonly #terms: Terms;
  readonly #resolved: ResolvedTerms;
  readonly #accounts: Accounts;
  readonly #standing: ReadonlyMap<number, OrderRow>;
  /** The records, end to end: the section of the block as far as it goes. */
  #bytes: Uint8Array;
  #view: DataView;
  readonly #byCarrier: readonly Numbers[];
  readonly #row: OrderRow = orderRow();
  readonly #revisions: Uint8Array;
  /** By participant: balance and credit as a double, infinite without a limit; NaN until asked for. */
  readonly #means: Float64Array;
  /** By carrier that has traded: its bids and what each still wants, which alone is locked of it. */
  readonly #traded = new Map<number, { readonly bids: Uint32Array; readonly left: Uint32Array }>();
  /** The same by participant, for as long as somebody asks. */
  readonly #open = new Map<number, Map<number, number>>();

  /**
   * Begins to take the orders of a period; balances and contracts must stay as they are until it closes. What was taken
   * on the same workspace before is gone.
   */
  constructor({ workspace, terms, resolved, accounts, standing = new Map() }: OrdersParts) {
    this.#workspace = workspace;
    this.replaced = workspace.i32("replaced", leastRoom);
    this.#bytes = workspace.u8("orders", leastRoom * orderLayout.bytes);
    this.#view = viewOf(this.#bytes);
    this.#byCarrier = carriers.map(
      (_, carrier) => new Numbers((length, kept) => workspace.u32(`carrier${carrier}`, length, kept)),
    );
    this.#terms = terms;
    this.#resolved = resolved;
    this.#accounts = accounts;
    this.#standing = standing;
    const slots = terms.participants.length * carrierCount;
    this.live = workspace.i32("live", slots).fill(nobody);
    this.#revisions = workspace.u8("revisions", slots).fill(0);
    this.#means = workspace.f64("means", terms.participants.length).fill(Number.NaN);
  }

  /** Takes an order, or says why not; nothing changes when refused. */
  take(row: Readonly<OrderRow>): GridclearError | null {
    const slot = row.participant * carrierCount + row.carrier;
    const next = this.#revisions[slot] ?? 0;
    if (row.revision !== nextRevision && row.revision !== next)
      return refuse("refused", "order.revision", `${next}, the next`, row.revision);
    return this.#put(row, slot, next);
  }

  /** Makes the standing orders of those who sent none for the carrier, leaving out what would be refused if sent. */
  makeStanding(): void {
    for (const [slot, row] of this.#standing)
      if (this.#revisions[slot] === 0) this.#put(row, slot, standingRevision);
  }

  /** The records of the standing orders that would be made if no more orders came, end to end, fresh bytes. */
  standingRecords(): Uint8Array {
    const rows = [...this.#standing].filter(([slot]) => this.#revisions[slot] === 0);
    const bytes = new Uint8Array(rows.length * orderLayout.bytes);
    for (const [index, [, row]] of rows.entries()) writeRow(viewOf(bytes), index, row, standingRevision);
    return bytes;
  }

  /** Takes an order with its revision unless something speaks against it. */
  #put(row: Readonly<OrderRow>, slot: number, revision: number): GridclearError | null {
    const { carrier, quantity } = row;
    if (this.count >= maxPeriodOrders)
      return refuse("limit", "order", `at most ${maxPeriodOrders} a period`, this.count);
    const refusal = this.#isPlain(row, slot) ? this.#judgeMeans(row, slot) : this.#judge(row, slot);
    if (refusal !== null) return refusal;
    const number = this.count;
    if (number === this.replaced.length) this.#grow();
    writeRow(this.#view, number, row, revision);
    this.replaced[number] = this.live[slot]!;
    this.count += 1;
    this.#byCarrier[carrier]!.push(number);
    this.#revisions[slot]! += 1;
    this.live[slot] = quantity === 0 ? nobody : number;
    return null;
  }

  /** As {@link take}, of record `index` among well-formed records end to end. */
  takeRecord(records: Uint8Array, index: number): GridclearError | null {
    return this.take(readRow(viewOf(records), index, this.#row));
  }

  participantOf(number: number): number {
    return this.#view.getUint32(number * orderLayout.bytes + orderAt.participant, true);
  }

  quantityOf(number: number): number {
    return this.#view.getUint32(number * orderLayout.bytes + orderAt.quantity, true);
  }

  priceOf(number: number): number {
    return this.#view.getInt32(number * orderLayout.bytes + orderAt.price, true);
  }

  sideOf(number: number): number {
    return this.#view.getUint8(number * orderLayout.bytes + orderAt.side);
  }

  /**
   * Side of what a participant can take back of a carrier: its live order, or while it has sent none the standing order
   * that would be made; null: nothing.
   */
  heldSide(slot: number): number | null {
    const held = this.live[slot] ?? nobody;
    if (held >= 0) return this.sideOf(held);
    return this.#revisions[slot] === 0 ? (this.#standing.get(slot)?.side ?? null) : null;
  }

  /** An order that was taken; the object is the caller's. */
  row(number: number): OrderRow {
    return readRow(this.#view, number, orderRow());
  }

  /** Numbers of all orders of a carrier, in order of arrival: a view, until the next is taken. */
  ofCarrier(carrier: number): Uint32Array {
    return this.#byCarrier[carrier]!.column;
  }

  /** How many orders of this participant and carrier were taken: the revision of the next. */
  revisions(participant: number, carrier: number): number {
    return this.#revisions[participant * carrierCount + carrier] ?? 0;
  }

  /** Number of the order with exactly this record, 16 bytes; null when none was. Looks through a carrier's orders. */
  numberOf(record: Uint8Array): number | null {
    const { carrier } = readRow(viewOf(record), 0, this.#row);
    const { bytes } = orderLayout;
    const same = (number: number): boolean =>
      sameBytes(this.#bytes.subarray(number * bytes, (number + 1) * bytes), record);
    return this.#byCarrier[carrier]?.column.findLast(same) ?? null;
  }

  /** Forgets the orders from `count` on, as if they had never come. */
  truncate(count: number): void {
    while (this.count > count) {
      this.count -= 1;
      const { participant, carrier } = readRow(this.#view, this.count, this.#row);
      const slot = participant * carrierCount + carrier;
      const before = this.replaced[this.count]!;
      this.#byCarrier[carrier]!.count -= 1;
      this.#revisions[slot]! -= 1;
      this.live[slot] = before;
    }
  }

  /**
   * Releases what the orders of a carrier locked, since it has traded, but for what bids still open may import. Both
   * columns are the bids' own: order numbers, and what each still wants; they are kept, not copied.
   */
  release(carrier: number, bids: Uint32Array, left: Uint32Array): void {
    this.#traded.set(carrier, { bids, left });
    this.#open.delete(carrier);
  }

  /** What a participant's live orders can still cost at worst, in amount ticks. */
  locked(participant: number): bigint {
    let sum = 0n;
    for (let carrier = 0; carrier < carrierCount; carrier += 1) {
      const slot = participant * carrierCount + carrier;
      if (this.#traded.has(carrier)) {
        const open = this.#openDemand(carrier).get(participant) ?? 0;
        sum += BigInt(open) * BigInt(this.#resolved.importPrice[slot]!);
      } else sum += this.#lockOfLive(slot);
    }
    return sum;
  }

  /** The records of the orders from number `first` on, end to end, fresh bytes. */
  records(first: number): Uint8Array {
    return copyOf(this.#bytes, first * orderLayout.bytes, this.count * orderLayout.bytes);
  }

  /** The section of the block: a view, until another period begins on the workspace. */
  encode(): Uint8Array {
    return this.#bytes.subarray(0, this.count * orderLayout.bytes);
  }

  #openDemand(carrier: number): Map<number, number> {
    const known = this.#open.get(carrier);
    if (known !== undefined) return known;
    const open = new Map<number, number>();
    const { bids, left } = this.#traded.get(carrier)!;
    for (let index = 0; index < bids.length; index += 1)
      if (left[index]! > 0) open.set(this.participantOf(bids[index]!), left[index]!);
    this.#open.set(carrier, open);
    return open;
  }

  /**
   * Whether an order is one as nearly all are: no withdrawal, and within a contract. The others are judged one by one.
   */
  #isPlain({ participant, carrier, side, quantity }: OrderRow, slot: number): boolean {
    const { registered, clears, offerLimit, bidLimit } = this.#resolved;
    const limit = (side === sideCode.offer ? offerLimit : bidLimit)[slot];
    return (
      participant < this.#means.length &&
      registered[participant] === 1 &&
      quantity > 0 &&
      limit !== undefined &&
      quantity <= limit &&
      clears[carrier] === true &&
      this.#revisions[slot]! < maxRevisions
    );
  }

  /** Says why an order does not count, if it does not. */
  #judge(row: OrderRow, slot: number): GridclearError | null {
    const { participant, carrier, quantity } = row;
    const terms = this.#terms;
    const known = terms.participants[participant];
    if (participant >= this.#means.length || known === undefined || known.contract === null)
      return refuse("refused", "order.participant", "a participant under contract", participant);
    if (this.#revisions[slot]! >= maxRevisions)
      return refuse("limit", "order", `at most ${maxRevisions} a period and carrier`, maxRevisions + 1);
    if (quantity === 0) return this.#judgeWithdrawal(row, slot, known.name);
    if (terms.clearing[carrier] === null)
      return refuse("refused", "order.carrier", terms.wantedToOrder(carrier), carriers[carrier]);
    const supplies = row.side === sideCode.offer;
    const contract = supplies ? terms.supply.of(slot) : terms.use.of(slot);
    if (contract === null)
      return refuse(
        "refused",
        "order.participant",
        `${supplies ? "supply" : "use"} terms for ${carriers[carrier]}, its own or standard`,
        known.name,
      );
    if (quantity > contract.limit) return beyondContract(terms.market!, contract.limit, quantity);
    return this.#judgeMeans(row, slot);
  }

  #judgeWithdrawal({ side, price }: OrderRow, slot: number, name: string): GridclearError | null {
    const held = this.heldSide(slot);
    if (held === null) return refuse("refused", "order.quantity", "an order to withdraw", `none of ${name}`);
    return price === 0 && side === held ? null : otherWithdrawal(this.#terms.market!, side, price);
  }

  /** Whether the participant could pay for this order and its others at worst. */
  #judgeMeans(row: OrderRow, slot: number): GridclearError | null {
    const { participant } = row;
    if (Number.isNaN(this.#means[participant]!)) this.#means[participant] = this.#nearMeans(participant);
    const near = this.#means[participant]!;
    if (near === Number.POSITIVE_INFINITY) return null;
    const first = participant * carrierCount;
    let rough = roughLock(this.#resolved, row, slot);
    if (rough === 0) return null;
    for (let other = first; other < first + carrierCount; other += 1)
      if (other !== slot && this.live[other]! >= 0)
        rough += roughLock(this.#resolved, this.row(this.live[other]!), other);
    // A handful of roundings of 2⁻⁵³ each: what is clearly enough in doubles is enough. All else is worked out exactly.
    if (rough * (1 + 1e-12) + 1 <= near) return null;
    const means = this.#accounts.of(participant) + this.#terms.creditLimit(participant)!;
    const wanted = this.locked(participant) - this.#lockOfLive(slot) + lockOf(this.#resolved, row, slot);
    if (wanted <= means) return null;
    return beyondMeans(this.#terms.market!, means, wanted);
  }

  /** Balance and credit in amount ticks, as a double; infinite without a limit. */
  #nearMeans(participant: number): number {
    const credit = this.#terms.creditLimit(participant);
    return credit === null ? Number.POSITIVE_INFINITY : Number(this.#accounts.of(participant) + credit);
  }

  #lockOfLive(slot: number): bigint {
    const number = this.live[slot]!;
    return number < 0 ? 0n : lockOf(this.#resolved, this.row(number), slot);
  }

  #grow(): void {
    const room = 2 * this.count;
    this.replaced = this.#workspace.i32("replaced", room, this.count);
    this.#bytes = this.#workspace.u8("orders", room * orderLayout.bytes, this.count * orderLayout.bytes);
    this.#view = viewOf(this.#bytes);
  }
}
