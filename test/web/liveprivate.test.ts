// The Live view on a private market that runs: what it shows to everybody, and what to a member with its key.
import { join } from "node:path";
import type { BrowserContextOptions, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fromHex, hex } from "../../src/bytes.js";
import { signRequest } from "../../src/ledger/keys/authorization.js";
import type { SigningKey } from "../../src/ledger/keys/backend.js";
import { openSignatures } from "../../src/ledger/keys/signature.js";
import { type ServedProcess, serveProcess, type Traders, tradersOf } from "../support/servedmarket.js";
import { axeFinds, openStage, openTab, type Stage } from "./browser.js";

let stage: Stage;
let served: ServedProcess;
let auditor: SigningKey;
let traders: Traders;

beforeAll(async () => {
  stage = await openStage();
  auditor = await (await openSignatures()).importSeed(new Uint8Array(32).fill(7));
  served = await serveProcess({
    market: { id: "elm street", currency: "EUR", periodMs: 1_500, privacy: "private" },
    tariffs: { electricity: { retail: "0.32", feedIn: "0.08" } },
    clearing: {
      electricity: { mechanism: "merit", pricing: "uniform", pool: null, import: true, export: true },
    },
    auditors: [hex(auditor.publicKey)],
    limits: { burst: 10_000, perSecond: 10_000 },
  });
  traders = tradersOf(served);
  await Promise.all([
    traders.join("ann", { carrier: "electricity", side: "offer", quantity: "2.5", price: "0.08" }),
    traders.join("bob", { carrier: "electricity", side: "bid", quantity: "1", price: "0.3" }),
  ]);
}, 60_000);
afterAll(async () => {
  await traders?.stop();
  await served?.close();
  await stage?.close();
});

const looks: Record<string, BrowserContextOptions> = {
  light: { colorScheme: "light" },
  dark: { colorScheme: "dark" },
  phone: { viewport: { width: 390, height: 844 }, colorScheme: "light", hasTouch: true },
};

/** A tab on the view, in a language, once a block is shown that was checked. */
async function live(language: "en" | "de", options: BrowserContextOptions = {}) {
  const tab = await openTab(stage, options);
  tab.page.setDefaultTimeout(12_000);
  await tab.page.goto(`${served.url}page/?language=${language}#/live`);
  await tab.page
    .locator("td", { hasText: language === "en" ? "yes" : "ja" })
    .first()
    .waitFor();
  return tab;
}

/** Gives a member's name and the file of its key. */
async function showAs(page: Page, id: string, [name, file, show]: readonly string[]): Promise<void> {
  await page.getByLabel(name!, { exact: true }).fill(id);
  await page.getByLabel(file!).setInputFiles(join(served.folder, `${id}.key`));
  await page.getByRole("button", { name: show!, exact: true }).click();
}
const english = ["Member", "Key file", "Show"];
const german = ["Mitglied", "Schlüsseldatei", "Zeigen"];

/** Looks as a person with sore eyes or a small screen would, and keeps a picture where one is asked for. */
async function looked(page: Page, name: string): Promise<void> {
  expect(await axeFinds(page)).toEqual([]);
  expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
  if (process.env.LIVE_PICTURES !== undefined)
    await page.screenshot({ path: join(process.env.LIVE_PICTURES, `private-${name}.png`), fullPage: true });
}

const headings = (page: Page, caption: string): Promise<string[]> =>
  page
    .locator("table", { has: page.locator("caption", { hasText: caption }) })
    .locator("thead th")
    .allTextContents();

/** The trades of a block as an auditor is shown them. */
async function audited(height: number) {
  const market = await (await fetch(`${served.url}v1/market`)).json();
  const path = `/v1/periods/${market.contract.from + height}/trades`;
  const authorization = await signRequest(
    { marketId: fromHex(market.id, "id"), untilMs: Date.now() + 60_000, request: `GET ${path}` },
    auditor,
  );
  const answer = await fetch(new URL(path, served.url), { headers: { authorization } });
  expect(answer.status).toBe(200);
  return (await answer.json()).trades as {
    seller: string;
    buyer: string;
    quantity: string;
    supplyPrice: string;
  }[];
}

