/** What the first view weighs: every request of the page and of its worker, packed as a host would send it. */
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { extname } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openStage, openTab, ready, type Stage } from "./browser.js";

const most = 150_000;
const types: Record<string, string> = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
};
const folder = fileURLToPath(new URL("../../dist/web/", import.meta.url));

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(async () => stage?.close());

/** A host of the built page that keeps count of what it sends, whoever asks for it. */
async function openHost() {
  const sent: (readonly [name: string, bytes: number])[] = [];
  const server = createServer(async (request, response) => {
    const name = (request.url ?? "").replace(/^\//, "").replace(/[?#].*/, "") || "index.html";
    const read = await readFile(`${folder}${name}`).catch(() => null);
    if (read === null) return void response.writeHead(404).end();
    const packed = gzipSync(read);
    sent.push([name, packed.length]);
    response.writeHead(200, {
      "content-type": types[extname(name)] ?? "text/plain",
      "content-encoding": "gzip",
    });
    response.end(packed);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    sent,
    close(): void {
      server.closeAllConnections();
      server.close();
    },
  };
}

const looks = [
  ["story", "en-GB"],
  ["story", "de-DE"],
  ["period", "en-GB"],
  ["period", "de-DE"],
] as const;

describe("the first view", () => {
  for (const [view, locale] of looks)
    it(`weighs less than 150 kB, the worker and all else that is asked for counted: ${view}, ${locale}`, async () => {
      const host = await openHost();
      const { page } = await openTab(stage, { locale, serviceWorkers: "block" });
      await page.goto(`${host.url}#/${view}`);
      await page.locator(ready[view]!).first().waitFor();
      // Until its figures stand still: the time of a clearing is measured last.
      if (view === "period") await page.locator(".tiles dd", { hasText: "…" }).waitFor({ state: "detached" });
      await page.waitForLoadState("networkidle");
      const total = host.sent.reduce((sum, [, bytes]) => sum + bytes, 0);
      console.log(`${view}, ${locale}: ${total} bytes in ${host.sent.length} requests`);
      const names = host.sent.map(([name]) => name);
      expect(names.some((name) => name.includes("worker-"))).toBe(true);
      expect(names.filter((name) => /\/de-/.test(name))).toHaveLength(locale === "de-DE" ? 1 : 0);
      expect(total, host.sent.map((each) => each.join(" ")).join("\n")).toBeLessThan(most);
      await page.context().close();
      host.close();
    });

  it("shows of the period that comes with the page what trading the day shows of it", async () => {
    const shown = async (page: Page): Promise<string[]> => {
      await page.locator(ready.period!).first().waitFor();
      const said: string[] = [];
      for (let last = ""; ; ) {
        const at = await page.locator(".walk-bar .number").innerText();
        if (at === last) break;
        last = at;
        said.push(await page.locator(".walk-say").innerText());
        await page.getByRole("button", { name: "Next step" }).click();
      }
      return [...(await page.locator(".tiles dd").allInnerTexts()).slice(0, 4), ...said];
    };
    const open = async (hash: string) => {
      const host = await openHost();
      const { page } = await openTab(stage, { serviceWorkers: "block", reducedMotion: "reduce" });
      await page.goto(host.url + hash);
      const said = await shown(page);
      const requests = host.sent.length;
      await page.context().close();
      host.close();
      return { said, requests };
    };
    for (const street of ["", "&members=3&seed=34&time=1020"]) {
      const [built, traded] = [
        await open(`#/period?speed=100${street}`),
        await open(`#/period?currency=USD${street}`),
      ];
      // Another currency is another day, with the same numbers.
      expect(traded.said.map((text) => text.replaceAll("$", "€").replaceAll("¢", "ct"))).toEqual(built.said);
      expect(built.said.length).toBeGreaterThan(6);
      expect(traded.requests).toBeGreaterThan(built.requests);
    }
  });
});
