// The Live view on a served market that shares: what everybody sees of an open one, and a member of a private one.
import { join } from "node:path";
import type { BrowserContextOptions } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fromHex, hex } from "../../src/bytes.js";
import { encodeCanonical } from "../../src/ledger/format/canonical.js";
import { encodeRecords } from "../../src/ledger/format/layout.js";
import { readingLayout } from "../../src/ledger/format/records.js";
import { contractStatement, readingStatement } from "../../src/ledger/keys/message.js";
import { type ServedProcess, serveProcess } from "../support/servedmarket.js";
import { axeFinds, openStage, openTab, type Stage } from "./browser.js";

/** What each member's meter says of every period, in kWh: drawn and injected. */
const meters = { ann: [3, 0], bob: [0, 2.5] } as const;

/** A served market of two neighbours who share electricity at 0.12; each period is metered until it is closed. */
async function sharing(privacy: "open" | "private") {
  const from = { version: 1, from: 0 } as const;
  const served = await serveProcess({
    market: { id: "elm court", currency: "EUR", periodMs: 1_500, privacy },
    clearing: { electricity: { mechanism: "share" } },
    metering: { window: 4, corrections: 4, missing: "zero" },
    contracts: [
      { kind: "community", ...from, community: "court", carrier: "electricity", price: 120_000, key: {} },
    ],
    limits: { burst: 10_000, perSecond: 10_000 },
  });
  const ids = Object.keys(meters) as (keyof typeof meters)[];
  const said = async () =>
    (await (await fetch(`${served.url}v1/market`)).json()) as { id: string; period: number };
  const id = fromHex((await said()).id, "id");
  const post = (path: string, body: object): Promise<Response> =>
    fetch(`${served.url}v1/${path}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
  // One after the other, so that their numbers in records are known.
  for (const participant of ids)
    await served.opens(await served.joins(participant, await served.key(participant)));
  for (const participant of ids) {
    const contract = {
      kind: "member",
      version: 1,
      from: (await said()).period + 2,
      community: "court",
      participant,
      factor: 1_000_000,
    };
    const statement = contractStatement(id, encodeCanonical(contract));
    const signature = hex(await (await served.key(participant)).sign(statement));
    expect((await post("contracts", { contract, signature })).status).toBe(200);
  }
  const report = async (now: number): Promise<void> => {
    for (const [participant, name] of ids.entries()) {
      const [drawn, injected] = meters[name];
      const kind = { carrier: "electricity", version: 1 } as const;
      const record = encodeRecords(readingLayout, [
        { participant, ...kind, flags: 0, age: 1, in: drawn * 1e6, out: injected * 1e6, amount: 0n },
      ]);
      const signature = hex(await (await served.key(name)).sign(readingStatement(id, now, record)));
      const reading = { participant: name, ...kind, period: now - 1, in: `${drawn}`, out: `${injected}` };
      await post("readings", { ...reading, signature });
    }
  };
  let last = 0;
  const timer = setInterval(async () => {
    const { period } = await said().catch(() => ({ period: last }));
    if (period === last) return;
    last = period;
    await report(period).catch(() => {});
  }, 300);
  return {
    ...served,
    async close() {
      clearInterval(timer);
      await served.close();
    },
  };
}

let stage: Stage;
const markets: Partial<Record<"open" | "private", ServedProcess>> = {};
beforeAll(async () => {
  stage = await openStage();
  for (const privacy of ["open", "private"] as const) markets[privacy] = await sharing(privacy);
}, 90_000);
afterAll(async () => {
  for (const served of Object.values(markets)) await served.close();
  await stage?.close();
});

async function live(privacy: "open" | "private", language: "en" | "de", options: BrowserContextOptions = {}) {
  const tab = await openTab(stage, options);
  tab.page.setDefaultTimeout(20_000);
  await tab.page.goto(`${markets[privacy]!.url}page/?language=${language}#/live`);
  await tab.page.locator(".view[data-ready]").waitFor();
  return tab;
}
const rowsOf = (page: Awaited<ReturnType<typeof live>>["page"], caption: string) =>
  page.locator("table", { has: page.locator("caption", { hasText: caption }) }).locator("tbody tr");
const looked = async ({ page, problems }: Awaited<ReturnType<typeof live>>, name: string): Promise<void> => {
  expect(await axeFinds(page)).toEqual([]);
  expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
  if (process.env.LIVE_PICTURES !== undefined)
    await page.screenshot({ path: join(process.env.LIVE_PICTURES, `shared-${name}.png`), fullPage: true });
  expect(problems.filter((problem) => !problem.includes("v1/events"))).toEqual([]);
  await page.context().close();
};

describe("Live, of a market that shares", () => {
  it("shows everybody what was shared in an open one, and a neighbour's part to whoever names it", async () => {
    const tab = await live("open", "en");
    const { page } = tab;
    // All of the 2.5 kWh is drawn: at 0.12 that is 0.30.
    await rowsOf(page, "Shared, by metered period").first().waitFor();
    const cells = rowsOf(page, "Shared, by metered period").first().locator("td");
    expect((await cells.allTextContents()).slice(0, 2)).toEqual(["2.50 kWh", "0.3000"]);
    const tiles = await page.locator(".tiles").innerText();
    expect(tiles).toContain("2.50 kWh");
    for (const never of ["Orders now", "Last price"]) expect(tiles).not.toContain(never);
    await page.getByLabel("Member", { exact: true }).fill("ann");
    await page.getByRole("button", { name: "Show" }).click();
    const own = rowsOf(page, "Shared with neighbours").first();
    await own.waitFor();
    expect((await own.locator("td").allTextContents()).slice(0, 6)).toEqual([
      ...["Electricity", "2.50 kWh", "0.00 kWh", "0.50 kWh", "0.00 kWh", "−0.3000"],
    ]);
    await looked(tab, "open");
  });

  it("shows a member of a private one its own part alone, on a phone and in German", async () => {
    const tab = await live("private", "de", { viewport: { width: 390, height: 844 }, hasTouch: true });
    const { page } = tab;
    await page.getByText(/Mit Ihrem Schlüssel, unten, sehen Sie Ihren eigenen Teil/).waitFor();
    expect(await page.locator(".view").innerText()).not.toMatch(/2,50\skWh/);
    await page.getByLabel("Mitglied", { exact: true }).fill("bob");
    await page.getByLabel("Schlüsseldatei").setInputFiles(join(markets.private!.folder, "bob.key"));
    await page.getByRole("button", { name: "Zeigen", exact: true }).click();
    const own = rowsOf(page, "Mit Nachbarn geteilt").first();
    await own.waitFor();
    expect((await own.locator("td").allTextContents()).slice(0, 6)).toEqual([
      ...["Strom", "0,00 kWh", "2,50 kWh", "0,00 kWh", "0,00 kWh", "0,3000"],
    ]);
    expect(await page.locator(".view").innerText()).toContain(
      "legt nicht offen, was insgesamt geteilt wurde",
    );
    // No orders are taken of what is shared.
    await page.getByText("Ein Gebot für die offene Periode").waitFor();
    expect(await page.locator(".order-form select").first().inputValue()).toBe("heat");
    await looked(tab, "private-german");
  });
});
