/** The desk of a market: takes what comes from outside, one after the other, and answers; what is taken, it tells. */
import { wantBytes } from "../../bytes.js";
import { onlyKeys } from "../../check.js";
import { fail } from "../../errors.js";
import { encodeCanonical } from "../../ledger/format/canonical.js";
import { checkRecords, encodeRecords } from "../../ledger/format/layout.js";
import {
  orderLayout,
  type ReadingRecord,
  readingCorrection,
  readingLayout,
} from "../../ledger/format/records.js";
import type { Contract, MarketContract } from "../contracts/contracts.js";
import { parseContract } from "../contracts/kinds.js";
import type { Emitter } from "../events.js";
import type { OpenPeriod } from "../period/period.js";
import type { MarketState } from "../period/state.js";
import { Admission, type Admitted } from "./admission.js";
import { Answers, type Request } from "./answers.js";
import { batchRecords, checkedBatch, takeColumns } from "./columns.js";
import { Entrance } from "./entrance.js";
import { Intake } from "./intake.js";
import type { LogEntry, MarketLog } from "./log.js";
import { enterProposals, type Proposal, type Proposals } from "./proposals.js";
import type {
  AcceptedOrder,
  BatchProof,
  BatchResult,
  OrderBatch,
  OrderResult,
  Reading,
  Refused,
  SignedOrders,
  SignedResult,
  Taken,
} from "./request.js";
import { ownSignature, type Signing } from "./signing.js";

/** What a desk needs of its market. */
export interface DeskParts {
  readonly contract: MarketContract;
  readonly state: MarketState;
  readonly signing: Signing | null;
  readonly events: Emitter;
  /** Where everything is kept before it is acknowledged; null: nowhere. */
  readonly log: MarketLog | null;
  /** Contracts that wait for their period. */
  readonly proposals: Proposals;
  /** The open period. */
  open(): OpenPeriod;
  /** Throws `state` when the market has stopped. */
  usable(): void;
}

/** Takes requests for the open period; `Market` says what each method does. */
export class Desk {
  readonly intake: Intake;
  readonly #parts: DeskParts;
  readonly #answers: Answers;
  readonly #entrance: Entrance | null;
  readonly #admission: Admission;
  /** The contracts with which the open period began. */
  #entered: readonly Proposal[] = [];

