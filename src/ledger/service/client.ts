/** The light client: follows a ledger by its heads and proofs alone and trusts no server. */
import { fromUtf8, hex, isBytes, sameBytes } from "../../bytes.js";
import { fail } from "../../errors.js";
import { isPrivate } from "../format/block.js";
import { decodeCanonical, type Json } from "../format/canonical.js";
import { marketId } from "../format/header.js";
import type { SectionName } from "../format/sections.js";
import type { Signatures } from "../keys/backend.js";
import { type Bundle, openBundle } from "../proof/bundle.js";
import {
  isFinal,
  isSignedBy,
  originOf,
  parseCheckpoint,
  type SignedCheckpoint,
  type WitnessPolicy,
} from "../proof/checkpoint.js";
import { type Contradiction, findFork, type ProveBlock } from "../proof/contradiction.js";
import { proveByBundle } from "../proof/extract.js";
import { decodeProof, type Proven, pathFromJson, recordOf, verifyProof } from "../proof/proof.js";
import {
  judgeReceipt,
  needReceiptSigned,
  type Receipt,
  type ReceiptVerdict,
  receiptNotYet,
  receiptWithheld,
} from "../proof/receipt.js";
import { type Hasher, hashBytes } from "../tree/hasher.js";
import { type Anchor, verifyConsistency } from "../tree/path.js";
import { checkVerifier } from "./options.js";
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
  /** The update under way; the next begins after it. */
  #turn: Promise<unknown> = Promise.resolve();
  /** The last contradiction met: two things the platform signed that can't both be true. */
  contradiction: Contradiction | null = null;

  /**
   * Throws `invalid` naming an option that is unknown or of the wrong kind: a misspelt `policy` must not leave a client
   * without witnesses. Throws `corrupt` when the remembered note is none of this market. Its signatures were checked
   * when it was first seen.
   */
  constructor(options: LightClientOptions) {
    const names = ["hasher", "signatures", "marketId", "platformKey", "policy", "note"];
    checkVerifier(options, names);
    if (!isBytes(options.marketId) || options.marketId.length !== hashBytes)
      fail("invalid", "marketId", `${hashBytes} bytes`, options.marketId);
    if (options.platformKey !== null && !isBytes(options.platformKey))
      fail("invalid", "platformKey", "a public key, or null in an unsigned market", options.platformKey);
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
   * witnesses signed it, `corrupt` naming a stale head, a fork, or a history that was rewritten; nothing changes then,
   * and {@link LightClient.contradiction} holds what proves it, if anything does. One update at a time: a call that
   * comes while another is under way begins after it.
   */
  update(ask: Ask): Promise<Anchor> {
    const update = this.#turn.then(() => this.#update(ask));
    this.#turn = update.catch(() => {});
    return update;
  }

  async #update(ask: Ask): Promise<Anchor> {
    const next = this.#parse(await askText(ask, "checkpoint"));
    await this.#checkSignatures(next);
    if (this.#head !== null) await this.#checkExtends(ask, this.#head, next);
    this.#head = next;
    return next.checkpoint;
  }

  /** Throws `corrupt` unless the next head extends the one seen, and keeps what proves a fork. */
  async #checkExtends(ask: Ask, head: SignedCheckpoint, next: SignedCheckpoint): Promise<void> {
    const { size, root } = next.checkpoint;
    const seen = head.checkpoint;
    if (size === seen.size && sameBytes(root, seen.root)) return;
    if (size > seen.size) {
      const path = `consistency/${seen.size}/${size}`;
      const hashes = pathFromJson(decodeCanonical(await askBytes(ask, path), "consistency"), "consistency");
      if (verifyConsistency(seen, next.checkpoint, hashes, this.#options.hasher)) return;
    }
    // An older head is no contradiction, unless the platform signed another past with it.
    await this.#seekFork(ask, [head, next]);
    if (size < seen.size)
      fail("corrupt", "stale head", `at least ${seen.size} blocks, which have been seen`, size);
    if (size === seen.size) fail("corrupt", `fork at ${size} blocks`, hex(seen.root), hex(root));
    const wanted = `a head of ${size} blocks that extends the one of ${seen.size}`;
    fail("corrupt", "rewritten history", wanted, hex(root));
  }

  /**
   * Asks for a proof of a block, or of a record in it, under the head. Throws `corrupt` unless it leads from exactly
   * what was asked for to the head, `state` before the first {@link LightClient.update}.
   */
  async prove(ask: Ask, height: number, section?: SectionName, index: number = 0): Promise<Proven> {
    return this.#prove(ask, this.#wantHead().checkpoint, height, section, index);
  }

  /**
   * Asks for the market contract: what everybody may know of the rules, also in a private market. Throws `corrupt`
   * unless its hash is the market's id.
   */
  async contract(ask: Ask): Promise<Json> {
    const { marketId: wanted, hasher } = this.#options;
    const bytes = await askBytes(ask, "contract");
    const found = marketId(bytes, hasher);
    return sameBytes(found, wanted)
      ? decodeCanonical(bytes, "contract")
      : fail("corrupt", "contract", hex(wanted), hex(found));
  }

  /** Verifies a proof under the head, from whoever brought it. */
  verify(proof: string): Proven {
    return this.#verify(proof, this.#wantHead().checkpoint);
  }

  /**
   * Judges a receipt under the head of this moment: kept, contradicted (then {@link LightClient.contradiction} can be
   * shown to anyone), not yet, or withheld, where a private market does not answer what stands at its place, as it does
   * not where that is somebody else's order. Throws `signature` when the platform did not sign it.
   */
  async judge(ask: Ask, receipt: Receipt): Promise<ReceiptVerdict> {
    const { hasher, signatures } = this.#options;
    await needReceiptSigned(receipt, "receipt", this.#options, signatures, hasher);
    const signed = this.#wantHead();
    const head = signed.checkpoint;
    const newest = await this.#prove(ask, head, head.size - 1);
    if (receipt.period > newest.header.period) return receiptNotYet(receipt, newest.header.period);
    const height = newest.header.height - (newest.header.period - receipt.period);
    if (height < 0) return fail("invalid", "receipt.period", "a period of this ledger", receipt.period);
    const block = await this.#prove(ask, head, height);
    const there = receipt.number < block.header.sections.orders.count;
    const path = `proof/${head.size}/${height}${there ? `/orders/${receipt.number}` : ""}`;
    const answer = await ask(path);
    if (answer === null && there && isPrivate(block.header)) return receiptWithheld(receipt);
    const text = textOf(answer, path);
    const { header, record } = this.#verify(text, head);
    const shown = record?.section === "orders" && record.index === receipt.number ? recordOf(record) : null;
    const verdict = judgeReceipt(receipt, header, shown);
    if (verdict.verdict === "contradicted")
      this.contradiction = {
        kind: "receipt",
        receipt,
        proof: { ...decodeProof(text), checkpoint: signed.note },
      };
    return verdict;
  }

  /**
   * Judges a receipt by a statement bundle and asks nobody: under the head that the bundle leads to, which the platform
   * must have signed, or under the head of this moment. A promise that it contradicts is then
   * {@link LightClient.contradiction}, which shows the one order and nothing else of the bundle; a place that the
   * bundle does not show is withheld. Throws `signature` when the platform signed neither, `corrupt` for a bundle that
   * does not hold together, `invalid` for a period that it is not about.
   */
  async judgeByBundle(bundle: Bundle, receipt: Receipt): Promise<ReceiptVerdict> {
    const { hasher, signatures, marketId } = this.#options;
    await needReceiptSigned(receipt, "receipt", this.#options, signatures, hasher);
    const opened = openBundle(bundle, hasher);
    if (!sameBytes(opened.marketId, marketId))
      fail("corrupt", "bundle market", hex(marketId), hex(opened.marketId));
    const checkpoint = await this.#noteOf(bundle.checkpoint, opened);
    const block = opened.blocks.find(({ header }) => header.period === receipt.period);
    if (block === undefined)
      return fail("invalid", "receipt.period", "a period of the bundle", receipt.period);
    const { number: index } = receipt;
    const { header, records } = block;
    const there = index < header.sections.orders.count;
    const shown = records.find((each) => each.section === "orders" && each.index === index);
    if (there && shown === undefined) return receiptWithheld(receipt);
    const verdict = judgeReceipt(receipt, header, shown?.bytes ?? null);
    if (verdict.verdict === "contradicted") {
      const record = there ? ({ section: "orders", index } as const) : null;
      const proof = proveByBundle(bundle, { height: header.height, record }, hasher);
      this.contradiction = { kind: "receipt", receipt, proof: { ...proof, checkpoint } };
    }
    return verdict;
  }

  /** The head that a bundle leads to, as a note that binds the platform. */
  async #noteOf(checkpoint: string | null, { size, root }: Anchor): Promise<string> {
    const own = this.#head;
    if (own !== null && own.checkpoint.size === size && sameBytes(own.checkpoint.root, root)) return own.note;
    if (checkpoint === null)
      return fail("signature", "bundle.checkpoint", "a head that the platform signed", null);
    const signed = this.#parse(checkpoint);
    await this.#checkSignatures(signed);
    return signed.note;
  }

  /**
   * Whether k of the n witnesses of the policy have cosigned the head. False without a head; throws `invalid` without a
   * policy.
   */
  async isFinal(): Promise<boolean> {
    const { hasher, signatures, policy } = this.#options;
    if (policy === undefined) return fail("invalid", "policy", "witnesses and a threshold", policy);
    return this.#head !== null && isFinal(this.#head, policy, signatures, hasher);
  }

  #wantHead(): SignedCheckpoint {
    return this.#head ?? fail("state", "head", "a head: update first", null);
  }

  async #prove(
    ask: Ask,
    head: Anchor,
    height: number,
    section?: SectionName,
    index: number = 0,
  ): Promise<Proven> {
    const what = section === undefined ? `${height}` : `${height}/${section}/${index}`;
    const proven = this.#verify(await askText(ask, `proof/${head.size}/${what}`), head);
    const { record, header } = proven;
    if (header.height !== height || record?.section !== section || (record?.index ?? index) !== index)
      return fail("corrupt", "proof", `a proof of ${what}`, `another of block ${header.height}`);
    return proven;
  }

  #verify(text: string, head: Anchor): Proven {
    const { marketId, hasher } = this.#options;
    const proven = verifyProof(decodeProof(text), head, hasher);
    const found = proven.header.marketId;
    return sameBytes(found, marketId)
      ? proven
      : fail("corrupt", "proof.header.marketId", hex(marketId), hex(found));
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
      fail("signature", "checkpoint", `cosignatures of ${policy.threshold} witnesses`, "fewer");
  }

  /** Asks for the block that shows two histories under the longer head: then anyone can see the fork. */
  async #seekFork(ask: Ask, heads: readonly [SignedCheckpoint, SignedCheckpoint]): Promise<void> {
    const { hasher, platformKey } = this.#options;
    if (platformKey === null) return;
    const prove: ProveBlock = (size, height) => askText(ask, `proof/${size}/${height}`);
    this.contradiction = (await findFork(heads, prove, hasher)) ?? this.contradiction;
  }
}

/** Longest answer read: a proof, a path or a head is far shorter. */
const maxAnswerBytes = 1 << 20;

function bytesOf(answer: Uint8Array | null, path: string): Uint8Array {
  const bytes = answer ?? fail("corrupt", path, "an answer", null);
  return bytes.length <= maxAnswerBytes
    ? bytes
    : fail("limit", path, `at most ${maxAnswerBytes} bytes`, bytes.length);
}

/** An answer as text; strict UTF-8, so that every byte counts. */
function textOf(answer: Uint8Array | null, path: string): string {
  return fromUtf8(bytesOf(answer, path)) ?? fail("corrupt", path, "UTF-8", "other bytes");
}

const askBytes = async (ask: Ask, path: string): Promise<Uint8Array> => bytesOf(await ask(path), path);
const askText = async (ask: Ask, path: string): Promise<string> => textOf(await ask(path), path);
