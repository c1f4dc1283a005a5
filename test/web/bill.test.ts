// A member's bill as a person opens it: in a browser, offline, whole and tampered with.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Bill, bill } from "../../src/bill/bill.js";
import { billPage } from "../../src/bill/page.js";
import { checkingScript } from "../../src/cli/parts/billing.js";
import { openEngine } from "../../src/core/engine.js";
import { decodeBundle, openBundle } from "../../src/ledger/proof/bundle.js";
import { plainHasher } from "../../src/ledger/tree/plain.js";
import { writeBundle } from "../../src/report/bundle/write.js";
import { runStreet } from "../bill/market.js";
import { findChromium, launchFlags } from "../support/find.mjs";
import { axeFinds } from "./browser.js";

let browser: Browser;
let whole: Bill;
let bundle = "";
beforeAll(async () => {
  browser = await chromium.launch({ executablePath: findChromium(), args: launchFlags });
  const engine = await openEngine();
  const { market } = await runStreet(engine, 5, {
    startMs: Date.UTC(2026, 9, 30),
    periods: 120,
    components: [
      {
        ...{ by: "calendar", name: "network", sort: "grid", on: ["fromGrid"] },
        parts: [
          { name: "night", hours: ["22:00-06:00"], rate: "0.05" },
          { name: "day", rate: "0.0698" },
        ],
      },
      { by: "energy", name: "network, near", sort: "grid", on: ["bought"], rate: "0.0698", less: 570_000 },
      { by: "energy", name: "energy", sort: "energy", on: ["fromGrid"], rate: "0.22" },
      { by: "month", name: "meter", sort: "grid", rate: "2.4" },
      { by: "percent", name: "VAT", sort: "tax", of: ["energy", "grid"], percent: "20" },
      { by: "energy", name: "feed-in", sort: "feedIn", on: ["toGrid"], rate: "0.07" },
    ],
  });
  // Vienna's November begins with period 48.
  const options = { from: 48, hasher: plainHasher, engine };
  for await (const lines of writeBundle(market.store.blocks(), "ann", options)) bundle += lines;
  whole = bill(openBundle(decodeBundle(bundle), plainHasher), { month: "2026-11" });
});
afterAll(() => browser.close());

const pageOf = (printed: Bill, its = bundle, tariff: string | null = null): string =>
  billPage(printed, { bundle: its, tariff, ...checkingScript() });

/** Opens a page that can't reach anything, and returns what it said on the way. */
async function open(
  text: string,
  options: BrowserContextOptions = {},
): Promise<{ page: Page; problems: string[] }> {
  const page = await browser.newPage({ offline: true, ...options });
  const problems: string[] = [];
  page.on("console", (message) => problems.push(message.text()));
  page.on("pageerror", (error) => problems.push(error.message));
  page.on("request", (request) => problems.push(request.url()));
  await page.setContent(text);
  return { page, problems };
}

/** What the page says of a bill, and the labels of the lines that it marks. */
async function verdictOf(text: string): Promise<{ said: string; marked: string[] }> {
  const { page, problems } = await open(text);
  const said = (await page.textContent("#verdict"))!;
  const marked = await page.$$eval("tr.bad th", (cells) => cells.map((cell) => cell.textContent ?? ""));
  expect(problems).toEqual([]);
  await page.close();
  return { said, marked };
}

/** The bill with one line changed. */
const changed = (label: string, change: Partial<Bill["lines"][number]>): Bill => {
  expect(whole.lines.some((line) => line.label === label)).toBe(true);
  return {
    ...whole,
    lines: whole.lines.map((line) => (line.label === label ? { ...line, ...change } : line)),
  };
};