describe("Live, of a private market", () => {
  for (const [look, options] of Object.entries(looks))
    it(`shows everybody sums and says that there is no more to see: ${look}`, async () => {
      const { page, problems } = await live("en", options);
      await page.getByText(/^A private market: everybody is shown/).waitFor();
      expect(await headings(page, "Newest blocks")).toEqual([
        ...[
          "Block",
          "Sealed",
          "Orders",
          "Trades",
          "Local",
          "From the grid",
          "To the grid",
          "Hash",
          "Checked",
        ],
      ]);
      // Of what ann offers bob takes 1; the rest goes to the grid.
      const full = page.locator("tbody tr", { hasText: "1.50 kWh" }).first();
      await full.waitFor();
      expect(await full.locator("td").allTextContents()).toEqual(
        expect.arrayContaining(["1.00 kWh", "0.00 kWh", "1.50 kWh"]),
      );
      const said = await page.locator(".view").innerText();
      for (const never of ["No prices yet", "Prices", "1 offer", "1 bid", "0.08"])
        expect(said).not.toContain(never);
      await looked(page, look);
      expect(problems).toEqual([]);
      await page.context().close();
    });

  it("asks for the key with the name, and follows nobody without it", async () => {
    const { page } = await live("en");
    await page.getByText(/A name alone shows nothing/).waitFor();
    await page.getByLabel("Member", { exact: true }).fill("ann");
    await page.getByRole("button", { name: "Show" }).click();
    const missing = await page
      .getByLabel("Key file")
      .evaluate((input) => (input as HTMLInputElement).validity.valueMissing);
    expect(missing).toBe(true);
    expect(await page.getByText("No trade of yours").count()).toBe(0);
    await page.getByText(/^A private market: everybody is shown/).waitFor();
    await page.context().close();
  });

  for (const [look, options] of Object.entries(looks))
    it(`shows a member with its key what is its own, and nothing of others: ${look}`, async () => {
      const { page } = await live("en", options);
      await showAs(page, "ann", english);
      await page.getByText(/^A private market: beside the sums of each block you see your own/).waitFor();
      const row = page.locator("tr", { has: page.locator("td", { hasText: /^sold$/ }) }).first();
      await row.waitFor();
      expect(await headings(page, "Newest trades")).toEqual([
        "Block",
        "Energy",
        "What",
        "How much",
        "EUR per kWh",
      ]);
      const [height, ...cells] = await row.locator("th, td").allTextContents();
      const trade = (await audited(Number(height))).find(
        ({ seller, buyer }) => seller === "ann" && buyer !== "grid",
      )!;
      expect(trade.buyer).toBe("bob");
      const price = Number(trade.supplyPrice).toFixed(3);
      expect(cells.slice(1)).toEqual(["sold", expect.stringMatching(/^[12]\.[05]0 kWh$/), price]);
      await page.locator(".price-bar").first().waitFor();
      await page.getByText("1 offer of 2.50 kWh, no bids").waitFor();
      expect(await headings(page, "Newest blocks")).toContain("My price");
      const said = await page.locator(".view").innerText();
      for (const never of ["bob", "1 bid"]) expect(said).not.toContain(never);
      await looked(page, `own-${look}`);
      await page.context().close();
    });

  it("says all of it in German as well", async () => {
    const { page } = await live("de", looks.phone);
    await page.getByText(/^Ein privater Markt: Alle sehen die Summen jedes Blocks/).waitFor();
    expect(await headings(page, "Neueste Blöcke")).toContain("Ins Netz");
    await looked(page, "german");
    await showAs(page, "bob", german);
    await page
      .getByText(/^Ein privater Markt: Neben den Summen jedes Blocks sehen Sie Ihre eigenen/)
      .waitFor();
    await page
      .locator("td", { hasText: /^gekauft$/ })
      .first()
      .waitFor();
    expect(await headings(page, "Neueste Blöcke")).toContain("Mein Preis");
    await page.getByText("keine Angebote, 1 Kaufgebot über 1,00 kWh").waitFor();
    await looked(page, "own-german");
    await page.context().close();
  });
});
