/**
 * Signatures of a signed market: which key has to sign what, whether it did, and the evidence that goes into the block.
 */
import { copyOf, isBytes, sameBytes, signatureBytes, viewOf } from "../../bytes.js";
import { fail, GridclearError } from "../../errors.js";
import { encodeCanonical } from "../../ledger/format/canonical.js";
import { offsetsOf } from "../../ledger/format/layout.js";
import { orderLayout } from "../../ledger/format/records.js";
import { recordsRoot } from "../../ledger/format/sections.js";
import type { Signatures } from "../../ledger/keys/backend.js";
import { KeyDirectory } from "../../ledger/keys/directory.js";
import { type Evidence, encodeEvidence } from "../../ledger/keys/evidence.js";
import {
  batchStatement,
  contractStatement,
  orderStatement,
  readingStatement,
} from "../../ledger/keys/message.js";
import type { Hasher } from "../../ledger/tree/hasher.js";
import type { Contract } from "../contracts/contracts.js";
import type { SignedOrders } from "./request.js";

/** A contract's signature, found good for the key that had to sign when it was checked. */
export interface ContractProof {
  readonly signature: Uint8Array;
  readonly key: Uint8Array;
}

/** A reading's record, whose it is, and its meter's signature. */
export interface SignedReading {
  readonly record: Uint8Array;
  readonly participant: number;
  readonly signature: Uint8Array;
}

/** What {@link Signing} is made of. */
export interface SigningParts {
  readonly signatures: Signatures;
  readonly hasher: Hasher;
  readonly marketId: Uint8Array;
}

/** Checks what comes into a signed market and keeps the evidence of the open period. */
export class Signing {
  readonly #signatures: Signatures;
  readonly #hasher: Hasher;
  readonly #marketId: Uint8Array;
  readonly #directory = new KeyDirectory();
  #evidence: Evidence[] = [];

  constructor({ signatures, hasher, marketId }: SigningParts) {
    this.#signatures = signatures;
    this.#hasher = hasher;
    this.#marketId = marketId;
  }

  /**
   * Throws `signature` unless these orders, well-formed records, are signed for `period` by their participant or its
   * gateway.
   */
  async checkOrders(period: number, orders: SignedOrders): Promise<void> {
    const { records, signature, gateway } = orders;
    const view = viewOf(records);
    const participants = new Set<number>();
    for (let at = offsetsOf(orderLayout).participant; at < records.length; at += orderLayout.bytes)
      participants.add(view.getUint32(at, true));
    if (gateway === null) {
      const key = this.#keyOf(view.getUint32(offsetsOf(orderLayout).participant, true), "order.participant");
      await this.#check(key, orderStatement(this.#marketId, period, records), signature, "order.signature");
      return;
    }
    for (const participant of participants) {
      const own = this.#directory.participant(participant)?.gateway ?? null;
      if (own === null || !sameBytes(own, gateway))
        fail("signature", "batch.gateway", `the gateway of participant ${participant}`, "another key");
    }
    const root = recordsRoot(orderLayout, records, this.#hasher);
    const statement = batchStatement(this.#marketId, period, records.length / orderLayout.bytes, root);
    await this.#check(gateway, statement, signature, "batch.signature");
  }

  /** Throws `signature` unless a reading in the block of `period` is signed by its participant. */
  async checkReading(period: number, reading: SignedReading): Promise<void> {
    const key = this.#keyOf(reading.participant, "reading.participant");
    const statement = readingStatement(this.#marketId, period, reading.record);
    await this.#check(key, statement, reading.signature, "reading.signature");
  }

  /** The proof of a contract; throws `signature` unless the key that has to sign it did. */
  async checkContract(contract: Contract, signature: Uint8Array): Promise<ContractProof> {
    return this.checkContractOf(contract, this.#directory.signer(contract as never), signature);
  }

  /** The proof of a contract that was taken by a key before, which may have been replaced since. */
  async checkContractOf(
    contract: Contract,
    key: Uint8Array | null,
    signature: Uint8Array | null,
  ): Promise<ContractProof> {
    if (key === null || signature === null) return fail("signature", "contract.signature", "one", "none");
    const statement = contractStatement(this.#marketId, encodeCanonical(contract));
    await this.#check(key, statement, signature, "contract.signature");
    return { signature, key };
  }

  /** Throws `signature` when the key that signed a contract is no longer the one that has to. */
  recheck(contract: Contract, proof: ContractProof): void {
    if (!sameBytes(proof.key, this.#directory.signer(contract as never)))
      fail("signature", "contract.signature", "a signature by the key that counts now", "one by another");
  }

  /**
   * A contract entered as the `index`th of its period: its keys count from now on, its signature goes into the block.
   */
  enter(contract: Contract, proof: ContractProof, index: number): void {
    this.relearn(contract);
    this.keep({ kind: "contract", index, signature: proof.signature });
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
  takeEvidence(): Uint8Array {
    const section = encodeEvidence(this.#evidence);
    this.#evidence = [];
    return section;
  }

  #keyOf(participant: number, field: string): Uint8Array {
    return (
      this.#directory.participant(participant)?.key ??
      fail("signature", field, "a participant with a key", participant)
    );
  }

  async #check(key: Uint8Array, statement: Uint8Array, signature: Uint8Array, field: string): Promise<void> {
    if (!(await this.#signatures.verify(key, statement, signature)))
      throw new GridclearError("signature", { field, wanted: "a valid signature", got: "one that is not" });
  }
}

/** A copy of a signature from outside; throws `signature` unless it is 64 bytes. */
export function ownSignature(signature: unknown, field: string): Uint8Array {
  return isBytes(signature) && signature.length === signatureBytes
    ? copyOf(signature)
    : fail("signature", field, `${signatureBytes} bytes`, signature);
}
