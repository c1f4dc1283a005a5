/**
 * What was checked goes into the open period here: it is judged and numbered at once, and for the log it is put in the
 * form in which it is taken again when a market is opened. What comes now and what came before a crash go one way.
 */
import { viewOf } from "../../bytes.js";
import { fail } from "../../errors.js";
import { orderLayout } from "../../ledger/format/records.js";
import { contractKey } from "../contracts/kinds.js";
import type { Emitter } from "../events.js";
import type { OpenPeriod } from "../period/period.js";
import { readingRow } from "../period/readings.js";
import type { MarketState } from "../period/state.js";
import { type Entered, type Entrance, takeAll } from "./entrance.js";
import { asAcknowledged, type LogEntry, logEntryName, maxEntryOrders, proposalEntry } from "./log.js";
import type { Proposal, Proposals } from "./proposals.js";
import type { SignedResult, Taken } from "./request.js";
import { ownSignature, type Signing } from "./signing.js";

/** What was taken into the open period, and is answered once the log has kept it. */
export interface Admitted<Result> {
  readonly result: Result;
  /** What the log keeps of it. */
  entries(): readonly LogEntry[];
  /** Tells who listens. */
  tell?(): void;
}

/** What an admission needs of its market. */
export interface AdmissionParts {
  readonly state: MarketState;
  readonly signing: Signing | null;
  readonly entrance: Entrance | null;
  readonly events: Emitter;
  readonly proposals: Proposals;
  /** The open period. */
  open(): OpenPeriod;
}

/** So many signatures of the log are checked at a time. */
const checkedAtOnce = 64;

/** Takes what was checked into the open period. */
export class Admission {
  readonly #parts: AdmissionParts;

  constructor(parts: AdmissionParts) {
    this.#parts = parts;
  }

  /** Orders that came under a signature and were taken, or refused all together. */
  signedOrders({ open, orders, result }: Entered): Admitted<SignedResult> {
    const { first, accepted, records } = result;
    const { signature, gateway: key } = orders;
    return {
      result,
      entries: () => (accepted === 0 ? [] : [{ kind: "orders", key, signature, body: records }]),
      tell: () => this.#tellOrders(open, first, first + accepted),
    };
  }

  /** Orders that came without proof and were taken, from number `first` to the last there now. */
  orders<Result>(open: OpenPeriod, first: number, result: Result): Admitted<Result> {
    const end = open.orders.count;
    return {
      result,
      entries: () => plainEntries(open.orders.records(first)),
      tell: () => this.#tellOrders(open, first, end),
    };
  }

  /** Version that the next contract of this key has. */
  nextVersion(key: string): number {
    return this.#parts.state.terms.nextVersion(key) + this.#parts.proposals.of(key);
  }

  /** Lets a contract wait for its period, or throws why it can't. */
  contract(proposal: Proposal): Admitted<Taken> {
    const { contract } = proposal;
    const { period } = this.#parts.open();
    if (contract.kind === "market")
      fail("refused", "contract.kind", "a contract other than the market's", "market");
    if (contract.from <= period)
      fail("refused", "contract.from", `a period after ${period}, which has begun`, contract.from);
    const key = contractKey(contract);
    const version = this.nextVersion(key);
    if (contract.version !== version) fail("conflict", `${key}.version`, `${version}`, contract.version);
    this.#parts.proposals.checkAhead(proposal, period);
    this.#parts.proposals.add(proposal);
    return {
      result: { status: "accepted", period: contract.from },
      entries: () => [proposalEntry(proposal)],
    };
  }

  /** Takes a reading's record, or throws why not. */
  reading(record: Uint8Array, signature: Uint8Array | null): Admitted<Taken> {
    const { readings, period } = this.#parts.open();
    const index = readings.count;
    const refusal = readings.take(readingRow(viewOf(record), 0, period));
    if (refusal !== null) throw refusal;
    if (signature !== null) this.#parts.signing?.keep({ kind: "reading", index, signature });
    return {
      result: { status: "accepted", period },
      entries: () => [{ kind: "reading", key: null, signature, body: record }],
    };
  }

  /**
   * Takes again, in the same order, what was acknowledged for the open period before the market was opened. Throws
   * `corrupt` when something is not taken as it was.
   */
  async restore(entries: readonly LogEntry[]): Promise<void> {
    for (let start = 0; start < entries.length; start += checkedAtOnce) {
      const some = entries.slice(start, start + checkedAtOnce);
      const again = (index: number, act: () => void | Promise<void>): Promise<void> =>
        asAcknowledged(logEntryName(start + index), act);
      await Promise.all(some.map((entry, index) => again(index, () => this.#check(entry))));
      for (const [index, entry] of some.entries()) await again(index, () => this.#take(entry));
    }
  }

  async #check({ kind, key, signature, body }: LogEntry): Promise<void> {
    const { signing, entrance, open } = this.#parts;
    if (signing === null || entrance === null) {
      if (signature !== null) fail("signature", kind, "no signature, in an unsigned market", "one");
      return;
    }
    const own = ownSignature(signature, `${kind}.signature`);
    if (kind === "orders") {
      await entrance.check({ records: body, signature: own, gateway: key }, open().period);
      return;
    }
    const { period } = open();
    const { participant } = readingRow(viewOf(body), 0, period);
    await signing.checkReading(period, { record: body, participant, signature: own });
  }

  #take({ kind, key, signature, body }: LogEntry): void {
    const { entrance, open } = this.#parts;
    if (kind === "reading") {
      this.reading(body, signature);
      return;
    }
    const [refusal] =
      signature === null || entrance === null
        ? takeAll(open(), body)
        : entrance.take({ records: body, signature, gateway: key }).result.refused;
    if (refusal !== undefined) throw refusal.error;
  }

  #tellOrders(open: OpenPeriod, first: number, end: number): void {
    const { events } = this.#parts;
    events.noteOrders(open, first, end);
    events.tell();
  }
}

/** Order records end to end as entries of the log. */
function plainEntries(records: Uint8Array): LogEntry[] {
  const entries: LogEntry[] = [];
  const bytes = maxEntryOrders * orderLayout.bytes;
  for (let at = 0; at < records.length; at += bytes)
    entries.push({ kind: "orders", key: null, signature: null, body: records.subarray(at, at + bytes) });
  return entries;
}
