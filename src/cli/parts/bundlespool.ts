/**
 * The bundles of many members while a ledger is read once for all of them: each grows in a file of its own, since
 * together they may be more than a memory holds. The folder is gone when the work is done.
 */
import { appendFileSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { asStorage, fail } from "../../errors.js";

/** Most characters of a member that wait to be written. */
const mostWaiting = 65_536;

/** Bundles that grow. */
export class BundleSpool {
  readonly #folder: string;
  /** By member: its file, and what waits to be written there. */
  readonly #grown = new Map<string, { readonly file: string; waiting: string }>();

  /** A folder that is there from a call that was ended is begun anew. */
  constructor(folder: string) {
    this.#folder = folder;
    try {
      rmSync(folder, { recursive: true, force: true });
      mkdirSync(folder, { recursive: true });
    } catch (error) {
      throw asStorage(error, folder, "a folder that can be written");
    }
  }

  /** Adds lines to a member's bundle. */
  add(participant: string, lines: string): void {
    const grown = this.#grown.get(participant) ?? {
      ...{ file: join(this.#folder, `${this.#grown.size}`), waiting: "" },
    };
    this.#grown.set(participant, grown);
    grown.waiting += lines;
    if (grown.waiting.length > mostWaiting) this.#write(grown);
  }

  /** The whole bundle of a member. */
  textOf(participant: string): string {
    const grown = this.#grown.get(participant);
    if (grown === undefined) return fail("state", "bundle", "a member whose bundle was written", participant);
    this.#write(grown);
    try {
      return readFileSync(grown.file, "utf8");
    } catch (error) {
      throw asStorage(error, grown.file, "a file that can be read");
    }
  }

  /** Takes the folder away. */
  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #write(grown: { readonly file: string; waiting: string }): void {
    try {
      appendFileSync(grown.file, grown.waiting);
    } catch (error) {
      throw asStorage(error, grown.file, "a file that can be written");
    }
    grown.waiting = "";
  }
}
