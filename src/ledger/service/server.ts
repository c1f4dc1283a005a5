import { hex } from "../../bytes.js";
import { decodeBlock } from "../format/block.js";
import { encodeCanonical } from "../format/canonical.js";
import { decodeHeader, headerBytes } from "../format/header.js";
import { type SectionName, sectionNames } from "../format/sections.js";
import { encodeProof, proveBlock, proveRecord } from "../proof/proof.js";
import type { Hasher } from "../tree/hasher.js";
import type { HistoryTree } from "../tree/history.js";

/**
 * Asks a server of blocks for a path; null when it has nothing there. The same function on both sides: HTTP or anything
 * else lies between.
 *
 * - `checkpoint`: the newest head, a note
 * - `block/H`, `header/H`: the bytes of block H, its header
 * - `consistency/A/B`: canonical JSON array of hashes, the proof that the first A blocks begin the first B
 * - `proof/N/H`, `proof/N/H/SECTION/I`: block H, or record I of a section of it, under the head of N blocks
 */
export type Ask = (path: string) => Promise<Uint8Array | null>;

/** What a server answers from. */
export interface ServedLedger {
  readonly hasher: Hasher;
  /** The hashes of all blocks served. */
  readonly history: HistoryTree;
  /** Bytes of a block that has been checked; null when there is none. */
  block(height: number): Promise<Uint8Array | null>;
  /** The newest head as a note; null before there is one. */
  checkpoint(): string | null;
  /** The state's records after a block, where they are still known. */
  state?(height: number): Uint8Array | null;
}

const numberPattern = /^(?:0|[1-9][0-9]{0,15})$/;
const maxAskLength = 128;

/** Answers {@link Ask}s from a ledger: whoever has verified blocks can serve them. Unknown paths are null, none throws. */
export function serveLedger(ledger: ServedLedger): Ask {
  const { hasher, history } = ledger;
  const text = (value: string): Uint8Array => new TextEncoder().encode(value);
  return async (path) => {
    if (typeof path !== "string" || path.length > maxAskLength) return null;
    const [what, ...rest] = path.split("/");
    if (what === "checkpoint" && rest.length === 0) {
      const note = ledger.checkpoint();
      return note === null ? null : text(note);
    }
    const section = sectionNames.find((name) => name === rest[2]);
    const numbers = rest.filter((_, place) => place !== 2 || what !== "proof");
    if (!numbers.every((part) => numberPattern.test(part) && Number.isSafeInteger(Number(part)))) return null;
    const [a = -1, b = -1, c = -1] = numbers.map(Number);
    if (what === "block" && rest.length === 1) return ledger.block(a);
    if (what === "header" && rest.length === 1)
      return (await ledger.block(a))?.subarray(0, headerBytes) ?? null;
    if (what === "consistency" && rest.length === 2) {
      if (a < 1 || a > b || b > history.size) return null;
      return encodeCanonical(history.consistency(a, b).map(hex));
    }
    if (what !== "proof" || a < 1 || a > history.size || b >= a) return null;
    const bytes = await ledger.block(b);
    if (bytes === null) return null;
    if (rest.length === 2) return text(encodeProof(proveBlock(history, decodeHeader(bytes), null, a)));
    if (rest.length !== 4 || section === undefined) return null;
    const proof = proveOne(ledger, bytes, section, b, c);
    return proof === null ? null : text(encodeProof(proveBlock(history, decodeHeader(bytes), proof, a)));
  };

  function proveOne(
    served: ServedLedger,
    bytes: Uint8Array,
    section: SectionName,
    height: number,
    index: number,
  ) {
    const block = decodeBlock(bytes);
    if (index >= block.header.sections[section].count) return null;
    const state = section === "state" ? (served.state?.(height) ?? null) : null;
    if (section === "state" && state === null) return null;
    return proveRecord(block, { section, index, state: state ?? undefined }, hasher);
  }
}
