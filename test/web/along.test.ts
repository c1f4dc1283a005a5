/** What is taken along of a view: a citation, a walk on another page, and code that comes to the same block. */
import { spawn } from "node:child_process";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import axe from "axe-core";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openStage, openTab, ready, type Stage } from "./browser.js";

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(async () => stage?.close());

const root = fileURLToPath(new URL("../..", import.meta.url));

const openDialog = async (page: Page): Promise<void> => {
  await page.locator("#about button").click();
  await page.locator("dialog.along").waitFor();
};
const text = (page: Page, name: string): Promise<string> =>
  page.locator(`dialog.along textarea[aria-label="${name}"]`).inputValue();

/** Runs a program in Node as it stands, and gives what it prints. */
const run = (program: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ["--input-type=module"], { cwd: root });
    let [out, problems] = ["", ""];
    child.stdout.on("data", (piece) => {
      out += piece;
    });
    child.stderr.on("data", (piece) => {
      problems += piece;
    });
    child.on("close", (status) => (status === 0 ? resolve(out) : reject(new Error(problems))));
    child.stdin.end(program);
  });

describe("the code of what is on the screen", () => {
  for (const [view, query] of [
    ["period", ""],
    ["day", "members=40&mix=town&minutes=60&time=720&season=winter&carrier=heat&currency=CHF"],
    ["ledger", "mechanism=merit&pricing=uniform&pool=no&commission=10&minutes=60&time=780&mix=solar&seed=8"],
  ] as const)
    it(`comes to the block that the page shows: ${view}?${query}`, async () => {
      const { page, go, problems } = await openTab(stage);
      await go(`#/${view}?${query}`);
      await page.locator(ready[view]!).first().waitFor();
      await openDialog(page);
      await page.locator('dialog.along textarea[aria-label="Code"]').waitFor();
      const printed = await run(await text(page, "Code"));
      const [, height, hash] = /^block (\d+) ([0-9a-f]{64})$/m.exec(printed)!;
      await page.keyboard.press("Escape");
      await go(`#/ledger?${query}&block=${height}`);
      await page.getByRole("heading", { name: `Block ${height}`, exact: true }).waitFor();
      expect(await page.locator(".facts dd").first().innerText()).toBe(hash);
      const [, offered] = /in kWh: offered ([0-9.]+) traded directly/.exec(printed)!;
      expect(Number(offered)).toBeGreaterThanOrEqual(0);
      expect(problems).toEqual([]);
      await page.context().close();
    });

  it("says why there is none", async () => {
    const { page, go } = await openTab(stage);
    for (const [hash, why] of [
      ["#/bench", "follows from no settings"],
      ["#/period?members=100000", "A region this large has no day"],
    ] as const) {
      await go(hash);
      await openDialog(page);
      await page.locator("dialog.along", { hasText: why }).waitFor();
      await page.keyboard.press("Escape");
    }
    await page.context().close();
  });
});

describe("the citation", () => {
  it("names the version and an address that shows the same thing", async () => {
    const { page, go, problems } = await openTab(stage);
    await go("#/compare?seed=12&minutes=60");
    await page.locator(ready.compare!).first().waitFor();
    await openDialog(page);
    const version = /gridclear ([0-9.]+)/.exec(await page.locator("#about").innerText())![1]!;
    const [plain, bibtex] = [await text(page, "Citation"), await text(page, "BibTeX")];
    const [, url] = /url {5}= \{([^}]+)\}/.exec(bibtex)!;
    expect(url).toBe(page.url());
    expect(bibtex).toContain(`version = {${version}}`);
    expect(bibtex).toMatch(/title {3}= \{gridclear: two sets of rules, the same orders\}/);
    expect(bibtex).toMatch(/urldate = \{\d{4}-\d{2}-\d{2}\}/);
    expect(plain).toContain(url!);
    expect(plain).toContain(`version ${version}`);
    // As many braces open as close, or BibTeX reads on.
    expect(bibtex.split("{").length).toBe(bibtex.split("}").length);
    expect(problems).toEqual([]);
    await page.context().close();
  });

  for (const [look, options] of Object.entries({
    dark: { colorScheme: "dark" },
    phone: { viewport: { width: 390, height: 844 }, hasTouch: true },
    german: { locale: "de-DE" },
  } as const))
    it(`stands in a dialog in which axe finds nothing, and which fits: ${look}`, async () => {
      const { page, go } = await openTab(stage, { reducedMotion: "reduce", ...options });
      await go("#/story");
      await page.locator(ready.story!).first().waitFor();
      await openDialog(page);
      await page.locator('dialog.along textarea[aria-label="Code"]').waitFor();
      await page.evaluate(axe.source);
      const found = await page.evaluate(async () =>
        (await (window as unknown as { axe: typeof axe }).axe.run()).violations.map(
          ({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(" ")).join(", ")}`,
        ),
      );
      expect(found).toEqual([]);
      const wide = await page
        .locator("dialog.along")
        .evaluate((dialog) => dialog.scrollWidth - dialog.clientWidth);
      expect(wide).toBeLessThanOrEqual(0);
      if (look === "german") expect(await page.locator("dialog.along h2").innerText()).toContain("Zitieren");
      await page.context().close();
    });
});

describe("the walk on another page", () => {
  it("stands there by a frame and by an element, with a policy of its own, and is walked through", async () => {
    const { page, go } = await openTab(stage);
    await go("#/period?seed=5&minutes=60");
    await openDialog(page);
    const body = `${await text(page, "Frame")}\n${await text(page, "Element")}`;
    await page.context().close();
    const host = createServer((_, response) => {
      response.writeHead(200, { "content-type": "text/html" });
      response.end(`<!doctype html><title>Another page</title>${body}`);
    });
    await new Promise<void>((resolve) => host.listen(0, "127.0.0.1", resolve));
    const other = await openTab(stage, { reducedMotion: "reduce" });
    // Another name is another origin.
    await other.page.goto(`http://localhost:${(host.address() as AddressInfo).port}/`);
    const frames = [
      other.page.frameLocator("body > iframe"),
      other.page.frameLocator("gridclear-walk iframe"),
    ];
    await other.page.locator("gridclear-walk iframe").scrollIntoViewIfNeeded();
    for (const frame of frames) {
      await frame.locator(".queue .block").first().waitFor();
      const before = await frame.locator(".walk-say").innerText();
      await frame.getByRole("button", { name: "Next step" }).click();
      expect(await frame.locator(".walk-say").innerText()).not.toBe(before);
      expect(await frame.getByRole("link").getAttribute("href")).toBe("./#/period?seed=5&minutes=60");
    }
    const inside = other.page.frames().find((frame) => frame.url().includes("embed.html"))!;
    const policy = await inside
      .locator("meta[http-equiv=Content-Security-Policy]")
      .getAttribute("content", { timeout: 5_000 });
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toContain("connect-src");
    // As high as what it shows: nothing is scrolled inside of the element's frame.
    await expect
      .poll(() =>
        other.page
          .locator("gridclear-walk iframe")
          .evaluate((frame) => Math.abs((frame as HTMLIFrameElement).offsetHeight - 720)),
      )
      .toBeGreaterThan(0);
    expect(other.problems).toEqual([]);
    await other.page.context().close();
    host.closeAllConnections();
    host.close();
  });
});
