/** Heads of a fleet's ledgers: what a worker signs with each block, and what a block's head is held against. */
import { fromHex, hex, sameBytes } from "../bytes.js";
import { fail } from "../errors.js";
import { decodeBlock, decodeItems } from "../ledger/format/block.js";
import { decodeCanonical } from "../ledger/format/canonical.js";
import { decodeHeader } from "../ledger/format/header.js";
import type { Signatures, SigningKey } from "../ledger/keys/backend.js";
import { isSignedBy, originOf, parseCheckpoint, signCheckpoint } from "../ledger/proof/checkpoint.js";
import type { Hasher } from "../ledger/tree/hasher.js";
import type { SealedBlock } from "./messages.js";

/** Whose ledger it is. */
export interface GridPlatform {
  readonly marketId: Uint8Array;
  readonly platformKey: Uint8Array;
}

/** Who the platform of a market is, as the bytes of its genesis say. */
export function platformOf(genesis: Uint8Array): GridPlatform {
  const { header, sections } = decodeBlock(genesis);
  const { platformKey } = decodeCanonical(decodeItems(sections.contracts)[0]!) as { platformKey?: unknown };
  return { marketId: header.marketId, platformKey: fromHex(platformKey, "platformKey") };
}

/** The head over all blocks up to one, as the platform signs it; the same whoever has its key. */
export async function headOf(
  { height, bytes }: Pick<SealedBlock, "height" | "bytes">,
  root: Uint8Array,
  key: SigningKey,
  hasher: Hasher,
): Promise<string> {
  const origin = originOf(decodeHeader(bytes).marketId);
  return signCheckpoint({ origin, size: height + 1, root }, key, hasher);
}

/** What heads are checked with. */
export interface HeadCheck {
  readonly platform: GridPlatform;
  readonly signatures: Signatures;
  readonly hasher: Hasher;
}

/**
 * Throws unless a block comes with the head over all blocks up to it: `corrupt` for another, or none, `signature` for
 * one that the platform did not sign.
 */
export async function needHead(
  { height, note }: Pick<SealedBlock, "height" | "note">,
  root: Uint8Array,
  { platform, signatures, hasher }: HeadCheck,
): Promise<void> {
  const head = parseCheckpoint(note);
  const { checkpoint } = head;
  const field = `block ${height}, head`;
  if (checkpoint.origin !== originOf(platform.marketId))
    fail("corrupt", field, originOf(platform.marketId), checkpoint.origin);
  if (checkpoint.size !== height + 1) fail("corrupt", field, `${height + 1} blocks`, checkpoint.size);
  if (!sameBytes(checkpoint.root, root)) fail("corrupt", field, hex(root), hex(checkpoint.root));
  if (!(await isSignedBy(head, platform.platformKey, signatures, hasher)))
    fail("signature", field, "a signature of the platform", head.note);
}
