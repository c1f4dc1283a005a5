/**
 * The tables of the languages, each loaded when it is wanted, by the page alone: its worker is handed what it speaks.
 */
import type { Language } from "../say.js";
import type { Table } from "./table.js";

const tables: { readonly [L in Exclude<Language, "en">]: () => Promise<Table> } = {
  de: async () => (await import("./de.js")).table,
};

/** What a language says; nothing in English, which stands in the sources. */
export const tableOf = async (language: Language): Promise<Table> =>
  language === "en" ? {} : tables[language]();
