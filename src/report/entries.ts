/**
 * Reads blocks into the entries of a participant's statement. Orders, trades and flows say what happened to the energy,
 * readings what was paid for imbalances, postings the rest; the balance that comes out is the market's.
 */
import { viewOf } from "../bytes.js";
import type { Block } from "../ledger/format/block.js";
import { decodeRecords, offsetsOf, readRecord } from "../ledger/format/layout.js";
import {
  type FlowRecord,
  firstParticipantAccount,
  flowCode,
  flowLayout,
  meteredPeriod,
  orderLayout,
  type PostingRecord,
  partyCode,
  postingLayout,
  readingCorrection,
  readingLayout,
  type TradeRecord,
  tradeLayout,
} from "../ledger/format/records.js";
import type { Snapshot } from "../ledger/format/snapshot.js";
import { stateLayout } from "../ledger/format/state.js";
import { acrossLines } from "./across.js";
import { defaultTicks, type MarketTicks, marketTicks, ticksAfter } from "./columns.js";
import type { Line, StatementEntry } from "./entry.js";
import { ordersOf } from "./left.js";
import { Registry } from "./registry.js";
import { Supplied } from "./supplied.js";

const counterparties = {
  deposit: "bank",
  withdrawal: "bank",
  collateral: "collateral",
  default: "platform",
  imbalance: "platform",
} as const;

const order = /* @__PURE__ */ offsetsOf(orderLayout);
const trade = /* @__PURE__ */ offsetsOf(tradeLayout);
const flow = /* @__PURE__ */ offsetsOf(flowLayout);
const reading = /* @__PURE__ */ offsetsOf(readingLayout);
const posting = /* @__PURE__ */ offsetsOf(postingLayout);

/**
 * Reads blocks that have been checked, each once and in order from genesis, or from a snapshot on, into a participant's
 * entries.
 */
export class StatementReader {
  readonly participant: string;
  #ticks: MarketTicks = defaultTicks;
  #balance = 0n;
  readonly #registry: Registry;
  /** Devices whose energy of the block is in trades, and so in lines, already. */
  readonly #trading = new Set<number>();
  readonly #supplied: Supplied;

