/**
 * The built page in German has no English left: every sentence of the German table is marked, and whatever is shown
 * outside of the marks has to be a figure, a unit or a name. One sentence that loses its tag is found.
 */
import { cp, mkdtemp, readdir, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { servePage } from "../../src/cli/parts/page.js";
import type { Served } from "../../src/cli/parts/serving.js";
import { findChromium, launchFlags } from "../support/find.mjs";
import { ready } from "./browser.js";

const [open, close] = ["⁅", "⁆"];

/** A module that has the German table of another, with what is said between marks; values stand outside of them. */
const marking = (real: string): string => `
export * from "./${real}";
import { table as real } from "./${real}";
const mark = (text) => text.split(/(\\{\\d+\\})/).map((part, at) => at % 2 === 1 || part === "" ? part : "${open}" + part + "${close}").join("");
export const table = Object.fromEntries(Object.entries(real).map(([sentence, said]) => [sentence, mark(said)]));
`;

let folder: string;
let server: Served;
let browser: Browser;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "gridclear-german-"));
  await cp(fileURLToPath(new URL("../../dist/web/", import.meta.url)), folder, { recursive: true });
  let marked = 0;
  for (const name of await readdir(folder, { recursive: true })) {
    if (!/(?:^|[\\/])de-[^\\/]*\.js$/.test(name)) continue;
    const real = `real-${name.split(/[\\/]/).at(-1)!}`;
    await rename(join(folder, name), join(folder, name, "..", real));
    await writeFile(join(folder, name), marking(real));
    marked++;
  }
  expect(marked, "chunks with the German table, of the page and of its worker").toBeGreaterThanOrEqual(1);
  server = await servePage(`${folder}/`, "127.0.0.1", 0);
  browser = await chromium.launch({ executablePath: findChromium(), args: launchFlags });
}, 120_000);
afterAll(async () => {
  await browser?.close();
  await server?.close();
  if (folder !== undefined) await rm(folder, { recursive: true });
});

/** What may stand on the page in letters and is in no language. */
const nameless: readonly RegExp[] = [
  /(?<!\p{L})(?:[kMG]?Wh|kW|kg|[µm]?s|ct|MB|UTC)(?!\p{L})/gu, // units
  /\b[0-9a-f]{8,64}\b/g, // hashes
  /\bJuli\b/g, // the month, from the browser's own German
  /\bgridclear\b|\b[A-Z][A-Za-z]+-[0-9.]+\b/g, // the package and its licence
  /\b(?:town|works|hill|elm|oak)\b/g, // areas of the scenario
  /\b(?:SVG|CSV|JSON)\b/g, // formats of files
  /\bChrom(?:ium|e) [0-9]+|\bLinux\b/g, // the browser and its system
  /\b[AB]\b/g, // the two sets of rules that are compared
  /\b[a-z]+ root\b|\bblock [0-9]+: [a-z]+\[[0-9]+\]\.[A-Za-z]+/g, // where a check failed, as the format calls it
];

/** Everything on the page that is shown or read out, outside of the marks, that still has a word in it. */
async function left(page: Page): Promise<string[]> {
  const texts = await page.evaluate(() => {
    // Code and languages' own names; short names of blocks and cut names, whose labels say the same and more.
    const skipped = "script, style, noscript, code, pre, textarea, option[lang]";
    const cut = ".block text, .node-text";
    const found: string[] = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node !== null; node = walker.nextNode())
      if (node.parentElement!.closest(`${skipped}, ${cut}`) === null) found.push(node.textContent ?? "");
    for (const element of document.querySelectorAll("*"))
      for (const name of ["aria-label", "title", "alt", "placeholder", "aria-valuetext"])
        if (element.closest(skipped) === null) found.push(element.getAttribute(name) ?? "");
    return [...found, document.title];
  });
  const out = new Set<string>();
  for (const text of texts) {
    let rest = text.replaceAll(new RegExp(`${open}[^${open}${close}]*${close}`, "g"), " ");
    for (const name of nameless) rest = rest.replaceAll(name, " ");
    if (/\p{L}/u.test(rest)) out.add(text.trim().slice(0, 200));
  }
  return [...out];
}

/** What is opened in a view before it is read. */
const opening: Record<string, (page: Page) => Promise<void>> = {
  period: async (page) => {
    for (let step = 0; step < 40; step++) {
      const next = page.locator(".walk-bar button").nth(3);
      const number = await page.locator(".walk-bar .number").textContent();
      expect(await left(page), `step ${number}`).toEqual([]);
      await next.click();
      if ((await page.locator(".walk-bar .number").textContent()) === number) break;
    }
    await page.locator(".queue .block .key").first().dispatchEvent("click");
    await page.locator("dialog").waitFor();
  },
  bench: async (page) => {
    await page.locator("#bench-most").selectOption("10000");
    await page.locator(".button.main").click();
    await page.locator("[data-ready]").waitFor();
  },
  ledger: async (page) => {
    await page.locator(".button.bad").click();
    await page.locator(".checks").first().waitFor();
  },
};

describe("the page in German", () => {
  for (const [view, selector] of Object.entries(ready))
    it(`has no English left: ${view}`, async () => {
      const context = await browser.newContext({ locale: "de-AT", serviceWorkers: "block" });
      const page = await context.newPage();
      page.setDefaultTimeout(45_000);
      await page.goto(`${server.url}#/${view}?minutes=60`);
      await page.locator(selector).first().waitFor({ state: "attached" });
      // The browser prefers German: nothing else asked for it.
      expect(await page.evaluate(() => document.documentElement.lang)).toBe("de");
      for (const summary of await page.locator(".behind > summary:visible").all()) await summary.click();
      await opening[view]?.(page);
      expect(await left(page)).toEqual([]);
      await context.close();
    });

  it("gives way to a choice", async () => {
    const context = await browser.newContext({ locale: "de-DE", serviceWorkers: "block" });
    const page = await context.newPage();
    await page.goto(`${server.url}?language=en#/live`);
    await page.locator("#language select").waitFor();
    expect(await page.evaluate(() => document.documentElement.lang)).toBe("en");
    await page.goto(`${server.url}#/live`);
    await page.locator("#language select").selectOption("en");
    await page.locator("html[lang=en]").waitFor();
    expect(await page.locator("#language option").allInnerTexts()).toEqual(["English", "Deutsch"]);
    await context.close();
  });
});
