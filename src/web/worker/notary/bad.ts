/** The first bad block of a ledger: what is wrong with it, and what should stand there. */
import { hex, sameBytes } from "../../../bytes.js";
import { GridclearError } from "../../../errors.js";
import {
  type Block,
  buildBlock,
  decodeBlock,
  describeSection,
  hashOfBlock,
} from "../../../ledger/format/block.js";
import type { Head, Linkage } from "../../../ledger/format/chain.js";
import {
  blockHash,
  decodeHeader,
  type Header,
  headerBytes,
  signedMarket,
} from "../../../ledger/format/header.js";
import type { Hasher } from "../../../ledger/tree/hasher.js";
import type { Replay } from "../../../market/replay.js";
import { t } from "../../say.js";
import type { RawLedger } from "./blocks.js";
import { differencesOf, type Names } from "./differences.js";
import type { BadBlock, Certainty, Fault } from "./shown.js";

/** A block that does not hold, before it is known what should stand there. */
export interface Broken {
  readonly height: number;
  readonly fault: Fault;
  readonly bytes: Uint8Array | null;
  /** Whether its replay was begun. */
  readonly isReplayed: boolean;
  /** What the chain before it wants of it, and where that chain ends. */
  readonly linkage: Linkage;
  readonly before: Head | null;
  /** Whether everything in it holds, and only what others say of it does not. */
  readonly isReplaced: boolean;
}

/** What is known of the ledger up to the bad block. */
export interface UpToHere {
  readonly raw: RawLedger;
  readonly hasher: Hasher;
  /** After the last good block. */
  readonly replay: Replay;
  /** Header of the first block; null: there was no good one. */
  readonly first: Header | null;
  names(): Names;
  /** Takes the contracts of a block. */
  enter(block: Block): void;
}

/** What is wrong, with `block 7: ` left out: the block is told beside it. */
export function faultOf(error: unknown): Fault {
  if (!(error instanceof GridclearError))
    return { where: t`The file`, expected: t`what can be read`, found: String(error) };
  const plain = (text: string): string => text.replace(/^"(.*)"$/, "$1").replace(/^(-?\d+)n$/, "$1");
  return {
    where: error.field.replace(/^(block \d+: )+/, ""),
    expected: plain(error.wanted),
    found: plain(error.got),
  };
}

/** The hash that what comes behind a block names for it; null where nothing does. */
export function namedHash(raw: RawLedger, height: number): Uint8Array | null {
  const next = raw.blocks[height + 1];
  if (next === undefined) return raw.end?.hash ?? null;
  try {
    return next.bytes === null ? null : decodeHeader(next.bytes).previous;
  } catch {
    return null;
  }
}

/** What should stand in a bad block, and how sure that is. */
export function judgeBlock(broken: Broken, known: UpToHere): BadBlock {
  const { height, fault, bytes } = broken;
  const nothing = { height, fault, differences: [], count: 0, certainty: "unknown" as const };
  if (broken.isReplaced) return { ...nothing, says: saysOfReplaced(broken, known) };
  const found = bytes === null ? null : readable(bytes);
  const expected = found === null ? null : expectedOf(found, broken, known);
  if (found === null || expected === null)
    return {
      ...nothing,
      says: t`It can’t be read to its end, or the market’s rules refuse what stands in it: nothing follows from it.`,
    };
  const { differences, count } = differencesOf(expected, found, known.names());
  const certainty = certaintyOf(expected, found, broken, known);
  return { height, fault, differences, count, certainty, says: saysOf(certainty, count) };
}

function readable(bytes: Uint8Array): Block | null {
  try {
    return decodeBlock(bytes);
  } catch {
    return null;
  }
}

function saysOfReplaced({ height, bytes }: Broken, { raw, hasher }: UpToHere): string {
  const named = namedHash(raw, height);
  const isItself = named !== null && sameBytes(blockHash(bytes!.subarray(0, headerBytes), hasher), named);
  return isItself
    ? t`The block is the one that was sealed; what the file says around it was changed.`
    : t`Everything in the block follows, but it is not the one that was sealed: others name another hash for it. Its time was changed, or all of it; what it said can’t be worked out from this file.`;
}

/** The block that follows from the orders, readings and contracts of one; null where they are refused. */
function expectedOf(found: Block, broken: Broken, { replay, first, hasher, enter }: UpToHere): Block | null {
  const { height, linkage, before, isReplayed } = broken;
  const { marketId, flags } = first ?? found.header;
  const period = before === null ? found.header.period : before.period + 1;
  if (!isReplayed)
    try {
      enter(found);
      replay.replay({ ...found, header: { ...found.header, height, period, previous: linkage.previous } });
    } catch {
      // That it is not what follows is known; what follows is asked for below.
    }
  const outcome = replay.expected;
  if (outcome === null) return null;
  return buildBlock(
    {
      ...linkage,
      ...{ period, timestampMs: found.header.timestampMs, marketId, secret: found.secret },
      signed: (flags & signedMarket) !== 0,
      sections: { ...outcome.sections, evidence: found.sections.evidence },
      state: outcome.state,
      totals: outcome.published,
    },
    hasher,
  );
}

/** The sections from which everything else follows. */
const inputs = ["contracts", "orders", "readings"] as const;

function certaintyOf(
  expected: Block,
  found: Block,
  { height }: Broken,
  { raw, hasher }: UpToHere,
): Certainty {
  const named = raw.blocks[height]!.claimed ?? namedHash(raw, height);
  if (named !== null && sameBytes(hashOfBlock(expected, hasher), named)) return "proved";
  const { header, sections, secret } = found;
  const isAsSealed = inputs.every((name) =>
    sameBytes(describeSection(name, sections[name], secret, hasher).root, header.sections[name].root),
  );
  return isAsSealed ? "follows" : "unknown";
}

function saysOf(certainty: Certainty, count: number): string {
  if (certainty === "proved")
    return t`With what should stand there the block has exactly the hash that was sealed: this is what it said.`;
  if (certainty === "unknown")
    return t`An order, a reading or a contract was changed after the block was sealed. What it said can’t be worked out from this file; below is what would follow from what stands there now.`;
  return count === 0
    ? t`All its records follow from its orders; what does not hold is told above.`
    : t`This is what follows from the orders, readings and contracts that stand in the block.`;
}

/** A hash by its beginning. */
export const short = (hash: Uint8Array): string => `${hex(hash).slice(0, 16)}…`;
