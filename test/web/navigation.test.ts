/**
 * Going from view to view in a real browser: what is shown, where one is, where the focus is, and what breaks nothing.
 */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openStage, openTab, ready, type Stage, type Tab } from "./browser.js";

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(async () => stage?.close());

const open = async (run: (tab: Tab) => Promise<void>, options = {}): Promise<void> => {
  const tab = await openTab(stage, { reducedMotion: "reduce", ...options });
  await run(tab);
  expect(tab.problems).toEqual([]);
  await tab.page.context().close();
};
const to = ({ page }: Tab, view: string) => page.locator("#views a", { hasText: view }).click();

describe("the ledger", () => {
  it("shows and verifies the block of the day that is set, whatever was looked at before", () =>
    open(async (tab) => {
      const { page } = tab;
      await tab.go("#/ledger?minutes=60&block=9");
      await page.locator(ready.ledger!).first().waitFor();
      await to(tab, "Day");
      await page.locator(ready.day!).first().waitFor();
      await page.getByLabel("Season").selectOption("winter");
      await page.waitForFunction(() => location.hash.includes("winter"));
      await page.locator(ready.day!).first().waitFor();
      await to(tab, "Period");
      await page.locator(ready.period!).first().waitFor();
      await page.getByLabel("Season").selectOption("summer");
      await to(tab, "Ledger");
      await page.locator(ready.ledger!).first().waitFor();
      await page.locator(".chain").focus();
      await page.keyboard.press("ArrowRight");
      await page.getByRole("heading", { name: "Block 10", exact: true }).waitFor();
      const strip = await page.locator(".chain [aria-selected=true]").innerText();
      const hash = await page.locator(".facts dd").first().innerText();
      expect(strip).toContain(hash.slice(0, 8));
      await page.getByText(/sealed 15 July 2026, 10:00 \(UTC\+2\)/).waitFor();
      await page.getByRole("button", { name: "Verify this block here" }).click();
      await page.getByText("This block is valid.").waitFor();
    }));

  it("marks the block that was changed and all that rest on it", () =>
    open(async (tab) => {
      const { page } = tab;
      await tab.go("#/ledger?minutes=60&block=9");
      await page.locator(ready.ledger!).first().waitFor();
      await page.getByRole("button", { name: "Tamper with this block" }).click();
      await page.locator(".chain .broken").waitFor();
      expect(await page.locator(".chain .broken").getAttribute("id")).toBe("block-9");
      expect(await page.locator(".chain .doubtful").count()).toBe(15);
      await page.locator("#block-12").click();
      await page.getByRole("heading", { name: "Block 12", exact: true }).waitFor();
      expect(await page.locator(".chain .broken, .chain .doubtful").count()).toBe(0);
    }));
});

describe("Day and Ledger", () => {
  it("share one day: leaving one for the other ends neither", () =>
    open(async (tab) => {
      const { page } = tab;
      await tab.go("#/day?members=120&minutes=15&mix=town");
      await page.waitForFunction(() => (document.querySelector("progress")?.value ?? 0) > 0.02);
      await to(tab, "Ledger");
      await page.locator(".chain [role=option]").nth(3).waitFor();
      await to(tab, "Day");
      await page.locator("[data-ready]").waitFor();
      await page.getByText(/120 participants, 96 periods/).waitFor();
      await to(tab, "Ledger");
      await page.locator(ready.ledger!).first().waitFor();
      expect(await page.locator(".chain [role=option]").count()).toBe(97);
    }));

  it("are ready in the end, however fast one switches", () =>
    open(async (tab) => {
      const { page } = tab;
      await tab.go("#/day?minutes=60");
      await page.locator("h1").waitFor();
      for (let time = 0; time < 40; time++)
        await page.evaluate(
          (view) => {
            location.hash = `#/${view}?minutes=60&season=${view === "day" ? "winter" : "summer"}`;
          },
          time % 2 ? "day" : "ledger",
        );
      await page.evaluate(() => {
        location.hash = "#/ledger?minutes=60&block=3";
      });
      await page.getByRole("heading", { name: "Block 3", exact: true }).waitFor();
      await page.evaluate(() => {
        location.hash = "#/day?minutes=60&season=winter";
      });
      await page.getByText(/14 participants, 24 periods/).waitFor();
    }));
});