  constructor(participant: string, snapshot: Snapshot | null = null) {
    this.participant = participant;
    this.#registry = Registry.after(snapshot);
    this.#supplied = new Supplied(snapshot, this.#registry.numberOf(participant));
    if (snapshot === null) return;
    this.#ticks = ticksAfter(snapshot);
    const account = firstParticipantAccount + (this.#registry.numberOf(participant) ?? Number.NaN);
    for (const { kind, number, value } of decodeRecords(stateLayout, snapshot.state))
      if (kind === "balance" && number === account) this.#balance = value;
  }

  /** Balance after the last block added, in amount ticks. */
  get balance(): bigint {
    return this.#balance;
  }

  get ticks(): MarketTicks {
    return this.#ticks;
  }

  /** Ids of all participants registered so far, in order. */
  get participants(): readonly string[] {
    return this.#registry.participants;
  }

  /** Whether the participant has been registered. */
  get found(): boolean {
    return this.#registry.numberOf(this.participant) !== undefined;
  }

  /** Adds the next block and returns its entries for the participant; there are none before it is registered. */
  add(block: Block): StatementEntry[] {
    for (const contract of this.#registry.add(block)) {
      if (contract.kind === "market") this.#ticks = marketTicks(contract);
      this.#supplied.take(contract, block.header.period);
    }
    const number = this.#registry.numberOf(this.participant);
    if (number === undefined) return [];
    const { header, sections } = block;
    const posted = [...this.#posted(sections.postings, number)];
    const lines = [
      // What contracts move is of no carrier and comes first; what covers the debt of a reading comes after that.
      ...posted.filter(({ carrier }) => carrier === null),
      ...this.#traded(sections, number),
      ...this.#flowed(sections.flows, number),
      ...this.#left(sections, number),
      ...this.#metered(block, number),
      ...this.#supplied.lines(),
      ...posted.filter(({ carrier }) => carrier !== null),
    ];
    const { period, timestampMs } = header;
    return lines.map((line) => {
      const fee = line.fee ?? 0n;
      this.#balance += line.amount - fee;
      return { about: period, ...line, period, timestampMs, fee, balance: this.#balance };
    });
  }

  *#traded({ orders, trades }: Block["sections"], number: number): Generator<Line> {
    const [orderView, view] = [viewOf(orders), viewOf(trades)];
    const { devices } = this.#registry;
    /** The participant of an order, or the owner of a device. */
    const partyOf = (party: number, index: number): number | null =>
      party === partyCode.order
        ? orderView.getUint32(index * orderLayout.bytes + order.participant, true)
        : party === partyCode.device
          ? (devices[index]?.owner ?? null)
          : null;
    this.#trading.clear();
    for (let at = 0, index = 0; at < trades.length; at += tradeLayout.bytes, index += 1) {
      const buyer = partyOf(view.getUint8(at + trade.buyer), view.getUint32(at + trade.bid, true));
      const seller = partyOf(view.getUint8(at + trade.seller), view.getUint32(at + trade.offer, true));
      if (buyer !== number && seller !== number) continue;
      const found = readRecord(tradeLayout, trades, index);
      if (found.kind === "area" || found.kind === "grid") {
        if (found.seller === "device") this.#trading.add(found.offer);
        if (found.buyer === "device") this.#trading.add(found.bid);
        yield* acrossLines({ trade: found, seller, buyer }, this.#registry, number);
        continue;
      }
      if (buyer === number) yield this.#bought(found, seller!);
      // What a store sells through the pool, its flow says.
      if (seller === number && found.seller === "order") yield this.#sold(found, buyer!);
    }
  }

  #bought(found: TradeRecord, seller: number): Line {
    const { participants, devices } = this.#registry;
    const { carrier, offer } = found;
    const kind = found.kind as "peer" | "pool" | "storage";
    const energy = BigInt(found.quantity);
    const price = BigInt(found.usePrice);
    return {
      carrier,
      entry: { peer: "bought", pool: "pool purchase", storage: "store purchase" }[kind],
      counterparty: { peer: participants[seller]!, pool: "pool", storage: devices[offer]?.name ?? "store" }[
        kind
      ],
      energy,
      price,
      amount: -energy * price,
      fee: found.useFee,
    };
  }

  #sold({ kind, carrier, ...found }: TradeRecord, buyer: number): Line {
    const energy = BigInt(found.quantity);
    const price = BigInt(found.supplyPrice);
    return {
      carrier,
      entry: kind === "peer" ? "sold" : "pool sale",
      counterparty: kind === "peer" ? this.#registry.participants[buyer]! : "pool",
      energy: -energy,
      price,
      amount: energy * price,
      fee: found.supplyFee,
    };
  }

  *#flowed(flows: Uint8Array, number: number): Generator<Line> {
    const view = viewOf(flows);
    for (let at = 0, index = 0; at < flows.length; at += flowLayout.bytes, index += 1) {
      const party = view.getUint32(at + flow.party, true);
      const device = this.#registry.devices[party];
      const owns = device !== undefined && device.owner === number;
      const kind = view.getUint8(at + flow.kind);
      if (kind === flowCode.shared || kind === flowCode.unshared) {
        yield* this.#shared(readRecord(flowLayout, flows, index), number);
        continue;
      }
      if (kind === flowCode.undelivered || kind === flowCode.delivered) {
        yield* this.#undelivered(readRecord(flowLayout, flows, index), number);
        continue;
      }
      if (party !== number && !owns) continue;
      const found = readRecord(flowLayout, flows, index);
      const line = isOfDevice(found)
        ? owns && !this.#trading.has(party) && deviceLine(found, device.name)
        : party === number && participantLine(found);
      if (line) yield line;
    }
  }

