/** Hashes one after the other in one piece of memory: a ledger of a million blocks has as many. */
import { copyOf } from "../../bytes.js";
import { hashBytes } from "./hasher.js";

/** A list of hashes that only grows. */
export class HashList {
  #bytes = new Uint8Array(64 * hashBytes);
  #size = 0;

  /** Adds a hash; its bytes are copied. */
  push(hash: Uint8Array): void {
    const at = this.#size * hashBytes;
    if (at === this.#bytes.length) {
      const grown = new Uint8Array(2 * at);
      grown.set(this.#bytes);
      this.#bytes = grown;
    }
    this.#bytes.set(hash, at);
    this.#size += 1;
  }

  /** The hash at a place that has one; fresh bytes. */
  at(index: number): Uint8Array {
    return copyOf(this.#bytes, index * hashBytes, (index + 1) * hashBytes);
  }
}