describe("going from view to view", () => {
  it("begins a view at its beginning, and comes back to where one was", () =>
    open(async (tab) => {
      const { page } = tab;
      await tab.go("#/period");
      await page.locator(".queue .block").first().waitFor();
      // Clicked in the page: to click, a test's driver scrolls.
      await page.evaluate(() => {
        scrollTo(0, 900);
        document.querySelector<HTMLElement>('#views a[href*="compare"]')!.click();
      });
      await page.locator(ready.compare!).first().waitFor();
      expect(await page.evaluate(() => scrollY)).toBe(0);
      await page.goBack();
      await page.getByRole("heading", { name: "The market of one period" }).waitFor();
      await page.waitForFunction(() => scrollY === 900);
    }));

  it("puts the focus into the content without a ring around all of it, and the heading below the bar", () =>
    open(async (tab) => {
      const { page } = tab;
      await tab.go("#/period");
      await page.locator(".queue .block").first().waitFor();
      const ring = () =>
        page.evaluate(() => {
          const { outlineStyle } = getComputedStyle(document.querySelector("main")!);
          return [document.activeElement?.id, outlineStyle];
        });
      await page.keyboard.press("Tab");
      await page.keyboard.press("Enter");
      expect(await ring()).toEqual(["content", "none"]);
      const heading = (await page.locator("h1").boundingBox())!;
      const bar = (await page.locator(".bar").boundingBox())!;
      expect(heading.y).toBeGreaterThanOrEqual(bar.y + bar.height);
      await page.locator("#views a", { hasText: "Day" }).press("Enter");
      await page.locator(ready.day!).first().waitFor();
      expect(await ring()).toEqual(["content", "none"]);
    }));

  it("gives the focus back to what opened a dialog, and closes it by a click beside", () =>
    open(async (tab) => {
      const { page } = tab;
      await tab.go("#/period");
      await page.locator(".queue .block").first().waitFor();
      const block = page.locator('.queue .key[tabindex="0"]').first();
      await block.focus();
      await page.keyboard.press("Enter");
      const dialog = page.getByRole("dialog");
      await dialog.waitFor();
      await page.keyboard.press("Escape");
      await dialog.waitFor({ state: "detached" });
      expect(await block.evaluate((element) => element === document.activeElement)).toBe(true);
      await page.getByText("Table: supply and demand").click();
      const name = page.locator("tbody button").first();
      await name.click();
      await dialog.waitFor();
      await page.mouse.click(8, 400);
      await dialog.waitFor({ state: "detached" });
      expect(await name.evaluate((element) => element === document.activeElement)).toBe(true);
    }));

  it("says what of an address could not be, and puts the address right", () =>
    open(async (tab) => {
      const { page } = tab;
      await tab.go("#/period?members=99999999999&mix=moon");
      await page
        .locator("#told")
        .getByText(/members can’t be “99999999999”: 1000000 is used\. mix can’t be “moon”: street is used\./)
        .waitFor();
      expect(new URL(page.url()).hash).toBe("#/period?members=1000000");
      await page.locator(".tiles", { hasText: /[6-9]\d\d,\d{3} orders/ }).waitFor();
    }));
});

