/** The page's languages: each has every sentence of the page, with the same values, and none that nobody says. */
import { afterAll, describe, expect, it } from "vitest";
import { table as de } from "../../../src/web/languages/de.js";
import { tableOf } from "../../../src/web/languages/tables.js";
import { languages, locale, sentenceOf, speak, t } from "../../../src/web/say.js";
import { sentencesOfPage, standing, tagged } from "./sentences.js";

const tables = { de };
const valuesOf = (sentence: string): string[] => [...sentence.matchAll(/\{\d+\}/g)].map(String).sort();

describe("the tables", () => {
  const said = sentencesOfPage();

  it("are there for every language but the one the sources are in", () => {
    expect(Object.keys(tables)).toEqual(Object.keys(languages).filter((code) => code !== "en"));
  });

  for (const [code, table] of Object.entries(tables)) {
    it(`have every sentence of the page: ${code}`, () => {
      const missing = [...said].filter(([sentence]) => table[sentence] === undefined);
      expect(missing.map(([sentence, file]) => `${file}: ${sentence}`)).toEqual([]);
    });

    it(`have no sentence that nobody says: ${code}`, () => {
      expect(Object.keys(table).filter((sentence) => !said.has(sentence))).toEqual([]);
    });

    it(`put in the same values: ${code}`, () => {
      for (const [sentence, own] of Object.entries(table))
        expect([...new Set(valuesOf(own))], sentence).toEqual([...new Set(valuesOf(sentence))]);
    });
  }
});

describe("reading sentences out of sources", () => {
  it("finds them with their values, inside one another too", () => {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a source that is read, not run
    expect(tagged("const a = t`One`; say(t`${x} of ${t`two`}.`); other`no`;")).toEqual([
      "One",
      "{0} of {1}.",
      "two",
    ]);
    expect(standing('<p data-say>Hello</p><a href="#" data-say>Go</a><p>no</p>')).toEqual(["Hello", "Go"]);
  });
});

describe("saying", () => {
  afterAll(() => speak("en", {}));

  it("puts values where the language wants them", async () => {
    expect(sentenceOf(["", " of ", ""])).toBe("{0} of {1}");
    expect(t`${"3"} of ${"4 {0}"}`).toBe("3 of 4 {0}");
    speak("de", await tableOf("de"));
    expect(locale()).toBe("de");
    expect(t`Money`).toBe(de.Money);
    expect(t`A sentence that no table has: ${1}`).toBe("A sentence that no table has: 1");
  });
});
