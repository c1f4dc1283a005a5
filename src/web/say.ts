/**
 * The language of the page. Whatever is said is written in English where it is said, under the tag {@link t}; another
 * language is a table from those sentences to its own, loaded before anything is said. A test reads every sentence out
 * of the sources and holds each table to having all of them and no other.
 */
import type { Table } from "./languages/table.js";

/** The languages there are, each by the name that its speakers give it. */
export const languages = { en: "English", de: "Deutsch" } as const;
export type Language = keyof typeof languages;

let spoken: Language = "en";
let table: Table = {};

/** The language that is spoken. */
export const language = (): Language => spoken;

/** What it says for each sentence; empty in English. */
export const tableSpoken = (): Table => table;

/** How numbers and dates are written in the language that is spoken. */
export const locale = (): string => (spoken === "en" ? "en-GB" : spoken);

/** Speaks a language from now on. What was said before stays as it is: call it before anything is said. */
export function speak(next: Language, says: Table): void {
  table = says;
  spoken = next;
}

/** The sentence under which a table has what stands in a template: `{0} of {1}`. */
export const sentenceOf = (strings: readonly string[]): string =>
  strings.reduce((all, next, index) => `${all}{${index - 1}}${next}`);

/**
 * Says a sentence in the language that is spoken: `` t`${part} of ${whole}` ``. Values are put in as they are, so
 * format them first. A sentence that the language lacks is said in English.
 */
export function t(strings: TemplateStringsArray, ...values: readonly (string | number)[]): string {
  const sentence = sentenceOf(strings);
  const said = spoken === "en" ? sentence : (table[sentence] ?? sentence);
  return said.replaceAll(/\{(\d+)\}/g, (_, place: string) => String(values[Number(place)]));
}

/** The sentence that is true of a number: of none, of one, or of several; without its own, none is said as several. */
export const counted = (value: number, one: string, several: string, none: string = several): string =>
  value === 0 ? none : value === 1 ? one : several;

/** Says what stands in the page itself, marked `data-say`, in the language that is spoken. */
export function sayStanding(root: ParentNode): void {
  for (const element of root.querySelectorAll("[data-say]"))
    element.textContent = table[element.textContent ?? ""] ?? element.textContent;
}

const storageKey = "gridclear-language";

/**
 * The language that the address asks for (`?language=de`), or that was chosen before, or the first of those that the
 * browser would like and the page speaks.
 */
export function preferred(): Language {
  const known = (tag: string | null | undefined): Language | undefined =>
    (Object.keys(languages) as Language[]).find((each) => each === tag);
  const liked = navigator.languages.map((tag) => tag.toLowerCase().split("-", 1)[0]).find(known);
  let chosen: string | null = null;
  try {
    chosen = localStorage.getItem(storageKey);
  } catch {
    // Storage may be forbidden.
  }
  return known(new URLSearchParams(location.search).get("language")) ?? known(chosen) ?? known(liked) ?? "en";
}

/** Keeps a choice and opens the page again in it. */
export function prefer(next: Language): void {
  const address = new URL(location.href);
  address.searchParams.delete("language");
  try {
    localStorage.setItem(storageKey, next);
  } catch {
    address.searchParams.set("language", next);
  }
  if (address.href === location.href) location.reload();
  else location.href = address.href;
}
