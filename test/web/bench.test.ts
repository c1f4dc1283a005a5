/** The bench in a real Chromium: what it measures, and a link to a result. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { openStage, openTab, type Stage, type Tab } from "./browser.js";

let stage: Stage;
let tab: Tab;
beforeAll(async () => {
  stage = await openStage();
}, 180_000);
afterAll(async () => stage?.close());
beforeEach(async () => {
  tab = await openTab(stage, { reducedMotion: "reduce" });
});
afterEach(async () => {
  await tab.page.context().close();
  expect(tab.problems).toEqual([]);
});

const text = (selector: string): Promise<string> => tab.page.locator(selector).first().innerText();
const count = (selector: string): Promise<number> => tab.page.locator(selector).count();
const until = (selector: string): Promise<void> => tab.page.locator(selector).first().waitFor();

describe("the bench", () => {
  it("measures the engine against JavaScript, with the same results, and names the machine", async () => {
    const { page } = tab;
    await tab.go("#/bench");
    await until(".bench-machine");
    expect(await text(".bench-machine")).toMatch(/logical processors/);
    await page.locator("#bench-most").selectOption("10000");
    await page.getByRole("button", { name: "Run the bench" }).click();
    await page.locator("[data-ready]").waitFor({ timeout: 60_000 });
    expect(await text(".notice")).toMatch(
      /10,000 orders by quantity × price, cleared and sealed: [\d,]+ orders a second\. Cleared in .* against .* in JavaScript, [\d.]+ times as fast; sealed in .* Merit order: cleared in/,
    );
    expect(await page.locator(".card", { hasText: "Time to clear" }).innerText()).toContain(
      "Same roots from both, every time.",
    );
    expect(await count(".speed")).toBe(4);
    expect(await text(".notice")).toMatch(/The first run of each with 1,000 orders, .* took .* against/);
  });

  it("has a link that shows the result to somebody else, as somebody else’s", async () => {
    const { page } = tab;
    await tab.go("#/bench");
    await until(".bench-machine");
    await page.locator("#bench-most").selectOption("10000");
    await page.getByRole("button", { name: "Run the bench" }).click();
    await page.locator("[data-ready]").waitFor({ timeout: 60_000 });
    await page.getByRole("button", { name: "Copy a link to this result" }).waitFor();
    await page.waitForFunction(() => location.hash.includes("result="));
    expect(await count(".foreign")).toBe(0);
    await page.getByText("Table: time to clear").click();
    const table = await text(".behind[open] table");
    const [url, verdict] = [page.url(), await text(".notice")];
    // Another view's link does not carry it along.
    expect(await page.locator("#views a", { hasText: "Day" }).getAttribute("href")).not.toContain("result");

    const other = await page.context().newPage();
    await other.goto(url);
    const foreign = other.locator(".foreign");
    await foreign.waitFor();
    expect(await foreign.innerText()).toMatch(
      /^Somebody else’s result, out of a link\. It was not measured here, .* logical processors/,
    );
    expect(await other.locator(".notice:not(.foreign)").innerText()).toBe(verdict);
    await other.getByText("Table: time to clear").click();
    expect(await other.locator(".behind[open] table").innerText()).toBe(table);
    expect(await other.getByRole("button", { name: "Copy a link" }).count()).toBe(0);
    // A result that is none is refused, and the address put right.
    await other.goto("about:blank");
    await other.goto(url.replace(/result=1/, "result=9"));
    await other.locator("#told").getByText("result can’t be").waitFor();
    expect(other.url()).not.toContain("result");
    await other.locator(".notice", { hasText: "Not run yet." }).waitFor();
    await other.close();
  });
});