  constructor(parts: DeskParts) {
    const { contract, state, signing, events, open, usable } = parts;
    this.#parts = parts;
    this.intake = new Intake(contract, state.terms);
    this.#answers = new Answers(usable, (what, error) => {
      events.note("refused", { what, error });
      events.tell();
    });
    const entrance = signing && new Entrance({ signing, open, usable });
    this.#entrance = entrance;
    this.#admission = new Admission({ ...parts, entrance });
  }

  records(batch: OrderBatch): Uint8Array {
    return batchRecords(batch, this.#parts.open().orders);
  }

  /** Takes one order or withdrawal; `record` makes its record, or throws why there is none. */
  submit(record: () => Uint8Array, signature: Uint8Array | undefined): OrderResult | Promise<OrderResult> {
    if (signature !== undefined)
      return this.#answers.later("order", async () => {
        const entrance = this.#signedOrders();
        return entrance.enter({ records: record(), signature, gateway: null }, async (entered) => {
          const { open, result } = entered;
          if (result.refused[0] !== undefined) throw result.refused[0].error;
          const answer = accepted(open, result.first, result.records);
          await this.#kept(this.#admission.signedOrders(entered));
          return answer;
        });
      });
    return this.#plain("order", () => {
      this.#unsigned("order");
      const bytes = record();
      const open = this.#parts.open();
      const refusal = open.orders.takeRecord(bytes, 0);
      if (refusal !== null) throw refusal;
      const result = accepted(open, open.orders.count - 1, bytes);
      return this.#admission.orders(open, result.sequence, result);
    });
  }

  submitColumns(
    batch: OrderBatch,
    proof: BatchProof | undefined,
  ): BatchResult | Promise<BatchResult> | Promise<SignedResult | Refused> {
    if (proof !== undefined)
      return this.enter(() => {
        onlyKeys(proof, "proof", ["gateway", "signature"]);
        const { gateway, signature } = proof;
        return { records: this.records(batch), signature, gateway };
      });
    const take = (): Admitted<BatchResult> => {
      this.#parts.usable();
      this.#unsigned("batch");
      const open = this.#parts.open();
      const result = takeColumns(open, checkedBatch(batch));
      return this.#admission.orders(open, result.first, result);
    };
    if (this.#parts.log !== null) return (async () => this.#kept(take()))();
    const { result, tell } = take();
    tell?.();
    return result;
  }

  /** Number of the order of the open period with this record, which has been kept; null when none was taken. */
  async numberOf(record: Uint8Array): Promise<number | null> {
    this.#parts.usable();
    checkRecords(orderLayout, wantBytes(record, "record", orderLayout.bytes));
    return this.#kept({ result: this.#parts.open().orders.numberOf(record), entries: () => [] });
  }

  /** Takes signed orders; `orders` makes them, or throws why there are none. */
  enter(orders: () => SignedOrders): Promise<SignedResult | Refused> {
    return this.#answers.later("order", async () =>
      this.#signedOrders().enter(orders(), (entered) => this.#kept(this.#admission.signedOrders(entered))),
    );
  }

  propose(contract: Contract, signature: Uint8Array | undefined): Taken | Promise<Taken> {
    if (signature === undefined)
      return this.#plain("contract", () => {
        this.#unsigned("contract");
        const checked = parseContract(contract);
        return this.#admission.contract({ contract: checked, text: encodeCanonical(checked), proof: null });
      });
    return this.#answers.later("contract", async () => {
      const signing = this.#signed("contract");
      const own = ownSignature(signature, "contract.signature");
      const checked = parseContract(contract);
      const proof = await signing.checkContract(checked, own);
      this.#parts.usable();
      return this.#kept(
        this.#admission.contract({ contract: checked, text: encodeCanonical(checked), proof }),
      );
    });
  }

  nextVersion(key: string): number {
    return this.#admission.nextVersion(key);
  }

  report(reading: Reading, signature: Uint8Array | undefined): Taken | Promise<Taken> {
    if (signature === undefined)
      return this.#plain("reading", () => {
        this.#unsigned("reading");
        const record = this.intake.reading(reading, this.#parts.open());
        return this.#admission.reading(encodeRecords(readingLayout, [record]), null);
      });
    return this.#answers.later("reading", async () => {
      const signing = this.#signed("reading");
      const own = ownSignature(signature, "reading.signature");
      const { period } = this.#parts.open();
      const reported = this.intake.reading(reading, this.#parts.open());
      const record = encodeRecords(readingLayout, [reported]);
      await this.#checkReading(signing, { period, reported, signature: own });
      this.#parts.usable();
      const now = this.#parts.open().period;
      if (now !== period) fail("refused", "reading", `one for period ${now}`, period);
      return this.#kept(this.#admission.reading(record, own));
    });
  }

  /** Takes again what was acknowledged before the market was opened; {@link Admission.restore}. */
  restore(entries: readonly LogEntry[]): Promise<void> {
    return this.#admission.restore(entries);
  }

  /** The open period is about to close. Returns the evidence of what is in it. */
  close(): Uint8Array {
    return this.#parts.signing?.takeEvidence() ?? new Uint8Array(0);
  }

  /** Puts the contracts that are due in force in the next period, not started yet, and notes what became of each. */
  enterDue(next: OpenPeriod): void {
    const { signing, events, proposals } = this.#parts;
    const { period } = next;
    const entered: Proposal[] = [];
    enterProposals(next, proposals, signing, {
      entered: (proposal) => {
        entered.push(proposal);
        events.note("contract", { contract: proposal.contract, period });
      },
      dropped: (error) => events.note("refused", { what: "contract", error }),
    });
    this.#entered = entered;
  }

  /**
   * The block before the open period was given to the store: the log of the open period begins, with the contracts that
   * stand in no block yet and those that were dropped.
   */
  beginLog(): void {
    const { log, proposals, open } = this.#parts;
    // Whoever waits for something in the log gets the error; the market has stopped by then.
    log
      ?.begin(open().period, [...this.#entered, ...proposals.all()], proposals.dropped.all())
      .catch(() => undefined);
  }

  /** Answers a request without proof: at once, or, with a log, when that has kept it. */
  #plain<Result>(what: Request, admit: () => Admitted<Result>): Result | Refused | Promise<Result | Refused> {
    if (this.#parts.log !== null) return this.#answers.later(what, async () => this.#kept(admit()));
    return this.#answers.now(what, () => {
      const { result, tell } = admit();
      tell?.();
      return result;
    });
  }

  async #kept<Result>({ result, entries, tell }: Admitted<Result>): Promise<Result> {
    const { log } = this.#parts;
    if (log !== null)
      await log.keep(entries()).catch((error: unknown) => {
        this.#parts.usable();
        throw error;
      });
    tell?.();
    return result;
  }

  /**
   * Throws `signature` unless a reading's participant signed it, and `conflict` for one that was signed before a
   * reading or an estimate stood, which it would correct by now: whoever sends it again learns that, and not that its
   * key is bad.
   */
  async #checkReading(
    signing: Signing,
    {
      period,
      reported,
      signature,
    }: { readonly period: number; readonly reported: ReadingRecord; readonly signature: Uint8Array },
  ): Promise<void> {
    const { participant, version } = reported;
    const check = (as: ReadingRecord): Promise<void> =>
      signing.checkReading(period, {
        record: encodeRecords(readingLayout, [as]),
        participant,
        signature,
      });
    try {
      await check(reported);
    } catch (error) {
      if ((reported.flags & readingCorrection) === 0) throw error;
      await check({ ...reported, flags: 0 });
      fail("conflict", "reading", "a correction, signed as one: a reading or an estimate stands", version);
    }
  }

  #unsigned(what: string): void {
    if (this.#parts.signing !== null)
      fail("signature", `${what}.signature`, "a signature, in this market", "none");
  }

  #signed(what: string): Signing {
    return (
      this.#parts.signing ?? fail("signature", `${what}.signature`, "none, in an unsigned market", "one")
    );
  }

  #signedOrders(): Entrance {
    this.#signed("order");
    return this.#entrance!;
  }
}

/** The answer to an order that was taken. */
function accepted({ orders, period }: OpenPeriod, sequence: number, record: Uint8Array): AcceptedOrder {
  const replaced = orders.replaced[sequence]!;
  return {
    status: "accepted",
    sequence,
    period,
    revision: orders.row(sequence).revision,
    replaced: replaced < 0 ? null : replaced,
    record,
  };
}
