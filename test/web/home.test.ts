// My home in a real Chromium: one picks a door, reads what the day brought, asks why orders were served or not, and
// has the bill checked, changed and kept.
import { readFileSync } from "node:fs";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { openStage, openTab, ready, type Stage, type Tab } from "./browser.js";

let stage: Stage;
let tab: Tab;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(async () => stage?.close());
beforeEach(async () => {
  tab = await openTab(stage, { reducedMotion: "reduce", acceptDownloads: true });
});
afterEach(async () => {
  await tab.page.context().close();
  expect(tab.problems).toEqual([]);
});

const text = (selector: string): Promise<string> => tab.page.locator(selector).first().innerText();
const until = (selector: string): Promise<void> =>
  tab.page.locator(selector).first().waitFor({ state: "attached" });
const hash = (): string => new URL(tab.page.url()).hash;
const button = (name: string | RegExp) => tab.page.getByRole("button", { name });
/** An hour a period: the day is there at once. */
const day = "minutes=60&members=40";
const why = ".why-order";

describe("my home", () => {
  it("is a home with solar panels, and anybody whom one picks", async () => {
    await tab.go(`#/home?${day}`);
    await until(ready.home!);
    expect(await text(".lead")).toContain("home with solar panels");
    expect(await text(".tiles")).toContain("with a supplier only");
    const money = await text(".whole");
    for (const part of ["sold to neighbours", "With the community", "With a supplier only", "Difference"])
      expect(money).toContain(part);
    const list = tab.page.getByLabel("Whose door");
    const names = await list.locator("option").allInnerTexts();
    expect(names.length).toBe(40);
    expect(new Set(names).size).toBe(40);
    const other = names.findIndex((name) => name.startsWith("Business"));
    await list.selectOption({ index: other });
    await tab.page.waitForFunction(() =>
      document.querySelector(".lead")!.textContent!.startsWith("Business"),
    );
    const value = await list.inputValue();
    expect(hash()).toContain(`home=${value}`);
    await until(ready.home!);
    expect(await text(".bill .total")).toMatch(/^Business \d+, \w+ \d{4}: .* to (pay|be paid out)\.$/);
    // The link alone shows the same.
    await tab.page.reload();
    await until(ready.home!);
    expect(await text(".lead")).toMatch(/^Business/);
    await tab.page.goBack();
  });

  it("says why in each period, by slider and keyboard, and leads to the day, the period and the block", async () => {
    await tab.go(`#/home?${day}&time=720`);
    await until(why);
    const noon = await text(why);
    expect(noon).toMatch(/offered .* for at least|asked for .* and would pay at most/);
    const slider = tab.page.getByRole("slider", { name: "Period", exact: true });
    await slider.press("ArrowRight");
    await tab.page.waitForFunction(
      (was) => document.querySelector<HTMLElement>(".why-order")!.innerText !== was,
      noon,
    );
    expect(hash()).toContain("time=780");
    expect(await text(".scrub .when")).toBe("13:00 to 14:00");
    await button("Open its block").click();
    await until(ready.ledger!);
    expect(hash()).toMatch(/^#\/ledger\?.*block=14/);
    await tab.page.goBack();
    await until(ready.home!);
    await button("See it in the day").click();
    await until(ready.day!);
    expect(await text(".scrub .when")).toBe("13:00 to 14:00");
    await tab.page.goBack();
    await until(ready.home!);
    await button("Walk through this period").click();
    await until(ready.period!);
    expect(hash()).toMatch(/^#\/period\?.*time=780/);
  });

  it("is reached from an order of a block and from the day, in the same period", async () => {
    await tab.go(`#/ledger?${day}&block=14`);
    await until(ready.ledger!);
    const orders = tab.page.locator(".scroll", { hasText: "see the day from its door" });
    const door = orders.locator("tbody tr button").last();
    const name = await door.innerText();
    await door.click();
    await tab.page.waitForFunction(
      (who) => document.querySelector(".lead")!.textContent!.startsWith(`${who},`),
      name,
    );
    expect(hash()).toContain("time=780");
    await until(ready.home!);
    expect(await text(why)).toContain(name);
    // An order's dialog in the walk through a period knows whose it is.
    await tab.go("#/period");
    await until(".queue .block");
    await tab.page.locator(".queue .key").first().press("Enter");
    const way = button(/^See the day from the door of/);
    const whose = (await way.innerText()).split("door of ")[1];
    await way.click();
    await tab.page.waitForFunction(
      (who) => document.querySelector(".lead")!.textContent!.startsWith(`${who},`),
      whose,
    );
    await until(ready.home!);
    await tab.go(`#/day?${day}`);
    await until(ready.day!);
    await button("My home").click();
    await until(ready.home!);
    expect(hash()).toMatch(/^#\/home/);
  });

  it("has its bill checked line by line, and names the line that somebody changed", async () => {
    await tab.go(`#/home?${day}`);
    await until(ready.home!);
    const proofs = tab.page.locator(".bill tbody tr");
    const size = await proofs.count();
    expect(size).toBeGreaterThan(3);
    expect(await tab.page.locator(".bill tbody td", { hasText: "✓ proved" }).count()).toBe(size);
    expect(await text(".bill .verdict")).toContain(`✓ All ${size} lines follow from`);
    await button("Try to cheat: change a line").click();
    await until(".bill .verdict.bad");
    const name = await text(".bill tr.bad th");
    expect(await text(".bill .verdict.bad li")).toContain(`${name} (`);
    expect(await text(".bill .verdict.bad li")).toContain("the proofs say");
    expect(await tab.page.locator(".bill tr.bad").count()).toBe(1);
    await button("Try to cheat: change a line").click();
    await tab.page.locator(".bill tbody tr:nth-child(2).bad").waitFor();
    await button("Put it right").click();
    await until(".bill .verdict:not(.bad)");
    expect(await button("Put it right").isVisible()).toBe(false);
  });

  it("gives the bill as data and as a page that checks itself", async () => {
    await tab.go(`#/home?${day}`);
    await until(ready.home!);
    const saved = async (name: string | RegExp): Promise<string> => {
      const [file] = await Promise.all([tab.page.waitForEvent("download"), button(name).click()]);
      return readFileSync((await file.path())!, "utf8");
    };
    const bill = JSON.parse(await saved(/JSON/));
    expect(bill.lines.length).toBe(await tab.page.locator(".bill tbody tr").count());
    const html = await saved(/HTML/);
    const page = await tab.page.context().newPage();
    await page.route("https://bill.example/", (route) =>
      route.fulfill({ contentType: "text/html", body: html }),
    );
    await page.goto("https://bill.example/");
    await page.locator("#verdict .good").waitFor();
    expect(await page.locator("#verdict").innerText()).toContain(`all ${bill.lines.length} lines follow`);
    await page.close();
  });

  it("fits a phone, and says when it trades none of the energy that is chosen", async () => {
    await tab.page.setViewportSize({ width: 390, height: 844 });
    await tab.go(`#/home?${day}&carrier=gas`);
    await until(ready.home!);
    expect(await text(".notice:not([hidden])")).toMatch(
      /neither buys nor sells any of this: choose .*Electricity/,
    );
    const wide = await tab.page.evaluate(() => document.documentElement.scrollWidth);
    expect(wide).toBeLessThanOrEqual(390);
    // What a line comes to can be seen without scrolling it.
    const amount = (await tab.page.locator(".bill tbody tr:first-child td").first().boundingBox())!;
    expect(amount.x + amount.width).toBeLessThanOrEqual(390);
  });
});