describe("the page of a bill", () => {
  it("checks itself, without asking anybody", async () => {
    const { said, marked } = await verdictOf(pageOf(whole));
    expect(said).toBe(`✓ Checked: all ${whole.lines.length} lines follow from the proofs.`);
    expect(marked).toEqual([]);
    expect(new Set(whole.lines.map(({ group }) => group))).toEqual(
      new Set(["community", "tariff", "earlier"]),
    );
  });

  it("names the line that was tampered with", async () => {
    const paid = await verdictOf(pageOf(changed("imbalance", { amount: "0.01" })));
    expect(paid.said).toMatch(/does not hold:.*imbalance: amount is 0\.01, the proofs say/);
    expect(paid.marked).toEqual(["imbalance"]);
    // In the table alone, behind data that are right.
    const meter = whole.lines.find(({ label }) => label === "meter")!.amount;
    const printed = pageOf(whole).replace(
      new RegExp(`(>meter</th>.*?class="amount">)${meter.replace(".", "\\.")}`),
      "$19.99",
    );
    const shown = await verdictOf(printed);
    expect(shown.said).toContain("meter: printed is 9.99, the proofs say");
    expect(shown.marked).toEqual(["meter"]);
  });

  it("names a correction that is wrong, and one that is left out", async () => {
    const earlier = whole.lines.findIndex(({ group }) => group === "earlier");
    const wrong = whole.lines.map((line, place) => (place === earlier ? { ...line, amount: "-5" } : line));
    const found = await verdictOf(pageOf({ ...whole, lines: wrong }));
    expect(found.said).toContain("corrections of readings: amount is -5, the proofs say");
    expect(found.marked).toEqual(["corrections of readings"]);
    const left = await verdictOf(
      pageOf({ ...whole, lines: whole.lines.filter((_, place) => place !== earlier) }),
    );
    expect(left.said).toContain("corrections of readings: is missing");
  });

  it("names the line of a tariff that was changed", async () => {
    const rate = await verdictOf(pageOf(changed("network: night", { price: "0.06" })));
    expect(rate.said).toContain("network: night: price is 0.06, the proofs say 0.05");
    expect(rate.marked).toEqual(["network: night"]);
    // A tariff of one's own in the place of the ledger's, which the bill does not name.
    const own = {
      ...{ name: "house", carrier: "electricity", currency: "EUR", unit: "0.01" },
      zone: { name: "Europe/Vienna", offsets: [[Date.UTC(2026, 9, 26), 60]], untilMs: Date.UTC(2027, 0) },
      components: [{ by: "month", name: "meter", sort: "grid", rate: "99" }],
    };
    const swapped = await verdictOf(pageOf(whole, bundle, JSON.stringify(own)));
    expect(swapped.said).toContain("the tariffs are others than the bill names");
    expect(swapped.said).toContain("network: night: ");
  });

  it("does not believe records that are not in the ledger", async () => {
    const lines = bundle.split("\n");
    const place = lines.findIndex((line) => line.includes('"section":"readings"'));
    const row = /"row":"([0-9a-f]+)"/.exec(lines[place]!)![1]!;
    const other = row.startsWith("f") ? `e${row.slice(1)}` : `f${row.slice(1)}`;
    lines[place] = lines[place]!.replace(row, other);
    const found = await verdictOf(pageOf(whole, lines.join("\n")));
    expect(found.said).toMatch(/The proofs in this file do not hold:.*readings/);
  });

  it("shows names as text, whatever they are", async () => {
    const name = '</script><script>document.title="x"</script>';
    const { page, problems } = await open(pageOf({ ...whole, participant: name }));
    expect(await page.title()).toBe(`Bill of ${name}, 2026-11`);
    expect(await page.textContent("h1")).toBe(`Bill of ${name}`);
    expect(problems).toEqual([]);
    await page.close();
  });

  const looks = {
    wide: { viewport: { width: 1200, height: 900 }, colorScheme: "light" },
    dark: { viewport: { width: 1200, height: 900 }, colorScheme: "dark" },
    phone: { viewport: { width: 360, height: 740 }, colorScheme: "light" },
  } as const;
  for (const [look, options] of Object.entries(looks))
    it(`has nothing for axe to find, and fits: ${look}`, async () => {
      for (const printed of [whole, changed("imbalance", { amount: "0.01" })]) {
        // The page's own policy lets no other script in, so that axe has to come past it.
        const { page, problems } = await open(pageOf(printed), { ...options, bypassCSP: true });
        await page.click("summary");
        expect(await axeFinds(page)).toEqual([]);
        expect(problems).toEqual([]);
        expect(
          await page.evaluate(() => document.documentElement.scrollWidth - innerWidth),
        ).toBeLessThanOrEqual(0);
        if (process.env.SHOTS) {
          mkdirSync(process.env.SHOTS, { recursive: true });
          const name = `${process.env.SHOTS}/${look}-${printed === whole ? "whole" : "bad"}`;
          await page.screenshot({ path: `${name}.png`, fullPage: true });
          if (look === "wide") writeFileSync(`${name}.pdf`, await page.pdf({ format: "A4" }));
        }
        await page.close();
      }
    });

  it("is bundled with what it needs and no more", () => {
    expect(checkingScript().script.length).toBeLessThan(120_000);
    expect(readFileSync(new URL("../../dist/bill/check.bundle.js", import.meta.url), "utf8")).not.toContain(
      "node:",
    );
  });
});
