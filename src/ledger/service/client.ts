import { hex, sameBytes } from "../../bytes.js";
import { fail, GridclearError } from "../../errors.js";
import { decodeCanonical } from "../format/canonical.js";
import type { SectionName } from "../format/sections.js";

import type { Signatures } from "../keys/backend.js";
import {
  cosignatures,
  isFinal,
  isSignedBy,
  originOf,
  parseCheckpoint,
  type SignedCheckpoint,
  type WitnessPolicy,
} from "../proof/checkpoint.js";
import type { Contradiction } from "../proof/contradiction.js";
import { decodeProof, openProof, type Proven, pathFromJson, verifyProof } from "../proof/proof.js";
import {
  isReceiptSigned,
  judgeReceipt,
  type Receipt,
  type ReceiptVerdict,
  receiptNotYet,
} from "../proof/receipt.js";
import type { Hasher } from "../tree/hasher.js";
import { type Anchor, verifyConsistency } from "../tree/path.js";
import type { Ask } from "./server.js";

/** Whom a light client trusts, and for which market. */
export interface LightClientOptions {
  readonly hasher: Hasher;
  readonly signatures: Signatures;
  readonly marketId: Uint8Array;
  /** The platform's public key; null in an unsigned market, where only witnesses vouch for a head. */
  readonly platformKey: Uint8Array | null;
  /** Witnesses whose cosignatures make a head final; without it none is asked for. */
  readonly policy?: WitnessPolicy;
  /** The head seen last time ({@link LightClient.note}), so that it can't be taken back. */
  readonly note?: string;
}

/**
 * Follows a ledger by its heads alone, trusting no server: a few hundred bytes a head, a few kilobytes a proof. A head
 * it has seen binds: whatever is served later must extend it.
 *
 * @example
 * const client = new LightClient({ hasher, signatures, marketId, platformKey });
 * await client.update(ask);
 * const { record } = await client.prove(ask, 12, "orders", 3);
 */
export class LightClient {
  readonly #options: LightClientOptions;
  #head: SignedCheckpoint | null = null;
  /** The last contradiction met: two things the platform signed that can't both be true. */
  contradiction: Contradiction | null = null;

  /** Throws `corrupt` when the remembered note is none of this market. Its signatures were checked when it was first seen. */
  constructor(options: LightClientOptions) {
    this.#options = options;
    if (options.note !== undefined) this.#head = this.#parse(options.note);
  }

  /** The newest head; null before the first. */
  get head(): Anchor | null {
    return this.#head?.checkpoint ?? null;
  }

  /** The newest head as it was served: to be kept for the next time. */
  get note(): string | null {
    return this.#head?.note ?? null;
  }

