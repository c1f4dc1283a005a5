/**
 * A smoke of the page in the Firefox that people have: what a visitor does, and that the browser has nothing to
 * complain of. Where no Firefox is found or can be installed, it is skipped by name.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { servePage } from "../../../src/cli/parts/page.js";
import type { Served } from "../../../src/cli/parts/serving.js";
import { findFirefox } from "../../support/find.mjs";
import { type Sent, sendLedger } from "../../support/handedfiles.js";
import { ready } from "../browser.js";
import { type FoxTab, openFirefox } from "./bidi.js";

const path = findFirefox();
const which = path ?? "none found: set FIREFOX_PATH, or install Debian's package firefox-esr";

describe.skipIf(path === null)(`the page in Firefox (${which})`, () => {
  let server: Served;
  let sent: Sent;
  let browser: Awaited<ReturnType<typeof openFirefox>>;
  let tab: FoxTab;
  beforeAll(async () => {
    [browser, sent] = await Promise.all([openFirefox(path!), sendLedger()]);
    server = await servePage(fileURLToPath(new URL("../../../dist/web/", import.meta.url)), "127.0.0.1", 0);
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    await server?.close();
    sent?.remove();
  });
  beforeEach(async () => {
    tab = await browser.tab();
  });
  afterEach(async () => {
    await tab.close();
    expect(tab.problems).toEqual([]);
  });

  const go = (hash: string): Promise<void> => tab.go(server.url + hash);
  const press = (name: string): Promise<void> => tab.click("button", name);
  const to = (view: string): Promise<void> => tab.click("#views a", view);
  const there = (selector: string, least = 1): Promise<void> =>
    tab.until((of, size) => document.querySelectorAll(of).length >= size, selector, least);
  const says = (text: string): Promise<void> =>
    tab.until((part) => document.body.innerText.includes(part), text);
  const text = (selector: string): Promise<string> =>
    tab.run((of) => document.querySelector<HTMLElement>(of)?.innerText ?? "", selector);
  const size = (selector: string): Promise<number> =>
    tab.run((of) => document.querySelectorAll(of).length, selector);
  const hash = (): Promise<string> => tab.run(() => location.hash);

  it("is told of, where something is wrong", async () => {
    await go("#/story");
    await there(".story[data-ready]");
    await tab.run(() => void setTimeout(() => console.error("planted")));
    await expect.poll(() => tab.problems).toEqual(["error: planted"]);
    tab.problems.length = 0;
  });

  it("tells the story to its end, and opens the same market behind it", async () => {
    await go("");
    await there(".story[data-ready]");
    await press("They can. How?");
    await tab.click(".bets .button:last-child");
    for (const next of ["And the rest?", "And over the whole day?", "Who says that this is true?"])
      await press(next);
    await press("Check it here");
    await there(".checks .held", 5);
    await press("Change a price in it");
    await says("Found out: one price was changed in a copy");
    await press("And now?");
    await press("Walk through this period step by step");
    await there(".queue .block", 3);
    expect(await hash()).toBe("#/period?members=3&seed=34&time=1020");
  });

  it("shows a home with its bill proved line by line", async () => {
    await go("#/home?minutes=60&members=40");
    await there(ready.home!);
    expect(await text(".lead")).toContain("home with solar panels");
    const lines = await size(".bill tbody tr");
    expect(lines).toBeGreaterThan(3);
    expect((await text(".bill tbody")).split("✓ proved").length - 1).toBe(lines);
  });

  it("judges a ledger of gridclear run, and one that somebody changed", async () => {
    const { bytes } = sent.file("ledger.gclf");
    bytes[Math.floor(bytes.length / 2)]! ^= 1;
    writeFileSync(join(sent.folder, "changed.gclf"), bytes);
    for (const [name, verdict] of [
      ["ledger.gclf", "It holds."],
      ["changed.gclf", "It does not hold."],
    ] as const) {
      if (name === "ledger.gclf") await go("#/notary");
      else await tab.reload();
      await there(ready.notary!);
      await tab.choose("main input[type=file]", [join(sent.folder, name)]);
      await there(".sent .judged");
      expect(await text(".sent .judged"), name).toContain(verdict);
    }
  });

  it("trades a day while a period is walked through, and goes back and forward between them", async () => {
    await go("#/day?members=120&mix=town");
    await tab.until(() => (document.querySelector("progress")?.value ?? 0) > 0.02);
    await to("Ledger");
    await there(".chain [role=option]", 3);
    await to("Period");
    await there(ready.period!);
    await tab.travel(-2);
    await tab.until(() => location.hash.startsWith("#/day"));
    await says("120 participants, 96 periods");
    await tab.travel(1);
    await there(ready.ledger!);
    expect(await size(".chain [role=option]")).toBe(97);
  });

  // The last: what serves the page is gone afterwards.
  it("works without a network", async () => {
    await go("#/story");
    await tab.run(() => navigator.serviceWorker.ready.then(() => true));
    await tab.reload();
    await tab.until(() => navigator.serviceWorker.controller !== null);
    // A page that is left while it loads complains of what it did not get.
    await there(".story[data-ready]");
    await server.close();
    await tab.reload();
    await there(".story[data-ready]");
    await to("Compare");
    await there(ready.compare!);
    await to("Notary");
    await there(ready.notary!);
  });
});
