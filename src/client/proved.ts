/** What a service tells of its blocks, held against the newest head that a client has verified. */
import { hex } from "../bytes.js";
import { fail } from "../errors.js";
import { type Block, checkBlock, decodeBlock, isWithheld } from "../ledger/format/block.js";
import { blockHash, decodeHeader, encodeHeader, type Header } from "../ledger/format/header.js";
import { decodeBundle, type OpenedBundle, openBundle } from "../ledger/proof/bundle.js";
import type { Ask } from "../ledger/service/server.js";
import type { Hasher } from "../ledger/tree/hasher.js";

/** Whom a client asks, and the header that the newest head has at a height, which is proved. */
export interface Proving {
  readonly ask: Ask;
  readonly prove: (height: number) => Promise<Header>;
  readonly hasher: Hasher;
}

/** A block with all its records. Throws as `MarketClient.block` does. */
export async function provedBlock(proving: Proving, height: number): Promise<Block> {
  const bytes =
    (await proving.ask(`block/${height}`)) ?? fail("storage", `block ${height}`, "a block", "nothing there");
  const header = decodeHeader(bytes);
  await needProved(proving, header, height);
  if (isWithheld(header, bytes)) fail("state", `block ${height}`, "its records", "the header alone");
  const block = decodeBlock(bytes);
  checkBlock(block, proving.hasher);
  return block;
}

/** Where a service has a member's records in the blocks from a height to behind the last, with their proofs. */
export const recordsPath = (participant: string, from: number, to: number): string =>
  `/v1/bundles/${encodeURIComponent(participant)}?from=${from}&to=${to}`;

/** A member's records in the blocks of a range, out of a bundle. Throws as `MarketClient.records` does. */
export async function provedRecords(
  proving: Proving,
  bundle: string,
  participant: string,
  { from, to }: { readonly from: number; readonly to: number },
): Promise<OpenedBundle> {
  const found = openBundle(decodeBundle(bundle), proving.hasher);
  if (found.member.id !== participant) fail("corrupt", "bundle.member", participant, found.member.id);
  const first = found.blocks[0]!.header.height;
  if (first > from) fail("corrupt", "bundle.blocks", `those from ${from} on`, `from ${first}`);
  // The blocks before are linked to the last by their hashes.
  await needProved(proving, found.blocks.at(-1)!.header, to - 1);
  return found;
}

/** Throws `corrupt` unless the newest head has this header at the height. */
async function needProved({ prove, hasher }: Proving, header: Header, height: number): Promise<void> {
  const hashOf = (each: Header): string => hex(blockHash(encodeHeader(each), hasher));
  const [wanted, found] = [hashOf(await prove(height)), hashOf(header)];
  if (wanted !== found) fail("corrupt", `block ${height}`, wanted, found);
}