describe("blocks of the walk", () => {
  it("can be reached and walked with the keyboard, say what they are, and show who was passed over", () =>
    open(async (tab) => {
      const { page } = tab;
      await tab.go("#/period");
      await page.locator(".queue .block").first().waitFor();
      expect(await page.locator('.queue .key[tabindex="0"]').count()).toBe(2);
      const labels = await page
        .locator(".queue .key")
        .evaluateAll((blocks) => blocks.map((block) => block.getAttribute("aria-label")));
      expect(labels.every((label) => /, (sells|buys) .*Wh at \d+\.\d ct per kWh$/.test(label ?? ""))).toBe(
        true,
      );
      const names = await page.locator(".queue .block text.name").allTextContents();
      expect(new Set(names).size).toBe(names.length);
      await page.locator('.queue .block.offer .key[tabindex="0"]').focus();
      await page.keyboard.press("ArrowRight");
      await page.locator(".queue .tip:visible").waitFor();
      const first = await page.locator(".queue .tip").innerText();
      await page.keyboard.press("ArrowDown");
      expect(await page.locator(".queue .tip").innerText()).not.toBe(first);
      // Somewhere in the walk somebody is passed over, and every trade is joined by a line.
      const marked: number[] = [];
      for (let step = 0; step < 23; step++) {
        await page.getByRole("button", { name: "Next step" }).click();
        const said = await page.locator(".walk-say").innerText();
        const passed = await page.locator(".block.passed").count();
        marked.push(passed);
        expect(passed > 0, said).toBe(/ ahead (wanted|offered|had|asked)/.test(said));
        expect(await page.locator(".joint").count(), said).toBe(
          /( sells | buys | agree)/.test(said) && !/Phase|line up|trading is over/.test(said) ? 1 : 0,
        );
      }
      expect(Math.max(...marked)).toBeGreaterThan(0);
    }));
});

describe("what goes wrong", () => {
  it("is said when WebAssembly is switched off, in words for citizens, with a way to try again", async () => {
    const tab = await openTab(stage, { serviceWorkers: "block" });
    // The engine can't compile: as a policy without 'wasm-unsafe-eval' has it.
    await tab.page.route("**/assets/worker-*.js", async (route) => {
      const response = await route.fetch();
      await route.fulfill({ response, body: `delete globalThis.WebAssembly;${await response.text()}` });
    });
    await tab.go("#/period");
    const alert = tab.page.locator(".view [role=alert]:visible");
    await alert
      .getByText(/This browser does not let the page compute: WebAssembly is switched off/)
      .waitFor();
    await tab.page.unroute("**/assets/worker-*.js");
    expect(await alert.getByRole("button", { name: "Try again" }).count()).toBe(1);
    await tab.page.context().close();
  });

  it("is over when one tries again: a worker that could not be loaded is started anew", async () => {
    const tab = await openTab(stage, { serviceWorkers: "block" });
    await tab.page.route("**/assets/worker-*.js", (route) => route.abort());
    await tab.go("#/period");
    const alert = tab.page.locator(".view [role=alert]:visible");
    await alert.getByText(/could not be started\. Try again/).waitFor();
    await tab.page.unroute("**/assets/worker-*.js");
    await alert.getByRole("button", { name: "Try again" }).click();
    await tab.page.locator(".tiles", { hasText: "12 orders" }).waitFor();
    expect(await alert.count()).toBe(0);
    await tab.page.context().close();
  });

  it("is said of a view that can't be loaded, and trying again loads it", async () => {
    const tab = await openTab(stage, { serviceWorkers: "block" });
    await tab.go("#/period");
    await tab.page.locator(ready.period!).first().waitFor();
    await tab.page.route("**/assets/compare-*.js", (route) => route.abort());
    await to(tab, "Compare");
    await tab.page.getByText(/This view could not be loaded/).waitFor();
    await tab.page.unroute("**/assets/compare-*.js");
    await tab.page.getByRole("button", { name: "Try again" }).click();
    await tab.page.locator(ready.compare!).first().waitFor();
    await tab.page.context().close();
  });

  it("is not the day where the browser's language is none", () =>
    open(async (tab) => {
      await tab.page.addInitScript(() => {
        Object.defineProperty(navigator, "language", { get: () => "C", configurable: true });
      });
      await tab.go("#/day?minutes=60");
      await tab.page.locator(ready.day!).first().waitFor();
      expect(await tab.page.locator(".time canvas").count()).toBe(4);
    }));
});

