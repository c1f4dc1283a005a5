// Takes a picture of every view of the built page, wide, on a phone and in the dark, into build/screenshots.
// `node test/web/screenshots.mjs [view or look …]`; with `--docs` the README's three into docs/images instead.
import { mkdirSync } from "node:fs";
import { chromium } from "playwright-core";
import { servePage } from "../../dist/cli/parts/page.js";
import { findChromium, launchFlags } from "../support/find.mjs";

const folder = new URL("../../build/screenshots/", import.meta.url).pathname;
mkdirSync(folder, { recursive: true });

/** What each view is shown with, and what must be there before the picture is taken. */
const views = {
  story: { hash: "#/story?step=2", ready: "[data-ready]" },
  period: { hash: "#/period", ready: ".queue .block" },
  merit: { hash: "#/period?mechanism=merit&pricing=uniform&members=200", ready: ".curve.supply" },
  day: { hash: "#/day", ready: "[data-ready]" },
  notary: { hash: "#/notary", ready: "h1" },
  home: { hash: "#/home", ready: "[data-ready] .bill [data-checked]" },
  compare: { hash: "#/compare", ready: "[data-ready]" },
  ledger: { hash: "#/ledger?block=2", ready: "[data-ready]" },
  bench: { hash: "#/bench", ready: "h1" },
};
const looks = {
  wide: { viewport: { width: 1360, height: 900 }, colorScheme: "light" },
  dark: { viewport: { width: 1360, height: 900 }, colorScheme: "dark" },
  phone: { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, colorScheme: "light" },
};

const page = await servePage(new URL("../../dist/web/", import.meta.url).pathname, "127.0.0.1", 0);
const browser = await chromium.launch({ executablePath: findChromium(), args: launchFlags });

/** The pictures of the README: what fits a screen, no more. */
async function documentation() {
  const images = new URL("../../docs/images/", import.meta.url).pathname;
  mkdirSync(images, { recursive: true });
  for (const [name, hash, scheme] of [
    ["story", "#/story?step=2", "light"],
    ["period", "#/period", "light"],
    ["day", "#/day?members=300&mix=town&weather=clear&time=810", "dark"],
  ]) {
    const context = await browser.newContext({
      viewport: { width: 1280, height: name === "story" ? 760 : 1000 },
      colorScheme: scheme,
      reducedMotion: "reduce",
      serviceWorkers: "block",
    });
    const tab = await context.newPage();
    await tab.goto(page.url + hash);
    if (name === "period") {
      await tab.locator(".queue .block").first().waitFor();
      for (let step = 0; step < 6; step++) await tab.getByRole("button", { name: "Next step" }).click();
      await tab.evaluate(() => scrollTo(0, 0));
    } else await tab.locator("[data-ready]").waitFor();
    await tab.mouse.move(5, 5);
    await tab.waitForTimeout(300);
    await tab.screenshot({ path: `${images}${name}.png` });
    await context.close();
  }
}

const wanted = process.argv.slice(2);
if (wanted.includes("--docs")) {
  await documentation();
  await browser.close();
  await page.close();
  process.exit(0);
}
for (const [look, options] of Object.entries(looks))
  for (const [view, { hash, ready }] of Object.entries(views)) {
    if (wanted.length > 0 && !wanted.includes(view) && !wanted.includes(look)) continue;
    const context = await browser.newContext({
      ...options,
      reducedMotion: "reduce",
      serviceWorkers: "block",
    });
    const tab = await context.newPage();
    tab.on("console", (message) => {
      if (message.type() === "error") process.stderr.write(`${view}: ${message.text()}\n`);
    });
    await tab.goto(page.url + hash);
    await tab
      .locator(ready)
      .first()
      .waitFor({ timeout: 20_000 })
      .catch(() => process.stderr.write(`${view}: ${ready} did not come\n`));
    if (view === "period")
      for (let step = 0; step < 11; step++) await tab.getByRole("button", { name: "Next step" }).click();
    if (view === "bench") {
      await tab
        .getByRole("button", { name: /Run/ })
        .click()
        .catch(() => undefined);
      await tab
        .locator("[data-ready]")
        .waitFor({ timeout: 90_000 })
        .catch(() => undefined);
    }
    await tab.waitForTimeout(300);
    await tab.screenshot({ path: `${folder}${view}-${look}.png`, fullPage: true });
    await context.close();
  }
await browser.close();
await page.close();