  /**
   * Asks for the newest head and takes it when it extends the one seen. Throws `signature` when the platform or too few
   * witnesses signed it, `corrupt` naming a stale head, a fork, or a history that was rewritten; nothing changes then, and
   * {@link LightClient.contradiction} holds what proves it, if anything does.
   */
  async update(ask: Ask): Promise<Anchor> {
    const { hasher } = this.#options;
    const next = this.#parse(await askText(ask, "checkpoint"));
    await this.#checkSignatures(next);
    const { size, root } = next.checkpoint;
    const seen = this.#head?.checkpoint;
    if (seen !== undefined) {
      if (size < seen.size)
        return fail("corrupt", "stale head", `at least ${seen.size} blocks, which have been seen`, size);
      if (size === seen.size && !sameBytes(root, seen.root)) {
        this.contradiction = { kind: "fork", heads: [this.#head!.note, next.note], proof: null };
        return fail("corrupt", `fork at ${size} blocks`, hex(seen.root), hex(root));
      }
      if (size > seen.size) {
        const json = decodeCanonical(await askBytes(ask, `consistency/${seen.size}/${size}`), "consistency");
        const path = pathFromJson(json, "consistency");
        if (!verifyConsistency(seen, next.checkpoint, path, hasher)) {
          await this.#seekFork(ask, next);
          return fail(
            "corrupt",
            "rewritten history",
            `a head of ${size} blocks that extends the one of ${seen.size}`,
            hex(root),
          );
        }
      }
    }
    this.#head = next;
    return next.checkpoint;
  }

  /**
   * Asks for a proof of a block, or of a record in it, under the head. Throws `corrupt` unless it leads from exactly what
   * was asked for to the head, `state` before the first {@link LightClient.update}.
   */
  async prove(ask: Ask, height: number, section?: SectionName, index: number = 0): Promise<Proven> {
    const head = this.#wantHead();
    const what = section === undefined ? `${height}` : `${height}/${section}/${index}`;
    const proven = this.#verify(await askText(ask, `proof/${head.size}/${what}`));
    const { record, header } = proven;
    if (header.height !== height || record?.section !== section || (record?.index ?? index) !== index)
      return fail(
        "corrupt",
        "proof",
        `a proof of ${what}`,
        `one of ${header.height}/${record?.section}/${record?.index}`,
      );
    return proven;
  }

  /** Verifies a proof under the head, from whoever brought it. */
  verify(proof: string): Proven {
    return this.#verify(proof);
  }

  /**
   * Judges a receipt: kept, contradicted (then {@link LightClient.contradiction} can be shown to anyone) or not yet.
   * Throws `signature` when the platform did not sign it.
   */
  async judge(ask: Ask, receipt: Receipt): Promise<ReceiptVerdict> {
    const { hasher, signatures, marketId, platformKey } = this.#options;
    const ours = platformKey !== null && sameBytes(receipt.marketId, marketId);
    if (!ours || !(await isReceiptSigned(receipt, platformKey, signatures, hasher)))
      return fail("signature", "receipt", "the platform's signature for this market", hex(receipt.signature));
    const head = this.#wantHead();
    const newest = await this.prove(ask, head.size - 1);
    if (receipt.period > newest.header.period) return receiptNotYet(receipt, newest.header.period);
    const height = newest.header.height - (newest.header.period - receipt.period);
    if (height < 0) return fail("invalid", "receipt.period", "a period of this ledger", receipt.period);
    const block = await this.prove(ask, height);
    const there = receipt.number < block.header.sections.orders.count;
    const text = await askText(
      ask,
      `proof/${head.size}/${height}${there ? `/orders/${receipt.number}` : ""}`,
    );
    const { header, record } = this.#verify(text);
    const shown = record?.section === "orders" && record.index === receipt.number ? record.bytes : null;
    const verdict = judgeReceipt(receipt, header, shown);
    if (verdict.verdict === "contradicted")
      this.contradiction = {
        kind: "receipt",
        receipt,
        proof: { ...decodeProof(text), checkpoint: this.#head!.note },
      };
    return verdict;
  }

  /** Whether k of the n witnesses of the policy have cosigned the head. False without a head; throws `invalid` without a policy. */
  async isFinal(): Promise<boolean> {
    const { hasher, signatures, policy } = this.#options;
    if (policy === undefined) return fail("invalid", "policy", "witnesses and a threshold", policy);
    return this.#head !== null && isFinal(this.#head, policy, signatures, hasher);
  }

  #wantHead(): Anchor {
    return this.#head?.checkpoint ?? fail("state", "head", "a head: update first", null);
  }

  #verify(text: string): Proven {
    const head = this.#wantHead();
    const proven = verifyProof(decodeProof(text), head, this.#options.hasher);
    if (!sameBytes(proven.header.marketId, this.#options.marketId))
      return fail(
        "corrupt",
        "proof.header.marketId",
        hex(this.#options.marketId),
        hex(proven.header.marketId),
      );
    return proven;
  }

  #parse(note: string): SignedCheckpoint {
    const signed = parseCheckpoint(note);
    const origin = originOf(this.#options.marketId);
    if (signed.checkpoint.origin !== origin)
      return fail("corrupt", "checkpoint.origin", origin, signed.checkpoint.origin);
    return signed;
  }

  async #checkSignatures(signed: SignedCheckpoint): Promise<void> {
    const { hasher, signatures, platformKey, policy } = this.#options;
    if (platformKey !== null && !(await isSignedBy(signed, platformKey, signatures, hasher)))
      fail("signature", "checkpoint", `a signature of the platform (${hex(platformKey)})`, signed.note);
    // In an unsigned market the witnesses are all there is; in a signed one they make final what is already bound.
    if (platformKey === null && policy !== undefined && !(await isFinal(signed, policy, signatures, hasher)))
      fail(
        "signature",
        "checkpoint",
        `cosignatures of ${policy.threshold} witnesses`,
        (await cosignatures(signed, policy.witnesses, signatures, hasher)).length,
      );
  }

  /** Asks for the block that shows, under the new head, another history than the one seen: then anyone can see the fork. */
  async #seekFork(ask: Ask, next: SignedCheckpoint): Promise<void> {
    const seen = this.#head!;
    try {
      const text = await askText(ask, `proof/${next.checkpoint.size}/${seen.checkpoint.size}`);
      const proof = decodeProof(text);
      const { header, size, root } = openProof(proof, this.#options.hasher);
      const under = size === next.checkpoint.size && sameBytes(root, next.checkpoint.root);
      if (under && header.height === seen.checkpoint.size && !sameBytes(header.history, seen.checkpoint.root))
        this.contradiction = { kind: "fork", heads: [seen.note, next.note], proof };
    } catch (error) {
      if (!(error instanceof GridclearError)) throw error; // a server that forks need not help to show it
    }
  }
}

async function askBytes(ask: Ask, path: string): Promise<Uint8Array> {
  return (await ask(path)) ?? fail("corrupt", path, "an answer", null);
}

/** An answer as text; strict UTF-8, so that every byte counts. */
async function askText(ask: Ask, path: string): Promise<string> {
  const bytes = await askBytes(ask, path);
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return fail("corrupt", path, "UTF-8", bytes);
  }
}
