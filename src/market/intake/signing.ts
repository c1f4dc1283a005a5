import { sameBytes } from "../../bytes.js";
import { fail, GridclearError } from "../../errors.js";
import { encodeCanonical } from "../../ledger/format/canonical.js";
import { orderLayout } from "../../ledger/format/records.js";
import type { Signatures } from "../../ledger/keys/backend.js";
import { KeyDirectory } from "../../ledger/keys/directory.js";
import { type Evidence, encodeEvidence } from "../../ledger/keys/evidence.js";
import {
  batchStatement,
  contractStatement,
  orderStatement,
  readingStatement,
} from "../../ledger/keys/message.js";
import type { Contract } from "../contracts/contracts.js";

/** Checks what comes into a signed market and keeps the evidence of the open period. */
export class Signing {
  readonly #signatures: Signatures;
  readonly #marketId: Uint8Array;
  readonly #directory = new KeyDirectory();
  #evidence: Evidence[] = [];
  /** Contract signatures wait here until their contract enters. */
  readonly #contracts = new Map<Contract, { readonly signature: Uint8Array; readonly key: Uint8Array }>();

  constructor(signatures: Signatures, marketId: Uint8Array) {
    this.#signatures = signatures;
    this.#marketId = marketId;
  }

  /** The signature of an order's record, checked. Throws `signature`. */
  async checkOrder(
    period: number,
    record: Uint8Array,
    participant: number,
    signature: unknown,
  ): Promise<void> {
    const key = this.#key(participant, "order.participant");
    await this.#check(key, orderStatement(this.#marketId, period, record), signature, "order.signature");
  }

  /** The signature of a gateway over the root of many order records, checked. Throws `signature`. */
  async checkBatch(
    period: number,
    records: Uint8Array,
    root: Uint8Array,
    gateway: Uint8Array,
    participants: Iterable<number>,
    signature: unknown,
  ): Promise<void> {
    for (const participant of participants) {
      const own = this.#directory.participant(participant)?.gateway;
      if (!own?.every((byte, index) => byte === gateway[index]))
        fail("signature", "batch.gateway", `the gateway of participant ${participant}`, "another key");
    }
    const count = records.length / orderLayout.bytes;
    const statement = batchStatement(this.#marketId, period, count, root);
    await this.#check(gateway, statement, signature, "batch.signature");
  }

  /** The signature of a reading's record, checked. Throws `signature`. */
  async checkReading(record: Uint8Array, participant: number, signature: unknown): Promise<void> {
    const key = this.#key(participant, "reading.participant");
    await this.#check(key, readingStatement(this.#marketId, record), signature, "reading.signature");
  }

  /** The signature of a contract, checked and kept until it enters. Throws `signature`. */
  async checkContract(contract: Contract, signature: unknown): Promise<void> {
    const bytes = encodeCanonical(contract);
    const key = this.#directory.signer(contract as never);
    await this.#check(key, contractStatement(this.#marketId, bytes), signature, "contract.signature");
    this.#contracts.set(contract, { signature: signature as Uint8Array, key });
  }

  /** Throws `signature` when the key that signed a contract is no longer the one that has to. */
  recheck(contract: Contract): void {
    const key = this.#directory.signer(contract as never);
    const checked = this.#contracts.get(contract);
    if (checked === undefined || !sameBytes(checked.key, key))
      fail("signature", "contract.signature", "a signature by the key that counts now", "by another");
  }

  /** Takes a contract that entered: its keys count from now on, its signature stands in the block. */
  enter(contract: Contract, index: number): void {
    const { signature } =
      this.#contracts.get(contract) ?? fail("state", "contract", "a checked signature", "none");
    this.#contracts.delete(contract);
    this.#directory.take(contract as never);
    this.#evidence.push({ kind: "contract", index, signature });
  }

  /** Takes a contract of a stored block, whose signature stands there. */
  relearn(contract: Contract): void {
    this.#directory.take(contract as never);
  }

  /** Keeps an item of evidence for the block of the open period. */
  keep(item: Evidence): void {
    this.#evidence.push(item);
  }

  /** The evidence of the period that closes; what comes after belongs to the next. */
  take(): Uint8Array {
    const section = encodeEvidence(this.#evidence);
    this.#evidence = [];
    return section;
  }

  #key(participant: number, field: string): Uint8Array {
    return (
      this.#directory.participant(participant)?.key ??
      fail("signature", field, "a participant with a key", participant)
    );
  }

  async #check(key: Uint8Array, statement: Uint8Array, signature: unknown, field: string): Promise<void> {
    if (!(signature instanceof Uint8Array) || signature.length !== 64)
      fail("signature", field, "64 bytes", signature);
    if (!(await this.#signatures.verify(key, statement, signature as Uint8Array)))
      throw new GridclearError("signature", { field, wanted: "a valid signature", got: "one that is not" });
  }
}
