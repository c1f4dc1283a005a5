import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import axe from "axe-core";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { servePage } from "../../src/cli/parts/page.js";
import type { Served } from "../../src/cli/parts/serving.js";
import { findChromium, launchFlags } from "../support/find.mjs";

const folder = fileURLToPath(new URL("../../dist/web/", import.meta.url));

/** The built page, served as `gridclear web` does, and a real Chromium to look at it. */
export interface Stage {
  readonly server: Served;
  readonly browser: Browser;
  close(): Promise<void>;
}

export async function openStage(): Promise<Stage> {
  if (!existsSync(`${folder}index.html`)) throw new Error("dist/web is missing: npm run build makes it");
  const server = await servePage(folder, "127.0.0.1", 0);
  const browser = await chromium.launch({ executablePath: findChromium(), args: launchFlags });
  return {
    server,
    browser,
    async close() {
      await browser.close();
      await server.close();
    },
  };
}

/** A tab, and everything that went wrong in it. */
export interface Tab {
  readonly page: Page;
  /** Errors on the console, uncaught ones and violations of the policy, so far. */
  readonly problems: string[];
  go(hash: string): Promise<void>;
}

/** Opens a tab in a context of its own: nothing is kept from one to the next. */
export async function openTab(stage: Stage, options: BrowserContextOptions = {}): Promise<Tab> {
  const context = await stage.browser.newContext({
    viewport: { width: 1280, height: 860 },
    ...options,
  });
  const page = await context.newPage();
  page.setDefaultTimeout(45_000);
  const problems: string[] = [];
  page.on("pageerror", (error) => problems.push(`uncaught: ${error.message}`));
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning")
      problems.push(`console: ${message.text()}`);
  });
  page.on("requestfailed", (request) => {
    // What was on its way when the page was left is ended by the browser, and no fault of the page.
    const why = request.failure()?.errorText;
    if (why !== "net::ERR_ABORTED") problems.push(`request: ${request.url()} ${why}`);
  });
  return {
    page,
    problems,
    async go(hash) {
      await page.goto(stage.server.url + hash);
    },
  };
}

/** What axe finds on a page: each rule with the places that break it. */
export async function axeFinds(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  return page.evaluate(async () => {
    const { violations } = await (window as unknown as { axe: typeof axe }).axe.run();
    return violations.map(
      ({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(" ")).join(", ")}`,
    );
  });
}

/** What says that a view has everything it is going to show. */
export const ready: Record<string, string> = {
  story: ".story[data-ready]",
  period: ".view:not([aria-busy]) .tiles dd",
  day: "[data-ready]",
  home: "[data-ready] .bill [data-checked]",
  compare: "[data-ready]",
  ledger: "[data-ready] .facts",
  bench: ".bench-machine",
  live: ".view pre",
  notary: "[data-ready]",
};
