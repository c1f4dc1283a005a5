import { fail } from "../errors.js";
import { type Block, decodeItems } from "../ledger/format/block.js";
import { decodeCanonical } from "../ledger/format/canonical.js";
import { readRecord, recordCount } from "../ledger/format/layout.js";
import {
  firstParticipantAccount,
  flowLayout,
  orderLayout,
  postingLayout,
  tradeLayout,
} from "../ledger/format/records.js";
import type { Contract } from "../market/contracts/contracts.js";
import type { Carrier } from "../units.js";

/** One line of a participant's statement. Energies in quantity ticks, prices in price ticks, amounts in amount ticks. */
export interface StatementEntry {
  readonly period: number;
  /** End of the period, Unix time, as sealed. */
  readonly timestampMs: number;
  readonly carrier: Carrier | null;
  /**
   * What it is: `bought`, `sold`, `pool sale`, `pool purchase`, `store purchase`, `charged`, `discharged`, `imported`,
   * `interrupted`, `unserved`, `idle`, `imbalance`, `correction`, `deposit`, `withdrawal`, `collateral`, `default`.
   */
  readonly entry: string;
  /** The other side: a participant's id, a device, `pool`, `grid`, `platform` or `bank`. */
  readonly counterparty: string;
  /** Period that it settles, when another. */
  readonly about: number;
  /** What came in is above zero, what went out below. */
  readonly energy: bigint;
  readonly price: bigint | null;
  /** Paid to the participant above zero, by it below; without the fee. */
  readonly amount: bigint;
  readonly fee: bigint;
  /** Balance after it. */
  readonly balance: bigint;
}

const settlements = ["imbalance", "correction", "deposit", "withdrawal", "collateral", "default"] as const;
const counterparties: Readonly<Record<(typeof settlements)[number], string>> = {
  imbalance: "platform",
  correction: "platform",
  deposit: "bank",
  withdrawal: "bank",
  collateral: "collateral",
  default: "platform",
};

/**
 * The statement of one participant, block by block in order from genesis. It reads orders, trades and flows for the
 * energy, and postings for what is settled apart; its balance is the market's.
 */
export class Statement {
  readonly participant: string;
  #number: number | null = null;
  #balance = 0n;
  readonly #participants: string[] = [];
  readonly #devices: { name: string; owner: string | undefined }[] = [];
  readonly #deviceNumbers = new Map<string, number>();

  constructor(participant: string) {
    this.participant = participant;
  }

  /** Balance after the last block added, in amount ticks. */
  get balance(): bigint {
    return this.#balance;
  }

  /** Ids of all participants registered so far, in order. */
  get participants(): readonly string[] {
    return this.#participants;
  }

