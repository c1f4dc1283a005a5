// The report of a study as a person sees it: in a browser, light and dark, on a phone.
import { type Browser, chromium } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { checkScenario } from "../../src/simulation/scenariofile.js";
import { reportPage } from "../../src/study/report/page.js";
import { parseSetting, variantsOf } from "../../src/study/settings.js";
import { compare, type Plan } from "../../src/study/study.js";
import { findChromium, launchFlags } from "../support/find.mjs";
import { axeFinds } from "./browser.js";

let browser: Browser;
beforeAll(async () => {
  browser = await chromium.launch({ executablePath: findChromium(), args: launchFlags });
});
afterAll(() => browser.close());

const scenario = checkScenario({ name: "street", participants: { home: 3 } });

function pageOf(sets: readonly string[]): string {
  const settings = sets.map(parseSetting);
  const plan: Plan = {
    variants: variantsOf(scenario, { settings, mechanisms: ["value", "merit-blend"] }),
    seeds: [1, 2, 3],
    axis: settings.find(({ isRange }) => isRange) ?? null,
  };
  const compared = compare(plan, ({ variant, seed }) => ({
    saved: 1_234_567.8 + 10_000 * variant + seed,
    gini: 0.7 + seed / 100,
    refused: variant,
    "saved.home": -3 * seed,
    // From a little below zero to a little above: the ends of its axis have many digits.
    "electricity.deviation": variant === 0 ? 0.0359 * (seed - 1.4) : 0.39,
    "electricity.price": variant === 1 ? null : 0.25 + seed / 1000,
  }));
  return reportPage(plan, compared, {
    title: "street: a study",
    description: "Three homes.",
    currency: "coin",
    command: `gridclear compare street.json ${sets.map((set) => `--set ${set}`).join(" ")}`,
    version: "1",
    facts: [["scenario", "street"]],
  });
}

const looks = {
  light: { viewport: { width: 1200, height: 900 }, colorScheme: "light" },
  dark: { viewport: { width: 1200, height: 900 }, colorScheme: "dark" },
  phone: { viewport: { width: 360, height: 740 }, colorScheme: "light" },
} as const;

describe("the report of a study", () => {
  for (const [look, options] of Object.entries(looks))
    it(`has nothing for axe to find, no errors, and fits: ${look}`, async () => {
      for (const sets of [["tariffs.electricity.retail=0.40,0.52"], ["participants.storage=0:8:2"]]) {
        // The page's own policy lets no script in, so that axe has to come past it.
        const page = await browser.newPage({ ...options, bypassCSP: true });
        const problems: string[] = [];
        page.on("console", (message) => problems.push(message.text()));
        page.on("request", (request) => problems.push(request.url()));
        await page.setContent(pageOf(sets));
        await page.evaluate(() => {
          for (const behind of document.querySelectorAll("details")) behind.open = true;
        });
        expect(await axeFinds(page)).toEqual([]);
        expect(problems).toEqual([]);
        const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        expect(wide).toBeLessThanOrEqual(0);
        // The two ends of an axis are read as two numbers.
        const gaps = await page.evaluate(() =>
          [...document.querySelectorAll(".ends > span")].map((ends) => {
            const [from, to] = [...ends.children].map((end) => end.getBoundingClientRect());
            return to!.left - from!.right;
          }),
        );
        for (const gap of gaps) expect(gap).toBeGreaterThan(4);
        expect(gaps.length > 0).toBe(sets[0]!.includes(","));
        await page.close();
      }
    });
});
