/** Names as files write them: one form of Unicode for each, so that what looks the same is the same. */
import { fail } from "../errors.js";

/**
 * The ids of a file in the one form of Unicode in which each came first. Two texts that look the same and differ in
 * their code points (é as one, or as e and an accent) would be taken for two.
 */
export class UnicodeForms {
  readonly #first = new Map<string, string>();

  add(id: string, field: string): void {
    // ASCII has one form.
    if (/^[ -~]*$/.test(id)) return;
    const composed = id.normalize("NFC");
    const first = this.#first.get(composed);
    if (first === undefined) this.#first.set(composed, id);
    else if (first !== id)
      fail("invalid", field, "an id in the same Unicode form (NFC or NFD) as before", escaped(id));
  }
}

/** A text with what is not ASCII as escapes, so that two forms of it can be told apart. */
const escaped = (text: string): string =>
  text.replace(/[^ -~]/gu, (mark) => `\\u{${mark.codePointAt(0)!.toString(16)}}`);