  /** Adds the next block and returns what it says of the participant. Throws `invalid` after genesis for an unknown one. */
  add(block: Block): StatementEntry[] {
    const { header, sections } = block;
    for (const item of decodeItems(sections.contracts))
      this.#contract(decodeCanonical(item) as unknown as Contract);
    if (this.#number === null) {
      const found = this.#participants.indexOf(this.participant);
      if (found < 0) {
        if (header.height === 0)
          return fail("invalid", "PARTICIPANT", `one of ${some(this.#participants)}`, this.participant);
        return [];
      }
      this.#number = found;
    }
    const number = this.#number;
    const entries: StatementEntry[] = [];
    const put = (
      line: Pick<StatementEntry, "carrier" | "entry" | "counterparty" | "energy" | "price" | "amount"> &
        Partial<Pick<StatementEntry, "fee" | "about">>,
    ): void => {
      const fee = line.fee ?? 0n;
      this.#balance += line.amount - fee;
      const { period, timestampMs } = header;
      entries.push({ about: period, ...line, period, timestampMs, fee, balance: this.#balance });
    };
    this.#postings(sections.postings, number, true, put);
    this.#trades(sections, number, put);
    this.#flows(sections.flows, number, put);
    this.#postings(sections.postings, number, false, put);
    return entries;
  }

  #contract(contract: Contract): void {
    if (contract.kind === "participant" && contract.version === 1) this.#participants.push(contract.id);
    if (contract.kind !== "storage") return;
    const known = this.#deviceNumbers.get(contract.device);
    const entry = { name: contract.device, owner: contract.owner };
    if (known !== undefined) this.#devices[known] = entry;
    else {
      this.#deviceNumbers.set(contract.device, this.#devices.length);
      this.#devices.push(entry);
    }
  }

  #trades(sections: Block["sections"], number: number, put: Put): void {
    const view = new DataView(sections.orders.buffer, sections.orders.byteOffset, sections.orders.byteLength);
    const partyOf = (order: number): number => view.getUint32(order * orderLayout.bytes, true);
    const count = recordCount(tradeLayout, sections.trades);
    const trades = new DataView(
      sections.trades.buffer,
      sections.trades.byteOffset,
      sections.trades.byteLength,
    );
    for (let index = 0; index < count; index++) {
      const at = index * tradeLayout.bytes;
      const peer = trades.getUint8(at) === 1;
      const buyer = partyOf(trades.getUint32(at + 8, true));
      const seller = peer ? partyOf(trades.getUint32(at + 4, true)) : -1;
      if (buyer !== number && seller !== number) continue;
      const trade = readRecord(tradeLayout, sections.trades, index);
      const energy = BigInt(trade.quantity);
      const price = BigInt(trade.price);
      const { carrier } = trade;
      if (buyer === number)
        put({
          carrier,
          entry: peer ? "bought" : trade.kind === "pool" ? "pool purchase" : "store purchase",
          counterparty: peer
            ? this.#participants[seller]!
            : trade.kind === "pool"
              ? "pool"
              : (this.#devices[trade.offer]?.name ?? "store"),
          energy,
          price,
          amount: -energy * price,
          fee: trade.useFee,
        });
      if (seller === number)
        put({
          carrier,
          entry: "sold",
          counterparty: this.#participants[buyer]!,
          energy: -energy,
          price,
          amount: energy * price,
          fee: trade.supplyFee,
        });
    }
  }

  #flows(bytes: Uint8Array, number: number, put: Put): void {
    const count = recordCount(flowLayout, bytes);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (let index = 0; index < count; index++) {
      const party = view.getUint32(index * flowLayout.bytes + 4, true);
      const device = this.#devices[party];
      if (party !== number && device?.owner !== this.participant) continue;
      const flow = readRecord(flowLayout, bytes, index);
      const { kind, carrier } = flow;
      const price = BigInt(flow.price);
      const energy = BigInt(flow.quantity);
      if ((kind === "charged" || kind === "discharged") && device?.owner === this.participant) {
        const charging = kind === "charged";
        put({
          carrier,
          entry: kind,
          counterparty: device.name,
          energy: charging ? energy : -energy,
          price,
          amount: charging ? -flow.amount : flow.amount,
        });
      }
      if (party !== number) continue;
      if (kind === "pooled")
        put({
          carrier,
          entry: "pool sale",
          counterparty: "pool",
          energy: -energy,
          price,
          amount: flow.amount,
        });
      if (kind === "imported" && flow.extra === 0n)
        put({ carrier, entry: "imported", counterparty: "grid", energy, price, amount: -flow.amount });
      if (kind === "interrupted")
        put({
          carrier,
          entry: `interrupted`,
          counterparty: "platform",
          energy: 0n,
          price,
          amount: flow.amount,
        });
      if (kind === "unserved" || kind === "idle")
        put({ carrier, entry: kind, counterparty: "-", energy: 0n, price: null, amount: 0n });
    }
  }

  /** What is settled apart: money paid in and out before trading, imbalances after it. */
  #postings(bytes: Uint8Array, number: number, before: boolean, put: Put): void {
    const count = recordCount(postingLayout, bytes);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const own = firstParticipantAccount + number;
    for (let index = 0; index < count; index++) {
      const at = index * postingLayout.bytes;
      const received = view.getUint32(at + 4, true) === own;
      if (!received && view.getUint32(at + 8, true) !== own) continue;
      const posting = readRecord(postingLayout, bytes, index);
      const kind = settlements.find((each) => each === posting.kind);
      if (
        kind === undefined ||
        before !== (kind === "deposit" || kind === "withdrawal" || kind === "collateral")
      )
        continue;
      put({
        carrier: posting.carrier,
        entry: kind,
        counterparty: counterparties[kind],
        about: posting.period,
        energy: 0n,
        price: null,
        amount: received ? posting.amount : -posting.amount,
      });
    }
  }
}

type Put = (
  line: Pick<StatementEntry, "carrier" | "entry" | "counterparty" | "energy" | "price" | "amount"> &
    Partial<Pick<StatementEntry, "fee" | "about">>,
) => void;

const some = (names: readonly string[]): string =>
  names.length <= 6 ? names.join(", ") : `${names.slice(0, 6).join(", ")} … (${names.length})`;
