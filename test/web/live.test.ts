// The Live view on a market that runs: `gridclear serve` as a process, two members that trade, and a browser beside.
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { Readable, Transform } from "node:stream";
import type { BrowserContextOptions } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ServedProcess, serveProcess, type Traders, tradersOf } from "../support/servedmarket.js";
import { axeFinds, openStage, openTab, type Stage } from "./browser.js";

let stage: Stage;
let served: ServedProcess;
let url = "";
let traders: Traders;

beforeAll(async () => {
  stage = await openStage();
  served = await serveProcess({
    market: { id: "elm street", currency: "EUR", periodMs: 1_500 },
    limits: { burst: 10_000, perSecond: 10_000 },
  });
  url = served.url;
  traders = tradersOf(served);
  await Promise.all([
    traders.join("ann", { carrier: "electricity", side: "offer", quantity: "2.5", price: "0.08" }),
    traders.join("bob", { carrier: "electricity", side: "bid", quantity: "1.5", price: "0.3" }),
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

/** What went wrong, but for the stream of events that the page ended itself, to follow as somebody else. */
const troubles = (problems: readonly string[]): string[] =>
  problems.filter((problem) => !problem.startsWith(`request: ${url}v1/events`));

describe("Live", () => {
  for (const [look, options] of Object.entries(looks))
    it(`opens at once on the market beside the page, and axe finds nothing: ${look}`, async () => {
      const { page, problems } = await openTab(stage, options);
      page.setDefaultTimeout(12_000);
      await page.goto(`${url}page`);
      expect(page.url()).toBe(`${url}page/`);
      await page.locator(".view[data-ready]").waitFor();
      expect(await page.locator("h1").textContent()).toBe("Live");
      await page.locator("td", { hasText: "yes" }).first().waitFor();
      await page.getByLabel("Member", { exact: true }).fill("ann");
      await page.getByRole("button", { name: "Show" }).click();
      await page.locator("td", { hasText: "sold to" }).first().waitFor();
      for (const summary of await page.locator(".behind > summary").all()) await summary.click();
      expect(await axeFinds(page)).toEqual([]);
      expect(
        await page.evaluate(() => document.documentElement.scrollWidth - innerWidth),
      ).toBeLessThanOrEqual(0);
      if (process.env.LIVE_PICTURES !== undefined)
        await page.screenshot({ path: join(process.env.LIVE_PICTURES, `live-${look}.png`), fullPage: true });
      expect(troubles(problems)).toEqual([]);
      await page.context().close();
    });

  it("shows blocks as they fall, each checked, with the price that was paid", async () => {
    const { page, problems } = await openTab(stage);
    page.setDefaultTimeout(12_000);
    await page.goto(`${url}page/#/live`);
    const newest = async (): Promise<number> =>
      Number(await page.locator(".scroll tbody th").first().textContent());
    await page.locator("td", { hasText: "yes" }).first().waitFor();
    await page
      .locator("td", { hasText: /^0[.][0-9]{3}$/ })
      .first()
      .waitFor();
    const before = await newest();
    await expect.poll(newest, { timeout: 10_000 }).toBeGreaterThan(before + 1);
    const checked = page.locator("tr", { has: page.locator("th", { hasText: new RegExp(`^${before}$`) }) });
    expect(await checked.locator("td").last().textContent()).toBe("yes");
    // What the two agree on lies between their limits.
    const block = await (await fetch(`${url}v1/periods/${before}`)).json();
    const { lowest } = block.carriers.electricity.prices;
    expect(Number(lowest)).toBeGreaterThanOrEqual(0.08);
    expect(Number(lowest)).toBeLessThanOrEqual(0.3);
    expect(await checked.locator("td").nth(6).textContent()).toBe(Number(lowest).toFixed(3));
    expect(troubles(problems)).toEqual([]);
    await page.context().close();
  });

  it("signs an order with a key that stays in the page, and the block keeps it", async () => {
    const { page, problems } = await openTab(stage);
    page.setDefaultTimeout(12_000);
    await page.goto(`${url}page/#/live`);
    await page.locator(".view[data-ready]").waitFor();
    await page.getByLabel("Member", { exact: true }).fill("bob");
    await page.getByLabel("Key file").setInputFiles(join(served.folder, "bob.key"));
    await page.getByRole("button", { name: "Show" }).click();
    await page.getByText(/^Balance: /).waitFor();
    await page.getByLabel("Energy").last().selectOption("heat");
    await page.getByLabel("How much, kWh").fill("3.25");
    await page.getByLabel("Limit per kWh").fill("0.2");
    await page.getByRole("button", { name: "Sign and send" }).click();
    const said = await page.getByText(/^Taken: order/).textContent();
    const period = Number(/period (\d+)/.exec(said!)![1]);
    await expect
      .poll(async () => (await (await fetch(`${url}v1/market`)).json()).period, { timeout: 10_000 })
      .toBeGreaterThan(period);
    const { carriers } = await (await fetch(`${url}v1/periods/${period}`)).json();
    expect(carriers.heat.energy.asked).toBe("3.25");
    expect(troubles(problems)).toEqual([]);
    await page.context().close();
  });

  it("refuses a file that is no key, and says so", async () => {
    const { page } = await openTab(stage);
    page.setDefaultTimeout(12_000);
    await page.goto(`${url}page/#/live`);
    await page.locator(".view[data-ready]").waitFor();
    await page.getByLabel("Member", { exact: true }).fill("bob");
    await page.getByLabel("Key file").setInputFiles(join(served.folder, "MARKET.json"));
    await page.getByRole("button", { name: "Show" }).click();
    await page.getByText("a key file as gridclear keys make writes it is needed").waitFor();
    await page.context().close();
  });

  it("says loudly when the service tells of a block that its ledger does not hold", async () => {
    const liar = await lyingProxy();
    const { page } = await openTab(stage);
    page.setDefaultTimeout(12_000);
    await page.goto(`http://127.0.0.1:${(liar.address() as AddressInfo).port}/page/#/live`);
    await page.getByText(/^The service told what is not so/).waitFor();
    await page.context().close();
    liar.closeAllConnections();
    liar.close();
  });

  it("says what to do where the page is served without a market", async () => {
    const { page, problems, go } = await openTab(stage);
    page.setDefaultTimeout(12_000);
    await go("#/live");
    await page.getByText("npx gridclear serve MARKET.json").waitFor();
    expect(troubles(problems)).toEqual([]);
    await page.context().close();
  });
});

/** Hands everything on, but for the hashes of blocks that are told: their first digit is another. */
async function lyingProxy(): Promise<Server> {
  const server = createServer(async (request, response) => {
    const answer = await fetch(new URL(request.url!, url), { redirect: "manual" });
    const { "content-encoding": _, "content-length": __, ...headers } = Object.fromEntries(answer.headers);
    response.writeHead(answer.status, headers);
    const lie = new Transform({
      transform(piece, _encoding, next) {
        const text = String(piece);
        next(
          null,
          text.includes("event: block")
            ? text.replace(/"hash":"(.)/g, (_all, digit) => `"hash":"${digit === "0" ? "1" : "0"}`)
            : piece,
        );
      },
    });
    if (answer.body === null) return void response.end();
    Readable.fromWeb(answer.body as never)
      .on("error", () => response.destroy())
      .pipe(
        request.url!.startsWith("/v1/events")
          ? lie
          : new Transform({ transform: (piece, _e, next) => next(null, piece) }),
      )
      .pipe(response);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return server;
}
