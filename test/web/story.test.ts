/** The story in a real browser: to its end by pointer and by keyboard, and out into the same market. */
import axe from "axe-core";
import type { BrowserContextOptions } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openStage, openTab, type Stage, type Tab } from "./browser.js";

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(async () => stage?.close());

async function open(act: (tab: Tab) => Promise<void>, options: BrowserContextOptions = {}): Promise<void> {
  const tab = await openTab(stage, options);
  await act(tab);
  expect(tab.problems).toEqual([]);
  await tab.page.context().close();
}

const hash = ({ page }: Tab): string => new URL(page.url()).hash;
const tale = ({ page }: Tab): Promise<string> => page.locator(".tale").innerText();
const told = async ({ page }: Tab): Promise<void> => page.locator(".story[data-ready]").waitFor();

describe("the story", () => {
  it("opens the page, takes a bet, plays the period, shows the day, and has the block checked", () =>
    open(async (tab) => {
      const { page } = tab;
      await tab.go("");
      await told(tab);
      const go = (name: string): Promise<void> => page.getByRole("button", { name, exact: true }).click();
      await go("They can. How?");
      await page.getByRole("heading", { name: "Who will be served first?" }).waitFor();
      const homes = await page.locator(".bets .button").allInnerTexts();
      expect(homes).toHaveLength(2);
      // Whoever would pay more is not first here: it wants more than there is.
      await go(homes[0]!);
      await expect.poll(() => tale(tab)).toContain(`You said ${homes[0]}: not this time.`);
      await page.goBack();
      await go(homes[1]!);
      await expect.poll(() => tale(tab)).toContain(`You said ${homes[1]}: right.`);
      await page.getByText(/^\d[\d.]* Wh at \d+\.\d ct$/).waitFor();
      await go("And the rest?");
      await expect.poll(() => tale(tab)).toContain(`${homes[0]} takes all that is left`);
      await go("And over the whole day?");
      await page.locator(".hours[role=img]").waitFor();
      const better = await page.locator("tbody td:last-child").allInnerTexts();
      expect(better).toHaveLength(3);
      for (const text of better) expect(text).toMatch(/^€\d/);
      await go("Who says that this is true?");
      await go("Check it here");
      await page.locator(".checks .held").nth(4).waitFor();
      await go("Change a price in it");
      await page
        .getByText(/^Found out: one price was changed in a copy, and [1-5] of 5 checks fail\.$/)
        .waitFor();
      await go("And now?");
      await go("Walk through this period step by step");
      await page.locator(".queue .block").nth(2).waitFor();
      expect(hash(tab)).toBe("#/period?members=3&seed=34&time=1020");
      expect(await page.locator(".queue .block").count()).toBe(3);
    }));

  it("is walked by keyboard and history, and can be left at any screen for the same market", () =>
    open(
      async (tab) => {
        const { page } = tab;
        await tab.go("#/story");
        await told(tab);
        await page.getByRole("button", { name: "They can. How?" }).focus();
        await page.keyboard.press("Enter");
        await page.getByRole("heading", { name: "Who will be served first?" }).waitFor();
        expect(hash(tab)).toBe("#/story?step=1");
        await page.keyboard.press("ArrowLeft");
        await page.getByRole("heading", { name: "Three homes, and sun to spare" }).waitFor();
        await page.goBack();
        await page.getByRole("heading", { name: "Who will be served first?" }).waitFor();
        await page.keyboard.press("Tab");
        await page.keyboard.press("Tab");
        await page.keyboard.press("Enter");
        await page.getByRole("heading", { name: /is first$/ }).waitFor();
        await page.getByRole("button", { name: "Leave for the market itself" }).click();
        await page.locator(".queue .block").nth(2).waitFor();
        expect(hash(tab)).toContain("members=3&seed=34&time=1020");
      },
      { reducedMotion: "reduce" },
    ));

  it("fits a phone, and axe finds nothing on any screen", () =>
    open(
      async (tab) => {
        const { page } = tab;
        for (let step = 0; step < 7; step++) {
          await tab.go(`#/story?step=${step}`);
          await told(tab);
          await page.evaluate(axe.source);
          const found = await page.evaluate(async () =>
            (await (window as unknown as { axe: typeof axe }).axe.run()).violations.map(({ id }) => id),
          );
          expect(found, `screen ${step}`).toEqual([]);
          const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
          expect(wide, `screen ${step}`).toBeLessThanOrEqual(0);
        }
      },
      { viewport: { width: 360, height: 740 }, colorScheme: "dark", reducedMotion: "reduce", hasTouch: true },
    ));

  it("has its houses on one line on a small phone, no number without its unit, and the bar's parts side by side", () =>
    open(
      async (tab) => {
        const { page } = tab;
        for (let step = 0; step < 4; step++) {
          await tab.go(`#/story?step=${step}`);
          await told(tab);
          const bottoms = await page
            .locator(".street .house")
            .evaluateAll((houses) => houses.map((house) => Math.round(house.getBoundingClientRect().bottom)));
          expect(new Set(bottoms).size, `screen ${step}`).toBe(1);
          const lines = await page.locator(".street .says p, .street .got").allTextContents();
          for (const line of lines) expect(line).not.toMatch(/\d (?:Wh|ct)/);
        }
        const bar = await page.locator(".bar").evaluate((all) => {
          const name = document.createRange();
          name.selectNodeContents(all.querySelector(".brand")!);
          return {
            name: name.getBoundingClientRect(),
            language: all.querySelector("select")!.getBoundingClientRect(),
          };
        });
        expect(bar.name.right).toBeLessThanOrEqual(bar.language.left);
      },
      { viewport: { width: 345, height: 740 }, locale: "de-DE", reducedMotion: "reduce", hasTouch: true },
    ));

  it("is told in German to whoever chooses it, with decimal commas", () =>
    open(async (tab) => {
      await tab.go("#/story?step=1");
      await told(tab);
      await tab.page.getByLabel("Language").selectOption("de");
      await expect.poll(() => tale(tab)).toContain("Ihre Wette?");
      expect(await tab.page.locator("html").getAttribute("lang")).toBe("de");
      expect(await tab.page.locator(".street").innerText()).toMatch(/höchstens 40,7\sct/);
      expect(hash(tab)).toBe("#/story?step=1");
      await tab.page.getByLabel("Sprache").selectOption("en");
      await expect.poll(() => tale(tab)).toContain("Place your bet.");
    }));
});
