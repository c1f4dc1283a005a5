/** What a server of blocks answers: heads, blocks, headers and proofs, by short paths. */
import { hex, toUtf8 } from "../../bytes.js";
import { needMethods } from "../../check.js";
import { GridclearError } from "../../errors.js";
import { decodeBlock, decodeItems, isPrivate, isWithheld } from "../format/block.js";
import { encodeCanonical } from "../format/canonical.js";
import { decodeHeader, headerBytes } from "../format/header.js";
import { readRecord } from "../format/layout.js";
import { orderLayout } from "../format/records.js";
import { isStateSection, type SectionName, type StateSection, sectionNames } from "../format/sections.js";
import { encodeProof } from "../proof/proof.js";
import { proveBlock, proveRecord } from "../proof/prove.js";
import { checkHasher, type Hasher } from "../tree/hasher.js";
import type { HistoryTree } from "../tree/history.js";

/**
 * Asks a server of blocks for a path; null when it has nothing there. The same function on both sides: HTTP or anything
 * else lies between.
 *
 * - `checkpoint`: the newest head, a note
 * - `contract`: the market contract, whose hash is the market's id, as canonical JSON: of a private market too
 * - `block/H`, `header/H`: the bytes of block H, its header
 * - `consistency/A/B`: canonical JSON array of hashes, the proof that the first A blocks begin the first B
 * - `proof/N/H`, `proof/N/H/SECTION/I`: block H, or record I of a section of it, under the head of N blocks
 *
 * Of a private market `block/H` is the header alone, and there is no proof of a record, unless the server discloses
 * them, or knows that who asks is the member whose order it is.
 */
export type Ask = (path: string) => Promise<Uint8Array | null>;

/** The records of a section of what is carried over after a block; null when they are no longer known. */
export type CarriedRecords = (section: StateSection) => Uint8Array | null;

/** What a server answers from. */
export interface ServedLedger {
  readonly hasher: Hasher;
  /** The hashes of all blocks served. */
  readonly history: HistoryTree;
  /** Bytes of a block that has been checked; null when there is none. */
  block(height: number): Promise<Uint8Array | null>;
  /** The market contract as canonical JSON; default: the first contract of block 0, while that has its records. */
  contract?(): Promise<Uint8Array | null>;
  /** The newest head as a note; null before there is one. */
  checkpoint(): string | null;
  /**
   * Whether whoever asks may see the records of a private market, as auditors and witnesses do; default no: they are
   * answered headers, proofs of blocks, and blocks without records and secrets. An open market's are everybody's.
   */
  readonly discloses?: boolean;
  /**
   * The participant, by its number, who alone asks: of a private market it is answered proofs of its own orders beside
   * what everybody is. Whoever serves must know who asks.
   */
  readonly member?: number;
  /** The records of a section of what is carried over after a block, where they are still known. */
  state?(height: number, section: StateSection): Uint8Array | null;
}

const numberPattern = /^(?:0|[1-9][0-9]{0,15})$/;

/**
 * Answers {@link Ask}s from a ledger: whoever has verified blocks can serve them. What is not there, and a record too
 * long for a proof to be written down, is null; only what the ledger itself throws is thrown.
 */
export function serveLedger(ledger: ServedLedger): Ask {
  needMethods(ledger, "ledger", "what to serve from, with block and checkpoint", ["block", "checkpoint"]);
  const { history } = ledger;
  needMethods(history, "ledger.history", "a HistoryTree", ["inclusion", "consistency"]);
  checkHasher(ledger.hasher);
  return async (path) => {
    if (typeof path !== "string") return null;
    const [what, ...rest] = path.split("/");
    if (what === "proof") return proofAt(ledger, rest);
    const numbers = numbersIn(rest);
    if (numbers === null) return null;
    const [first = 0, second = 0] = numbers;
    switch (`${what}/${numbers.length}`) {
      case "checkpoint/0": {
        const note = ledger.checkpoint();
        return note === null ? null : toUtf8(note);
      }
      case "contract/0":
        return ledger.contract?.() ?? firstContract(await ledger.block(0));
      case "block/1":
        return shown(ledger, await ledger.block(first));
      case "header/1":
        return (await ledger.block(first))?.subarray(0, headerBytes) ?? null;
      case "consistency/2":
        if (first < 1 || first > second || second > history.size) return null;
        return encodeCanonical(history.consistency(first, second).map(hex));
      default:
        return null;
    }
  };
}

/** Whether a record is an order of the one member who asks. */
function isOwnOrder(
  { member }: ServedLedger,
  bytes: Uint8Array,
  section: SectionName | undefined,
  index: number,
): boolean {
  if (member === undefined || section !== "orders") return false;
  const header = decodeHeader(bytes);
  if (index >= header.sections.orders.count || isWithheld(header, bytes)) return false;
  return readRecord(orderLayout, decodeBlock(bytes).sections.orders, index).participant === member;
}

/** A block as it may be shown: of a private market's the header alone, unless the ledger discloses more. */
function shown<Bytes extends Uint8Array | null>(
  { discloses = false }: ServedLedger,
  bytes: Bytes,
): Bytes | Uint8Array {
  return bytes !== null && !discloses && isPrivate(decodeHeader(bytes))
    ? bytes.subarray(0, headerBytes)
    : bytes;
}

/** The first contract of genesis; null where that is not there, or its header alone. */
function firstContract(bytes: Uint8Array | null): Uint8Array | null {
  return bytes === null || isWithheld(decodeHeader(bytes), bytes)
    ? null
    : (decodeItems(decodeBlock(bytes).sections.contracts)[0] ?? null);
}

/** Whole numbers as paths have them, without leading zeros; null when one is none. */
function numbersIn(parts: readonly string[]): number[] | null {
  const numbers = parts.map(Number);
  return parts.every((part, place) => numberPattern.test(part) && Number.isSafeInteger(numbers[place]))
    ? numbers
    : null;
}

/** `proof/SIZE/HEIGHT` and `proof/SIZE/HEIGHT/SECTION/INDEX`. */
async function proofAt(ledger: ServedLedger, parts: readonly string[]): Promise<Uint8Array | null> {
  const { history } = ledger;
  const [sizeText, heightText, name, indexText, ...more] = parts;
  const section = sectionNames.find((each) => each === name);
  const wanted = [sizeText, heightText, ...(name === undefined ? [] : [indexText])];
  const numbers = numbersIn(wanted.map((part) => part ?? ""));
  if (numbers === null || more.length > 0 || (name !== undefined && section === undefined)) return null;
  const [size = 0, height = 0, index = 0] = numbers;
  if (size < 1 || size > history.size || height >= size) return null;
  const whole = await ledger.block(height);
  if (whole === null) return null;
  const header = decodeHeader(whole);
  const bytes = isOwnOrder(ledger, whole, section, index) ? whole : shown(ledger, whole);
  if (section === undefined) return toUtf8(encodeProof(proveBlock(history, header, null, size)));
  if (index >= header.sections[section].count || isWithheld(header, bytes)) return null;
  const carried = isStateSection(section);
  const state = carried ? (ledger.state?.(height, section) ?? null) : null;
  if (carried && state === null) return null;
  const record = proveRecord(
    decodeBlock(bytes),
    { section, index, state: state ?? undefined },
    ledger.hasher,
  );
  try {
    return toUtf8(encodeProof(proveBlock(history, header, record, size)));
  } catch (error) {
    if (error instanceof GridclearError && error.code === "limit") return null;
    throw error;
  }
}
