/**
 * The contracts in force as a section of what is carried over. Each contract is hashed once, when it enters; what is
 * hashed anew when contracts change is the tree over the hashes, and when none do, nothing.
 */
import type { Rooted } from "../../ledger/format/header.js";
import { type Hasher, hashBytes } from "../../ledger/tree/hasher.js";
import { nobody } from "./register.js";
import type { Held, Terms } from "./terms.js";

/** The hashes of the contracts in force and the root over them. */
export class Rules {
  readonly #terms: Terms;
  /** The leaf hash of each contract in force at its place. */
  #hashes = new Uint8Array(64 * hashBytes);
  #count = 0;
  /** What entered since the root was last asked for, each with its canonical JSON. */
  #entered: Held[] = [];
  #texts: Uint8Array[] = [];
  /** Whether contracts ended since the root was last asked for, which leaves gaps between the hashes. */
  #ended = false;
  #root: Uint8Array | null = null;

  constructor(terms: Terms) {
    this.#terms = terms;
  }

  /** A contract entered, or amended one; its text is kept, not copied, until the root is asked for. */
  enter(held: Held, text: Uint8Array): void {
    this.#entered.push(held);
    this.#texts.push(text);
    this.#root = null;
  }

  /** A contract ended. */
  end(): void {
    this.#ended = true;
    this.#root = null;
  }

  /**
   * Number of contracts in force, and the RFC 6962 root over their canonical JSON, in order of first entry; a hash not
   * to be written to.
   */
  rooted(hasher: Hasher): Rooted {
    this.#root ??= this.#hash(hasher);
    return { count: this.#count, root: this.#root };
  }

  #hash(hasher: Hasher): Uint8Array {
    if (this.#ended) this.#close();
    const fresh = hasher.leafHashes(this.#texts);
    for (const [index, held] of this.#entered.entries()) {
      // What entered and ended since is no longer held.
      if (held.ended) continue;
      if (held.place === nobody) held.place = this.#count++;
      this.#reserve();
      const from = index * hashBytes;
      this.#hashes.set(fresh.subarray(from, from + hashBytes), held.place * hashBytes);
    }
    this.#entered = [];
    this.#texts = [];
    return hasher.nodesRoot(this.#hashes.subarray(0, this.#count * hashBytes));
  }

  /** Moves the hashes of what is still in force together, over those of what ended. */
  #close(): void {
    this.#count = 0;
    for (const held of this.#terms.inForce.values()) {
      if (held.place === nobody) continue;
      const from = held.place * hashBytes;
      held.place = this.#count++;
      this.#hashes.copyWithin(held.place * hashBytes, from, from + hashBytes);
    }
    this.#ended = false;
  }

  /** Makes room for as many hashes as there are places. */
  #reserve(): void {
    if (this.#count * hashBytes <= this.#hashes.length) return;
    const grown = new Uint8Array(2 * this.#hashes.length);
    grown.set(this.#hashes);
    this.#hashes = grown;
  }
}
