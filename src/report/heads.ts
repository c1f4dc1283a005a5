/**
 * Heads that a ledger has to lead to: the one kept beside its blocks, and one that a reader brings along. What was
 * signed can't be taken back, so blocks that are missing under a head, or others in their place, are seen here.
 */
import { hex, isBytes, sameBytes } from "../bytes.js";
import { integer, needObject } from "../check.js";
import { fail, GridclearError } from "../errors.js";
import type { Chain } from "../ledger/format/chain.js";
import type { Header } from "../ledger/format/header.js";
import { type Checkpoint, originOf } from "../ledger/proof/checkpoint.js";
import { hashBytes } from "../ledger/tree/hasher.js";

/** A head, and what errors say behind "the head", such as `kept beside the ledger`. */
export interface NamedHead {
  readonly name: string;
  readonly head: Checkpoint;
}

/** Holds heads against a chain while that grows. */
export class Heads {
  readonly #heads: readonly NamedHead[];
  readonly #roots = new Map<number, Uint8Array>();

  constructor(heads: readonly NamedHead[]) {
    this.#heads = heads;
  }

  /**
   * Takes note of the block with which the chain has just grown. Throws `corrupt` when a head is one of another
   * market's ledger.
   */
  pass(chain: Chain, header: Header): void {
    for (const { name, head } of this.#heads) {
      const origin = chain.size === 1 ? originOf(header.marketId) : head.origin;
      if (head.origin !== origin) fail("corrupt", `origin of the head ${name}`, origin, head.origin);
      if (head.size === chain.size) this.#roots.set(head.size, chain.root());
    }
  }

  /**
   * Throws `corrupt` unless the chain, now that it has ended with `size` blocks, leads to every head; where it ends
   * below one, with the height at which a block is missing.
   */
  check(size: number): void {
    for (const { name, head } of this.#heads) {
      const root = this.#roots.get(head.size);
      if (root === undefined) throw missing(size, name, head);
      if (!sameBytes(root, head.root))
        fail("corrupt", `head of ${head.size} blocks ${name}`, hex(root), hex(head.root));
    }
  }
}

/** Returns a head as somebody passed it. Throws `invalid` for what is none. */
export function checkCheckpoint(value: Checkpoint, field: string): Checkpoint {
  const { origin, size, root } = needObject(value, field);
  if (typeof origin !== "string") return fail("invalid", `${field}.origin`, "a string", origin);
  integer(1, Number.MAX_SAFE_INTEGER)(size, `${field}.size`);
  if (!isBytes(root) || root.length !== hashBytes)
    return fail("invalid", `${field}.root`, `${hashBytes} bytes`, root);
  return { origin, size, root };
}

/** The error of a ledger that ends below a head. */
const missing = (height: number, name: string, { size }: Checkpoint): GridclearError =>
  new GridclearError(
    "corrupt",
    { field: `block ${height}`, wanted: `a block: the head ${name} covers ${size}`, got: "none" },
    { height },
  );