describe("the shape of the page", () => {
  it("leaves no empty cell among the tiles at any width", () =>
    open(async (tab) => {
      const { page } = tab;
      await tab.go("#/period");
      await page.locator(ready.period!).first().waitFor();
      for (const width of [320, 390, 620, 768, 901, 1024, 1215, 1280, 1600]) {
        await page.setViewportSize({ width, height: 800 });
        const gap = await page.evaluate(() => {
          const cells = [...document.querySelectorAll(".tiles > div")].map((cell) =>
            cell.getBoundingClientRect(),
          );
          const row = document.querySelector(".tiles")!.getBoundingClientRect();
          const bottom = Math.max(...cells.map((cell) => cell.bottom));
          const last = cells.filter((cell) => Math.abs(cell.bottom - bottom) < 2);
          return row.right - Math.max(...last.map((cell) => cell.right));
        });
        expect(gap, `${width} pixels`).toBeLessThan(3);
        const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        expect(wide, `${width} pixels`).toBeLessThanOrEqual(0);
        // Where the views do not fit beside each other, their row can be pushed along.
        const bench = page.locator("#views a", { hasText: "Bench" });
        await bench.scrollIntoViewIfNeeded();
        const box = (await bench.boundingBox())!;
        expect(box.x, `${width} pixels`).toBeGreaterThanOrEqual(0);
        expect(box.x + box.width, `${width} pixels`).toBeLessThanOrEqual(width);
      }
    }));

  it("stays where it is while Compare is filled", () =>
    open(async (tab) => {
      const { page } = tab;
      await page.addInitScript(() => {
        const shifts = { sum: 0, what: [] as string[] };
        Object.assign(window, { shifts });
        new PerformanceObserver((list) => {
          for (const entry of list.getEntries() as unknown as {
            value: number;
            sources?: { node: Element | null }[];
          }[]) {
            shifts.sum += entry.value;
            shifts.what.push(...(entry.sources ?? []).map(({ node }) => `${entry.value} ${node?.className}`));
          }
        }).observe({ type: "layout-shift", buffered: true });
      });
      await tab.go("#/compare");
      await page.locator(ready.compare!).first().waitFor();
      await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 300)));
      const { sum, what } = await page.evaluate(
        () => (window as unknown as { shifts: { sum: number; what: string[] } }).shifts,
      );
      expect(sum, what.join(", ")).toBeLessThan(0.02);
    }));

  it("links to its documentation, licence and version, and they are there", () =>
    open(async (tab) => {
      const { page } = tab;
      await tab.go("#/period");
      expect(await page.locator("#about").innerText()).toMatch(
        /^gridclear \d+\.\d+\.\d+ .*Licence: Apache-2\.0 Cite, embed, code$/,
      );
      for (const link of await page.locator("#about a").all()) {
        const response = await page.request.get(new URL((await link.getAttribute("href"))!, page.url()).href);
        expect(response.status()).toBe(200);
        expect(response.headers()["content-type"]).toContain("text/plain");
        expect((await response.text()).length).toBeGreaterThan(1000);
      }
    }));

  it("prints what was set, whole tables, and nothing that only works on a screen", () =>
    open(async (tab) => {
      const { page } = tab;
      await tab.go("#/day?minutes=15");
      await page.locator(ready.day!).first().waitFor();
      await page.getByText("Table: prices").click();
      await page.locator(".behind[open] table").waitFor();
      await page.emulateMedia({ media: "print" });
      // A4 is as narrow as a phone on which the settings are folded away.
      await page.setViewportSize({ width: 718, height: 1016 });
      expect(await page.locator(".scrub").isVisible()).toBe(false);
      expect(await page.getByLabel("Season").isVisible()).toBe(true);
      const cut = await page
        .locator(".behind[open] .scroll")
        .evaluate((table) => table.scrollHeight - table.clientHeight);
      expect(cut).toBeLessThanOrEqual(0);
      const adjust = await page.evaluate(
        () => getComputedStyle(document.querySelector(".swatch")!).printColorAdjust,
      );
      expect(adjust).toBe("exact");
    }));
});
