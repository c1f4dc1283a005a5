/** Names of one sort and what they stand for: participants, storage devices, converters, areas. */
import { fail } from "../../errors.js";
import { noCode } from "../../ledger/format/layout.js";
import type { Names } from "./names.js";

/** The number of nobody: "names no area", "owned by the platform". */
export const nobody = -1;

/** Most participants, and most devices of a kind, that a market ever registers: one period has room for so many. */
export const maxParties: number = 1 << 19;

/** What a number stands for once registered; the contract is null after it ended. */
export interface Registered<T> {
  readonly name: string;
  contract: T | null;
}

/** Names of one sort and what they stand for, numbered in order of registration; no number is ever given away again. */
export class Register<T extends Registered<unknown> & { readonly carrier?: number }> {
  readonly entries: T[] = [];
  readonly #kind: number;
  readonly #names: Names;
  readonly #numbers = new Map<string, number>();

  /** `kind`: the code under which its names stand among all names (`nameCode`). */
  constructor(kind: number, names: Names) {
    this.#kind = kind;
    this.#names = names;
  }

  numberOf(name: string): number | undefined {
    return this.#numbers.get(name);
  }

  get(name: string): T | undefined {
    const number = this.#numbers.get(name);
    return number === undefined ? undefined : this.entries[number];
  }

  /** Numbers a name when it is new, else changes what its number stands for; returns the number. */
  put(name: string, entry: Omit<T, "name">): number {
    const known = this.#numbers.get(name);
    if (known !== undefined) {
      Object.assign(this.entries[known]!, entry);
      return known;
    }
    const number = this.entries.push({ name, ...entry } as T) - 1;
    this.#numbers.set(name, number);
    const { carrier = noCode } = entry as { readonly carrier?: number };
    this.#names.add({ kind: this.#kind, carrier, number, name, contract: null });
    return number;
  }

  /** The contract of a registered name has ended; returns the number, which stays the name's. */
  end(name: string): number {
    const number = this.#numbers.get(name)!;
    this.entries[number]!.contract = null;
    return number;
  }

  /** Throws `limit` when a new name would be one too many. */
  checkRoom(field: string, name: string): void {
    if (!this.#numbers.has(name) && this.entries.length >= maxParties)
      fail("limit", field, `at most ${maxParties}`, this.entries.length);
  }
}
