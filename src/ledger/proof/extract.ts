/**
 * Proofs out of a statement bundle: whoever has one shows a block or a record of it to somebody else, under the head
 * that the bundle leads to, without the ledger and without the rest of the bundle.
 */
import { needArray, needObject } from "../../check.js";
import { fail } from "../../errors.js";
import { blockHash, decodeHeader } from "../format/header.js";
import type { SectionName } from "../format/sections.js";
import { checkHasher, type Hasher } from "../tree/hasher.js";
import { leafHash, nodeHash, perfectSizes, splitPoint } from "../tree/merkle.js";
import { inclusionRanges } from "../tree/path.js";
import type { Bundle } from "./bundle.js";
import type { Proof } from "./proof.js";

/** What of a bundle to prove: a block, or a record in it. */
export interface BundlePlace {
  readonly height: number;
  readonly record: { readonly section: SectionName; readonly index: number } | null;
}

/**
 * The proof of a block of a bundle, or of one of its records: what the ledger's own would be under the same head. The
 * bundle must be one that `openBundle` takes. Throws `invalid` for what is not shown in it.
 */
export function proveByBundle(bundle: Bundle, place: BundlePlace, hasher: Hasher): Proof {
  checkHasher(hasher);
  const { blocks, size, checkpoint } = needObject(bundle, "bundle");
  const [earliest] = needArray<Bundle["blocks"][number]>(blocks, "bundle.blocks");
  const first = decodeHeader(needObject(earliest!, "bundle.blocks[0]").header).height;
  const { height, record } = needObject(place, "place");
  const block =
    blocks[height - first] ??
    fail("invalid", "height", `${first} to ${first + blocks.length - 1}, the blocks of the bundle`, height);
  const rangeRoot = rootsOf(bundle, first, hasher);
  return {
    header: block.header,
    record: record === null ? null : recordIn(block.rows, record),
    meter: null,
    history: { size, path: inclusionRanges(height, size).map(({ start, end }) => rangeRoot(start, end)) },
    checkpoint,
  };
}

function recordIn(
  rows: Bundle["blocks"][number]["rows"],
  { section, index }: NonNullable<BundlePlace["record"]>,
): NonNullable<Proof["record"]> {
  for (const row of rows) {
    const found = row.section === section ? row.open.find((each) => each.index === index) : undefined;
    if (found !== undefined) return { section, index, salted: found.salted, row: row.row, path: row.path };
  }
  return fail("invalid", "index", `a record of ${section} that the bundle shows`, index);
}

/**
 * Roots of subtrees over the hashes of all blocks, as far as the path of a block of the bundle needs them. What lies
 * before the first is tiled by the bundle's subtrees, and no range of such a path cuts a tile; what lies beyond the
 * last stands in the path of the last.
 */
function rootsOf(bundle: Bundle, first: number, hasher: Hasher): (start: number, end: number) => Uint8Array {
  const { blocks, subtrees, size, path } = bundle;
  const known = new Map<string, Uint8Array>();
  let at = 0;
  for (const [index, length] of perfectSizes(first).entries()) {
    known.set(`${at} ${at + length}`, subtrees[index]!);
    at += length;
  }
  for (const [index, { start, end }] of inclusionRanges(first + blocks.length - 1, size).entries())
    known.set(`${start} ${end}`, path[index]!);
  const rangeRoot = (start: number, end: number): Uint8Array => {
    const found = known.get(`${start} ${end}`);
    if (found !== undefined) return found;
    if (end - start === 1) return leafHash(blockHash(blocks[start - first]!.header, hasher), hasher);
    const middle = start + splitPoint(end - start);
    return nodeHash(rangeRoot(start, middle), rangeRoot(middle, end), hasher);
  };
  return rangeRoot;
}
