/**
 * The market contract of a ledger, which says what market it is: the first contract of genesis, and kept beside the
 * blocks where genesis is erased. The market's id is its hash, so it needs no proof.
 */
import { hex, sameBytes } from "../../bytes.js";
import { fail } from "../../errors.js";
import { decodeBlock, decodeItems, isWithheld } from "../format/block.js";
import { decodeHeader, marketId } from "../format/header.js";
import type { Hasher } from "../tree/hasher.js";
import type { Store } from "./store.js";

/** Where a store keeps it beside the blocks. */
export const contractKey = "contract";

/**
 * The canonical JSON of the market contract of a ledger with blocks; null where genesis is its header alone and nobody
 * kept it. Throws `corrupt` when what is there has another hash than the market's id.
 */
export async function marketContract(store: Store, hasher: Hasher): Promise<Uint8Array | null> {
  const genesis = (await store.get(0)) ?? fail("invalid", "store", "one with blocks", "an empty one");
  const header = decodeHeader(genesis);
  const contract = isWithheld(header, genesis)
    ? await store.getMeta(contractKey)
    : decodeItems(decodeBlock(genesis).sections.contracts)[0]!;
  if (contract === null) return null;
  const id = marketId(contract, hasher);
  return sameBytes(id, header.marketId)
    ? contract
    : fail("corrupt", "market contract", hex(header.marketId), hex(id));
}
