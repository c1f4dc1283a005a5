// The microscope in a real Chromium: any rules against any others on the same orders, by link and by hand.
import { readFile } from "node:fs/promises";
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
const headings = (): Promise<string[]> => tab.page.locator(".versus thead th").allInnerTexts();
const hour = "minutes=60";

describe("rules A against rules B", () => {
  it("are this matching rule and the other, until others are chosen", async () => {
    await tab.go(`#/compare?${hour}`);
    await until(ready.compare!);
    expect(await headings()).toEqual(["A: Quantity × price", "B: Merit order"]);
    await tab.page.getByText("Choose other rules for B").click();
    const form = tab.page.locator(".both-form");
    await form.getByLabel("Sell what is left through a pool").uncheck();
    await tab.page.waitForFunction(() => location.hash.includes("against=merit-uniform-50-none"));
    await form.getByText("Quantity × price").click();
    await tab.page.waitForFunction(() => location.hash.includes("against=value-counterparty-50-none"));
    await until(ready.compare!);
    expect((await headings())[1]).toBe("B: no pool");
    // A stayed what it was, and the link alone shows the same.
    expect(hash()).not.toContain("mechanism=");
    await tab.page.reload();
    await until(ready.compare!);
    const before = await text(".versus tbody");
    expect((await headings())[1]).toBe("B: no pool");
    await button("Swap A and B").click();
    await until(ready.compare!);
    await tab.page.waitForFunction(
      (was) => document.querySelector<HTMLElement>(".versus tbody")!.innerText !== was,
      before,
    );
    expect(await headings()).toEqual(["A: no pool", expect.stringContaining("B: a pool at 43.0 ct")]);
    await button("The other matching rule again").click();
    await tab.page.waitForFunction(() => !location.hash.includes("against"));
  });

  it("are both drawn over the same curves, with their prices", async () => {
    await tab.go(`#/compare?${hour}&pool=no&time=720&members=40&against=merit-uniform-50-none`);
    await until(ready.compare!);
    for (const kind of ["first", "second"]) {
      const path = await tab.page.locator(`.both-sold.${kind}`).first().getAttribute("d");
      expect(path).toMatch(/^M/);
    }
    // By quantity × price each trade has a price of its own: a bar. One price for all is a line.
    expect(await tab.page.locator(".both-range.first").count()).toBe(1);
    expect(await tab.page.locator(".both-price.second").count()).toBe(1);
  });

  it("say that a text in a link is no rules", async () => {
    await tab.go("#/compare?minutes=60&against=merit-counterparty-50-none");
    await until(ready.compare!);
    expect(await text("#told")).toContain("against can’t be");
    expect((await headings())[1]).toBe("B: Merit order");
  });
});

describe("figures as files", () => {
  const saved = async (name: string): Promise<{ readonly name: string; readonly text: string }> => {
    const [file] = await Promise.all([tab.page.waitForEvent("download"), button(name).click()]);
    return { name: file.suggestedFilename(), text: await readFile(await file.path(), "utf8") };
  };

  it("are pictures that stand alone, in light colours whatever the page has", async () => {
    await tab.page.emulateMedia({ colorScheme: "dark" });
    await tab.go(`#/compare?${hour}&time=720`);
    await until(ready.compare!);
    const { name, text: picture } = await saved("Save as SVG: Supply and demand");
    expect(name).toBe("gridclear-compare-supply-and-demand-and-what-each-sold-of-it-minutes-60-time-720.svg");
    for (const part of [
      "<title>Supply and demand",
      "minutes=60",
      "A sells",
      "sold by A",
      "rgb(13, 122, 111)",
    ])
      expect(picture).toContain(part);
    expect(picture).not.toMatch(/class=|var\(|style=/);
    // A browser draws it alone, and the page is as dark as before.
    const drawn = await tab.page.evaluate(async (source) => {
      const image = new Image();
      image.src = `data:image/svg+xml,${encodeURIComponent(source)}`;
      await image.decode();
      return [image.width, document.documentElement.dataset.theme ?? "auto"];
    }, picture);
    expect(drawn[0]).toBeGreaterThan(600);
    expect(drawn[1]).toBe("auto");
  });

  it("are pictures of charts on a canvas too, and tables with all rows", async () => {
    await tab.go(`#/day?${hour}`);
    await until(ready.day!);
    const { text: picture } = await saved("Save as SVG: Prices");
    expect(picture).toContain("data:image/png;base64,");
    const { name, text: table } = await saved("Save as CSV: Prices");
    expect(name).toBe("gridclear-day-prices-minutes-60.csv");
    const [head, ...rows] = table.trim().split("\r\n");
    expect(head).toBe("Period,Lowest (EUR/kWh),Mean (EUR/kWh),Highest (EUR/kWh)");
    expect(rows).toHaveLength(24);
    for (const row of rows) expect(row).toMatch(/^\d\d:00(?:,(?:0\.\d+)?){3}$/);
  });

  it("are indicators of the day, and of the day by both, with what they say, as CSV and JSON", async () => {
    await tab.go(`#/day?${hour}`);
    await until(ready.day!);
    const sufficiency = "tr:has-text('self-sufficiency')";
    await until(`.indicators ${sufficiency}`);
    expect(await text(`.indicators ${sufficiency}`)).toMatch(/\d%.*came from the community itself/s);
    const { text: json } = await saved("Save as JSON: What the day came to");
    const { indicators, address } = JSON.parse(json);
    expect(address).toContain("minutes=60");
    const found = indicators.find(({ name }: { name: string }) => name === "electricity.selfSufficiency");
    expect(found.unit).toBe("%");
    expect(found.value).toBeGreaterThan(0);
    await tab.go(`#/compare?${hour}`);
    await until(ready.compare!);
    await button("Trade the day by A and by B").click();
    await until(`.indicators ${sufficiency}`);
    const { text: csv } = await saved("Save as CSV: The day by both, in figures");
    const line = csv.split("\r\n").find((each) => each.startsWith("electricity.selfSufficiency,"))!;
    const [, , unit, a, b] = line.split(",");
    expect(unit).toBe("%");
    // A is the day that Day shows.
    expect(Number(a)).toBe(found.value);
    expect(Number(b)).toBeGreaterThan(0);
    expect(csv).toContain("saved,saved,EUR,");
  });
});

describe("many seeds", () => {
  it("are traded by both, shown as they come, and can be stopped", async () => {
    await tab.go("#/compare?minutes=60&members=12");
    await until(ready.compare!);
    await tab.page.getByLabel("Seeds", { exact: true }).selectOption("10");
    await button("Try 10 seeds").click();
    await until("[data-answered] .strip-name");
    expect(await text("[data-answered]")).toMatch(/self-sufficiency\): B is better in \d+/);
    await tab.page.getByText("Table: a day by both").click();
    const row = tab.page.locator("[data-answered] tbody tr", { hasText: "Mean price" });
    expect(await row.innerText()).toMatch(/ct.*ct.*higher in/s);
    await tab.page.getByLabel("Seeds", { exact: true }).selectOption("100");
    await button("Try 100 seeds").click();
    await tab.page.getByText(/^[1-9]\d? of 100 seeds/).waitFor();
    await button("Stop").click();
    await tab.page.getByText(/^Stopped after \d+ seeds/).waitFor();
    expect(await tab.page.locator(".strip-name").count()).toBeGreaterThan(5);
  });
});
