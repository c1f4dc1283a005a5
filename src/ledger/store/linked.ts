/**
 * The chain of a store by the hashes of its headers. The last header commits to the hashes of all blocks before it, so
 * when they come to what it says, they are the headers that were written: what each of them says was checked then.
 */
import { sameBytes } from "../../bytes.js";
import { GridclearError } from "../../errors.js";
import { Chain } from "../format/chain.js";
import { blockHash, decodeHeader, headerBytes } from "../format/header.js";
import type { Mark } from "../format/ledgerfile.js";
import type { Hasher } from "../tree/hasher.js";
import { HashList } from "../tree/hashlist.js";
import { CompactRange, leafHash } from "../tree/merkle.js";

/** A chain, and the hash of each of its blocks. */
export interface Linked {
  readonly chain: Chain;
  readonly hashes: HashList;
}

/**
 * The chain that a mark counts, by its headers; null unless there are so many, the last has the mark's hash, and those
 * before it come to its history.
 */
export async function linkedByHash(
  headerAt: (height: number) => Promise<Uint8Array | null>,
  { size, hash }: Mark,
  hasher: Hasher,
): Promise<Linked | null> {
  const hashes = new HashList();
  const below = new CompactRange(hasher);
  let last: Uint8Array | null = null;
  for (let height = 0; height < size; height += 1) {
    if (last !== null) below.append(leafHash(hashes.at(height - 1), hasher));
    last = await headerAt(height);
    if (last?.length !== headerBytes) return null;
    hashes.push(blockHash(last, hasher));
  }
  if (last === null || !sameBytes(hashes.at(size - 1), hash)) return null;
  try {
    return { chain: Chain.after(decodeHeader(last), below.subtrees, hasher), hashes };
  } catch (error) {
    if (error instanceof GridclearError) return null;
    throw error;
  }
}