  /** What was shared of another, or with another, or taken back; of one's own, both. */
  *#shared(found: FlowRecord, number: number): Generator<Line> {
    const { kind, carrier, party, order, quantity, price, amount, extra } = found;
    if (party !== number && order !== number) return;
    const { participants } = this.#registry;
    const [energy, paid] = kind === "shared" ? [BigInt(quantity), amount] : [-BigInt(quantity), -amount];
    const line = { carrier, about: Number(extra), price: BigInt(price) };
    if (party === number)
      yield { ...line, entry: "received", counterparty: participants[order]!, energy, amount: -paid };
    if (order === number)
      yield { ...line, entry: "supplied", counterparty: participants[party]!, energy: -energy, amount: paid };
    this.#supplied.share(found, party === number, order === number);
  }

  /** What of a trade was not delivered, and so is paid back; or was after all. */
  *#undelivered(found: FlowRecord, number: number): Generator<Line> {
    const { kind, carrier, party, order, extra } = found;
    if (party !== number && order !== number) return;
    const isBuyer = party === number;
    // Less was bought, or sold, than the trade says.
    const sign = (kind === "undelivered") === isBuyer ? -1n : 1n;
    yield {
      carrier,
      entry: "undelivered",
      counterparty: this.#registry.participants[isBuyer ? order : party]!,
      about: Number(extra),
      energy: sign * BigInt(found.quantity),
      price: BigInt(found.price),
      amount: -sign * found.amount,
    };
  }

  /** What its own orders were left with. */
  *#left(sections: Block["sections"], number: number): Generator<Line> {
    const view = viewOf(sections.orders);
    for (const [index, left] of ordersOf(sections).left.entries()) {
      if (left === 0 || view.getUint32(index * orderLayout.bytes + order.participant, true) !== number)
        continue;
      const { carrier, side } = readRecord(orderLayout, sections.orders, index);
      const entry = side === "offer" ? "idle" : "unserved";
      yield { carrier, entry, counterparty: "-", energy: 0n, price: null, amount: 0n };
    }
  }

  /** What was paid for imbalances. */
  *#metered({ header, sections: { readings } }: Block, number: number): Generator<Line> {
    const view = viewOf(readings);
    for (let at = 0, index = 0; at < readings.length; at += readingLayout.bytes, index += 1) {
      if (view.getUint32(at + reading.participant, true) !== number) continue;
      const found = readRecord(readingLayout, readings, index);
      const { carrier, flags, age, amount } = found;
      this.#supplied.read(found, meteredPeriod(header.period, age));
      if (amount === 0n) continue;
      yield {
        carrier,
        entry: (flags & readingCorrection) === 0 ? "imbalance" : "correction",
        counterparty: "platform",
        about: meteredPeriod(header.period, age),
        energy: 0n,
        price: null,
        amount: -amount,
      };
    }
  }

  /** What postings say: money paid in and out, collateral, and what others stood in for. */
  *#posted(postings: Uint8Array, number: number): Generator<Line> {
    const view = viewOf(postings);
    const own = firstParticipantAccount + number;
    for (let at = 0, index = 0; at < postings.length; at += postingLayout.bytes, index += 1) {
      const received = view.getUint32(at + posting.debit, true) === own;
      if (!received && view.getUint32(at + posting.credit, true) !== own) continue;
      yield postedLine(readRecord(postingLayout, postings, index), received);
    }
  }
}

const isOfDevice = ({ kind }: FlowRecord): boolean =>
  kind === "charged" || kind === "gridCharged" || kind === "discharged";

/** A device's charging, which its owner buys, or discharging, which it sells. */
function deviceLine({ kind, carrier, quantity, price, amount }: FlowRecord, device: string): Line {
  const charging = kind !== "discharged";
  const energy = BigInt(quantity);
  return {
    carrier,
    entry: charging ? "charged" : "discharged",
    counterparty: device,
    energy: charging ? energy : -energy,
    price: BigInt(price),
    amount: charging ? -amount : amount,
  };
}

/** What a flow of its own means to a participant; null for flows that its trades already say. */
function participantLine(found: FlowRecord): Line | null {
  const { kind, carrier, amount } = found;
  const energy = BigInt(found.quantity);
  const price = BigInt(found.price);
  switch (kind) {
    case "stored":
      return { carrier, entry: "pool sale", counterparty: "pool", energy: -energy, price, amount };
    case "exported":
      return { carrier, entry: kind, counterparty: "grid", energy: -energy, price, amount };
    case "imported":
      return { carrier, entry: kind, counterparty: "grid", energy, price, amount: -amount };
    case "interrupted":
      return { carrier, entry: kind, counterparty: "platform", energy: 0n, price, amount };
    default:
      return null;
  }
}

/** What a posting on a participant's account means to it. */
function postedLine({ kind, carrier, period, amount }: PostingRecord, received: boolean): Line {
  return {
    carrier,
    entry: kind,
    counterparty: counterparties[kind],
    about: period,
    energy: 0n,
    price: null,
    amount: received ? amount : -amount,
  };
}
