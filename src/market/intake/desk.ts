/**
 * The desk at which everything comes into the open period: orders, contracts, readings. In an unsigned market a request
 * comes without proof and is answered at once; in a signed one it comes with its signature and is answered by a
 * promise.
 */
import { onlyKeys } from "../../check.js";
import { fail } from "../../errors.js";
import { encodeRecords } from "../../ledger/format/layout.js";
import { type ReadingRecord, readingLayout } from "../../ledger/format/records.js";
import type { Store } from "../../ledger/store/store.js";
import { carriers } from "../../units.js";
import type { Contract, MarketContract } from "../contracts/contracts.js";
import { contractKey, parseContract } from "../contracts/kinds.js";
import type { Emitter } from "../events.js";
import type { OpenPeriod } from "../period/period.js";
import type { MarketState } from "../period/state.js";
import { Answers } from "./answers.js";
import { batchRecords, checkedBatch, takeColumns } from "./columns.js";
import { Entrance } from "./entrance.js";
import { Intake } from "./intake.js";
import { enterProposals, type Proposal, Proposals } from "./proposals.js";
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
  readonly store: Store;
  readonly signing: Signing | null;
  readonly events: Emitter;
  /** The open period. */
  open(): OpenPeriod;
  /** Throws `state` when the market has stopped. */
  usable(): void;
  /** Resolves when no block is on its way to the store; throws when the market has stopped. */
  stored(): Promise<void>;
}

/** Takes requests for the open period; `Market` says what each method does. */
export class Desk {
  readonly intake: Intake;
  readonly #parts: DeskParts;
  readonly #answers: Answers;
  readonly #entrance: Entrance | null;
  readonly #proposals = new Proposals();

  constructor(parts: DeskParts) {
    const { contract, state, signing, events, open, usable, stored } = parts;
    this.#parts = parts;
    this.intake = new Intake(contract, state.terms);
    this.#answers = new Answers(usable, (what, error) => {
      events.note("refused", { what, error });
      events.tell();
    });
    const accepted = (first: number): void => this.#tellOrders(first);
    this.#entrance = signing && new Entrance({ signing, open, usable, stored, accepted });
  }

  /** How many contracts wait for their period. */
  get waiting(): number {
    return this.#proposals.count;
  }

  records(batch: OrderBatch): Uint8Array {
    return batchRecords(checkedBatch(batch), this.#parts.open().orders);
  }

  /** Takes one order or withdrawal; `record` makes its record, or throws why there is none. */
  submit(record: () => Uint8Array, signature: Uint8Array | undefined): OrderResult | Promise<OrderResult> {
    if (signature !== undefined)
      return this.#answers.later("order", async () => {
        const entrance = this.#signedOrders();
        const { open, result } = await entrance.enter({ records: record(), signature, gateway: null });
        if (result.refused[0] !== undefined) throw result.refused[0].error;
        return accepted(open, result.first, result.records);
      });
    return this.#answers.now("order", () => {
      this.#unsigned("order");
      const bytes = record();
      const open = this.#parts.open();
      const refusal = open.orders.takeRecord(bytes, 0);
      if (refusal !== null) throw refusal;
      const result = accepted(open, open.orders.count - 1, bytes);
      this.#tellOrders(result.sequence);
      return result;
    });
  }

  submitColumns(
    batch: OrderBatch,
    proof: BatchProof | undefined,
  ): BatchResult | Promise<SignedResult | Refused> {
    if (proof !== undefined)
      return this.enter(() => {
        onlyKeys(proof, "proof", ["gateway", "signature"]);
        const { gateway, signature } = proof;
        return { records: this.records(batch), signature, gateway };
      });
    this.#parts.usable();
    this.#unsigned("batch");
    const result = takeColumns(this.#parts.open(), checkedBatch(batch));
    this.#tellOrders(result.first);
    return result;
  }

  /** Takes signed orders; `orders` makes them, or throws why there are none. */
  enter(orders: () => SignedOrders): Promise<SignedResult | Refused> {
    return this.#answers.later("order", async () => (await this.#signedOrders().enter(orders())).result);
  }

  propose(contract: Contract, signature: Uint8Array | undefined): Taken | Promise<Taken> {
    if (signature === undefined)
      return this.#answers.now("contract", () => {
        this.#unsigned("contract");
        return this.#wait({ contract: parseContract(contract), proof: null });
      });
    return this.#answers.later("contract", async () => {
      const signing = this.#signed("contract");
      const own = ownSignature(signature, "contract.signature");
      const checked = parseContract(contract);
      const proof = await signing.checkContract(checked, own);
      this.#parts.usable();
      return this.#wait({ contract: checked, proof });
    });
  }

  nextVersion(key: string): number {
    return this.#parts.state.terms.nextVersion(key) + this.#proposals.of(key);
  }

  report(reading: Reading, signature: Uint8Array | undefined): Taken | Promise<Taken> {
    if (signature === undefined)
      return this.#answers.now("reading", () => {
        this.#unsigned("reading");
        return this.#read(this.intake.reading(reading, this.#parts.open()));
      });
    return this.#answers.later("reading", async () => {
      const signing = this.#signed("reading");
      const own = ownSignature(signature, "reading.signature");
      const open = this.#parts.open();
      const record = this.intake.reading(reading, open);
      await signing.checkReading(encodeRecords(readingLayout, [record]), record.participant, own);
      this.#parts.usable();
      const { period } = this.#parts.open();
      if (period !== open.period) fail("refused", "reading", `one for period ${period}`, open.period);
      const index = open.readings.count;
      const result = this.#read(record);
      signing.keep({ kind: "reading", index, signature: own });
      return result;
    });
  }

  async keepLog(): Promise<void> {
    this.#parts.usable();
    const entrance = this.#entrance ?? fail("state", "market", "a signed market", "an unsigned one");
    await entrance.keepLog(this.#parts.store);
  }

  /**
   * The open period is about to close: orders that do not count yet leave it. Returns the evidence of what is in it.
   */
  close(): Uint8Array {
    return this.#entrance?.close() ?? new Uint8Array(0);
  }

  /** Puts the contracts that are due in force in the next period, not started yet, and notes what became of each. */
  enterDue(next: OpenPeriod): void {
    const { signing, events } = this.#parts;
    const { period } = next;
    enterProposals(next, this.#proposals.take(period), signing, {
      entered: (contract) => events.note("contract", { contract, period }),
      dropped: (error) => events.note("refused", { what: "contract", error }),
    });
  }

  #wait(proposal: Proposal): Taken {
    const { contract } = proposal;
    const { period } = this.#parts.open();
    if (contract.kind === "market")
      fail("refused", "contract.kind", "a contract other than the market's", "market");
    if (contract.from <= period)
      fail("refused", "contract.from", `a period after ${period}, which has begun`, contract.from);
    const key = contractKey(contract);
    const version = this.nextVersion(key);
    if (contract.version !== version) fail("conflict", `${key}.version`, `${version}`, contract.version);
    this.#proposals.add(proposal);
    return { status: "accepted", period: contract.from };
  }

  #read({ participant, carrier, period, version, in: taken, out: given }: ReadingRecord): Taken {
    const open = this.#parts.open();
    const code = carriers.indexOf(carrier);
    const refusal = open.readings.take({
      participant,
      carrier: code,
      period,
      version,
      in: taken,
      out: given,
    });
    if (refusal !== null) throw refusal;
    return { status: "accepted", period: open.period };
  }

  #tellOrders(first: number): void {
    const { events, open } = this.#parts;
    events.noteOrders(open(), first);
    events.tell();
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
