/**
 * Contracts that were acknowledged and did not fit when their period came: whoever proposed one learns why, also after
 * a restart, so they stand in the log of the store beside those that wait.
 */
import { hex } from "../../bytes.js";
import { type Check, hexText, integer, oneOf, orNull, record, text } from "../../check.js";
import { type ErrorCode, errorCodes, type GridclearError } from "../../errors.js";
import type { Contract } from "../contracts/contracts.js";
import { contractKey, subjectOf } from "../contracts/kinds.js";
import type { ContractProof } from "./signing.js";

/** Most that are remembered, of all and of one signer; the oldest is forgotten for a new one. */
const maxDropped = 1_000;
const maxDroppedOfSigner = 50;

/** Why a contract did not fit, as its error said. */
export interface DropReason {
  readonly code: ErrorCode;
  readonly field: string;
  readonly wanted: string;
  readonly got: string;
}

/** A contract that was dropped: the last one of its key. */
export interface DroppedContract {
  /** What it is about, such as `supply/heat/ann`. */
  readonly key: string;
  readonly version: number;
  /** The period in which it was to begin, and was dropped. */
  readonly from: number;
  /** Id of the participant that it says it is of; null: of none. */
  readonly participant: string | null;
  /** Public key that signed it, in hexadecimal; null in an unsigned market. */
  readonly signer: string | null;
  readonly reason: DropReason;
}

const uint32 = /* @__PURE__ */ integer(0, 2 ** 32 - 1);
const words = /* @__PURE__ */ text(/^/, 65_536, "at most 65536 characters");
/** Checks a dropped contract that comes from the log. */
export const checkDropped: Check<DroppedContract> = /* @__PURE__ */ record({
  key: words,
  version: uint32,
  from: uint32,
  participant: /* @__PURE__ */ orNull(words),
  signer: /* @__PURE__ */ orNull(/* @__PURE__ */ hexText(32)),
  reason: /* @__PURE__ */ record({
    code: /* @__PURE__ */ oneOf(...errorCodes),
    field: words,
    wanted: words,
    got: words,
  }),
});

/** The dropped contracts that are remembered. */
export class DroppedContracts {
  /** By key, the oldest first. */
  readonly #dropped = new Map<string, DroppedContract>();
  /** Keys of the contracts that a key signed, the oldest first. */
  readonly #signed = new Map<string, Set<string>>();

  /** All of them, the oldest first. */
  all(): Iterable<DroppedContract> {
    return this.#dropped.values();
  }

  /** Remembers that a contract was dropped, and why. */
  note(contract: Contract, proof: ContractProof | null, error: GridclearError): void {
    const { version, from } = contract;
    const { code, field, wanted, got } = error;
    this.restore({
      key: contractKey(contract),
      version,
      from,
      participant: subjectOf(contract),
      signer: proof === null ? null : hex(proof.key),
      reason: { code, field, wanted, got },
    });
  }

  /** Remembers one that was remembered before. */
  restore(dropped: DroppedContract): void {
    const { key, signer } = dropped;
    this.#delete(key);
    this.#dropped.set(key, dropped);
    if (signer !== null) {
      const own = this.#signed.get(signer) ?? new Set<string>();
      own.add(key);
      this.#signed.set(signer, own);
      if (own.size > maxDroppedOfSigner) this.#deleteFirst(own);
    }
    if (this.#dropped.size > maxDropped) this.#deleteFirst(this.#dropped.keys());
  }

  /** A contract has entered: what was dropped of its key before its period is past. */
  forget(contract: Contract): void {
    const key = contractKey(contract);
    const dropped = this.#dropped.get(key);
    if (dropped !== undefined && dropped.from < contract.from) this.#delete(key);
  }

  #deleteFirst(keys: Iterable<string>): void {
    for (const key of keys) {
      this.#delete(key);
      return;
    }
  }

  #delete(key: string): void {
    const signer = this.#dropped.get(key)?.signer ?? null;
    this.#dropped.delete(key);
    if (signer === null) return;
    const own = this.#signed.get(signer)!;
    own.delete(key);
    if (own.size === 0) this.#signed.delete(signer);
  }
}
