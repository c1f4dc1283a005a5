// Takes a picture of every view of the built page, wide, on a phone, in the dark, at a zoom of 200 %, printed and in
// German, into build/screenshots. `node test/web/screenshots.mjs [view or look …]`; with `--docs` the README's three
// into docs/images instead.
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
  notary: { hash: "#/notary", ready: "[data-ready]" },
  live: { hash: "#/live", ready: ".view pre" },
  areas: {
    hash: "#/day?members=120&mix=solar&weather=clear&time=720&mechanism=merit&pricing=uniform&pool=no",
    ready: "[data-ready]",
  },
  home: { hash: "#/home", ready: "[data-ready] .bill [data-checked]" },
  compare: { hash: "#/compare", ready: "[data-ready]" },
  ledger: { hash: "#/ledger?block=2", ready: "[data-ready]" },
  bench: { hash: "#/bench", ready: "h1" },
};
const looks = {
  wide: { viewport: { width: 1360, height: 900 }, colorScheme: "light" },
  dark: { viewport: { width: 1360, height: 900 }, colorScheme: "dark" },
  phone: { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, colorScheme: "light" },
  zoom: { viewport: { width: 640, height: 450 }, deviceScaleFactor: 2, colorScheme: "light" },
  // As wide as a sheet of A4 between its margins, in print's own colours.
  print: { viewport: { width: 718, height: 1000 }, colorScheme: "dark" },
  german: { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, locale: "de-DE" },
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
    if (look === "print") await tab.emulateMedia({ media: "print", colorScheme: "dark" });
    await tab.goto(page.url + hash);
    await tab
      .locator(ready)
      .first()
      .waitFor({ timeout: 60_000 })
      .catch(() => process.stderr.write(`${view}: ${ready} did not come\n`));
    if (view === "period")
      for (let step = 0; step < 11; step++)
        await tab.locator(".walk-bar button").nth(3).dispatchEvent("click");
    if (view === "notary") {
      // What is printed has no buttons, and one can be pressed all the same.
      await tab.locator(".view button", { hasText: /forged|gefälscht/ }).dispatchEvent("click");
      await tab.locator(".sent").waitFor();
    }
    if (view === "bench") {
      await tab.locator("#bench-most").selectOption("100000");
      await tab
        .locator(".button.main")
        .first()
        .click()
        .catch(() => undefined);
      await tab
        .locator("[data-ready]")
        .waitFor({ timeout: 90_000 })
        .catch(() => undefined);
    }
    await tab.evaluate(() => scrollTo(0, 0));
    await tab.waitForTimeout(300);
    await tab.screenshot({ path: `${folder}${view}-${look}.png`, fullPage: true });
    if (look === "print")
      await tab.pdf({
        path: `${folder}${view}.pdf`,
        format: "A4",
        margin: { top: "15mm", bottom: "15mm", left: "10mm", right: "10mm" },
      });
    await context.close();
  }
await browser.close();
await page.close();
