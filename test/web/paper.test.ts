/** What the page looks like where a machine can tell: on paper, and where there is little room. */
import { afterAll, beforeAll, expect, it } from "vitest";
import { openStage, openTab, ready, type Stage } from "./browser.js";

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
}, 180_000);
afterAll(async () => stage?.close());

/** How many pixels of exactly a colour the canvases of a page have. */
const pixelsOf = (colours: readonly string[]): number[] => {
  const found = colours.map(() => 0);
  for (const canvas of document.querySelectorAll("canvas")) {
    if (canvas.width === 0) continue;
    const copy = Object.assign(document.createElement("canvas"), {
      width: canvas.width,
      height: canvas.height,
    });
    const context = copy.getContext("2d", { willReadFrequently: true })!;
    context.drawImage(canvas, 0, 0);
    const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
    for (let at = 0; at < data.length; at += 4) {
      const text = `${data[at]},${data[at + 1]},${data[at + 2]},${data[at + 3]}`;
      colours.forEach((colour, place) => {
        if (colour === text) found[place]! += 1;
      });
    }
  }
  return found;
};

it("prints in light colours from a dark screen, charts included", async () => {
  const { page, problems, go } = await openTab(stage, { colorScheme: "dark" });
  await go("#/day?minutes=60");
  await page.locator(ready.day!).waitFor();
  // The colour of what is supplied, in the light theme and in the dark one.
  const supply = ["13,122,111,255", "47,203,182,255"];
  const dark = await page.evaluate(pixelsOf, supply);
  expect(dark[0]).toBe(0);
  expect(dark[1]).toBeGreaterThan(50);
  await page.emulateMedia({ media: "print" });
  await expect.poll(async () => (await page.evaluate(pixelsOf, supply))[0]).toBeGreaterThan(50);
  expect((await page.evaluate(pixelsOf, supply))[1]).toBe(0);
  expect(await page.evaluate(() => getComputedStyle(document.body).color)).toBe("rgb(20, 32, 31)");
  await page.emulateMedia({ media: "screen" });
  await expect.poll(async () => (await page.evaluate(pixelsOf, supply))[0]).toBe(0);
  expect(problems).toEqual([]);
  await page.context().close();
});

it("prints what was set and what came of it, and nothing to press", async () => {
  const { page, go } = await openTab(stage, { viewport: { width: 718, height: 1000 } });
  await page.emulateMedia({ media: "print" });
  for (const view of ["period", "day", "home", "compare", "ledger"]) {
    await go(`#/${view}?minutes=60`);
    await page.locator(ready[view]!).first().waitFor();
    const seen = await page.evaluate(() => {
      const shown = (element: Element): boolean => element.getClientRects().length > 0;
      const form = document.querySelector(".settings form")!;
      return {
        buttons: [...document.querySelectorAll("main .button, .settings .button")].filter(shown).length,
        // Nothing of the settings is cut off below.
        cut: form.scrollHeight - form.clientHeight,
        settings: (form as HTMLElement).innerText,
        // A select is as high as its words.
        highest: Math.max(...[...form.querySelectorAll("select")].map((each) => each.offsetHeight)),
        wide: [...document.querySelectorAll("main .card")]
          .filter(shown)
          .map((card) => card.scrollWidth - card.clientWidth),
        empty: [...document.querySelectorAll("main .card")].filter(
          (card) => shown(card) && card.getBoundingClientRect().height < 60,
        ).length,
      };
    });
    expect(seen.buttons, view).toBe(0);
    expect(seen.cut, view).toBeLessThanOrEqual(1);
    expect(seen.highest, view).toBeLessThan(40);
    expect(seen.settings, view).toContain("Quantity × price");
    expect(seen.settings, view).not.toContain("Merit order");
    expect(Math.max(...seen.wide), view).toBeLessThanOrEqual(0);
    expect(seen.empty, view).toBe(0);
  }
  await page.context().close();
});

it("cuts no words of a table", async () => {
  for (const width of [1280, 390]) {
    const { page, go } = await openTab(stage, { viewport: { width, height: 844 } });
    await go("#/day?minutes=60");
    await page.locator(".indicators table").waitFor();
    const cut = await page
      .locator(".indicators .words")
      .evaluateAll((cells) =>
        cells.filter((cell) => cell.scrollWidth > cell.clientWidth).map((cell) => cell.textContent),
      );
    expect(cut, `${width} wide`).toEqual([]);
    await page.context().close();
  }
});

it("keeps crosses off the figures of orders, and the names of the map inside its card", async () => {
  const { page, go } = await openTab(stage, { reducedMotion: "reduce" });
  await go("#/period");
  await page.locator(".queue .block").first().waitFor();
  let crosses = 0;
  for (let step = 0; step < 16; step++) {
    await page.getByRole("button", { name: "Next step" }).click();
    const over = await page.locator(".block.passed").evaluateAll((blocks) =>
      blocks.map((block) => {
        const cross = block.querySelector(".mark")!.getBoundingClientRect();
        return [...block.querySelectorAll(".figures")].some((text) => {
          const words = text.getBoundingClientRect();
          return cross.left < words.right && cross.right > words.left && cross.bottom > words.top + 2;
        });
      }),
    );
    crosses += over.length;
    expect(over).not.toContain(true);
  }
  expect(crosses).toBeGreaterThan(2);
  await page.context().close();

  const phone = await openTab(stage, { viewport: { width: 390, height: 844 } });
  await phone.go("#/day?members=120&mix=solar&weather=clear&time=720&minutes=60");
  await phone.page.locator(".map text.node").first().waitFor();
  await phone.page.locator(ready.day!).waitFor();
  const out = await phone.page.locator(".map").evaluate((map) => {
    const { left, right } = map.closest(".card")!.getBoundingClientRect();
    return [...map.querySelectorAll("text")]
      .filter((text) => {
        const box = text.getBoundingClientRect();
        return box.left < left || box.right > right;
      })
      .map((text) => text.textContent);
  });
  expect(out).toEqual([]);
  await phone.page.context().close();
});
